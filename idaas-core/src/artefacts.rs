//! What can be told about a tenant's artefacts, and done to them from outside.

use sim::{Alter, ArtefactRecord, Which};

use crate::idaas::Idaas;
use crate::outbox::Message;

impl Idaas {
    /// Everything that was handed out and is still remembered, oldest first.
    pub fn artefacts(&self) -> Vec<ArtefactRecord> {
        let now = self.ground.now();
        let state = &self.state;
        let mut records = state.state_tokens.artefacts(now);
        records.extend(state.sessions.artefacts(now));
        records.extend(state.id_tokens.artefacts(now));
        records.extend(state.captchas.artefacts(now));
        records.extend(state.verify_codes.artefacts(now));
        records.extend(state.bearer_tokens.artefacts(now));
        records.extend(state.authorization_codes.artefacts(now));
        records.extend(state.refresh_tokens.artefacts(now));
        records.extend(state.sso_tickets.artefacts(now));
        records.sort_by(|a, b| (a.issued_at, a.kind, &a.value).cmp(&(b.issued_at, b.kind, &b.value)));
        records
    }

    /// Ages, ends or takes back artefacts without moving the clock; the number of those hit.
    pub fn alter(&self, which: &Which, how: Alter) -> usize {
        let now = self.ground.now();
        let state = &self.state;
        state.state_tokens.alter(which, how, now)
            + state.sessions.alter(which, how, now)
            + state.id_tokens.alter(which, how, now)
            + state.captchas.alter(which, how, now)
            + state.verify_codes.alter(which, how, now)
            + state.bearer_tokens.alter(which, how, now)
            + state.authorization_codes.alter(which, how, now)
            + state.refresh_tokens.alter(which, how, now)
            + state.sso_tickets.alter(which, how, now)
    }

    /// What is known of the artefact of this value.
    pub fn history(&self, value: &str) -> Option<ArtefactRecord> {
        let now = self.ground.now();
        let state = &self.state;
        let value = value.trim();
        let token = state.state_tokens.history(value, now).or_else(|| state.id_tokens.history(value, now));
        let token = token.or_else(|| state.sessions.history(value, now));
        let token = token.or_else(|| state.captchas.history(value, now));
        let token = token.or_else(|| state.verify_codes.history(value, now));
        let token = token.or_else(|| state.bearer_tokens.history(value, now));
        let token = token.or_else(|| state.authorization_codes.history(value, now));
        let token = token.or_else(|| state.refresh_tokens.history(value, now));
        token.or_else(|| state.sso_tickets.history(value, now))
    }

    /// The SMS and e-mails that were "sent", newest first.
    pub fn outbox(&self) -> Vec<Message> {
        self.state.outbox.messages()
    }

    /// Where the piece of a slider picture belongs: the x of its left edge, in pixels.
    pub fn captcha_answer(&self, token: &str) -> Option<f64> {
        self.state.captchas.answer(token)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};
    use sim::{ArtefactKind, Tag};

    use super::*;
    use crate::scene::Scene;
    use crate::{session_token_tag, state_token_tag};

    const BIND: &str = "/api/v2/sdk/social/wechat-mobile-register-bind";
    const REFRESH: &str = "/api/v2/sdk/sso/session-token/id-token";

    #[test]
    fn what_was_handed_out_is_listed_with_its_history() {
        let scene = Scene::new();
        let token = scene.state_token("alice");
        scene.advance(5);
        let answer = scene.go_on(BIND, &token, json!({ "wechat_code": "phone-13800138000" }));
        let state = scene.idaas.history(&token).unwrap();
        assert_eq!((state.kind, state.state.as_str()), (ArtefactKind::StateToken, "used"));
        assert_eq!(state.ended_at.unwrap().since(state.issued_at), Duration::from_secs(5));
        let session = scene.idaas.history(&answer.text("session_token")).unwrap();
        assert_eq!((session.kind, session.state.as_str()), (ArtefactKind::SessionToken, "live"));
        let kinds: Vec<_> = scene.idaas.artefacts().iter().map(|record| record.kind).collect();
        assert_eq!(kinds, [ArtefactKind::StateToken, ArtefactKind::SessionToken, ArtefactKind::IdToken]);
        assert!(scene.idaas.history("nonsense").is_none());
    }

    #[test]
    fn an_aged_state_token_expires_that_much_earlier() {
        let scene = Scene::new();
        let token = scene.state_token("alice");
        let age = |seconds| scene.idaas.alter(&Which::Value(token.clone()), Alter::Age(Duration::from_secs(seconds)));
        let bind = || scene.go_on(BIND, &token, json!({ "wechat_code": "nonsense" }));
        assert_eq!(age(600), 1);
        assert_eq!(bind().refused().1, "LOGIN.1001");
        assert_eq!(age(1), 1);
        assert_eq!(bind().refused().2, "state_token_expired");
    }

    #[test]
    fn a_session_can_be_taken_back() {
        let scene = Scene::new();
        let token = scene.login("bob").text("session_token");
        assert_eq!(scene.idaas.alter(&Which::Value(token.clone()), Alter::Revoke), 1);
        let answer = scene.post_with(REFRESH, &[("session-token", &token)], Value::Null);
        assert_eq!(answer.refused(), (400, "PARAM.0023", "session_token_revoked"));
        assert_eq!(scene.idaas.alter(&Which::Value("nonsense".to_owned()), Alter::Expire), 0);
        assert_eq!(scene.idaas.alter(&Which::Kind(ArtefactKind::LoginCode), Alter::Expire), 0);
    }

    #[test]
    fn tokens_name_their_world() {
        let scene = Scene::new();
        assert_eq!(state_token_tag(&scene.state_token("alice")), Some(Tag::of("default")));
        assert_eq!(session_token_tag(&scene.login("bob").text("session_token")), Some(Tag::of("default")));
    }
}
