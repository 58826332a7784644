//! Each case as a test of its own, with the command line of every Rust test.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};

use super::{Found, NotPassed, carried_out, failures, listed};
use crate::language::Per;
use crate::problem::Style;
use crate::run::{CaseId, Plan, Selection};

/// The `main` of a test whose tests are the cases of the scenarios in files and folders:
///
/// ```no_run
/// // tests/scenarios.rs, with `harness = false` in Cargo.toml
/// fn main() -> std::process::ExitCode {
///     harness::embed::main(&["tests/scenarios"])
/// }
/// ```
///
/// `cargo test --test scenarios -- expired` runs those that have that word in their file's or their own name.
pub fn main<P: AsRef<str>>(paths: &[P]) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), trials(paths)).exit_code()
}

/// The tests that [`main`] runs, for a `main` of your own that has others beside them. A test is named
/// `FILE › SCENARIO › CASE`.
///
/// What keeps cases from running is a test that fails: a file that is not in order, a project file that is wrong, paths
/// without a scenario. A service that is started once for each run is started for each case here; the cases that need
/// it run one after the other.
pub fn trials<P: AsRef<str>>(paths: &[P]) -> Vec<Trial> {
    let Found { checked, plan } = match Found::below(paths) {
        Ok(found) => found,
        Err(error) => return vec![failing("mockwx.yaml".to_owned(), error.to_string())],
    };
    let mut broken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for problem in &checked.problems {
        broken.entry(shown(&problem.place.source().name())).or_default().push(problem.render(Style::Plain));
    }
    let cases = Selection::default().of(&checked.scenarios);
    if cases.is_empty() && broken.is_empty() {
        let paths = listed(paths);
        return vec![failing(format!("a scenario in {paths}"), NotPassed::Nothing(paths).to_string())];
    }
    let in_turn = Arc::new(Mutex::new(()));
    let broken = broken.into_iter().map(|(file, texts)| failing(file, texts.join("\n\n")));
    let sound = cases.into_iter().map(|case| {
        let name = format!("{} › {}", shown(&case.file()), case.full_name());
        let plan = Plan { jobs: 1, ..plan.clone() };
        let turn = case.scenario.services.iter().any(|service| service.per == Per::Run).then(|| Arc::clone(&in_turn));
        Trial::test(name, move || passes(case, &plan, turn.as_deref()))
    });
    broken.chain(sound).collect()
}

fn failing(name: String, why: String) -> Trial {
    Trial::test(name, move || Err(Failed::from(why)))
}

fn shown(path: &str) -> String {
    path.replace('\\', "/")
}

fn passes(case: CaseId, plan: &Plan, turn: Option<&Mutex<()>>) -> Result<(), Failed> {
    // Nothing is behind the lock: a case that panicked leaves nothing half done.
    let _held = turn.map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
    let result = carried_out(vec![case], plan)?;
    if result.summary().passed == result.cases.len() { Ok(()) } else { Err(Failed::from(failures(&result))) }
}
