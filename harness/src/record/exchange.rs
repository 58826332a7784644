//! One exchange of a journal, taken apart.

use serde_json::{Map, Value};
use sim::Moment;

/// One exchange that somebody outside had with the world.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) at: Option<Moment>,
    /// The HTTP method; `CALL` for a device's call.
    pub(super) method: String,
    /// The path without its query; for a device's call its name.
    pub(super) path: String,
    pub(super) query: Map<String, Value>,
    /// Request headers that the journal keeps, in lower case.
    pub(super) headers: Map<String, Value>,
    pub(super) body: Body,
    pub(super) status: u16,
    pub(super) answer: Value,
    /// Planned faults that hit it.
    pub(super) faults: Vec<String>,
}

/// What came with a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// Nothing.
    Nothing,
    /// A JSON object.
    Json(Map<String, Value>),
    /// A form.
    Form(Map<String, Value>),
    /// Anything else.
    Other(Value),
}

impl Exchange {
    /// The exchange as the control API shows it; none when IDaaS asked, when nobody in the world was
    /// asked, or when it makes no sense.
    pub(super) fn outside(shown: &Value) -> Option<Self> {
        let text = |name: &str| shown.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("from") == "idaas" || text("to") == "elsewhere" || text("target").is_empty() {
            return None;
        }
        let (path, query) = text("target").split_once('?').unwrap_or((text("target"), ""));
        let headers = shown.get("headers").and_then(Value::as_object).cloned().unwrap_or_default();
        let is_form = headers.get("content-type").and_then(Value::as_str).is_some_and(|kind| kind.contains("form"));
        let body = match shown.get("request") {
            None | Some(Value::Null) => Body::Nothing,
            Some(Value::Object(fields)) => Body::Json(fields.clone()),
            Some(Value::String(text)) if is_form => Body::Form(pairs(text)),
            Some(other) => Body::Other(other.clone()),
        };
        Some(Self {
            at: Moment::parse_rfc3339(text("at")).ok(),
            method: text("method").to_owned(),
            path: path.to_owned(),
            query: pairs(query),
            headers,
            body,
            status: shown.get("status").and_then(Value::as_u64).and_then(|it| it.try_into().ok()).unwrap_or_default(),
            answer: shown.get("answer").cloned().unwrap_or_default(),
            faults: shown
                .get("faults")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|fault| fault.as_str().map(str::to_owned))
                .collect(),
        })
    }

    pub(super) fn is_of_device(&self) -> bool {
        self.method == "CALL"
    }
}

fn pairs(text: &str) -> Map<String, Value> {
    form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}
