//! `idaas.claims`: what an application does with an id_token. It fetches the keys, picks the one that the token names,
//! checks the signature and the times, and reads the claims.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use sim::Moment;

use crate::language::{Answer, Failure};
use crate::run::call::{Arguments, Call, text};
use crate::run::session::{Session, Trouble};

const WORD: &str = "idaas.claims";

pub(super) async fn say(session: &mut Session<'_>, arguments: &Arguments) -> Result<Answer, Trouble> {
    let mut call = Call::get("/api/v1/oauth2/keys");
    call.override_headers(arguments.get("headers"))?;
    let keys = session.ask(call).await?;
    if keys.failure.is_some() {
        return Ok(keys);
    }
    let token = arguments.get("id_token").map(text).unwrap_or_default();
    let now = session.now(WORD).await?;
    let (fields, refusal) = match verified(&token, &keys.fields) {
        Ok(claims) => {
            let refusal = out_of_time(&claims, now);
            (shown(claims), refusal)
        }
        Err(refusal) => (Value::Null, Some(refusal)),
    };
    let failure = refusal.map(|Refusal { name, message }| Failure::new([name.to_owned()], None, message));
    Ok(Answer { fields, failure, ..keys })
}

/// Why an application would not believe a token.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    name: &'static str,
    message: String,
}

impl Refusal {
    fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into() }
    }
}

/// The claims of a token that one of these keys signed.
fn verified(token: &str, keys: &Value) -> Result<Value, Refusal> {
    let malformed =
        |error: jsonwebtoken::errors::Error| Refusal::new("malformed", format!("this is no id_token: {error}"));
    let header = decode_header(token).map_err(malformed)?;
    if header.alg != Algorithm::RS256 {
        return Err(Refusal::new("wrong_algorithm", format!("it is signed with {:?}, not RS256", header.alg)));
    }
    let Some(kid) = header.kid else { return Err(Refusal::new("no_kid", "its header names no key")) };
    let keys: JwkSet = serde_json::from_value(keys.clone())
        .map_err(|error| Refusal::new("no_keys", format!("the keys cannot be read: {error}")))?;
    let Some(key) = keys.find(&kid) else {
        return Err(Refusal::new("unknown_key", format!("the keys have none of its kid `{kid}`")));
    };
    let key = DecodingKey::from_jwk(key).map_err(|error| Refusal::new("no_keys", error.to_string()))?;
    // Times are judged by the world's clock, issuer and audience by the scenario's `expect`.
    let mut only_the_signature = Validation::new(Algorithm::RS256);
    only_the_signature.validate_exp = false;
    only_the_signature.validate_nbf = false;
    only_the_signature.validate_aud = false;
    only_the_signature.required_spec_claims.clear();
    match decode::<Value>(token, &key, &only_the_signature) {
        Ok(data) => Ok(data.claims),
        Err(error) if *error.kind() == jsonwebtoken::errors::ErrorKind::InvalidSignature => {
            Err(Refusal::new("wrong_signature", "the key that it names did not sign it"))
        }
        Err(error) => Err(malformed(error)),
    }
}

/// Why a token is not good now: RFC 7519 wants `now` before `exp` and not before `nbf`.
fn out_of_time(claims: &Value, now: Moment) -> Option<Refusal> {
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
    match (seconds("exp"), seconds("nbf")) {
        (None, _) => Some(Refusal::new("no_exp", "it does not say when it expires")),
        (Some(exp), _) if now.unix_seconds() >= exp => {
            Some(Refusal::new("expired", format!("it was good until {}", Moment::from_unix_seconds(exp))))
        }
        (_, Some(nbf)) if now.unix_seconds() < nbf => {
            Some(Refusal::new("not_yet_good", format!("it is good from {}", Moment::from_unix_seconds(nbf))))
        }
        _ => None,
    }
}

/// The claims with `api` as the object that its text holds.
fn shown(mut claims: Value) -> Value {
    if let Some(api) = claims.get_mut("api")
        && let Some(object) = api.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok())
    {
        *api = object;
    }
    claims
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_good_until_the_second_before_it_expires() {
        let claims = json!({"exp": 1000, "nbf": 500});
        let at = |seconds| out_of_time(&claims, Moment::from_unix_seconds(seconds)).map(|refusal| refusal.name);
        assert_eq!((at(499), at(500), at(999), at(1000)), (Some("not_yet_good"), None, None, Some("expired")));
        assert_eq!(out_of_time(&json!({}), Moment::default()).unwrap().name, "no_exp");
    }

    #[test]
    fn the_user_is_read_out_of_its_text() {
        assert_eq!(shown(json!({"api": r#"{"userName":"li.na"}"#})), json!({"api": {"userName": "li.na"}}));
        assert_eq!(shown(json!({"api": "no json"})), json!({"api": "no json"}));
    }

    #[test]
    fn what_is_no_token_is_refused_by_name() {
        assert_eq!(verified("x", &json!({"keys": []})).unwrap_err().name, "malformed");
        let hs256 = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA";
        assert_eq!(verified(hs256, &json!({"keys": []})).unwrap_err().name, "wrong_algorithm");
        let no_kid = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA";
        assert_eq!(verified(no_kid, &json!({"keys": []})).unwrap_err().name, "no_kid");
        let unknown = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.e30.AAAA";
        assert_eq!(verified(unknown, &json!({"keys": []})).unwrap_err().name, "unknown_key");
    }
}
