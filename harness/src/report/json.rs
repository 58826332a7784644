//! The report for programs: one versioned document.
//!
//! It says the same for the same scenarios, whatever the machine, the number of jobs and the order: what depends on them
//! stands only in keys that end in `_ms`.

use serde_json::{Map, Value, json};

use crate::run::{CaseResult, Exchange, Failure, FailureKind, Outcome, RunResult, Skip, SkippedStep};

/// The version of the document's form. Keys may be added within a version; none goes or changes its meaning.
const VERSION: u64 = 1;

/// The whole report.
pub fn json(result: &RunResult) -> Value {
    let summary = result.summary();
    let mut report = json!({
        "version": VERSION,
        "summary": {
            "passed": summary.passed,
            "failed": summary.failed,
            "skipped": summary.skipped,
            "duration_ms": milliseconds(result.duration),
        },
        "scenarios": result.cases.iter().map(case).collect::<Vec<_>>(),
    });
    if result.interrupted {
        report["interrupted"] = Value::Bool(true);
    }
    report
}

fn milliseconds(duration: std::time::Duration) -> Value {
    // To the microsecond: beyond that the digits are noise.
    json!((duration.as_secs_f64() * 1e6).round() / 1e3)
}

fn case(case: &CaseResult) -> Value {
    let id = &case.id;
    let mut value = json!({
        "file": id.file(),
        "line": id.line(),
        "name": id.scenario.name,
        "case": id.case_name(),
        "tags": id.scenario.tags,
        "covers": id.scenario.covers,
        "outcome": match &case.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::Skipped(_) => "skipped",
        },
        "expectations": case.expectations,
        "exchanges": case.exchanges,
        "duration_ms": milliseconds(case.duration),
    });
    if !case.skipped_steps.is_empty() {
        let told =
            |step: &SkippedStep| json!({ "word": step.word, "file": step.file, "line": step.line, "when": step.when });
        value["skipped_steps"] = case.skipped_steps.iter().map(told).collect();
    }
    match &case.outcome {
        Outcome::Passed => {}
        Outcome::Failed(failures) => value["failures"] = failures.iter().map(failure).collect(),
        Outcome::Skipped(Skip::FailFast) => value["why"] = json!("another scenario failed before"),
        Outcome::Skipped(Skip::Interrupted) => value["why"] = json!("interrupted"),
    }
    value
}

fn failure(failure: &Failure) -> Value {
    let mut value = json!({
        "kind": match failure.kind {
            FailureKind::Expectation => "expectation",
            FailureKind::Environment => "environment",
        },
        "message": failure.title,
        "at": failure.at,
        "file": failure.excerpt.file,
        "line": failure.excerpt.line,
        "column": failure.excerpt.column,
        "answered": failure.excerpt.label,
        "trail": failure.trail.iter().map(|(name, place)| json!({ "how": name, "place": place })).collect::<Vec<_>>(),
        "mismatches": failure
            .mismatches
            .iter()
            .map(|mismatch| {
                json!({
                    "path": mismatch.path,
                    "wanted": mismatch.wanted,
                    "was": mismatch.was,
                    "place": mismatch.place,
                    "note": mismatch.note,
                })
            })
            .collect::<Vec<_>>(),
        "answer": failure.answer,
        "exchanges": failure.exchanges.iter().map(exchange).collect::<Vec<_>>(),
        "again": failure.again,
    });
    if !failure.said.is_empty() {
        let said = failure.said.iter().map(|said| json!({ "service": said.service, "lines": said.lines }));
        value["said"] = said.collect();
    }
    value
}

fn exchange(exchange: &Exchange) -> Value {
    let mut value = Map::new();
    let mut put = |name: &str, part: Value| {
        if !part.is_null() {
            value.insert(name.to_owned(), part);
        }
    };
    put("at", json!(exchange.at));
    put("from", json!(exchange.from));
    put("to", json!(exchange.to));
    put("call", json!(exchange.call));
    put("request", json!(exchange.request));
    put("status", json!(exchange.status));
    put("answer", json!(exchange.answer));
    put("rid", json!(exchange.rid));
    if let Some((rule, code)) = &exchange.refusal {
        put("refusal", json!({ "rule": rule, "code": code, "story": exchange.story }));
    }
    Value::Object(value)
}
