//! `mockwx watch`.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;

use super::Context;
use super::args::{ProgressChoice, Run};
use super::changes::{Changes, settled};
use super::check::counted;
use super::error::{CliError, problems_text};
use super::exit::Ended;
use super::project::{self, Project};
use super::run::{self, Options, no_runtime};
use super::signals::Signals;
use super::surroundings::Output;
use crate::check::{Checked, files_in};
use crate::problem::{Problem, Style};
use crate::run::{CaseId, Signal};
use crate::watch::{Changed, Graph, Uses};

/// `mockwx watch`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Watch {
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
    /// Only cases with this text in the scenario's or the case's name
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    pub(crate) name: Option<String>,
    /// Only scenarios whose tags fit: `smoke and not slow`
    #[arg(long, value_name = "EXPR", env = "MOCKWX_TAG", hide_env = true)]
    pub(crate) tag: Option<String>,
    /// Starts no other case once one has failed
    #[arg(long, env = "MOCKWX_FAIL_FAST", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) fail_fast: bool,
    /// How long a case may take in real time [default: 30s]
    #[arg(long, value_name = "DURATION", env = "MOCKWX_TIMEOUT", hide_env = true)]
    pub(crate) timeout: Option<String>,
    /// How to show that it goes on [default: auto]
    #[arg(long, value_enum, value_name = "HOW", env = "MOCKWX_PROGRESS", hide_env = true)]
    pub(crate) progress: Option<ProgressChoice>,
    /// Names each case that passed, and shows failures with whole bodies
    #[arg(short, long, env = "MOCKWX_VERBOSE", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) verbose: bool,
    /// Shows secrets in failures; refused in CI
    #[arg(long, env = "MOCKWX_REVEAL", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) reveal: bool,
}

pub(super) fn watch(args: Watch, context: &Context) -> Result<Ended, CliError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::listen().map_err(|error| no_runtime(&error))?;
        Rounds::new(args, context)?.until_stopped(&mut signals).await
    });
    // A case that is stuck must not keep the program from ending.
    runtime.shutdown_background();
    ended
}

/// One run after the other.
struct Rounds {
    args: Watch,
    /// With the project file as it was when it was last in order.
    context: Context,
    options: Options,
    graph: Graph,
    changes: Changes,
}

/// Whether there is another round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Stop,
}

impl Rounds {
    fn new(args: Watch, context: &Context) -> Result<Self, CliError> {
        let (context, options) = with_project(&args, context)?;
        let mut changes = Changes::new()?;
        changes.watch(&context.folder, false)?;
        Ok(Self { args, context, options, graph: Graph::default(), changes })
    }

    /// Runs everything, then whatever changes touch, until a signal comes.
    async fn until_stopped(mut self, signals: &mut Signals) -> Result<Ended, CliError> {
        let mut then = self.first(signals).await?;
        while then == Then::GoOn {
            let Some(changed) = signals.unless(self.changes.next()).await else { break };
            then = match self.next(changed?, signals).await {
                Ok(then) => then,
                // A server that is away may come back.
                Err(error) => {
                    self.context.out.talk(&error.render(self.context.out.talk_style));
                    Then::GoOn
                }
            };
        }
        Ok(Ended::Interrupted)
    }

    /// Runs everything that is selected, which must be something.
    async fn first(&mut self, signals: &mut Signals) -> Result<Then, CliError> {
        let (names, problems) = self.names()?;
        let checked = self.check(&names, problems);
        let cases = self.options.picked.selection.of(&checked.scenarios);
        if cases.is_empty() && checked.problems.is_empty() {
            let paths = self.context.project.paths(self.args.paths.clone(), &self.context.folder);
            return Err(run::nothing(&paths, &self.options.picked.selection, checked.scenarios.len()));
        }
        self.replay(names, &checked, cases, signals).await
    }

    /// Runs what a change touches.
    async fn next(&mut self, changed: Changed, signals: &mut Signals) -> Result<Then, CliError> {
        let renewed = self.renew_project(&changed);
        let (names, problems) = self.names()?;
        self.graph.keep(&names);
        let touched = self.graph.touched(&names, if renewed { &Changed::Anything } else { &changed });
        if touched.is_empty() {
            return Ok(Then::GoOn);
        }
        self.begin(&changed);
        let checked = self.check(&touched, problems);
        let cases = self.options.picked.selection.of(&checked.scenarios);
        if cases.is_empty() && checked.problems.is_empty() {
            self.context.out.talk("no selected case uses it\n");
        }
        self.replay(touched, &checked, cases, signals).await
    }

    /// Tells what is wrong, runs the rest, and learns what all of it uses.
    async fn replay(
        &mut self,
        names: Vec<String>,
        checked: &Checked,
        cases: Vec<CaseId>,
        signals: &mut Signals,
    ) -> Result<Then, CliError> {
        // Watched before they run: no change in the meantime is lost.
        self.watch(&self.settled(&checked.files))?;
        let out = &self.context.out;
        let so = if cases.is_empty() { "" } else { "; running the rest" };
        out.talk(&problems_text(&checked.problems, out.talk_style, so));
        let then = self.run(cases, signals).await;
        // Whatever went wrong, the next change begins with what is true now.
        self.learn(names)?;
        if then? == Then::Stop {
            return Ok(Then::Stop);
        }
        let files = counted(self.graph.files().len(), "file");
        self.context.out.talk(&format!("watching {files}; Ctrl-C ends it\n"));
        Ok(Then::GoOn)
    }

    async fn run(&self, cases: Vec<CaseId>, signals: &mut Signals) -> Result<Then, CliError> {
        if cases.is_empty() {
            return Ok(Then::GoOn);
        }
        let stop = |waiting: &mut std::task::Context<'_>| signals.poll(waiting).map(|()| Signal::Stop);
        let result = run::replay(cases, &self.options, &self.context, stop).await?;
        run::tell(&result, &self.options, &self.context)?;
        Ok(if result.interrupted { Then::Stop } else { Then::GoOn })
    }

    /// Everything that is watched, by the name with which it is checked: files of folders one by one.
    fn names(&mut self) -> Result<(Vec<String>, Vec<Problem>), CliError> {
        let (mut names, mut problems) = (Vec::new(), Vec::new());
        for path in self.context.project.paths(self.args.paths.clone(), &self.context.folder) {
            if Path::new(&path).is_dir() {
                let folder = self.context.folder.join(&path);
                self.changes.watch(&folder.canonicalize().unwrap_or(folder), true)?;
                let files = files_in(&[path], &mut problems);
                names.extend(files.iter().map(|file| file.to_string_lossy().into_owned()));
            } else {
                names.push(path);
            }
        }
        let mut met = HashSet::new();
        names.retain(|name| met.insert(name.clone()));
        Ok((names, problems))
    }

    fn check(&self, names: &[String], mut problems: Vec<Problem>) -> Checked {
        let mut checked = self.context.check(names);
        problems.append(&mut checked.problems);
        Checked { problems, ..checked }
    }

    /// Looks at what these use now, and watches that, too.
    fn learn(&mut self, names: Vec<String>) -> Result<(), CliError> {
        for name in names {
            let Checked { problems, files, snapshots, .. } = self.context.check(std::slice::from_ref(&name));
            let files = self.settled(files.iter().chain(&snapshots));
            self.watch(&files)?;
            self.graph.learn(name, Uses { files, sound: problems.is_empty() });
        }
        Ok(())
    }

    fn watch(&mut self, files: &BTreeSet<PathBuf>) -> Result<(), CliError> {
        // By their folders: an editor that saves a file may put another one in its place.
        files.iter().filter_map(|file| file.parent()).try_for_each(|folder| self.changes.watch(folder, false))
    }

    fn settled<'a>(&self, files: impl IntoIterator<Item = &'a PathBuf>) -> BTreeSet<PathBuf> {
        files.into_iter().map(|file| settled(&self.context.folder.join(file))).collect()
    }

    /// Takes the project file as it is now if it has changed and is in order; whether it did.
    fn renew_project(&mut self, changed: &Changed) -> bool {
        let file = settled(&self.context.folder.join(project::NAME));
        if matches!(changed, Changed::Files(files) if !files.contains(&file)) {
            return false;
        }
        match with_project(&self.args, &self.context) {
            Ok((context, options)) => {
                (self.context, self.options) = (context, options);
                true
            }
            Err(error) => {
                let out = &self.context.out;
                out.talk(&format!("\n{}", error.render(out.talk_style)));
                out.talk(&format!("going on with {} as it was\n", project::NAME));
                false
            }
        }
    }

    /// Says why another run begins; on a screen with a page of its own, elsewhere nothing is lost.
    fn begin(&self, changed: &Changed) {
        let out = &self.context.out;
        let clears = self.context.around.is_screen() && out.talk_style == Style::Coloured;
        out.talk(if clears { "\x1b[2J\x1b[H" } else { "\n" });
        let names: Vec<String> = self.graph.noticed(changed).into_iter().map(|file| self.shown(file)).collect();
        match names.as_slice() {
            [] => {}
            [some @ .., last] if some.len() < 3 => {
                let some: String = some.iter().map(|name| format!("{name}, ")).collect();
                out.talk(&format!("changed: {some}{last}\n"));
            }
            [first, ..] => out.talk(&format!("changed: {first} and {}\n", counted(names.len() - 1, "more file"))),
        }
    }

    fn shown(&self, file: &Path) -> String {
        let here = self.context.folder.canonicalize();
        here.ok().and_then(|here| file.strip_prefix(here).ok()).unwrap_or(file).to_string_lossy().replace('\\', "/")
    }
}

/// The context and the options with the project file as it is now.
fn with_project(args: &Watch, context: &Context) -> Result<(Context, Options), CliError> {
    let context = Context {
        project: Project::of(&context.folder)?,
        folder: context.folder.clone(),
        around: context.around,
        out: Output { ..context.out },
        given: None,
    };
    let args = args.clone();
    let of_run = Run {
        target: args.target,
        admin_token: args.admin_token,
        jobs: args.jobs,
        name: args.name,
        tag: args.tag,
        fail_fast: args.fail_fast,
        timeout: args.timeout,
        progress: args.progress,
        verbose: args.verbose,
        reveal: args.reveal,
        ..Run::default()
    };
    let options = run::options(of_run, &context)?.without_reports();
    Ok((context, options))
}
