//! The reports of a run: which ones are wanted, and where they go.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Context;
use super::error::CliError;
use super::surroundings;
use crate::report::{Progress, annotations, html, json, jsonl, junit, summary, tap};
use crate::run::{CaseLabel, Event, Record, RunResult};

/// A report to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    kind: Kind,
    /// None: stdout.
    path: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    JsonLines,
    Junit,
    Tap,
    Html,
    GitHub,
    GitHubSummary,
}

const KINDS: [(&str, Kind); 7] = [
    ("json", Kind::Json),
    ("jsonl", Kind::JsonLines),
    ("junit", Kind::Junit),
    ("tap", Kind::Tap),
    ("html", Kind::Html),
    ("github", Kind::GitHub),
    ("github-summary", Kind::GitHubSummary),
];

impl Report {
    /// The reports that `--report` names, `json=FILE`.
    ///
    /// # Errors
    /// A text that is no report, and more than one report for stdout.
    pub(super) fn all(given: &[String]) -> Result<Vec<Self>, CliError> {
        let step_summary = surroundings::step_summary();
        let reports: Vec<_> =
            given.iter().map(|text| Self::of(text, step_summary.as_deref())).collect::<Result<_, _>>()?;
        if reports.iter().filter(|report| report.path.is_none()).count() > 1 {
            return Err(CliError::flag("--report", "two reports cannot both go to stdout")
                .hint("give all but one of them a file"));
        }
        Ok(reports)
    }

    /// What is wrong with a report in a file, wherever it will be written.
    pub(super) fn fault(text: &str) -> Option<CliError> {
        Self::of(text, Some(Path::new("summary.md"))).err()
    }

    fn of(text: &str, step_summary: Option<&Path>) -> Result<Self, CliError> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let kind = KINDS.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind);
        let wrong = || {
            let kinds: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            CliError::flag("--report", format!("`{text}` is no report"))
                .hint(format!("write KIND=FILE, with `-` for stdout; the kinds are {}", kinds.join(", ")))
        };
        match (kind, path, step_summary) {
            (None, ..) | (_, Some(""), _) => Err(wrong()),
            (Some(kind), Some("-"), _) | (Some(kind @ Kind::GitHub), None, _) => Ok(Self { kind, path: None }),
            (Some(kind), Some(path), _) => Ok(Self { kind, path: Some(PathBuf::from(path)) }),
            (Some(kind @ Kind::GitHubSummary), None, Some(path)) => Ok(Self { kind, path: Some(path.to_owned()) }),
            (Some(Kind::GitHubSummary), None, None) => {
                Err(CliError::flag("--report", "GITHUB_STEP_SUMMARY does not say where the summary goes")
                    .hint("outside of GitHub's runners write `github-summary=FILE`"))
            }
            (Some(_), None, _) => Err(wrong()),
        }
    }

    /// Whether it goes to stdout.
    pub(super) fn is_on_stdout(&self) -> bool {
        self.path.is_none()
    }

    /// The JSON report that goes to a file: what an earlier run has left there tells what failed.
    pub(super) fn own_json(reports: &[Self]) -> Option<PathBuf> {
        reports.iter().find_map(|report| report.path.clone().filter(|_| report.kind == Kind::Json))
    }

    /// Of which cases a run has to record every step for these reports.
    pub(super) fn record(reports: &[Self]) -> Record {
        let whole = |report: &Self| matches!(report.kind, Kind::Html | Kind::JsonLines);
        if reports.iter().any(whole) { Record::All } else { Record::Failures }
    }
}

/// Writes every report that is written in the end.
///
/// # Errors
/// What cannot be written.
pub(super) fn write(result: &RunResult, reports: &[Report], context: &Context) -> Result<(), CliError> {
    for report in reports {
        let text = match report.kind {
            // It is written while the run goes on.
            Kind::JsonLines => continue,
            Kind::Json => format!("{:#}\n", json(result)),
            Kind::Junit => junit(result)
                .map_err(|error| CliError::surroundings(format!("the JUnit report cannot be made: {error}")))?,
            Kind::Tap => tap(result),
            Kind::Html => html(result),
            Kind::GitHub => annotations(result),
            Kind::GitHubSummary => summary(result),
        };
        match &report.path {
            None => context.out.data(&text)?,
            // The other steps of a job write into the same file.
            Some(path) if report.kind == Kind::GitHubSummary => append(path, &text)?,
            Some(path) => write_file(path, &text)?,
        }
    }
    Ok(())
}

fn folder_of(path: &Path) -> Result<(), CliError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| CliError::file("make the folder", folder, &error))?;
    }
    Ok(())
}

/// Writes a file, and the folders that it stands in.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    folder_of(path)?;
    std::fs::write(path, text).map_err(|error| CliError::file("write", path, &error))
}

fn append(path: &Path, text: &str) -> Result<(), CliError> {
    folder_of(path)?;
    let mut file = OpenOptions::new().create(true).append(true).open(path);
    file.as_mut().map_err(|error| CliError::file("write", path, error))?;
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| CliError::file("write", path, &error))
}

/// What is told while a run goes on: the progress to people, and lines of JSON to programs.
#[derive(Debug)]
pub(super) struct Live<'a> {
    context: &'a Context,
    progress: Progress,
    lines: Vec<Lines>,
    /// What could not be written.
    failed: Option<CliError>,
}

/// A report of JSON lines; no file: stdout.
#[derive(Debug)]
struct Lines(Option<(PathBuf, File)>);

impl<'a> Live<'a> {
    /// Opens the reports and writes their first line, for a run of so many cases.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn begin(
        progress: Progress,
        reports: &[Report],
        cases: usize,
        context: &'a Context,
    ) -> Result<Self, CliError> {
        let mut lines = Vec::new();
        for report in reports.iter().filter(|report| report.kind == Kind::JsonLines) {
            lines.push(Lines(match &report.path {
                None => None,
                Some(path) => {
                    folder_of(path)?;
                    let file = File::create(path).map_err(|error| CliError::file("write", path, &error))?;
                    Some((path.clone(), file))
                }
            }));
        }
        let mut live = Self { context, progress, lines, failed: None };
        live.line(|| jsonl::run_started(cases));
        Ok(live)
    }

    /// Takes the progress away and writes the last line.
    ///
    /// # Errors
    /// What could not be written since [`begin`](Self::begin).
    pub(super) fn end(mut self, result: &RunResult) -> Result<(), CliError> {
        self.line(|| jsonl::run_finished(result));
        self.failed.map_or(Ok(()), Err)
    }

    /// Takes the progress away.
    pub(super) fn finish_progress(&self) {
        self.progress.finish();
    }

    /// Writes a line at once, so that a run that is killed leaves what it had told.
    fn line(&mut self, line: impl FnOnce() -> String) {
        if self.lines.is_empty() {
            return;
        }
        let line = line();
        for Lines(file) in &mut self.lines {
            let written = match file {
                None => self.context.out.data(&line),
                Some((path, file)) => {
                    file.write_all(line.as_bytes()).map_err(|error| CliError::file("write", path, &error))
                }
            };
            if let Err(error) = written {
                self.failed.get_or_insert(error);
            }
        }
    }
}

impl Live<'_> {
    /// Tells what happens while the run goes on.
    pub(super) fn tell(&mut self, event: Event<'_>) {
        let Self { context, progress, .. } = self;
        match event {
            Event::Started(id) => self.line(|| jsonl::scenario_started(&CaseLabel::of(id))),
            Event::Ended(result) => {
                if let Some(line) = progress.ended(result) {
                    context.out.talk(&format!("{line}\n"));
                }
                self.line(|| jsonl::scenario_finished(result));
            }
            Event::Stopping => progress.above(|| context.out.talk(STOPPING)),
            Event::Status(running) => progress.above(|| context.out.talk(&progress.status(running))),
            Event::Tick(running) => progress.tick(running),
        }
    }
}

const STOPPING: &str = "stopping: `finally` steps are carried out; Ctrl-C ends at once\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_a_kind_and_a_path() {
        let of = |text: &str| Report::of(text, Some(Path::new("summary.md"))).unwrap();
        let file = |kind, path: &str| Report { kind, path: Some(PathBuf::from(path)) };
        assert_eq!(of("json=a=b.json"), file(Kind::Json, "a=b.json"));
        assert_eq!(of("junit=-"), Report { kind: Kind::Junit, path: None });
        assert_eq!(of("github"), Report { kind: Kind::GitHub, path: None });
        assert_eq!(of("github-summary"), file(Kind::GitHubSummary, "summary.md"));
        for wrong in ["json", "json=", "htm=x", "=x", "", "jsonl"] {
            assert!(Report::of(wrong, None).is_err(), "{wrong}");
        }
        assert!(Report::of("github-summary", None).is_err());
        assert!(Report::all(&["json=-".to_owned(), "tap=-".to_owned()]).is_err());
    }
}
