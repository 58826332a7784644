//! WeChat authentication sources.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::AppSecret;

/// For which kind of WeChat login a source is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Mini Program authorization login: the one that a mini program needs.
    #[default]
    MiniProgram,
    /// Scanning a code at a PC.
    PcScan,
    /// Authorization in a mobile app.
    MobileApp,
    /// Authorization in an official account.
    OfficialAccount,
    /// Unified scan.
    UnifiedScan,
}

impl Scenario {
    /// The scenario as the console calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::MiniProgram => "Mini Program authorization login",
            Self::PcScan => "PC scan login",
            Self::MobileApp => "mobile app authorization",
            Self::OfficialAccount => "official account authorization",
            Self::UnifiedScan => "unified scan",
        }
    }
}

/// Which WeChat identifier finds the user (inferred: the vendor's page names the setting, not its values).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchAttribute {
    /// The openid: one person is one identity per mini program.
    #[default]
    Openid,
    /// The unionid, so that one link serves all apps of an open platform account; the openid where WeChat gives none.
    Unionid,
}

/// What happens when no user is linked to a WeChat identity ("When user is not associated").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// An existing user must be bound: status `SOCIAL_BIND`.
    Bind,
    /// An existing user is bound, or a new one registered: status `USER_REGISTER`.
    #[default]
    BindOrRegister,
    /// A user is created at once: status `SUCCESS`.
    Create,
    /// The login is refused with `LOGIN.1002`.
    Fail,
}

/// By which call the tenant gets the access_token of a mini program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenCall {
    /// `POST /cgi-bin/stable_token`, which disturbs nobody.
    #[default]
    StableToken,
    /// `GET /cgi-bin/token`, which takes away the token that the app's own back end holds.
    Token,
}

/// A WeChat authentication source ("Authentication Source Management > WeChat").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// AppID of the mini program. A lenient world fills it in from its first mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// AppSecret of the mini program. A lenient world fills it in from its first mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<AppSecret>,
    /// The login scenario it is made for; a mini program needs `mini_program`.
    pub scenario: Scenario,
    /// The WeChat attribute that finds the user.
    #[serde(rename = "match")]
    pub match_attribute: MatchAttribute,
    /// What happens when nobody is linked.
    pub when_not_associated: Policy,
    /// By which call the tenant gets access_tokens of this app.
    pub token_call: TokenCall,
    /// Its id (`idpId`). Absent: generated from the seed and the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
