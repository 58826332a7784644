//! A program and all that it starts: one process group, which ends with its owner.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::log::Log;

/// How long a program may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(3);

/// A running program in a process group of its own. Dropped = the whole group is killed.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
    readers: JoinSet<()>,
}

impl Process {
    /// Starts a program; whatever it writes goes into `log`. Of the surroundings it gets `environment` and nothing else.
    pub(super) fn start(
        words: &[String],
        folder: &Path,
        environment: &[(String, String)],
        log: &Arc<Log>,
    ) -> io::Result<Self> {
        let Some((program, arguments)) = words.split_first() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the command is empty"));
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A group of its own: what the program starts ends with it, and a Ctrl-C at the terminal reaches mockwx alone,
        // which ends the program in order.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let mut readers = JoinSet::new();
        if let Some(stdout) = child.stdout.take() {
            let log = Arc::clone(log);
            readers.spawn(async move { log.read(stdout).await });
        }
        if let Some(stderr) = child.stderr.take() {
            let log = Arc::clone(log);
            readers.spawn(async move { log.read(stderr).await });
        }
        Ok(Self {
            #[cfg(unix)]
            group: child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)),
            child,
            readers,
        })
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// How it ended, once it has, if that is within `limit`.
    pub(super) async fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        sim::real::within(limit, self.child.wait()).await?.ok()
    }

    /// Asks it to end, waits a while, and kills what is left of its group.
    pub(super) async fn stop(mut self) {
        self.ask_to_end();
        self.ended_within(GRACE).await;
        self.kill_group();
        // Whoever holds the pipes is dead now: this is the end of them, and with it of the log.
        let rest = async { while self.readers.join_next().await.is_some() {} };
        sim::real::within(GRACE, rest).await;
    }

    #[cfg(unix)]
    fn ask_to_end(&mut self) {
        use rustix::process::{Signal, kill_process_group};
        if let Some(group) = self.group {
            // That nobody of the group is left is as it should be.
            let _ = kill_process_group(group, Signal::TERM);
        }
    }

    #[cfg(unix)]
    fn kill_group(&mut self) {
        use rustix::process::{Signal, kill_process_group};
        if let Some(group) = self.group.take() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// There is no asking here: it is killed.
    #[cfg(not(unix))]
    fn ask_to_end(&mut self) {
        let _ = self.child.start_kill();
    }

    #[cfg(not(unix))]
    fn kill_group(&mut self) {
        let _ = self.child.start_kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
    }
}
