//! What keeps a command from doing its work, told with the way out.

use std::io;
use std::path::Path;

use super::exit::Kept;
use crate::problem::{Problem, Style};
use crate::source::Place;

/// What keeps a command from doing its work.
#[derive(Debug)]
pub(crate) struct CliError {
    kept: Kept,
    flag: Option<&'static str>,
    message: String,
    hint: Option<String>,
    problems: Vec<Problem>,
}

impl CliError {
    fn new(kept: Kept, message: impl Into<String>) -> Self {
        Self { kept, flag: None, message: message.into(), hint: None, problems: Vec::new() }
    }

    /// A flag, a variable or a key of the project file makes no sense.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Kept::Configuration, message)
    }

    /// What stands behind a flag makes no sense.
    pub(crate) fn flag(flag: &'static str, message: impl Into<String>) -> Self {
        Self { flag: Some(flag), ..Self::new(Kept::Configuration, message) }
    }

    /// The same about a value in a file, where no flag was given.
    pub(crate) fn at(self, place: Place) -> Problem {
        let problem = Problem::new(place, self.message);
        match self.hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    /// The project file is wrong.
    pub(crate) fn project(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(Kept::Configuration, "") }
    }

    /// A scenario or world file is wrong.
    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(Kept::InvalidFile, "") }
    }

    /// A server refuses a world file.
    pub(crate) fn invalid_world(message: impl Into<String>) -> Self {
        Self::new(Kept::InvalidFile, message)
    }

    /// There is nothing to run.
    pub(crate) fn nothing(message: impl Into<String>) -> Self {
        Self::new(Kept::NothingSelected, message)
    }

    /// The machine or the network does not do what it should.
    pub(crate) fn surroundings(message: impl Into<String>) -> Self {
        Self::new(Kept::Surroundings, message)
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(verb: &str, path: &Path, error: &io::Error) -> Self {
        Self::surroundings(format!("cannot {verb} {}: {error}", path.display()))
    }

    /// The way out.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What kind of thing it is.
    pub(crate) fn kept(&self) -> Kept {
        self.kept
    }

    /// The whole of it as people read it, with a line break at the end.
    pub(crate) fn render(&self, style: Style) -> String {
        let mut text = problems_text(&self.problems, style, "; nothing was done");
        if !self.message.is_empty() {
            let word = match style {
                Style::Plain => "error:",
                Style::Coloured => "\x1b[1;31merror:\x1b[0m",
            };
            let flag = self.flag.map(|flag| format!("{flag}: ")).unwrap_or_default();
            text.push_str(&format!("{word} {flag}{}\n", self.message));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("hint: {hint}\n"));
        }
        text
    }
}

/// Problems one below the other, with a count at the end and what follows from it.
pub(crate) fn problems_text(problems: &[Problem], style: Style, so: &str) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&problem.render(style));
        text.push_str("\n\n");
    }
    if !problems.is_empty() {
        let count = if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", problems.len()) };
        text.push_str(&format!("{count} found{so}\n"));
    }
    text
}
