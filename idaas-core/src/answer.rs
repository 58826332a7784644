//! From what a call came to, to the bytes of its answer.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, DATE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use sim::{Moment, Note};

use crate::config::{Config, Edition, SdkPrefix};
use crate::error_code::{ErrorCode, ErrorText};
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

fn redirect(to: HeaderValue, now: Moment) -> Response<Bytes> {
    let mut response = response(StatusCode::FOUND, Bytes::new(), now);
    response.headers_mut().insert(LOCATION, to);
    response
}

/// What kind of page an endpoint's description is: each kind prints its errors in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// A page of the user API.
    Sdk,
    /// One of the Mini Program bind pages, which print `IDAAS.` in both editions.
    Bind,
    /// A page of the server API: codes without a prefix (observed).
    Tenant,
    /// An OAuth2 endpoint: `error` and `error_description` (observed; RFC 6749).
    OAuth2,
}

/// In which dialect errors are told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) edition: Edition,
    pub(crate) prefix: SdkPrefix,
    pub(crate) language: Language,
    pub(crate) page: Page,
}

impl Dialect {
    /// The dialect of a tenant on the pages of its user API.
    pub(crate) fn of(config: &Config, language: Language) -> Self {
        Self { edition: config.edition, prefix: config.rules.sdk_prefix, language, page: Page::Sdk }
    }

    fn prefix(self, refusal: &Refusal) -> &'static str {
        let printed_so = self.page == Page::Bind
            && self.prefix == SdkPrefix::AsPrinted
            && matches!(refusal, Refusal::StateToken(_, StateTokenUse::Social));
        match self.edition {
            _ if self.page == Page::Tenant => "",
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
struct OAuth2Body<'a> {
    error: &'a str,
    error_description: &'a str,
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
            return Answer { response: redirect(to, now), note: Note::default() };
        }
        Err(refused) => refused,
    };
    let to = refused.to;
    let mut story = vec![refused.refusal.to_string()];
    story.extend(refused.story);
    let mut answer = planned(refused.refusal, story, dialect, now);
    if let Some(to) = to {
        answer.response = redirect(to, now);
    }
    answer
}

/// The answer of a refusal, with its story so far; the way out, which the table knows, ends it.
pub(crate) fn planned(refusal: Refusal, mut story: Vec<String>, dialect: Dialect, now: Moment) -> Answer {
    let (code, rule) = refusal.answer();
    story.extend(known_error::remedy_of(rule).map(str::to_owned));
    // Descriptions of OAuth2 errors are ASCII (RFC 6749, section 5.2).
    let language = if dialect.page == Page::OAuth2 { Language::English } else { dialect.language };
    let ErrorText { mut status, mut tail, text } = code.text(dialect.edition, language);
    let body = match dialect.page {
        Page::OAuth2 => {
            tail = code.oauth2_error();
            if code == ErrorCode::AccessDenied {
                status = StatusCode::BAD_REQUEST;
            }
            json(&OAuth2Body { error: tail, error_description: &text })
        }
        _ if code == ErrorCode::AccessDenied => json(&StatusBody { status: tail }),
        _ => json(&ErrorBody { error_code: &format!("{}{tail}", dialect.prefix(&refusal)), error_msg: &text }),
    };
    let mut response = response(status, body, now);
    if let Refusal::WrongMethod(method) = refusal {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = if code == ErrorCode::BearerToken { "Bearer" } else { "Basic" };
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
    }
    let refusal = sim::Refusal { rule: rule.to_owned(), code: tail.to_owned(), story };
    Answer { response, note: Note { refusal: Some(refusal), ..Note::default() } }
}
