//! The body of an answer on its way out: at once, byte by byte, or not to its end.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A body that is sent at once, or in small pieces with pauses between them; and whole, or with its end missing.
pub(crate) struct Sent {
    rest: Bytes,
    /// How long to wait before each piece; none for a body that goes at once.
    pause: Duration,
    piece: usize,
    waiting: Option<Pause>,
    /// How many bytes were promised and are not there: after the last one that is, the connection ends.
    missing: usize,
    /// What is there has had its time to go out.
    is_out: bool,
}

/// More pieces than this cost more than they show.
const PIECES: usize = 1000;

impl Sent {
    /// A body that takes `over` to be sent, of an answer that promises `promised` bytes.
    pub(crate) fn new(body: Bytes, over: Duration, promised: usize) -> Self {
        let missing = promised.saturating_sub(body.len());
        let pieces = body.len().clamp(1, PIECES);
        let pause = over / u32::try_from(pieces).unwrap_or(u32::MAX);
        let piece = if pause.is_zero() { body.len() } else { body.len().div_ceil(pieces) };
        Self { rest: body, pause, piece, waiting: None, missing, is_out: false }
    }

    /// A body that is sent whole and at once.
    pub(crate) fn at_once(body: Bytes) -> Self {
        Self::new(body, Duration::ZERO, 0)
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").field("rest", &self.rest.len()).field("pause", &self.pause).finish_non_exhaustive()
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.rest.is_empty() {
            if self.missing == 0 {
                return Poll::Ready(None);
            }
            if !self.is_out {
                // The part before the break has to reach the client: it is written out while nothing more comes.
                self.is_out = true;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        if !self.pause.is_zero() {
            let pause = self.pause;
            let waiting = self.waiting.get_or_insert_with(|| Box::pin(sim::real::sleep(pause)));
            if waiting.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.waiting = None;
        }
        let piece = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.missing == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.rest.len() + self.missing) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    fn pieces(mut body: Sent) -> Vec<usize> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut pieces = Vec::new();
            while let Some(frame) = body.frame().await {
                pieces.push(frame.unwrap().into_data().unwrap().len());
            }
            pieces
        })
    }

    #[test]
    fn a_body_goes_at_once_unless_it_is_to_drip() {
        let body = || Bytes::from_static(b"{\"errcode\":0}");
        assert_eq!(pieces(Sent::new(body(), Duration::ZERO, 13)), [13]);
        assert_eq!(pieces(Sent::new(body(), Duration::from_millis(13), 13)), [1; 13]);
        assert_eq!(pieces(Sent::new(Bytes::new(), Duration::from_secs(9), 0)), [0; 0]);
    }
}
