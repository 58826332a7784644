//! Switches for what the vendor's pages leave open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the employee edition prints the prefix of an error code on the Mini Program bind pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SdkPrefix {
    /// As those pages do: `IDAAS.SDK.COMMON.1007` for an unusable state_token, `SDK.` everywhere else.
    #[default]
    AsPrinted,
    /// `SDK.` everywhere.
    Strict,
}

/// What a phone number login answers when no user has the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MobileNotFound {
    /// `COMMON.1013`, user not found.
    #[default]
    UserNotFound,
    /// `LOGIN.1002`, user not bound.
    NotBound,
    /// A user with this number is created.
    Register,
}

/// What a bind by WeChat mobile answers when no user has the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MobileToBindNotFound {
    /// `COMMON.1013`, user not found.
    #[default]
    UserNotFound,
    /// 200 with `SOCIAL_BIND` and the same state_token again, as the response table of the page allows.
    SocialBind,
}

/// What stands in `data` of a pending bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PendingData {
    /// JSON text with the ways to verify, as most pages show.
    #[default]
    Flow,
    /// `null`, as the quick example page shows.
    Null,
}

/// Which `expire` a refresh without automatic renewal answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefreshExpire {
    /// The configured life of the session.
    #[default]
    Configured,
    /// The seconds that are left of it.
    Remaining,
}

/// Behaviour that the vendor's pages leave open; each default is what their texts suggest most.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// The prefix of error codes in the employee edition.
    pub sdk_prefix: SdkPrefix,
    /// A phone number login whose number no user has.
    pub mobile_not_found: MobileNotFound,
    /// A bind by WeChat mobile whose number no user has.
    pub mobile_to_bind_not_found: MobileToBindNotFound,
    /// `data` of a pending bind.
    pub pending_data: PendingData,
    /// `expire` of a refresh without automatic renewal.
    pub refresh_expire: RefreshExpire,
    /// Lets a `USER_REGISTER` state_token bind an existing user on the paths documented for `SOCIAL_BIND` only.
    pub bind_with_register_token: bool,
    /// A user may be linked to one WeChat identity only, not several.
    pub one_link_per_user: bool,
    /// A state_token works only with the `X-device-fingerprint` it was issued to.
    pub state_token_bound_to_device: bool,
    /// A bind by user name and password may answer `PASSWORD_WARN` or `PASSWORD_EXPIRED`.
    pub password_state_on_bind: bool,
}
