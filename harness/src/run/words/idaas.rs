//! The identity service's words: one endpoint each, called with the headers that the SDK sends.

use ::http::Method;
use serde_json::{Value, json};

use super::{back_end, claims};
use crate::language::{Answer, Word};
use crate::run::call::{Arguments, Call, text};
use crate::run::session::{Session, Trouble};

/// The headers that every call of the SDK carries besides the client id (the pages' "request headers").
const DEVICE: [(&str, &str); 3] = [
    ("x-operating-sys-version", "Android 14"),
    ("x-device-fingerprint", "mockwx0scenario0"),
    ("x-agent", "Mozilla/5.0 (Linux; Android 14) MicroMessenger"),
];

pub(super) async fn say(session: &mut Session<'_>, word: &Word, arguments: &Arguments) -> Result<Answer, Trouble> {
    if word.name == "idaas.claims" {
        return claims::say(session, arguments).await;
    }
    let (method, path) = endpoint(word, arguments);
    let application = arguments.get("application").and_then(Value::as_str);
    let own = session.cast(word.name).await?.credentials(application);
    let client_id = own.client_id.clone();
    let arguments = &back_end::completed(word, arguments, &client_id);
    let mut call = Call::of(word, method, path, arguments)?;
    if let Some(credentials) = back_end::credentials(word, arguments, &own) {
        call.set_header("authorization", &credentials)?;
    }
    // Keys, discovery and logout are called by libraries and browsers, which know nothing of these headers.
    if path.starts_with("/api/v2/sdk/") {
        for (name, value) in DEVICE {
            call.set_header(name, value)?;
        }
        call.set_header("x-client-id", &client_id)?;
        // The pages list it as required, even where there is no body.
        call.set_header("content-type", "application/json")?;
    }
    match word.name {
        "idaas.captcha_verify" => point(&mut call, arguments),
        "idaas.logout" => {
            show_tokens(&mut call, arguments)?;
            if path == "/api/v1/logout" && !arguments.contains_key("client_id") {
                call.add_query("client_id", client_id);
            }
        }
        _ => {}
    }
    call.override_headers(arguments.get("headers"))?;
    let answer = session.ask(call).await?;
    Ok(if word.name == "idaas.authorize" { back_end::taken_back(answer) } else { answer })
}

/// Where a word's call goes. A login and a logout go where their arguments say: an app logs out through the SDK's path,
/// a browser through the one that sends it on.
fn endpoint(word: &Word, arguments: &Arguments) -> (Method, &'static str) {
    let of_browser = ["redirect_url", "client_id"].into_iter().any(|name| arguments.contains_key(name));
    match word.endpoint {
        _ if word.name == "idaas.logout" && !of_browser => (Method::POST, "/api/v2/sdk/logout"),
        Some(endpoint) if endpoint.method == "GET" => (Method::GET, endpoint.path),
        Some(endpoint) if endpoint.method == "PUT" => (Method::PUT, endpoint.path),
        Some(endpoint) => (Method::POST, endpoint.path),
        None if arguments.contains_key("code") => (Method::POST, "/api/v2/sdk/login/wechat-miniprogram"),
        None => (Method::POST, "/api/v2/sdk/login"),
    }
}

/// `x` as the text that the slider's page sends: `{"x":237.0,"y":5.0}`.
fn point(call: &mut Call, arguments: &Arguments) {
    let Some(x) = arguments.get("x").filter(|x| !x.is_null()) else { return };
    let x = x.as_f64().map_or_else(|| x.clone(), Value::from);
    let fields = ["token", "sender"];
    let mut body: Arguments = fields
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), arguments.get(name).filter(|value| !value.is_null())?.clone())))
        .collect();
    body.insert("point_json".to_owned(), Value::String(json!({"x": x, "y": 5.0}).to_string()));
    call.set_json(&Value::Object(body));
}

/// Who logs out shows it by a token.
fn show_tokens(call: &mut Call, arguments: &Arguments) -> Result<(), Trouble> {
    let given = |name: &str| arguments.get(name).filter(|value| !value.is_null()).map(text);
    if let Some(session_token) = given("session_token") {
        call.set_header("session-token", &session_token)?;
    }
    if let Some(id_token) = given("id_token") {
        call.set_header("authorization", &format!("Bearer {id_token}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_and_a_browser_log_out_at_different_doors() {
        let row = crate::language::word("idaas.logout").unwrap();
        let to = |arguments: Value| endpoint(row, arguments.as_object().unwrap()).1;
        assert_eq!(to(json!({"session_token": "s"})), "/api/v2/sdk/logout");
        assert_eq!(to(json!({"session_token": "s", "redirect_url": "https://acme.example/"})), "/api/v1/logout");
    }

    #[test]
    fn the_place_of_a_piece_is_written_as_the_page_writes_it() {
        let mut call = Call::new(Method::POST, "/x");
        let arguments = json!({"token": "t", "x": 237, "sender": "13800138000"}).as_object().unwrap().clone();
        point(&mut call, &arguments);
        let body = call.build().unwrap().into_body();
        assert_eq!(body, r#"{"token":"t","sender":"13800138000","point_json":"{\"x\":237.0,\"y\":5.0}"}"#);
    }
}
