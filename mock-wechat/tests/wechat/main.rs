//! WeChat as its callers see it: requests in, bytes out, no socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod account;
mod artefacts;
mod component;
mod device;
mod encrypted_data;
mod errors;
mod jscode2session;
mod magic_code;
mod paid_unionid;
mod phone_buttons;
mod phone_number;
mod quota;
mod race;
mod refusals;
mod rid;
mod session;
mod signed_by_sm;
mod signed_calls;
mod token;
mod worlds;

use std::time::Duration;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use http::Request;
use mock_wechat::{Answer, Config, DeviceCall, LoginCall, PhoneNumberCall, WeChat, Whose};
use serde_json::{Value, json};
use sim::{Ground, Moment};

const APP: &str = "wx0123456789abcdef";
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER_APP: &str = "wxfedcba9876543210";
const OTHER_SECRET: &str = "fedcba9876543210fedcba9876543210";

/// One world's WeChat, its clock standing at 2026-03-01T09:00:00Z until the test moves it.
struct Lab {
    wechat: WeChat,
    ground: Ground,
}

/// Two mini programs, the first one bound to an Open Platform account; alice, and bob with a number abroad.
fn shop() -> Value {
    json!({
        "mini_programs": [
            { "appid": APP, "secret": SECRET, "open_platform": "acme" },
            { "appid": OTHER_APP, "secret": OTHER_SECRET },
        ],
        "people": {
            "alice": { "phone": "+86 13800138000", "nickname": "Alice" },
            "bob": { "phones": ["+852 61234567", "+86 13900139000"] },
            "carol": {},
        },
    })
}

impl Lab {
    fn new() -> Self {
        Self::with(json!({}))
    }

    /// The shop with these rules.
    fn with(rules: Value) -> Self {
        let mut config = shop();
        config["rules"] = rules;
        Self::of(serde_json::from_value(config).unwrap())
    }

    fn of(config: Config) -> Self {
        let ground = Ground::frozen("test", 7, Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap());
        Self { wechat: WeChat::new(config, ground.clone()).unwrap(), ground }
    }

    fn wait(&self, seconds: u64) {
        self.ground.clock.advance(Duration::from_secs(seconds));
    }

    fn device(&self, call: DeviceCall) -> Value {
        self.wechat.device(&call).unwrap().body
    }

    /// A login code of a person in a mini program.
    fn login(&self, appid: &str, person: &str) -> String {
        let call = LoginCall { appid: Some(appid.to_owned()), person: Some(person.to_owned()), ..LoginCall::default() };
        self.device(DeviceCall::Login(call))["code"].as_str().unwrap().to_owned()
    }

    /// A phone code of a person in a mini program.
    fn tap(&self, appid: &str, person: &str) -> String {
        let call = PhoneNumberCall {
            appid: Some(appid.to_owned()),
            person: Some(person.to_owned()),
            ..PhoneNumberCall::default()
        };
        self.device(DeviceCall::PhoneNumber(call))["code"].as_str().unwrap().to_owned()
    }

    /// The first mini program of the shop with these keys besides.
    fn with_app(keys: Value) -> Self {
        let mut config = shop();
        let app = config["mini_programs"][0].as_object_mut().unwrap();
        app.extend(keys.as_object().unwrap().clone());
        Self::of(serde_json::from_value(config).unwrap())
    }

    /// The shop whose alice has these keys besides.
    fn with_alice(keys: Value) -> Self {
        let mut config = shop();
        let alice = config["people"]["alice"].as_object_mut().unwrap();
        alice.extend(keys.as_object().unwrap().clone());
        Self::of(serde_json::from_value(config).unwrap())
    }

    /// A POST of a JSON body to an API with an access_token of the first mini program.
    fn call(&self, path: &str, body: Value) -> Seen {
        self.post(&format!("{path}?access_token={}", self.token()), body.to_string())
    }

    fn get(&self, target: &str) -> Seen {
        self.send(Request::get(target).body(Bytes::new()).unwrap())
    }

    fn post(&self, target: &str, body: impl Into<String>) -> Seen {
        self.send(Request::post(target).body(Bytes::from(body.into())).unwrap())
    }

    fn send(&self, request: Request<Bytes>) -> Seen {
        Seen(self.wechat.answer(&request, None))
    }

    /// `jscode2session` with the first mini program's credentials.
    fn exchange(&self, code: &str) -> Seen {
        self.get(&format!(
            "/sns/jscode2session?appid={APP}&secret={SECRET}&js_code={code}&grant_type=authorization_code"
        ))
    }

    /// An access_token of the first mini program.
    fn token(&self) -> String {
        self.token_of(APP, SECRET)
    }

    fn token_of(&self, appid: &str, secret: &str) -> String {
        let target = format!("/cgi-bin/token?grant_type=client_credential&appid={appid}&secret={secret}");
        self.get(&target).json()["access_token"].as_str().unwrap().to_owned()
    }

    /// `getuserphonenumber`.
    fn redeem(&self, token: &str, code: &str) -> Seen {
        let body = json!({ "code": code }).to_string();
        self.post(&format!("/wxa/business/getuserphonenumber?access_token={token}"), body)
    }
}

/// An answer, looked at.
#[derive(Debug)]
struct Seen(Answer);

impl Seen {
    fn text(&self) -> &str {
        std::str::from_utf8(self.0.response.body()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0.response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    fn rid(&self) -> &str {
        self.0.note.rid.as_deref().unwrap()
    }

    fn rule(&self) -> &str {
        self.0.note.refusal.as_ref().map_or("", |refusal| &refusal.rule)
    }

    fn story(&self) -> &[String] {
        self.0.note.refusal.as_ref().map_or(&[], |refusal| &refusal.story)
    }

    /// The body with its rid, and its hint if it has one, replaced by their names, after a look at their shapes.
    fn masked(&self) -> String {
        let rid = self.rid();
        let groups: Vec<_> = rid.split('-').collect();
        assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 8), "{rid}");
        let text = self.text().replace(rid, "‹rid›");
        let Some((start, rest)) = text.split_once("hint: [") else { return text };
        let (hint, end) = rest.split_once(']').unwrap();
        assert!(hint.len() == 16 && hint.as_bytes()[9] == b'-', "{hint}");
        format!("{start}hint: [‹hint›]{end}")
    }

    /// Refused by this rule with exactly these bytes.
    #[track_caller]
    fn is_refused(&self, rule: &str, body: &str) {
        assert_eq!((self.rule(), self.masked().as_str()), (rule, body));
        assert_eq!(self.0.response.status(), 200);
        assert!(!self.story().is_empty());
    }

    #[track_caller]
    fn is_ok(&self) {
        assert_eq!((self.rule(), self.json()["errcode"].as_i64().unwrap_or(0)), ("", 0), "{}", self.text());
    }
}

/// What an honest back end computes: HMAC-SHA256 of nothing, keyed with the session_key's text.
fn signature(session_key: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, session_key.as_bytes());
    HEXLOWER.encode(aws_lc_rs::hmac::sign(&key, b"").as_ref())
}

/// What an honest back end decrypts.
fn decrypt(session_key: &str, event: &Value) -> Value {
    use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
    let bytes = |text: &str| data_encoding::BASE64.decode(text.as_bytes()).unwrap();
    let key = UnboundCipherKey::new(&AES_128, &bytes(session_key)).unwrap();
    let iv: [u8; 16] = bytes(event["iv"].as_str().unwrap()).try_into().unwrap();
    let mut data = bytes(event["encryptedData"].as_str().unwrap());
    let plain = PaddedBlockDecryptingKey::cbc_pkcs7(key)
        .unwrap()
        .decrypt(&mut data, DecryptionContext::Iv128(iv.into()))
        .expect("the key is the one it was encrypted with");
    serde_json::from_slice(plain).unwrap()
}
