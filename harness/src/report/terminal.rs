//! The report for people: quiet on success, complete on failure.

use std::fmt::Write as _;

use super::difference::difference;
use super::words::{party, seconds, time_of_day};
use crate::problem::Style;
use crate::run::{CaseResult, Excerpt, Exchange, Failure, Origin, Outcome, Refused, RunResult};

/// Writes results for people.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// With or without colours.
    pub style: Style,
    /// Whole bodies, and a line for each case that passed.
    pub verbose: bool,
}

/// Of a body, enough to see what it is.
const ENOUGH: usize = 300;

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const CYAN: &str = "36";

impl Terminal {
    /// One case, if there is anything to say about it.
    pub fn case(self, result: &CaseResult) -> String {
        let mut text = String::new();
        match &result.outcome {
            Outcome::Passed if self.verbose => {
                let took = format!("{} ms", result.duration.as_millis());
                let _ = writeln!(
                    text,
                    "{} {} › {}  {}",
                    self.paint(GREEN, "PASS"),
                    result.about.file,
                    result.about.full_name(),
                    self.paint(DIM, &took)
                );
                for skipped in &result.skipped_steps {
                    let told = format!(
                        "     skipped {}:{} {}, by `when` on {}",
                        skipped.file, skipped.line, skipped.word, skipped.when
                    );
                    let _ = writeln!(text, "{}", self.paint(DIM, &told));
                }
            }
            Outcome::Passed | Outcome::Skipped { .. } => {}
            Outcome::Failed { failures } => {
                for failure in failures {
                    self.failure(&mut text, result, failure);
                }
            }
        }
        text
    }

    /// The last line: how many passed, failed, did not run.
    pub fn summary(self, result: &RunResult) -> String {
        let summary = result.summary();
        let mut parts = Vec::new();
        if summary.failed > 0 {
            parts.push(self.paint(RED, &format!("{} failed", summary.failed)));
        }
        if summary.passed > 0 || parts.is_empty() {
            parts.push(self.paint(GREEN, &format!("{} passed", summary.passed)));
        }
        if summary.skipped > 0 {
            parts.push(self.paint(YELLOW, &format!("{} not run", summary.skipped)));
        }
        let files = match result.files() {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        };
        let mut text = format!("{} ({files}, {})", parts.join(", "), seconds(result.duration));
        if let Some(seed) = result.shuffled {
            let _ = write!(text, ", order --shuffle={seed}");
        }
        if result.interrupted {
            text.push_str(", interrupted");
        }
        text.push('\n');
        text
    }

    fn failure(self, text: &mut String, result: &CaseResult, failure: &Failure) {
        let at = failure.at.map_or_else(String::new, |at| format!("{} virtual · ", time_of_day(at)));
        let when = format!("{at}{} ms", result.duration.as_millis());
        let _ = writeln!(
            text,
            "{} {}      {}\n",
            self.paint(RED, "FAIL"),
            self.paint(BOLD, &format!("{} › {}", result.about.file, result.about.full_name())),
            self.paint(DIM, &when)
        );
        let _ = writeln!(text, "  {}", self.paint(BOLD, &failure.title));
        let gutter = self.excerpt(text, &failure.excerpt);
        self.facts(text, failure, gutter);
        text.push('\n');
        self.exchanges(text, failure);
        self.said(text, failure);
        let _ = writeln!(text, "  {}     {}\n", self.paint(CYAN, "again"), failure.again);
    }

    /// The lines of the file; gives back the width of the line numbers.
    fn excerpt(self, text: &mut String, excerpt: &Excerpt) -> usize {
        let gutter = excerpt.lines.iter().map(|(number, _)| number.to_string().len()).max().unwrap_or(1).max(2);
        let blank = " ".repeat(gutter);
        let bar = self.paint(DIM, "│");
        let _ =
            writeln!(text, "{blank} {} {}:{}:{}", self.paint(DIM, "┌─"), excerpt.file, excerpt.line, excerpt.column);
        let mut last = None;
        for (number, line) in &excerpt.lines {
            if last.is_some_and(|last| last + 1 != *number) {
                let _ = writeln!(text, "{blank} {}", self.paint(DIM, "⋮"));
            }
            last = Some(*number);
            let number_text = self.paint(DIM, &format!("{number:>gutter$}"));
            let _ = writeln!(text, "{number_text} {bar} {line}");
            if *number == excerpt.line {
                let indent = " ".repeat(excerpt.column.saturating_sub(1));
                let marks = self.paint(RED, &format!("{} {}", "^".repeat(excerpt.width), excerpt.label));
                let _ = writeln!(text, "{blank} {bar} {indent}{}", marks.trim_end());
            }
        }
        let _ = writeln!(text, "{blank} {bar}");
        gutter
    }

    /// How the step came to run, and everything that was not as expected.
    fn facts(self, text: &mut String, failure: &Failure, gutter: usize) {
        let lead = format!("{} =", " ".repeat(gutter));
        let path = |path: &str| if path.is_empty() { "the answer".to_owned() } else { path.to_owned() };
        let names = failure.trail.iter().map(|origin| origin.how.chars().count());
        let paths = failure.mismatches.iter().map(|mismatch| path(&mismatch.path).chars().count());
        let width = names.chain(paths).max().unwrap_or_default();
        for Origin { how, place } in &failure.trail {
            let _ = writeln!(text, "{lead} {how:<width$}  {place}");
        }
        for mismatch in &failure.mismatches {
            let name = path(&mismatch.path);
            let was = mismatch.was.as_deref().map_or_else(|| "absent".to_owned(), |was| self.short(was));
            match mismatch.was.as_deref().and_then(|was| difference(&mismatch.wanted, was)) {
                None => {
                    let wanted = self.paint(GREEN, &mismatch.wanted);
                    let _ = writeln!(text, "{lead} {name:<width$}  wanted {wanted}, was {}", self.paint(RED, &was));
                }
                Some(found) => {
                    let _ = writeln!(text, "{lead} {name:<width$}  wanted {}", self.paint(GREEN, &found.wanted));
                    let _ = writeln!(text, "{lead} {:<width$}  was    {}", "", self.paint(RED, &found.was));
                    let mark = format!("^ differs from character {} on", found.character);
                    let indent = " ".repeat(found.column);
                    let _ = writeln!(text, "{lead} {:<width$}         {indent}{}", "", self.paint(RED, &mark));
                }
            }
            for line in mismatch.note.iter().flat_map(|note| note.lines()) {
                let _ = writeln!(text, "{lead} {:<width$}  {line}", "");
            }
        }
    }

    fn exchanges(self, text: &mut String, failure: &Failure) {
        let routes: Vec<String> = failure.exchanges.iter().map(route).collect();
        let route_width = routes.iter().map(|route| route.chars().count()).max().unwrap_or_default();
        let calls = failure.exchanges.iter().map(|exchange| exchange.call.chars().count());
        let call_width = calls.max().unwrap_or_default();
        for (number, (exchange, route)) in failure.exchanges.iter().zip(&routes).enumerate() {
            let head = if number == 0 { self.paint(CYAN, "exchange") } else { " ".repeat(8) };
            let time = exchange.at.map_or_else(String::new, time_of_day);
            let call = &exchange.call;
            let outcome = match &exchange.refusal {
                Some(Refused { rule, code }) => self.paint(RED, &format!("{} {code} {rule}", exchange.status)),
                None => exchange.status.to_string(),
            };
            let _ = writeln!(
                text,
                "  {head}  {}  {route:<route_width$}  {call:<call_width$}  {outcome}",
                self.paint(DIM, &time)
            );
            let indent = " ".repeat(12);
            let sent = match (&exchange.query, &exchange.request) {
                (Some(query), Some(body)) => Some(format!("{query} {body}")),
                (query, body) => query.as_ref().or(body.as_ref()).cloned(),
            };
            for (what, body) in [("sent", sent.as_deref()), ("got", exchange.answer.as_deref())] {
                if let Some(body) = body {
                    let _ = writeln!(text, "{indent}{} {}", self.paint(DIM, &format!("{what:<4}")), self.short(body));
                }
            }
            for (number, line) in exchange.story.iter().enumerate() {
                let what = if number == 0 { "why" } else { "" };
                let _ = writeln!(text, "{indent}{} {line}", self.paint(DIM, &format!("{what:<4}")));
            }
        }
    }

    /// What services under test wrote since the step began.
    fn said(self, text: &mut String, failure: &Failure) {
        for said in &failure.said {
            let _ = writeln!(text, "  {}", self.paint(CYAN, &format!("{} said", said.service)));
            for line in &said.lines {
                let _ = writeln!(text, "            {}", self.short(line));
            }
        }
    }

    fn short(self, text: &str) -> String {
        match text.char_indices().nth(ENOUGH) {
            Some((at, _)) if !self.verbose => format!("{}… (-v shows all of it)", &text[..at]),
            _ => text.to_owned(),
        }
    }

    fn paint(self, colour: &str, text: &str) -> String {
        match self.style {
            Style::Coloured if !text.is_empty() => format!("\x1b[{colour}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }
}

fn route(exchange: &Exchange) -> String {
    format!("{} → {}", exchange.from.map_or("?", party), exchange.to.map_or("?", party))
}
