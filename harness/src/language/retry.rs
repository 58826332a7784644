//! `retry:` — a step that is said again until its answer is what is wanted.

use std::time::Duration;

use super::expectation::Expectation;

/// When a step is said again, and when no more.
#[derive(Clone, Debug)]
pub struct Retry {
    /// What is wanted of an answer; it stands in the place of `expect`.
    pub until: Expectation,
    /// How long to wait between two tries.
    pub every: Duration,
    /// `for`: how long after the first try another one may begin.
    pub span: Option<Duration>,
    /// `times`: how many tries there may be.
    pub times: Option<u32>,
}

impl Retry {
    /// Whether another try may follow `tries` tries, when it would begin `after` the first one.
    pub fn goes_on(&self, tries: u32, after: Duration) -> bool {
        self.times.is_none_or(|times| tries < times) && self.span.is_none_or(|span| after <= span)
    }
}
