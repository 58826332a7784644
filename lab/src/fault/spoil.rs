//! Answers spoiled: a field gone or changed, a body cut off or broken.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde_json::{Map, Value};
use sim::{BodyFault, Change};

use super::Lost;

/// Changes a field of a JSON answer; says what was done, or that there was nothing to do.
pub(super) fn field(response: &mut Response<Bytes>, path: &str, change: &Change) -> String {
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else {
        return format!("`{path}` was to be changed, but the answer is no JSON");
    };
    if !changed(&mut body, path, change) {
        return format!("`{path}` was to be changed, but the answer has no such field");
    }
    // What was JSON a moment ago can be written again.
    set_body(response, serde_json::to_vec(&body).unwrap_or_default().into());
    match change {
        Change::Absent => format!("`{path}` was taken out of the answer"),
        Change::Null => format!("`{path}` was made null"),
        Change::Renamed(to) => format!("`{path}` was renamed to `{to}`"),
        Change::AsNumber => format!("`{path}` was made a number"),
        Change::AsText => format!("`{path}` was made a text"),
    }
}

fn changed(body: &mut Value, path: &str, change: &Change) -> bool {
    let Value::Object(map) = body else { return false };
    // A name with a dot in it is a name first, and a path only if there is no such name.
    if !map.contains_key(path) {
        let Some((first, rest)) = path.split_once('.') else { return false };
        return map.get_mut(first).is_some_and(|inner| changed(inner, rest, change));
    }
    match change {
        Change::Absent => {
            map.shift_remove(path);
        }
        Change::Null => {
            map.insert(path.to_owned(), Value::Null);
        }
        Change::Renamed(to) => {
            let renamed: Map<String, Value> = std::mem::take(map)
                .into_iter()
                .map(|(name, value)| if name == path { (to.clone(), value) } else { (name, value) })
                .collect();
            *map = renamed;
        }
        Change::AsNumber => {
            let number = map.get(path).and_then(as_number).unwrap_or_else(|| 0.into());
            map.insert(path.to_owned(), number);
        }
        Change::AsText => {
            let text = match map.get(path) {
                Some(Value::String(text)) => text.clone(),
                other => other.map(Value::to_string).unwrap_or_default(),
            };
            map.insert(path.to_owned(), text.into());
        }
    }
    true
}

fn as_number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => text.trim().parse::<i64>().ok().map(Value::from),
        _ => None,
    }
}

/// Spoils the body as a whole; says what was done.
pub(super) fn body(response: &mut Response<Bytes>, fault: BodyFault) -> &'static str {
    match fault {
        BodyFault::Empty => {
            set_body(response, Bytes::new());
            "the answer came without a body"
        }
        BodyFault::Truncated => {
            // The length that was told stays: that is how a client notices.
            let whole = response.body().len();
            response.headers_mut().insert(CONTENT_LENGTH, whole.into());
            response.extensions_mut().insert(Lost::Middle);
            let half = response.body().slice(..whole / 2);
            *response.body_mut() = half;
            "the answer broke off in the middle of its body"
        }
        BodyFault::Malformed => {
            let mut text = response.body().to_vec();
            text.pop();
            text.extend_from_slice(b",}");
            set_body(response, text.into());
            "the answer's body was made to be no JSON"
        }
    }
}

/// Gives an answer another content type; says what was done.
pub(super) fn content_type(response: &mut Response<Bytes>, text: &str) -> String {
    match HeaderValue::from_str(text) {
        Ok(value) => {
            response.headers_mut().insert(CONTENT_TYPE, value);
            format!("the answer's content type was made {text}")
        }
        Err(_) => format!("`{text}` was to be the content type, but a header cannot carry it"),
    }
}

fn set_body(response: &mut Response<Bytes>, body: Bytes) {
    if response.headers().contains_key(CONTENT_LENGTH) {
        response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
    }
    *response.body_mut() = body;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
        response
    }

    fn after(body: &'static str, path: &str, change: &Change) -> String {
        let mut response = answer(body);
        field(&mut response, path, change);
        assert_eq!(response.headers()[CONTENT_LENGTH], response.body().len().to_string());
        String::from_utf8(response.body().to_vec()).unwrap()
    }

    #[test]
    fn fields_are_changed_and_the_others_keep_their_order() {
        let body = r#"{"session_key":"k","openid":"o","unionid":"u"}"#;
        assert_eq!(after(body, "openid", &Change::Absent), r#"{"session_key":"k","unionid":"u"}"#);
        assert_eq!(after(body, "openid", &Change::Null), r#"{"session_key":"k","openid":null,"unionid":"u"}"#);
        let renamed = Change::Renamed("open_id".to_owned());
        assert_eq!(after(body, "openid", &renamed), r#"{"session_key":"k","open_id":"o","unionid":"u"}"#);
        let phone = r#"{"phone_info":{"countryCode":"86"}}"#;
        assert_eq!(after(phone, "phone_info.countryCode", &Change::AsNumber), r#"{"phone_info":{"countryCode":86}}"#);
        assert_eq!(after(r#"{"expires_in":7200}"#, "expires_in", &Change::AsText), r#"{"expires_in":"7200"}"#);
    }

    #[test]
    fn a_field_that_is_not_there_changes_nothing_and_is_told() {
        let mut response = answer(r#"{"errcode":40029}"#);
        let told = field(&mut response, "unionid", &Change::Absent);
        assert_eq!(told, "`unionid` was to be changed, but the answer has no such field");
        assert_eq!(response.body(), r#"{"errcode":40029}"#);
        assert_eq!(
            field(&mut answer("<html>"), "unionid", &Change::Absent),
            "`unionid` was to be changed, but the answer is no JSON"
        );
    }

    #[test]
    fn a_truncated_answer_keeps_the_length_that_it_promised() {
        let mut response = answer(r#"{"openid":"o"}"#);
        body(&mut response, BodyFault::Truncated);
        assert_eq!((response.body().len(), &response.headers()[CONTENT_LENGTH]), (7, &HeaderValue::from_static("14")));
    }

    #[test]
    fn a_malformed_answer_is_complete_and_no_json() {
        let mut response = answer(r#"{"openid":"o"}"#);
        body(&mut response, BodyFault::Malformed);
        assert_eq!(response.body(), r#"{"openid":"o",}"#);
        assert!(serde_json::from_slice::<Value>(response.body()).is_err());
    }
}
