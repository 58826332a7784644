//! `mockwx exec`.

use std::ffi::OsString;
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use lab::{Authority, Lab, Settings};

use super::environment::variables_of;
use super::error::CliError;
use super::exit::Ended;
use super::joined::{Joined, until_ready};
use super::run::no_runtime;
use super::serve::{not_bound, passthrough, signing_key, world};
use super::surroundings::Output;
use super::{Context, authority};
use crate::exec::environment::Address;
use crate::exec::files::Told;
use crate::exec::refused::Since;
use crate::exec::start::Start;
use crate::exec::watchdog::{FOLDER, Watchdog, Watched, watch};
use crate::exec::{Child, NotStarted, Plan};
use crate::run::{InProcess, Target};

/// `mockwx exec`.
#[derive(Debug, Args)]
#[command(override_usage = "mockwx exec [OPTIONS] -- COMMAND [ARGUMENTS]...")]
pub(crate) struct Exec {
    /// Joins the running server at this URL instead of starting one
    #[arg(long, value_name = "URL", env = "MOCKWX_URL", hide_env = true)]
    url: Option<String>,
    /// What the running server's control API asks for
    #[arg(long, value_name = "TOKEN", env = "MOCKWX_ADMIN_TOKEN", hide_env = true)]
    admin_token: Option<String>,
    /// The world file of the default world; its variable is MOCKWX_WORLD_FILE [default: the ready world]
    #[arg(long, value_name = "FILE", env = "MOCKWX_WORLD_FILE", hide_env = true)]
    world: Option<PathBuf>,
    /// Turns all leniency off
    #[arg(long, env = "MOCKWX_STRICT", hide_env = true, value_parser = BoolishValueParser::new())]
    strict: bool,
    /// Signs id_tokens with the RSA key in this PEM file [default: a published test key]
    #[arg(long, value_name = "PEM", env = "MOCKWX_KEYS", hide_env = true)]
    keys: Option<PathBuf>,
    /// Lets calls to this host through instead of refusing them; repeatable
    #[arg(long, value_name = "HOST", env = "MOCKWX_PASSTHROUGH", hide_env = true, value_delimiter = ',')]
    passthrough: Vec<String>,
    /// Prints each option with its value and who said so, and does nothing else
    #[arg(long, env = "MOCKWX_EXPLAIN_CONFIG", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) explain_config: bool,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, required_unless_present = "explain_config", value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What only a lab that is started here can be told.
const OWN: [&str; 4] = ["world", "strict", "keys", "passthrough"];
/// How long a joined server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn exec(args: Exec, context: &Context) -> Result<Ended, CliError> {
    let file = &context.project.exec;
    let url = args.url.clone().or_else(|| file.url.clone());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let ended = match url {
        Some(url) => {
            if let Some(flag) = given(context).into_iter().find(|id| OWN.contains(&id.as_str())) {
                return Err(CliError::configuration(format!(
                    "--{flag} is for a lab that exec starts, and {url} is joined"
                ))
                .hint("leave it away, or unset MOCKWX_URL"));
            }
            let token = args.admin_token.clone().or_else(|| file.admin_token.clone());
            let joined = Joined::new(&url, token.as_deref())?;
            runtime.block_on(async {
                until_ready(&joined.server, PATIENCE).await?;
                let names = joined.names().await?;
                let since = Since::now(&joined.server, joined.address.world.as_deref().unwrap_or("default")).await;
                let authority = joined.authority().await?;
                let told = Told { address: &joined.address, names: &names, authority: &authority };
                let lab = Beside { told, target: &joined.server, since };
                run(&args.command, &lab, context).await
            })
        }
        None => {
            let settings = settings(&args, context)?;
            let domain = settings.world.idaas.domain.clone();
            let names = lab::intercepted_names([domain.as_str()]);
            let authority = opened(&names, &domain, context)?;
            runtime.block_on(async {
                let (address, lab) = started(settings)?;
                let told = Told { address: &address, names: &names, authority: authority.chain_pem() };
                let lab = Beside { told, target: &lab, since: Since::the_beginning() };
                run(&args.command, &lab, context).await
            })
        }
    };
    runtime.shutdown_background();
    ended
}

/// The options that stand on the command line.
fn given(context: &Context) -> Vec<String> {
    let Some((_, matches)) = &context.given else { return Vec::new() };
    let on_line = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    matches.ids().filter(on_line).map(|id| id.to_string()).collect()
}

/// What a lab of the command's own is started with.
fn settings(args: &Exec, context: &Context) -> Result<Settings, CliError> {
    let file = &context.project.exec;
    let keys = args.keys.clone().or_else(|| file.keys.clone().map(PathBuf::from));
    let hosts = if args.passthrough.is_empty() { &file.passthrough } else { &args.passthrough };
    let world = world(args.world.as_deref(), context)?;
    let names = lab::intercepted_names([world.idaas.domain.as_str()]);
    Ok(Settings {
        world,
        strict: context.switch("strict", args.strict, file.strict),
        key: keys.map(|path| signing_key(&path)).transpose()?,
        passthrough: passthrough(hosts.clone(), &names)?,
        authority: Some(authority::when_wanted(context, names)),
        ..Settings::default()
    })
}

/// The authority of the user. One that covers no more than WeChat's names is good enough: a back end may never ask the
/// tenant by its own name.
fn opened(names: &[String], domain: &str, context: &Context) -> Result<Authority, CliError> {
    let wechat = lab::WECHAT_NAMES.map(str::to_owned);
    let opened = authority::open_or_make(context, names).or_else(|_| authority::open_or_make(context, &wechat))?;
    let is_named = domain != lab::WorldFile::default().idaas.domain;
    if is_named && names.iter().any(|name| !opened.covers(name)) {
        context.out.talk(&format!(
            "warning: https://{domain} is not answered: the certificate authority of this machine cannot sign for it\n\
             hint: mockwx ca renew --domain {domain}\n"
        ));
    }
    Ok(opened)
}

/// A lab of the command's own, on a free port of this machine. It ends with the runtime.
fn started(settings: Settings) -> Result<(Address, InProcess), CliError> {
    let lab = Lab::new(settings).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        CliError::invalid_world(told.join("; "))
    })?;
    let lab = Arc::new(lab);
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = lab::listen(free).map_err(|error| not_bound(free, &error))?;
    let bound = listener.local_addr().map_err(|error| not_bound(free, &error))?;
    let served = Arc::clone(&lab);
    tokio::spawn(async move { lab::serve(listener, served, pending()).await });
    let address =
        Address { url: format!("http://{bound}"), host: bound.ip().to_string(), port: bound.port(), world: None };
    Ok((address, InProcess::around(lab)))
}

/// The lab beside a command.
#[derive(Debug)]
struct Beside<'a> {
    told: Told<'a>,
    target: &'a dyn Target,
    since: Since,
}

/// Runs the command beside a lab; afterwards nothing of it is left.
async fn run(command: &[OsString], lab: &Beside<'_>, context: &Context) -> Result<Ended, CliError> {
    let unable = |what: &str, error: std::io::Error| CliError::surroundings(format!("{what}: {error}"));
    let folder = tempfile::Builder::new().prefix(FOLDER).tempdir();
    let folder = folder.map_err(|error| unable("no private folder can be made", error))?;
    let told = variables_of(&lab.told, folder.path(), context)?;
    let program = sim::real::program().map_err(|error| unable("this program's own file is not known", error))?;
    let watched =
        Watched::over(folder.path(), &program).map_err(|error| unable("the watchdog cannot be started", error))?;
    let plan = Plan { words: command, variables: &told, folder: folder.path(), program: &program };
    let ended = match Child::start(plan) {
        Ok(child) => {
            let code = child.ended().await;
            if code != 0
                && let Some(refusals) = lab.since.told(lab.target).await
            {
                context.out.talk(&format!("\n{refusals}"));
            }
            Ended::Command(code)
        }
        Err(error) => not_started(&NotStarted::new(command.first().unwrap_or(&OsString::new()), error), &context.out),
    };
    let removed = folder.close();
    // Should the watchdog be gone, there is nothing left to do for it.
    let _ = watched.dismiss();
    removed.map_err(|error| unable("the private folder cannot be removed", error))?;
    Ok(ended)
}

/// `mockwx __start`: becomes the command, or tells why not.
#[cfg(unix)]
pub(super) fn start(args: &Start, out: &Output) -> Ended {
    not_started(&crate::exec::start::start(args), out)
}

/// There is no such thing as becoming another program here, and nobody asks for it.
#[cfg(not(unix))]
pub(super) fn start(_: &Start, out: &Output) -> Ended {
    not_started(&NotStarted::Abandoned, out)
}

/// `mockwx __watchdog`: ends what another `mockwx exec` could not end.
pub(super) fn watchdog(args: &Watchdog) -> Result<Ended, CliError> {
    watch(args).map_err(|error| CliError::surroundings(format!("the watchdog of mockwx exec: {error}")))?;
    Ok(Ended::Well)
}

fn not_started(error: &NotStarted, out: &Output) -> Ended {
    out.talk(&why_not(error).render(out.talk_style));
    Ended::Command(error.code())
}

fn why_not(error: &NotStarted) -> CliError {
    let told = CliError::surroundings(error.to_string());
    match error {
        NotStarted::Missing(program) if program.contains(' ') => {
            told.hint("each word stands for itself: mockwx exec -- npm test, or mockwx exec -- sh -c 'a && b'")
        }
        NotStarted::Missing(program) if program.contains('/') => told.hint("is its path right, from this folder?"),
        NotStarted::Missing(_) => told.hint("is it installed, and its folder in PATH?"),
        NotStarted::Unfit(..) => told.hint("is it executable (chmod +x), and does a script begin with `#!`?"),
        NotStarted::Refused(..) | NotStarted::Abandoned => told,
    }
}
