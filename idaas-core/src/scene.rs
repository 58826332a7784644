//! What tests of endpoints start from: a tenant, a WeChat of a few lines, and calls without a socket.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use sim::{AppSecret, ClientSecret, Ground, Moment};

use crate::config::{Application, Config, Policy, Source, UserEntry};
use crate::{BoxFuture, HttpWeChat, Idaas, Patience, SigningKey, Transport, Unreachable};

pub(crate) const BASE: &str = "http://127.0.0.1:17080";
pub(crate) const CLIENT: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";
pub(crate) const OTHER_CLIENT: &str = "QQ01eRIub60vPb54WeE6aojPwYwImtl4";
pub(crate) const CLIENT_SECRET: &str = "kP3vZ8qYt1LwXc6NbRm0JdHs5UgEa2Fi";
pub(crate) const LOGIN: &str = "/api/v2/sdk/login/wechat-miniprogram";
pub(crate) const MOBILE_LOGIN: &str = "/api/v2/sdk/login/wechat-mini-program-mobile";

/// A WeChat of a few lines: `login-alice` stands for the person alice, `login-alice@kiosk` for her in another app,
/// `phone-13800138000` for a number; any other code is refused with 40029, and so on for appid and secret.
#[derive(Debug, Default)]
pub(crate) struct FakeWeChat {
    pub(crate) down: Mutex<bool>,
    /// How the line breaks after each request was taken.
    pub(crate) breaks: Mutex<Option<Unreachable>>,
    /// Access tokens that were handed out; the newest is good.
    pub(crate) tokens: AtomicUsize,
    /// How long the caller of the last call said that it waits.
    pub(crate) patience: Mutex<Option<Patience>>,
    /// Paths and queries of the calls that came in.
    pub(crate) calls: Mutex<Vec<String>>,
    /// Answers that come before all others.
    pub(crate) scripted: Mutex<Vec<(u16, String)>>,
}

impl FakeWeChat {
    fn answer(&self, request: &Request<Bytes>) -> Value {
        let parameter = |name: &str| {
            let query = request.uri().query().unwrap_or_default().as_bytes();
            let found = form_urlencoded::parse(query).find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let refused = |errcode: i64, text: &str| json!({ "errcode": errcode, "errmsg": format!("{text}, rid: 66c69111-4157f271-729ca238") });
        match request.uri().path() {
            "/sns/jscode2session" => {
                if parameter("appid") != "wx0123456789abcdef" {
                    return refused(40013, "invalid appid");
                }
                if parameter("secret") != "0123456789abcdef0123456789abcdef" {
                    return refused(40125, "invalid appsecret");
                }
                match parameter("js_code").strip_prefix("login-") {
                    Some(person) => json!({
                        "session_key": "HyVFkGl5F5OQWJZZaNzBBg==", "openid": format!("o-{person}"), "unionid": format!("u-{}", person.split('@').next().unwrap_or_default())
                    }),
                    None => refused(40029, "invalid code"),
                }
            }
            "/cgi-bin/stable_token" | "/cgi-bin/token" => {
                let number = self.tokens.fetch_add(1, Ordering::Relaxed) + 1;
                json!({ "access_token": format!("token-{number}"), "expires_in": 7200 })
            }
            "/wxa/business/getuserphonenumber" => {
                if parameter("access_token") != format!("token-{}", self.tokens.load(Ordering::Relaxed)) {
                    return refused(40001, "invalid credential");
                }
                match body["code"].as_str().and_then(|code| code.strip_prefix("phone-")) {
                    Some(number) => json!({ "errcode": 0, "errmsg": "ok", "phone_info": {
                        "phoneNumber": number, "purePhoneNumber": number, "countryCode": "86",
                        "watermark": { "timestamp": 1, "appid": "wx0123456789abcdef" },
                    } }),
                    None => refused(40029, "invalid code"),
                }
            }
            _ => refused(40066, "invalid url"),
        }
    }
}

impl Transport for FakeWeChat {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            // As a real network does: others run meanwhile.
            tokio::task::yield_now().await;
            *self.patience.lock().unwrap() = request.extensions().get().copied();
            self.calls.lock().unwrap().push(request.uri().to_string());
            if *self.down.lock().unwrap() {
                return Err(Unreachable::Refused);
            }
            if let Some(broken) = self.breaks.lock().unwrap().clone() {
                return Err(broken);
            }
            if let Some((status, body)) = self.scripted.lock().unwrap().pop() {
                return Ok(Response::builder().status(status).body(Bytes::from(body)).unwrap());
            }
            Ok(Response::new(Bytes::from(self.answer(&request).to_string())))
        })
    }
}

/// A tenant with one source, one application and the users li (mobile, password, e-mail) and wu (linked to bob).
pub(crate) fn config() -> Config {
    let source = Source {
        appid: Some("wx0123456789abcdef".to_owned()),
        secret: Some(AppSecret::new("0123456789abcdef0123456789abcdef")),
        ..Source::default()
    };
    let application = |client_id: &str| Application {
        client_id: client_id.to_owned(),
        kind: Default::default(),
        enabled: true,
        mfa: None,
        sources: Some(vec!["wechat".to_owned()]),
        client_secret: Some(ClientSecret::new(CLIENT_SECRET)),
        permissions: None,
        redirect_uris: vec![],
        password_grant: false,
    };
    let user = |text: Value| serde_json::from_value::<UserEntry>(text).unwrap();
    Config {
        domain: "acme.example".to_owned(),
        sources: [("wechat", source)].into_iter().collect(),
        applications: [("shop", application(CLIENT)), ("desk", application(OTHER_CLIENT))].into_iter().collect(),
        users: [
            ("li", user(json!({
                "user_name": "li.na", "password": "correct-horse", "mobile": "+86-13800138000", "email": "li@acme.example",
            }))),
            ("wu", user(json!({
                "user_name": "wu.jun", "mobile": "+86-13900139000", "wechat": [{ "openid": "o-bob", "unionid": "u-bob" }],
            }))),
        ]
        .into_iter()
        .collect(),
        ..Config::default()
    }
}

/// A tenant at a frozen time, with its WeChat.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) idaas: Arc<Idaas>,
    pub(crate) wechat: Arc<FakeWeChat>,
    pub(crate) ground: Ground,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) text: String,
    /// The body as JSON; null when there is none.
    pub(crate) body: Value,
    pub(crate) headers: http::HeaderMap,
    pub(crate) refusal: Option<sim::Refusal>,
    /// What the tenant did on the way.
    pub(crate) events: Vec<String>,
}

impl Answered {
    /// A text member of the body; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_default().to_owned()
    }

    /// HTTP status, code without prefix, and rule of a refusal.
    #[track_caller]
    pub(crate) fn refused(&self) -> (u16, &str, &str) {
        let refusal = self.refusal.as_ref().unwrap_or_else(|| panic!("it was not refused: {}", self.text));
        if self.status != 200 {
            let code = self.body["error_code"].as_str().unwrap();
            assert!(code.ends_with(&format!("SDK.{}", refusal.code)), "{code} and {}", refusal.code);
        }
        (self.status, &refusal.code, &refusal.rule)
    }
}

impl Scene {
    /// The tenant of [`config`].
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    /// That tenant, changed.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config();
        change(&mut config);
        Self::of(config)
    }

    /// That tenant, its source with another policy.
    pub(crate) fn policy(policy: Policy) -> Self {
        Self::with(|config| config.sources.get_mut("wechat").unwrap().when_not_associated = policy)
    }

    pub(crate) fn of(config: Config) -> Self {
        let ground = Ground::frozen("default", 7, Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap());
        let wechat = Arc::new(FakeWeChat::default());
        let http = HttpWeChat::new(Arc::<FakeWeChat>::clone(&wechat), ground.clock.clone());
        let idaas = Idaas::new(config, ground.clone(), SigningKey::test_key(), Arc::new(http));
        Self { idaas: Arc::new(idaas.unwrap_or_else(|problems| panic!("{problems:?}"))), wechat, ground }
    }

    /// Changes the configuration live.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Config)) {
        let mut config = self.idaas.config();
        change(&mut config);
        self.idaas.change(config).unwrap();
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.ground.clock.advance(Duration::from_secs(seconds));
    }

    /// A POST with the headers that every call needs.
    pub(crate) fn post(&self, path: &str, body: Value) -> Answered {
        self.post_with(path, &[], body)
    }

    /// A POST with further headers; an empty value takes a header away.
    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answered {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        self.send(request(Method::POST, path, headers, body))
    }

    /// A GET with the headers that every call needs, and further ones.
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answered {
        self.send(request(Method::GET, path, headers, Bytes::new()))
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Answered {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.send_later(request))
    }

    pub(crate) async fn send_later(&self, request: Request<Bytes>) -> Answered {
        let answer = self.idaas.answer(&request, BASE).await;
        let (parts, bytes) = answer.response.into_parts();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        let sim::Note { refusal, events, .. } = answer.note;
        Answered { status: parts.status.as_u16(), text, body, headers: parts.headers, refusal, events }
    }

    /// A Mini Program login of a person.
    pub(crate) fn login(&self, person: &str) -> Answered {
        self.post(LOGIN, json!({ "code": format!("login-{person}") }))
    }

    /// The state_token of a person who is not linked yet.
    #[track_caller]
    pub(crate) fn state_token(&self, person: &str) -> String {
        let answer = self.login(person);
        let token = answer.text("state_token");
        assert!(!token.is_empty(), "{}", answer.text);
        token
    }

    /// A code that was sent to an address, in a tenant that asks for no picture: what the outbox shows of it.
    #[track_caller]
    pub(crate) fn code(&self, to: &str, kind: &str) -> String {
        let (path, name) = if to.contains('@') { ("email", "email") } else { ("sms", "mobile") };
        let answer = self.post(&format!("/api/v2/sdk/{path}/send"), json!({ name: to, "type": kind }));
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.idaas.outbox()[0].verify_code.clone()
    }

    /// A call that goes on with a state_token.
    pub(crate) fn go_on(&self, path: &str, state_token: &str, body: Value) -> Answered {
        self.post_with(path, &[("X-state-token", state_token)], body)
    }
}

/// A request with the headers that every call needs, and further ones; an empty value takes a header away.
pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
    let usual = [
        ("X-operating-sys-version", "Android 10"),
        ("X-device-fingerprint", "156aysdna213sc50"),
        ("X-agent", "Mozilla/5.0"),
        ("X-client-id", CLIENT),
        ("X-L", "en"),
    ];
    for (name, value) in usual.iter().chain(headers) {
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        if value.is_empty() {
            request.headers_mut().remove(name);
        } else {
            request.headers_mut().insert(name, http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
    }
    request
}
