//! The words of the server API and of OAuth2: what a back end adds to a call by itself, and what a browser takes back.

use data_encoding::BASE64;
use serde_json::{Map, Value};

use crate::language::{Answer, Failure, Word};
use crate::run::call::{Arguments, text};
use crate::run::cast::Credentials;

/// Where a browser goes after an authorization that does not say.
const CALLBACK: &str = "https://app.example/callback";

/// The arguments with everything that was not written. What was written null stays null: it is to be left out.
pub(crate) fn completed(word: &Word, arguments: &Arguments, client_id: &str) -> Arguments {
    let given = |name: &str| arguments.get(name).is_some_and(|value| !value.is_null());
    let defaults: &[(&str, &str)] = match word.name {
        "idaas.tenant_token" => &[("grant_type", "client_credentials")],
        "idaas.oauth2_token" if given("refresh_token") => &[("grant_type", "refresh_token")],
        "idaas.oauth2_token" if given("username") => &[("grant_type", "password")],
        "idaas.oauth2_token" => &[("grant_type", "authorization_code"), ("redirect_uri", CALLBACK)],
        "idaas.authorize" => &[
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", CALLBACK),
            ("scope", "get_user_info"),
        ],
        "idaas.session_token_refresh" | "idaas.sso_ticket" => &[
            ("operating_sys_version", "Android 14"),
            ("device_ip", "192.168.1.2"),
            ("device_fingerprint", "mockwx0scenario0"),
        ],
        _ => &[],
    };
    let mut arguments = arguments.clone();
    for (name, value) in defaults {
        if !arguments.contains_key(*name) {
            arguments.insert((*name).to_owned(), Value::String((*value).to_owned()));
        }
    }
    arguments
}

/// The header with which a back end shows who it is, for the words that need it; none where the secret is written null.
pub(super) fn credentials(word: &Word, arguments: &Arguments, own: &Credentials) -> Option<String> {
    word.argument("client_secret")?;
    let secret = match arguments.get("client_secret") {
        Some(Value::Null) => return None,
        Some(secret) => text(secret),
        None => own.client_secret.clone(),
    };
    Some(format!("Basic {}", BASE64.encode(format!("{}:{secret}", own.client_id).as_bytes())))
}

/// The answer to an authorization: what stands in the address that the browser is sent to.
pub(super) fn taken_back(mut answer: Answer) -> Answer {
    let Some(location) = answer.header("location") else { return answer };
    let query = location.split_once('?').map_or("", |(_, query)| query);
    let fields: Map<_, _> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    answer.fields = Value::Object(fields);
    answer.failure = Failure::find(answer.http_status, &answer.fields);
    answer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::language::word;

    fn own() -> Credentials {
        Credentials { client_id: "c".to_owned(), client_secret: "s".to_owned() }
    }

    fn arguments(value: Value) -> Arguments {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_token_call_is_completed_by_what_it_brings() {
        let row = word("idaas.oauth2_token").unwrap();
        let grant = |given: Value| completed(row, &arguments(given), "c")["grant_type"].clone();
        assert_eq!(grant(json!({"code": "x"})), "authorization_code");
        assert_eq!(grant(json!({"refresh_token": "x"})), "refresh_token");
        assert_eq!(grant(json!({"username": "x"})), "password");
        assert_eq!(grant(json!({"grant_type": null})), Value::Null);
    }

    #[test]
    fn a_back_end_shows_its_own_secret_another_or_none() {
        let row = word("idaas.tenant_token").unwrap();
        let header = |given: Value| credentials(row, &arguments(given), &own());
        assert_eq!(header(json!({})).as_deref(), Some("Basic Yzpz"));
        assert_eq!(header(json!({"client_secret": "x"})).as_deref(), Some("Basic Yzp4"));
        assert_eq!(header(json!({"client_secret": null})), None);
        assert_eq!(credentials(word("idaas.userinfo").unwrap(), &arguments(json!({})), &own()), None);
    }

    #[test]
    fn a_browser_takes_back_a_code_or_an_error() {
        let redirect = |to: &str| taken_back(Answer::from_http(302, vec![("location".to_owned(), to.to_owned())], b""));
        let answer = redirect("https://a.example/?x=1&code=a%2Bb&state=s");
        assert_eq!((answer.fields["code"].as_str(), answer.failure), (Some("a+b"), None));
        let answer = redirect("https://a.example/?error=access_denied");
        assert_eq!(answer.failure.unwrap().name(), "access_denied");
    }
}
