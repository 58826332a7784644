//! Cases that run several times, to see whether they come out the same.

use std::fmt;

use super::result::{CaseId, CaseLabel, CaseResult, Outcome, RunResult, full_name};

/// Each case so many times, its runs one after the other.
pub fn repeated(cases: Vec<CaseId>, times: usize) -> Vec<CaseId> {
    if times <= 1 {
        return cases;
    }
    let runs = |case: CaseId| (1..=times).map(move |round| CaseId { round: Some(round), ..case.clone() });
    cases.into_iter().flat_map(runs).collect()
}

/// A case that did not come out the same each time, though everything in its world was the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaky {
    /// `FILE:LINE`, and the case's name.
    pub case: String,
    /// How many of its runs passed.
    pub passed: usize,
    /// How many runs there were.
    pub runs: usize,
}

impl fmt::Display for Flaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, passed, runs } = self;
        match passed == runs || *passed == 0 {
            true => write!(f, "{case}: the {runs} runs differ in what they did"),
            false => write!(f, "{case}: {passed} of {runs} runs passed"),
        }
    }
}

/// The cases of a run whose repetitions differ: passed or not, with other words, or with more or fewer exchanges.
pub fn flaky(result: &RunResult) -> Vec<Flaky> {
    let finished: Vec<_> =
        result.cases.iter().filter(|case| !matches!(case.outcome, Outcome::Skipped { .. })).collect();
    finished
        .chunk_by(|one, other| one_case(&one.about) == one_case(&other.about))
        .filter(|runs| runs.iter().any(|run| came_out(run) != came_out(runs[0])))
        .map(|runs| Flaky {
            case: format!(
                "{}:{} › {}",
                runs[0].about.file,
                runs[0].about.line,
                full_name(&runs[0].about.scenario, one_case(&runs[0].about).3)
            ),
            passed: runs.iter().filter(|run| run.failures().is_empty()).count(),
            runs: runs.len(),
        })
        .collect()
}

/// What all runs of a case have in common: file, line, scenario and the row's name.
fn one_case(about: &CaseLabel) -> (&str, usize, &str, Option<&str>) {
    let row = match (about.case.as_deref(), about.round) {
        (Some(case), Some(round)) => case.strip_suffix(&format!("#{round}")).unwrap_or(case).trim_end(),
        (Some(case), None) => case,
        (None, _) => "",
    };
    (&about.file, about.line, &about.scenario, Some(row).filter(|row| !row.is_empty()))
}

/// What has to be the same each time.
fn came_out(run: &CaseResult) -> (u64, Vec<&str>) {
    (run.exchanges, run.failures().iter().map(|failure| failure.title.as_str()).collect())
}
