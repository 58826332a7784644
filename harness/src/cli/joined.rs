//! A running server that a command is to use.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use serde_json::Value;
use sim::Life;

use super::error::CliError;
use crate::exec::environment::Address;
use crate::run::{Remote, Target, encoded};

/// Between two questions whether a server is ready.
const PAUSE: Duration = Duration::from_millis(50);
/// How long it may take to say so.
const ANSWER: Duration = Duration::from_secs(5);

/// A running server, and which world of it is meant.
#[derive(Debug)]
pub(super) struct Joined {
    /// The server as such, whichever world is meant.
    pub(super) server: Remote,
    /// Where the world is.
    pub(super) address: Address,
}

impl Joined {
    /// The server at `url`, which may name a world: `http://127.0.0.1:17080/__world/blue`.
    pub(super) fn new(url: &str, admin_token: Option<&str>) -> Result<Self, CliError> {
        let wrong = |error: String| CliError::configuration(error);
        let given = Remote::new(url, None, admin_token).map_err(|error| wrong(error.to_string()))?;
        let uri: Uri = given.url().parse().map_err(|_| wrong(format!("`{url}` is no address")))?;
        let path = uri.path().trim_matches('/');
        let world = match path.strip_prefix("__world/") {
            Some(name) if !name.is_empty() && !name.contains('/') => Some(name.to_owned()),
            None if path.is_empty() => None,
            _ => {
                return Err(wrong(format!("`{url}` is neither a server's address nor that of a world"))
                    .hint("such as http://127.0.0.1:17080 or http://127.0.0.1:17080/__world/blue"));
            }
        };
        let root = format!("http://{}", given.authority());
        let server = Remote::new(&root, None, admin_token).map_err(|error| wrong(error.to_string()))?;
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let address = Address { url: given.url(), host, port: uri.port_u16().unwrap_or(80), world };
        Ok(Self { server, address })
    }
}

impl Joined {
    /// The certificate of the server's authority, and behind it the one for Java, PEM.
    pub(super) async fn authority(&self) -> Result<String, CliError> {
        let pem = ask(&self.server, "/__admin/v1/ca.pem?chain=true").await?;
        String::from_utf8(pem.into())
            .map_err(|error| CliError::surroundings(format!("the server's certificate: {error}")))
    }

    /// The names that the server answers in this world.
    pub(super) async fn names(&self) -> Result<Vec<String>, CliError> {
        let path = match &self.address.world {
            Some(world) => format!("/__world/{}/__admin/v1/world", encoded(world)),
            None => "/__admin/v1/world".to_owned(),
        };
        let world: Value = serde_json::from_slice(&ask(&self.server, &path).await?).unwrap_or_default();
        let domain = world.get("idaas").and_then(|idaas| idaas.get("domain")).and_then(Value::as_str);
        Ok(lab::intercepted_names(domain))
    }
}

/// What a lab answers to a `GET`.
async fn ask(lab: &Remote, path: &str) -> Result<Bytes, CliError> {
    let request = Request::get(path).body(Bytes::new());
    let request = request.map_err(|error| CliError::configuration(format!("`{path}` cannot be asked for: {error}")))?;
    let response = lab.send(request).await.map_err(|error| CliError::surroundings(error.to_string()))?;
    if response.status().is_success() {
        return Ok(response.into_body());
    }
    let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let text = |name: &str| answer.get("error")?.get(name)?.as_str();
    let message = text("message").map_or_else(|| format!("GET {path} answered {}", response.status()), str::to_owned);
    let error = CliError::surroundings(message);
    Err(match text("hint") {
        Some(hint) => error.hint(hint),
        None => error,
    })
}

/// Waits until a server is ready, for at most so long.
pub(super) async fn until_ready(server: &Remote, patience: Duration) -> Result<(), CliError> {
    let mut last = "it was not asked yet".to_owned();
    let asking = async {
        loop {
            match ready(server).await {
                Ok(()) => return,
                Err(reason) => last = reason,
            }
            sim::real::sleep(PAUSE).await;
        }
    };
    match sim::real::within(patience, asking).await {
        Some(()) => Ok(()),
        None => Err(not_ready(server, &format!("{last}; it was waited for {}", Life::from(patience)))),
    }
}

/// Whether it is ready now.
pub(super) async fn ready(server: &Remote) -> Result<(), String> {
    let request = Request::get("/readyz").body(Bytes::new()).map_err(|error| error.to_string())?;
    match server.clone().patient_for(ANSWER).send(request).await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!("GET /readyz answered {}", response.status())),
        Err(unreachable) => Err(unreachable.reason),
    }
}

/// Nobody is ready there.
pub(super) fn not_ready(server: &Remote, reason: &str) -> CliError {
    CliError::surroundings(format!("{} is not ready: {reason}", server.url()))
        .hint("start a server with `mockwx serve`, or name another one with --url or MOCKWX_URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_a_world() {
        let joined = Joined::new("http://127.0.0.1:17080/", None).unwrap();
        assert_eq!((joined.address.url.as_str(), joined.address.world), ("http://127.0.0.1:17080", None));
        let joined = Joined::new("http://[::1]:17080/__world/blue", None).unwrap();
        assert_eq!(joined.server.url(), "http://[::1]:17080");
        let Address { url, host, port, world } = joined.address;
        assert_eq!((url.as_str(), host.as_str(), port), ("http://[::1]:17080/__world/blue", "::1", 17080));
        assert_eq!(world.as_deref(), Some("blue"));
        assert_eq!(Joined::new("http://mock", None).unwrap().address.port, 80);
    }

    #[test]
    fn other_paths_are_no_addresses() {
        for wrong in ["http://mock/sns", "http://mock/__world/", "http://mock/__world/a/sns", "mock", "https://mock"] {
            assert!(Joined::new(wrong, None).is_err(), "{wrong}");
        }
    }
}
