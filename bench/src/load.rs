//! A closed-loop load generator: so many connections, each sending its next request when the last was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sim::real::Stopwatch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

/// What a round gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    /// Answered requests.
    pub(crate) requests: u64,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Round {
    /// Answered requests per second.
    pub(crate) fn rate(self) -> f64 {
        self.requests as f64 / self.took.as_secs_f64()
    }
}

/// One connection to a server.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a request and gives the body of its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<&[u8], Failure> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some((start, end)) = whole(&self.buffer)
                && self.buffer.len() >= end
            {
                return Ok(&self.buffer[start..end]);
            }
        }
    }
}

/// Where the body begins and ends, once the head is there.
fn whole(answer: &[u8]) -> Option<(usize, usize)> {
    let start = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..start]).ok()?;
    let length = head
        .lines()
        .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())?;
    Some((start, start + length))
}

/// Sends requests over `connections` connections until `limit` has passed or `next` gives no more. `next` makes the
/// n-th request; every body must contain `good`.
pub(crate) fn drive(
    address: SocketAddr,
    connections: usize,
    limit: Duration,
    good: &'static str,
    next: impl Fn(u64) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> Result<Round, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let (next, count) = (Arc::new(next), Arc::new(AtomicU64::new(0)));
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(address).await?);
        }
        let watch = Stopwatch::start();
        let tasks: Vec<_> = open
            .into_iter()
            .map(|mut connection| {
                let (next, count) = (next.clone(), count.clone());
                tokio::spawn(async move {
                    let mut done = 0;
                    while watch.elapsed() < limit {
                        let Some(request) = next(count.fetch_add(1, Ordering::Relaxed)) else { break };
                        let body = connection.exchange(&request).await?;
                        if !body.windows(good.len()).any(|window| window == good.as_bytes()) {
                            return Err(format!("wrong answer: {}", String::from_utf8_lossy(body)).into());
                        }
                        done += 1;
                    }
                    Ok::<u64, Failure>(done)
                })
            })
            .collect();
        let mut requests = 0;
        for task in tasks {
            requests += task.await??;
        }
        Ok(Round { requests, took: watch.elapsed() })
    })
}
