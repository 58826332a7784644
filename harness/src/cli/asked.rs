//! What a person says to a run while it goes on: Ctrl-C, or a wish to know what it is doing.

use std::io::{self, BufRead};
use std::task::{Context, Poll};

use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::signals::Signals;
use crate::run::Signal;

/// What a person says to a run. Must be made inside a tokio runtime.
#[derive(Debug)]
pub(super) struct Asked {
    stop: Signals,
    #[cfg(unix)]
    status: Vec<tokio::signal::unix::Signal>,
    lines: Option<UnboundedReceiver<()>>,
}

impl Asked {
    /// Begins to listen; to the Enter key too, when `keys` says so.
    pub(super) fn listen(keys: bool) -> io::Result<Self> {
        Ok(Self {
            stop: Signals::listen()?,
            #[cfg(unix)]
            status: status_signals()?,
            lines: keys.then(lines),
        })
    }

    /// The next thing that is said.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Signal> {
        if self.stop.poll(context).is_ready() {
            return Poll::Ready(Signal::Stop);
        }
        #[cfg(unix)]
        for signal in &mut self.status {
            if signal.poll_recv(context).is_ready() {
                return Poll::Ready(Signal::Status);
            }
        }
        match self.lines.as_mut().map(|lines| lines.poll_recv(context)) {
            Some(Poll::Ready(Some(()))) => return Poll::Ready(Signal::Status),
            // The terminal is gone.
            Some(Poll::Ready(None)) => self.lines = None,
            Some(Poll::Pending) | None => {}
        }
        Poll::Pending
    }
}

/// SIGUSR1, and what Ctrl-T sends where there is such a key.
#[cfg(unix)]
fn status_signals() -> io::Result<Vec<tokio::signal::unix::Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok(vec![
        signal(SignalKind::user_defined1())?,
        #[cfg(any(target_os = "macos", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
        signal(SignalKind::info())?,
    ])
}

/// Lines that are typed. The thread that reads them ends with the program.
fn lines() -> UnboundedReceiver<()> {
    let (typed, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if line.is_err() || typed.send(()).is_err() {
                return;
            }
        }
    });
    lines
}
