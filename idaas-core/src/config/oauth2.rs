//! The browser flow of OAuth2.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Life;

/// The browser flow of OAuth2: how long what it hands out lives, and who agrees where no person sits at the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OAuth2 {
    /// An authorization code (inferred).
    pub code: Life,
    /// An access_token of a user (inferred).
    pub access_token: Life,
    /// A refresh_token (inferred).
    pub refresh_token: Life,
    /// The user who agrees when the call has no `login_hint`, by the key under `users`. Absent: the tenant's first user, or
    /// nobody in a strict world.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agrees: Option<String>,
}

impl Default for OAuth2 {
    fn default() -> Self {
        Self {
            code: Life::seconds(300),
            access_token: Life::seconds(7200),
            refresh_token: Life::seconds(2_592_000),
            agrees: None,
        }
    }
}
