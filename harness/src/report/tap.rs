//! The report for TAP consumers, in version 14 of the protocol: a line for each case, and for one that failed a YAML block.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::terminal::Terminal;
use crate::problem::Style;
use crate::run::{CaseResult, FailureKind, Outcome, RunResult};

/// The whole report.
pub fn tap(result: &RunResult) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", result.cases.len());
    for (number, case) in (1..).zip(&result.cases) {
        let name = escaped(&format!("{} › {}", case.about.file, case.about.full_name()));
        let _ = match &case.outcome {
            Outcome::Passed => writeln!(text, "ok {number} - {name}"),
            Outcome::Failed { .. } => writeln!(text, "not ok {number} - {name}"),
            Outcome::Skipped { why } => writeln!(text, "ok {number} - {name} # SKIP {}", why.words()),
        };
        diagnostics(&mut text, case);
    }
    if result.interrupted {
        text.push_str("Bail out! interrupted\n");
    }
    text
}

/// A hash sign would begin a directive.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace(['\n', '\r'], " ")
}

/// What YAML is asked to read is JSON, which is YAML; only the text for people is a block.
fn diagnostics(text: &mut String, case: &CaseResult) {
    let milliseconds = (case.duration.as_secs_f64() * 1e6).round() / 1e3;
    let Some(first) = case.failures().first() else {
        if matches!(case.outcome, Outcome::Passed) {
            let _ = write!(text, "  ---\n  duration_ms: {milliseconds}\n  ...\n");
        }
        return;
    };
    let environment = case.failures().iter().any(|failure| failure.kind == FailureKind::Environment);
    text.push_str("  ---\n");
    let mut put = |key: &str, value: Value| {
        let _ = writeln!(text, "  {key}: {value}");
    };
    put("message", json!(first.title));
    put("severity", json!(if environment { "error" } else { "fail" }));
    put("duration_ms", json!(milliseconds));
    put("at", json!({ "file": first.excerpt.file, "line": first.excerpt.line, "column": first.excerpt.column }));
    put("again", json!(first.again));
    let of =
        |mismatch: &crate::run::Shown| json!({ "path": mismatch.path, "wanted": mismatch.wanted, "was": mismatch.was });
    put("mismatches", case.failures().iter().flat_map(|failure| &failure.mismatches).map(of).collect());
    let _ = writeln!(text, "  told: |2");
    for line in (Terminal { style: Style::Plain, verbose: true }).case(case).trim_end().lines() {
        let _ = writeln!(text, "{}", format!("    {line}").trim_end());
    }
    text.push_str("  ...\n");
}
