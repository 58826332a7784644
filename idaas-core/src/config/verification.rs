//! SMS and e-mail codes, and the slider picture before them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Life;

/// SMS and e-mail codes. The vendor's pages give none of these figures but the six digits of an example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Codes {
    /// Digits of a code.
    pub digits: u32,
    /// How long a code is good.
    pub life: Life,
    /// The least time between two messages of one type to one address.
    pub resend_after: Life,
    /// Wrong tries after which a code is void.
    pub tries: u32,
}

impl Default for Codes {
    fn default() -> Self {
        Self { digits: 6, life: Life::seconds(300), resend_after: Life::seconds(60), tries: 5 }
    }
}

/// The slider picture that must be solved before a code is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Captcha {
    /// Whether a solved picture is asked for before a code is sent, as the vendor's page demands.
    pub required: bool,
    /// How long a picture can be solved; and again as long, how long its solution can be used.
    pub life: Life,
    /// How many pixels beside the true place are good enough.
    pub tolerance: f64,
    /// Takes any place as right: for tests that cannot look at pictures.
    pub accept_any: bool,
    /// A captcha_token that is always taken, however often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_token: Option<String>,
}

impl Default for Captcha {
    fn default() -> Self {
        Self { required: true, life: Life::seconds(300), tolerance: 5.0, accept_any: false, fixed_token: None }
    }
}
