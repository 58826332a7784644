//! The second factor, and registration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to prove an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifyBy {
    /// A code in an SMS: `VERIFY_PHONE`.
    Phone,
    /// A code in an e-mail: `VERIFY_EMAIL`.
    Email,
}

/// The second factor after a password; the employee edition documents it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mfa {
    /// Whether a password login needs a second factor.
    pub required: bool,
}

/// Who may register, and by what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    /// Whether people may register themselves.
    pub allowed: bool,
    /// Whether a login by SMS code registers an unknown number.
    pub by_code_login: bool,
    /// By what people prove themselves when they bind or register: the `socialBindOrRegisterFlow`.
    pub verify_by: Vec<VerifyBy>,
    /// Optional fields of the registration that this tenant demands: `user_name`, `pwd`, `email` …
    pub required: Vec<String>,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            allowed: true,
            by_code_login: false,
            verify_by: vec![VerifyBy::Phone, VerifyBy::Email],
            required: vec![],
        }
    }
}
