//! The real binary in a folder of its own, with a cleaned environment: what it prints and how it ends.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

#[path = "cli/sandbox.rs"]
mod sandbox;

#[path = "cli/authoring.rs"]
mod authoring;
#[path = "cli/ca.rs"]
mod ca;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/control.rs"]
mod control;
#[path = "cli/coverage.rs"]
mod coverage;
#[cfg(unix)]
#[path = "cli/env.rs"]
mod env;
#[cfg(unix)]
#[path = "cli/exec.rs"]
mod exec;
#[cfg(unix)]
#[path = "cli/exec_clients.rs"]
mod exec_clients;
#[cfg(target_os = "linux")]
#[path = "cli/exec_terminal.rs"]
mod exec_terminal;
#[path = "cli/foreign_names.rs"]
mod foreign_names;
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
