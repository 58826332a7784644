//! What a tenant remembers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sim::{ArtefactKind, Ground};

use crate::captcha::Captchas;
use crate::config::Config;
use crate::directory::Directory;
use crate::handouts::Handouts;
use crate::id_token::IdTokens;
use crate::lock::Locks;
use crate::oauth2::Authorization;
use crate::outbox::Outbox;
use crate::session::Sessions;
use crate::state_token::StateTokens;
use crate::verify_code::VerifyCodes;

/// What a tenant remembers. Each part has its own short lock; nobody holds two of them, nor one while waiting or signing.
#[derive(Debug)]
pub(crate) struct State {
    directory: Mutex<Directory>,
    pub(crate) state_tokens: StateTokens,
    pub(crate) sessions: Sessions,
    pub(crate) id_tokens: IdTokens,
    pub(crate) captchas: Captchas,
    pub(crate) verify_codes: VerifyCodes,
    pub(crate) outbox: Outbox,
    pub(crate) locks: Locks,
    /// access_tokens of back ends and of OAuth2 clients.
    pub(crate) bearer_tokens: Handouts<()>,
    pub(crate) authorization_codes: Handouts<Authorization>,
    pub(crate) refresh_tokens: Handouts<()>,
    pub(crate) sso_tickets: Handouts<()>,
}

impl State {
    pub(crate) fn new(config: &Config, ground: &Ground) -> Self {
        Self {
            directory: Mutex::new(Directory::new(config, ground)),
            state_tokens: StateTokens::new(ground),
            sessions: Sessions::new(ground),
            id_tokens: IdTokens::new(ground),
            captchas: Captchas::new(ground),
            verify_codes: VerifyCodes::new(ground),
            outbox: Outbox::default(),
            locks: Locks::default(),
            bearer_tokens: Handouts::new(ArtefactKind::BearerToken, ground),
            authorization_codes: Handouts::new(ArtefactKind::AuthorizationCode, ground),
            refresh_tokens: Handouts::new(ArtefactKind::RefreshToken, ground),
            sso_tickets: Handouts::new(ArtefactKind::SsoTicket, ground).shaped("ssoTicket-", 32),
        }
    }

    /// The users and their links. Hold it for one look or one change, never across an await.
    pub(crate) fn users(&self) -> MutexGuard<'_, Directory> {
        // Each change keeps the directory whole before it touches the next index, so a panic elsewhere spoils nothing.
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
