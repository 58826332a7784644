//! The public half of the signing key, in the forms in which clients fetch it, and the discovery document.

use serde::Serialize;
use serde_json::{Value, json};

use crate::answer::Reply;
use crate::call::Call;
use crate::refusal::Refused;
use crate::token_fault::TokenFault;

/// The JSON Web Key Set: `GET /api/v1/oauth2/keys`.
pub(crate) fn keys(call: &Call<'_>) -> Result<Reply, Refused> {
    let ring = &call.idaas.keys;
    if call.token_fault() == Some(TokenFault::KeyRotated) {
        ring.rotate();
    }
    let keys: Vec<_> = ring.published().iter().map(|key| key.jwk()).collect();
    Ok(Reply::json(&json!({ "keys": keys })))
}

/// What is served, and only that: no endpoint of the browser flows is listed.
#[derive(Serialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
    response_types_supported: Vec<&'static str>,
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: Vec<&'static str>,
    claims_supported: Vec<&'static str>,
}

/// OpenID Connect discovery: `GET /api/v1/oauth2/.well-known/openid-configuration`.
pub(crate) fn discovery(call: &Call<'_>) -> Result<Reply, Refused> {
    let config = &call.setup.config;
    let mut claims = vec!["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "api"];
    if config.claims.top_level {
        claims.extend(["name", "mobile", "id", "userName", "email"]);
    }
    Ok(Reply::json(&Discovery {
        issuer: config.issuer(call.base),
        // At the caller's address even when the issuer is another: it is here that the keys are served.
        jwks_uri: format!("{}/api/v1/oauth2/keys", call.base.trim_end_matches('/')),
        response_types_supported: vec!["id_token"],
        subject_types_supported: vec!["public"],
        id_token_signing_alg_values_supported: vec!["RS256"],
        claims_supported: claims,
    }))
}

/// The application's public key, known from the OneAccess documentation: `GET /api/v2/sdk/public-key`. This tenant has
/// one key pair for all.
pub(crate) fn public_key(call: &Call<'_>) -> Result<Reply, Refused> {
    let body: Value = json!({ "public_key": call.idaas.keys.current().spki_base64() });
    Ok(Reply::json(&body))
}

#[cfg(test)]
mod tests {
    use crate::scene::{BASE, Scene};

    #[test]
    fn the_key_set_is_served_to_anybody() {
        let headers = [("X-client-id", ""), ("X-agent", "")];
        let answer = Scene::new().get("/api/v1/oauth2/keys", &headers);
        assert_eq!((answer.status, &answer.body["keys"][0]["kid"]), (200, &"k1".into()));
        assert_eq!(answer.body["keys"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn discovery_names_the_issuer_of_the_tokens_and_where_the_keys_are() {
        const PATH: &str = "/api/v1/oauth2/.well-known/openid-configuration";
        let answer = Scene::new().get(PATH, &[]);
        assert_eq!(answer.body["issuer"], format!("{BASE}/api/v1/oauth2"));
        assert_eq!(answer.body["jwks_uri"], format!("{BASE}/api/v1/oauth2/keys"));
        assert!(answer.body.get("token_endpoint").is_none(), "it is not served");
        let issuer = "https://acme.example/api/v1/oauth2";
        let answer = Scene::with(|config| config.issuer = Some(issuer.to_owned())).get(PATH, &[]);
        assert_eq!(answer.body["issuer"], issuer);
    }

    #[test]
    fn the_public_key_is_that_of_the_key_set() {
        let answer = Scene::new().get("/api/v2/sdk/public-key", &[]);
        assert!(answer.text("public_key").starts_with("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"), "{}", answer.text);
    }
}
