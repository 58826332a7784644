//! What GitHub's runners read: annotations in the log, and a summary of the job in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::mermaid::mermaid;
use super::terminal::Terminal;
use super::words::seconds;
use crate::problem::Style;
use crate::run::{CaseResult, Excerpt, Failure, Outcome, RunResult, Summary};

/// Annotations: a line for each failure, which GitHub shows beside the step in its file.
pub fn annotations(result: &RunResult) -> String {
    let failures = result.cases.iter().flat_map(|case| case.failures().iter().map(move |failure| (case, failure)));
    failures.map(|(case, failure)| annotation(case, failure)).collect()
}

fn annotation(case: &CaseResult, failure: &Failure) -> String {
    let mut message = failure.title.clone();
    for mismatch in &failure.mismatches {
        let path = if mismatch.path.is_empty() { "the answer" } else { &mismatch.path };
        let was = mismatch.was.as_deref().unwrap_or("absent");
        let _ = write!(message, "\n{path}: wanted {}, was {was}", mismatch.wanted);
    }
    let _ = write!(message, "\nagain: {}", failure.again);
    let Excerpt { file, line, column, .. } = &failure.excerpt;
    error(file, *line, *column, Some(&case.about.full_name()), &message)
}

/// The command that shows an error in a file; without a title GitHub says where it is.
pub(super) fn error(file: &str, line: usize, column: usize, title: Option<&str>, message: &str) -> String {
    let title = title.map(|title| format!(",title={}", property(title))).unwrap_or_default();
    format!("::error file={},line={line},col={column}{title}::{}\n", property(file), data(message))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command, which ends at a colon or a comma.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// GitHub takes a mebibyte for a summary; a run with more failures than this is understood from the first ones.
const MOST_TOLD: usize = 20;

/// The summary of a job: a table by folder, and each failure with its sequence diagram.
pub fn summary(result: &RunResult) -> String {
    let Summary { passed, failed, skipped } = result.summary();
    let mut text = format!(
        "## mockwx: {}\n\n",
        match (failed, result.interrupted) {
            (0, false) => format!("{passed} passed"),
            (0, true) => format!("interrupted, {passed} passed"),
            (failed, _) => format!("{failed} of {} failed", passed + failed + skipped),
        }
    );
    text.push_str("| scenarios | passed | failed | not run | took |\n|:--|--:|--:|--:|--:|\n");
    let mut folders: BTreeMap<&str, (Summary, Duration)> = BTreeMap::new();
    for case in &result.cases {
        let folder = case.about.file.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let (counts, took) = folders.entry(folder).or_default();
        *took += case.duration;
        match case.outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed { .. } => counts.failed += 1,
            Outcome::Skipped { .. } => counts.skipped += 1,
        }
    }
    for (folder, (counts, took)) in &folders {
        let Summary { passed, failed, skipped } = counts;
        let _ = writeln!(text, "| {} | {passed} | {failed} | {skipped} | {} |", escaped(folder), seconds(*took));
    }
    let failed: Vec<_> = result.cases.iter().filter(|case| !case.failures().is_empty()).collect();
    for case in failed.iter().take(MOST_TOLD) {
        told(&mut text, case);
    }
    for case in failed.iter().skip(MOST_TOLD) {
        let _ = writeln!(text, "\n- ✗ {} › {}", escaped(&case.about.file), escaped(&case.about.full_name()));
    }
    text
}

fn told(text: &mut String, case: &CaseResult) {
    let _ = writeln!(text, "\n### ✗ {}\n", escaped(&case.about.full_name()));
    fenced(text, "text", Terminal { style: Style::Plain, verbose: false }.case(case).trim_end());
    if let Some(diagram) = mermaid(case) {
        fenced(text, "mermaid", diagram.trim_end());
    }
}

/// A block that no text within can end.
fn fenced(text: &mut String, language: &str, body: &str) {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "{fence}{language}\n{body}\n{fence}");
}

/// A text in which Markdown and HTML see nothing.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        match character {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', character]),
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_holds_whatever_a_text_holds() {
        assert_eq!(property("a:b,c%\nd"), "a%3Ab%2Cc%25%0Ad");
        assert_eq!(data("a:b,c%\r\nd"), "a:b,c%25%0D%0Ad");
    }

    #[test]
    fn no_text_ends_its_block() {
        let mut text = String::new();
        fenced(&mut text, "text", "a ```` b");
        assert_eq!(text, "`````text\na ```` b\n`````\n");
    }
}
