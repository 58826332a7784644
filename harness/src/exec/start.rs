//! The moment before a command begins: this program once more, which then becomes the command.
//!
//! Between a process that was made and a watchdog that knows of it nobody may be able to kill `exec`. So the process
//! itself says who it is, in a file of the private folder, and only then becomes the command. Should `exec` be gone by
//! then, it ends instead: a watchdog that looked for the file too early has nothing to miss.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

/// The file with the number of the command's process group.
const GROUP: &str = "group";

/// `mockwx __start`.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The private folder
    folder: PathBuf,
    /// The process that waits for the command
    parent: u32,
    /// The command and its arguments
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// The process group of a private folder's command.
pub(super) fn group(folder: &Path) -> Option<i32> {
    let text = std::fs::read_to_string(folder.join(GROUP)).ok()?;
    // Half a number would be another's. 0 and 1 stand for more than one group.
    text.strip_suffix('\n')?.parse().ok().filter(|group| *group > 1)
}

#[cfg(unix)]
pub(crate) use unix::start;

#[cfg(unix)]
mod unix {
    use std::ffi::OsString;
    use std::os::unix::process::{CommandExt, parent_id};
    use std::path::Path;
    use std::process::Command;

    use super::{GROUP, Start};
    use crate::exec::NotStarted;

    /// Becomes the command; comes back only when that cannot be.
    pub(crate) fn start(args: &Start) -> NotStarted {
        let Some((program, arguments)) = args.command.split_first() else {
            return NotStarted::Missing(String::new());
        };
        let group = format!("{}\n", std::process::id());
        if let Err(error) = std::fs::write(args.folder.join(GROUP), group) {
            return NotStarted::Refused(program.to_string_lossy().into_owned(), error);
        }
        if parent_id() != args.parent {
            return NotStarted::Abandoned;
        }
        NotStarted::new(program, Command::new(program).args(arguments).exec())
    }

    /// The same program once more, as what becomes the command.
    pub(in crate::exec) fn starter(program: &Path, folder: &Path, words: &[OsString]) -> Command {
        let mut command = Command::new(program);
        command.arg("__start").arg(folder).arg(std::process::id().to_string()).arg("--").args(words).process_group(0);
        command
    }
}

#[cfg(unix)]
pub(super) use unix::starter;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::NotStarted;

    #[test]
    fn only_a_whole_number_names_a_group() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(group(folder.path()), None);
        for (text, found) in
            [("17\n", Some(17)), ("17", None), ("1\n", None), ("0\n", None), ("-17\n", None), ("\n", None)]
        {
            std::fs::write(folder.path().join(GROUP), text).unwrap();
            assert_eq!(group(folder.path()), found, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_command_whose_exec_is_gone_does_not_begin() {
        let folder = tempfile::tempdir().unwrap();
        let nobody = Start { folder: folder.path().to_owned(), parent: 0, command: vec!["true".into()] };
        assert!(matches!(start(&nobody), NotStarted::Abandoned));
        assert_eq!(group(folder.path()), i32::try_from(std::process::id()).ok());
    }
}
