//! `wx.getUserInfo` and `wx.getUserProfile`.

use serde::Serialize;
use serde_json::{Value, json};
use sim::Moment;

use super::{DeviceAnswer, DeviceProblem, UserInfoCall, UserProfileCall, failed, ok};
use crate::compact::IdText;
use crate::config::Profile;
use crate::encrypted_data::encrypt;
use crate::phone_info::Watermark;
use crate::session_key::signature_of_data;
use crate::setup::{App, Person, Setup};
use crate::wechat::WeChat;

/// The grey avatar of people who show no other (observed).
const GREY_AVATAR: &str = "https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132";

/// The nickname of everybody since 2022-11-08: "WeChat user" (documented).
const ANONYMOUS: &str = "微信用户";

/// The longest `desc` of `wx.getUserProfile`, in characters (documented).
const LONGEST_DESC: usize = 30;

/// A public profile. Gender and places are no longer filled, and the language is always the same (UserInfo page,
/// documented).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct UserInfo<'a> {
    nick_name: &'a str,
    gender: u8,
    language: &'static str,
    city: &'static str,
    province: &'static str,
    country: &'static str,
    avatar_url: &'a str,
}

impl<'a> UserInfo<'a> {
    fn new(nick_name: &'a str, avatar_url: &'a str) -> Self {
        Self { nick_name, gender: 0, language: "zh_CN", city: "", province: "", country: "", avatar_url }
    }
}

/// What is encrypted: the profile between the identifiers, where they are part of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Secret<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    open_id: Option<&'a str>,
    #[serde(flatten)]
    user_info: UserInfo<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    union_id: Option<&'a str>,
    watermark: Watermark<'a>,
}

/// Who asks, and what the answer may hold.
struct Wanted<'a> {
    name: &'static str,
    user_info: UserInfo<'a>,
    /// Whether the encrypted part names the person.
    identifiers: bool,
    /// Whether there is an encrypted part.
    encrypted: bool,
}

/// `wx.getUserInfo`: since 2021-04-28 an anonymous profile without a dialog; openid and unionid stay in the encrypted
/// part (documented).
pub(super) fn user_info(
    wechat: &WeChat,
    setup: &Setup,
    call: &UserInfoCall,
    now: Moment,
) -> Result<DeviceAnswer, DeviceProblem> {
    let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
    let person = setup.person(call.person.as_deref())?;
    let wanted = Wanted {
        name: "getUserInfo",
        user_info: UserInfo::new(ANONYMOUS, GREY_AVATAR),
        identifiers: true,
        encrypted: call.with_credentials,
    };
    let body = profile(wechat, setup, &app, person, &wanted, now);
    if call.with_credentials && body.get("encryptedData").is_none() {
        let story = format!("{} has no live session in {}", person.name, app.appid);
        let way_out = "call wx.login first, or set withCredentials to false";
        // That it fails is documented; the text is that of a dead session elsewhere (inferred).
        let message = "getUserInfo:fail 系统错误，错误码：-13001,session time out";
        return Ok(failed(message, "session_key_gone", "-13001", [story, way_out.to_owned()]));
    }
    Ok(ok(body))
}

/// `wx.getUserProfile`: no identifiers in the encrypted part (documented).
pub(super) fn user_profile(
    wechat: &WeChat,
    setup: &Setup,
    call: &UserProfileCall,
    now: Moment,
) -> Result<DeviceAnswer, DeviceProblem> {
    let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
    let person = setup.person(call.person.as_deref())?;
    if call.desc.as_ref().is_some_and(|desc| desc.is_empty() || desc.chars().count() > LONGEST_DESC) {
        let message = "getUserProfile:fail desc length does not meet the requirements";
        let story = format!("`desc` has 1 to {LONGEST_DESC} characters");
        return Ok(failed(message, "desc_length", "", [story]));
    }
    let user_info = match setup.config.rules.user_profile {
        Profile::Anonymous => UserInfo::new(ANONYMOUS, GREY_AVATAR),
        Profile::Own => UserInfo::new(
            person.nickname.as_deref().unwrap_or(&person.name),
            person.avatar_url.as_deref().unwrap_or(GREY_AVATAR),
        ),
    };
    let wanted = Wanted { name: "getUserProfile", user_info, identifiers: false, encrypted: true };
    Ok(ok(profile(wechat, setup, &app, person, &wanted, now)))
}

/// The callback's object. Signature and encrypted part need a session_key, so they are missing without a live one.
fn profile(wechat: &WeChat, setup: &Setup, app: &App, person: &Person, wanted: &Wanted<'_>, now: Moment) -> Value {
    let raw_data = text(&wanted.user_info);
    let mut body = json!({
        "errMsg": format!("{}:ok", wanted.name),
        "userInfo": wanted.user_info,
        "rawData": raw_data,
    });
    let session = wechat.accounts.with((app.number, &app.appid), (person.number, &person.name), |mut open| {
        let key = open.account.live_session(&setup.config.rules, now)?.key.clone();
        Some((key, open.account.openid.clone(), open.unionid(app)))
    });
    let Some((key, openid, unionid)) = session else { return body };
    body["signature"] = signature_of_data(&raw_data, &key).into();
    if wanted.encrypted {
        let plain = text(&Secret {
            open_id: wanted.identifiers.then(|| openid.text()),
            user_info: wanted.user_info.clone(),
            union_id: unionid.as_ref().filter(|_| wanted.identifiers).map(IdText::text),
            watermark: Watermark::new(&app.appid, now),
        });
        let data = encrypt(&plain, &key, wechat.sequences.ivs.draw().bytes());
        body["encryptedData"] = data.encrypted_data.into();
        body["iv"] = data.iv.into();
    }
    body
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("own types have text keys and no failing serializer")
}
