//! What came of one step: what a report tells of it, and what a running case writes down for that.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sim::real::Stopwatch;
use sim::{Mask, Moment};

use super::exchange::{self, Seen, masked_text, one_line};
use super::result::{Exchange, milliseconds};
use super::retry::Tries;
use crate::language::{Answer, Step, Unmet, Weighed};
use crate::source::Place;

/// What came of one step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepResult {
    /// The word: `idaas.login`, `use`.
    pub word: String,
    /// The file it stands in.
    pub file: String,
    /// Where its word stands, from 1.
    pub line: usize,
    /// The same, in characters from 1.
    pub column: usize,
    /// `note:`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The `use` steps through which it came to run, outermost first: `FILE:LINE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<String>,
    /// Whether it stands in `finally:`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub finally: bool,
    /// How it ended.
    pub outcome: StepOutcome,
    /// Why it did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// How often it was tried, where it has a `retry`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries: Option<u32>,
    /// The world's time before it.
    pub before: Option<Moment>,
    /// The world's time after it.
    pub after: Option<Moment>,
    /// How long it took in real time.
    #[serde(rename = "duration_ms", with = "milliseconds")]
    pub duration: Duration,
    /// What it answered, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
    /// The names under which something of its answer was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<String>,
    /// What was expected of it, met and not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The exchanges that it caused. Those of a `use` stand with the steps of its flow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// As expected.
    Passed,
    /// Not as expected, or not at all.
    Failed,
    /// It did not run: one before it failed, or its `when` did not hold.
    Skipped,
}

/// One expectation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which part of the answer; empty for all of it.
    pub path: String,
    /// What was wanted.
    pub wanted: String,
    /// What was there; `None`: nothing.
    pub was: Option<String>,
    /// Whether it was met.
    pub ok: bool,
    /// What helps to understand it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How far a world had come: its time, and the number of its newest exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) now: Moment,
    pub(crate) last: u64,
}

/// A step that began, before anything is masked.
#[derive(Debug)]
pub(crate) struct Ran {
    word: &'static str,
    place: Place,
    note: Option<String>,
    trail: Vec<Place>,
    before: Option<Mark>,
    after: Option<Mark>,
    duration: Duration,
    outcome: StepOutcome,
    skipped: Option<String>,
    tries: Option<Tries>,
    answered: Option<String>,
    saved: Vec<String>,
    weighed: Vec<Weighed>,
    finally: bool,
    /// Whether the exchanges belong to other steps, those of the flow that it uses.
    uses: bool,
}

/// What a case did so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    ran: Vec<Ran>,
    finally: bool,
    newest: Option<Mark>,
}

impl Log {
    /// From here on steps are those of `finally`.
    pub(crate) fn begin_finally(&mut self) {
        self.finally = true;
    }

    /// How far the world had come when it was looked at last.
    pub(crate) fn newest(&self) -> Option<Mark> {
        self.newest
    }

    /// The world has come so far.
    pub(crate) fn set_newest(&mut self, mark: Option<Mark>) {
        self.newest = mark;
    }

    /// A step begins; gives back its number. It counts as failed until it ends.
    pub(crate) fn begin(&mut self, step: &Step, trail: &[Place]) -> usize {
        self.ran.push(Ran { trail: trail.to_vec(), before: self.newest, ..Ran::of(step, self.finally) });
        self.ran.len() - 1
    }

    /// What a step got, and what was expected of it.
    pub(crate) fn answered(&mut self, number: usize, answer: &Answer, weighed: Vec<Weighed>) {
        if let Some(ran) = self.ran.get_mut(number) {
            ran.answered = Some(answer.in_few_words());
            ran.weighed = weighed;
        }
    }

    /// A step ended.
    pub(crate) fn end(
        &mut self,
        number: usize,
        passed: bool,
        tries: Option<Tries>,
        watch: &Stopwatch,
        after: Option<Mark>,
    ) {
        self.newest = after.or(self.newest);
        if let Some(ran) = self.ran.get_mut(number) {
            ran.outcome = if passed { StepOutcome::Passed } else { StepOutcome::Failed };
            ran.tries = tries;
            ran.duration = watch.elapsed();
            ran.after = after;
            if !passed {
                ran.saved.clear();
            }
        }
    }

    /// These steps do not run any more.
    pub(crate) fn skip(&mut self, steps: &[Step], trail: &[Place]) {
        let finally = self.finally;
        self.ran.extend(steps.iter().map(|step| Ran {
            outcome: StepOutcome::Skipped,
            skipped: Some("a step before it failed".to_owned()),
            trail: trail.to_vec(),
            saved: Vec::new(),
            ..Ran::of(step, finally)
        }));
    }

    /// This step does not run, since its `when` does not hold.
    pub(crate) fn skip_one(&mut self, step: &Step, trail: &[Place], unmet: &Unmet) {
        self.ran.push(Ran {
            outcome: StepOutcome::Skipped,
            skipped: Some(format!(
                "when {} is {}; it was {}",
                unmet.name,
                unmet.wanted,
                unmet.was.as_ref().map_or_else(|| "absent".to_owned(), one_line)
            )),
            trail: trail.to_vec(),
            saved: Vec::new(),
            ..Ran::of(step, self.finally)
        });
    }

    /// All of it for a report, with the exchanges of `journal` where they belong.
    pub(crate) fn told(&self, journal: &[Seen<'_>], mask: &Mask) -> Vec<StepResult> {
        self.ran.iter().map(|ran| ran.told(journal, mask)).collect()
    }
}

impl Ran {
    fn of(step: &Step, finally: bool) -> Self {
        Self {
            word: step.word(),
            place: step.word_place.clone(),
            note: step.note.clone(),
            trail: Vec::new(),
            before: None,
            after: None,
            duration: Duration::ZERO,
            outcome: StepOutcome::Failed,
            skipped: None,
            tries: None,
            answered: None,
            saved: step.save.names().map(|(name, _)| name.to_owned()).collect(),
            weighed: Vec::new(),
            finally,
            uses: step.is_use(),
        }
    }

    fn told(&self, journal: &[Seen<'_>], mask: &Mask) -> StepResult {
        let text = |text: &str| masked_text(text, mask);
        let ran = self.outcome != StepOutcome::Skipped && !self.uses;
        StepResult {
            word: self.word.to_owned(),
            file: self.place.source().name(),
            line: self.place.line(),
            column: self.place.column(),
            note: self.note.as_deref().map(text),
            trail: self.trail.iter().map(|place| format!("{}:{}", place.source().name(), place.line())).collect(),
            finally: self.finally,
            outcome: self.outcome,
            skipped: self.skipped.as_deref().map(text),
            tries: self.tries.map(|tries| tries.count),
            before: self.before.map(|mark| mark.now),
            after: self.after.map(|mark| mark.now),
            duration: self.duration,
            answered: self.answered.as_deref().map(text),
            saved: self.saved.clone(),
            checks: self
                .weighed
                .iter()
                .map(|Weighed { ok, what }| Check {
                    path: text(&what.path),
                    wanted: text(&what.wanted),
                    was: what.was.as_ref().map(|was| text(&one_line(was))),
                    ok: *ok,
                    note: what.note.as_deref().map(text),
                })
                .collect(),
            exchanges: match ran {
                true => exchange::between(journal, self.before, self.after).map(|seen| seen.told(mask)).collect(),
                false => Vec::new(),
            },
        }
    }
}
