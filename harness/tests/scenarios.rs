//! Every shipped scenario, each case as a test of its own: `cargo test -p harness --test scenarios -- login`.

use std::process::ExitCode;

use harness::check::check_files;
use harness::embed;
use harness::report::json;
use harness::run::{CaseId, Plan, Selection, run};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let paths = ["../scenarios"];
    let checked = check_files(&paths);
    let mut trials = embed::trials(&paths);
    trials.push(enough(checked.scenarios.len()));
    trials.push(same(Selection::default().of(&checked.scenarios)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Without this a folder that was moved in part would leave the test green.
fn enough(scenarios: usize) -> Trial {
    Trial::test("there are at least forty scenarios", move || match scenarios {
        40.. => Ok(()),
        few => Err(Failed::from(format!("there are {few}"))),
    })
}

/// One job or eight, in order or shuffled, once or again: the report is the same but for real times.
fn same(cases: Vec<CaseId>) -> Trial {
    Trial::test("the report does not depend on jobs and order", move || {
        let report = |jobs, shuffle| -> Result<String, std::io::Error> {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(jobs).enable_all().build()?;
            let plan = Plan { jobs, shuffle, ..Plan::default() };
            let result = runtime.block_on(run(cases.clone(), &plan, std::future::pending(), |_| {}));
            let text = format!("{:#}", json(&result));
            Ok(text.lines().filter(|line| !line.contains("_ms\": ")).collect::<Vec<_>>().join("\n"))
        };
        let first = report(1, None)?;
        for (jobs, shuffle) in [(1, None), (8, Some(7))] {
            let other = report(jobs, shuffle)?;
            if let Some((one, two)) = first.lines().zip(other.lines()).find(|(one, two)| one != two) {
                return Err(Failed::from(format!("--jobs {jobs} {shuffle:?}\n{one}\n{two}")));
            }
        }
        Ok(())
    })
}
