//! The `mockwx` command line.
//!
//! It reads flags, variables and the project file, and hands plain values to the rest of the program. What went wrong is
//! told on stderr, and by the exit code: see [`Ended`].

mod args;
mod asked;
mod authority;
mod ca;
mod changes;
mod check;
mod completions;
mod control;
mod coverage;
mod data_folder;
mod env;
mod environment;
mod error;
mod exec;
pub mod exit;
mod explain_config;
mod failed;
mod fault;
mod fmt;
mod hold;
mod joined;
mod list;
mod mutate;
mod new;
mod picked;
mod project;
mod ready;
mod record;
mod reports;
mod run;
mod schema;
mod serve;
mod server;
mod share;
mod show;
mod signals;
mod surroundings;
mod target;
mod trust;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use self::args::{Arguments, Command, When, Word};
use self::error::CliError;
pub use self::exit::{Ended, Kept};
pub(crate) use self::project::Project;
use self::surroundings::{Output, Surroundings};
use crate::check::{Checked, check_files_beside};

/// What every command needs to know.
#[derive(Debug)]
struct Context {
    project: Project,
    folder: PathBuf,
    around: Surroundings,
    out: Output,
    /// The command's name, and what its flags and variables are.
    given: Option<(String, ArgMatches)>,
}

/// What `--help` tells of the program and of each of its commands, by name: what the reference page shows.
pub fn help() -> Vec<(String, String)> {
    let mut program = Arguments::command().term_width(100);
    program.build();
    let mut pages = vec![(program.get_name().to_owned(), program.clone().render_long_help().to_string())];
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        pages.push((format!("mockwx {}", command.get_name()), command.clone().render_long_help().to_string()));
    }
    pages
}

impl Context {
    /// Whether an option is on: a flag or a variable that says so or not comes before the project file.
    fn switch(&self, id: &str, given: bool, file: bool) -> bool {
        let Some((_, matches)) = &self.given else { return given || file };
        match matches.value_source(id) {
            Some(ValueSource::CommandLine | ValueSource::EnvVariable) => given,
            _ => file,
        }
    }

    /// Checks files and folders; their scenarios can call the services of the project.
    fn check(&self, paths: &[String]) -> Checked {
        check_files_beside(paths, self.project.services())
    }
}

/// Runs the command line `arguments`, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Ended {
    let around = Surroundings::look();
    let (arguments, given) = match parsed(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are data, and well; anything else is talk, and a usage error.
            let _ = error.print();
            return if error.use_stderr() { Ended::Kept(Kept::Configuration) } else { Ended::Well };
        }
    };
    let color = arguments.color;
    let out = Output::new(color.unwrap_or(When::Auto), around);
    let done = match arguments.word {
        Word::Start(args) => return exec::start(&args, &out),
        Word::Watchdog(args) => exec::watchdog(&args).map_err(|error| (error, out)),
        Word::Command(word) => context(color, around, out, given)
            .and_then(|context| command(*word, &context).map_err(|error| (error, context.out))),
    };
    done.unwrap_or_else(|(error, out)| {
        out.talk(&error.render(out.talk_style));
        Ended::Kept(error.kept())
    })
}

/// The command line as it is meant, and as it was given.
fn parsed(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<(Arguments, Option<(String, ArgMatches)>), clap::Error> {
    let mut command = Arguments::command();
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    let arguments = Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok((arguments, matches.remove_subcommand()))
}

fn context(
    color: Option<When>,
    around: Surroundings,
    out: Output,
    given: Option<(String, ArgMatches)>,
) -> Result<Context, (CliError, Output)> {
    let folder = match sim::real::current_dir() {
        Ok(folder) => folder,
        Err(error) => return Err((CliError::surroundings(format!("the current folder cannot be used: {error}")), out)),
    };
    match Project::of(&folder) {
        Ok(project) => {
            let out = Output::new(color.or(project.color).unwrap_or(When::Auto), around);
            Ok(Context { project, folder, around, out, given })
        }
        Err(error) => Err((error, out)),
    }
}

fn command(command: Command, context: &Context) -> Result<Ended, CliError> {
    match command {
        Command::Serve(args) if args.explain_config => explain_config::explain_config(context),
        Command::Run(args) if args.explain_config => explain_config::explain_config(context),
        Command::Exec(args) if args.explain_config => explain_config::explain_config(context),
        Command::Serve(args) => serve::serve(args, context),
        Command::Exec(args) => exec::exec(args, context),
        Command::Env(args) => env::env(&args, context),
        Command::Ready(args) => ready::ready(&args, context),
        Command::Run(args) => run::run(args, context),
        Command::Show(args) => show::show(args, context),
        Command::Check(args) => check::check(args, context),
        Command::Fmt(args) => fmt::fmt(args, context),
        Command::List(args) => list::list(args, context),
        Command::Watch(args) => watch::watch(args, context),
        Command::New(args) => new::new(&args, context),
        Command::Completions(args) => completions::completions(&args, context),
        Command::Man => completions::man(context),
        Command::Coverage(args) => coverage::coverage(args, context),
        Command::Hold(args) => hold::hold(args, context),
        Command::Mutate(args) => mutate::mutate(args, context),
        Command::Record(args) => record::record(args, context),
        Command::Schema(args) => schema::schema(&args, context),
        Command::Clock(args) => control::clock(args, context),
        Command::Code(args) => control::code(args, context),
        Command::Outbox(args) => control::outbox(args, context),
        Command::Journal(args) => control::journal(args, context),
        Command::Explain(args) => control::explain(args, context),
        Command::World(args) => control::world(args, context),
        Command::Fault(args) => fault::fault(args, context),
        Command::Ca(args) => ca::ca(args, context),
        Command::Faults(args) => fault::catalogue(&args, context),
    }
}
