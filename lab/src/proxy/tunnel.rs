//! A tunnel: a connection that stops speaking HTTP with the proxy, to speak with the host behind it.

use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use http::HeaderValue;
use hyper::upgrade::OnUpgrade;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A tunnel that was granted, and begins once its client has heard so.
#[derive(Debug)]
pub(crate) enum Tunnel {
    /// To the lab, in the name of a host.
    Here { upgrade: OnUpgrade, host: String, world: Option<HeaderValue> },
    /// To the host itself.
    Elsewhere { upgrade: OnUpgrade, stream: TcpStream },
}

/// The tunnel that a connection asked for, if it did.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<Option<Tunnel>>);

impl Asked {
    pub(super) fn put(&self, tunnel: Tunnel) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tunnel);
    }

    pub(crate) fn take(&self) -> Option<Tunnel> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Waits for the first byte; gives it back with the stream, which still begins with it.
pub(crate) async fn begun<S: AsyncRead + Unpin>(mut io: S) -> io::Result<(u8, Begun<S>)> {
    let first = io.read_u8().await?;
    Ok((first, Begun { first: Some(first), io }))
}

/// A stream of which the first byte was looked at.
#[derive(Debug)]
pub(crate) struct Begun<S> {
    first: Option<u8>,
    io: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Begun<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() > 0
            && let Some(first) = self.first.take()
        {
            buffer.put_slice(&[first]);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Begun<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
