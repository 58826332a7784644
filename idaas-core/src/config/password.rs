//! Password and lock policies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Life;

/// A kind of character that a password may have to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CharacterClass {
    /// 0 to 9.
    Digit,
    /// a to z.
    LowerCase,
    /// A to Z.
    UpperCase,
    /// Anything else.
    Special,
}

/// What a password must be like, and how long it is good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub min_length: u32,
    /// Most characters.
    pub max_length: u32,
    /// Kinds of character that must be in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<CharacterClass>,
    /// How long a password is good. Absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<Life>,
    /// How long before its end a login answers `PASSWORD_WARN`.
    pub warn_before: Life,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 8,
            max_length: 18,
            needs: vec![],
            expires_after: None,
            warn_before: Life::seconds(7 * 86_400),
        }
    }
}

/// When failed logins lock a user out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lock {
    /// Failures in a row that lock a user; 0 never locks. The vendor's pages do not say how many: a sample answer with
    /// eight tries left after a failure was seen.
    pub failures: u32,
    /// How long the lock holds, from the failure that caused it. The vendor's pages do not say.
    pub lasts: Life,
    /// Whether a locked user cannot log in by WeChat either.
    pub blocks_wechat_login: bool,
}

impl Default for Lock {
    fn default() -> Self {
        Self { failures: 10, lasts: Life::seconds(1800), blocks_wechat_login: false }
    }
}
