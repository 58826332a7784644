//! Applications of a tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an application is integrated ("Authentication Integration"). It can be set once and not changed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// SDK/API: the only one that serves a mini program.
    #[default]
    SdkApi,
    /// OpenID Connect.
    Oidc,
    /// OAuth 2.
    Oauth2,
    /// SAML.
    Saml,
    /// CAS.
    Cas,
    /// Not set yet.
    Unset,
}

impl ApplicationType {
    /// The type as the console calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SdkApi => "SDK/API",
            Self::Oidc => "OIDC",
            Self::Oauth2 => "OAuth 2",
            Self::Saml => "SAML",
            Self::Cas => "CAS",
            Self::Unset => "not set",
        }
    }
}

/// A self-built application: who a client id is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The authorization id that callers send as `X-client-id`: 32 letters and digits.
    pub client_id: String,
    /// How it is integrated.
    #[serde(default, rename = "type")]
    pub kind: ApplicationType,
    /// Whether it was enabled after it was saved.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether its password logins need a second factor (employee edition). Absent: as `mfa` of the tenant says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa: Option<bool>,
    /// The authentication sources enabled in its login configuration, by name. Absent: every source of the tenant,
    /// or none in a strict world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<String>>,
}

const fn yes() -> bool {
    true
}
