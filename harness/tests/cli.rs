//! The real binary in a folder of its own, with a cleaned environment: what it prints and how it ends.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

#[path = "cli/sandbox.rs"]
mod sandbox;

#[path = "cli/authoring.rs"]
mod authoring;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/control.rs"]
mod control;
#[path = "cli/coverage.rs"]
mod coverage;
#[path = "cli/hold.rs"]
mod hold;
#[path = "cli/mutate.rs"]
mod mutate;
#[path = "cli/precedence.rs"]
mod precedence;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/selecting.rs"]
mod selecting;
#[path = "cli/serve.rs"]
mod serve;
#[cfg(unix)]
#[path = "cli/services.rs"]
mod services;
#[path = "cli/snapshots.rs"]
mod snapshots;
#[path = "cli/stopping.rs"]
mod stopping;
#[path = "cli/targets.rs"]
mod targets;
#[cfg(unix)]
#[path = "cli/watch.rs"]
mod watch;
