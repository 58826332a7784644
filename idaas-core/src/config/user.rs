//! Users as they are declared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Moment, OpenId, Password, UnionId};

use crate::Mobile;

/// A user of the tenant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserEntry {
    /// The user's id. Absent: generated from the seed and the user's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name to log in with; unique. Absent: the user's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The password, in clear or as a PHC string (`$argon2id$…`). Absent: the user cannot log in by password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// When the password was last set. Absent: when the world began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_changed_at: Option<Moment>,
    /// The mobile number; unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Mobile>,
    /// The e-mail address; unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to show. Absent: the user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// WeChat identities that are already linked: names of the world's people, or identifiers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wechat: Vec<LinkEntry>,
    /// Whether the user was disabled by an administrator.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// When the user came to be. Absent: when the world began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Moment>,
    /// When the user was last changed. Absent: when the user came to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Moment>,
    /// Further attributes: `head_img`, `attr_gender`, `attr_birthday`, `extension` …
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub attributes: serde_json::Map<String, serde_json::Value>,
}

/// A WeChat identity that a user is linked to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a person's name, or a map with `openid`")]
pub enum LinkEntry {
    /// A person of the world.
    Person(String),
    /// The identifiers themselves.
    Identity(LinkedIdentity),
}

/// The identifiers of a linked WeChat identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedIdentity {
    /// The person's openid in the mini program of the source.
    pub openid: OpenId,
    /// The person's unionid, if the app belongs to an open platform account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unionid: Option<UnionId>,
    /// The source that the link was made through, by name. Absent: the first Mini Program source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The id of the record. Absent: generated from seed, user and openid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When the link was made. Absent: when the world began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Moment>,
}
