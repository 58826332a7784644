//! From what a call came to, to the bytes of its answer.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, DATE, LOCATION};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use sim::{Moment, Note};

use crate::config::{Config, Edition, SdkPrefix};
use crate::error_code::ErrorCode;
use crate::known_error;
use crate::language::Language;
use crate::refusal::{Refusal, Refused, StateTokenUse};

/// An answer, and what the tenant knows about it.
#[derive(Debug)]
pub struct Answer {
    /// What the caller gets.
    pub response: Response<Bytes>,
    /// Why it was refused, if it was.
    pub note: Note,
}

/// What a call came to when it was not refused.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A JSON body.
    Json(Bytes),
    /// 200 without a body, where the vendor's page says "Response Parameters: None".
    Empty,
    /// Somewhere else.
    Redirect(HeaderValue),
}

impl Reply {
    /// A JSON body, compact, members in the order of the type.
    pub(crate) fn json(body: &impl Serialize) -> Self {
        Self::Json(json(body))
    }
}

fn json(body: &impl Serialize) -> Bytes {
    Bytes::from(serde_json::to_vec(body).expect("own types have text keys and no failing serializer"))
}

const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");

fn response(status: StatusCode, body: Bytes, now: Moment) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if !response.body().is_empty() {
        response.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    if let Ok(date) = HeaderValue::from_str(&now.to_http_date()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// In which dialect errors are told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) edition: Edition,
    pub(crate) prefix: SdkPrefix,
    pub(crate) language: Language,
    /// Whether the path is one of the Mini Program bind pages, which print `IDAAS.` in both editions.
    pub(crate) bind_page: bool,
}

impl Dialect {
    /// The dialect of a tenant, off the bind pages.
    pub(crate) fn of(config: &Config, language: Language) -> Self {
        Self { edition: config.edition, prefix: config.rules.sdk_prefix, language, bind_page: false }
    }

    fn prefix(self, refusal: &Refusal) -> &'static str {
        let printed_so = self.bind_page
            && self.prefix == SdkPrefix::AsPrinted
            && matches!(refusal, Refusal::StateToken(_, StateTokenUse::Social));
        match self.edition {
            Edition::Ciam => "IDAAS.SDK.",
            Edition::Eiam if printed_so => "IDAAS.SDK.",
            Edition::Eiam => "SDK.",
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error_code: &'a str,
    error_msg: &'a str,
}

#[derive(Serialize)]
struct StatusBody<'a> {
    status: &'a str,
}

/// The one place where an outcome becomes an HTTP answer.
pub(crate) fn answer(outcome: Result<Reply, Refused>, dialect: Dialect, now: Moment) -> Answer {
    let refused = match outcome {
        Ok(Reply::Json(body)) => {
            return Answer { response: response(StatusCode::OK, body, now), note: Note::default() };
        }
        Ok(Reply::Empty) => {
            return Answer { response: response(StatusCode::OK, Bytes::new(), now), note: Note::default() };
        }
        Ok(Reply::Redirect(to)) => {
            let mut response = response(StatusCode::FOUND, Bytes::new(), now);
            response.headers_mut().insert(LOCATION, to);
            return Answer { response, note: Note::default() };
        }
        Err(refused) => refused,
    };
    let mut story = vec![refused.refusal.to_string()];
    story.extend(refused.story);
    planned(refused.refusal, story, dialect, now)
}

/// The answer of a refusal, with its story so far; the way out, which the table knows, ends it.
pub(crate) fn planned(refusal: Refusal, mut story: Vec<String>, dialect: Dialect, now: Moment) -> Answer {
    let (code, rule) = refusal.answer();
    story.extend(known_error::remedy_of(rule).map(str::to_owned));
    let text = code.text(dialect.edition, dialect.language);
    let body = if code == ErrorCode::AccessDenied {
        json(&StatusBody { status: text.tail })
    } else {
        let error_code = format!("{}{}", dialect.prefix(&refusal), text.tail);
        json(&ErrorBody { error_code: &error_code, error_msg: &text.text })
    };
    let mut response = response(text.status, body, now);
    if let Refusal::WrongMethod(method) = refusal {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    }
    let refusal = sim::Refusal { rule: rule.to_owned(), code: text.tail.to_owned(), story };
    Answer { response, note: Note { refusal: Some(refusal), ..Note::default() } }
}
