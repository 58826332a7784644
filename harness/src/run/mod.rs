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
mod live;
mod observe;
mod pool;
mod remote;
mod repeat;
mod result;
mod retry;
mod sealed;
pub(crate) mod secrets;
mod selection;
mod services;
mod session;
mod shard;
mod site;
mod snapshot;
mod step;
mod tag;
mod target;
#[cfg(test)]
mod tests;
mod watch;
mod witness;
mod words;

pub(crate) use self::call::{Arguments, encoded};
pub use self::case::Record;
pub(crate) use self::case::{Rules, holds, run_before};
pub(crate) use self::cast::{Cast, Credentials};
pub use self::live::{Event, Signal, Signals, StepUnderWay, UnderWay};
pub use self::observe::{Observed, observe};
pub use self::pool::{Plan, conduct, run, run_at};
pub use self::remote::{AddressError, Remote};
pub use self::repeat::{Flaky, flaky, repeated};
pub use self::result::{
    CaseId, CaseLabel, CaseResult, Excerpt, Exchange, Failure, FailureKind, Origin, Outcome, Refused, RunResult, Said,
    Shown, Skip, SkippedStep, Summary,
};
pub(crate) use self::sealed::{Sealed, clock_of, mask_of};
pub use self::selection::Selection;
pub use self::services::Running;
pub use self::shard::{Shard, ShardError};
pub use self::site::{About, Here, NoSite, NotMade, ServerSite, Site, Spawned};
pub use self::snapshot::Snapshots;
pub use self::step::{Check, StepOutcome, StepResult};
pub use self::tag::{TagError, TagExpr};
pub use self::target::{BoxFuture, InProcess, Target, Unreachable};
pub(crate) use self::watch::unless;
pub(crate) use self::witness::Witness;
pub(crate) use self::words::{completed_by_back_end, signature_with};
