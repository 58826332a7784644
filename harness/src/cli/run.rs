//! `mockwx run`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sim::Life;

use super::Context;
use super::args::{ProgressChoice, Run};
use super::asked::Asked;
use super::error::{CliError, problems_text};
use super::exit::{Ended, Kept};
use super::picked::Picked;
use super::project::{RunDefaults, Shuffle};
use super::reports::{self, Live, Report};
use super::target::Where;
use crate::report::{Progress, ProgressKind, Terminal};
use crate::run::{self, CaseId, Event, Plan, RunResult, Selection, Snapshots, TagExpr, flaky};

/// What a command line, the variables and the project file make together.
#[derive(Debug)]
pub(super) struct Options {
    plan: Plan,
    target: Where,
    pub(super) picked: Picked,
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
    let cases = options.picked.cases(&checked.scenarios)?;
    if cases.is_empty() {
        return match checked.problems.is_empty() {
            true => Err(nothing(&paths, &options.picked.selection, checked.scenarios.len())),
            false => Ok(Ended::Kept(Kept::InvalidFile)),
        };
    }
    let result = carry_out(cases, &options, context)?;
    tell(&result, &options, context)?;
    for case in flaky(&result) {
        context.out.talk(&format!("flaky: {case}\n"));
    }
    reports::write(&result, &options.reports, context)?;
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
        let keys = progress_kind(options, context) == ProgressKind::Bar && context.around.has_keys();
        let mut asked = Asked::listen(keys).map_err(|error| no_runtime(&error))?;
        replay(cases, options, context, |waiting: &mut _| asked.poll(waiting)).await
    });
    // A case that is stuck must not keep the program from ending.
    runtime.shutdown_background();
    result
}

fn progress_kind(options: &Options, context: &Context) -> ProgressKind {
    match options.progress {
        ProgressChoice::Auto if context.around.is_watched() && !options.quiet => ProgressKind::Bar,
        ProgressChoice::Bar => ProgressKind::Bar,
        ProgressChoice::Lines => ProgressKind::Lines,
        ProgressChoice::Auto | ProgressChoice::None => ProgressKind::None,
    }
}

/// Runs the cases until all are done or a signal says to stop, and shows how it goes on.
pub(super) async fn replay(
    cases: Vec<CaseId>,
    options: &Options,
    context: &Context,
    signals: impl run::Signals,
) -> Result<RunResult, CliError> {
    let progress = Progress::new(progress_kind(options, context), cases.len());
    let mut live = Live::begin(progress, &options.reports, cases.len(), context)?;
    let result = run_at(cases, options, context, signals, &mut live).await;
    live.finish_progress();
    let result = result?;
    live.end(&result)?;
    Ok(result)
}

/// Runs the cases where the options say.
async fn run_at(
    cases: Vec<CaseId>,
    options: &Options,
    context: &Context,
    signals: impl run::Signals,
    live: &mut Live<'_>,
) -> Result<RunResult, CliError> {
    let site = options.target.site(options.plan.timeout, context).await?;
    let tell = |event: Event<'_>| live.tell(event);
    let result = run::conduct(Arc::clone(&site), cases, &options.plan, signals, tell).await;
    for (world, reason) in site.clear().await {
        context.out.talk(&format!("warning: the world {world} is still there: {reason}\n"));
    }
    Ok(result)
}

/// The machine gives no threads or no timers.
pub(super) fn no_runtime(error: &std::io::Error) -> CliError {
    CliError::surroundings(format!("the runtime cannot be started: {error}"))
}

/// Tells people what came of it: on stdout, unless a report goes there.
pub(super) fn tell(result: &RunResult, options: &Options, context: &Context) -> Result<(), CliError> {
    let to_stderr = options.reports.iter().any(Report::is_on_stdout);
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

/// What flags, variables and the project file make together.
pub(super) fn options(args: Run, context: &Context) -> Result<Options, CliError> {
    let file = &context.project.run;
    let reveal = context.switch("reveal", args.reveal, file.reveal);
    if reveal && context.around.ci {
        return Err(CliError::configuration("--reveal is refused where CI is set: logs of CI are kept and shared")
            .hint("run it on your own machine, or ask `mockwx journal --reveal`"));
    }
    let update = args.update_snapshots || (file.update_snapshots && !args.no_update);
    if update && context.around.ci {
        return Err(CliError::configuration(
            "--update-snapshots is refused where CI is set: nobody would have looked at them",
        )
        .hint("run it on your own machine, look at what changed, and commit it"));
    }
    let snapshots = match (update, args.no_update || file.no_update || context.around.ci) {
        (true, _) => Snapshots::Update,
        (false, true) => Snapshots::Compare,
        (false, false) => Snapshots::Pend,
    };
    let timeout = duration("--timeout", args.timeout.as_deref(), file.timeout)?;
    let step_timeout = duration("--step-timeout", args.step_timeout.as_deref(), file.step_timeout)?;
    let jobs = args.jobs.or(file.jobs).unwrap_or(context.around.cores);
    if jobs == 0 {
        return Err(CliError::flag("--jobs", "at least one case must run at a time"));
    }
    let given = if args.report.is_empty() { file.report.clone() } else { args.report };
    let reports = Report::all(&given)?;
    let failed = match args.failed.or_else(|| file.failed.clone().map(|path| Some(path.into()))) {
        None => None,
        Some(Some(path)) => Some(path),
        Some(None) => Some(own_report(&reports)?),
    };
    let selection = selection(args.name.or_else(|| file.name.clone()), args.tag.or_else(|| file.tag.clone()))?;
    Ok(Options {
        plan: Plan {
            jobs,
            shuffle: shuffle(args.shuffle, file),
            fail_fast: context.switch("fail_fast", args.fail_fast, file.fail_fast),
            timeout: timeout.unwrap_or(Plan::default().timeout),
            step_timeout,
            reveal,
            record: Report::record(&reports),
            snapshots,
        },
        target: Where::new(
            args.target.as_deref().or(file.target.as_deref()),
            args.admin_token.or_else(|| file.admin_token.clone()),
        )?,
        picked: Picked::new(
            selection,
            failed,
            args.shard.as_deref().or(file.shard.as_deref()),
            args.repeat.or(file.repeat),
        )?,
        reports,
        keep_going: context.switch("keep_going", args.keep_going, file.keep_going),
        progress: args.progress.or(file.progress).unwrap_or(ProgressChoice::Auto),
        quiet: !args.verbose && context.switch("quiet", args.quiet, file.quiet),
        verbose: !args.quiet && context.switch("verbose", args.verbose, file.verbose),
    })
}

/// A duration of real time, by flag or by file.
fn duration(flag: &'static str, given: Option<&str>, file: Option<Life>) -> Result<Option<Duration>, CliError> {
    let given = given.map(str::parse::<Life>).transpose();
    let given = given.map_err(|error| CliError::flag(flag, error.to_string()))?;
    Ok(given.or(file).map(|life| life.get().max(Duration::from_millis(1))))
}

/// The report that this run writes, and that an earlier one has written before it.
fn own_report(reports: &[Report]) -> Result<PathBuf, CliError> {
    Report::own_json(reports).ok_or_else(|| {
        CliError::configuration("--failed: no report is named that tells what failed")
            .hint("name one: `--failed=last.json`, or let each run write it: `report: [json=last.json]` in mockwx.yaml")
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

/// What `--name` and `--tag` select.
pub(super) fn selection(name: Option<String>, tag: Option<String>) -> Result<Selection, CliError> {
    let tag = tag.map(|text| text.parse::<TagExpr>()).transpose();
    let tag = tag.map_err(|error| CliError::flag("--tag", error.to_string()).hint("such as `smoke and not slow`"))?;
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
