//! Reads a report of an earlier run back: the JSON document, or JSON lines as far as they came.

use serde::Deserialize;
use serde_json::Value;

use super::json::{Counts, VERSION};
use crate::run::{CaseResult, RunResult};

/// Why a text is no report.
#[derive(Debug, thiserror::Error)]
pub enum NoReport {
    /// It is neither of the two forms.
    #[error("it is no JSON or JSONL report of mockwx")]
    Form,
    /// It was written by a newer mockwx.
    #[error("its version is {0}; this mockwx reads version {VERSION}")]
    Version(u64),
    /// A part of it is not as it should be.
    #[error("line {line}: {error}")]
    Part {
        /// The line of the file.
        line: usize,
        /// What is wrong there.
        error: serde_json::Error,
    },
}

/// Reads a report. JSON lines of a run that was killed end where it was killed: what did end is there.
///
/// # Errors
/// When it is no report.
pub fn read(text: &str) -> Result<RunResult, NoReport> {
    let mut result = match serde_json::from_str::<Value>(text) {
        Ok(document) if document.get("scenarios").is_some() => of_document(document)?,
        _ => of_lines(text)?,
    };
    result.cases.sort_by(|one, other| (&one.about.file, one.about.line).cmp(&(&other.about.file, other.about.line)));
    Ok(result)
}

fn of_document(document: Value) -> Result<RunResult, NoReport> {
    version(&document)?;
    let counts = counts(&document);
    let result = RunResult::deserialize(document).map_err(|error| NoReport::Part { line: 1, error })?;
    Ok(RunResult { duration: counts.map_or(result.duration, |counts| counts.duration()), ..result })
}

fn of_lines(text: &str) -> Result<RunResult, NoReport> {
    let mut result = RunResult { interrupted: true, ..RunResult::default() };
    let mut begun = false;
    let lines = text.lines().count();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let event: Value = match serde_json::from_str(line) {
            Ok(event) => event,
            // The run was killed while it wrote this line.
            Err(_) if begun && number == lines => break,
            Err(error) if begun => return Err(NoReport::Part { line: number, error }),
            Err(_) => return Err(NoReport::Form),
        };
        match event.get("event").and_then(Value::as_str) {
            Some("run.started") => {
                version(&event)?;
                begun = true;
            }
            Some("scenario.finished") if begun => {
                let case = CaseResult::deserialize(event).map_err(|error| NoReport::Part { line: number, error })?;
                result.cases.push(case);
            }
            Some("run.finished") if begun => {
                result.interrupted = event.get("interrupted").and_then(Value::as_bool).unwrap_or(false);
                result.duration = counts(&event).map_or(result.duration, |counts| counts.duration());
            }
            // Kinds of lines may be added.
            Some(_) if begun => {}
            _ => return Err(NoReport::Form),
        }
    }
    if begun { Ok(result) } else { Err(NoReport::Form) }
}

fn version(report: &Value) -> Result<(), NoReport> {
    match report.get("version").and_then(Value::as_u64) {
        Some(VERSION) => Ok(()),
        Some(other) => Err(NoReport::Version(other)),
        None => Err(NoReport::Form),
    }
}

fn counts(report: &Value) -> Option<Counts> {
    Counts::deserialize(report.get("summary")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTED: &str = r#"{"event":"run.started","version":1,"scenarios":1}"#;
    const FINISHED: &str = r#"{"event":"scenario.finished","file":"a.yaml","line":1,"name":"a","case":null,"expectations":1,"exchanges":0,"duration_ms":1.5,"outcome":"passed"}"#;

    #[test]
    fn lines_of_a_run_that_was_killed_tell_what_had_ended() {
        let result = read(&format!("{STARTED}\n{FINISHED}\n{{\"event\":\"scenar")).unwrap();
        assert_eq!((result.cases.len(), result.interrupted), (1, true));
        let whole = format!(
            "{STARTED}\n{FINISHED}\n{}\n",
            r#"{"event":"run.finished","summary":{"passed":1,"failed":0,"skipped":0,"duration_ms":2}}"#
        );
        let result = read(&whole).unwrap();
        assert_eq!((result.summary().passed, result.interrupted, result.duration.as_millis()), (1, false, 2));
    }

    #[test]
    fn anything_else_is_no_report() {
        for text in ["", "scenario: x", "{}", "[1]", FINISHED] {
            assert!(matches!(read(text), Err(NoReport::Form)), "{text}");
        }
        assert!(matches!(read(r#"{"version":2,"scenarios":[]}"#), Err(NoReport::Version(2))));
        assert!(matches!(read(&format!("{STARTED}\n{{\n{FINISHED}")), Err(NoReport::Part { line: 2, .. })));
    }
}
