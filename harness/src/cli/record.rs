//! `mockwx record`.

use std::future::pending;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::Context;
use super::check::counted;
use super::error::CliError;
use super::exit::Ended;
use super::run::no_runtime;
use super::server::Server;
use crate::check::check_files;
use crate::record::{Session, scenario};
use crate::report::Terminal;
use crate::run::{Plan, Selection, run};

/// `mockwx record`.
#[derive(Debug, Args)]
pub(crate) struct Record {
    #[command(flatten)]
    server: super::args::Server,
    /// The file to write [default: stdout]
    #[arg(value_name = "FILE", env = "MOCKWX_OUT", hide_env = true)]
    file: Option<PathBuf>,
    /// The same, as a flag
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    out: Option<PathBuf>,
    /// The scenario's name [default: A recorded session]
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    name: Option<String>,
    /// Writes `world: { like: FILE }` in place of the server's world
    #[arg(long, value_name = "FILE", env = "MOCKWX_LIKE", hide_env = true)]
    like: Option<String>,
}

pub(super) fn record(args: Record, context: &Context) -> Result<Ended, CliError> {
    let file = args.file.or(args.out);
    if let Some(file) = file.as_deref().filter(|file| file.exists()) {
        return Err(CliError::configuration(format!("{} is there already", file.display()))
            .hint("name another file, or take that one away"));
    }
    let session = session(&Server::new(&args.server)?)?;
    let name = args.name.as_deref().unwrap_or("A recorded session");
    let Some(recorded) = scenario(&session, name, args.like.as_deref()) else {
        return Err(CliError::nothing("nobody has called this world from outside")
            .hint("drive it by hand first; `mockwx journal` shows what came in"));
    };
    let first = session.journal.first().and_then(|exchange| exchange.get("seq")).and_then(Value::as_u64);
    if first.is_some_and(|first| first > 1) {
        context
            .out
            .talk("the journal does not reach back to the world's beginning: what was before is not in the file\n");
    }
    for remark in &recorded.remarks {
        context.out.talk(&format!("{remark}\n"));
    }
    let Some(file) = file else {
        context.out.data(&recorded.text)?;
        return Ok(Ended::Well);
    };
    super::reports::write_file(&file, &recorded.text)?;
    replay(&file, recorded.steps, context)
}

/// What the server tells of the session.
fn session(server: &Server) -> Result<Session, CliError> {
    let mut journal = server.get("/__admin/v1/journal?limit=1000000&reveal=true")?;
    let journal = match journal.get_mut("exchanges").map(Value::take) {
        Some(Value::Array(exchanges)) => exchanges,
        _ => Vec::new(),
    };
    Ok(Session {
        journal,
        outbox: server.get("/__admin/v1/outbox")?,
        artefacts: server.get("/__admin/v1/artefacts?limit=1000000")?,
        beginning: server.get("/__admin/v1/world?beginning=true")?,
        export: server.get("/__admin/v1/world")?,
    })
}

/// Runs what was recorded: a scenario that is not green yet needs a hand.
fn replay(file: &Path, steps: usize, context: &Context) -> Result<Ended, CliError> {
    let checked = check_files(&[file.to_string_lossy()]);
    if !checked.problems.is_empty() {
        return Err(CliError::invalid(checked.problems));
    }
    let cases = Selection::default().of(&checked.scenarios);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let result = runtime.block_on(run(cases, &Plan::default(), pending(), |_| {}));
    let (file, steps) = (file.display(), counted(steps, "step"));
    if result.summary().failed == 0 {
        context.out.talk(&format!("{file}: {steps}, replays green\n"));
        return Ok(Ended::Well);
    }
    let terminal = Terminal { style: context.out.data_style, verbose: false };
    let failures: String = result.cases.iter().map(|case| terminal.case(case)).collect();
    context.out.data(&failures)?;
    context.out.talk(&format!("{file}: {steps}, does not replay green yet\n"));
    Ok(Ended::Failed)
}
