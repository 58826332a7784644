//! Which cases a run takes, and how often.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::CliError;
use super::failed::Failed;
use crate::language::Scenario;
use crate::run::{CaseId, Selection, Shard, repeated};

/// Which cases a run takes, and how often.
#[derive(Debug)]
pub(super) struct Picked {
    /// What `--name` and `--tag` select.
    pub(super) selection: Selection,
    failed: Option<Failed>,
    shard: Option<Shard>,
    repeat: usize,
}

/// What `--shard` says.
pub(super) fn shard_of(text: &str) -> Result<Shard, CliError> {
    text.parse().map_err(|error: <Shard as std::str::FromStr>::Err| {
        CliError::flag("--shard", error.to_string()).hint("`2/5` is the second of five")
    })
}

impl Picked {
    /// What `--failed`, `--shard` and `--repeat` say beside the selection.
    pub(super) fn new(
        selection: Selection,
        failed: Option<PathBuf>,
        shard: Option<&str>,
        repeat: Option<usize>,
    ) -> Result<Self, CliError> {
        let shard = shard.map(shard_of).transpose()?;
        let repeat = repeat.unwrap_or(1);
        if repeat == 0 {
            return Err(CliError::flag("--repeat", "a case must run at least once"));
        }
        let failed = failed.map(|report| Failed::read(&report)).transpose()?;
        Ok(Self { selection, failed, shard, repeat })
    }

    /// The cases, in the order of their files; none when `--name` and `--tag` already leave nothing.
    ///
    /// # Errors
    /// When nothing is left by `--failed` or `--shard`.
    pub(super) fn cases(&self, scenarios: &[Arc<Scenario>]) -> Result<Vec<CaseId>, CliError> {
        let mut cases = self.selection.of(scenarios);
        if cases.is_empty() {
            return Ok(cases);
        }
        if let Some(failed) = &self.failed {
            cases.retain(|case| failed.takes(case));
            if cases.is_empty() {
                return Err(nothing_failed(failed));
            }
        }
        if let Some(shard) = self.shard {
            let all = cases.len();
            cases.retain(|case| shard.takes(case));
            if cases.is_empty() {
                return Err(CliError::nothing(format!("none of the {all} selected cases is in shard {shard}"))
                    .hint("with so few cases fewer shards will do"));
            }
        }
        Ok(repeated(cases, self.repeat))
    }
}

fn nothing_failed(failed: &Failed) -> CliError {
    let report = failed.report.display();
    match failed.len() {
        0 => CliError::nothing(format!("no case failed in {report}")).hint("without --failed all of them run"),
        1 => CliError::nothing(format!("the case that failed in {report} is not among the selected ones")),
        count => {
            CliError::nothing(format!("none of the {count} cases that failed in {report} is among the selected ones"))
        }
    }
}
