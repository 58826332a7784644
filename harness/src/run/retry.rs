//! A step that is said again: on a clock that stands by moving the clock, else by waiting.

use std::time::Duration;

use http::Method;
use serde_json::json;
use sim::Moment;

use super::call::Call;
use super::session::{Session, Trouble};
use crate::language::Retry;

/// How often a step was tried before it was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tries {
    /// How many tries there were.
    pub(crate) count: u32,
    /// How much of the world's time there was between the first and the last.
    pub(crate) over: Duration,
}

/// The tries of one step.
#[derive(Debug)]
pub(super) struct Trying<'r> {
    retry: &'r Retry,
    word: &'static str,
    first: Moment,
    tries: Tries,
}

impl<'r> Trying<'r> {
    /// Begins, before the first try.
    pub(super) async fn begin(
        retry: &'r Retry,
        session: &mut Session<'_>,
        word: &'static str,
    ) -> Result<Self, Trouble> {
        let first = session.now(word).await?;
        Ok(Self { retry, word, first, tries: Tries { count: 1, over: Duration::ZERO } })
    }

    /// After a try whose answer did not fit: waits for the next one. `false` when there is none.
    pub(super) async fn again(&mut self, session: &mut Session<'_>) -> Result<bool, Trouble> {
        let clock = session.clock(self.word).await?;
        let passed = clock.now.since(self.first);
        if !self.retry.goes_on(self.tries.count, passed + self.retry.every) {
            return Ok(false);
        }
        if clock.stands {
            let advance =
                Call::json(Method::PUT, "/__admin/v1/clock", &json!({ "advance": sim::Life::from(self.retry.every) }));
            session.control(self.word, advance).await?;
        } else {
            sim::real::sleep(self.retry.every).await;
        }
        let over = session.now(self.word).await?.since(self.first);
        self.tries = Tries { count: self.tries.count + 1, over };
        Ok(true)
    }

    /// How many tries there were.
    pub(super) fn tries(&self) -> Tries {
        self.tries
    }
}
