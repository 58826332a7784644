//! The public half of the signing key, in the forms in which clients fetch it, and the discovery document.

use serde::Serialize;
use serde_json::{Value, json};
use sim::IdTokenFault;

use crate::answer::Reply;
use crate::call::Call;
use crate::oauth2::SCOPE;
use crate::refusal::Refused;

/// The JSON Web Key Set: `GET /api/v1/oauth2/keys`.
pub(crate) fn keys(call: &Call<'_>) -> Result<Reply, Refused> {
    let is_rotated = call.token_fault() == Some(IdTokenFault::KeyRotated);
    let keys: Vec<_> = call.idaas.keys.published(is_rotated).iter().map(|key| key.jwk()).collect();
    Ok(Reply::json(&json!({ "keys": keys })))
}

/// What is served, and only that.
#[derive(Serialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: Vec<&'static str>,
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    code_challenge_methods_supported: Vec<&'static str>,
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: Vec<&'static str>,
    claims_supported: Vec<&'static str>,
}

/// OpenID Connect discovery: `GET /api/v1/oauth2/.well-known/openid-configuration`.
pub(crate) fn discovery(call: &Call<'_>) -> Result<Reply, Refused> {
    let config = &call.setup.config;
    // At the caller's address even when the issuer is another: it is here that they are served.
    let at = |path: &str| format!("{}/api/v1/oauth2/{path}", call.base.trim_end_matches('/'));
    Ok(Reply::json(&Discovery {
        issuer: config.issuer(call.base),
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        userinfo_endpoint: at("userinfo"),
        introspection_endpoint: at("introspect"),
        jwks_uri: at("keys"),
        scopes_supported: vec![SCOPE],
        response_types_supported: vec!["code"],
        grant_types_supported: vec!["authorization_code", "refresh_token"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic"],
        code_challenge_methods_supported: vec!["plain", "S256"],
        subject_types_supported: vec!["public"],
        id_token_signing_alg_values_supported: vec!["RS256"],
        claims_supported: vec![
            "iss", "aud", "sub", "exp", "iat", "nbf", "jti", "api", "name", "mobile", "id", "userName", "email",
        ],
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
        for (name, endpoint) in answer.body.as_object().unwrap() {
            if name.ends_with("_endpoint") {
                let path = endpoint.as_str().unwrap().strip_prefix(BASE).unwrap();
                assert_ne!(Scene::new().get(path, &[]).status, 404, "{name} is served");
            }
        }
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
