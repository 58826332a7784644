//! The scenario language, its runner and its reports, and the `mockwx` command line.
//!
//! From a file to an exit code, one room after the other:
//!
//! 1. [`yaml`] makes a tree of a text, and [`csv`] of a table, every node with its [place](source::Place);
//! 2. [`check`] makes [scenarios](language::Scenario) of trees, or tells every [problem](problem::Problem) there is;
//! 3. [`run`](mod@run) walks their steps, each case in a sealed world of its own, and gives one [result](run::RunResult);
//! 4. [`report`] writes that for people, for CI servers and for programs;
//! 5. [`cli`] reads the command line before, and ends with an [exit code](cli::exit) after it all.
//!
//! [`mutate`] asks the other way round whether the scenarios would notice a wrong answer.
//! `watch` knows which files a changed file touches, and `exec` runs a command beside a lab.
//!
//! [`embed`] runs scenarios inside another program's tests.
//!
//! [`language`] is the model that they share, [`conformance`] and [`schema`] are what types and editors have to say about
//! files. The vendors' rules are elsewhere: whatever a scenario does, it does by the calls that any client makes.
//!
//! # Scenarios in a test of your own
//!
//! [`embed::run`] runs all scenarios in a folder, and gives an error unless every one of them passed:
//!
//! ```
//! let folder = tempfile::tempdir()?; // in your project: "tests/scenarios"
//! let file = folder.path().join("codes.yaml");
//! std::fs::write(&file, "
//! scenario: A login code lives five minutes
//! steps:
//!   - wx.login: { as: alice }
//!     save: { code: code }
//!   - idaas.login: { code: $code }
//!     boundary:
//!       of: { in: 5m }
//!       before: { status: USER_REGISTER }
//!       at: { status: USER_REGISTER }
//!       after: { error: LOGIN.1001 }
//! ")?;
//! let path = folder.path().to_string_lossy();
//!
//! let result = harness::embed::run(&[&path])?;
//! assert_eq!(result.summary().passed, 3);
//!
//! // What goes wrong is told as on the command line, with its place and the calls behind it.
//! std::fs::write(&file, std::fs::read_to_string(&file)?.replace("5m", "4m"))?;
//! let error = harness::embed::run(&[&path]).unwrap_err().to_string();
//! assert!(error.contains("codes.yaml › A login code lives five minutes › "), "{error}");
//! assert!(error.contains("1 failed, 2 passed"), "{error}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To have each case as a test of its own in `cargo test` and nextest, hand `main` over to [`embed::main`].

pub mod check;
pub mod cli;
pub mod conformance;
pub mod coverage;
pub mod csv;
pub mod embed;
mod exec;
pub mod format;
mod hold;
pub mod language;
pub mod mutate;
pub mod problem;
mod record;
pub mod report;
pub mod run;
pub mod schema;
pub mod source;
mod watch;
pub mod yaml;
