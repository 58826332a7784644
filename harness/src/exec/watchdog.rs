//! A second process that outlives this one, to end what it cannot end any more.
//!
//! It holds the reading end of a pipe. When `exec` is gone, however it went, the pipe ends; unless its last word was that
//! all is well, the command's process group, which a file in the private folder names, is ended, and the folder removed.
//! What left that group, as a daemon does with `setsid`, is beyond it, and so is everything when the watchdog itself is
//! killed first.

use std::io::{self, PipeWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clap::Args;

use super::start;

/// What the private folder of a command is called: nothing else is ever removed.
pub(crate) const FOLDER: &str = "mockwx-exec-";
/// The last word of an `exec` that has cleared up by itself.
const DONE: &str = "done";

/// `mockwx __watchdog`.
#[derive(Debug, Args)]
pub(crate) struct Watchdog {
    /// The folder to remove
    folder: PathBuf,
}

/// A watchdog that runs. Dropped without [`dismiss`](Self::dismiss), it acts.
#[derive(Debug)]
pub(crate) struct Watched {
    process: Child,
    line: PipeWriter,
}

impl Watched {
    /// Starts the watchdog: `program`, this very one, once more.
    pub(crate) fn over(folder: &Path, program: &Path) -> io::Result<Self> {
        let (reader, line) = io::pipe()?;
        let mut command = Command::new(program);
        command.arg("__watchdog").arg(folder).stdin(Stdio::from(reader)).stdout(Stdio::null()).stderr(Stdio::null());
        // Nor does it stand where the folder of the caller could not be removed for its sake.
        command.current_dir(folder.parent().unwrap_or(folder));
        // Out of reach of what a terminal sends to the group of this program.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Ok(Self { process: command.spawn()?, line })
    }

    /// There is nothing left to do for it.
    pub(crate) fn dismiss(mut self) -> io::Result<()> {
        self.line.write_all(DONE.as_bytes())?;
        drop(self.line);
        self.process.wait().map(drop)
    }
}

/// The watchdog's own work: waits until the pipe on stdin ends, and clears up.
///
/// # Errors
/// When there is no pipe, or the folder cannot be removed.
pub(crate) fn watch(args: &Watchdog) -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    if text == DONE {
        return Ok(());
    }
    if let Some(group) = start::group(&args.folder) {
        end(group)?;
    }
    remove(&args.folder)
}

/// Removes a private folder, and no other.
fn remove(folder: &Path) -> io::Result<()> {
    let name = folder.file_name().unwrap_or_default();
    if !name.to_string_lossy().starts_with(FOLDER) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no folder of mockwx exec"));
    }
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn end(group: i32) -> io::Result<()> {
    let Some(group) = rustix::process::Pid::from_raw(group) else { return Ok(()) };
    super::child::ask_to_end(group);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(super::child::end_group(group));
    Ok(())
}

#[cfg(not(unix))]
fn end(_: i32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_its_own_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, yours) = (folder.path().join("mockwx-exec-1"), folder.path().join("home"));
        for folder in [&mine, &yours] {
            std::fs::create_dir(folder).unwrap();
        }
        remove(&mine).unwrap();
        assert!(!mine.exists());
        // Somebody else was quicker.
        remove(&mine).unwrap();
        assert_eq!(remove(&yours).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(yours.exists());
    }
}
