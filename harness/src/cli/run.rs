//! `mockwx run`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sim::Life;

use super::Context;
use super::args::{ProgressChoice, Run};
use super::error::{CliError, problems_text};
use super::exit::{Ended, Kept};
use super::project::{RunDefaults, Shuffle};
use super::signals::Signals;
use super::target::Where;
use crate::report::{Progress, ProgressKind, Terminal, json, junit};
use crate::run::{self, CaseId, Plan, RunResult, Selection, TagExpr};

/// What a command line, the variables and the project file make together.
#[derive(Debug)]
pub(super) struct Options {
    plan: Plan,
    target: Where,
    pub(super) selection: Selection,
    reports: Vec<Report>,
    keep_going: bool,
    progress: ProgressChoice,
    quiet: bool,
    verbose: bool,
}

impl Options {
    /// The same without reports: they are about whole runs.
    pub(super) fn without_reports(self) -> Self {
        Self { reports: Vec::new(), ..self }
    }
}

/// A report to write.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Report {
    kind: ReportKind,
    /// None: stdout.
    path: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReportKind {
    Json,
    Junit,
}

pub(super) fn run(args: Run, context: &Context) -> Result<Ended, CliError> {
    let paths = context.project.paths(args.paths.clone(), &context.folder);
    let options = options(args, context)?;
    let checked = context.check(&paths);
    if !checked.problems.is_empty() {
        if !options.keep_going {
            return Err(CliError::invalid(checked.problems));
        }
        context.out.talk(&problems_text(&checked.problems, context.out.talk_style, "; running the rest"));
    }
    let cases = options.selection.of(&checked.scenarios);
    if cases.is_empty() {
        return match checked.problems.is_empty() {
            true => Err(nothing(&paths, &options.selection, checked.scenarios.len())),
            false => Ok(Ended::Kept(Kept::InvalidFile)),
        };
    }
    let result = carry_out(cases, &options, context)?;
    tell(&result, &options, context)?;
    write_reports(&result, &options.reports, context)?;
    Ok(if result.interrupted {
        Ended::Interrupted
    } else if !checked.problems.is_empty() {
        Ended::Kept(Kept::InvalidFile)
    } else if result.summary().failed > 0 {
        Ended::Failed
    } else {
        Ended::Well
    })
}

/// Runs the cases on as many threads as there are jobs.
fn carry_out(cases: Vec<CaseId>, options: &Options, context: &Context) -> Result<RunResult, CliError> {
    let threads = options.plan.jobs.min(cases.len()).max(1);
    let mut builder = if threads == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(threads);
        builder
    };
    let runtime = builder.enable_all().build().map_err(|error| no_runtime(&error))?;
    let result = runtime.block_on(async {
        let mut signals = Signals::listen().map_err(|error| no_runtime(&error))?;
        replay(cases, options, context, &mut signals).await
    });
    // A case that is stuck must not keep the program from ending.
    runtime.shutdown_background();
    result
}

/// Runs the cases until all are done or a signal comes, and shows how it goes on.
pub(super) async fn replay(
    cases: Vec<CaseId>,
    options: &Options,
    context: &Context,
    signals: &mut Signals,
) -> Result<RunResult, CliError> {
    let kind = match options.progress {
        ProgressChoice::Auto if context.around.is_watched() && !options.quiet => ProgressKind::Bar,
        ProgressChoice::Bar => ProgressKind::Bar,
        ProgressChoice::Lines => ProgressKind::Lines,
        ProgressChoice::Auto | ProgressChoice::None => ProgressKind::None,
    };
    let mut progress = Progress::new(kind, cases.len());
    let ended = |result: &run::CaseResult| {
        if let Some(line) = progress.ended(result) {
            context.out.talk(&format!("{line}\n"));
        }
    };
    let site = options.target.site(options.plan.timeout, context).await?;
    let result = run::run_at(Arc::clone(&site), cases, &options.plan, signals.next(), ended).await;
    for (world, reason) in site.clear().await {
        context.out.talk(&format!("warning: the world {world} is still there: {reason}\n"));
    }
    progress.finish();
    Ok(result)
}

/// The machine gives no threads or no timers.
pub(super) fn no_runtime(error: &std::io::Error) -> CliError {
    CliError::surroundings(format!("the runtime cannot be started: {error}"))
}

/// Tells people what came of it: on stdout, unless a report goes there.
pub(super) fn tell(result: &RunResult, options: &Options, context: &Context) -> Result<(), CliError> {
    let to_stderr = options.reports.iter().any(|report| report.path.is_none());
    let style = if to_stderr { context.out.talk_style } else { context.out.data_style };
    let terminal = Terminal { style, verbose: options.verbose };
    let mut text: String = result.cases.iter().map(|case| terminal.case(case)).collect();
    if !options.quiet || result.summary().failed > 0 || result.interrupted {
        text.push_str(&terminal.summary(result));
    }
    if to_stderr {
        context.out.talk(&text);
        return Ok(());
    }
    context.out.data(&text)
}

fn write_reports(result: &RunResult, reports: &[Report], context: &Context) -> Result<(), CliError> {
    for report in reports {
        let text = match report.kind {
            ReportKind::Json => format!("{:#}\n", json(result)),
            ReportKind::Junit => junit(result)
                .map_err(|error| CliError::surroundings(format!("the JUnit report cannot be made: {error}")))?,
        };
        match &report.path {
            None => context.out.data(&text)?,
            Some(path) => write_file(path, &text)?,
        }
    }
    Ok(())
}

pub(super) fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| CliError::file("make the folder", folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| CliError::file("write", path, &error))
}

/// What flags, variables and the project file make together.
pub(super) fn options(args: Run, context: &Context) -> Result<Options, CliError> {
    let file = &context.project.run;
    let reveal = args.reveal || file.reveal;
    if reveal && context.around.ci {
        return Err(CliError::configuration("--reveal is refused where CI is set: logs of CI are kept and shared")
            .hint("run it on your own machine, or ask `mockwx journal --reveal`"));
    }
    let timeout = match args.timeout.as_deref().map(str::parse::<Life>) {
        Some(Err(error)) => return Err(CliError::configuration(format!("--timeout: {error}"))),
        Some(Ok(life)) => Some(life),
        None => file.timeout,
    };
    let jobs = args.jobs.or(file.jobs).unwrap_or(context.around.cores);
    if jobs == 0 {
        return Err(CliError::configuration("--jobs: at least one case must run at a time"));
    }
    let given = if args.report.is_empty() { file.report.clone() } else { args.report };
    Ok(Options {
        plan: Plan {
            jobs,
            shuffle: shuffle(args.shuffle, file),
            fail_fast: args.fail_fast || file.fail_fast,
            timeout: timeout.map_or(Plan::default().timeout, Life::get).max(Duration::from_millis(1)),
            reveal,
        },
        target: Where::new(
            args.target.as_deref().or(file.target.as_deref()),
            args.admin_token.or_else(|| file.admin_token.clone()),
        )?,
        selection: selection(args.name.or_else(|| file.name.clone()), args.tag.or_else(|| file.tag.clone()))?,
        reports: given.iter().map(|text| report(text)).collect::<Result<_, _>>()?,
        keep_going: args.keep_going || file.keep_going,
        progress: args.progress.or(file.progress).unwrap_or(ProgressChoice::Auto),
        quiet: !args.verbose && (args.quiet || file.quiet),
        verbose: !args.quiet && (args.verbose || file.verbose),
    })
}

fn shuffle(given: Option<Option<u64>>, file: &RunDefaults) -> Option<u64> {
    // A seed that a person can type.
    let any = || sim::real::entropy() % 1_000_000;
    match (given, file.shuffle) {
        (Some(Some(seed)), _) => Some(seed),
        (Some(None), _) | (None, Some(Shuffle::Whether(true))) => Some(any()),
        (None, Some(Shuffle::Seed(seed))) => Some(seed),
        (None, Some(Shuffle::Whether(false)) | None) => None,
    }
}

fn report(text: &str) -> Result<Report, CliError> {
    let wrong = || {
        CliError::configuration(format!("--report: `{text}` is no report"))
            .hint("write `json=FILE` or `junit=FILE`, with `-` for stdout")
    };
    let (kind, path) = text.split_once('=').ok_or_else(wrong)?;
    let kind = match kind {
        "json" => ReportKind::Json,
        "junit" => ReportKind::Junit,
        _ => return Err(wrong()),
    };
    match path {
        "" => Err(wrong()),
        "-" => Ok(Report { kind, path: None }),
        path => Ok(Report { kind, path: Some(PathBuf::from(path)) }),
    }
}

/// What `--name` and `--tag` select.
pub(super) fn selection(name: Option<String>, tag: Option<String>) -> Result<Selection, CliError> {
    let tag = tag.map(|text| text.parse::<TagExpr>()).transpose();
    let tag =
        tag.map_err(|error| CliError::configuration(format!("--tag: {error}")).hint("such as `smoke and not slow`"))?;
    Ok(Selection { name, tag })
}

/// Nothing is left to run.
pub(super) fn nothing(paths: &[String], selection: &Selection, scenarios: usize) -> CliError {
    let paths = paths.join(", ");
    if selection.is_narrow() && scenarios > 0 {
        CliError::nothing(format!("none of the {scenarios} scenarios in {paths} fits --name and --tag"))
            .hint("`mockwx list` shows names and tags")
    } else {
        CliError::nothing(format!("no scenario in {paths}"))
            .hint("a scenario is a .yaml file that begins with `scenario: NAME`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_a_kind_and_a_path() {
        let file = |kind, path: &str| Report { kind, path: Some(PathBuf::from(path)) };
        assert_eq!(report("json=a=b.json").unwrap(), file(ReportKind::Json, "a=b.json"));
        assert_eq!(report("junit=-").unwrap(), Report { kind: ReportKind::Junit, path: None });
        for wrong in ["json", "json=", "html=x", "=x", ""] {
            assert!(report(wrong).is_err(), "{wrong}");
        }
    }
}
