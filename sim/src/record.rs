//! What can be told about an artefact, and what can be done to it from outside.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArtefactKind, Moment};

/// What is known about one artefact: for listing it, for explaining a refusal, and for masking it in reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArtefactRecord {
    /// What it is.
    pub kind: ArtefactKind,
    /// The value as it was handed out.
    pub value: String,
    /// When it was handed out.
    pub issued_at: Moment,
    /// Its last good moment, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// `live`, `used`, `expired`, `replaced` or `revoked`.
    pub state: String,
    /// When it was used up, replaced or revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
    /// The rid of the request that used it up, where the vendor has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// Whose it is and where it is good: `appid`, `person`, `client_id`, `user` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, String>,
}

/// Which artefacts an alteration is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one of this value.
    Value(String),
    /// All of a kind.
    Kind(ArtefactKind),
}

/// What to do to an artefact without moving the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alter {
    /// As if it had been issued this much earlier.
    Age(Duration),
    /// As if it had just expired.
    Expire,
    /// As if it had been taken back.
    Revoke,
}

/// Something wrong in a world's configuration, with the place of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", path.join("."))]
pub struct ConfigProblem {
    /// Keys and indexes from the top of the configuration to the place.
    pub path: Vec<String>,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// The way out, if there is one to tell.
    pub hint: Option<String>,
}

impl ConfigProblem {
    /// A problem at a place.
    pub fn new<P: Into<String>>(path: impl IntoIterator<Item = P>, message: impl Into<String>) -> Self {
        Self { path: path.into_iter().map(Into::into).collect(), message: message.into(), hint: None }
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same problem, seen from one level further up.
    #[must_use]
    pub fn under(mut self, key: &str) -> Self {
        self.path.insert(0, key.to_owned());
        self
    }
}
