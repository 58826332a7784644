//! What came of a run: one value that all reports are written from.
//!
//! Every text in it that can hold a secret is masked when it is made, so that no report has to think of it. The numbers
//! that depend on the machine are the [`Duration`]s, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sim::{Moment, Party};

use super::session::Skipped;
use crate::language::{Case, Scenario};

/// What came of a run.
#[derive(Debug, Default)]
pub struct RunResult {
    /// One for each selected case, by file and line, whatever order they ran in.
    pub cases: Vec<CaseResult>,
    /// Whether someone stopped it before its end.
    pub interrupted: bool,
    /// The seed of the order in which the cases ran, when that was shuffled.
    pub shuffled: Option<u64>,
    /// Real time from the first case's start to the last one's end.
    pub duration: Duration,
}

/// What came of one case.
#[derive(Debug)]
pub struct CaseResult {
    /// Which one.
    pub id: CaseId,
    /// How it ended.
    pub outcome: Outcome,
    /// How many single expectations it holds, those of skipped steps left out.
    pub expectations: usize,
    /// The steps that `when` skipped, in the order in which they were.
    pub skipped_steps: Vec<SkippedStep>,
    /// How many exchanges there were in its world.
    pub exchanges: u64,
    /// How long it took in real time.
    pub duration: Duration,
}

/// A step that `when` skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedStep {
    /// Its word: `idaas.login`, `use`.
    pub word: &'static str,
    /// Where it stands: the file, and the line.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What `when` looked at, and what did not fit: `$visit.status`.
    pub when: String,
}

/// A case of a scenario.
#[derive(Debug, Clone)]
pub struct CaseId {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Its place among the scenario's cases.
    pub index: usize,
    /// Which of its runs, from 1, when each case runs several times.
    pub round: Option<usize>,
}

/// How a case ended.
#[derive(Debug)]
pub enum Outcome {
    /// Everything was as expected.
    Passed,
    /// Something was not; what went wrong first, and what then went wrong in `finally`.
    Failed(Vec<Failure>),
    /// It did not run, or not to its end.
    Skipped(Skip),
}

/// Why a case did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// Another one had failed, and `--fail-fast` was wanted.
    FailFast,
    /// Someone stopped the run.
    Interrupted,
}

/// What went wrong, told so that nobody has to run it again to understand it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Whether an expectation was not met, or the case could not be carried out.
    pub kind: FailureKind,
    /// What happened, in one line: `idaas.login was refused: LOGIN.1001`.
    pub title: String,
    /// The world's time.
    pub at: Option<Moment>,
    /// The step in its file.
    pub excerpt: Excerpt,
    /// How the step came to run: `from case`, `used by`, each with a place.
    pub trail: Vec<(String, String)>,
    /// Everything that was not as expected.
    pub mismatches: Vec<Shown>,
    /// What the step got back.
    pub answer: Option<Value>,
    /// The exchanges that the step caused.
    pub exchanges: Vec<Exchange>,
    /// What services under test wrote since the step began.
    pub said: Vec<Said>,
    /// A command line that runs just this again.
    pub again: String,
}

/// What a service under test wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The service.
    pub service: String,
    /// The lines, oldest first.
    pub lines: Vec<String>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// An expectation was not met.
    Expectation,
    /// The case could not be carried out: no answer, too slow, a value that is not there.
    Environment,
}

/// A stretch of a file with a mark in it.
#[derive(Debug, Clone, Default)]
pub struct Excerpt {
    /// `scenarios/login/code-expiry.yaml`.
    pub file: String,
    /// Where the mark is, from 1.
    pub line: usize,
    /// Where the mark begins, in characters from 1.
    pub column: usize,
    /// How many characters are marked.
    pub width: usize,
    /// What is said about the mark.
    pub label: String,
    /// Lines with their numbers; a gap in the numbers is a gap in the text.
    pub lines: Vec<(usize, String)>,
}

/// One thing that was not as expected.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Which part of the answer.
    pub path: String,
    /// What was wanted.
    pub wanted: String,
    /// What was there; `None`: nothing.
    pub was: Option<String>,
    /// Where it was asked for: `FILE:LINE:COLUMN`.
    pub place: String,
    /// What helps to understand it.
    pub note: Option<String>,
}

/// One exchange of the journal.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The world's time.
    pub at: Option<Moment>,
    /// Who asked.
    pub from: Option<Party>,
    /// Who answered.
    pub to: Option<Party>,
    /// Method and path, `POST /api/v2/sdk/login`; the name of a device's call.
    pub call: String,
    /// What came with it: the query, the body.
    pub request: Option<String>,
    /// The HTTP status.
    pub status: u64,
    /// The answer's body.
    pub answer: Option<String>,
    /// The id by which `explain` knows it.
    pub rid: Option<String>,
    /// The rule that refused it, and the code it answered.
    pub refusal: Option<(String, String)>,
    /// Why it was refused, a sentence a line.
    pub story: Vec<String>,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Passed cases.
    pub passed: usize,
    /// Failed cases.
    pub failed: usize,
    /// Cases that did not run.
    pub skipped: usize,
}

impl RunResult {
    /// How many passed, failed and did not run.
    pub fn summary(&self) -> Summary {
        self.cases.iter().fold(Summary::default(), |sum, case| match case.outcome {
            Outcome::Passed => Summary { passed: sum.passed + 1, ..sum },
            Outcome::Failed(_) => Summary { failed: sum.failed + 1, ..sum },
            Outcome::Skipped(_) => Summary { skipped: sum.skipped + 1, ..sum },
        })
    }

    /// How many files the cases stand in.
    pub fn files(&self) -> usize {
        let mut files: Vec<_> = self.cases.iter().map(|case| case.id.file()).collect();
        files.dedup();
        files.len()
    }
}

impl CaseResult {
    /// The failures, if there are any.
    pub fn failures(&self) -> &[Failure] {
        match &self.outcome {
            Outcome::Failed(failures) => failures,
            Outcome::Passed | Outcome::Skipped(_) => &[],
        }
    }
}

impl SkippedStep {
    pub(super) fn of(skipped: &Skipped) -> Self {
        Self {
            word: skipped.word,
            file: skipped.place.source().name(),
            line: skipped.place.line(),
            when: skipped.unmet.name.clone(),
        }
    }
}

impl CaseId {
    /// The case itself.
    pub fn case(&self) -> &Case {
        &self.scenario.cases[self.index]
    }

    /// The file, as it was named.
    pub fn file(&self) -> String {
        self.scenario.source.name()
    }

    /// The line of its file that selects it; for a row in a file of its own, the line of the scenario.
    pub fn line(&self) -> usize {
        let place = &self.case().place;
        if Arc::ptr_eq(place.source(), &self.scenario.source) { place.line() } else { self.scenario.place.line() }
    }

    /// What selects it on a command line, `scenarios/login/first.yaml:3`: the row where it is one, else the scenario.
    pub fn selector(&self) -> String {
        let place = &self.case().place;
        format!("{}:{}", place.source().name(), place.line())
    }

    /// `one second late`; with the number of its run when there are several: `one second late #2`.
    pub fn case_name(&self) -> Option<String> {
        match (&self.case().name, self.round) {
            (Some(case), Some(round)) => Some(format!("{case} #{round}")),
            (None, Some(round)) => Some(format!("#{round}")),
            (case, None) => case.clone(),
        }
    }

    /// `A login code lives five minutes › one second late`.
    pub fn full_name(&self) -> String {
        match self.case_name() {
            Some(case) => format!("{} › {case}", self.scenario.name),
            None => self.scenario.name.clone(),
        }
    }
}
