//! When a fault happens: which of the calls that are meant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArtefactKind, ArtefactRecord, ConfigProblem, Life, Moment};

use super::CallFacts;

/// Which of the calls are hit. Everything that is given must hold; nothing given means each of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The next so many calls; then the fault is spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Every so many calls: with 3 the third, the sixth, the ninth …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// The first so many calls that carry one artefact, counted for each artefact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_calls: Option<u64>,
    /// Calls that carry an artefact of at most this age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Life>,
    /// Which artefact `first_calls` and `first` are about; the youngest that the call carries when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<ArtefactKind>,
    /// How likely a call is hit, from 0 to 1, drawn from the world's seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// From this moment of the world on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// Until this moment of the world, which itself is no longer hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// As long as something holds in the world.
    #[serde(rename = "while", skip_serializing_if = "Option::is_none")]
    pub holds: Option<Condition>,
}

/// Something that holds in the world or does not: that an artefact stands as it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The artefact: the code or token itself.
    pub artefact: String,
    /// How it stands.
    pub is: Standing,
}

/// How an artefact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Good.
    Live,
    /// Used up.
    Used,
    /// Past its life.
    Expired,
    /// Followed by a newer one.
    Replaced,
    /// Taken back.
    Revoked,
}

impl Standing {
    /// The word in an [`ArtefactRecord`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
        }
    }
}

impl When {
    /// Whether the time and the artefacts of the call fit; counting and chance come after it.
    pub(super) fn is_now(&self, call: &CallFacts, standing: impl FnOnce(&str) -> Option<String>) -> bool {
        self.from.is_none_or(|from| from <= call.now)
            && self.until.is_none_or(|until| call.now < until)
            && self.first.is_none_or(|first| {
                self.subject(call).is_some_and(|artefact| call.now.since(artefact.issued_at) <= first.get())
            })
            && self
                .holds
                .as_ref()
                .is_none_or(|wanted| standing(wanted.artefact.trim()).is_some_and(|state| state == wanted.is.name()))
    }

    /// The artefact that `first_calls` and `first` are about.
    pub(super) fn subject<'c>(&self, call: &'c CallFacts) -> Option<&'c ArtefactRecord> {
        let mut artefacts: Vec<_> =
            call.artefacts.iter().filter(|artefact| self.of.is_none_or(|kind| artefact.kind == kind)).collect();
        artefacts.sort_by_key(|artefact| artefact.issued_at);
        artefacts.pop()
    }

    pub(super) fn problems(&self) -> Vec<ConfigProblem> {
        let mut problems = Vec::new();
        let mut tell = |key: &str, message: &str| problems.push(ConfigProblem::new(["when", key], message));
        if self.next == Some(0) {
            tell("next", "a fault of the next 0 calls never happens");
        }
        if self.every == Some(0) {
            tell("every", "every 0 calls is no number of calls; 1 means each");
        }
        if self.first_calls == Some(0) {
            tell("first_calls", "a fault of the first 0 calls never happens");
        }
        if self.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            tell("probability", "a probability lies between 0 and 1");
        }
        if self.from.is_some_and(|from| self.until.is_some_and(|until| until <= from)) {
            tell("until", "`until` is not after `from`");
        }
        if self.of.is_some() && self.first.is_none() && self.first_calls.is_none() {
            tell("of", "`of` says which artefact `first` or `first_calls` is about, and neither is given");
        }
        problems
    }
}
