//! How patient the tenant is with WeChat.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Life;

/// How patient the tenant is with WeChat. The vendor's pages say nothing about it: these are the habits of good back
/// ends. A code is never sent a second time after a lost answer, whatever stands here. Waits go by the world's clock:
/// in a frozen world they move it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeChatCalls {
    /// How long the tenant waits for one answer (inferred).
    pub timeout: Life,
    /// Whether a token that WeChat refuses (40001, 40014, 42001) is fetched anew, once (observed in public clients).
    pub refresh_token: bool,
    /// A refused token that is younger than this is first tried again as it is, once: a fresh token is not known
    /// everywhere at once, and fetching another makes it worse (observed). `0s`: it is fetched anew at once.
    pub fresh_token: Life,
    /// The wait before that.
    pub fresh_token_wait: Life,
    /// The first wait after WeChat said that it is too busy (-1); each further one is twice as long (observed in public
    /// clients: 1 s, 2 s, 4 s).
    pub busy_wait: Life,
    /// How long these waits may be together. `0s`: -1 is final.
    pub busy_budget: Life,
}

impl Default for WeChatCalls {
    fn default() -> Self {
        Self {
            timeout: Life::seconds(5),
            refresh_token: true,
            fresh_token: Life::seconds(3),
            fresh_token_wait: Life::seconds(1),
            busy_wait: Life::seconds(1),
            busy_budget: Life::seconds(7),
        }
    }
}
