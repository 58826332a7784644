//! How a flow goes on or ends: with tokens, or with a state_token for the next step.

use serde::Serialize;
use sim::{IdToken, Life, SessionToken};

use crate::address::Address;
use crate::answer::Reply;
use crate::call::Call;
use crate::config::{Claims, Config, Edition};
use crate::directory::User;
use crate::id_token::{Bearer, Minting};
use crate::identifier::UserId;
use crate::refusal::{Refusal, Refused, StateTokenUse, TokenProblem};
use crate::state_token::{Pending, Presented, Reservation};
use crate::verify_code::{Purpose, ReservedCode};

/// What a session is opened after; the examples show different lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// A login or a bind.
    Login,
    /// A password change or a second factor.
    Check,
}

impl Config {
    /// How long a session lives.
    pub(crate) fn session_life(&self, after: After) -> Life {
        match (after, self.tokens.session, self.edition) {
            (After::Check, _, _) => self.tokens.session_after_check,
            (After::Login, Some(life), _) => life,
            (After::Login, None, Edition::Ciam) => Life::seconds(432_000),
            (After::Login, None, Edition::Eiam) => Life::seconds(604_800),
        }
    }

    /// The issuer of tokens for a caller who used the address `base`.
    pub(crate) fn issuer(&self, base: &str) -> String {
        match &self.issuer {
            Some(issuer) => issuer.clone(),
            None => format!("{}/api/v1/oauth2", base.trim_end_matches('/')),
        }
    }
}

#[derive(Serialize)]
struct SignedIn<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    session_token: &'a SessionToken,
    expire: u64,
    id_token: &'a IdToken,
}

#[derive(Serialize)]
struct Waiting<'a> {
    status: &'static str,
    state_token: &'a sim::StateToken,
    /// Left out where the flow has none; `null` where it has one and the tenant does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Option<&'a str>>,
}

impl Call<'_> {
    /// The user, as long as nobody disabled or removed them.
    pub(crate) fn enabled_user(&self, id: &UserId) -> Result<std::sync::Arc<User>, Refused> {
        let user = self.idaas.state.users().get(id).ok_or(Refusal::UserNotFound("this id any more"))?;
        if user.disabled {
            return Err(Refusal::UserDisabled.because(format!("user {}, `{}`", user.id, user.user_name)));
        }
        Ok(user)
    }

    /// `SUCCESS`: opens a session for a user and hands out its tokens. A disabled user gets `ACCESS_DENIED`.
    pub(crate) fn signed_in(&self, user: &UserId, after: After) -> Result<Reply, Refused> {
        let user = self.enabled_user(user)?;
        let life = self.setup.config.session_life(after);
        let session = self.idaas.state.sessions.open(&user.id, &self.client.id, life.get(), self.now());
        Ok(self.tokens(Some("SUCCESS"), &user, &session, life.as_secs()))
    }

    /// The tokens of a session, with a fresh id_token.
    pub(crate) fn tokens(
        &self,
        status: Option<&'static str>,
        user: &User,
        session: &SessionToken,
        expire: u64,
    ) -> Reply {
        let config = &self.setup.config;
        let id_token = self.mint(user, &self.client.id, &config.claims);
        Reply::json(&SignedIn { status, session_token: session, expire, id_token: &id_token })
    }

    /// A fresh id_token for a client id.
    pub(crate) fn mint(&self, user: &User, client_id: &str, claims: &Claims) -> IdToken {
        let config = &self.setup.config;
        let minting = Minting {
            keys: &self.idaas.keys,
            issuer: &config.issuer(self.base),
            client_id,
            life: config.tokens.id.get(),
            claims,
            fault: self.token_fault(),
        };
        self.idaas.state.id_tokens.issue(user, minting, self.now())
    }

    /// A flow that goes on: its status, a state_token for the next step, and `data`, which is JSON text or `null`.
    pub(crate) fn pending(&self, pending: Pending, data: Option<&str>) -> Reply {
        let status = pending.status();
        // The second factor's page names a state_token and nothing else.
        let data = (!matches!(pending, Pending::Mfa { .. })).then_some(data);
        let config = &self.setup.config;
        let device = self.device().filter(|_| config.rules.state_token_bound_to_device);
        let life = config.tokens.state.get();
        let token = self.idaas.state.state_tokens.issue(pending, &self.client.id, device, life, self.now());
        Reply::json(&Waiting { status, state_token: &token, data })
    }

    fn device(&self) -> Option<&str> {
        self.header("X-device-fingerprint")
    }

    /// Takes the state_token of the call for as long as the call lasts. `fits` says whether it belongs to this step of
    /// the flow, and if not, why.
    pub(crate) fn reserve(
        &self,
        on: StateTokenUse,
        fits: impl FnOnce(&Pending) -> Result<(), String>,
    ) -> Result<Reservation<'_>, Refused> {
        let presented = Presented {
            token: self.header("X-state-token"),
            client_id: &self.client.id,
            device: self.device(),
            path: self.path,
            on,
        };
        self.idaas.state.state_tokens.reserve(presented, fits, self.now())
    }

    /// Takes the SMS or e-mail code of the call for as long as the call lasts.
    pub(crate) fn reserve_code(
        &self,
        address: &Address,
        purpose: Purpose,
        code: &str,
    ) -> Result<ReservedCode<'_>, Refused> {
        self.idaas.state.verify_codes.reserve(address, purpose, code, &self.setup.config, self.now())
    }

    /// Who the Bearer id_token stands for.
    pub(crate) fn bearer(&self) -> Result<Bearer, Refused> {
        let token = self.bearer_text();
        let claims = &self.setup.config.claims;
        let ids = &self.idaas.state.id_tokens;
        let bearer = ids.check(&self.idaas.keys, token, &self.client.id, claims, self.now())?;
        match self.idaas.state.users().get(&bearer.user) {
            Some(user) if !user.disabled => Ok(bearer),
            _ => Err(Refusal::IdToken(TokenProblem::UserGone).because(format!("user {}", bearer.user))),
        }
    }
}
