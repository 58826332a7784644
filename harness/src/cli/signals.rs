//! Ctrl-C, and what an init system sends to stop a program.

use std::future::{Future, poll_fn};
use std::io;
use std::task::{Context, Poll};

use crate::run::unless;

/// The signals that ask the program to stop. Must be made inside a tokio runtime.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Begins to listen. From now on the signals no longer end the program by themselves.
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Whether the next one has come.
    #[cfg(unix)]
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match self.interrupt.poll_recv(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => self.terminate.poll_recv(context).map(|_| ()),
        }
    }

    /// Begins to listen.
    #[cfg(windows)]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Whether the next one has come.
    #[cfg(windows)]
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.interrupt.poll_recv(context).map(|_| ())
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        poll_fn(|context| self.poll(context)).await;
    }

    /// What `work` gives, unless a signal comes before.
    pub(crate) async fn unless<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        unless(self.next(), work).await
    }
}
