//! What a person sees while a run goes on.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::run::{CaseResult, Outcome};

/// How a run shows that it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressKind {
    /// One line at the bottom of the terminal, gone in the end.
    Bar,
    /// A line for each case that ended.
    Lines,
    /// Not at all.
    None,
}

/// The progress of one run, shown on stderr.
#[derive(Debug)]
pub struct Progress {
    kind: ProgressKind,
    bar: ProgressBar,
    failed: u64,
}

impl Progress {
    /// The progress of a run of so many cases.
    pub fn new(kind: ProgressKind, cases: usize) -> Self {
        let bar = if kind == ProgressKind::Bar {
            let bar = ProgressBar::with_draw_target(Some(cases as u64), ProgressDrawTarget::stderr_with_hz(20));
            // The pattern is ours; were it wrong, indicatif's own would do.
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
                bar.set_style(style);
            }
            bar
        } else {
            ProgressBar::hidden()
        };
        Self { kind, bar, failed: 0 }
    }

    /// A case ended. Gives back the line to write for it, if there is one.
    pub fn ended(&mut self, result: &CaseResult) -> Option<String> {
        let failed = matches!(result.outcome, Outcome::Failed { .. });
        if failed {
            self.failed += 1;
        }
        match self.kind {
            ProgressKind::Bar => {
                if failed {
                    self.bar.set_message(format!("{} failed", self.failed));
                }
                self.bar.inc(1);
                None
            }
            ProgressKind::Lines => {
                let word = if failed { "failed" } else { "passed" };
                Some(format!("{word} {} › {}", result.about.file, result.about.full_name()))
            }
            ProgressKind::None => None,
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
