//! WeChat's server API, as a back end that knows its own appid and secret calls it.

use ::http::Method;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;
use sim::Life;

use super::signed::{Signer, Spoiled};
use crate::language::{Answer, Word};
use crate::run::call::{Arguments, Call, Unsendable, text};
use crate::run::cast::MiniProgram;
use crate::run::session::{Session, Trouble};

pub(super) async fn say(session: &mut Session<'_>, word: &Word, arguments: &Arguments) -> Result<Answer, Trouble> {
    let named = arguments.get("app").or_else(|| arguments.get("appid")).and_then(Value::as_str);
    let app = session.cast(word.name).await?.mini_program(named);
    let arguments = completed(word, arguments, &app);
    let Some(endpoint) = word.endpoint else { return Ok(Answer::default()) };
    let method = if endpoint.method == "POST" { Method::POST } else { Method::GET };
    let mut call = Call::of(word, method, endpoint.path, &arguments)?;
    if arguments.get("signed").and_then(Value::as_bool) != Some(true) {
        check_plain(&arguments)?;
        call.override_headers(arguments.get("headers"))?;
        return session.ask(call).await;
    }
    let now = session.now(word.name).await?.unix_seconds();
    let age = arguments.get("signed_ago").map(text).and_then(|age| age.parse::<Life>().ok());
    let age = age.map_or(0, |age| age.as_secs().cast_signed());
    let spoiled = Spoiled::from(arguments.get("spoiled").and_then(Value::as_str));
    let signed = Signer::of(&app)?.sign(&mut call, now - age, spoiled)?;
    call.override_headers(arguments.get("headers"))?;
    session.ask_and_read(call, |answer| signed.read(answer)).await
}

/// Whether a call that is not signed says nothing of how it is signed.
fn check_plain(arguments: &Arguments) -> Result<(), Unsendable> {
    let wanted = "left out of a call that is not `signed`";
    match ["spoiled", "signed_ago"].into_iter().find(|name| arguments.contains_key(*name)) {
        Some(name) => Err(Unsendable::Argument { name, wanted }),
        None => Ok(()),
    }
}

/// The arguments with everything that was not written. What was written null stays null: it is to be left out.
fn completed(word: &Word, arguments: &Arguments, app: &MiniProgram) -> Arguments {
    let mut arguments = arguments.clone();
    let grant_type = if word.argument("js_code").is_some() { "authorization_code" } else { "client_credential" };
    if let Some(session_key) = arguments.get("session_key").filter(|key| !key.is_null()) {
        let signature = signature(&text(session_key));
        arguments.insert("signature".to_owned(), Value::String(signature));
    }
    if let Some(data) = arguments.get("encryptedData").filter(|data| !data.is_null()) {
        let hash = HEXLOWER.encode(digest(&SHA256, text(data).as_bytes()).as_ref());
        arguments.insert("encrypted_msg_hash".to_owned(), Value::String(hash));
    }
    let defaults = [
        ("appid", app.appid.as_str()),
        ("secret", &app.secret),
        ("appsecret", &app.secret),
        ("grant_type", grant_type),
        ("sig_method", "hmac_sha256"),
    ];
    for (name, value) in defaults {
        if word.argument(name).is_some() && !arguments.contains_key(name) {
            arguments.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    }
    arguments
}

/// The login-state signature of an empty message: HMAC-SHA256 with the text of the session_key as its key, in lower-case
/// hexadecimal (checksession page; the form of the key is proved by its published sample).
pub(crate) fn signature(session_key: &str) -> String {
    let key = EncodingKey::from_secret(session_key.as_bytes());
    // An HMAC takes any key: it cannot fail, and if it did the world would refuse the empty signature.
    let signed = crypto::sign(b"", &key, Algorithm::HS256).unwrap_or_default();
    HEXLOWER.encode(&data_encoding::BASE64URL_NOPAD.decode(signed.as_bytes()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::language::word;

    fn app() -> MiniProgram {
        MiniProgram { appid: "wx1".to_owned(), secret: "s".to_owned(), api_security: None }
    }

    #[test]
    fn what_is_not_written_is_the_apps_own_and_null_is_left_out() {
        let row = word("wechat.jscode2session").unwrap();
        let given = json!({"js_code": "c", "secret": null}).as_object().unwrap().clone();
        let complete = completed(row, &given, &app());
        assert_eq!(
            Value::Object(complete),
            json!({"js_code": "c", "secret": null, "appid": "wx1", "grant_type": "authorization_code"})
        );
    }

    #[test]
    fn the_signature_is_that_of_the_published_sample() {
        assert_eq!(
            signature("o0q0otL8aEzpcZL/FT9WsQ=="),
            "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128"
        );
    }

    #[test]
    fn a_plain_call_cannot_be_signed_badly() {
        let given = |given: Value| check_plain(given.as_object().unwrap()).map_err(|wrong| wrong.to_string());
        assert_eq!(given(json!({ "code": "c" })), Ok(()));
        for name in ["spoiled", "signed_ago"] {
            let told = format!("`{name}` must be left out of a call that is not `signed`");
            assert_eq!(given(json!({ name: "body" })), Err(told));
        }
    }
}
