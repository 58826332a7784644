//! The runner: walks the steps of scenarios, each case in a sealed world of its own, and tells what came of it.
//!
//! It knows no vendor's rules. What it sends are the calls that any client sends, the vendors' paths and the control API;
//! what it knows of a world it was told by the world. A result holds no secret (see [`RunResult`]).

mod call;
mod case;
mod cast;
mod exchange;
#[cfg(test)]
mod explained;
mod failure;
mod observe;
mod pool;
mod remote;
mod result;
mod retry;
mod secrets;
mod selection;
mod session;
mod site;
mod step;
mod tag;
mod target;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use self::call::encoded;
pub use self::case::Record;
pub use self::observe::{Observed, observe};
pub use self::pool::{Plan, Watch, run, run_at};
pub use self::remote::{AddressError, Remote};
pub use self::result::{
    CaseId, CaseLabel, CaseResult, Excerpt, Exchange, Failure, FailureKind, Origin, Outcome, Refused, RunResult, Shown,
    Skip, SkippedStep, Summary,
};
pub use self::selection::Selection;
pub use self::site::{About, Here, NoSite, NotMade, ServerSite, Site, Spawned};
pub use self::step::{Check, StepOutcome, StepResult};
pub use self::tag::{TagError, TagExpr};
pub use self::target::{BoxFuture, InProcess, Target, Unreachable};
