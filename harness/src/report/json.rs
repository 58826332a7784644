//! The report for programs: one versioned document, and how it is read back.
//!
//! It says the same for the same scenarios, whatever the machine, the number of jobs and the order: what depends on them
//! stands only in keys that end in `_ms`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::run::{RunResult, Summary};

/// The version of the document's form. Keys may be added within a version; none goes or changes its meaning.
pub(super) const VERSION: u64 = 1;

/// How many of each, and how long it took.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Counts {
    #[serde(flatten)]
    summary: Summary,
    /// To the microsecond: beyond that the digits are noise.
    duration_ms: f64,
}

impl Counts {
    pub(super) fn of(result: &RunResult) -> Self {
        let duration_ms = (result.duration.as_secs_f64() * 1e6).round() / 1e3;
        Self { summary: result.summary(), duration_ms }
    }

    pub(super) fn duration(&self) -> Duration {
        Duration::try_from_secs_f64(self.duration_ms / 1e3).unwrap_or_default()
    }
}

/// The whole report.
pub fn json(result: &RunResult) -> Value {
    let mut report = json!({ "version": VERSION, "summary": Counts::of(result) });
    // A result is a plain tree of texts and numbers: there is nothing JSON cannot write.
    if let (Value::Object(report), Ok(Value::Object(body))) = (&mut report, serde_json::to_value(result)) {
        report.extend(body);
    }
    report
}
