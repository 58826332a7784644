//! The client: the tenant's two questions as calls to WeChat, and what is tried when a call fails.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request};
use serde::de::{DeserializeOwned, IgnoredAny};
use sim::{Clock, Life, WorldClock};

use super::answers::{PhoneAnswer, PhoneBody, Session, StableTokenBody, Token, Trouble};
use super::line::{Patience, Transport, Unreachable};
use super::token_store::{Held, TokenStore};
use crate::config::TokenCall;
use crate::wechat::{BoxFuture, Errand, WeChat, WeChatFailure, WeChatIdentity, WeChatPhone};

/// WeChat over a [`Transport`].
///
/// It keeps access_tokens under the world's clock and fetches a new one some time before the old one ends. When a call
/// fails, [`WeChatCalls`](crate::config::WeChatCalls) says what is tried; a code is never sent a second time after an
/// answer was lost, because WeChat may have used it up. Waiting goes by the world's clock: a frozen one is moved.
#[derive(Debug)]
pub struct HttpWeChat {
    transport: Arc<dyn Transport>,
    clock: WorldClock,
    tokens: TokenStore,
}

const CODE_TO_SESSION: &str = "/sns/jscode2session";
const PHONE_NUMBER: &str = "/wxa/business/getuserphonenumber";
const TOKEN: &str = "/cgi-bin/token";
const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// WeChat says: the token is wrong or replaced, of no kind that it knows, past its life.
const TOKEN_TROUBLE: [i64; 3] = [40001, 40014, 42001];
/// WeChat says: too busy, try again later.
const BUSY: i64 = -1;

/// One call to WeChat, ready to be sent, again if need be.
struct Outgoing {
    /// Its path: what failures and events call it.
    call: &'static str,
    target: String,
    body: Option<Vec<u8>>,
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
        Self { transport, clock, tokens: TokenStore::default() }
    }

    /// Sends a call once and reads its answer.
    async fn once<T: DeserializeOwned>(&self, errand: Errand<'_>, outgoing: &Outgoing) -> Result<T, WeChatFailure> {
        let call = outgoing.call;
        let method = if outgoing.body.is_some() { Method::POST } else { Method::GET };
        let body = Bytes::from(outgoing.body.clone().unwrap_or_default());
        let mut request = Request::builder()
            .method(&method)
            .uri(&outgoing.target)
            .header(HOST, "api.weixin.qq.com")
            .body(body)
            .map_err(|error| WeChatFailure::Unreadable { call, why: format!("the request: {error}") })?;
        if method == Method::POST {
            let length = request.body().len();
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let timeout = errand.calls.timeout.get();
        request.extensions_mut().insert(Patience(timeout));
        let answer = self.clock.within(timeout, self.transport.send(request)).await;
        let answer = answer.unwrap_or(Err(Unreachable::TimedOut(timeout)));
        let answer = answer.map_err(|why| WeChatFailure::Unreachable { call, why })?;
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

    /// Sends a call, and again while WeChat says that it is too busy and the waits, which double, stay within the
    /// budget.
    async fn ask<T: DeserializeOwned>(&self, errand: Errand<'_>, outgoing: Outgoing) -> Result<T, WeChatFailure> {
        let call = outgoing.call;
        let (mut wait, mut waited) = (errand.calls.busy_wait.get(), Duration::ZERO);
        loop {
            let failure = match self.once(errand, &outgoing).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            match &failure {
                WeChatFailure::Refused { errcode: BUSY, .. } => {
                    let allowed = !wait.is_zero() && waited + wait <= errand.calls.busy_budget.get();
                    if !allowed {
                        if !waited.is_zero() {
                            errand.events.note(format!("gave up on {call} after waiting {}", Life::from(waited)));
                        }
                        return Err(failure);
                    }
                    errand.events.note(format!("{call} answered -1: waited {} and asked again", Life::from(wait)));
                    self.clock.pass(wait).await;
                    waited += wait;
                    wait *= 2;
                }
                WeChatFailure::Unreachable { why, .. } if why.may_have_arrived() => {
                    errand.events.note(format!(
                        "{call}: {why}; not asked again, because WeChat may have taken the request all the same"
                    ));
                    return Err(failure);
                }
                _ => return Err(failure),
            }
        }
    }

    async fn access_token(&self, errand: Errand<'_>) -> Result<Held, WeChatFailure> {
        let app = errand.app;
        if let Some(held) = self.tokens.get(app, self.clock.now()) {
            return Ok(held);
        }
        let secret = app.secret.expose();
        let outgoing = match app.token_call {
            TokenCall::StableToken => {
                let body = StableTokenBody { grant_type: "client_credential", appid: &app.appid, secret };
                Outgoing { call: STABLE_TOKEN, target: STABLE_TOKEN.to_owned(), body: serde_json::to_vec(&body).ok() }
            }
            TokenCall::Token => {
                let parameters = [("grant_type", "client_credential"), ("appid", &app.appid), ("secret", secret)];
                Outgoing { call: TOKEN, target: query(TOKEN, &parameters), body: None }
            }
        };
        let got: Token = self.ask(errand, outgoing).await?;
        Ok(self.tokens.keep(app, got.access_token, Duration::from_secs(got.expires_in), self.clock.now()))
    }
}

impl WeChat for HttpWeChat {
    fn code_to_session<'a>(
        &'a self,
        errand: Errand<'a>,
        code: &'a str,
    ) -> BoxFuture<'a, Result<WeChatIdentity, WeChatFailure>> {
        Box::pin(async move {
            let parameters = [
                ("appid", errand.app.appid.as_str()),
                ("secret", errand.app.secret.expose()),
                ("js_code", code),
                ("grant_type", "authorization_code"),
            ];
            let target = query(CODE_TO_SESSION, &parameters);
            let session: Session = self.ask(errand, Outgoing { call: CODE_TO_SESSION, target, body: None }).await?;
            Ok(WeChatIdentity { openid: session.openid, unionid: session.unionid })
        })
    }

    fn phone_number<'a>(
        &'a self,
        errand: Errand<'a>,
        code: &'a str,
    ) -> BoxFuture<'a, Result<WeChatPhone, WeChatFailure>> {
        Box::pin(async move {
            let calls = errand.calls;
            let (mut waited, mut refreshed) = (calls.fresh_token_wait.get().is_zero(), !calls.refresh_token);
            loop {
                let held = self.access_token(errand).await?;
                let target = query(PHONE_NUMBER, &[("access_token", held.token.expose())]);
                let body = serde_json::to_vec(&PhoneBody { code }).ok();
                let failure = match self.ask(errand, Outgoing { call: PHONE_NUMBER, target, body }).await {
                    Ok(answer) => return Ok(PhoneAnswer::into(answer)),
                    Err(failure) => failure,
                };
                let WeChatFailure::Refused { errcode, .. } = &failure else { return Err(failure) };
                if !TOKEN_TROUBLE.contains(errcode) {
                    return Err(failure);
                }
                let age = self.clock.now().since(held.fetched_at);
                if !waited && age < calls.fresh_token.get() {
                    // A fresh token is not known everywhere at once, and a newer one would be known even later.
                    waited = true;
                    let wait = calls.fresh_token_wait;
                    errand.events.note(format!(
                        "{PHONE_NUMBER} answered {errcode} to an access_token {} old: waited {wait} and asked again \
                         with the same one",
                        Life::from(age)
                    ));
                    self.clock.pass(wait.get()).await;
                } else if !refreshed {
                    refreshed = true;
                    errand.events.note(format!(
                        "{PHONE_NUMBER} answered {errcode}: fetched another access_token and asked again"
                    ));
                    self.tokens.forget(errand.app, &held.token);
                } else {
                    return Err(failure);
                }
            }
        })
    }
}
