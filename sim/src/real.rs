//! The one place that looks at the machine: its clock, its entropy, its environment, and waiting on real time.
//!
//! Everything else takes a [`Clock`], a [`Seed`](crate::Seed) or a value as an argument; `clippy.toml` forbids the
//! calls below everywhere else.

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::{Clock, Moment};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
    fn now(&self) -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Moment::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Measures how long something took for a person's eyes; never used by a rule.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the monotonic clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Real time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A number nobody can guess, for a shuffle without a seed or a token that protects a port.
pub fn entropy() -> u64 {
    let mut bytes = [0; 8];
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads entropy")]
    let filled = aws_lc_rs::rand::fill(&mut bytes);
    // Without entropy the clock is the least predictable thing at hand; only an order of scenarios hangs on it.
    if filled.is_err() { SystemClock.now().unix_millis().unsigned_abs() } else { u64::from_le_bytes(bytes) }
}

/// An environment variable, when it is set to something that is not empty.
pub fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder that the program was started in.
///
/// # Errors
/// When that folder is gone or may not be read.
pub fn current_dir() -> std::io::Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    std::env::current_dir()
}

/// This program's own file, to start it once more.
///
/// # Errors
/// When the system does not tell.
pub fn program() -> std::io::Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    std::env::current_exe()
}

/// Waits on real time: a delay that a person or a real client is meant to feel.
pub async fn sleep(duration: Duration) {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that waits on real time")]
    tokio::time::sleep(duration).await;
}

/// What the future gives, or `None` when it takes longer than `limit` of real time.
pub async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that waits on real time")]
    tokio::time::timeout(limit, future).await.ok()
}
