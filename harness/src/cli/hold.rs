//! `mockwx hold`.

use std::fmt::Write as _;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;
use lab::Lab;
use tokio::sync::oneshot;

use super::Context;
use super::check::counted;
use super::error::CliError;
use super::exit::Ended;
use super::run::{no_runtime, nothing, selection};
use super::serve::{address, not_bound};
use super::signals::Signals;
use crate::hold::{Gate, Reached};
use crate::report::Terminal;
use crate::run::{CaseId, CaseResult, InProcess, Record, Rules, Sealed, clock_of, mask_of, run_before};

/// `mockwx hold`.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// The scenario's file; FILE:LINE picks a row of its cases
    #[arg(value_name = "FILE", env = "MOCKWX_FILE", hide_env = true)]
    file: String,
    /// Runs the steps before this line, and stands still there
    #[arg(long, value_name = "LINE", env = "MOCKWX_AT", hide_env = true)]
    at: usize,
    /// Only the case with this text in its name
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    name: Option<String>,
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:17080", env = "MOCKWX_LISTEN", hide_env = true)]
    listen: String,
    /// Shows secrets among the saved values
    #[arg(long, env = "MOCKWX_REVEAL", hide_env = true, value_parser = BoolishValueParser::new())]
    reveal: bool,
}

/// How long a held case may take: as long as somebody wants to try things by hand.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) fn hold(args: Hold, context: &Context) -> Result<Ended, CliError> {
    if args.reveal && context.around.ci {
        return Err(CliError::configuration("--reveal is refused where CI is set: logs of CI are kept and shared"));
    }
    let address = address(&args.listen)?;
    if !address.ip().is_loopback() {
        return Err(CliError::configuration(format!("{address} can be reached from other machines"))
            .hint("a held world is for this one: listen on 127.0.0.1"));
    }
    let id = case(&args, context)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let ended = runtime.block_on(held(&args, address, id, context));
    runtime.shutdown_background();
    ended
}

/// The one case that is meant.
fn case(args: &Hold, context: &Context) -> Result<CaseId, CliError> {
    let paths = [args.file.clone()];
    let checked = context.check(&paths);
    if !checked.problems.is_empty() {
        return Err(CliError::invalid(checked.problems));
    }
    let selection = selection(args.name.clone(), None)?;
    let mut cases = selection.of(&checked.scenarios);
    // A file may hold several scenarios: the line says which.
    let begins = |id: &CaseId| id.scenario.place.line();
    let begin = cases.iter().map(begins).filter(|line| *line <= args.at).max();
    let Some(begin) = begin else {
        return Err(match cases.first() {
            None => nothing(&paths, &selection, checked.scenarios.len()),
            Some(id) => {
                let told = format!("--at: the scenario begins at line {} of {}", begins(id), id.file());
                CliError::configuration(told).hint("name the line of a step: those before it are run")
            }
        });
    };
    cases.retain(|id| begins(id) == begin);
    let mut cases = cases.into_iter();
    let (Some(id), more) = (cases.next(), cases.next()) else {
        return Err(nothing(&paths, &selection, checked.scenarios.len()));
    };
    if more.is_some() {
        return Err(CliError::configuration(format!("{} has several cases, and one world can be held", args.file))
            .hint(format!(
                "pick one by --name, or by its line: mockwx hold {}:{} --at {}",
                id.file(),
                id.line(),
                args.at
            )));
    }
    let lines = id.scenario.source.text().lines().count();
    // The line after the last one: all steps are run.
    if args.at > lines + 1 {
        return Err(CliError::configuration(format!("--at: {} ends at line {lines}", id.file())));
    }
    Ok(id)
}

/// Builds the world up to the line, and serves it until somebody lets the case go on or stops it.
async fn held(args: &Hold, address: SocketAddr, id: CaseId, context: &Context) -> Result<Ended, CliError> {
    let worlds = Arc::new(Sealed::new());
    let lab = worlds.settings(&id).and_then(Lab::new).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        CliError::invalid_world(told.join("; "))
    })?;
    let lab = Arc::new(lab);
    let listener = lab::listen(address).map_err(|error| not_bound(address, &error))?;
    let bound = listener.local_addr().map_err(|error| not_bound(address, &error))?;
    let mut signals = Signals::listen().map_err(|error| no_runtime(&error))?;
    let served = Arc::clone(&lab);
    tokio::spawn(async move { lab::serve(listener, served, pending()).await });

    let target = Arc::new(InProcess::around(lab));
    let (gate, reached, go_on) = Gate::before(args.at);
    let running = {
        let (id, target, worlds) = (id.clone(), Arc::clone(&target), Arc::clone(&worlds));
        let rules = Rules { timeout: PATIENCE, reveal: args.reveal, record: Record::Failures };
        tokio::spawn(async move { run_before(&id, &*target, worlds.file(&id), rules, Some(&gate)).await })
    };
    let Some(reached) = signals.unless(reached).await else { return Ok(Ended::Interrupted) };
    if let Ok(reached) = reached {
        let mask = if args.reveal { sim::Mask::new([]) } else { mask_of(&*target, worlds.file(&id)).await };
        let clock = clock_of(&*target, worlds.file(&id)).await;
        context.out.data(&welcome(&id, bound, &reached, &clock, &mask))?;
        if signals.unless(enter()).await.is_none() {
            context.out.talk("stopped: the rest was not run\n");
            return Ok(Ended::Well);
        }
        let _ = go_on.send(());
    }
    let Some(result) = signals.unless(running).await else { return Ok(Ended::Interrupted) };
    let result = result.map_err(|error| CliError::surroundings(format!("this is a bug in mockwx: {error}")))?;
    tell(&result, context)
}

/// What came of the case.
fn tell(result: &CaseResult, context: &Context) -> Result<Ended, CliError> {
    let terminal = Terminal { style: context.out.data_style, verbose: true };
    context.out.data(&terminal.case(result))?;
    Ok(if result.failures().is_empty() { Ended::Well } else { Ended::Failed })
}

/// Waits for a line on stdin; for ever when stdin is closed.
async fn enter() {
    let (pressed, entered) = oneshot::channel();
    // A read from a terminal cannot be taken back: the thread ends with the program.
    std::thread::spawn(move || {
        if matches!(io::stdin().read_line(&mut String::new()), Ok(read) if read > 0) {
            let _ = pressed.send(());
        }
    });
    if entered.await.is_err() {
        pending::<()>().await;
    }
}

fn welcome(id: &CaseId, bound: SocketAddr, reached: &Reached, clock: &str, mask: &sim::Mask) -> String {
    let url = format!("http://{bound}");
    let next = match &reached.next {
        Some((word, line)) => format!("held before `{word}`, {}:{line}", id.file()),
        None => format!("held after the last step of {}", id.file()),
    };
    let (done, all) = (reached.done, counted(id.case().steps.len(), "step"));
    let mut text = format!("{}\n{next}; {done} of {all} done\n\n", id.full_name());
    let _ = writeln!(text, "  WeChat and IDaaS  {url}");
    let _ = writeln!(text, "  the world         default");
    let _ = writeln!(text, "  its clock         {clock}");
    for (at, (name, value)) in reached.saved.iter().enumerate() {
        let label = if at == 0 { "saved" } else { "" };
        let value = mask.apply(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let _ = writeln!(text, "  {label:<16}  ${name} = {value}");
    }
    let _ = write!(
        text,
        "\n  a login code      mockwx code --url {url}\n  a phone code      mockwx code --phone --url {url}\n  \
         move the clock    mockwx clock advance 1m --url {url}\n  what happened     mockwx journal --url {url}\n\n\
         Enter runs the rest of the steps in this world; Ctrl-C stops without it.\n"
    );
    text
}
