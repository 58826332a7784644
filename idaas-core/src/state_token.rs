//! The temporary token between two calls of a flow.
//!
//! It is bound to the client id, good for one success, and usable again after a failed attempt: a typing error does
//! not force a person to start over. A call that has to wait for WeChat *reserves* the token first, so that of many
//! calls at once one goes on and the others are refused.

use std::time::Duration;

use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use sim::{Alter, ArtefactKind, ArtefactRecord, Expiring, Ground, Moment, Sequence, Stamped, StateToken, Tag, Which};

use crate::identifier::UserId;
use crate::jwt;
use crate::refusal::{Refusal, Refused, StateTokenUse, TokenProblem};
use crate::wechat::WeChatIdentity;

/// What a flow is waiting for, and what it knows so far.
#[derive(Debug, Clone)]
pub(crate) enum Pending {
    /// A WeChat identity without a user: `SOCIAL_BIND`, or with `register` `USER_REGISTER`.
    Social { register: bool, source: String, identity: WeChatIdentity },
    /// A password that should (`PASSWORD_WARN`) or with `expired` must (`PASSWORD_EXPIRED`) be changed.
    Password { expired: bool, user: UserId },
    /// A user whose password was right and whose second factor is missing: `MFA_AUTH`.
    Mfa { user: UserId },
}

impl Pending {
    /// The status that goes with it.
    pub(crate) const fn status(&self) -> &'static str {
        match self {
            Self::Social { register: false, .. } => "SOCIAL_BIND",
            Self::Social { register: true, .. } => "USER_REGISTER",
            Self::Password { expired: false, .. } => "PASSWORD_WARN",
            Self::Password { expired: true, .. } => "PASSWORD_EXPIRED",
            Self::Mfa { .. } => "MFA_AUTH",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Free,
    Reserved,
    Used(Moment),
    Revoked(Moment),
}

#[derive(Debug)]
struct Entry {
    token: StateToken,
    pending: Pending,
    client_id: String,
    device: Option<String>,
    issued_at: Moment,
    life: Duration,
    phase: Phase,
    /// The path that used it up.
    used_by: Option<&'static str>,
}

impl Stamped for Entry {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl Entry {
    fn expires_at(&self) -> Moment {
        self.issued_at + self.life
    }

    /// Whether the token can be used now.
    fn check(&self, presented: &Presented<'_>, now: Moment) -> Result<(), TokenProblem> {
        if self.client_id != presented.client_id {
            return Err(TokenProblem::OtherClient);
        }
        match self.phase {
            Phase::Used(_) => return Err(TokenProblem::Used),
            Phase::Revoked(_) => return Err(TokenProblem::Revoked),
            Phase::Free | Phase::Reserved => {}
        }
        if now > self.expires_at() {
            return Err(TokenProblem::Expired);
        }
        if self.device.is_some() && self.device.as_deref() != presented.device {
            return Err(TokenProblem::OtherDevice);
        }
        match self.phase {
            Phase::Reserved => Err(TokenProblem::InUse),
            _ => Ok(()),
        }
    }

    fn history(&self) -> Vec<String> {
        let mut story = vec![format!(
            "it was issued at {} for client id {} with status {}, good until {}",
            self.issued_at,
            self.client_id,
            self.pending.status(),
            self.expires_at(),
        )];
        match (self.phase, self.used_by) {
            (Phase::Used(at), Some(path)) => story.push(format!("it was used up at {at} by {path}")),
            (Phase::Used(at), None) => story.push(format!("it was used up at {at}")),
            (Phase::Revoked(at), _) => story.push(format!("it was taken back at {at}")),
            _ => {}
        }
        story
    }
}

/// A state_token as a call presents it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) client_id: &'a str,
    pub(crate) device: Option<&'a str>,
    /// The call's path.
    pub(crate) path: &'static str,
    /// Which family of calls it is for.
    pub(crate) on: StateTokenUse,
}

/// The state_tokens of a tenant.
#[derive(Debug)]
pub(crate) struct StateTokens {
    entries: Expiring<String, Entry>,
    key: hmac::Key,
    jtis: Sequence,
    tag: Tag,
}

#[derive(Serialize)]
struct Payload<'a> {
    subject: &'a str,
    jti: &'a str,
    exp: i64,
    iat: i64,
}

#[derive(Serialize)]
struct Subject<'a> {
    status: &'a str,
    client_id: &'a str,
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// How long an ended token is remembered, so that its refusal can be explained.
const KEEP: Duration = Duration::from_secs(7 * 86_400);
const LIMIT: usize = 50_000;

impl StateTokens {
    pub(crate) fn new(ground: &Ground) -> Self {
        let key: [u8; 32] = ground.seed.identity("state token key", &[]).bytes();
        Self {
            entries: Expiring::new(KEEP, LIMIT),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            jtis: ground.seed.sequence("state token"),
            tag: ground.tag,
        }
    }

    /// Hands out a token for a flow.
    pub(crate) fn issue(
        &self,
        pending: Pending,
        client_id: &str,
        device: Option<&str>,
        life: Duration,
        now: Moment,
    ) -> StateToken {
        let jti = self.jtis.draw().tagged_base62(22, self.tag);
        let subject = serde_json::to_string(&Subject { status: pending.status(), client_id }).unwrap_or_default();
        let exp = (now + life).unix_seconds();
        let payload = Payload { subject: &subject, jti: &jti, exp, iat: now.unix_seconds() };
        let mut token = BASE64URL_NOPAD.encode(HEADER.as_bytes());
        token.push('.');
        BASE64URL_NOPAD.encode_append(&serde_json::to_vec(&payload).unwrap_or_default(), &mut token);
        let signature = hmac::sign(&self.key, token.as_bytes());
        token.push('.');
        BASE64URL_NOPAD.encode_append(signature.as_ref(), &mut token);
        let token = StateToken::new(token);
        let entry = Entry {
            token: token.clone(),
            pending,
            client_id: client_id.to_owned(),
            device: device.map(str::to_owned),
            issued_at: now,
            life,
            phase: Phase::Free,
            used_by: None,
        };
        self.entries.insert(jti, entry, now);
        token
    }

    fn signed_by_us(&self, token: &str) -> bool {
        let Some((signed, signature)) = token.rsplit_once('.') else { return false };
        let Ok(signature) = BASE64URL_NOPAD.decode(signature.as_bytes()) else { return false };
        hmac::verify(&self.key, signed.as_bytes(), &signature).is_ok()
    }

    /// Takes a token for the time of one call. `fits` says whether it belongs to this step of the flow.
    ///
    /// The token is free again when the reservation is dropped, and used up when it is committed.
    pub(crate) fn reserve(
        &self,
        presented: Presented<'_>,
        fits: impl FnOnce(&Pending) -> Result<(), String>,
        now: Moment,
    ) -> Result<Reservation<'_>, Refused> {
        let refuse = |problem| Refused::from(Refusal::StateToken(problem, presented.on));
        let token = presented.token.ok_or_else(|| refuse(TokenProblem::Missing))?;
        let jti = jwt::jti(token).filter(|_| self.signed_by_us(token)).ok_or_else(|| {
            refuse(TokenProblem::Unknown).because("it is not a JWT that was signed with this tenant's key")
        })?;
        let pending = self.entries.with(&jti, |entry| {
            let Some(entry) = entry else {
                return Err(refuse(TokenProblem::Unknown).because("this world did not issue it, or was reset since"));
            };
            if let Err(problem) = entry.check(&presented, now) {
                return Err(entry.history().into_iter().fold(refuse(problem), Refused::because));
            }
            if let Err(why) = fits(&entry.pending) {
                let refused = refuse(TokenProblem::WrongFlow).because(why);
                return Err(entry.history().into_iter().fold(refused, Refused::because));
            }
            entry.phase = Phase::Reserved;
            Ok(entry.pending.clone())
        })?;
        Ok(Reservation { tokens: self, jti, pending, path: presented.path, settled: false })
    }

    fn record(entry: &Entry, now: Moment) -> ArtefactRecord {
        let (state, ended_at) = match entry.phase {
            Phase::Used(at) => ("used", Some(at)),
            Phase::Revoked(at) => ("revoked", Some(at)),
            _ if now > entry.expires_at() => ("expired", None),
            _ => ("live", None),
        };
        let mut of = std::collections::BTreeMap::new();
        of.insert("client_id".to_owned(), entry.client_id.clone());
        of.insert("status".to_owned(), entry.pending.status().to_owned());
        ArtefactRecord {
            kind: ArtefactKind::StateToken,
            value: entry.token.expose().to_owned(),
            issued_at: entry.issued_at,
            expires_at: Some(entry.expires_at()),
            state: state.to_owned(),
            ended_at,
            ended_by: None,
            of,
        }
    }

    /// All of them.
    pub(crate) fn artefacts(&self, now: Moment) -> Vec<ArtefactRecord> {
        let mut records = Vec::new();
        self.entries.each(|_, entry| records.push(Self::record(entry, now)));
        records
    }

    /// What is known of one.
    pub(crate) fn history(&self, value: &str, now: Moment) -> Option<ArtefactRecord> {
        let jti = jwt::jti(value)?;
        self.entries.with(&jti, |entry| {
            entry.filter(|entry| entry.token.expose() == value.trim()).map(|entry| Self::record(entry, now))
        })
    }

    /// Ages, ends or takes back; the number of tokens hit.
    pub(crate) fn alter(&self, which: &Which, how: Alter, now: Moment) -> usize {
        let alter = |entry: &mut Entry| match how {
            Alter::Age(by) => entry.issued_at = entry.issued_at - by,
            Alter::Expire => entry.issued_at = now - entry.life - Duration::from_millis(1),
            Alter::Revoke => {
                if matches!(entry.phase, Phase::Free | Phase::Reserved) {
                    entry.phase = Phase::Revoked(now);
                }
            }
        };
        match which {
            Which::Kind(ArtefactKind::StateToken) => {
                let mut hit = 0;
                self.entries.each(|_, entry| {
                    alter(entry);
                    hit += 1;
                });
                hit
            }
            Which::Kind(_) => 0,
            Which::Value(value) => {
                let Some(jti) = jwt::jti(value) else { return 0 };
                self.entries.with(&jti, |entry| {
                    entry.filter(|entry| entry.token.expose() == value.trim()).map(alter).map_or(0, |()| 1)
                })
            }
        }
    }
}

/// A state_token taken for the time of one call; dropping it sets the token free again.
#[derive(Debug)]
#[must_use = "a reservation that is dropped sets the token free"]
pub(crate) struct Reservation<'a> {
    tokens: &'a StateTokens,
    jti: String,
    pending: Pending,
    path: &'static str,
    settled: bool,
}

impl Reservation<'_> {
    /// What the flow knows so far.
    pub(crate) fn pending(&self) -> &Pending {
        &self.pending
    }

    fn settle(&mut self, phase: Phase) {
        self.settled = true;
        self.tokens.entries.with(&self.jti, |entry| {
            if let Some(entry) = entry.filter(|entry| entry.phase == Phase::Reserved) {
                entry.phase = phase;
                if matches!(phase, Phase::Used(_)) {
                    entry.used_by = Some(self.path);
                }
            }
        });
    }

    /// Uses the token up.
    pub(crate) fn commit(mut self, now: Moment) {
        self.settle(Phase::Used(now));
    }
}

impl Drop for Reservation<'_> {
    // Also when the caller hung up while WeChat was being asked.
    fn drop(&mut self) {
        if !self.settled {
            self.settle(Phase::Free);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Method, Request};
    use serde_json::json;

    use super::*;
    use crate::config::Policy;
    use crate::scene::{CLIENT, Scene, request};

    const BIND: &str = "/api/v2/sdk/social/wechat-mobile-bind";

    fn li(state_token: &str) -> Request<Bytes> {
        let body = Bytes::from(json!({ "wechat_code": "phone-13800138000" }).to_string());
        request(Method::POST, BIND, &[("X-state-token", state_token)], body)
    }

    #[test]
    fn its_payload_begins_with_the_subject_which_is_json_text() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let (header, rest) = token.split_once('.').unwrap();
        assert_eq!(BASE64URL_NOPAD.decode(header.as_bytes()).unwrap(), br#"{"alg":"HS256","typ":"JWT"}"#);
        let payload = BASE64URL_NOPAD.decode(rest.split_once('.').unwrap().0.as_bytes()).unwrap();
        let payload = String::from_utf8(payload).unwrap();
        assert!(payload.starts_with(r#"{"subject":"{\"status\":\"SOCIAL_BIND\""#), "{payload}");
        let claims: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let now = scene.ground.now().unix_seconds();
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 600)));
        assert_eq!(claims["jti"].as_str().unwrap().len(), 22);
        assert!(!payload.contains("alice"), "the identity stays with the tenant");
    }

    #[test]
    fn a_token_of_another_world_with_the_same_seed_is_unknown() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let tokens = StateTokens::new(&Ground::new("another", 7, scene.ground.clock.clone()));
        let presented =
            Presented { token: Some(&token), client_id: CLIENT, device: None, path: BIND, on: StateTokenUse::Social };
        let refused = tokens.reserve(presented, |_| Ok(()), scene.ground.now()).unwrap_err();
        assert_eq!(refused.refusal, Refusal::StateToken(TokenProblem::Unknown, StateTokenUse::Social));
    }

    #[test]
    fn of_a_hundred_callers_with_one_state_token_one_wins() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
        let outcomes = runtime.block_on(async {
            let call = |scene: Scene, request| async move { scene.send_later(request).await };
            let calls: Vec<_> = (0..100).map(|_| tokio::spawn(call(scene.clone(), li(&token)))).collect();
            let mut outcomes = Vec::new();
            for call in calls {
                outcomes.push(call.await.unwrap());
            }
            outcomes
        });
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.iter().partition(|answer| answer.text("status") == "SUCCESS");
        assert_eq!((won.len(), lost.len()), (1, 99));
        assert!(lost.iter().all(|answer| answer.refused().1 == "COMMON.1007"));
    }

    /// Runs a call until it waits for WeChat, and no further.
    async fn until_wechat_is_asked<T>(call: &mut std::pin::Pin<Box<impl Future<Output = T>>>) {
        let polled = std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context))).await;
        assert!(polled.is_pending());
    }

    #[test]
    fn a_caller_who_hangs_up_sets_the_state_token_free() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut call = Box::pin(scene.send_later(li(&token)));
            until_wechat_is_asked(&mut call).await;
        });
        assert_eq!(scene.send(li(&token)).text("status"), "SUCCESS");
    }

    #[test]
    fn a_call_that_meets_a_reserved_state_token_is_told_so() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut first = Box::pin(scene.send_later(li(&token)));
            until_wechat_is_asked(&mut first).await;
            let second = scene.send_later(li(&token)).await;
            assert_eq!(second.refused(), (400, "COMMON.1007", "state_token_in_use"));
            assert_eq!(first.await.text("status"), "SUCCESS");
        });
    }
}
