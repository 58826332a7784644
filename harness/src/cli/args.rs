//! The command line: its words, flags and variables.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::completions::Completions;
use super::fmt::Fmt;
use super::new::New;

const EXIT_CODES: &str = "\
Exit codes:
  0    all selected scenarios passed
  1    a scenario failed
  2    the command line or the configuration is wrong
  3    a scenario or world file is invalid
  4    nothing was selected
  5    it could not run: a port, a disk, a target
  130  interrupted; reports are written as far as it came
exec gives back the exit code of its command.

Every flag has a variable (--port-file: MOCKWX_PORT_FILE); those of serve, exec and run also have
a key in mockwx.yaml. Flag counts before variable, variable before file, file before default.";

/// An offline WeChat, an offline IDaaS, and scenarios that replay across both.
#[derive(Debug, Parser)]
#[command(name = "mockwx", version, max_term_width = 110, disable_help_subcommand = true, after_long_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) word: Word,

    /// When to use colours; `NO_COLOR` turns them off too [default: auto]
    #[arg(long, global = true, value_enum, value_name = "WHEN", env = "MOCKWX_COLOR", hide_env = true)]
    pub(crate) color: Option<When>,
}

/// What people say, and what the program says to itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Word {
    #[command(flatten)]
    Command(Box<Command>),
    /// Becomes the command of `mockwx exec`
    #[command(name = "__start", hide = true)]
    Start(crate::exec::start::Start),
    /// Ends what `mockwx exec` could not end
    #[command(name = "__watchdog", hide = true)]
    Watchdog(crate::exec::watchdog::Watchdog),
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves WeChat, IDaaS and the control API on one port
    Serve(Serve),
    /// Runs a command beside a lab: its calls to WeChat and IDaaS are answered there, whatever it is written in
    Exec(super::exec::Exec),
    /// Prints for a shell what `exec` tells a command, about a running server
    Env(super::env::Env),
    /// Tells by its exit code whether a running server is ready: 0, or 5 when it is not
    Ready(super::ready::Ready),
    /// Replays scenarios, each in a sealed world of its own
    Run(Run),
    /// Tells again what a report of an earlier run tells, as text, HTML or a diagram
    Show(super::show::Show),
    /// Checks scenario, flow and world files without running them
    Check(Check),
    /// Formats scenario, flow and world files
    Fmt(Fmt),
    /// Lists scenarios and their cases
    List(List),
    /// Replays what a change touches, as soon as a file is saved
    Watch(super::watch::Watch),
    /// Writes a first scenario to go on from, or a whole project
    New(New),
    /// Tells what scenarios reach of all that the vendors document
    Coverage(super::coverage::Coverage),
    /// Builds a scenario's world up to a line and serves it for trying things by hand
    Hold(super::hold::Hold),
    /// Flips one answer at a time and tells which wrong answers no scenario notices
    Mutate(super::mutate::Mutate),
    /// Writes what was done by hand in a running server's world as a scenario
    Record(super::record::Record),
    /// Prints the JSON Schema of a kind of file
    Schema(Schema),
    /// Reads or moves the clock of a running server's world
    Clock(Clock),
    /// Prints a fresh login or phone code of a running server
    Code(Code),
    /// Shows the SMS and e-mails that a running server sent
    Outbox(Outbox),
    /// Shows the exchanges of a running server's world
    Journal(Journal),
    /// Tells why a running server answered as it did
    Explain(Explain),
    /// Exports, resets, lists, creates and deletes worlds of a running server
    World(WorldArgs),
    /// Plans, lists and clears what goes wrong in a running server's world
    Fault(FaultArgs),
    /// Lists the misfortunes that can be brought about, by name
    Faults(Faults),
    /// Shows the certificate authority of this machine, exports and renews it, tells how to trust it
    Ca(super::ca::Ca),
    /// Prints the completions of a shell
    Completions(Completions),
    /// Prints the manual page
    Man,
}

/// When to do something that suits a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `mockwx serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:17080]
    #[arg(long, value_name = "ADDRESS", env = "MOCKWX_LISTEN", hide_env = true)]
    pub(crate) listen: Option<String>,
    /// Writes the port into this file once everything is ready
    #[arg(long, value_name = "FILE", env = "MOCKWX_PORT_FILE", hide_env = true)]
    pub(crate) port_file: Option<PathBuf>,
    /// The world file of the default world; its variable is MOCKWX_WORLD_FILE [default: the ready world]
    #[arg(long, value_name = "FILE", env = "MOCKWX_WORLD_FILE", hide_env = true)]
    pub(crate) world: Option<PathBuf>,
    /// Turns all leniency off
    #[arg(long, env = "MOCKWX_STRICT", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) strict: bool,
    /// What the control API asks for; needed beyond loopback
    #[arg(long, value_name = "TOKEN", env = "MOCKWX_ADMIN_TOKEN", hide_env = true)]
    pub(crate) admin_token: Option<String>,
    /// The address under which applications reach this server, for the issuer of tokens
    #[arg(long, value_name = "URL", env = "MOCKWX_PUBLIC_URL", hide_env = true)]
    pub(crate) public_url: Option<String>,
    /// Believes X-Forwarded-For, -Host and -Proto
    #[arg(long, env = "MOCKWX_TRUST_FORWARDED", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) trust_forwarded: bool,
    /// Signs id_tokens with the RSA key in this PEM file [default: a published test key]
    #[arg(long, value_name = "PEM", env = "MOCKWX_KEYS", hide_env = true)]
    pub(crate) keys: Option<PathBuf>,
    /// Lets the control API be used under this name; repeatable
    #[arg(long, value_name = "HOST", env = "MOCKWX_ALLOW_HOST", hide_env = true, value_delimiter = ',')]
    pub(crate) allow_host: Vec<String>,
    /// Lets pages of this origin call the vendor and device paths; repeatable
    #[arg(long, value_name = "ORIGIN", env = "MOCKWX_ALLOW_ORIGIN", hide_env = true, value_delimiter = ',')]
    pub(crate) allow_origin: Vec<String>,
    /// Lets the forward proxy pass calls to this host on; repeatable
    #[arg(long, value_name = "HOST", env = "MOCKWX_PASSTHROUGH", hide_env = true, value_delimiter = ',')]
    pub(crate) passthrough: Vec<String>,
    /// Prints each option with its value and who said so, and does nothing else
    #[arg(long, env = "MOCKWX_EXPLAIN_CONFIG", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) explain_config: bool,
}

/// `mockwx run`.
#[derive(Debug, Default, Args)]
pub(crate) struct Run {
    /// Files, folders, or FILE:LINE [default: scenarios/, or the current folder]
    #[arg(env = "MOCKWX_PATHS", hide_env = true, value_delimiter = '\n')]
    pub(crate) paths: Vec<String>,
    /// Where the worlds are: `in-process`, `spawn` for a server of its own, or the URL of a running one
    /// [default: in-process]
    #[arg(long, value_name = "TARGET", env = "MOCKWX_TARGET", hide_env = true)]
    pub(crate) target: Option<String>,
    /// What the running server's control API asks for
    #[arg(long, value_name = "TOKEN", env = "MOCKWX_ADMIN_TOKEN", hide_env = true)]
    pub(crate) admin_token: Option<String>,
    /// How many cases run at a time [default: one for each core]
    #[arg(short, long, value_name = "N", env = "MOCKWX_JOBS", hide_env = true)]
    pub(crate) jobs: Option<usize>,
    /// Runs in a shuffled order; the seed is printed
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, env = "MOCKWX_SHUFFLE", hide_env = true)]
    pub(crate) shuffle: Option<Option<u64>>,
    /// Only cases with this text in the scenario's or the case's name
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    pub(crate) name: Option<String>,
    /// Only scenarios whose tags fit: `smoke and not slow`
    #[arg(long, value_name = "EXPR", env = "MOCKWX_TAG", hide_env = true)]
    pub(crate) tag: Option<String>,
    /// Only cases that failed in an earlier run, as its JSON report tells; without a name: the one that this run writes
    #[arg(long, value_name = "REPORT", num_args = 0..=1, require_equals = true, env = "MOCKWX_FAILED", hide_env = true)]
    pub(crate) failed: Option<Option<PathBuf>>,
    /// Only one part of the cases: `2/5` is the second of five
    #[arg(long, value_name = "M/N", env = "MOCKWX_SHARD", hide_env = true)]
    pub(crate) shard: Option<String>,
    /// Runs each case so many times [default: 1]
    #[arg(long, value_name = "N", env = "MOCKWX_REPEAT", hide_env = true)]
    pub(crate) repeat: Option<usize>,
    /// Writes a report, `-` for stdout: json, jsonl, junit, tap, html, github, github-summary; repeatable
    #[arg(long, value_name = "KIND=PATH", env = "MOCKWX_REPORT", hide_env = true, value_delimiter = '\n')]
    pub(crate) report: Vec<String>,
    /// Starts no other case once one has failed
    #[arg(long, env = "MOCKWX_FAIL_FAST", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) fail_fast: bool,
    /// Runs the good files though others are invalid; the exit code stays 3
    #[arg(long, env = "MOCKWX_KEEP_GOING", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) keep_going: bool,
    /// How long a case may take in real time [default: 30s]
    #[arg(long, value_name = "DURATION", env = "MOCKWX_TIMEOUT", hide_env = true)]
    pub(crate) timeout: Option<String>,
    /// How long a step may take in real time [default: as long as its case]
    #[arg(long, value_name = "DURATION", env = "MOCKWX_STEP_TIMEOUT", hide_env = true)]
    pub(crate) step_timeout: Option<String>,
    /// How to show that it goes on [default: auto]
    #[arg(long, value_enum, value_name = "HOW", env = "MOCKWX_PROGRESS", hide_env = true)]
    pub(crate) progress: Option<ProgressChoice>,
    /// Says nothing unless something fails
    #[arg(short, long, env = "MOCKWX_QUIET", hide_env = true, value_parser = BoolishValueParser::new(), conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Names each case that passed, and shows failures with whole bodies
    #[arg(short, long, env = "MOCKWX_VERBOSE", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) verbose: bool,
    /// Shows secrets in failures; refused in CI
    #[arg(long, env = "MOCKWX_REVEAL", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) reveal: bool,
    /// Keeps answers that differ from their snapshots as the new ones; refused in CI
    #[arg(long, env = "MOCKWX_UPDATE_SNAPSHOTS", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) update_snapshots: bool,
    /// Writes no pending snapshots either; so it is in CI
    #[arg(long, env = "MOCKWX_NO_UPDATE", hide_env = true, value_parser = BoolishValueParser::new(), conflicts_with = "update_snapshots")]
    pub(crate) no_update: bool,
    /// Prints each option with its value and who said so, and does nothing else
    #[arg(long, env = "MOCKWX_EXPLAIN_CONFIG", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) explain_config: bool,
}

/// How a run shows that it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProgressChoice {
    /// A bar on a terminal
    Auto,
    /// A bar at the bottom
    Bar,
    /// A line for each case
    Lines,
    /// Nothing
    None,
}

/// `mockwx check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files, folders, or FILE:LINE [default: scenarios/, or the current folder]
    #[arg(env = "MOCKWX_PATHS", hide_env = true, value_delimiter = '\n')]
    pub(crate) paths: Vec<String>,
    /// Says nothing unless something is wrong
    #[arg(short, long, env = "MOCKWX_QUIET", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) quiet: bool,
    /// How to print what is wrong
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    pub(crate) format: CheckFormat,
}

/// For whom problems are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    #[default]
    Text,
    /// For editors and programs: a list of problems
    Json,
    /// For GitHub's runners: annotations
    Github,
}

/// `mockwx list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Files, folders, or FILE:LINE [default: scenarios/, or the current folder]
    #[arg(env = "MOCKWX_PATHS", hide_env = true, value_delimiter = '\n')]
    pub(crate) paths: Vec<String>,
    /// Only cases with this text in the scenario's or the case's name
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    pub(crate) name: Option<String>,
    /// Only scenarios whose tags fit: `smoke and not slow`
    #[arg(long, value_name = "EXPR", env = "MOCKWX_TAG", hide_env = true)]
    pub(crate) tag: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    pub(crate) format: Format,
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// `mockwx schema`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Of which kind of file
    #[arg(value_enum, default_value_t)]
    pub(crate) of: SchemaOf,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A scenario
    #[default]
    Scenario,
    /// A flow that scenarios use
    Flow,
    /// A world
    World,
    /// The project file mockwx.yaml
    Project,
}

/// Which server, and which of its worlds.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The running server
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "MOCKWX_URL",
        hide_env = true,
        default_value = "http://127.0.0.1:17080"
    )]
    pub(crate) url: String,
    /// Which of its worlds [default: default]
    #[arg(long, global = true, value_name = "NAME", env = "MOCKWX_WORLD", hide_env = true)]
    pub(crate) world: Option<String>,
    /// What its control API asks for
    #[arg(
        long,
        global = true,
        value_name = "TOKEN",
        env = "MOCKWX_ADMIN_TOKEN",
        hide_env = true,
        hide_env_values = true
    )]
    pub(crate) admin_token: Option<String>,
}

/// `mockwx clock`.
#[derive(Debug, Args)]
pub(crate) struct Clock {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) what: Option<ClockWord>,
}

/// What to do with a clock.
#[derive(Debug, Subcommand)]
pub(crate) enum ClockWord {
    /// Tells the world's time
    Now,
    /// Moves it forward: `5m`, `4m59s`, `1h30m`
    Advance {
        /// How far
        by: String,
    },
    /// Puts it at a time: `2026-03-01T09:00:00Z`
    Set {
        /// The time, RFC 3339
        to: String,
    },
    /// Stops it
    Freeze,
    /// Lets it run on
    Resume,
}

/// `mockwx code`.
#[derive(Debug, Args)]
pub(crate) struct Code {
    #[command(flatten)]
    pub(crate) server: Server,
    /// A phone code, as the quick button gives it
    #[arg(long, env = "MOCKWX_PHONE", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) phone: bool,
    /// A phone code, as the real-time button gives it
    #[arg(long, env = "MOCKWX_REALTIME", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) realtime: bool,
    /// Whose code [default: the world's first person]
    #[arg(long, value_name = "NAME", env = "MOCKWX_PERSON", hide_env = true)]
    pub(crate) person: Option<String>,
    /// In which mini program [default: the world's first]
    #[arg(long, value_name = "APPID", env = "MOCKWX_APPID", hide_env = true)]
    pub(crate) appid: Option<String>,
}

/// `mockwx outbox`.
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    #[command(flatten)]
    pub(crate) server: Server,
    /// Only messages to this number or address
    #[arg(long, value_name = "ADDRESS", env = "MOCKWX_TO", hide_env = true)]
    pub(crate) to: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    pub(crate) format: Format,
}

/// `mockwx journal`.
#[derive(Debug, Args)]
pub(crate) struct Journal {
    #[command(flatten)]
    pub(crate) server: Server,
    /// Only the exchange with this request id
    #[arg(long, env = "MOCKWX_RID", hide_env = true)]
    pub(crate) rid: Option<String>,
    /// Only exchanges whose path begins so
    #[arg(long, env = "MOCKWX_PATH", hide_env = true)]
    pub(crate) path: Option<String>,
    /// Only what this party asked: device, mini_program, back_end, idaas
    #[arg(long, value_name = "PARTY", env = "MOCKWX_FROM", hide_env = true)]
    pub(crate) from: Option<String>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 50, env = "MOCKWX_LIMIT", hide_env = true)]
    pub(crate) limit: usize,
    /// Shows secrets instead of their names
    #[arg(long, env = "MOCKWX_REVEAL", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) reveal: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    pub(crate) format: Format,
}

/// `mockwx explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) server: Server,
    /// A request id, or the whole message that it stands in
    #[arg(required = true, num_args = 1..)]
    pub(crate) rid: Vec<String>,
    /// Shows secrets instead of their names
    #[arg(long, env = "MOCKWX_REVEAL", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) reveal: bool,
}

/// `mockwx faults`.
#[derive(Debug, Args)]
pub(crate) struct Faults {
    /// Only this one, with how to bring it about: its name or its number
    pub(crate) name: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    pub(crate) format: Format,
}

/// `mockwx fault`.
#[derive(Debug, Args)]
pub(crate) struct FaultArgs {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) what: Option<FaultWord>,
}

/// What to do with faults.
#[derive(Debug, Subcommand)]
pub(crate) enum FaultWord {
    /// Lists what is planned, with counts
    List,
    /// Plans a fault: a preset by its name, or '{ where: …, when: …, what: … }'
    Inject {
        /// The preset or the plan
        #[arg(required = true, num_args = 1..)]
        fault: Vec<String>,
    },
    /// Takes a fault back, or all of them
    Clear {
        /// The fault [default: all]
        name: Option<String>,
    },
}

/// `mockwx world`.
#[derive(Debug, Args)]
pub(crate) struct WorldArgs {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) what: Option<WorldWord>,
}

/// What to do with worlds.
#[derive(Debug, Subcommand)]
pub(crate) enum WorldWord {
    /// Prints the world as a world file, secrets and generated values included
    Export,
    /// Puts the world back to its seed
    Reset,
    /// Lists the server's worlds
    List,
    /// Makes a sealed world and prints its URL
    Create {
        /// Its name: 1 to 63 characters out of a-z, 0-9 and `-`
        name: String,
        /// Its world file [default: like the default world]
        #[arg(long, value_name = "FILE", env = "MOCKWX_FILE", hide_env = true)]
        file: Option<PathBuf>,
    },
    /// Takes a world away with all that is in it
    Delete {
        /// Its name
        name: String,
    },
}
