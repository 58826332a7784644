//! The line to WeChat: one request, one answer, or the way in which it broke.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use sim::Life;

use crate::wechat::BoxFuture;

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// Nobody took the connection: WeChat has not seen the request.
    #[error("connection refused")]
    Refused,
    /// The connection broke after the request was sent.
    #[error("connection reset by peer")]
    Reset,
    /// The caller's patience ended first.
    #[error("no answer within {}", Life::from(*.0))]
    TimedOut(Duration),
    /// The answer began and did not end.
    #[error("the connection was closed in the middle of the answer")]
    ClosedEarly,
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

impl Unreachable {
    /// Whether WeChat may have taken the request all the same, so that a code in it may be used up.
    pub fn may_have_arrived(&self) -> bool {
        !matches!(self, Self::Refused)
    }
}

/// How long the caller waits for an answer; it stands in the extensions of every request to WeChat. A transport that
/// holds answers back gives up after this time with [`Unreachable::TimedOut`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub Duration);

/// Carries a request to WeChat, over a socket or without one.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends a request and gives back the answer, body read.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>>;
}
