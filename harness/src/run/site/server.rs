//! Worlds on a server, made and taken away over its control API.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use lab::WorldFile;
use serde_json::{Value, json};

use super::world::ServedWorld;
use super::{NotMade, Site};
use crate::run::remote::{AddressError, Remote};
use crate::run::target::{BoxFuture, Target, Unreachable};

const WORLDS: &str = "/__admin/v1/worlds";
/// How many names are tried when others have taken them.
const TRIES: usize = 5;
/// How long all worlds together may take to go away at the end of a run.
const FAREWELL: Duration = Duration::from_secs(5);

/// Worlds on a server that runs, each of a name of its own. A world goes when its case has ended, however it ended.
#[derive(Debug)]
pub struct ServerSite {
    remote: Remote,
    patience: Duration,
    /// What the names of this run's worlds begin with.
    prefix: String,
    next: AtomicU64,
    open: Arc<Open>,
}

/// The worlds that are on the server now.
#[derive(Debug, Default)]
struct Open(Mutex<BTreeSet<String>>);

impl Open {
    fn names(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its version; none when it is older than the question.
    pub version: Option<String>,
    /// Whether all leniency is turned off there.
    pub strict: bool,
}

/// Why no worlds can be made on a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSite {
    /// Its address makes no sense.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Nobody is there.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// Somebody else is there.
    #[error("{url} answers HTTP {status} and is no mockwx")]
    Stranger {
        /// Its address.
        url: String,
        /// What it answered.
        status: u16,
    },
    /// It does not let the run in.
    #[error("{url} does not let this run in: {message}")]
    Refused {
        /// Its address.
        url: String,
        /// Why.
        message: String,
        /// The HTTP status.
        status: u16,
    },
}

impl ServerSite {
    /// The server at `url`. `run` is a number that no other run against it has; a case may wait so long for an answer.
    ///
    /// # Errors
    /// What is wrong with the address or the token.
    pub fn new(url: &str, admin_token: Option<&str>, run: u64, patience: Duration) -> Result<Self, AddressError> {
        Ok(Self {
            remote: Remote::new(url, None, admin_token)?.patient_for(patience),
            patience,
            prefix: format!("run-{:08x}", run & 0xffff_ffff),
            next: AtomicU64::new(1),
            open: Arc::default(),
        })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.remote.url()
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// When there is no mockwx, or none that lets this run in.
    pub async fn about(&self) -> Result<About, NoSite> {
        let url = self.remote.url();
        let (status, body) = self.call(Method::GET, "/__admin/v1/about", None).await?;
        let message = body.pointer("/error/message").and_then(Value::as_str);
        if let (StatusCode::OK, Some(version)) = (status, body.get("version").and_then(Value::as_str)) {
            let strict = body.get("strict").and_then(Value::as_bool).unwrap_or(false);
            return Ok(About { version: Some(version.to_owned()), strict });
        }
        match (status, message) {
            (StatusCode::NOT_FOUND, Some(_)) => Ok(About { version: None, strict: false }),
            (_, Some(message)) => Err(NoSite::Refused { url, message: message.to_owned(), status: status.as_u16() }),
            (_, None) => Err(NoSite::Stranger { url, status: status.as_u16() }),
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Value), Unreachable> {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = request.body(body).map_err(|error| self.remote.unreachable(error))?;
        let answer = self.remote.send(request).await?;
        Ok((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }

    async fn make(&self, world: Value) -> Result<Box<dyn Target>, NotMade> {
        let mut body = json!({ "world": world });
        let mut tries = 0;
        loop {
            let name = format!("{}-{}", self.prefix, self.next.fetch_add(1, Ordering::Relaxed));
            body["name"] = Value::from(name.as_str());
            // Noted before it is asked for: who is stopped in between still takes it away.
            self.open.names().insert(name.clone());
            let (status, answer) = self.call(Method::POST, WORLDS, Some(&body)).await?;
            if status == StatusCode::CREATED {
                let remote = self.remote.of_world(&name).map_err(|error| NotMade::Refused(error.to_string()))?;
                let served = ServedWorld::new(remote, self.patience);
                return Ok(Box::new(Kept { served, name, server: self.remote.clone(), open: Arc::clone(&self.open) }));
            }
            self.open.names().remove(&name);
            tries += 1;
            let text = |path: &str| answer.pointer(path).and_then(Value::as_str);
            if tries < TRIES && matches!(text("/error/code"), Some("world_exists" | "tag_taken")) {
                continue;
            }
            let message = text("/error/message").unwrap_or("no reason given");
            let told = match text("/error/hint") {
                Some(hint) => format!("{message} ({hint})"),
                None => message.to_owned(),
            };
            return Err(NotMade::Refused(format!("{} answered {}: {told}", self.remote.url(), status.as_u16())));
        }
    }
}

impl Site for ServerSite {
    fn open(&self, world: WorldFile) -> BoxFuture<'_, Result<Box<dyn Target>, NotMade>> {
        Box::pin(async move {
            let world = serde_json::to_value(world).map_err(|error| NotMade::Refused(error.to_string()))?;
            self.make(world).await
        })
    }

    fn takes_services(&self) -> bool {
        false
    }

    fn clear(&self) -> BoxFuture<'_, Vec<(String, String)>> {
        Box::pin(async move {
            let names: Vec<String> = self.open.names().iter().cloned().collect();
            let all = async {
                for name in names {
                    // What does not go is still noted, and told below.
                    let _ = take_away(&self.remote, &self.open, &name).await;
                }
            };
            let reason = match sim::real::within(FAREWELL, all).await {
                Some(()) => "the server did not take it away",
                None => "the server took too long",
            };
            self.open.names().iter().map(|name| (name.clone(), reason.to_owned())).collect()
        })
    }
}

/// Takes a world away, and notes that it is gone.
async fn take_away(server: &Remote, open: &Open, name: &str) -> Result<(), Unreachable> {
    let request = Request::delete(format!("{WORLDS}/{name}")).body(Bytes::new());
    let request = request.map_err(|error| server.unreachable(error))?;
    let status = server.send(request).await?.status();
    if status.is_success() || status == StatusCode::NOT_FOUND {
        open.names().remove(name);
    }
    Ok(())
}

/// A world that is on the server until it is closed.
#[derive(Debug)]
struct Kept {
    served: ServedWorld,
    name: String,
    server: Remote,
    open: Arc<Open>,
}

impl Target for Kept {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, Unreachable>> {
        self.served.send(request)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // What fails here is tried once more when the run ends, and told then.
            let _ = take_away(&self.server, &self.open, &self.name).await;
        })
    }
}
