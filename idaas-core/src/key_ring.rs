//! The keys of one tenant: the one that signs, and the one that a rotation brings.

use std::sync::{Arc, OnceLock};

use crate::signing::SigningKey;

/// The keys of one tenant. The second one is parsed when it is first needed: a start must not wait for it.
#[derive(Debug)]
pub(crate) struct KeyRing {
    current: Arc<SigningKey>,
    next: OnceLock<SigningKey>,
}

impl KeyRing {
    pub(crate) fn new(current: Arc<SigningKey>) -> Self {
        Self { current, next: OnceLock::new() }
    }

    /// The key that signs while nothing is planned.
    pub(crate) fn current(&self) -> &SigningKey {
        &self.current
    }

    /// The key that signs while a rotation is planned.
    pub(crate) fn next(&self) -> &SigningKey {
        self.next.get_or_init(SigningKey::second_test_key)
    }

    /// The keys that are published, the newest first.
    pub(crate) fn published(&self, is_rotated: bool) -> Vec<&SigningKey> {
        if is_rotated { vec![self.next(), self.current()] } else { vec![self.current()] }
    }

    /// Whether a JWT was signed with a key of this tenant. A token of the second key stays good when the rotation is
    /// taken back; before there was one, nothing was signed with it.
    pub(crate) fn verifies(&self, token: &str) -> bool {
        self.current.verifies(token) || self.next.get().is_some_and(|key| key.verifies(token))
    }
}
