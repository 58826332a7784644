//! The signals that are the command's.

use std::io;
use std::task::{Context, Poll};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// SIGINT, Ctrl-C.
    Interrupt,
    /// SIGQUIT, Ctrl-\.
    Quit,
    /// SIGHUP: the terminal is gone.
    HangUp,
    /// SIGTERM.
    Terminate,
    /// SIGCONT: the shell continues this program.
    GoOn,
}

/// The signals that are passed on. Must be made inside a tokio runtime.
#[derive(Debug)]
pub(super) struct Signals([(Came, Signal); 5]);

impl Signals {
    /// Begins to listen. From now on the signals no longer end this program by themselves.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self([
            (Came::Interrupt, signal(SignalKind::interrupt())?),
            (Came::Quit, signal(SignalKind::quit())?),
            (Came::HangUp, signal(SignalKind::hangup())?),
            (Came::Terminate, signal(SignalKind::terminate())?),
            (Came::GoOn, signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?),
        ]))
    }

    /// Whether the next one has come.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Came> {
        for (came, signal) in &mut self.0 {
            if let Poll::Ready(Some(())) = signal.poll_recv(context) {
                return Poll::Ready(*came);
            }
        }
        Poll::Pending
    }
}
