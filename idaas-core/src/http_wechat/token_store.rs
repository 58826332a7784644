//! The access_tokens that a tenant holds, under the world's clock.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sim::{AccessToken, Moment};

use crate::wechat::App;

/// A token is fetched anew this long before its end, or halfway through a shorter life.
const MARGIN: Duration = Duration::from_secs(300);

/// An access_token as it was fetched.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) token: AccessToken,
    pub(super) fetched_at: Moment,
    until: Moment,
}

/// The access_tokens that a tenant holds.
#[derive(Debug, Default)]
pub(super) struct TokenStore(Mutex<HashMap<App, Held>>);

impl TokenStore {
    fn tokens(&self) -> MutexGuard<'_, HashMap<App, Held>> {
        // One whole entry goes in or out at a time: a panic elsewhere cannot have left it half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token of an app, as long as it need not be fetched anew.
    pub(super) fn get(&self, app: &App, now: Moment) -> Option<Held> {
        self.tokens().get(app).filter(|held| now < held.until).cloned()
    }

    /// Keeps a token that was just fetched.
    pub(super) fn keep(&self, app: &App, token: AccessToken, life: Duration, now: Moment) -> Held {
        let until = now + life.saturating_sub(MARGIN.min(life / 2));
        let held = Held { token, fetched_at: now, until };
        self.tokens().insert(app.clone(), held.clone());
        held
    }

    /// Forgets a token that WeChat no longer takes, unless somebody has fetched a newer one meanwhile.
    pub(super) fn forget(&self, app: &App, token: &AccessToken) {
        let mut tokens = self.tokens();
        if tokens.get(app).is_some_and(|held| held.token == *token) {
            tokens.remove(app);
        }
    }
}
