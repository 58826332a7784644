//! One call of the control API as its handlers see it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde::de::DeserializeOwned;

use super::ControlError;
use super::routes::Route;
use crate::Lab;
use crate::base::Base;
use crate::suggest;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) lab: &'a Lab,
    pub(crate) request: &'a Request<Bytes>,
    /// The world that the call names.
    pub(crate) named: Option<Arc<World>>,
    pub(crate) base: &'a Base,
    pub(crate) route: &'static Route,
    /// What stands in the path for `{…}`.
    pub(crate) parameter: String,
    /// The world that the call turned out to be for.
    pub(crate) chosen: OnceCell<Arc<World>>,
}

impl Call<'_> {
    /// The world that the call is for.
    pub(crate) fn world(&self) -> Result<Arc<World>, ControlError> {
        let chosen = self.lab.choose(self.request, self.named.clone())?.world;
        Ok(Arc::clone(self.chosen.get_or_init(|| chosen)))
    }

    fn pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        form_urlencoded::parse(self.request.uri().query().unwrap_or_default().as_bytes())
    }

    /// Refuses parameters that the route does not have: a filter with a typing error would show everything.
    pub(crate) fn check_query(&self) -> Result<(), ControlError> {
        let known = || self.route.query.iter().map(|parameter| parameter.name);
        for (name, _) in self.pairs() {
            if !known().any(|known| known == name) {
                let hint = match suggest::nearest(&name, known()) {
                    Some(near) => Some(format!("did you mean `{near}`?")),
                    None if self.route.query.is_empty() => None,
                    None => Some(format!("known here: {}", known().collect::<Vec<_>>().join(", "))),
                };
                return Err(ControlError::bad_request(
                    "unknown_parameter",
                    format!("unknown query parameter `{name}`"),
                )
                .maybe_hint(hint));
            }
        }
        Ok(())
    }

    /// A query parameter; none when it is missing or empty.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    }

    /// A query parameter of some type.
    pub(crate) fn query_as<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ControlError> {
        let Some(text) = self.query(name) else { return Ok(None) };
        // First as JSON, for numbers and `true`; then as the text that it is.
        let parsed = serde_json::from_str(&text).or_else(|_| serde_json::from_value(text.clone().into()));
        parsed.map(Some).map_err(|error| {
            let message = error.to_string();
            ControlError::bad_request("invalid_parameter", format!("`{name}`: {}", suggest::short(&message)))
                .maybe_hint(suggest::for_serde(&message))
        })
    }

    /// The body; nothing at all means `{}`.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, ControlError> {
        let body = self.request.body();
        let body: &[u8] = if body.iter().all(u8::is_ascii_whitespace) { b"{}" } else { body };
        // serde would take a list for a struct, field by field.
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(ControlError::bad_request("invalid_body", "the body is a list, and should be a map"));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let (path, message) = (error.path().to_string(), error.inner().to_string());
            match error.inner().classify() {
                serde_json::error::Category::Data => invalid(&path, &message),
                _ => ControlError::bad_request("not_json", format!("the body is not JSON: {message}")),
            }
        })?;
        deserializer
            .end()
            .map_err(|error| ControlError::bad_request("not_json", format!("the body is not JSON: {error}")))?;
        Ok(parsed)
    }
}

fn invalid(path: &str, message: &str) -> ControlError {
    let place = if path == "." { String::new() } else { format!("{path}: ") };
    ControlError::bad_request("invalid_body", format!("{place}{}", suggest::short(message)))
        .maybe_hint(suggest::for_serde(message))
}
