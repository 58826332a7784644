//! Calls that are passed on to a host that someone named with `--passthrough`: the only way out of this program.

use std::net::SocketAddr;
use std::time::Duration;

use http::header::{CONNECTION, HOST, VIA};
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::destination::Destination;
use super::unanswered::Unanswered;
use crate::exchange::host_and_port;

/// How long a host may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// Our name in `Via`.
const OURS: HeaderValue = HeaderValue::from_static("1.1 mockwx");
/// What is between a client and its proxy only.
const HOP_BY_HOP: [HeaderName; 4] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("upgrade"),
    HeaderName::from_static("te"),
];

/// Why a call was not passed on, and the status that says so.
type NotPassed = (StatusCode, Unanswered);

/// A connection to the destination, unless it leads back to `own`.
pub(super) async fn connected(to: &Destination, own: SocketAddr) -> Result<TcpStream, NotPassed> {
    let not_reached = |why: &str| (StatusCode::BAD_GATEWAY, Unanswered::not_reached(&to.host, why));
    let stream = match sim::real::within(PATIENCE, TcpStream::connect((to.host.as_str(), to.port))).await {
        Some(Ok(stream)) => stream,
        Some(Err(error)) => return Err(not_reached(&error.to_string())),
        None => return Err(not_reached("it takes no connection")),
    };
    let leads_back = match (stream.peer_addr(), stream.local_addr()) {
        (Ok(peer), Ok(local)) => peer.port() == own.port() && (peer.ip().is_loopback() || peer.ip() == local.ip()),
        _ => false,
    };
    if leads_back { Err((StatusCode::LOOP_DETECTED, Unanswered::going_round(&to.host))) } else { Ok(stream) }
}

/// Passes a request on.
pub(super) async fn on(
    request: Request<Incoming>,
    to: &Destination,
    own: SocketAddr,
) -> Result<Response<Incoming>, NotPassed> {
    if request.uri().scheme() == Some(&Scheme::HTTPS) {
        return Err((StatusCode::NOT_IMPLEMENTED, Unanswered::no_tunnel(&to.host)));
    }
    // Two that pass on to each other would never end.
    if request.headers().get_all(VIA).iter().any(|via| via == OURS) {
        return Err((StatusCode::LOOP_DETECTED, Unanswered::going_round(&to.host)));
    }
    let not_reached =
        |error: hyper::Error| (StatusCode::BAD_GATEWAY, Unanswered::not_reached(&to.host, &error.to_string()));
    let stream = connected(to, own).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(not_reached)?;
    // It ends when the answer is read or its reader is gone; an error reaches the reader through the answer.
    tokio::spawn(async move { drop(connection.await) });
    sender.send_request(for_the_host(request)).await.map_err(not_reached)
}

/// The request as its host is to get it.
fn for_the_host<B>(mut request: Request<B>) -> Request<B> {
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let host = request.uri().authority().and_then(|authority| HeaderValue::from_str(host_and_port(authority)).ok());
    *request.uri_mut() = Uri::from(path);
    let headers = request.headers_mut();
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    if let Some(host) = host {
        headers.insert(HOST, host);
    }
    headers.append(VIA, OURS);
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reaches_its_host_without_what_was_for_the_proxy() {
        let request = Request::get("http://me:secret@registry.example:8080/a?b=c")
            .header("connection", "keep-alive")
            .header("accept", "*/*")
            .body(())
            .unwrap();
        let request = for_the_host(request);
        assert_eq!(request.uri(), "/a?b=c");
        assert_eq!(request.headers()["host"], "registry.example:8080");
        assert_eq!(request.headers()["via"], "1.1 mockwx");
        assert!(!request.headers().contains_key("connection") && request.headers().contains_key("accept"));
    }
}
