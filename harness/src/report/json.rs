//! The report for programs: one versioned document.
//!
//! It says the same for the same scenarios, whatever the machine, the number of jobs and the order: what depends on them
//! stands only in keys that end in `_ms`.

use serde_json::{Value, json};

use crate::run::RunResult;

/// The version of the document's form. Keys may be added within a version; none goes or changes its meaning.
pub(super) const VERSION: u64 = 1;

/// The whole report.
pub fn json(result: &RunResult) -> Value {
    let summary = result.summary();
    let mut report = json!({
        "version": VERSION,
        "summary": {
            "passed": summary.passed,
            "failed": summary.failed,
            "skipped": summary.skipped,
            // To the microsecond: beyond that the digits are noise.
            "duration_ms": (result.duration.as_secs_f64() * 1e6).round() / 1e3,
        },
    });
    // A result is a plain tree of texts and numbers: there is nothing JSON cannot write.
    if let (Value::Object(report), Ok(Value::Object(body))) = (&mut report, serde_json::to_value(result)) {
        report.extend(body);
    }
    report
}
