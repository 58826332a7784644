//! The server API as a back end sees it.

use bytes::Bytes;
use data_encoding::BASE64;
use http::Method;
use serde_json::{Value, json};

use crate::config::{Config, Permission, UserEntry};
use crate::scene::{Answered, CLIENT, CLIENT_SECRET, LOGIN, Scene, request};

const TOKEN: &str = "/api/v2/tenant/token";
const USERS: &str = "/api/v2/tenant/users";
const BY_NAME: &str = "/api/v2/tenant/users/user-by-username";

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()))
}

/// A call as a back end makes it, without the headers of the user API.
fn call(scene: &Scene, method: Method, path: &str, authorization: &str, body: Bytes) -> Answered {
    let headers = [("X-agent", ""), ("X-client-id", ""), ("Authorization", authorization)];
    scene.send(request(method, path, &headers, body))
}

fn ask(scene: &Scene, authorization: &str, form: &'static str) -> Answered {
    call(scene, Method::POST, TOKEN, authorization, Bytes::from_static(form.as_bytes()))
}

pub(super) fn bearer(scene: &Scene) -> String {
    let answer = ask(scene, &basic(CLIENT, CLIENT_SECRET), "grant_type=client_credentials");
    assert_eq!(answer.status, 200, "{}", answer.text);
    format!("Bearer {}", answer.text("access_token"))
}

fn get(scene: &Scene, path: &str) -> Answered {
    call(scene, Method::GET, path, &bearer(scene), Bytes::new())
}

pub(super) fn send(scene: &Scene, method: Method, path: &str, body: Value) -> Answered {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    call(scene, method, path, &bearer(scene), body)
}

fn id_of(scene: &Scene, user_name: &str) -> String {
    send(scene, Method::POST, BY_NAME, json!({ "user_name": user_name })).text("user_id")
}

#[test]
fn a_token_is_good_for_half_an_hour_and_a_new_one_does_not_void_it() {
    let scene = Scene::new();
    let answer = ask(&scene, &basic(CLIENT, CLIENT_SECRET), "grant_type=client_credentials");
    assert_eq!((&answer.body["expires_in"], &answer.body["token_type"]), (&json!(1800), &json!("Bearer")));
    let first = format!("Bearer {}", answer.text("access_token"));
    assert_ne!(first, bearer(&scene));
    let users = || call(&scene, Method::GET, USERS, &first, Bytes::new());
    scene.advance(1800);
    assert_eq!(users().status, 200);
    scene.advance(1);
    let answer = users();
    assert_eq!((answer.status, answer.refusal.unwrap().rule.as_str()), (401, "bearer_token_expired"));
    assert_eq!(answer.text, r#"{"error_code":"MOCKWX.0402","error_msg":"The access_token is invalid or expired"}"#);
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}

#[test]
fn credentials_are_checked() {
    let rule = |scene: &Scene, authorization: &str, form| {
        let answer = ask(scene, authorization, form);
        (answer.status, answer.refusal.unwrap().rule)
    };
    let scene = Scene::new();
    let good = "grant_type=client_credentials";
    let right = basic(CLIENT, CLIENT_SECRET);
    let unauthorized = |rule: &str| (401, rule.to_owned());
    assert_eq!(rule(&scene, &basic(CLIENT, "x"), good), unauthorized("client_secret_wrong"));
    assert_eq!(rule(&scene, &basic("x", CLIENT_SECRET), good), unauthorized("client_credentials_unknown"));
    for nothing in ["", "Basic", "Basic é", "Basic eA==", "Bearer x"] {
        assert_eq!(rule(&scene, nothing, good), unauthorized("client_credentials_missing"), "{nothing}");
    }
    assert_eq!(rule(&scene, &right, "grant_type=password"), (400, "field_unusable".to_owned()));
    assert_eq!(rule(&scene, &right, r#"{"grant_type":"client_credentials"}"#), (400, "field_missing".to_owned()));
    let without = Scene::with(|config| config.applications.get_mut("shop").unwrap().client_secret = None);
    assert_eq!(rule(&without, &right, good), unauthorized("client_secret_not_set"));
    let disabled = Scene::with(|config| config.applications.get_mut("shop").unwrap().enabled = false);
    assert_eq!(rule(&disabled, &right, good), unauthorized("client_disabled"));
}

#[test]
fn while_no_application_is_declared_any_credentials_are_welcome() {
    let scene = Scene::with(|config| config.applications = Default::default());
    assert_eq!(ask(&scene, &basic("any", "thing"), "grant_type=client_credentials").status, 200);
    let strict = Scene::with(|config| {
        config.applications = Default::default();
        config.strict = true;
    });
    assert_eq!(ask(&strict, &basic("any", "thing"), "grant_type=client_credentials").status, 401);
}

#[test]
fn a_user_is_found_by_name() {
    let scene = Scene::new();
    let answer = send(&scene, Method::POST, BY_NAME, json!({ "user_name": "li.na" }));
    let id = answer.text("user_id");
    assert_eq!(
        answer.text,
        format!(
            r#"{{"user_id":"{id}","user_name":"li.na","name":"li.na","email":"li@acme.example","mobile":"+86-13800138000","disabled":false,"locked":false,"created_at":"2026-03-01 09:00:00.000","updated_at":"2026-03-01 09:00:00.000"}}"#
        )
    );
    assert_eq!(get(&scene, &format!("{USERS}/{id}")).text, answer.text);
    let unknown = send(&scene, Method::POST, BY_NAME, json!({ "user_name": "nobody" }));
    assert_eq!((unknown.status, unknown.refusal.unwrap().rule.as_str()), (400, "tenant_user_unknown"));
    assert_eq!(unknown.text, r#"{"error_code":"USER.0001","error_msg":"The user does not exist"}"#);
    assert_eq!(get(&scene, &format!("{USERS}/nobody")).text("error_code"), "USER.0001");
    let missing = send(&scene, Method::POST, BY_NAME, Value::Null);
    assert_eq!(missing.text("error_code"), "COMMON.1001");
}

fn crowd(count: usize) -> impl FnOnce(&mut Config) {
    move |config| {
        for number in 0..count {
            let mut user = UserEntry { user_name: Some(format!("u{number:02}")), ..UserEntry::default() };
            if number % 2 == 0 {
                user.attributes.insert("org_id".to_owned(), json!("even"));
            }
            config.users.insert(format!("u{number:02}"), user);
        }
    }
}

#[test]
fn users_are_listed_by_pages_whose_index_begins_at_zero() {
    let scene = Scene::with(crowd(23));
    let names = |query: &str| -> Vec<String> {
        let answer = get(&scene, &format!("{USERS}{query}"));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["user_name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("").len(), 20);
    assert_eq!(names("?limit=10&offset=0")[..3], ["li.na", "wu.jun", "u00"]);
    assert_eq!(names("?limit=10&offset=1")[0], "u08");
    assert_eq!(names("?limit=10&offset=2"), ["u18", "u19", "u20", "u21", "u22"]);
    assert!(names("?limit=10&offset=3").is_empty());
    assert!(names(&format!("?offset={}", usize::MAX)).is_empty());
    assert_eq!(get(&scene, USERS).body["total"], 25);
    assert_eq!(get(&scene, &format!("{USERS}?org_id=even")).body["total"], 12);
}

#[test]
fn a_page_has_ten_to_a_hundred_users() {
    let scene = Scene::new();
    let rule = |query: &str| get(&scene, &format!("{USERS}?{query}")).refusal.map(|refusal| refusal.rule);
    assert_eq!(rule("limit=10"), None);
    assert_eq!(rule("limit=100"), None);
    assert_eq!(rule("limit=9").as_deref(), Some("field_unusable"));
    assert_eq!(rule("limit=101").as_deref(), Some("field_unusable"));
    assert_eq!(rule("limit=x").as_deref(), Some("field_format"));
    assert_eq!(rule("offset=-1").as_deref(), Some("field_format"));
    assert_eq!(rule("updated_at_greater=yesterday").as_deref(), Some("field_format"));
}

#[test]
fn those_who_changed_since_a_time_are_listed() {
    let scene = Scene::new();
    let since = scene.ground.now();
    let total = |query: String| get(&scene, &format!("{USERS}?updated_at_greater={query}")).body["total"].clone();
    scene.advance(60);
    let path = format!("{USERS}/{}", id_of(&scene, "li.na"));
    assert_eq!(send(&scene, Method::PUT, &path, json!({ "name": "Li Na" })).status, 200);
    assert_eq!(total(since.unix_millis().to_string()), 1);
    assert_eq!(total((since.unix_millis() - 1).to_string()), 2, "later than, not at");
    assert_eq!(total("2026-03-01T09:01:00Z".to_owned()), 0);
}

#[test]
fn a_user_who_was_created_can_log_in() {
    let scene = Scene::new();
    let body = json!({
        "user_name": "carol", "name": "Carol", "pwd": "correct-horse-7", "email": "carol@acme.example",
        "mobile": "13700137000", "external_id": "E-7", "org_id": "o",
    });
    let answer = send(&scene, Method::POST, USERS, body.clone());
    let id = answer.text("user_id");
    assert_eq!(answer.text, format!(r#"{{"user_id":"{id}"}}"#));
    let login = json!({ "user_name": "carol", "password": "correct-horse-7" });
    assert_eq!(scene.post("/api/v2/sdk/login", login).text("status"), "SUCCESS");
    let shown = get(&scene, &format!("{USERS}/{id}")).body;
    assert_eq!((&shown["external_id"], &shown["mobile"]), (&json!("E-7"), &json!("+86-13700137000")));
    let again = send(&scene, Method::POST, USERS, body);
    assert_eq!((again.status, again.text("error_code").as_str()), (400, "COMMON.1006"));
    assert_eq!(send(&scene, Method::POST, USERS, json!({ "name": "x" })).text("error_code"), "COMMON.1001");
}

#[test]
fn a_disabled_user_gets_in_no_more_until_enabled() {
    let scene = Scene::new();
    let path = format!("{USERS}/{}", id_of(&scene, "wu.jun"));
    let login = || scene.post(LOGIN, json!({ "code": "login-bob" })).text("status");
    assert_eq!(send(&scene, Method::PUT, &format!("{path}/disable"), Value::Null).status, 200);
    assert_eq!(login(), "ACCESS_DENIED");
    assert_eq!(get(&scene, &path).body["disabled"], true);
    assert_eq!(send(&scene, Method::PUT, &format!("{path}/enable"), Value::Null).status, 200);
    assert_eq!(login(), "SUCCESS");
}

#[test]
fn a_locked_user_is_shown_as_locked() {
    let scene = Scene::new();
    let locked = || send(&scene, Method::POST, BY_NAME, json!({ "user_name": "li.na" })).body["locked"].clone();
    assert_eq!(locked(), false);
    for _ in 0..20 {
        scene.post("/api/v2/sdk/login", json!({ "user_name": "li.na", "password": "guess" }));
    }
    assert_eq!(locked(), true);
}

#[test]
fn an_application_does_what_it_is_permitted_to() {
    let scene = Scene::with(|config| {
        config.applications.get_mut("shop").unwrap().permissions = Some(vec![Permission::UserRead]);
    });
    assert_eq!(get(&scene, USERS).status, 200);
    let user = format!("{USERS}/{}", id_of(&scene, "li.na"));
    for (method, path) in [
        (Method::POST, USERS.to_owned()),
        (Method::PUT, user.clone()),
        (Method::PUT, format!("{user}/enable")),
        (Method::PUT, format!("{user}/disable")),
    ] {
        let answer = send(&scene, method, &path, json!({ "user_name": "x" }));
        assert_eq!((answer.status, answer.refusal.unwrap().rule.as_str()), (403, "permission_missing"), "{path}");
        assert_eq!(answer.text, r#"{"error_code":"MOCKWX.0403","error_msg":"Permission denied"}"#);
    }
    // A token that is out notices the change too.
    scene.change(|config| config.applications.get_mut("shop").unwrap().permissions = Some(vec![]));
    assert_eq!(get(&scene, USERS).status, 403);
}

#[test]
fn only_a_token_of_this_api_opens_it() {
    let scene = Scene::new();
    let id_token = scene.login("bob").text("id_token");
    let rule =
        |authorization: &str| call(&scene, Method::GET, USERS, authorization, Bytes::new()).refusal.unwrap().rule;
    assert_eq!(rule(""), "bearer_token_missing");
    assert_eq!(rule(&format!("Bearer {id_token}")), "bearer_token_unknown");
    let good = bearer(&scene);
    let value = good.trim_start_matches("Bearer ").to_owned();
    scene.idaas.alter(&sim::Which::Value(value), sim::Alter::Revoke);
    assert_eq!(rule(&good), "bearer_token_revoked");
}

#[test]
fn each_path_says_which_methods_it_takes() {
    let scene = Scene::new();
    let allow = |path: &str| {
        let answer = call(&scene, Method::DELETE, path, "", Bytes::new());
        assert_eq!((answer.status, answer.text("error_code").as_str()), (405, "IDAAS.SDK.MOCKWX.0405"));
        answer.headers["allow"].to_str().unwrap().to_owned()
    };
    assert_eq!(allow(USERS), "GET, POST");
    assert_eq!(allow("/api/v2/tenant/users/x"), "GET, PUT");
    assert_eq!(allow("/api/v2/tenant/users/x/enable"), "PUT");
    assert_eq!(call(&scene, Method::GET, "/api/v2/tenant/users/", "", Bytes::new()).status, 404);
    assert_eq!(call(&scene, Method::GET, "/api/v2/tenant/users/a/b", "", Bytes::new()).status, 404);
}
