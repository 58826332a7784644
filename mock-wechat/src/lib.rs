//! WeChat's side of Mini Program login: codes, tokens, keys, the phone, and every refusal in WeChat's own bytes.
//!
//! One [`WeChat`] is the WeChat of one world. Its phone hands out codes ([`WeChat::device`]), and its servers take them
//! ([`WeChat::answer`], from an HTTP request to an HTTP response, without a socket). Rules stand in modules of their own
//! and know nothing of HTTP; `api` turns what they decide into bytes.
//!
//! ```
//! use bytes::Bytes;
//! use http::Request;
//! use mock_wechat::{Config, DeviceCall, LoginCall, WeChat};
//! use sim::{Ground, Moment};
//!
//! let ground = Ground::frozen("default", 7, Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap());
//! let wechat = WeChat::new(Config::default(), ground).unwrap();
//!
//! let callback = wechat.device(&DeviceCall::Login(LoginCall::default())).unwrap().body;
//! assert_eq!(callback["errMsg"], "login:ok");
//!
//! let target = format!(
//!     "/sns/jscode2session?appid=wx0123456789abcdef&secret=any&js_code={}&grant_type=authorization_code",
//!     callback["code"].as_str().unwrap(),
//! );
//! let again = Request::get(&target).body(Bytes::new()).unwrap();
//! let session = wechat.answer(&again, None).response.into_body();
//! assert!(session.starts_with(br#"{"session_key":""#));
//!
//! // A code is good once.
//! let refused = wechat.answer(&again, None);
//! assert!(refused.response.into_body().starts_with(br#"{"errcode":40163,"errmsg":"code been used, rid: "#));
//! assert_eq!(refused.note.refusal.unwrap().rule, "login_code_used");
//! ```

mod access_token;
mod account;
mod api;
mod api_security;
mod artefacts;
mod compact;
mod config;
mod device;
mod encrypted_data;
mod exchange;
mod known_refusal;
mod login_code;
mod magic_code;
mod names;
mod phone_code;
mod phone_info;
mod phone_taps;
mod quota;
mod redeem;
mod refusal;
mod request_log;
mod rid;
mod session_key;
mod setup;
mod token_lane;
mod wechat;

pub use config::{
    ApiSecurity, AppKey, Component, Config, EnvVersion, KeyText, MiniProgram, Payment, People, Permissions, Person,
    Phone, Platform, PlatformKey, PrivacyGuide, Profile, Rotation, Rules, SignatureAlgorithm, SymmetricAlgorithm,
    SymmetricKey, UsedLoginCode,
};
pub use device::{
    AccountInfoCall, ButtonEvent, DeviceAnswer, DeviceCall, DeviceProblem, LoginCall, LoginOutcome, PhoneNumberCall,
    PhoneOutcome, UserInfoCall, UserProfileCall, Whose,
};
pub use known_refusal::{KnownRefusal, known_error, refusals};
pub use sim::ConfigProblem;
pub use wechat::{Answer, CallerAddress, Identity, WeChat, tag_of};
