//! From HTTP to the rules and back: the one place where outcomes become bytes.

mod access_token;
mod component;
mod encrypted_data;
mod fail;
mod jscode2session;
mod paid_unionid;
mod phone_number;
mod query;
mod quota;
mod rid;
mod session;
mod signed;

use std::cell::OnceCell;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, TRANSFER_ENCODING};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;
use sim::{Moment, Note};

use crate::config::{Rules, whitelisted};
use crate::refusal::{Refused, Rule};
use crate::request_log::Answered;
use crate::rid::{Rid, Stamp};
use crate::setup::{App, Setup};
use crate::wechat::{Answer, CallerAddress, WeChat};
pub(crate) use fail::fail;
use query::query;

/// The APIs that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    JsCode2Session,
    Token,
    StableToken,
    GetUserPhoneNumber,
    CheckSession,
    ResetUserSessionKey,
    CheckEncryptedMsg,
    GetPaidUnionid,
    ClearQuota,
    ClearQuotaV2,
    QuotaGet,
    RidGet,
    ComponentJsCode2Session,
}

impl Endpoint {
    fn of(path: &str) -> Option<Self> {
        match path {
            "/sns/jscode2session" => Some(Self::JsCode2Session),
            "/cgi-bin/token" => Some(Self::Token),
            "/cgi-bin/stable_token" => Some(Self::StableToken),
            "/wxa/business/getuserphonenumber" => Some(Self::GetUserPhoneNumber),
            "/wxa/checksession" => Some(Self::CheckSession),
            "/wxa/resetusersessionkey" => Some(Self::ResetUserSessionKey),
            "/wxa/business/checkencryptedmsg" => Some(Self::CheckEncryptedMsg),
            "/wxa/getpaidunionid" => Some(Self::GetPaidUnionid),
            "/cgi-bin/clear_quota" => Some(Self::ClearQuota),
            "/cgi-bin/clear_quota/v2" => Some(Self::ClearQuotaV2),
            "/cgi-bin/openapi/quota/get" => Some(Self::QuotaGet),
            "/cgi-bin/openapi/rid/get" => Some(Self::RidGet),
            "/sns/component/jscode2session" => Some(Self::ComponentJsCode2Session),
            _ => None,
        }
    }
}

/// The families of paths, which differ in content type and in the tail of an errmsg (observed in many answers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// `/sns`: `text/plain`; a comma before the rid.
    Sns,
    /// `/wxa/business`: JSON; a hint before the rid of some refusals.
    Business,
    /// All others: JSON; no comma.
    Other,
}

impl Family {
    fn of(endpoint: Option<Endpoint>) -> Self {
        match endpoint {
            Some(Endpoint::JsCode2Session | Endpoint::ComponentJsCode2Session) => Self::Sns,
            Some(Endpoint::GetUserPhoneNumber | Endpoint::CheckEncryptedMsg) => Self::Business,
            _ => Self::Other,
        }
    }

    const fn content_type(self) -> HeaderValue {
        match self {
            Self::Sns => HeaderValue::from_static("text/plain"),
            // It really says `encoding`, not `charset` (observed).
            Self::Business | Self::Other => HeaderValue::from_static("application/json; encoding=utf-8"),
        }
    }

    fn errmsg(self, (errcode, text): (i32, &str), stamp: &mut Stamp, rules: &Rules) -> String {
        let rid = stamp.rid;
        match self {
            Self::Sns => format!("{text}, rid: {rid}"),
            Self::Business if rules.hints && is_hinted(errcode) => {
                format!("{text} hint: [{}] rid: {rid}", stamp.hint())
            }
            Self::Business | Self::Other => format!("{text} rid: {rid}"),
        }
    }
}

/// Whether refusals of `/wxa/business` with this errcode carry a hint (observed for these).
const fn is_hinted(errcode: i32) -> bool {
    matches!(errcode, 40029 | 40013 | 47001 | 44002)
}

/// One call to an API.
#[derive(Debug)]
struct Call<'a> {
    wechat: &'a WeChat,
    setup: &'a Setup,
    method: &'a Method,
    path: &'a str,
    query: &'a str,
    body: &'a [u8],
    caller: IpAddr,
    issuer: Option<&'a WeChat>,
    now: Moment,
    rid: Rid,
    /// The appid of the mini program that calls, once its credentials were good; not of calls to `/sns`.
    asked_by: OnceCell<Arc<str>>,
}

#[derive(Debug, Serialize)]
struct Failure<'a> {
    errcode: i32,
    errmsg: &'a str,
}

/// `"errcode":0,"errmsg":"ok"`, where an API says so.
#[derive(Debug, Serialize)]
struct Ok0 {
    errcode: i32,
    errmsg: &'static str,
}

const OK: Ok0 = Ok0 { errcode: 0, errmsg: "ok" };

/// Answers a request.
pub(crate) fn answer(wechat: &WeChat, request: &Request<Bytes>, issuer: Option<&WeChat>) -> Answer {
    let now = wechat.ground.now();
    if let Some(refused) = refuse_chunked(request) {
        let note = Note { refusal: Some(refused.into()), ..Note::default() };
        return Answer { response: response(StatusCode::PRECONDITION_FAILED, None, Bytes::new(), now), note };
    }
    let setup = wechat.setup();
    let mut stamp = Stamp::next(&wechat.sequences.rids, now);
    let endpoint = Endpoint::of(request.uri().path());
    let call = Call {
        wechat,
        setup: &setup,
        method: request.method(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        body: request.body(),
        caller: caller(request),
        issuer,
        now,
        rid: stamp.rid,
        asked_by: OnceCell::new(),
    };
    let (opened, outcome) = match signed::open(&call, request, endpoint) {
        Ok(Some(opened)) => {
            let inner = call.with_body(&opened.body);
            let outcome = called(endpoint, &inner);
            if let Some(app) = inner.asked_by.into_inner() {
                let _ = call.asked_by.set(app);
            }
            (Some(opened), outcome)
        }
        Ok(None) => (None, called(endpoint, &call)),
        Err(refused) => (None, Err(refused)),
    };
    let family = Family::of(endpoint);
    let rules = &setup.config.rules;
    let rid = Some(stamp.rid.text());
    let (body, refusal) = match outcome {
        Ok(body) => (body, None),
        Err(refused) => {
            let told = (refused.rule.errcode(), &*refused.rule.text());
            let errmsg = family.errmsg(told, &mut stamp, rules);
            (json(&Failure { errcode: refused.rule.errcode(), errmsg: &errmsg }), Some(refused.into()))
        }
    };
    let mut response = answered(family, body, rules, now);
    if let Some(opened) = &opened {
        response = signed::seal(&call, opened, response);
    }
    if let Some(app) = call.asked_by.into_inner() {
        wechat.requests.keep(stamp.rid, kept(request, response.body(), app, now));
    }
    Answer { response, note: Note { rid, refusal, ..Note::default() } }
}

/// What is kept of a request for whoever asks for its rid.
fn kept(request: &Request<Bytes>, response: &Bytes, app: Arc<str>, at: Moment) -> Answered {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (request, caller) = (request.body().clone(), caller(request));
    Answered { at, app, query, request, response: response.clone(), caller }
}

/// The appid of the mini program for which an access_token was issued, good or not.
fn owner_of(wechat: &WeChat, token: &str) -> Option<Arc<str>> {
    let app = wechat.access_tokens.store().with(token, |token| token.map(|token| token.app))?;
    Some(wechat.known.apps.name(app))
}

/// What the API says.
fn called(endpoint: Option<Endpoint>, call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    match endpoint {
        Some(Endpoint::JsCode2Session) => jscode2session::answer(call),
        Some(Endpoint::Token) => access_token::token(call),
        Some(Endpoint::StableToken) => access_token::stable_token(call),
        Some(Endpoint::GetUserPhoneNumber) => phone_number::answer(call),
        Some(Endpoint::CheckSession) => session::check(call),
        Some(Endpoint::ResetUserSessionKey) => session::reset(call),
        Some(Endpoint::CheckEncryptedMsg) => encrypted_data::answer(call),
        Some(Endpoint::GetPaidUnionid) => paid_unionid::answer(call),
        Some(Endpoint::ClearQuota) => quota::clear(call),
        Some(Endpoint::ClearQuotaV2) => quota::clear_with_secret(call),
        Some(Endpoint::QuotaGet) => quota::get(call),
        Some(Endpoint::RidGet) => rid::answer(call),
        Some(Endpoint::ComponentJsCode2Session) => component::answer(call),
        None => Err(Refused::new(Rule::UnknownPath, format!("WeChat has no {} here", call.path))
            .and("call an API that is served: those of login, phone number, token, session and quota")),
    }
}

/// The response that says `body` in the manner of a family of paths.
fn answered(family: Family, body: Vec<u8>, rules: &Rules, now: Moment) -> Response<Bytes> {
    let body = if rules.escape_slashes { escape_slashes(&body) } else { body };
    response(StatusCode::OK, Some(family.content_type()), body.into(), now)
}

/// The address from which a request came.
fn caller(request: &Request<Bytes>) -> IpAddr {
    request.extensions().get().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |CallerAddress(address)| *address)
}

/// A POST whose length is not told beforehand is refused before anything else is looked at (observed on four APIs).
fn refuse_chunked(request: &Request<Bytes>) -> Option<Refused> {
    let encoding = request.headers().get(TRANSFER_ENCODING)?;
    let is_chunked = encoding.to_str().is_ok_and(|encoding| encoding.to_ascii_lowercase().contains("chunked"));
    (is_chunked && request.method() == Method::POST).then(|| {
        Refused::new(Rule::ChunkedBody, "the body came with `Transfer-Encoding: chunked` and without `Content-Length`")
            .and("WeChat's servers answer such a POST with 412 and an empty body; let the HTTP client buffer the body")
    })
}

fn response(status: StatusCode, content_type: Option<HeaderValue>, body: Bytes, now: Moment) -> Response<Bytes> {
    let length = body.len();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let date = HeaderValue::from_maybe_shared(Bytes::from(now.to_http_date()));
    headers.insert(DATE, date.expect("a date is made of visible ASCII characters"));
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type);
    }
    headers.insert(CONTENT_LENGTH, length.into());
    response
}

/// Compact JSON, members in the order of the type.
fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("own types have text keys and no failing serializer")
}

/// `/` as `\/`: in JSON it can stand in texts only.
fn escape_slashes(json: &[u8]) -> Vec<u8> {
    json.iter().fold(Vec::with_capacity(json.len() + 8), |mut escaped, byte| {
        if *byte == b'/' {
            escaped.push(b'\\');
        }
        escaped.push(*byte);
        escaped
    })
}

impl Call<'_> {
    /// The same call with this body instead of its own.
    fn with_body<'a>(&'a self, body: &'a [u8]) -> Call<'a> {
        Call { body, asked_by: OnceCell::new(), ..*self }
    }

    /// The mini program of this appid.
    fn app(&self, appid: Option<&str>) -> Result<Arc<App>, Refused> {
        let Some(appid) = appid else {
            return Err(Refused::new(Rule::AppidMissing, "there is no `appid`")
                .and("GET APIs read the query, and stable_token its JSON body"));
        };
        self.setup.app(appid, &self.wechat.known).ok_or_else(|| unknown_appid(self.setup, appid))
    }

    /// Whether the secret is the mini program's.
    fn check_secret(&self, app: &App, secret: &str) -> Result<(), Refused> {
        match &app.secret {
            Some(known) if known.expose() != secret => {
                Err(Refused::new(Rule::WrongSecret, format!("the secret is not the one of {}", app.appid))
                    .and("see `secret` in the world's mini_programs"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the secret is still of use to the APIs that fetch tokens and clear quotas.
    fn check_frozen(&self, app: &App) -> Result<(), Refused> {
        if !app.standing.secret_frozen {
            return Ok(());
        }
        Err(Refused::new(Rule::SecretFrozen, format!("the secret of {} is right, but frozen", app.appid))
            .and("access_tokens that were fetched before go on working")
            .and("unfreeze it in the console: `secret_frozen: false` in the world"))
    }

    /// Whether the caller's address may use the secret.
    fn check_address(&self, app: &App) -> Result<(), Refused> {
        match &app.ip_whitelist {
            Some(list) if !list.iter().any(|entry| whitelisted(entry, self.caller)) => {
                let caller = self.caller.to_canonical();
                Err(Refused::new(
                    Rule::IpNotWhitelisted(caller),
                    format!(
                        "the call came from {caller}, and the ip_whitelist of {} is [{}]",
                        app.appid,
                        list.join(", ")
                    ),
                )
                .and("add the address to the list; the list for code uploads is another one"))
            }
            _ => Ok(()),
        }
    }

    /// The mini program for which the access_token in the query speaks.
    fn bearer(&self, token: Option<&str>) -> Result<Arc<App>, Refused> {
        let Some(token) = token else {
            return Err(Refused::new(Rule::TokenMissing, "there is no `access_token` in the query")
                .and("it is read from the query only, never from a body or a header"));
        };
        let issuer = self.issuer.unwrap_or(self.wechat);
        let appid = issuer.bearer(token).inspect_err(|_| {
            // An ended token still tells whose call it was.
            if let Some(appid) = owner_of(issuer, token) {
                self.is_of(appid);
            }
        })?;
        self.is_of(Arc::clone(&appid));
        self.setup.app(&appid, &self.wechat.known).ok_or_else(|| unknown_appid(self.setup, &appid))
    }

    /// Remembers which mini program calls, for whoever asks for the rid.
    fn is_of(&self, appid: Arc<str>) {
        // The first is as good as any later one: a call speaks for one mini program.
        let _ = self.asked_by.set(appid);
    }

    /// Counts a call to a metered API.
    fn count(&self, app: &App) -> Result<(), Refused> {
        match crate::quota::find(self.path) {
            Some(api) => self.wechat.quotas.take(app, api, self.now, self.setup.config.limits),
            None => Ok(()),
        }
    }

    /// Whether it came by POST.
    fn check_post(&self) -> Result<(), Refused> {
        if self.method == Method::POST {
            return Ok(());
        }
        Err(Refused::new(Rule::WrongMethod, format!("the call came by {}", self.method)).and("send a POST"))
    }

    /// The members of a JSON body, whatever its `Content-Type` says.
    fn json_body(&self, not_json: Rule) -> Result<serde_json::Map<String, Value>, Refused> {
        self.check_post()?;
        if self.body.is_empty() {
            return Err(Refused::new(Rule::EmptyBody, "the body is empty").and("send the parameters as a JSON object"));
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(Refused::new(not_json, "the body is JSON, but no object")),
            Err(error) => Err(Refused::new(not_json, format!("the body is not JSON: {error}"))
                .and("forms and multipart bodies are not read; send a JSON object")),
        }
    }
}

fn secret_missing() -> Refused {
    Refused::new(Rule::SecretMissing, "there is no `secret`").and("the parameter is called `secret`, not `appsecret`")
}

fn unknown_appid(setup: &Setup, appid: &str) -> Refused {
    let declared: Vec<_> = setup.apps().iter().take(8).map(|app| &*app.appid).collect();
    let story = format!("the world has no mini program of the appid `{appid}`");
    let declared = if declared.is_empty() { "none".to_owned() } else { declared.join(", ") };
    Refused::new(Rule::UnknownAppid, story).and(format!("send one that is declared in it: {declared}"))
}
