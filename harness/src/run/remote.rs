//! A running server, reached over HTTP.

use std::time::Duration;

use bytes::Bytes;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::target::{BoxFuture, Target, Unreachable};

/// How long a server may take to answer one call.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Each call opens a connection of its own: who uses this makes one call or two.
#[derive(Debug, Clone)]
pub struct Remote {
    /// `http://127.0.0.1:17080`, with a path before all others perhaps, without a slash at the end.
    url: Uri,
    world: Option<HeaderValue>,
    admin_token: Option<HeaderValue>,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no URL with a host.
    #[error("`{0}` is not an address such as http://127.0.0.1:17080")]
    NotAnAddress(String),
    /// Its scheme is not `http`.
    #[error("`{0}` is not an http:// address, and nothing else is spoken here")]
    NotHttp(String),
    /// A world's name or a token that a header cannot carry.
    #[error("the {0} has characters that cannot be sent in a header")]
    Header(&'static str),
}

impl Remote {
    /// The server at `url`; `world` is the world that every call names.
    ///
    /// # Errors
    /// What is wrong with the address, the name or the token.
    pub fn new(url: &str, world: Option<&str>, admin_token: Option<&str>) -> Result<Self, AddressError> {
        let uri: Uri = url.trim_end_matches('/').parse().map_err(|_| AddressError::NotAnAddress(url.to_owned()))?;
        match uri.scheme_str() {
            Some("http") if uri.host().is_some_and(|host| !host.is_empty()) => {}
            Some("http") | None => return Err(AddressError::NotAnAddress(url.to_owned())),
            Some(_) => return Err(AddressError::NotHttp(url.to_owned())),
        }
        let value = |text: Option<&str>, what| {
            text.map(HeaderValue::from_str).transpose().map_err(|_| AddressError::Header(what))
        };
        Ok(Self { url: uri, world: value(world, "world's name")?, admin_token: value(admin_token, "admin token")? })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.url.to_string().trim_end_matches('/').to_owned()
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        self.url.authority().map_or("", |authority| authority.as_str())
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        let host = self.url.host().unwrap_or_default();
        let port = self.url.port_u16().unwrap_or(80);
        // The address comes from a flag or a variable of the person at the keyboard: naming it is asking for it.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, port)).await.map_err(|error| error.to_string())?;
        let _ = stream.set_nodelay(true);
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        let connection = tokio::spawn(connection);
        let prefix = self.url.path().trim_end_matches('/');
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        *request.uri_mut() = format!("{prefix}{path}").parse().map_err(|_| "the path makes no sense".to_owned())?;
        let headers = request.headers_mut();
        if !headers.contains_key(header::HOST) {
            let authority = self.url.authority().map_or(host, |authority| authority.as_str());
            headers.insert(header::HOST, HeaderValue::from_str(authority).map_err(|error| error.to_string())?);
        }
        if let Some(world) = &self.world {
            headers.insert(HeaderName::from_static("x-mock-world"), world.clone());
        }
        if let Some(token) = &self.admin_token {
            headers.insert(HeaderName::from_static("x-mock-admin-token"), token.clone());
        }
        let answer = sender.send_request(request.map(Full::new)).await.map_err(|error| error.to_string())?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        connection.abort();
        Ok(Response::from_parts(parts, body))
    }
}

impl Target for Remote {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            match sim::real::within(PATIENCE, self.exchange(request)).await {
                Some(Ok(response)) => Ok(response),
                Some(Err(reason)) => Err(Unreachable { address: self.url(), reason, lost: None }),
                None => Err(Unreachable { address: self.url(), reason: "no answer in 30 s".to_owned(), lost: None }),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_addresses_with_a_host_are_taken() {
        assert_eq!(Remote::new("http://127.0.0.1:17080/", None, None).unwrap().url(), "http://127.0.0.1:17080");
        let prefixed = Remote::new("http://localhost:1/__world/a", Some("b"), None).unwrap();
        assert_eq!(prefixed.url(), "http://localhost:1/__world/a");
        for wrong in ["", "17080", "127.0.0.1:17080", "/x", "http://", "nonsense nonsense"] {
            assert!(matches!(Remote::new(wrong, None, None), Err(AddressError::NotAnAddress(_))), "{wrong}");
        }
        assert!(matches!(Remote::new("https://localhost", None, None), Err(AddressError::NotHttp(_))));
        assert!(matches!(Remote::new("http://localhost", Some("a\nb"), None), Err(AddressError::Header(_))));
    }
}
