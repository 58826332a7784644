//! What is around the program: terminals, variables, the number of cores. It is looked at once, at the start.

use std::io::{self, IsTerminal, Write};
use std::num::NonZero;

use sim::real;

use super::args::When;
use super::error::CliError;
use crate::problem::Style;

/// What is around the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings {
    /// Whether people see what is written to stdout, and to stderr.
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    /// Whether keys that are typed are for this program.
    stdin_is_terminal: bool,
    /// `NO_COLOR` is set, or the terminal is a dumb one.
    no_color: bool,
    /// The program runs in CI.
    pub(crate) ci: bool,
    /// How many things the machine can do at a time.
    pub(crate) cores: usize,
}

impl Surroundings {
    /// Looks around.
    pub(crate) fn look() -> Self {
        Self {
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            stdin_is_terminal: io::stdin().is_terminal() && in_foreground(),
            no_color: real::variable("NO_COLOR").is_some() || real::variable("TERM").is_some_and(|term| term == "dumb"),
            ci: real::variable("CI").is_some(),
            cores: std::thread::available_parallelism().map_or(1, NonZero::get),
        }
    }

    /// Whether a person who watches stderr can press keys.
    pub(crate) fn has_keys(self) -> bool {
        self.stdin_is_terminal && self.is_watched()
    }

    /// Whether all that is written goes to one screen, which a person looks at.
    pub(crate) fn is_screen(self) -> bool {
        self.stdout_is_terminal && self.is_watched()
    }

    /// Whether a person watches stderr.
    pub(crate) fn is_watched(self) -> bool {
        self.stderr_is_terminal && !self.ci
    }
}

/// Whether the terminal's keys are for this program: who reads them in the background is stopped by the system. Where
/// that is not known, they are taken to be for another.
fn in_foreground() -> bool {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets: state, parent, process group, session, terminal, and the group in its foreground.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    matches!((fields.get(2), fields.get(5)), (Some(own), Some(front)) if own == front)
}

/// Where GitHub's runners want the summary of a job, `GITHUB_STEP_SUMMARY`.
pub(crate) fn step_summary() -> Option<std::path::PathBuf> {
    real::variable("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(Into::into)
}

/// Where a command writes: data to stdout, talk to stderr.
///
/// Whoever reads may stop reading: `mockwx list | head` is no error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// The style of what goes to stdout.
    pub(crate) data_style: Style,
    /// The style of what goes to stderr.
    pub(crate) talk_style: Style,
}

impl Output {
    /// Colours as `when` says, and as the surroundings do if that is `auto`.
    pub(crate) fn new(when: When, around: Surroundings) -> Self {
        let style = |is_terminal: bool| match when {
            When::Always => Style::Coloured,
            When::Auto if is_terminal && !around.no_color => Style::Coloured,
            When::Auto | When::Never => Style::Plain,
        };
        Self { data_style: style(around.stdout_is_terminal), talk_style: style(around.stderr_is_terminal) }
    }

    /// Writes what was asked for.
    ///
    /// # Errors
    /// When it cannot be written, unless nobody reads it any more.
    pub(crate) fn data(&self, text: &str) -> Result<(), CliError> {
        let mut stdout = anstream::AutoStream::new(io::stdout().lock(), choice(self.data_style));
        written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// Writes bytes that were asked for, as they are.
    ///
    /// # Errors
    /// When they cannot be written, unless nobody reads them any more.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), CliError> {
        let mut stdout = io::stdout().lock();
        written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    /// Says something. When that cannot be written, there is nobody to tell.
    pub(crate) fn talk(&self, text: &str) {
        let mut stderr = anstream::AutoStream::new(io::stderr().lock(), choice(self.talk_style));
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

fn written(done: io::Result<()>) -> Result<(), CliError> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::surroundings(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

fn choice(style: Style) -> anstream::ColorChoice {
    match style {
        Style::Plain => anstream::ColorChoice::Never,
        Style::Coloured => anstream::ColorChoice::Always,
    }
}
