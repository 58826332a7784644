//! What a person sees while a run goes on.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::status::{slow, status};
use crate::run::{CaseResult, Outcome, UnderWay};

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
    cases: usize,
    done: usize,
    failed: usize,
    /// A case that takes long.
    slow: Option<String>,
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
        Self { kind, bar, cases, done: 0, failed: 0, slow: None }
    }

    /// A case ended. Gives back the line to write for it, if there is one.
    pub fn ended(&mut self, result: &CaseResult) -> Option<String> {
        let failed = matches!(result.outcome, Outcome::Failed { .. });
        if failed {
            self.failed += 1;
        }
        self.done += 1;
        match self.kind {
            ProgressKind::Bar => {
                self.show();
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

    /// What is being done, once in a second.
    pub fn tick(&mut self, running: &[UnderWay]) {
        self.slow = slow(running);
        self.show();
    }

    /// What is being done, for a person who asks.
    pub fn status(&self, running: &[UnderWay]) -> String {
        status(running, self.done, self.cases)
    }

    /// Writes above the bar.
    pub fn above(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    fn show(&self) {
        let failed = (self.failed > 0).then(|| format!("{} failed", self.failed));
        let said: Vec<String> = failed.into_iter().chain(self.slow.clone()).collect();
        self.bar.set_message(said.join(" · "));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
