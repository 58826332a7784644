//! Every shipped scenario, each case as a test of its own: `cargo test -p harness --test scenarios -- login`.

use std::path::Path;
use std::process::ExitCode;

use harness::check::check_files;
use harness::problem::Style;
use harness::report::{Terminal, json};
use harness::run::{CaseId, Plan, Selection, run};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default();
    let checked = check_files(&[root.join("scenarios").to_string_lossy()]);
    let mut trials: Vec<Trial> = checked
        .problems
        .iter()
        .map(|problem| {
            let text = problem.render(Style::Plain);
            Trial::test(shown(problem.place.source().path(), &root), move || Err(Failed::from(text)))
        })
        .collect();
    let cases = Selection::default().of(&checked.scenarios);
    trials.push(enough(checked.scenarios.len()));
    trials.push(same(cases.clone()));
    trials.extend(cases.into_iter().map(|case| {
        let name = format!("{} › {}", shown(case.scenario.source.path(), &root), case.full_name());
        Trial::test(name, move || passes(case))
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Without this a folder that was moved would leave the test green.
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

fn passes(case: CaseId) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(run(vec![case], &Plan::default(), std::future::pending(), |_| {}));
    let terminal = Terminal { style: Style::Plain, verbose: false };
    match result.summary().failed {
        0 => Ok(()),
        _ => Err(Failed::from(result.cases.iter().map(|case| terminal.case(case)).collect::<String>())),
    }
}
