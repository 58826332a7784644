//! What the control API answers when it cannot do what it was asked.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use sim::ConfigProblem;

/// An error of the control API: `{"error": {"code": …, "message": …}}`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ControlError {
    /// What went wrong.
    pub(crate) error: ErrorBody,
    #[serde(skip)]
    #[schemars(skip)]
    status: StatusCode,
    /// The methods that would have been right.
    #[serde(skip)]
    #[schemars(skip)]
    allow: Option<String>,
}

/// What went wrong, for a program and for a person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ErrorBody {
    /// Its name, stable: `unknown_world`.
    pub(crate) code: &'static str,
    /// What happened.
    pub(crate) message: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// All that is wrong in a world file, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<Problem>,
}

/// One thing wrong in a world file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Problem {
    /// Where: `wechat.mini_programs.1.appid`.
    pub(crate) path: String,
    /// What.
    pub(crate) message: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl ControlError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let error = ErrorBody { code, message: message.into(), hint: None, problems: vec![] };
        Self { error, status, allow: None }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(crate) fn method(method: &http::Method, path: &str, allow: &[&str]) -> Self {
        let allow = allow.join(", ");
        let mut error =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", format!("{path} does not take {method}"))
                .hint(format!("it takes {allow}"));
        error.allow = Some(allow);
        error
    }

    /// Everything wrong in a world file at once; the message is about the first.
    pub(crate) fn world_file(problems: Vec<ConfigProblem>) -> Self {
        Self::invalid("invalid_world", problems)
    }

    /// Everything wrong in a fault at once; the message is about the first.
    pub(crate) fn fault(problems: Vec<ConfigProblem>) -> Self {
        Self::invalid("invalid_fault", problems)
    }

    fn invalid(code: &'static str, problems: Vec<ConfigProblem>) -> Self {
        let (message, hint) = match problems.first() {
            Some(first) => (place_and_message(first), first.hint.clone()),
            None => ("it is invalid".to_owned(), None),
        };
        let mut error = Self::bad_request(code, message);
        error.error.hint = hint;
        error.error.problems = problems
            .into_iter()
            .map(|problem| Problem { path: problem.path.join("."), message: problem.message, hint: problem.hint })
            .collect();
        error
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.error.hint = Some(hint.into());
        self
    }

    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.error.hint = hint;
        self
    }

    /// The same error about a world file that stands under a key of a larger body.
    pub(crate) fn under(mut self, key: &str) -> Self {
        for problem in &mut self.error.problems {
            problem.path = if problem.path.is_empty() { key.to_owned() } else { format!("{key}.{}", problem.path) };
        }
        self.error.message = match self.error.problems.first() {
            Some(first) => format!("{}: {}", first.path, first.message),
            None => self.error.message,
        };
        self
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let mut response = json(self.status, &self);
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::try_from(allow).ok()) {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn place_and_message(problem: &ConfigProblem) -> String {
    if problem.path.is_empty() { problem.message.clone() } else { problem.to_string() }
}

/// An answer that is JSON.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    // Every body here is a plain tree of texts and numbers with text keys: there is nothing JSON cannot write.
    let text = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// 204: done, and there is nothing to say.
pub(crate) fn nothing() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
