//! WeChat's answers and the bodies of calls to it, as far as the tenant needs them.

use serde::{Deserialize, Serialize};
use sim::{AccessToken, OpenId, UnionId};

use crate::wechat::WeChatPhone;

#[derive(Deserialize)]
pub(super) struct Trouble {
    #[serde(default)]
    pub(super) errcode: i64,
    #[serde(default)]
    pub(super) errmsg: String,
}

#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) openid: OpenId,
    pub(super) unionid: Option<UnionId>,
}

#[derive(Deserialize)]
pub(super) struct Token {
    pub(super) access_token: AccessToken,
    pub(super) expires_in: u64,
}

#[derive(Deserialize)]
pub(super) struct PhoneAnswer {
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

impl From<PhoneAnswer> for WeChatPhone {
    fn from(PhoneAnswer { phone_info }: PhoneAnswer) -> Self {
        let country_code = match phone_info.country_code {
            CountryCode::Text(text) => text,
            CountryCode::Number(number) => number.to_string(),
        };
        Self { country_code, number: phone_info.pure_phone_number }
    }
}

#[derive(Serialize)]
pub(super) struct StableTokenBody<'a> {
    pub(super) grant_type: &'static str,
    pub(super) appid: &'a str,
    pub(super) secret: &'a str,
}

#[derive(Serialize)]
pub(super) struct PhoneBody<'a> {
    pub(super) code: &'a str,
}
