//! One world of a server, for one case.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use lab::Lost;
use serde_json::Value;

use crate::run::remote::{Broken, Remote};
use crate::run::target::{BoxFuture, Target, Unreachable};

/// How long an answer may take before the world is asked whether there will be one.
const DOUBT: Duration = Duration::from_millis(200);
/// How long after that it is asked again, at the most.
const LONGEST_DOUBT: Duration = Duration::from_secs(2);
/// Where calls come from for whoever keeps a list of addresses: the same whichever way a call takes.
const CALLER: HeaderValue = HeaderValue::from_static("127.0.0.1");

/// One world of a server.
///
/// What a planned fault does to the connection is seen on the connection. Silence alone cannot be told from an answer that
/// takes its time, and a connection that is reset not from a server that died: so the world's journal is asked, where a
/// planned fault stands.
#[derive(Debug)]
pub(super) struct ServedWorld {
    remote: Remote,
    patience: Duration,
    /// The number of the newest exchange that is known to be lost.
    lost: AtomicU64,
}

impl ServedWorld {
    pub(super) fn new(remote: Remote, patience: Duration) -> Self {
        Self { remote, patience, lost: AtomicU64::new(0) }
    }

    /// Sends a call, and doubts while no answer comes.
    async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        let mut answer = pin!(self.remote.exchange(request));
        let mut doubt = DOUBT;
        loop {
            let lost = match sim::real::within(doubt, answer.as_mut()).await {
                Some(Ok(response)) => return Ok(response),
                Some(Err(broken @ Broken::Unsent(_))) => return Err(self.remote.unreachable(broken)),
                Some(Err(Broken::InAnswer(_))) => Some(Lost::Middle),
                Some(Err(broken @ Broken::BeforeAnswer(_))) => match self.planned(Lost::Reset).await? {
                    true => Some(Lost::Reset),
                    false => return Err(self.remote.unreachable(broken)),
                },
                None => self.planned(Lost::Silence).await?.then_some(Lost::Silence),
            };
            if let Some(lost) = lost {
                return Err(Unreachable { lost: Some(lost), ..self.remote.unreachable(lost.words()) });
            }
            doubt = (doubt * 2).min(LONGEST_DOUBT);
        }
    }

    /// Whether the newest exchange of the world is one that a planned fault took away in this manner.
    async fn planned(&self, lost: Lost) -> Result<bool, Unreachable> {
        let journal = Request::get("/__admin/v1/journal?limit=1&reveal=true").body(Bytes::new());
        let journal = journal.map_err(|error| self.remote.unreachable(error))?;
        let page = self.remote.exchange(journal).await.map_err(|broken| self.remote.unreachable(broken))?;
        let page: Value = serde_json::from_slice(page.body()).unwrap_or_default();
        let code = page.pointer("/exchanges/0/refusal/code").and_then(Value::as_str);
        let number = page.pointer("/exchanges/0/seq").and_then(Value::as_u64).unwrap_or_default();
        // A world is asked one thing at a time; the newest exchange is this one, unless it has not got there yet.
        Ok(code == Some(lost.name()) && self.lost.fetch_max(number, Ordering::Relaxed) < number)
    }
}

impl Target for ServedWorld {
    fn send(&self, mut request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        request.headers_mut().entry(HeaderName::from_static("x-mock-caller-address")).or_insert(CALLER);
        Box::pin(async move {
            let late = || self.remote.unreachable(format!("no answer in {}", sim::Life::from(self.patience)));
            sim::real::within(self.patience, self.ask(request)).await.unwrap_or_else(|| Err(late()))
        })
    }
}
