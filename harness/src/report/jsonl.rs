//! The report for programs that read along: a line of JSON for everything that happens, written when it happens.
//!
//! A run begins with `run.started`, each case with `scenario.started`; `scenario.finished` has all that there is to tell
//! about a case, and `run.finished` the counts. A run that is killed leaves the lines of what had happened.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::{Counts, VERSION};
use crate::run::{CaseLabel, CaseResult, RunResult};

/// The first line, of a run of so many cases.
pub fn run_started(cases: usize) -> String {
    line("run.started", &json!({ "version": VERSION, "mockwx": env!("CARGO_PKG_VERSION"), "scenarios": cases }))
}

/// A case began.
pub fn scenario_started(about: &CaseLabel) -> String {
    line(
        "scenario.started",
        &json!({ "file": about.file, "line": about.line, "name": about.scenario, "case": about.case }),
    )
}

/// A case ended.
pub fn scenario_finished(case: &CaseResult) -> String {
    line("scenario.finished", case)
}

/// The last line.
pub fn run_finished(result: &RunResult) -> String {
    line("run.finished", &json!({ "summary": Counts::of(result), "interrupted": result.interrupted }))
}

fn line(event: &str, body: &impl Serialize) -> String {
    let mut line = Map::new();
    line.insert("event".to_owned(), Value::from(event));
    // A result is a plain tree of texts and numbers: there is nothing JSON cannot write.
    if let Ok(Value::Object(body)) = serde_json::to_value(body) {
        line.extend(body);
    }
    format!("{}\n", Value::Object(line))
}
