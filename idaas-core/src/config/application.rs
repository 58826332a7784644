//! Applications of a tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::ClientSecret;

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

/// What an application may do through the tenant's server API.
///
/// `user_read` was seen as a permission code; the others follow its pattern (inferred).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Lists and reads users.
    UserRead,
    /// Creates users.
    UserCreate,
    /// Changes, enables and disables users.
    UserUpdate,
}

impl Permission {
    /// The permission code: `user_read`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UserRead => "user_read",
            Self::UserCreate => "user_create",
            Self::UserUpdate => "user_update",
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
    /// The secret with which its back end calls the server API and the OAuth2 endpoints. Absent: it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<ClientSecret>,
    /// What its back end may do through the server API. Absent: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Where an authorization may send a browser back to. None: anywhere, but in a strict world.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Whether the OAuth2 password grant is authorized for it (observed: it is not, unless somebody asks for it).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub password_grant: bool,
}

const fn yes() -> bool {
    true
}
