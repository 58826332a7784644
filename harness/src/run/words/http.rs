//! `http`: any call.

use ::http::Method;
use serde_json::Value;

use crate::language::Answer;
use crate::run::call::{Arguments, Call, Unsendable, text};
use crate::run::session::{Session, Trouble};

pub(super) async fn say(session: &mut Session<'_>, arguments: &Arguments) -> Result<Answer, Trouble> {
    let call = call(arguments)?;
    match arguments.get("to").and_then(Value::as_str) {
        Some(service) => session.ask_service(service, call).await,
        None => session.ask(call).await,
    }
}

fn call(arguments: &Arguments) -> Result<Call, Unsendable> {
    let given = |name: &str| arguments.get(name).filter(|value| !value.is_null());
    let has_content = given("body").is_some() || given("form").is_some();
    let method = match given("method").map(text) {
        None if has_content => Method::POST,
        None => Method::GET,
        Some(name) => Method::from_bytes(name.as_bytes()).map_err(|_| Unsendable::Method(name))?,
    };
    let mut call = Call::new(method, given("path").map(text).unwrap_or_default());
    if let Some(query) = given("query") {
        for (name, value) in pairs("query", query)? {
            call.add_query(&name, value);
        }
    }
    if let Some(form) = given("form") {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs("form", form)? {
            fields.append_pair(&name, &value);
        }
        call.set_body(fields.finish(), "application/x-www-form-urlencoded");
    }
    match given("body") {
        Some(Value::String(body)) => call.set_body(body.clone(), "text/plain; charset=utf-8"),
        Some(body) => call.set_json(body),
        None => {}
    }
    call.override_headers(given("headers"))?;
    Ok(call)
}

/// Names with values; a list gives its name several times, null gives nothing.
fn pairs(name: &'static str, value: &Value) -> Result<Vec<(String, String)>, Unsendable> {
    let fields = value.as_object().ok_or(Unsendable::Argument { name, wanted: "a mapping" })?;
    let mut pairs = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Null => {}
            Value::Array(items) => pairs.extend(items.iter().map(|item| (name.clone(), text(item)))),
            other => pairs.push((name.clone(), text(other))),
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn built(arguments: Value) -> ::http::Request<bytes::Bytes> {
        call(arguments.as_object().unwrap()).unwrap().build().unwrap()
    }

    #[test]
    fn a_path_alone_is_read() {
        let request = built(json!({"path": "/livez", "query": {"a": [1, "b c"], "d": null}}));
        assert_eq!((request.method().as_str(), request.uri().to_string()), ("GET", "/livez?a=1&a=b%20c".to_owned()));
    }

    #[test]
    fn bodies_say_what_they_are_unless_they_are_told() {
        let json = built(json!({"path": "/x", "body": {"a": 1}}));
        assert_eq!(
            (json.method().as_str(), json.headers()["content-type"].to_str().unwrap()),
            ("POST", "application/json")
        );
        let form = built(json!({"path": "/x", "form": {"a": "ü"}}));
        assert_eq!(form.body(), "a=%C3%BC");
        let text = built(json!({"path": "/x", "method": "PUT", "body": "hi", "headers": {"content-type": "text/css"}}));
        assert_eq!((text.body().as_ref(), text.headers()["content-type"].to_str().unwrap()), (&b"hi"[..], "text/css"));
    }

    #[test]
    fn nonsense_is_told() {
        let wrong = json!({"path": "/x", "method": "a b"});
        assert_eq!(call(wrong.as_object().unwrap()).unwrap_err(), Unsendable::Method("a b".to_owned()));
        let wrong = json!({"path": "/x", "query": 7});
        assert!(call(wrong.as_object().unwrap()).is_err());
    }
}
