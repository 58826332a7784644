//! A service under test that runs: from its start until it is ready, the calls to it, and its end.

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use sim::Life;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::log::Log;
use super::process::Process;
use crate::language::{Given, Ready, Service};
use crate::run::remote::Remote;
use crate::run::target::Target;

/// The pause between two questions whether a service is ready.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a service that stopped answering may take to be seen ending.
const DYING: Duration = Duration::from_millis(500);

/// Why a service is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("the service `{0}` does not run here: only `mockwx run` starts services")]
    Absent(String),
    #[error("the service `{name}` cannot be started: {reason}")]
    NotStarted { name: String, reason: String },
    #[error("the service `{name}` cannot be started: something listens on port {port} already")]
    PortTaken { name: String, port: u16 },
    #[error("the service `{name}` ended before it was ready: {status}")]
    EndedEarly { name: String, status: String },
    #[error("the service `{name}` was not ready within {within} of real time: {last}")]
    NeverReady { name: String, within: Life, last: String },
    #[error("the service `{name}` ended before it answered: {status}")]
    Died { name: String, status: String },
    #[error("the service `{name}` gave no answer: {reason}")]
    Silent { name: String, reason: String },
}

/// A service under test that runs and is ready.
#[derive(Debug)]
pub struct Running {
    name: String,
    address: Remote,
    log: Arc<Log>,
    process: Mutex<Process>,
}

/// A service that could not be used, and what it said.
#[derive(Debug, Clone)]
pub(crate) struct NotReady {
    pub(crate) why: Unfit,
    pub(crate) said: Vec<String>,
}

impl Running {
    /// Starts a service whose world is at `url`, and waits until it is ready.
    pub(super) async fn start(service: &Service, url: &str) -> Result<Self, NotReady> {
        let log = Arc::new(Log::default());
        match started(service, url, &log).await {
            Ok((mut process, address)) => match until_ready(service, &mut process, &address).await {
                Ok(()) => Ok(Self { name: service.name.clone(), address, log, process: Mutex::new(process) }),
                Err(why) => {
                    process.stop().await;
                    Err(NotReady { why, said: log.since(0) })
                }
            },
            Err(why) => Err(NotReady { why, said: log.since(0) }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it writes.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Whether it still runs.
    pub(super) async fn lives(&self) -> bool {
        self.process.lock().await.ended().is_none()
    }

    /// Calls it.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unfit> {
        match self.address.send(request).await {
            Ok(response) => Ok(response),
            Err(unreachable) => Err(match self.process.lock().await.ended_within(DYING).await {
                Some(status) => Unfit::Died { name: self.name.clone(), status: spoken(status) },
                None => Unfit::Silent { name: self.name.clone(), reason: unreachable.reason },
            }),
        }
    }

    /// Ends it with all that it started.
    pub(super) async fn stop(self) {
        self.process.into_inner().stop().await;
    }
}

async fn started(service: &Service, url: &str, log: &Arc<Log>) -> Result<(Process, Remote), Unfit> {
    let name = service.name.clone();
    let failed = |reason: String| Unfit::NotStarted { name: name.clone(), reason };
    let port = port(service).map_err(|error| match (error.kind(), service.port) {
        (std::io::ErrorKind::AddrInUse, Some(port)) => Unfit::PortTaken { name: name.clone(), port },
        _ => failed(error.to_string()),
    })?;
    let given = Given { url: url.to_owned(), port };
    let words = service.words(&given).map_err(|error| failed(error.to_string()))?;
    let own = service.variables(&given).map_err(|error| failed(error.to_string()))?;
    let inherited = Service::INHERITED.into_iter().chain(service.inherit.iter().map(String::as_str));
    let inherited = inherited.filter_map(|name| Some((name.to_owned(), sim::real::variable(name)?)));
    let environment: Vec<_> = inherited.chain(own).collect();
    let process = Process::start(&words, &service.folder, &environment, log).map_err(|error| {
        let program = words.first().map_or("", String::as_str);
        failed(match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no program `{program}`"),
            _ => format!("`{program}`: {error}"),
        })
    })?;
    let address = Remote::new(&format!("http://127.0.0.1:{port}"), None, None);
    Ok((process, address.map_err(|error| failed(error.to_string()))?))
}

/// Below what systems give to connections on their way out: one of those could take a port that was free a moment ago,
/// before the service does.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// The port that the service has to take: its own if that is free, else one that is.
fn port(service: &Service) -> std::io::Result<u16> {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr().map(|address| address.port());
    if let Some(port) = service.port {
        return free(port);
    }
    let some = |_| PORTS.start + (sim::real::entropy() % u64::from(PORTS.end - PORTS.start)) as u16;
    (0..100).map(some).find_map(|port| free(port).ok()).map_or_else(|| free(0), Ok)
}

async fn until_ready(service: &Service, process: &mut Process, address: &Remote) -> Result<(), Unfit> {
    let name = || service.name.clone();
    let mut last = "it was not asked yet".to_owned();
    let asking = async {
        loop {
            if let Some(status) = process.ended() {
                return Err(Unfit::EndedEarly { name: name(), status: spoken(status) });
            }
            match asked(service, address).await {
                Ok(()) => return Ok(()),
                Err(answer) => last = answer,
            }
            sim::real::sleep(PAUSE).await;
        }
    };
    match sim::real::within(service.ready_within, asking).await {
        Some(ready) => ready,
        None => Err(Unfit::NeverReady { name: name(), within: service.ready_within.into(), last }),
    }
}

/// Whether it is ready now; else how it said that it is not.
async fn asked(service: &Service, address: &Remote) -> Result<(), String> {
    match &service.ready {
        Ready::Tcp => match TcpStream::connect(address.authority()).await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("no connection to {}: {error}", address.authority())),
        },
        Ready::Path(path) => {
            let request = Request::get(path).body(Bytes::new()).map_err(|error| format!("{path}: {error}"))?;
            match address.send(request).await {
                Ok(response) if response.status().is_success() => Ok(()),
                Ok(response) => Err(format!("GET {path} answered {}", response.status())),
                Err(unreachable) => Err(format!("GET {path} had no answer: {}", unreachable.reason)),
            }
        }
    }
}

/// `exit status 1`, `killed by signal 9`.
fn spoken(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("killed by signal {signal}");
    }
    status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}"))
}
