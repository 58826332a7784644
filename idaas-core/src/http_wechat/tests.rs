//! The client against a WeChat of a few lines.

use std::sync::Arc;
use std::time::Duration;

use sim::{AppSecret, Clock, Ground, Life, Moment, WorldClock};

use super::{HttpWeChat, Transport, Unreachable};
use crate::config::{TokenCall, WeChatCalls};
use crate::events::Events;
use crate::scene::FakeWeChat;
use crate::wechat::{App, BoxFuture, Errand, WeChat, WeChatFailure, WeChatIdentity, WeChatPhone};

/// What WeChat says when a token is no longer good.
const TOKEN_TROUBLE: [i64; 3] = [40001, 40014, 42001];

struct Line {
    wechat: Arc<FakeWeChat>,
    http: HttpWeChat,
    clock: WorldClock,
    app: App,
    policy: WeChatCalls,
    events: Events,
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
        let http = HttpWeChat::new(Arc::<FakeWeChat>::clone(&wechat), clock.clone());
        Self { http, wechat, clock, app, policy: WeChatCalls::default(), events: Events::default() }
    }

    fn errand(&self) -> Errand<'_> {
        Errand { app: &self.app, calls: &self.policy, events: &self.events }
    }

    /// How long the world's clock has gone since the start.
    fn passed(&self) -> Duration {
        self.clock.now().since(Moment::from_unix_seconds(1_000_000))
    }

    fn refuses(&self, errcodes: &[i64]) {
        for errcode in errcodes.iter().rev() {
            self.next_answer(200, &format!(r#"{{"errcode":{errcode},"errmsg":"no"}}"#));
        }
    }

    fn phone(&self, code: &str) -> Result<WeChatPhone, WeChatFailure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.http.phone_number(self.errand(), code))
    }

    fn login(&self, code: &str) -> Result<WeChatIdentity, WeChatFailure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.http.code_to_session(self.errand(), code))
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
    for errcode in TOKEN_TROUBLE {
        let line = Line::new(TokenCall::StableToken);
        line.phone("phone-13800138000").unwrap();
        line.clock.advance(Duration::from_secs(3));
        line.calls();
        line.refuses(&[errcode]);
        assert!(line.phone("phone-13800138000").is_ok());
        let calls = line.calls();
        assert!(calls[0].ends_with("access_token=token-1") && calls[2].ends_with("access_token=token-2"), "{calls:?}");
        assert_eq!((calls.len(), line.passed()), (3, Duration::from_secs(3)), "nobody waited");
        assert_eq!(
            line.events.into_sentences(),
            [format!(
                "/wxa/business/getuserphonenumber answered {errcode}: fetched another access_token and asked again"
            )]
        );
    }
}

#[test]
fn a_token_is_not_fetched_a_second_time_for_one_question() {
    let line = Line::new(TokenCall::StableToken);
    line.phone("phone-13800138000").unwrap();
    line.clock.advance(Duration::from_secs(3));
    line.calls();
    // Scripted answers come last first: refused, another token, refused young, refused after the wait.
    line.refuses(&[42001, 40001]);
    line.next_answer(200, r#"{"access_token":"t","expires_in":7200}"#);
    line.refuses(&[40014]);
    let failure = line.phone("phone-13800138000").unwrap_err();
    assert!(matches!(failure, WeChatFailure::Refused { errcode: 40001, .. }), "{failure}");
    assert_eq!(line.calls().len(), 4);
}

#[test]
fn a_fresh_token_that_is_refused_is_tried_again_as_it_is_before_another_is_fetched() {
    let line = Line::new(TokenCall::StableToken);
    line.phone("phone-13800138000").unwrap();
    line.clock.advance(Duration::from_millis(2999));
    line.calls();
    line.refuses(&[40001]);
    assert!(line.phone("phone-13800138000").is_ok());
    let again = "/wxa/business/getuserphonenumber?access_token=token-1";
    assert_eq!(line.calls(), [again, again]);
    assert_eq!(line.passed(), Duration::from_millis(3999), "a second went by");
    assert_eq!(
        line.events.into_sentences(),
        ["/wxa/business/getuserphonenumber answered 40001 to an access_token 2s999ms old: waited 1s and asked again \
             with the same one"]
    );
}

#[test]
fn a_tenant_may_fetch_a_token_anew_at_once_or_never() {
    let mut line = Line::new(TokenCall::StableToken);
    line.policy.fresh_token = Life::seconds(0);
    line.phone("phone-13800138000").unwrap();
    line.calls();
    line.refuses(&[40001]);
    assert!(line.phone("phone-13800138000").is_ok());
    assert_eq!((line.calls().len(), line.passed()), (3, Duration::ZERO));
    line.policy.refresh_token = false;
    line.refuses(&[40001]);
    assert!(line.phone("phone-13800138000").is_err());
    assert_eq!(line.calls().len(), 1);
}

#[test]
fn a_busy_wechat_is_asked_again_after_waits_that_double() {
    let line = Line::new(TokenCall::StableToken);
    line.refuses(&[-1, -1]);
    assert!(line.login("login-bob").is_ok());
    assert_eq!((line.calls().len(), line.passed()), (3, Duration::from_secs(3)));
    let wanted = ["1s", "2s"].map(|wait| format!("/sns/jscode2session answered -1: waited {wait} and asked again"));
    assert_eq!(line.events.into_sentences(), wanted);
}

#[test]
fn the_waits_for_a_busy_wechat_have_a_budget() {
    let mut line = Line::new(TokenCall::StableToken);
    line.refuses(&[-1, -1, -1, -1]);
    let failure = line.login("login-bob").unwrap_err();
    assert!(matches!(failure, WeChatFailure::Refused { errcode: -1, .. }), "{failure}");
    assert_eq!((line.calls().len(), line.passed()), (4, Duration::from_secs(7)));
    line.policy.busy_budget = Life::seconds(0);
    line.refuses(&[-1]);
    assert!(line.login("login-bob").is_err());
    assert_eq!((line.calls().len(), line.passed()), (1, Duration::from_secs(7)));
    let events = line.events.into_sentences();
    assert_eq!(events[3..], ["gave up on /sns/jscode2session after waiting 7s"]);
}

#[test]
fn a_code_is_never_sent_again_after_its_answer_was_lost() {
    for (lost, words) in [
        (Unreachable::Reset, "connection reset by peer"),
        (Unreachable::ClosedEarly, "the connection was closed in the middle of the answer"),
        (Unreachable::TimedOut(Duration::from_secs(5)), "no answer within 5s"),
    ] {
        let line = Line::new(TokenCall::StableToken);
        *line.wechat.breaks.lock().unwrap() = Some(lost);
        let failure = line.login("login-bob").unwrap_err();
        assert_eq!(failure.to_string(), format!("/sns/jscode2session did not reach WeChat: {words}"));
        assert_eq!(line.calls().len(), 1);
        assert_eq!(
            line.events.into_sentences(),
            [format!(
                "/sns/jscode2session: {words}; not asked again, because WeChat may have taken the request all the same"
            )]
        );
    }
}

/// A WeChat that takes requests and never answers.
#[derive(Debug)]
struct Silent;

impl Transport for Silent {
    fn send(&self, _: http::Request<bytes::Bytes>) -> BoxFuture<'_, Result<http::Response<bytes::Bytes>, Unreachable>> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn an_answer_that_does_not_come_is_given_up_in_a_running_world() {
    let mut line = Line::new(TokenCall::StableToken);
    line.policy.timeout = Life::seconds(0);
    line.clock.resume();
    let http = HttpWeChat::new(Arc::new(Silent), line.clock.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let failure = runtime.block_on(http.code_to_session(line.errand(), "login-bob")).unwrap_err();
    assert_eq!(
        failure,
        WeChatFailure::Unreachable { call: "/sns/jscode2session", why: Unreachable::TimedOut(Duration::ZERO) }
    );
}

#[test]
fn every_request_says_how_long_its_caller_waits() {
    let mut line = Line::new(TokenCall::StableToken);
    line.policy.timeout = Life::seconds(2);
    line.login("login-bob").unwrap();
    assert_eq!(*line.wechat.patience.lock().unwrap(), Some(super::Patience(Duration::from_secs(2))));
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
    for (status, body) in [(502, "bad gateway"), (200, "<html>"), (200, "{}"), (200, r#"{"openid":7}"#), (200, "")] {
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

#[test]
fn what_was_tried_stands_in_the_note_of_the_answer() {
    let scene = crate::scene::Scene::new();
    scene.wechat.scripted.lock().unwrap().push((200, r#"{"errcode":-1,"errmsg":"system error"}"#.to_owned()));
    let answer = scene.login("bob");
    assert_eq!(answer.text("status"), "SUCCESS");
    assert_eq!(answer.events, ["/sns/jscode2session answered -1: waited 1s and asked again"]);
    assert!(scene.login("bob").events.is_empty());
}
