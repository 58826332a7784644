//! Scenarios inside the test suite of another program: as one test, or each case as a test of its own.
//!
//! [`run`](fn@run) is for a plain `#[test]`: it gives an error unless everything passed. [`main`](fn@main) is for a test
//! that makes its tests itself (`harness = false`): every case is one, with its own name, for `cargo test` and for
//! nextest alike. It needs the feature `libtest`, which is on unless it is turned off.
//!
//! Paths mean what they mean on the command line: files, folders, `FILE:LINE`. Cargo runs tests in the folder of their
//! package, so they start there, and a project file `mockwx.yaml` in that folder lends its services and its time
//! limit. Answers that differ from their snapshots are left as pending ones for `cargo insta review`, but not where `CI`
//! is set.

#[cfg(feature = "libtest")]
mod libtest;

use std::fmt;
use std::io;
use std::num::NonZero;
use std::thread;

use crate::check::{Checked, check_files_beside};
use crate::cli::Project;
use crate::problem::{Problem, Style};
use crate::report::Terminal;
use crate::run::{self, CaseId, Plan, RunResult, Selection, Snapshots};

#[cfg(feature = "libtest")]
pub use self::libtest::{main, trials};

/// Why scenarios did not pass.
///
/// Its `Debug` is its `Display`, the report that people read: it is what `unwrap` shows.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum NotPassed {
    /// The project file is wrong, or cannot be read.
    #[error("{0}")]
    Project(String),
    /// Files are not in order: everything that is wrong with them. Nothing was run.
    #[error("{}", told(.0))]
    Invalid(Vec<Problem>),
    /// There is no scenario where one was looked for, so nothing was checked.
    #[error("no scenario in {0}\nhint: a scenario is a .yaml file that begins with `scenario: NAME`")]
    Nothing(String),
    /// Cases failed.
    #[error("{}", reported(.0))]
    Failed(Box<RunResult>),
    /// The machine gives no thread to run them on.
    #[error("the runtime cannot be started: {0}")]
    Runtime(#[from] io::Error),
}

impl fmt::Debug for NotPassed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.render(Style::Plain)).collect::<Vec<_>>().join("\n\n")
}

const TERMINAL: Terminal = Terminal { style: Style::Plain, verbose: false };

fn failures(result: &RunResult) -> String {
    result.cases.iter().map(|case| TERMINAL.case(case)).collect()
}

fn reported(result: &RunResult) -> String {
    format!("{}{}", failures(result), TERMINAL.summary(result).trim_end())
}

/// Runs every case of the scenarios in files and folders, several at a time, each in a sealed world of its own.
///
/// It suits a plain `#[test]` as well as an async one.
///
/// ```
/// let broken = tempfile::tempdir()?;
/// let file = broken.path().join("first.yaml");
/// std::fs::write(&file, "scenario: Alice logs in\nsteps:\n  - wx.login: { as: alicia }\n")?;
///
/// let error = harness::embed::run(&[file.to_string_lossy()]).unwrap_err();
/// assert!(error.to_string().contains("did you mean `alice`?"), "{error}");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Unless every case passed, and there was one.
pub fn run<P: AsRef<str>>(paths: &[P]) -> Result<RunResult, NotPassed> {
    let Found { checked: Checked { scenarios, problems, .. }, plan } = Found::below(paths)?;
    if !problems.is_empty() {
        return Err(NotPassed::Invalid(problems));
    }
    let cases = Selection::default().of(&scenarios);
    if cases.is_empty() {
        return Err(NotPassed::Nothing(listed(paths)));
    }
    let result = carried_out(cases, &plan)?;
    if result.summary().passed == result.cases.len() { Ok(result) } else { Err(NotPassed::Failed(Box::new(result))) }
}

/// What there is below the paths of a test, and how it is run.
#[derive(Debug)]
struct Found {
    checked: Checked,
    plan: Plan,
}

impl Found {
    fn below<P: AsRef<str>>(paths: &[P]) -> Result<Self, NotPassed> {
        let project = Project::of(&sim::real::current_dir()?)
            .map_err(|error| NotPassed::Project(error.render(Style::Plain).trim_end().to_owned()))?;
        let ci = sim::real::variable("CI").is_some();
        let plan = Plan {
            jobs: thread::available_parallelism().map_or(1, NonZero::get),
            timeout: project.run.timeout.map_or(Plan::default().timeout, sim::Life::get),
            snapshots: if ci { Snapshots::Compare } else { Snapshots::Pend },
            ..Plan::default()
        };
        Ok(Self { checked: check_files_beside(paths, project.services()), plan })
    }
}

fn listed<P: AsRef<str>>(paths: &[P]) -> String {
    paths.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// Runs cases on a thread of its own, since the caller may be inside a runtime.
fn carried_out(cases: Vec<CaseId>, plan: &Plan) -> Result<RunResult, NotPassed> {
    let mut builder = match plan.jobs.min(cases.len()) {
        0 | 1 => tokio::runtime::Builder::new_current_thread(),
        threads => {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(threads);
            builder
        }
    };
    let runtime = builder.enable_all().build()?;
    let work = move || {
        let result = runtime.block_on(run::run(cases, plan, std::future::pending(), |_| {}));
        // A case that is stuck must not keep the test from ending.
        runtime.shutdown_background();
        result
    };
    thread::scope(|scope| match thread::Builder::new().name("scenarios".to_owned()).spawn_scoped(scope, work)?.join() {
        Ok(result) => Ok(result),
        // The panic of a case fails that case alone. Any other goes on where the test would have met it.
        Err(bug) => std::panic::resume_unwind(bug),
    })
}

/// The Rust on the book's page, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embedding.md")]
#[derive(Debug)]
struct Page;
