//! The keys of one tenant: the one that signs, and the one that a rotation brings.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::signing::SigningKey;

/// The keys of one tenant. The second one is parsed when it is first needed: a start must not wait for it.
#[derive(Debug)]
pub(crate) struct KeyRing {
    current: Arc<SigningKey>,
    next: OnceLock<SigningKey>,
    rotated: AtomicBool,
}

impl KeyRing {
    pub(crate) fn new(current: Arc<SigningKey>) -> Self {
        Self { current, next: OnceLock::new(), rotated: AtomicBool::new(false) }
    }

    /// The key that signs while nothing is planned.
    pub(crate) fn current(&self) -> &SigningKey {
        &self.current
    }

    /// Rotates: the second key is published from now on, and signs where it is asked for.
    pub(crate) fn rotate(&self) -> &SigningKey {
        self.rotated.store(true, Ordering::Relaxed);
        self.next()
    }

    fn next(&self) -> &SigningKey {
        self.next.get_or_init(SigningKey::second_test_key)
    }

    /// The keys that are published, the newest first.
    pub(crate) fn published(&self) -> Vec<&SigningKey> {
        match self.rotated.load(Ordering::Relaxed) {
            true => vec![self.next(), self.current()],
            false => vec![self.current()],
        }
    }

    /// Whether a JWT was signed with a key that is published.
    pub(crate) fn verifies(&self, token: &str) -> bool {
        self.published().iter().any(|key| key.verifies(token))
    }
}
