//! One call under construction: what a step's arguments become on the wire.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::language::{Part, Word};

/// What may stand unencoded in a query or in one part of a path.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The evaluated arguments of a step.
pub(crate) type Arguments = Map<String, Value>;

/// A call under construction.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

/// Something in a step's arguments that cannot be sent at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsendable {
    #[error("`{0}` cannot be the name of a header")]
    HeaderName(String),
    #[error("the value of the header `{0}` has characters that cannot be sent")]
    HeaderValue(String),
    #[error("`{0}` cannot be an HTTP method")]
    Method(String),
    #[error("`{0}` cannot be the address of a call")]
    Address(String),
    #[error("`{name}` must be {wanted}")]
    Argument { name: &'static str, wanted: &'static str },
}

impl Call {
    /// A call of this method and path.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Reads.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Sends `body` as JSON.
    pub(crate) fn json(method: Method, path: impl Into<String>, body: &Value) -> Self {
        let mut call = Self::new(method, path);
        call.set_json(body);
        call
    }

    /// The call that a word's table row says: its method and path, each argument where the row says it travels. Arguments
    /// of the word's own are left to the word, those that are null are left out.
    ///
    /// # Errors
    /// A value that a header cannot carry.
    pub(crate) fn of(word: &Word, method: Method, path: &str, arguments: &Arguments) -> Result<Self, Unsendable> {
        let mut call = Self::new(method, path);
        let (mut body, mut form) = (Map::new(), form_urlencoded::Serializer::new(String::new()));
        for (name, value) in arguments {
            let Some(argument) = word.argument(name).filter(|_| !value.is_null()) else { continue };
            match argument.part {
                Part::Body => {
                    body.insert(argument.wire.to_owned(), value.clone());
                }
                Part::Form => {
                    form.append_pair(argument.wire, &text(value));
                }
                Part::Path => call.path = call.path.replace(&format!("{{{}}}", argument.wire), &encoded(&text(value))),
                Part::Query => call.add_query(argument.wire, text(value)),
                Part::Header(header) => call.set_header(header, &text(value))?,
                Part::Bearer => call.set_header("authorization", &format!("Bearer {}", text(value)))?,
                Part::Own => {}
            }
        }
        let has = |part| call.method != Method::GET && word.all_arguments().any(|argument| argument.part == part);
        if has(Part::Body) {
            call.set_json(&Value::Object(body));
        } else if has(Part::Form) {
            call.set_body(form.finish(), "application/x-www-form-urlencoded");
        }
        Ok(call)
    }

    /// The path, without a query.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The body, as it was set last.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Adds a parameter of the query.
    pub(crate) fn add_query(&mut self, name: &str, value: impl Into<String>) {
        self.query.push((name.to_owned(), value.into()));
    }

    /// Sets a header in place of one of that name.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) -> Result<(), Unsendable> {
        let key = HeaderName::try_from(name).map_err(|_| Unsendable::HeaderName(name.to_owned()))?;
        let value = HeaderValue::from_str(value)
            .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
            .map_err(|_| Unsendable::HeaderValue(name.to_owned()))?;
        self.headers.insert(key, value);
        Ok(())
    }

    /// Sets the headers of a step's `headers:`; null takes one away.
    pub(crate) fn override_headers(&mut self, headers: Option<&Value>) -> Result<(), Unsendable> {
        for (name, value) in headers.and_then(Value::as_object).into_iter().flatten() {
            if value.is_null() {
                self.headers.remove(name.as_str());
            } else {
                self.set_header(name, &text(value))?;
            }
        }
        Ok(())
    }

    /// Sends `body` as JSON.
    pub(crate) fn set_json(&mut self, body: &Value) {
        self.set_body(body.to_string(), "application/json");
    }

    /// Sends `body`, and says what it is unless that was said before.
    pub(crate) fn set_body(&mut self, body: impl Into<Bytes>, content_type: &'static str) {
        self.body = body.into();
        self.headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
    }

    /// The finished request.
    ///
    /// # Errors
    /// When the path is none.
    pub(crate) fn build(self) -> Result<Request<Bytes>, Unsendable> {
        let mut address = self.path;
        for (name, value) in &self.query {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(&encoded(name));
            address.push('=');
            address.push_str(&encoded(value));
        }
        let uri: Uri = address.parse().map_err(|_| Unsendable::Address(address))?;
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// A value as it stands in a query or a header.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text as it stands in a query or in one part of a path.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::language::word;

    fn arguments(value: Value) -> Arguments {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_argument_travels_where_its_row_says() {
        let row = word("idaas.wechat_mobile_bind").unwrap();
        let call = Call::of(
            row,
            Method::POST,
            "/x",
            &arguments(json!({"state_token": "s", "wechat_code": "c", "wchat_code": null, "application": "shop"})),
        );
        let request = call.unwrap().build().unwrap();
        assert_eq!(request.headers()["x-state-token"], "s");
        assert_eq!(request.body().as_ref(), br#"{"wechat_code":"c"}"#);
        assert_eq!(request.headers()["content-type"], "application/json");

        let row = word("wechat.jscode2session").unwrap();
        let call = Call::of(row, Method::GET, "/x", &arguments(json!({"js_code": "a b&c", "appid": null})));
        let request = call.unwrap().build().unwrap();
        assert_eq!(request.uri(), "/x?js_code=a%20b%26c");
        assert!(request.body().is_empty());
    }

    #[test]
    fn a_form_and_a_part_of_the_path_are_encoded() {
        let row = word("idaas.introspect").unwrap();
        let call = Call::of(row, Method::POST, "/x", &arguments(json!({"token": "a+b"}))).unwrap();
        let request = call.build().unwrap();
        assert_eq!(request.body().as_ref(), b"token=a%2Bb");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        let row = word("idaas.enable_user").unwrap();
        let path = row.endpoint.unwrap().path;
        let call = Call::of(row, Method::PUT, path, &arguments(json!({"user_id": "a/b", "access_token": "t"})));
        let request = call.unwrap().build().unwrap();
        assert_eq!(request.uri(), "/api/v2/tenant/users/a%2Fb/enable");
        assert_eq!(request.headers()["authorization"], "Bearer t");
    }

    #[test]
    fn headers_of_a_step_replace_and_remove() {
        let mut call = Call::get("/x");
        call.set_header("X-agent", "a").unwrap();
        call.set_header("X-L", "zh").unwrap();
        call.override_headers(Some(&json!({"x-agent": "b", "x-l": null}))).unwrap();
        let request = call.build().unwrap();
        assert_eq!(request.headers()["x-agent"], "b");
        assert!(!request.headers().contains_key("x-l"));
    }

    #[test]
    fn what_cannot_be_sent_is_told_and_does_not_panic() {
        let mut call = Call::get("/x");
        assert_eq!(call.set_header("a b", "c"), Err(Unsendable::HeaderName("a b".to_owned())));
        assert_eq!(call.set_header("a", "c\n"), Err(Unsendable::HeaderValue("a".to_owned())));
        assert!(Call::get("a b").build().is_err());
        assert!(Call::get("").build().is_err());
    }
}
