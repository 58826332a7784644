//! The terminal, which one process group at a time may read from, and whose keys send signals to that group.
//!
//! The command has a group of its own, so it is lent the terminal: Ctrl-C, Ctrl-Z and what is typed reach it as if this
//! program were not there. Beside a pager, as in `mockwx exec -- npm test | less`, the pager keeps it, and the command
//! gets it when it asks.

use std::fs::File;
use std::io::IsTerminal;

use nix::sys::signal::{SigSet, Signal};
use rustix::process::{Pid, getpgrp};
use rustix::termios::{tcgetpgrp, tcsetpgrp};

/// The terminal of this program's session.
#[derive(Debug)]
pub(super) struct Terminal {
    device: File,
    own: Pid,
}

impl Terminal {
    /// The terminal, if there is one and it is this program's turn.
    pub(super) fn of_this_group() -> Option<Self> {
        let device = File::options().read(true).write(true).open("/dev/tty").ok()?;
        let terminal = Self { device, own: getpgrp() };
        terminal.is_ours().then_some(terminal)
    }

    /// Whether this program's group may use it now.
    pub(super) fn is_ours(&self) -> bool {
        tcgetpgrp(&self.device).is_ok_and(|group| group == self.own)
    }

    /// Whether no other program of a pipeline can want it.
    pub(super) fn is_all_there_is(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
    }

    /// Gives it to a group.
    pub(super) fn give_to(&self, group: Pid) {
        self.set(group);
    }

    /// Takes it back from a group, unless a shell gave it to another meanwhile.
    pub(super) fn take_from(&self, group: Pid) {
        if tcgetpgrp(&self.device).is_ok_and(|now| now == group) {
            self.set(self.own);
        }
    }

    fn set(&self, group: Pid) {
        // Whoever changes it from the background is stopped by SIGTTOU, unless that is blocked.
        let blocked = SigSet::from(Signal::SIGTTOU);
        let _ = blocked.thread_block();
        // A terminal that is gone needs no owner.
        let _ = tcsetpgrp(&self.device, group);
        let _ = blocked.thread_unblock();
    }
}
