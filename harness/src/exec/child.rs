//! The command itself: started, followed, and ended with all that it started.

use std::ffi::OsString;
use std::io;
use std::path::Path;

/// Why a command did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotStarted {
    /// No such program.
    #[error("there is no program `{0}`")]
    Missing(String),
    /// There is such a file, and it cannot be run.
    #[error("`{0}` cannot be run: {1}")]
    Unfit(String, io::Error),
    /// The machine does not let it.
    #[error("`{0}` cannot be started: {1}")]
    Refused(String, io::Error),
    /// `exec` ended meanwhile.
    #[error("mockwx exec ended before its command began")]
    Abandoned,
}

impl NotStarted {
    /// The exit code by which shells say it.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Missing(_) => 127,
            Self::Unfit(..) | Self::Refused(..) | Self::Abandoned => 126,
        }
    }

    pub(crate) fn new(program: &OsString, error: io::Error) -> Self {
        let program = program.to_string_lossy().into_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(program),
            io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput => Self::Unfit(program, error),
            // A file that is neither a program nor begins with `#!`.
            _ if error.raw_os_error() == Some(8) => Self::Unfit(program, error),
            _ => Self::Refused(program, error),
        }
    }
}

/// What is to be run, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan<'a> {
    /// The command and its arguments.
    pub(crate) words: &'a [OsString],
    /// Its variables. The rest of the environment, the folder, stdin, stdout and stderr are those of this program.
    pub(crate) variables: &'a [(String, String)],
    /// The private folder.
    pub(crate) folder: &'a Path,
    /// This program's own file.
    pub(crate) program: &'a Path,
}

#[cfg(unix)]
pub(crate) use unix::Child;

#[cfg(unix)]
mod unix {
    use std::future::poll_fn;
    use std::io;
    use std::task::Poll;
    use std::time::Duration;

    use rustix::process::{
        Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, test_kill_process_group, waitid,
    };
    use tokio::sync::mpsc::{self, UnboundedReceiver};

    use super::Plan;
    use crate::exec::signals::{Came, Signals};
    use crate::exec::start::starter;
    use crate::exec::terminal::Terminal;

    /// How long what the command left running may take to end by itself.
    const GRACE: Duration = Duration::from_secs(2);
    /// Between two looks at what is left.
    const PAUSE: Duration = Duration::from_millis(10);
    /// How long this program waits to be stopped by a signal that it sent itself.
    const STOPPING: Duration = Duration::from_millis(200);

    /// What a command ends with that a Ctrl-C has killed.
    const INTERRUPTED: u8 = 130;

    /// What a command does.
    #[derive(Debug, Clone, Copy)]
    enum Turn {
        /// It was stopped, by this signal.
        Stopped(i32),
        /// It ended, with this exit code.
        Ended(u8),
    }

    /// A running command in a process group of its own.
    #[derive(Debug)]
    pub(crate) struct Child {
        leader: Pid,
        turns: UnboundedReceiver<Turn>,
        signals: Signals,
        terminal: Option<Terminal>,
        /// Whether the command has had the terminal.
        lent: bool,
    }

    impl Child {
        /// Starts the command. From now on the signals that would end this program are the command's.
        ///
        /// # Errors
        /// When the machine gives no process. That there is no such program is told by the process itself.
        pub(crate) fn start(plan: Plan<'_>) -> io::Result<Self> {
            let signals = Signals::listen()?;
            let terminal = Terminal::of_this_group();
            let mut command = starter(plan.program, plan.folder, plan.words);
            let child = command.envs(plan.variables.iter().map(|(name, value)| (name, value))).spawn()?;
            let leader = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            let leader = leader.ok_or(io::ErrorKind::InvalidData)?;
            let mut started = Self { leader, turns: followed(leader), signals, terminal, lent: false };
            if started.terminal.as_ref().is_some_and(Terminal::is_all_there_is) {
                started.lend_terminal();
            }
            Ok(started)
        }

        /// Passes on what comes until the command has ended; gives back the exit code that it stands for: 128 and the
        /// signal's number when it was killed. What it left running is ended, too.
        pub(crate) async fn ended(mut self) -> u8 {
            loop {
                match self.next().await {
                    Next::Turn(Turn::Ended(code)) => {
                        self.take_terminal_back();
                        self.clear_up().await;
                        self.pass_interrupt_up(code);
                        return code;
                    }
                    Next::Turn(Turn::Stopped(signal)) => self.stopped(signal).await,
                    Next::Came(Came::GoOn) => self.go_on(),
                    Next::Came(came) => self.pass_on(came),
                }
            }
        }

        async fn next(&mut self) -> Next {
            poll_fn(|context| {
                if let Poll::Ready(turn) = self.turns.poll_recv(context) {
                    // Nothing more is heard of a child that cannot be waited for.
                    return Poll::Ready(Next::Turn(turn.unwrap_or(Turn::Ended(1))));
                }
                self.signals.poll(context).map(Next::Came)
            })
            .await
        }

        /// What a keyboard sends is for the group, as it is without this program; what a person or an init system sends
        /// to this program is for the command, which tells its own children.
        fn pass_on(&self, came: Came) {
            // That nobody is left to hear it is told by the wait.
            let _ = match came {
                Came::Interrupt => kill_process_group(self.leader, Signal::INT),
                Came::Quit => kill_process_group(self.leader, Signal::QUIT),
                Came::HangUp => kill_process_group(self.leader, Signal::HUP),
                Came::Terminate => kill_process(self.leader, Signal::TERM),
                Came::GoOn => kill_process_group(self.leader, Signal::CONT),
            };
        }

        /// The command was stopped. Was it for want of the terminal, it gets it; else, as by Ctrl-Z, this program stops
        /// as well, so that the shell in front of it notices.
        async fn stopped(&mut self, signal: i32) {
            let wants_terminal = [Signal::TTIN, Signal::TTOU].iter().any(|wants| wants.as_raw() == signal);
            if wants_terminal && self.terminal.as_ref().is_some_and(Terminal::is_ours) {
                self.go_on();
                return;
            }
            if self.terminal.is_none() {
                return;
            }
            self.take_terminal_back();
            let _ = rustix::process::kill_current_process_group(Signal::TSTP);
            // Nobody stops a group that no shell could continue: then the command goes on at once.
            let go_on = poll_fn(|context| match self.signals.poll(context) {
                Poll::Ready(Came::GoOn) => Poll::Ready(()),
                Poll::Ready(other) => {
                    self.pass_on(other);
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                Poll::Pending => Poll::Pending,
            });
            sim::real::within(STOPPING, go_on).await;
            self.go_on();
        }

        /// Lets the command go on, with the terminal if it is there for this program.
        fn go_on(&mut self) {
            if self.terminal.as_ref().is_some_and(Terminal::is_ours) {
                self.lend_terminal();
            } else {
                self.pass_on(Came::GoOn);
            }
        }

        fn lend_terminal(&mut self) {
            if let Some(terminal) = &self.terminal {
                terminal.give_to(self.leader);
                self.lent = true;
            }
            // It may have asked for the terminal before it had it.
            self.pass_on(Came::GoOn);
        }

        fn take_terminal_back(&self) {
            if let Some(terminal) = &self.terminal {
                terminal.take_from(self.leader);
            }
        }

        /// A Ctrl-C that the command died of was meant for all in the foreground: a script or `make` around this program,
        /// too, which did not have the terminal then. This program itself listens and does not end by it.
        fn pass_interrupt_up(&self, code: u8) {
            if self.lent && code == INTERRUPTED {
                let _ = rustix::process::kill_current_process_group(Signal::INT);
            }
        }

        /// Ends what is left of the group. The command itself is waited for only after that was asked of them: until
        /// then its number, which is that of the group, cannot be another's.
        async fn clear_up(&mut self) {
            ask_to_end(self.leader);
            let _ = rustix::io::retry_on_intr(|| waitid(WaitId::Pid(self.leader), WaitIdOptions::EXITED));
            end_group(self.leader).await;
        }
    }

    /// What is next.
    #[derive(Debug)]
    enum Next {
        Turn(Turn),
        Came(Came),
    }

    /// Asks all of a group to end. A stopped one hears nothing until it goes on.
    pub(in crate::exec) fn ask_to_end(group: Pid) {
        for signal in [Signal::TERM, Signal::CONT] {
            // That nobody of it is left is as it should be.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Waits until a group that was asked to end is gone, and kills what does not go.
    pub(in crate::exec) async fn end_group(group: Pid) {
        let gone = async {
            while lives(group) {
                sim::real::sleep(PAUSE).await;
            }
        };
        if sim::real::within(GRACE, gone).await.is_none() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Whether anybody of a group still runs. In a container whose first process waits for nobody, the dead of a group
    /// stay in it.
    fn lives(group: Pid) -> bool {
        if test_kill_process_group(group).is_err() {
            return false;
        }
        let Ok(processes) = std::fs::read_dir("/proc") else { return true };
        let mut stats = processes.filter_map(|process| std::fs::read_to_string(process.ok()?.path().join("stat")).ok());
        // Where processes cannot be looked at like this, the signal's word counts.
        let mut seen = false;
        let runs = stats.any(|stat| {
            seen = true;
            is_running(&stat, group.as_raw_nonzero().get())
        });
        runs || !seen
    }

    /// Whether a process, told of by its `/proc/PID/stat`, is of this group and not dead.
    fn is_running(stat: &str, group: i32) -> bool {
        // Behind the name in brackets: state, parent, process group.
        let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let mut fields = fields.split_whitespace();
        let (state, of) = (fields.next(), fields.nth(1));
        of.and_then(|of| of.parse::<i32>().ok()) == Some(group) && !matches!(state, Some("Z" | "X"))
    }

    /// Follows a child from a thread of its own, which ends with it. The child is left to be waited for.
    fn followed(child: Pid) -> UnboundedReceiver<Turn> {
        let (tell, turns) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            let look = |options| rustix::io::retry_on_intr(|| waitid(WaitId::Pid(child), options));
            while let Ok(Some(status)) = look(WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT) {
                if let Some(signal) = status.stopping_signal() {
                    // Takes it away, unless it goes on already.
                    let _ = look(WaitIdOptions::STOPPED | WaitIdOptions::NOHANG);
                    let _ = tell.send(Turn::Stopped(signal));
                    continue;
                }
                let code = status.exit_status().or_else(|| Some(128 + status.terminating_signal()?)).unwrap_or(1);
                // Exit codes have eight bits.
                let _ = tell.send(Turn::Ended(u8::try_from(code & 0xff).unwrap_or(1)));
                return;
            }
        });
        turns
    }

    #[cfg(test)]
    mod tests {
        use super::is_running;

        #[test]
        fn the_dead_of_a_group_do_not_run() {
            let stat = |state: &str| format!("17 (a ) b) {state} 1 12 12 0 -1");
            assert!(is_running(&stat("S"), 12));
            assert!(!is_running(&stat("Z"), 12));
            assert!(!is_running(&stat("S"), 1));
            assert!(!is_running("", 12));
        }
    }
}

#[cfg(unix)]
pub(in crate::exec) use unix::{ask_to_end, end_group};

/// A running command. Here a system ends what belongs to a console together; there is no group to follow.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Child(std::process::Child);

#[cfg(not(unix))]
impl Child {
    /// Starts the command.
    ///
    /// # Errors
    /// When there is no such program, or no process for it.
    pub(crate) fn start(plan: Plan<'_>) -> io::Result<Self> {
        let Some((program, arguments)) = plan.words.split_first() else { return Err(io::ErrorKind::NotFound.into()) };
        let mut command = std::process::Command::new(program);
        command.args(arguments).envs(plan.variables.iter().map(|(name, value)| (name, value)));
        command.spawn().map(Self)
    }

    /// Waits until the command has ended; gives back its exit code.
    pub(crate) async fn ended(mut self) -> u8 {
        let ended = tokio::task::spawn_blocking(move || self.0.wait()).await;
        // Codes of more than eight bits cannot be given back here: they are a failure.
        let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
        code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
    }
}
