//! How a mini program's account stands: what it may do, how often, and who may act for it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::AccessToken;

/// What the account has been granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Permissions {
    /// The phone number component. A personal or unverified account does not have it: the buttons fail with
    /// `no permission`, and `getuserphonenumber` with 48001 (observed). Default true.
    pub phone_number: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Self { phone_number: true }
    }
}

/// What the account's privacy guide declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PrivacyGuide {
    /// That phone numbers are collected. Where it does not say so, the buttons fail with errno 112 (observed). Default
    /// true.
    pub phone_number: bool,
}

impl Default for PrivacyGuide {
    fn default() -> Self {
        Self { phone_number: true }
    }
}

/// A third-party platform that may act for the mini program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The platform's own appid.
    pub component_appid: String,
    /// The token that the platform calls with at present.
    pub component_access_token: AccessToken,
}

/// How a mini program's account stands. Everything is in order where nothing is said.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Standing {
    pub(crate) secret_frozen: bool,
    pub(crate) permissions: Permissions,
    pub(crate) privacy_guide: PrivacyGuide,
    pub(crate) phone_quota: Option<u32>,
    pub(crate) quotas: BTreeMap<String, u64>,
    pub(crate) components: Vec<Component>,
}

impl From<&super::MiniProgram> for Standing {
    fn from(app: &super::MiniProgram) -> Self {
        Self {
            secret_frozen: app.secret_frozen,
            permissions: app.permissions,
            privacy_guide: app.privacy_guide,
            phone_quota: app.phone_quota,
            quotas: app.quotas.clone(),
            components: app.authorised_components.clone(),
        }
    }
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
