//! A connection that hears its client out before it closes.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How long a client may go on sending what nobody reads.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection that hears its client out before it closes.
///
/// A kernel answers bytes that arrive at a closed connection with a reset, and the client's kernel then throws away what
/// it has received: a client in the middle of a body that is too long would never see the 413. So what still comes in is
/// read and dropped for a while.
pub(crate) struct Lingering {
    stream: TcpStream,
    /// Runs out when the client has had its time. There is none until something came in after the end.
    patience: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    ended: bool,
    cut: Cut,
}

/// Lets a connection end with a reset in place of a polite goodbye: what a planned fault asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Ends the connection with a reset as soon as it is let go of.
    pub(crate) fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_reset(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if self.cut.is_reset() {
            // Bytes that wait are thrown away and the peer gets a reset. Where that cannot be asked for, the connection
            // is closed as any other.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl Lingering {
    /// A connection, and the way to cut it.
    pub(crate) fn new(stream: TcpStream) -> (Self, Cut) {
        let cut = Cut::default();
        (Self { stream, patience: None, ended: false, cut: cut.clone() }, cut)
    }

    /// Reads and drops what comes in until the client ends, falls silent at once, or has had its time.
    fn poll_heard_out(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut dropped = [0; 4096];
        loop {
            if self.patience.as_mut().is_some_and(|patience| patience.as_mut().poll(context).is_ready()) {
                return Poll::Ready(());
            }
            let mut buffer = ReadBuf::new(&mut dropped);
            match Pin::new(&mut self.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => return Poll::Ready(()),
                Poll::Ready(Ok(())) => {
                    self.patience.get_or_insert_with(|| Box::pin(sim::real::sleep(PATIENCE)));
                }
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                // A client that was not sending is not waited for: it may keep its idle end open for long.
                Poll::Pending if self.patience.is_none() => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl fmt::Debug for Lingering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lingering").field(&self.stream).finish()
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.cut.is_reset() {
            return Poll::Ready(Ok(()));
        }
        if !self.ended {
            match Pin::new(&mut self.stream).poll_shutdown(context) {
                Poll::Ready(Ok(())) => self.ended = true,
                other => return other,
            }
        }
        self.poll_heard_out(context).map(Ok)
    }
}
