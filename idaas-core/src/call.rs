//! One call as handlers see it: who calls, with what.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value};
use sim::{IdTokenFault, Moment};

use crate::events::Events;
use crate::idaas::{Idaas, Setup};
use crate::language::Language;
use crate::refusal::{Refusal, Refused};

/// The application that calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Client {
    /// Its client id; empty where the endpoint asks for none.
    pub(crate) id: String,
    /// Its name in the configuration; none while the tenant declares no application.
    pub(crate) name: Option<String>,
}

/// One call.
pub(crate) struct Call<'a> {
    pub(crate) idaas: &'a Idaas,
    /// The configuration as it was when the call came in.
    pub(crate) setup: Arc<Setup>,
    pub(crate) request: &'a Request<Bytes>,
    /// The endpoint's path.
    pub(crate) path: &'static str,
    /// What stands in the path where the endpoint's path has `{…}`.
    pub(crate) parameter: Option<&'a str>,
    /// Scheme and host that the caller used.
    pub(crate) base: &'a str,
    pub(crate) language: Language,
    pub(crate) client: Client,
    /// What happened on the way to the answer.
    pub(crate) events: Events,
}

impl<'a> Call<'a> {
    /// What time it is; it may move while a call waits for WeChat.
    pub(crate) fn now(&self) -> Moment {
        self.idaas.ground.now()
    }

    /// What is planned to be wrong with the id_tokens of this call.
    pub(crate) fn token_fault(&self) -> Option<IdTokenFault> {
        self.request.extensions().get().copied()
    }

    /// A header's value, trimmed; none when it is missing or blank.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.request, name)
    }

    /// The first value of a query parameter, decoded; none when it is missing or empty.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let query = self.request.uri().query()?;
        let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    }

    /// The first value of a field of a form body; none when it is missing or empty.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let found = form_urlencoded::parse(self.request.body()).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    }

    /// What stands behind `Bearer` in the header Authorization.
    pub(crate) fn bearer_text(&self) -> Option<&'a str> {
        let (scheme, token) = self.header("Authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
    }

    /// The body, which must be a JSON object whatever its `Content-Type` says; no body is an empty object.
    pub(crate) fn body(&self) -> Result<Body, Refused> {
        let bytes = self.request.body();
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Body(Map::new()));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Body(members)),
            Ok(_) => Err(Refusal::BodyNotJson.because("it is JSON, but not an object")),
            Err(error) => Err(Refusal::BodyNotJson.because(format!("it cannot be parsed: {error}"))),
        }
    }
}

/// A header's value, trimmed; none when it is missing, blank or not text.
pub(crate) fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    let value = std::str::from_utf8(request.headers().get(name)?.as_bytes()).ok()?.trim();
    (!value.is_empty()).then_some(value)
}

/// The members of a JSON body.
#[derive(Debug)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// A text that must be there: `COMMON.1001` when it is missing, null or blank, `COMMON.1002` when it is no text.
    /// Blanks around it are cut off: the vendor's own examples have some by mistake.
    pub(crate) fn text(&self, name: &'static str) -> Result<&str, Refused> {
        self.optional_text(name)?.ok_or_else(|| Refusal::FieldMissing(name).into())
    }

    /// A text that may be there.
    pub(crate) fn optional_text(&self, name: &'static str) -> Result<Option<&str>, Refused> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(_) => Err(Refusal::FieldFormat(name).because("it must be a string")),
        }
    }

    /// Text exactly as it was sent, for passwords: blanks in them count.
    pub(crate) fn verbatim(&self, name: &'static str) -> Result<&str, Refused> {
        self.text(name)?;
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| Refusal::FieldMissing(name).into())
    }

    /// The member itself, whatever it is; none when it is missing or null.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}
