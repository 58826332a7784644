//! What came of a run: one value that all reports are written from.
//!
//! Every text in it that can hold a secret is masked when it is made, so that no report has to think of it. The numbers
//! that depend on the machine are the [`Duration`]s, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::{Moment, Party};

use super::session::Skipped;
use super::step::StepResult;
use crate::language::{Case, Scenario};

/// What came of a run. As JSON it is the body of the report for programs, and can be read back.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RunResult {
    /// One for each selected case, by file and line, whatever order they ran in.
    #[serde(rename = "scenarios")]
    pub cases: Vec<CaseResult>,
    /// Whether someone stopped it before its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The seed of the order in which the cases ran, when that was shuffled.
    #[serde(skip)]
    pub shuffled: Option<u64>,
    /// Real time from the first case's start to the last one's end.
    #[serde(skip)]
    pub duration: Duration,
}

/// What came of one case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseResult {
    /// Which one.
    #[serde(flatten)]
    pub about: CaseLabel,
    /// How many single expectations it holds, those of skipped steps left out.
    pub expectations: usize,
    /// The steps that `when` skipped, in the order in which they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_steps: Vec<SkippedStep>,
    /// How many exchanges there were in its world.
    pub exchanges: u64,
    /// How long it took in real time.
    #[serde(rename = "duration_ms", with = "milliseconds")]
    pub duration: Duration,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What it did, step by step, in the order in which the steps began: of a case that failed always, of others when
    /// the plan says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepResult>,
}

/// Which case a result is of, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLabel {
    /// The file, as it was named.
    pub file: String,
    /// The line that selects it.
    pub line: usize,
    /// The scenario's name.
    #[serde(rename = "name")]
    pub scenario: String,
    /// The name of its row in `cases:`.
    pub case: Option<String>,
    /// Which of its runs, when it was run several times; its name ends with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<usize>,
    /// The scenario's tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What the scenario covers.
    #[serde(default)]
    pub covers: Vec<String>,
}

/// A step that `when` skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedStep {
    /// Its word: `idaas.login`, `use`.
    pub word: String,
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
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was as expected.
    Passed,
    /// Something was not.
    Failed {
        /// What went wrong first, and what then went wrong in `finally`.
        failures: Vec<Failure>,
    },
    /// It did not run, or not to its end.
    Skipped {
        /// Why.
        why: Skip,
    },
}

/// Why a case did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Skip {
    /// Another one had failed, and `--fail-fast` was wanted.
    #[serde(rename = "another scenario failed before")]
    FailFast,
    /// Someone stopped the run.
    #[serde(rename = "interrupted")]
    Interrupted,
}

/// What went wrong, told so that nobody has to run it again to understand it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    /// Whether an expectation was not met, or the case could not be carried out.
    pub kind: FailureKind,
    /// What happened, in one line: `idaas.login was refused: LOGIN.1001`.
    #[serde(rename = "message")]
    pub title: String,
    /// The world's time.
    pub at: Option<Moment>,
    /// The step in its file.
    #[serde(flatten)]
    pub excerpt: Excerpt,
    /// How the step came to run.
    #[serde(default)]
    pub trail: Vec<Origin>,
    /// Everything that was not as expected.
    #[serde(default)]
    pub mismatches: Vec<Shown>,
    /// What the step got back.
    pub answer: Option<Value>,
    /// The exchanges that the step caused.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// What services under test wrote since the step began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Said>,
    /// A command line that runs just this again.
    pub again: String,
}

/// How a step came to run: `from case`, `used by`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// In which way.
    pub how: String,
    /// From where, `FILE:LINE`.
    pub place: String,
}

/// What a service under test wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The service.
    pub service: String,
    /// The lines, oldest first.
    pub lines: Vec<String>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An expectation was not met.
    Expectation,
    /// The case could not be carried out: no answer, too slow, a value that is not there.
    Environment,
}

/// A stretch of a file with a mark in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
    #[serde(rename = "answered")]
    pub label: String,
    /// Lines with their numbers; a gap in the numbers is a gap in the text.
    #[serde(rename = "excerpt", default)]
    pub lines: Vec<(usize, String)>,
}

/// One thing that was not as expected.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    /// The world's time when it was answered.
    pub at: Option<Moment>,
    /// Who asked.
    pub from: Option<Party>,
    /// Who answered.
    pub to: Option<Party>,
    /// Method and path, `POST /api/v2/sdk/login`; the name of a device's call.
    pub call: String,
    /// What stood behind the path's `?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The request's headers, as far as they matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The request's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The HTTP status.
    pub status: u64,
    /// The answer's headers, as far as they matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answer_headers: Vec<(String, String)>,
    /// The answer's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The id by which `explain` knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rid: Option<String>,
    /// What refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refused>,
    /// What happened on the way and why it was refused, a sentence a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub story: Vec<String>,
}

/// What refused a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The rule by its name.
    pub rule: String,
    /// The code that it answered.
    pub code: String,
}

/// Real time in reports: milliseconds, to the microsecond; beyond that the digits are noise.
pub(crate) mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let milliseconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(milliseconds / 1e3).map_err(de::Error::custom)
    }
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
            Outcome::Failed { .. } => Summary { failed: sum.failed + 1, ..sum },
            Outcome::Skipped { .. } => Summary { skipped: sum.skipped + 1, ..sum },
        })
    }

    /// How many files the cases stand in.
    pub fn files(&self) -> usize {
        let mut files: Vec<_> = self.cases.iter().map(|case| &case.about.file).collect();
        files.dedup();
        files.len()
    }
}

impl CaseResult {
    /// A case that did not run, or not to its end.
    pub(super) fn skipped(id: CaseId, why: Skip) -> Self {
        Self {
            about: CaseLabel::of(&id),
            outcome: Outcome::Skipped { why },
            expectations: Scenario::expectations(id.case()),
            skipped_steps: Vec::new(),
            exchanges: 0,
            duration: Duration::ZERO,
            steps: Vec::new(),
        }
    }

    /// The failures, if there are any.
    pub fn failures(&self) -> &[Failure] {
        match &self.outcome {
            Outcome::Failed { failures } => failures,
            Outcome::Passed | Outcome::Skipped { .. } => &[],
        }
    }
}

impl Skip {
    /// Why, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::FailFast => "another scenario failed before",
            Self::Interrupted => "interrupted",
        }
    }
}

impl CaseLabel {
    /// Of this case.
    pub fn of(id: &CaseId) -> Self {
        Self {
            file: id.file(),
            line: id.line(),
            scenario: id.scenario.name.clone(),
            case: id.case_name(),
            round: id.round,
            tags: id.scenario.tags.clone(),
            covers: id.scenario.covers.clone(),
        }
    }

    /// `A login code lives five minutes › one second late`.
    pub fn full_name(&self) -> String {
        full_name(&self.scenario, self.case.as_deref())
    }
}

pub(super) fn full_name(scenario: &str, case: Option<&str>) -> String {
    match case {
        Some(case) => format!("{scenario} › {case}"),
        None => scenario.to_owned(),
    }
}

impl SkippedStep {
    pub(super) fn of(skipped: &Skipped) -> Self {
        Self {
            word: skipped.word.to_owned(),
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
        full_name(&self.scenario.name, self.case_name().as_deref())
    }
}
