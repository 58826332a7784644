//! What was measured, beside what is promised.

use std::io::Write;
use std::path::Path;

use crate::Failure;

/// One figure and its promise.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was measured, in a person's words.
    pub(crate) what: String,
    /// The figure.
    pub(crate) figure: f64,
    /// Its unit, or what it is a ratio to.
    pub(crate) unit: &'static str,
    /// The promise: at least or at most so much.
    pub(crate) promise: Promise,
    /// The absolute figures behind a ratio; they hold for this run only.
    pub(crate) behind: String,
}

/// Which side of a number is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Promise {
    AtLeast(f64),
    AtMost(f64),
}

impl Row {
    fn kept(&self) -> bool {
        match self.promise {
            Promise::AtLeast(bound) => self.figure >= bound,
            Promise::AtMost(bound) => self.figure <= bound,
        }
    }

    fn promise(&self) -> String {
        match self.promise {
            Promise::AtLeast(bound) => format!("≥ {bound}"),
            Promise::AtMost(bound) => format!("≤ {bound}"),
        }
    }
}

/// Prints the table to stdout.
pub(crate) fn print(rows: &[Row]) {
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| {
        // A closed pipe means nobody reads on.
        let _ = writeln!(out, "{text}");
    };
    line(format!("{:<52} {:>9} {:<14} {:>8}  {:<6} {}", "what", "figure", "", "promise", "", "behind it"));
    for row in rows {
        let verdict = if row.kept() { "kept" } else { "MISSED" };
        let (promise, behind) = (row.promise(), &row.behind);
        line(format!("{:<52} {:>9.2} {:<14} {promise:>8}  {verdict:<6} {behind}", row.what, row.figure, row.unit));
    }
}

/// Writes the same as JSON.
pub(crate) fn write_json(rows: &[Row], path: &Path) -> Result<(), Failure> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "what": row.what, "figure": row.figure, "unit": row.unit,
                "promise": row.promise(), "kept": row.kept(), "behind": row.behind,
            })
        })
        .collect();
    std::fs::write(path, serde_json::to_string_pretty(&serde_json::json!({ "version": 1, "rows": rows }))?)?;
    Ok(())
}

/// Talks to the person who waits.
pub(crate) fn say_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
