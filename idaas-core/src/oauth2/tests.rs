//! The browser flow and what follows it.

use bytes::Bytes;
use data_encoding::BASE64;
use http::Method;
use serde_json::{Value, json};

use crate::scene::{Answered, BASE, CLIENT, CLIENT_SECRET, OTHER_CLIENT, Scene, request};

const BACK: &str = "https://shop.example/back";

fn basic(id: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{id}:{CLIENT_SECRET}").as_bytes()))
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        form.append_pair(name, value);
    }
    form.finish()
}

/// An authorization with the usual parameters and others in their place; an empty one is left out.
fn authorize(scene: &Scene, others: &[(&str, &str)]) -> Answered {
    let usual = [("response_type", "code"), ("client_id", CLIENT), ("redirect_uri", BACK), ("state", "s t")];
    let mut fields: Vec<_> =
        usual.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name)).collect();
    fields.extend(others);
    let path = format!("/api/v1/oauth2/authorize?{}", form(&fields));
    scene.send(request(Method::GET, &path, &[("X-agent", ""), ("X-client-id", "")], Bytes::new()))
}

/// A parameter that the browser takes back.
fn taken_back(answer: &Answered, name: &str) -> Option<String> {
    let location = answer.headers["location"].to_str().unwrap();
    let query = location.strip_prefix(BACK).unwrap().strip_prefix('?').unwrap();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

fn code(scene: &Scene, others: &[(&str, &str)]) -> String {
    let answer = authorize(scene, others);
    assert_eq!(answer.status, 302, "{}", answer.text);
    taken_back(&answer, "code").unwrap()
}

fn token_as(scene: &Scene, client: &str, fields: &[(&str, &str)]) -> Answered {
    let headers = [("X-agent", ""), ("X-client-id", ""), ("Authorization", &*basic(client))];
    scene.send(request(Method::POST, "/api/v1/oauth2/token", &headers, Bytes::from(form(fields))))
}

fn redeem(scene: &Scene, code: &str) -> Answered {
    let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
    token_as(scene, CLIENT, &fields)
}

fn userinfo(scene: &Scene, token: &str) -> Answered {
    let headers = [("X-agent", ""), ("Authorization", &*format!("Bearer {token}"))];
    scene.send(request(Method::GET, "/api/v1/oauth2/userinfo", &headers, Bytes::new()))
}

#[track_caller]
fn refused(answer: &Answered, status: u16, error: &str, rule: &str) {
    let refusal = answer.refusal.as_ref().unwrap_or_else(|| panic!("it was not refused: {}", answer.text));
    assert_eq!((refusal.rule.as_str(), refusal.code.as_str()), (rule, error));
    assert_eq!((answer.status, answer.text("error").as_str()), (status, error), "{}", answer.text);
}

#[test]
fn a_browser_flow_ends_with_tokens_and_the_user() {
    let scene = Scene::new();
    let answer = authorize(&scene, &[]);
    assert_eq!(taken_back(&answer, "state").as_deref(), Some("s t"));
    let tokens = redeem(&scene, &taken_back(&answer, "code").unwrap());
    let members: Vec<_> = tokens.body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"]);
    assert_eq!((&tokens.body["expires_in"], &tokens.body["scope"]), (&json!(7200), &json!("get_user_info")));
    let claims: Value = crate::jwt::payload(&tokens.text("id_token")).unwrap();
    assert_eq!((&claims["aud"], &claims["userName"]), (&json!(CLIENT), &json!("li.na")));
    assert_eq!(claims["iss"], format!("{BASE}/api/v1/oauth2"));
    let id = claims["sub"].as_str().unwrap();
    assert_eq!(
        userinfo(&scene, &tokens.text("access_token")).text,
        format!(
            r#"{{"id":"{id}","userName":"li.na","name":"li.na","email":"li@acme.example","mobile":"+86-13800138000"}}"#
        )
    );
}

#[test]
fn a_code_is_good_once_and_of_a_hundred_callers_one_gets_it() {
    let scene = Scene::new();
    let once = code(&scene, &[]);
    let won = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let answer = redeem(&scene, &once);
                won.fetch_add(usize::from(answer.status == 200), std::sync::atomic::Ordering::Relaxed);
            });
        }
    });
    assert_eq!(won.into_inner(), 1);
    refused(&redeem(&scene, &once), 400, "invalid_grant", "authorization_code_used");
}

#[test]
fn a_code_is_refused_one_second_after_five_minutes() {
    let scene = Scene::new();
    let (first, second) = (code(&scene, &[]), code(&scene, &[]));
    scene.advance(300);
    assert_eq!(redeem(&scene, &first).status, 200);
    scene.advance(1);
    refused(&redeem(&scene, &second), 400, "invalid_grant", "authorization_code_expired");
    refused(&redeem(&scene, "nonsense"), 400, "invalid_grant", "authorization_code_unknown");
}

#[test]
fn a_failed_redemption_leaves_the_code_good() {
    let scene = Scene::new();
    let code = code(&scene, &[]);
    let fields =
        |redirect_uri| [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", redirect_uri)];
    let other = token_as(&scene, OTHER_CLIENT, &fields(BACK));
    refused(&other, 400, "invalid_grant", "authorization_code_of_other_client");
    refused(&token_as(&scene, CLIENT, &fields("https://x.example/")), 400, "invalid_grant", "redirect_uri_differs");
    refused(&token_as(&scene, CLIENT, &fields("")), 400, "invalid_grant", "redirect_uri_differs");
    assert_eq!(token_as(&scene, CLIENT, &fields(BACK)).status, 200);
}

#[test]
fn a_challenge_asks_for_its_verifier() {
    // The example of RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let sha256 = [("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", verifier), ("code_challenge_method", "")];
    for challenge in [sha256, plain] {
        let scene = Scene::new();
        let code = code(&scene, &challenge);
        let redeem = |verifier: &str| {
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", &*code),
                ("redirect_uri", BACK),
                ("code_verifier", verifier),
            ];
            token_as(&scene, CLIENT, &fields)
        };
        refused(&redeem(""), 400, "invalid_grant", "code_verifier_wrong");
        refused(&redeem("x"), 400, "invalid_grant", "code_verifier_wrong");
        assert_eq!(redeem(verifier).status, 200);
    }
}

#[test]
fn the_hint_the_setting_or_the_first_user_agrees() {
    let who = |scene: &Scene, hint: &str| {
        let token = redeem(scene, &code(scene, &[("login_hint", hint)])).text("access_token");
        userinfo(scene, &token).text("userName")
    };
    let scene = Scene::new();
    assert_eq!(who(&scene, ""), "li.na");
    for hint in ["wu.jun", "wu", "13900139000"] {
        assert_eq!(who(&scene, hint), "wu.jun");
    }
    let scene = Scene::with(|config| config.oauth2.agrees = Some("wu".to_owned()));
    assert_eq!((who(&scene, ""), who(&scene, "li@acme.example")), ("wu.jun".to_owned(), "li.na".to_owned()));
}

#[test]
fn a_browser_takes_back_that_nobody_agreed() {
    let nobody = Scene::new();
    let disabled = Scene::with(|config| config.users.get_mut("li").unwrap().disabled = true);
    let strict = Scene::with(|config| {
        config.strict = true;
        config.applications.get_mut("shop").unwrap().redirect_uris = vec![BACK.to_owned()];
    });
    for (scene, hint) in [(&nobody, "nobody"), (&disabled, ""), (&strict, "")] {
        let answer = authorize(scene, &[("login_hint", hint)]);
        assert_eq!((answer.status, answer.refusal.as_ref().unwrap().rule.as_str()), (302, "nobody_agrees"));
        assert_eq!(taken_back(&answer, "error").as_deref(), Some("access_denied"));
        assert_eq!(taken_back(&answer, "state").as_deref(), Some("s t"));
    }
    let answer = authorize(&nobody, &[("response_type", "token")]);
    assert_eq!(taken_back(&answer, "error").as_deref(), Some("unsupported_response_type"));
    let answer = authorize(&nobody, &[("code_challenge", "x"), ("code_challenge_method", "S512")]);
    assert_eq!(taken_back(&answer, "error").as_deref(), Some("invalid_request"));
}

#[test]
fn a_browser_is_not_sent_where_it_does_not_belong() {
    let scene = Scene::new();
    refused(&authorize(&scene, &[("client_id", "x")]), 401, "invalid_client", "client_credentials_unknown");
    refused(&authorize(&scene, &[("client_id", "")]), 400, "invalid_request", "field_missing");
    refused(&authorize(&scene, &[("redirect_uri", "")]), 400, "invalid_request", "field_missing");
    for bad in ["javascript:alert(1)", "https://shop.example/#x", "https://shop.example/\r\nX: y"] {
        refused(&authorize(&scene, &[("redirect_uri", bad)]), 400, "invalid_request", "field_unusable");
    }
    let registered = Scene::with(|config| {
        config.applications.get_mut("shop").unwrap().redirect_uris = vec![BACK.to_owned()];
    });
    assert_eq!(authorize(&registered, &[]).status, 302);
    let other = authorize(&registered, &[("redirect_uri", "https://evil.example/")]);
    refused(&other, 400, "invalid_request", "field_unusable");
    let strict = Scene::with(|config| config.strict = true);
    refused(&authorize(&strict, &[]), 400, "invalid_request", "field_unusable");
}

#[test]
fn a_refresh_gets_another_access_token_until_its_own_end() {
    let scene = Scene::new();
    let tokens = redeem(&scene, &code(&scene, &[]));
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let again = |client| token_as(&scene, client, &[("grant_type", "refresh_token"), ("refresh_token", &*refresh)]);
    let fresh = again(CLIENT);
    assert_ne!(fresh.text("access_token"), access);
    assert_eq!(fresh.text("refresh_token"), refresh);
    refused(&again(OTHER_CLIENT), 400, "invalid_grant", "refresh_token_of_other_client");
    scene.advance(7201);
    refused(&userinfo(&scene, &access), 401, "invalid_token", "bearer_token_expired");
    scene.advance(2_592_000 - 7201);
    assert_eq!(again(CLIENT).status, 200);
    scene.advance(1);
    refused(&again(CLIENT), 400, "invalid_grant", "refresh_token_expired");
}

#[test]
fn the_password_grant_is_refused_unless_it_is_authorized() {
    let fields = [("grant_type", "password"), ("username", "li.na"), ("password", "correct-horse")];
    let answer = token_as(&Scene::new(), CLIENT, &fields);
    assert_eq!(
        answer.text,
        r#"{"error":"unsupported_grant_type","error_description":"Unauthorized grant type: password"}"#
    );
    refused(&answer, 400, "unsupported_grant_type", "password_grant_unauthorized");
    let scene = Scene::with(|config| config.applications.get_mut("shop").unwrap().password_grant = true);
    assert_eq!(token_as(&scene, CLIENT, &fields).status, 200);
    let wrong = [("grant_type", "password"), ("username", "li.na"), ("password", "x")];
    refused(&token_as(&scene, CLIENT, &wrong), 400, "invalid_grant", "password_wrong");
}

#[test]
fn other_grants_and_missing_fields_are_told_as_rfc_6749_tells_them() {
    let scene = Scene::new();
    let ask = |fields: &[(&str, &str)]| token_as(&scene, CLIENT, fields);
    let other = ask(&[("grant_type", "client_credentials")]);
    refused(&other, 400, "unsupported_grant_type", "grant_type_unsupported");
    refused(&ask(&[]), 400, "invalid_request", "field_missing");
    refused(&ask(&[("grant_type", "authorization_code")]), 400, "invalid_request", "field_missing");
    let unknown = token_as(&scene, "x", &[("grant_type", "refresh_token")]);
    refused(&unknown, 401, "invalid_client", "client_credentials_unknown");
    assert_eq!(unknown.headers["www-authenticate"], "Basic");
}

#[test]
fn a_disabled_user_gets_no_tokens_and_shows_nothing() {
    let scene = Scene::new();
    let tokens = redeem(&scene, &code(&scene, &[]));
    let late = code(&scene, &[]);
    scene.change(|config| config.users.get_mut("li").unwrap().disabled = true);
    refused(&redeem(&scene, &late), 400, "invalid_grant", "user_disabled");
    refused(&userinfo(&scene, &tokens.text("access_token")), 401, "invalid_token", "bearer_token_user_gone");
}

#[test]
fn introspection_tells_a_good_token_and_nothing_of_another() {
    let scene = Scene::new();
    let token = redeem(&scene, &code(&scene, &[])).text("access_token");
    let ask = |token: &str| {
        let headers = [("Authorization", &*basic(OTHER_CLIENT))];
        let body = Bytes::from(form(&[("token", token)]));
        scene.send(request(Method::POST, "/api/v1/oauth2/introspect", &headers, body))
    };
    let iat = scene.ground.now().unix_seconds();
    let body = ask(&token).body;
    assert_eq!((&body["active"], &body["client_id"]), (&json!(true), &json!(CLIENT)));
    assert_eq!((&body["username"], &body["exp"]), (&json!("li.na"), &json!(iat + 7200)));
    for other in ["nonsense", &scene.login("bob").text("id_token")] {
        assert_eq!(ask(other).text, r#"{"active":false}"#);
    }
    scene.advance(7201);
    assert_eq!(ask(&token).text, r#"{"active":false}"#);
    refused(&ask(""), 400, "invalid_request", "field_missing");
}

#[test]
fn a_back_ends_own_token_is_of_no_user() {
    let scene = Scene::new();
    let headers = [("Authorization", &*basic(CLIENT))];
    let body = Bytes::from_static(b"grant_type=client_credentials");
    let own = scene.send(request(Method::POST, "/api/v2/tenant/token", &headers, body)).text("access_token");
    refused(&userinfo(&scene, &own), 401, "invalid_token", "bearer_token_of_other_kind");
    let user = redeem(&scene, &code(&scene, &[])).text("access_token");
    let headers = [("Authorization", &*format!("Bearer {user}"))];
    let answer = scene.send(request(Method::GET, "/api/v2/tenant/users", &headers, Bytes::new()));
    assert_eq!((answer.status, answer.refusal.unwrap().rule.as_str()), (401, "bearer_token_of_other_kind"));
}

#[test]
fn an_empty_tenant_has_nobody_to_agree() {
    let scene = Scene::with(|config| config.users = Default::default());
    assert_eq!(taken_back(&authorize(&scene, &[]), "error").as_deref(), Some("access_denied"));
}

#[test]
fn what_is_handed_out_is_listed_and_can_be_taken_back() {
    let scene = Scene::new();
    let once = code(&scene, &[]);
    let kind = scene.idaas.history(&once).unwrap().kind;
    assert_eq!(kind, sim::ArtefactKind::AuthorizationCode);
    assert_eq!(scene.idaas.alter(&sim::Which::Kind(kind), sim::Alter::Revoke), 1);
    refused(&redeem(&scene, &once), 400, "invalid_grant", "authorization_code_revoked");
    let refresh = redeem(&scene, &code(&scene, &[])).text("refresh_token");
    scene.idaas.alter(&sim::Which::Value(refresh.clone()), sim::Alter::Revoke);
    let answer = token_as(&scene, CLIENT, &[("grant_type", "refresh_token"), ("refresh_token", &refresh)]);
    refused(&answer, 400, "invalid_grant", "refresh_token_revoked");
}
