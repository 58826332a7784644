//! A run while it goes on: what comes to it from outside, and what it tells.

use std::task::{Context, Poll};
use std::time::Duration;

use super::result::{CaseId, CaseResult};

/// What comes to a run from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Stop. At the first one cases that run leave out the rest of their steps and carry out those of `finally`; at the
    /// second one everything ends at once.
    Stop,
    /// Tell what is being done.
    Status,
}

/// Where signals come from: asked whenever the run has nothing else to do, and never again for one that it gave.
pub trait Signals: FnMut(&mut Context<'_>) -> Poll<Signal> {}

impl<T: FnMut(&mut Context<'_>) -> Poll<Signal>> Signals for T {}

/// What a run tells.
#[derive(Debug)]
pub enum Event<'a> {
    /// A case begins.
    Started(&'a CaseId),
    /// A case ended.
    Ended(&'a CaseResult),
    /// The first signal to stop came.
    Stopping,
    /// What is being done, because somebody asked.
    Status(&'a [UnderWay]),
    /// What is being done, once in a second.
    Tick(&'a [UnderWay]),
}

/// A case that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    /// Its file and its name: `a.yaml › A first visit`.
    pub case: String,
    /// For how long, in real time.
    pub since: Duration,
    /// The step that it has come to.
    pub step: Option<StepUnderWay>,
}

/// A step that is being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUnderWay {
    /// Its word.
    pub word: &'static str,
    /// Where it stands: `a.yaml:7`.
    pub place: String,
    /// For how long, in real time.
    pub since: Duration,
}
