//! id_tokens: what they say, and what is remembered of them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sim::{
    Alter, ArtefactKind, ArtefactRecord, Expiring, Ground, IdToken, IdTokenFault, Moment, Sequence, Stamped, Tag, Which,
};

use crate::config::Claims;
use crate::directory::User;
use crate::identifier::UserId;
use crate::jwt;
use crate::key_ring::KeyRing;
use crate::refusal::{Refusal, Refused, TokenProblem};
use crate::token_fault;

/// The user's identity, as the `api` claim has it: members in the order of the vendor's example, unknown ones left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<&'a str>,
    id: &'a str,
    user_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl<'a> Identity<'a> {
    fn of(user: &'a User) -> Self {
        Self {
            name: &user.name,
            mobile: user.mobile.as_ref().map(|mobile| mobile.expose()),
            id: user.id.as_str(),
            user_name: &user.user_name,
            email: user.email.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    exp: i64,
    iat: i64,
    nbf: i64,
    jti: &'a str,
    /// JSON text, to be parsed a second time.
    api: &'a str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    top: Option<Identity<'a>>,
}

/// How long before its issue a token is already good; as the decoded example shows.
const NOT_BEFORE: Duration = Duration::from_secs(120);

/// What goes into an id_token beside its user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Minting<'a> {
    pub(crate) keys: &'a KeyRing,
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) life: Duration,
    pub(crate) claims: &'a Claims,
    pub(crate) fault: Option<IdTokenFault>,
}

/// How far off the times of a token are that has expired or is not good yet.
const OFF: Duration = Duration::from_secs(3600);

impl Minting<'_> {
    /// The moment that the token's times hang on: now, unless they are to be wrong.
    fn issued_at(&self, now: Moment) -> Moment {
        match self.fault {
            Some(IdTokenFault::Expired) => now - self.life - OFF,
            Some(IdTokenFault::NotYetValid) => now + OFF + NOT_BEFORE,
            _ => now,
        }
    }

    fn issuer(&self) -> &str {
        if self.fault == Some(IdTokenFault::WrongIssuer) { token_fault::WRONG_ISSUER } else { self.issuer }
    }

    fn audience(&self) -> &str {
        if self.fault == Some(IdTokenFault::WrongAudience) { token_fault::WRONG_AUDIENCE } else { self.client_id }
    }

    fn sign(&self, payload: &[u8]) -> String {
        let key = self.keys.current();
        match self.fault {
            Some(IdTokenFault::UnknownKid) => key.sign_as(token_fault::UNKNOWN_KID, payload),
            Some(IdTokenFault::BadSignature) => key.sign_badly(payload),
            Some(IdTokenFault::KeyRotated) => self.keys.next().sign(payload),
            _ => key.sign(payload),
        }
    }
}

/// The payload of an id_token whose times hang on `issued_at`.
fn payload(user: &User, minting: &Minting<'_>, jti: &str, issued_at: Moment) -> Vec<u8> {
    let api = serde_json::to_string(&Identity::of(user)).unwrap_or_default();
    let claims = minting.claims;
    let (iss, aud, sub) = if claims.placeholders {
        ("Issuer", "Audience", "subject")
    } else {
        (minting.issuer(), minting.audience(), user.id.as_str())
    };
    let payload = Payload {
        iss,
        aud,
        sub,
        exp: (issued_at + minting.life).unix_seconds(),
        iat: issued_at.unix_seconds(),
        nbf: (issued_at - NOT_BEFORE).unix_seconds(),
        jti,
        api: &api,
        top: claims.top_level.then(|| Identity::of(user)),
    };
    serde_json::to_vec(&payload).unwrap_or_default()
}

/// What is remembered of a token.
#[derive(Debug, Clone)]
struct Entry {
    token: IdToken,
    user: UserId,
    client_id: String,
    issued_at: Moment,
    life: Duration,
    revoked_at: Option<Moment>,
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
}

/// The id_tokens of a tenant, the newest of them.
#[derive(Debug)]
pub(crate) struct IdTokens {
    entries: Expiring<String, Entry>,
    jtis: Sequence,
    tag: Tag,
}

const KEEP: Duration = Duration::from_secs(7 * 86_400);
/// Tokens are long texts. One that is no longer remembered is still good by its signature and its own times.
const LIMIT: usize = 10_000;

#[derive(Deserialize)]
struct Presented {
    aud: String,
    exp: i64,
    nbf: i64,
    jti: String,
    api: String,
}

#[derive(Deserialize)]
struct PresentedUser {
    id: String,
}

/// Who a Bearer id_token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) user: UserId,
}

impl IdTokens {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { entries: Expiring::new(KEEP, LIMIT), jtis: ground.seed.sequence("id token"), tag: ground.tag }
    }

    /// Signs a token for a user and remembers it. Signing takes its time: hold no lock.
    pub(crate) fn issue(&self, user: &User, minting: Minting<'_>, now: Moment) -> IdToken {
        let jti = self.jtis.draw().tagged_base62(22, self.tag);
        let issued_at = minting.issued_at(now);
        let token = IdToken::new(minting.sign(&payload(user, &minting, &jti, issued_at)));
        let entry = Entry {
            token: token.clone(),
            user: user.id.clone(),
            client_id: minting.client_id.to_owned(),
            issued_at,
            life: minting.life,
            revoked_at: None,
        };
        self.entries.insert(jti, entry, now);
        token
    }

    /// Who a token stands for, if it is good for this application now.
    pub(crate) fn check(
        &self,
        keys: &KeyRing,
        token: Option<&str>,
        client_id: &str,
        claims: &Claims,
        now: Moment,
    ) -> Result<Bearer, Refused> {
        let refuse = |problem| Refused::from(Refusal::IdToken(problem));
        let token = token.ok_or_else(|| refuse(TokenProblem::Missing))?;
        let presented: Presented = jwt::payload(token).filter(|_| keys.verifies(token)).ok_or_else(|| {
            refuse(TokenProblem::Unknown).because("it is not a JWT that was signed with this tenant's key")
        })?;
        if Tag::read_base62(&presented.jti) != Some(self.tag) {
            return Err(refuse(TokenProblem::Unknown).because("another world issued it"));
        }
        let entry = self.entries.with(&presented.jti, |entry| entry.cloned());
        let story = |refused: Refused| match &entry {
            Some(entry) => refused.because(format!(
                "it was issued at {} to user {} for client id {}, good until {}",
                entry.issued_at,
                entry.user,
                entry.client_id,
                entry.expires_at(),
            )),
            None => refused,
        };
        if !claims.placeholders && presented.aud != client_id {
            return Err(story(refuse(TokenProblem::OtherClient)));
        }
        if let Some(at) = entry.as_ref().and_then(|entry| entry.revoked_at) {
            return Err(story(refuse(TokenProblem::Revoked)).because(format!("it was taken back at {at}")));
        }
        let expires_at = entry.as_ref().map_or(Moment::from_unix_seconds(presented.exp), Entry::expires_at);
        if now > expires_at {
            return Err(story(refuse(TokenProblem::Expired)));
        }
        let good_from =
            entry.as_ref().map_or(Moment::from_unix_seconds(presented.nbf), |entry| entry.issued_at - NOT_BEFORE);
        if now < good_from {
            return Err(story(refuse(TokenProblem::NotYetValid)).because(format!("it is good from {good_from} on")));
        }
        let user: PresentedUser = serde_json::from_str(&presented.api).map_err(|_| refuse(TokenProblem::Unknown))?;
        Ok(Bearer { user: UserId(user.id) })
    }

    fn record(entry: &Entry, now: Moment) -> ArtefactRecord {
        let state = match entry.revoked_at {
            Some(_) => "revoked",
            None if now > entry.expires_at() => "expired",
            None => "live",
        };
        let of = [("client_id", entry.client_id.clone()), ("user", entry.user.0.clone())];
        ArtefactRecord {
            kind: ArtefactKind::IdToken,
            value: entry.token.expose().to_owned(),
            issued_at: entry.issued_at,
            expires_at: Some(entry.expires_at()),
            state: state.to_owned(),
            ended_at: entry.revoked_at,
            ended_by: None,
            of: of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
        }
    }

    /// All that are remembered.
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

    /// Ages, ends or takes back, as this tenant judges them; whoever verifies a token alone does not notice. The number
    /// of tokens hit.
    pub(crate) fn alter(&self, which: &Which, how: Alter, now: Moment) -> usize {
        let alter = |entry: &mut Entry| match how {
            Alter::Age(by) => entry.issued_at = entry.issued_at - by,
            Alter::Expire => entry.issued_at = now - entry.life - Duration::from_millis(1),
            Alter::Revoke => {
                entry.revoked_at.get_or_insert(now);
            }
        };
        match which {
            Which::Kind(ArtefactKind::IdToken) => {
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

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use serde_json::{Value, json};
    use sim::{ArtefactKind, Tag};

    use super::*;
    use crate::SigningKey;
    use crate::jwt::id_token_tag;
    use crate::scene::{BASE, CLIENT, Scene};

    /// The claims of a token, verified by an independent library with what the key endpoint serves; the world's time
    /// is not the machine's, so times are looked at by the tests.
    fn claims(scene: &Scene, token: &str) -> Value {
        let keys = scene.get("/api/v1/oauth2/keys", &[]).body;
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys).unwrap();
        let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let key = DecodingKey::from_jwk(set.find(&kid).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode(token, &key, &validation).unwrap().claims
    }

    fn li_is_in(scene: &Scene) -> String {
        let answer = scene.post(crate::scene::MOBILE_LOGIN, json!({ "code": "phone-13800138000" }));
        answer.text("id_token")
    }

    #[test]
    fn a_token_says_who_for_whom_and_how_long() {
        let scene = Scene::new();
        let claims = claims(&scene, &li_is_in(&scene));
        let members: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "api"]);
        let iat = scene.ground.now().unix_seconds();
        assert_eq!(claims["iss"], format!("{BASE}/api/v1/oauth2"));
        assert_eq!((&claims["aud"], &claims["iat"]), (&json!(CLIENT), &json!(iat)));
        assert_eq!((&claims["exp"], &claims["nbf"]), (&json!(iat + 7200), &json!(iat - 120)));
        assert_eq!(claims["jti"].as_str().unwrap().len(), 22);
        let id = claims["sub"].as_str().unwrap();
        assert_eq!(
            claims["api"],
            format!(
                r#"{{"name":"li.na","mobile":"+86-13800138000","id":"{id}","userName":"li.na","email":"li@acme.example"}}"#
            )
        );
    }

    #[test]
    fn members_that_are_not_known_are_left_out() {
        let scene = Scene::new();
        let claims = claims(&scene, &scene.login("bob").text("id_token"));
        assert!(!claims["api"].as_str().unwrap().contains("email"));
    }

    #[test]
    fn the_identity_may_stand_at_the_top_level_too() {
        let scene = Scene::with(|config| config.claims.top_level = true);
        let claims = claims(&scene, &li_is_in(&scene));
        assert_eq!((&claims["userName"], &claims["mobile"]), (&json!("li.na"), &json!("+86-13800138000")));
        assert!(claims["api"].is_string());
    }

    #[test]
    fn the_placeholders_of_the_documented_example_can_be_had() {
        let scene = Scene::with(|config| config.claims.placeholders = true);
        let token = li_is_in(&scene);
        let claims = claims(&scene, &token);
        let three = (&claims["iss"], &claims["aud"], &claims["sub"]);
        assert_eq!(three, (&json!("Issuer"), &json!("Audience"), &json!("subject")));
        let bearer = format!("Bearer {token}");
        assert_eq!(scene.get("/api/v2/sdk/social", &[("Authorization", &bearer)]).status, 200);
    }

    #[test]
    fn a_token_names_its_world_and_is_good_in_that_alone() {
        let scene = Scene::new();
        let token = li_is_in(&scene);
        assert_eq!(id_token_tag(&token), Some(Tag::of("default")));
        let other = Ground::new("another", 7, scene.ground.clock.clone());
        let ids = IdTokens::new(&other);
        let keys = KeyRing::new(SigningKey::test_key());
        let refused = ids.check(&keys, Some(&token), CLIENT, &Claims::default(), scene.ground.now()).unwrap_err();
        assert_eq!(refused.refusal, Refusal::IdToken(TokenProblem::Unknown));
    }

    #[test]
    fn same_seed_same_calls_same_token() {
        assert_eq!(li_is_in(&Scene::new()), li_is_in(&Scene::new()));
    }

    #[test]
    fn a_token_can_be_ended_without_moving_the_clock() {
        for (how, rule) in [(Alter::Expire, "id_token_expired"), (Alter::Revoke, "id_token_revoked")] {
            let scene = Scene::new();
            let token = li_is_in(&scene);
            assert_eq!(scene.idaas.alter(&Which::Kind(ArtefactKind::IdToken), how), 1);
            let bearer = format!("Bearer {token}");
            let answer = scene.get("/api/v2/sdk/social", &[("Authorization", &bearer)]);
            assert_eq!(answer.refused(), (400, "PARAM.0016", rule));
        }
    }
}
