//! The phone's side: what `wx.*` calls and the phone buttons hand to their callbacks.

mod login;
mod phone_number;
mod profile;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sim::{Note, Refusal};

use crate::config::EnvVersion;
use crate::wechat::WeChat;

/// Whose phone, and which mini program runs on it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Whose {
    /// The mini program; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The person, by name; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// A tap on one of the two phone number buttons.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PhoneNumberCall {
    /// The mini program; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The person, by name; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Which of the person's numbers is picked; the first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Whether it is the real-time button (`open-type="getRealtimePhoneNumber"`).
    pub realtime: bool,
}

/// `wx.getUserInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserInfoCall {
    /// The mini program; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The person, by name; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Whether the encrypted part is wanted, for which the person must have logged in before.
    #[serde(rename = "withCredentials", alias = "with_credentials")]
    pub with_credentials: bool,
}

impl Default for UserInfoCall {
    fn default() -> Self {
        Self { appid: None, person: None, with_credentials: true }
    }
}

/// `wx.getUserProfile`, on a tap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserProfileCall {
    /// The mini program; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The person, by name; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What the profile is for, as the person is told: 1 to 30 characters. A fitting text when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
}

/// `wx.getAccountInfoSync`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountInfoCall {
    /// The mini program; the world's first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
}

/// One call of the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceCall {
    /// `wx.login`.
    Login(Whose),
    /// A tap on a phone number button.
    PhoneNumber(PhoneNumberCall),
    /// `wx.checkSession`.
    CheckSession(Whose),
    /// `wx.getUserInfo`.
    UserInfo(UserInfoCall),
    /// `wx.getUserProfile`.
    UserProfile(UserProfileCall),
    /// `wx.getAccountInfoSync`.
    AccountInfo(AccountInfoCall),
}

impl DeviceCall {
    /// The call's name in the mini program's code, for the journal: `wx.login`, `getRealtimePhoneNumber`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Login(_) => "wx.login",
            Self::PhoneNumber(call) if call.realtime => "getRealtimePhoneNumber",
            Self::PhoneNumber(_) => "getPhoneNumber",
            Self::CheckSession(_) => "wx.checkSession",
            Self::UserInfo(_) => "wx.getUserInfo",
            Self::UserProfile(_) => "wx.getUserProfile",
            Self::AccountInfo(_) => "wx.getAccountInfoSync",
        }
    }
}

/// What the callback is handed, and what the phone knows about it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceAnswer {
    /// The callback's object (the event's `detail` for a button); a failure has an `errMsg` with `:fail`.
    pub body: Value,
    /// Why it failed, if it did.
    pub note: Note,
}

/// A call that makes no sense in this world: nothing that WeChat would say, but a mistake in the test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DeviceProblem {
    /// Which field of the call is wrong: `person`, `appid` or `phone`.
    pub field: &'static str,
    /// What is wrong: "no person is called `alicia`".
    pub message: String,
    /// The way out: "did you mean `alice`?".
    pub hint: Option<String>,
}

/// Answers a call of the phone.
pub(crate) fn answer(wechat: &WeChat, call: &DeviceCall) -> Result<DeviceAnswer, DeviceProblem> {
    let (setup, now) = (wechat.setup(), wechat.ground.now());
    match call {
        DeviceCall::Login(call) => login::login(wechat, &setup, call, now),
        DeviceCall::PhoneNumber(call) => phone_number::phone_number(wechat, &setup, call, now),
        DeviceCall::CheckSession(call) => login::check_session(wechat, &setup, call, now),
        DeviceCall::UserInfo(call) => profile::user_info(wechat, &setup, call, now),
        DeviceCall::UserProfile(call) => profile::user_profile(wechat, &setup, call, now),
        DeviceCall::AccountInfo(call) => {
            let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
            // The version is the one online, so it is empty outside `release` (the empty value is inferred).
            let version = if app.env_version == EnvVersion::Release { app.version.as_str() } else { "" };
            let mini_program = json!({ "appId": &*app.appid, "envVersion": app.env_version, "version": version });
            Ok(ok(json!({ "miniProgram": mini_program })))
        }
    }
}

fn ok(body: Value) -> DeviceAnswer {
    DeviceAnswer { body, note: Note::default() }
}

/// A failure as the callback is handed it, and why; `code` is its number, where one is known.
fn failed(message: &str, rule: &str, code: &str, story: impl IntoIterator<Item = String>) -> DeviceAnswer {
    let refusal = Refusal { rule: rule.to_owned(), code: code.to_owned(), story: story.into_iter().collect() };
    DeviceAnswer { body: json!({ "errMsg": message }), note: Note { refusal: Some(refusal), ..Note::default() } }
}
