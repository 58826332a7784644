//! WeChat over HTTP: the calls that a good back end makes, at their real paths.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use sim::{AccessToken, Clock, Moment, OpenId, UnionId, WorldClock};

use crate::config::TokenCall;
use crate::wechat::{App, BoxFuture, WeChat, WeChatFailure, WeChatIdentity, WeChatPhone};

/// Why a request did not reach WeChat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

/// Carries a request to WeChat, over a socket or without one.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends a request and gives back the answer, body read.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>>;
}

/// WeChat over a [`Transport`].
///
/// It keeps access_tokens under the world's clock, fetches a new one some time before the old one ends, and when WeChat
/// says that a token is no longer good it fetches one and tries again, once.
#[derive(Debug)]
pub struct HttpWeChat {
    transport: Arc<dyn Transport>,
    clock: WorldClock,
    tokens: Mutex<HashMap<App, Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    token: AccessToken,
    until: Moment,
}

const CODE_TO_SESSION: &str = "/sns/jscode2session";
const PHONE_NUMBER: &str = "/wxa/business/getuserphonenumber";
const TOKEN: &str = "/cgi-bin/token";
const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// A token is fetched anew this long before its end, or halfway through a shorter life.
const MARGIN: Duration = Duration::from_secs(300);
/// WeChat says: the token is wrong or replaced, of no kind that it knows, past its life.
const TOKEN_TROUBLE: [i64; 3] = [40001, 40014, 42001];

#[derive(Deserialize)]
struct Trouble {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

#[derive(Deserialize)]
struct Session {
    openid: OpenId,
    unionid: Option<UnionId>,
}

#[derive(Deserialize)]
struct Token {
    access_token: AccessToken,
    expires_in: u64,
}

#[derive(Deserialize)]
struct PhoneAnswer {
    phone_info: PhoneInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: String,
    country_code: CountryCode,
}

/// A text in every answer seen, a number in one old description.
#[derive(Deserialize)]
#[serde(untagged)]
enum CountryCode {
    Text(String),
    Number(u32),
}

#[derive(Serialize)]
struct StableTokenBody<'a> {
    grant_type: &'static str,
    appid: &'a str,
    secret: &'a str,
}

#[derive(Serialize)]
struct PhoneBody<'a> {
    code: &'a str,
}

fn query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{path}?"), path.len() + 1);
    for (name, value) in parameters {
        query.append_pair(name, value);
    }
    query.finish()
}

impl HttpWeChat {
    /// WeChat behind `transport`, for a world whose time `clock` tells.
    pub fn new(transport: Arc<dyn Transport>, clock: WorldClock) -> Self {
        Self { transport, clock, tokens: Mutex::default() }
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<App, Held>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        call: &'static str,
        target: &str,
        body: Option<Vec<u8>>,
    ) -> Result<T, WeChatFailure> {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let body = Bytes::from(body.unwrap_or_default());
        let mut request = Request::builder()
            .method(&method)
            .uri(target)
            .header(HOST, "api.weixin.qq.com")
            .body(body)
            .map_err(|error| WeChatFailure::Unreadable { call, why: format!("the request: {error}") })?;
        if method == Method::POST {
            let length = request.body().len();
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let answer = self.transport.send(request).await;
        let answer = answer.map_err(|Unreachable(why)| WeChatFailure::Unreachable { call, why })?;
        let unreadable = |why: String| WeChatFailure::Unreadable { call, why };
        // Business errors come with status 200; any other status is trouble on the way.
        if !answer.status().is_success() {
            return Err(unreadable(format!("status {}", answer.status().as_u16())));
        }
        let trouble: Trouble = serde_json::from_slice(answer.body()).map_err(|error| {
            let kind =
                if serde_json::from_slice::<IgnoredAny>(answer.body()).is_ok() { "its errcode" } else { "its JSON" };
            unreadable(format!("{kind}: {error}"))
        })?;
        if trouble.errcode != 0 {
            return Err(WeChatFailure::Refused { call, errcode: trouble.errcode, errmsg: trouble.errmsg });
        }
        serde_json::from_slice(answer.body()).map_err(|error| unreadable(error.to_string()))
    }

    async fn access_token(&self, app: &App) -> Result<AccessToken, WeChatFailure> {
        let now = self.clock.now();
        let held = self.tokens().get(app).filter(|held| now < held.until).map(|held| held.token.clone());
        if let Some(token) = held {
            return Ok(token);
        }
        let secret = app.secret.expose();
        let got: Token = match app.token_call {
            TokenCall::StableToken => {
                let body = StableTokenBody { grant_type: "client_credential", appid: &app.appid, secret };
                self.ask(STABLE_TOKEN, STABLE_TOKEN, serde_json::to_vec(&body).ok()).await?
            }
            TokenCall::Token => {
                let parameters = [("grant_type", "client_credential"), ("appid", &app.appid), ("secret", secret)];
                self.ask(TOKEN, &query(TOKEN, &parameters), None).await?
            }
        };
        let life = Duration::from_secs(got.expires_in);
        let until = self.clock.now() + life.saturating_sub(MARGIN.min(life / 2));
        self.tokens().insert(app.clone(), Held { token: got.access_token.clone(), until });
        Ok(got.access_token)
    }

    /// Forgets a token that WeChat no longer takes, unless somebody has fetched a newer one meanwhile.
    fn forget(&self, app: &App, token: &AccessToken) {
        let mut tokens = self.tokens();
        if tokens.get(app).is_some_and(|held| held.token == *token) {
            tokens.remove(app);
        }
    }
}

impl WeChat for HttpWeChat {
    fn code_to_session<'a>(
        &'a self,
        app: &'a App,
        code: &'a str,
    ) -> BoxFuture<'a, Result<WeChatIdentity, WeChatFailure>> {
        Box::pin(async move {
            let parameters = [
                ("appid", app.appid.as_str()),
                ("secret", app.secret.expose()),
                ("js_code", code),
                ("grant_type", "authorization_code"),
            ];
            let session: Session = self.ask(CODE_TO_SESSION, &query(CODE_TO_SESSION, &parameters), None).await?;
            Ok(WeChatIdentity { openid: session.openid, unionid: session.unionid })
        })
    }

    fn phone_number<'a>(&'a self, app: &'a App, code: &'a str) -> BoxFuture<'a, Result<WeChatPhone, WeChatFailure>> {
        Box::pin(async move {
            let mut again = true;
            loop {
                let token = self.access_token(app).await?;
                let target = query(PHONE_NUMBER, &[("access_token", token.expose())]);
                let body = serde_json::to_vec(&PhoneBody { code }).ok();
                match self.ask::<PhoneAnswer>(PHONE_NUMBER, &target, body).await {
                    Err(WeChatFailure::Refused { errcode, .. }) if again && TOKEN_TROUBLE.contains(&errcode) => {
                        again = false;
                        self.forget(app, &token);
                    }
                    Err(failure) => return Err(failure),
                    Ok(PhoneAnswer { phone_info }) => {
                        let country_code = match phone_info.country_code {
                            CountryCode::Text(text) => text,
                            CountryCode::Number(number) => number.to_string(),
                        };
                        return Ok(WeChatPhone { country_code, number: phone_info.pure_phone_number });
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use sim::{AppSecret, Ground};

    use super::*;
    use crate::scene::FakeWeChat;

    struct Line {
        wechat: Arc<FakeWeChat>,
        http: HttpWeChat,
        clock: WorldClock,
        app: App,
    }

    impl Line {
        fn new(token_call: TokenCall) -> Self {
            let wechat = Arc::new(FakeWeChat::default());
            let clock = Ground::frozen("default", 7, Moment::from_unix_seconds(1_000_000)).clock;
            let app = App {
                appid: "wx0123456789abcdef".to_owned(),
                secret: AppSecret::new("0123456789abcdef0123456789abcdef"),
                token_call,
            };
            Self { http: HttpWeChat::new(Arc::<FakeWeChat>::clone(&wechat), clock.clone()), wechat, clock, app }
        }

        fn phone(&self, code: &str) -> Result<WeChatPhone, WeChatFailure> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(self.http.phone_number(&self.app, code))
        }

        fn login(&self, code: &str) -> Result<WeChatIdentity, WeChatFailure> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(self.http.code_to_session(&self.app, code))
        }

        fn calls(&self) -> Vec<String> {
            std::mem::take(&mut *self.wechat.calls.lock().unwrap())
        }

        fn next_answer(&self, status: u16, body: &str) {
            self.wechat.scripted.lock().unwrap().push((status, body.to_owned()));
        }
    }

    #[test]
    fn a_login_code_is_exchanged_in_one_call() {
        let line = Line::new(TokenCall::StableToken);
        assert_eq!(line.login("login-a b&c").unwrap().openid.expose(), "o-a b&c");
        assert_eq!(
            line.calls(),
            [
                "/sns/jscode2session?appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef&js_code=login-a+b%26c&grant_type=authorization_code"
            ]
        );
    }

    #[test]
    fn an_access_token_is_kept_until_shortly_before_its_end() {
        let line = Line::new(TokenCall::StableToken);
        assert_eq!(line.phone("phone-13800138000").unwrap().number, "13800138000");
        let first = line.calls();
        assert_eq!(first, ["/cgi-bin/stable_token", "/wxa/business/getuserphonenumber?access_token=token-1"]);
        line.clock.advance(Duration::from_secs(6899));
        line.phone("phone-13800138000").unwrap();
        assert_eq!(line.calls().len(), 1);
        line.clock.advance(Duration::from_secs(1));
        line.phone("phone-13800138000").unwrap();
        assert_eq!(line.calls()[1], "/wxa/business/getuserphonenumber?access_token=token-2");
    }

    #[test]
    fn the_classic_token_call_is_made_when_the_source_says_so() {
        let line = Line::new(TokenCall::Token);
        line.phone("phone-13800138000").unwrap();
        assert_eq!(
            line.calls()[0],
            "/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef"
        );
    }

    #[test]
    fn a_token_that_wechat_no_longer_takes_is_fetched_anew_once() {
        let line = Line::new(TokenCall::StableToken);
        line.phone("phone-13800138000").unwrap();
        // Somebody else takes the token away.
        line.wechat.tokens.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        assert!(line.phone("phone-13800138000").is_ok());
        line.calls();
        for errcode in TOKEN_TROUBLE {
            // Twice: each fetch of a token succeeds, each use of it is refused. Scripted answers come last first.
            line.next_answer(200, &format!(r#"{{"errcode":{errcode},"errmsg":"twice"}}"#));
            line.next_answer(200, r#"{"access_token":"t","expires_in":7200}"#);
            line.next_answer(200, &format!(r#"{{"errcode":{errcode},"errmsg":"once"}}"#));
            let failure = line.phone("phone-13800138000").unwrap_err();
            let wanted = WeChatFailure::Refused { call: PHONE_NUMBER, errcode, errmsg: "twice".to_owned() };
            assert_eq!(failure, wanted);
            line.phone("phone-13800138000").unwrap();
        }
    }

    #[test]
    fn a_refused_code_is_not_tried_again() {
        let line = Line::new(TokenCall::StableToken);
        let failure = line.phone("nonsense").unwrap_err();
        assert!(matches!(failure, WeChatFailure::Refused { errcode: 40029, .. }), "{failure}");
        assert_eq!(line.calls().len(), 2);
    }

    #[test]
    fn trouble_on_the_way_is_told_apart_from_a_refusal() {
        let line = Line::new(TokenCall::StableToken);
        for (status, body) in [(502, "bad gateway"), (200, "<html>"), (200, "{}"), (200, r#"{"openid":7}"#), (200, "")]
        {
            line.next_answer(status, body);
            let failure = line.login("login-bob").unwrap_err();
            assert!(matches!(failure, WeChatFailure::Unreadable { .. }), "{failure}");
        }
        *line.wechat.down.lock().unwrap() = true;
        let failure = line.login("login-bob").unwrap_err();
        assert_eq!(failure.to_string(), "/sns/jscode2session did not reach WeChat: connection refused");
    }

    #[test]
    fn a_country_code_may_be_a_number() {
        let line = Line::new(TokenCall::StableToken);
        line.next_answer(200, r#"{"errcode":0,"phone_info":{"purePhoneNumber":"61234567","countryCode":852}}"#);
        line.next_answer(200, r#"{"access_token":"t","expires_in":7200}"#);
        let phone = line.phone("any").unwrap();
        assert_eq!((phone.country_code.as_str(), phone.number.as_str()), ("852", "61234567"));
    }
}
