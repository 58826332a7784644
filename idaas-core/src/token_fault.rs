//! Faults of id_tokens: what a client must not accept, minted on purpose.
//!
//! Whoever plans faults puts a [`sim::IdTokenFault`] into the extensions of a request; every id_token that is minted for
//! the call then has it. An expired token expired an hour ago, one that is not yet valid is good in an hour, and of a bad
//! signature one byte is another. After a rotation `k2`, a second published test key, signs; the key set lists it before
//! the tenant's usual key when it is asked for under the same fault, and the tenant itself takes tokens of both.

/// The issuer in a token whose issuer is wrong.
pub(crate) const WRONG_ISSUER: &str = "https://issuer.invalid/api/v1/oauth2";
/// The audience in a token whose audience is wrong.
pub(crate) const WRONG_AUDIENCE: &str = "anotherApplicationsClientId00000";
/// The key id in a token whose key id is not published.
pub(crate) const UNKNOWN_KID: &str = "k0";

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Method, Request};
    use jsonwebtoken::errors::ErrorKind;
    use jsonwebtoken::jwk::JwkSet;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use serde_json::{Value, json};
    use sim::{Clock, IdTokenFault};

    use crate::scene::{Answered, BASE, CLIENT, LOGIN, Scene, request};

    const KEYS: &str = "/api/v1/oauth2/keys";

    fn with(fault: IdTokenFault, mut request: Request<Bytes>) -> Request<Bytes> {
        request.extensions_mut().insert(fault);
        request
    }

    fn minted(scene: &Scene, fault: IdTokenFault) -> String {
        let body = Bytes::from(json!({ "code": "login-bob" }).to_string());
        let answer = scene.send(with(fault, request(Method::POST, LOGIN, &[], body)));
        assert_eq!(answer.text("status"), "SUCCESS", "the call itself succeeds");
        answer.text("id_token")
    }

    /// What an independent library says to a token at the world's time, with the keys that are served.
    fn verified(scene: &Scene, token: &str) -> Result<Value, String> {
        let keys: JwkSet = serde_json::from_value(scene.get(KEYS, &[]).body).unwrap();
        let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let Some(key) = keys.find(&kid) else { return Err(format!("no key {kid}")) };
        let mut validation = Validation::new(Algorithm::RS256);
        // The library compares with the machine's clock; the world has its own.
        (validation.validate_exp, validation.validate_nbf) = (false, false);
        validation.set_audience(&[CLIENT]);
        validation.set_issuer(&[format!("{BASE}/api/v1/oauth2")]);
        let decoded = jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &validation);
        let claims = decoded.map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => "signature".to_owned(),
            other => format!("{other:?}"),
        })?;
        let now = scene.ground.clock.now().unix_seconds();
        let time = |name: &str| claims.claims[name].as_i64().unwrap();
        match now {
            now if now > time("exp") => Err(format!("expired {}", now - time("exp"))),
            now if now < time("nbf") => Err(format!("good in {}", time("nbf") - now)),
            _ => Ok(claims.claims),
        }
    }

    fn profile(scene: &Scene, token: &str) -> Answered {
        scene.get("/api/v2/sdk/profile", &[("Authorization", &format!("Bearer {token}"))])
    }

    #[test]
    fn each_fault_is_one_that_a_client_can_notice() {
        let verdict = |fault| {
            let scene = Scene::new();
            verified(&scene, &minted(&scene, fault)).map(|_| ()).unwrap_err()
        };
        assert_eq!(verdict(IdTokenFault::Expired), "expired 3600");
        assert_eq!(verdict(IdTokenFault::NotYetValid), "good in 3600");
        assert_eq!(verdict(IdTokenFault::WrongIssuer), "InvalidIssuer");
        assert_eq!(verdict(IdTokenFault::WrongAudience), "InvalidAudience");
        assert_eq!(verdict(IdTokenFault::UnknownKid), "no key k0");
        assert_eq!(verdict(IdTokenFault::BadSignature), "signature");
    }

    #[test]
    fn a_faulty_token_lives_as_long_as_a_good_one() {
        let life = |fault| {
            let scene = Scene::new();
            let token = minted(&scene, fault);
            let claims: Value = crate::jwt::payload(&token).unwrap();
            claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap()
        };
        assert_eq!(life(IdTokenFault::Expired), 7320);
        assert_eq!(life(IdTokenFault::NotYetValid), 7320);
        assert_eq!(life(IdTokenFault::WrongIssuer), 7320);
    }

    #[test]
    fn only_the_call_with_the_fault_has_it() {
        let scene = Scene::new();
        minted(&scene, IdTokenFault::BadSignature);
        let token = scene.login("bob").text("id_token");
        assert!(verified(&scene, &token).is_ok());
    }

    #[test]
    fn the_tenant_itself_refuses_what_was_spoiled() {
        for (fault, rule) in [
            (IdTokenFault::Expired, "id_token_expired"),
            (IdTokenFault::NotYetValid, "id_token_not_yet_valid"),
            (IdTokenFault::WrongAudience, "id_token_of_other_client"),
            (IdTokenFault::UnknownKid, "id_token_unknown"),
            (IdTokenFault::BadSignature, "id_token_unknown"),
        ] {
            let scene = Scene::new();
            let token = minted(&scene, fault);
            assert_eq!(profile(&scene, &token).refused(), (400, "PARAM.0016", rule));
        }
    }

    #[test]
    fn during_a_rotation_both_keys_are_published_and_tokens_of_both_are_good() {
        let scene = Scene::new();
        let kids = |answer: Answered| {
            let keys: JwkSet = serde_json::from_value(answer.body).unwrap();
            keys.keys.into_iter().map(|key| key.common.key_id.unwrap()).collect::<Vec<_>>()
        };
        let old = scene.login("bob").text("id_token");
        assert_eq!(kids(scene.get(KEYS, &[])), ["k1"]);
        let new = minted(&scene, IdTokenFault::KeyRotated);
        assert_eq!(jsonwebtoken::decode_header(&new).unwrap().kid.as_deref(), Some("k2"));
        let rotated = || with(IdTokenFault::KeyRotated, request(Method::GET, KEYS, &[], Bytes::new()));
        assert_eq!(kids(scene.send(rotated())), ["k2", "k1"]);
        for token in [&old, &new] {
            assert_eq!(profile(&scene, token).status, 200);
        }
        assert_eq!(kids(scene.get(KEYS, &[])), ["k1"], "a rotation that is taken back leaves nothing behind");
    }

    #[test]
    fn the_key_set_can_be_asked_for_after_a_rotation_before_any_token_was_signed() {
        let scene = Scene::new();
        let answer = scene.send(with(IdTokenFault::KeyRotated, request(Method::GET, KEYS, &[], Bytes::new())));
        assert_eq!(answer.body["keys"][0]["kid"], "k2");
        assert_eq!(answer.body["keys"][1]["kid"], "k1");
    }

    #[test]
    fn a_token_of_the_second_key_is_nothing_before_a_rotation() {
        let rotated = minted(&Scene::new(), IdTokenFault::KeyRotated);
        assert_eq!(profile(&Scene::new(), &rotated).refused().2, "id_token_unknown");
    }

    #[test]
    fn a_refreshed_token_has_the_fault_of_its_call() {
        let scene = Scene::new();
        let session = scene.login("bob").text("session_token");
        let headers = [("session-token", session.as_str())];
        let refresh = request(Method::POST, "/api/v2/sdk/sso/session-token/id-token", &headers, Bytes::new());
        let token = scene.send(with(IdTokenFault::WrongIssuer, refresh)).text("id_token");
        assert_eq!(verified(&scene, &token).unwrap_err(), "InvalidIssuer");
    }
}
