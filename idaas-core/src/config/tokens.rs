//! How long tokens live and what an id_token says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Life;

/// How long tokens live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    /// session_token. Absent: 5 days in the customer edition, 7 days in the employee edition, as the examples show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Life>,
    /// session_token after a password change or a second factor; the examples show 12 hours.
    pub session_after_check: Life,
    /// id_token; 2 hours is the documented default.
    pub id: Life,
    /// state_token; the vendor's pages do not say.
    pub state: Life,
    /// access_token of a back end for the server API; 30 minutes is the documented default. A new one does not void
    /// older ones.
    pub machine: Life,
    /// Whether a refresh hands out a new session_token and ends the old one ("automatic renewal").
    pub auto_renewal: bool,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            session: None,
            session_after_check: Life::seconds(43_200),
            id: Life::seconds(7200),
            state: Life::seconds(600),
            machine: Life::seconds(1800),
            auto_renewal: false,
        }
    }
}

/// What an id_token says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Claims {
    /// Also puts `name`, `mobile`, `id`, `userName` and `email` beside `api`, as OIDC tokens have them.
    pub top_level: bool,
    /// Writes the placeholders of the documented example: `iss` = `Issuer`, `aud` = `Audience`, `sub` = `subject`.
    pub placeholders: bool,
}
