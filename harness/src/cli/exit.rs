//! What the program's exit code says.

use std::process::ExitCode;

/// All selected scenarios passed; the command did what it was asked.
pub const PASSED: u8 = 0;
/// A scenario failed.
pub const FAILED: u8 = 1;
/// The command line or the configuration makes no sense.
pub const USAGE: u8 = 2;
/// A scenario or world file is invalid.
pub const INVALID: u8 = 3;
/// No scenario was selected.
pub const NOTHING: u8 = 4;
/// It could not run: a port, a disk, a target.
pub const UNABLE: u8 = 5;
/// Someone stopped it; reports are written as far as it came.
pub const INTERRUPTED: u8 = 130;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// As it was wanted.
    Well,
    /// A scenario failed.
    Failed,
    /// Someone stopped it.
    Interrupted,
    /// The command that it ran ended, with this exit code.
    Command(u8),
    /// Something kept it from doing its work; it was told to the person already.
    Kept(Kept),
}

/// What can keep a command from doing its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// A flag, a variable or a key of the project file.
    Configuration,
    /// A scenario or world file.
    InvalidFile,
    /// There is nothing to run.
    NothingSelected,
    /// The machine or the network.
    Surroundings,
}

impl Ended {
    /// The exit code that says so.
    pub const fn code(self) -> u8 {
        match self {
            Self::Well => PASSED,
            Self::Failed => FAILED,
            Self::Interrupted => INTERRUPTED,
            Self::Command(code) => code,
            Self::Kept(Kept::Configuration) => USAGE,
            Self::Kept(Kept::InvalidFile) => INVALID,
            Self::Kept(Kept::NothingSelected) => NOTHING,
            Self::Kept(Kept::Surroundings) => UNABLE,
        }
    }
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(ended.code())
    }
}
