//! One request on a connection, from the first byte of its body to the last of its answer.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HOST};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{HeaderValue, Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::fault::{Dripped, Lost};
use crate::lab::{BODY_LIMIT, Lab, Oversized};
use crate::lingering::Cut;
use crate::sent::Sent;
use crate::settings::Peer;

/// How long a planned fault keeps silent before it closes the connection: longer than any client waits.
const SILENCE: Duration = Duration::from_secs(600);
/// How long a client may go on sending a body that nobody reads.
const HEARD_OUT: Duration = Duration::from_secs(2);
/// How long a client may take to send its headers, and then its body.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Marks a request whose caller believes to speak TLS with the host that it names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secure;

/// A request as a server gets it that is no proxy: `https://acme.example/api?x` becomes `/api?x` with `Host:
/// acme.example`, marked as [`Secure`]. HTTP/2 has no other form.
pub(crate) fn direct<B>(mut request: Request<B>) -> Request<B> {
    if let Some(authority) = request.uri().authority() {
        let host = HeaderValue::from_str(host_and_port(authority));
        if request.uri().scheme() == Some(&Scheme::HTTPS) {
            request.extensions_mut().insert(Secure);
        }
        let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = Uri::from(path);
        if let Ok(host) = host {
            request.headers_mut().insert(HOST, host);
        }
    }
    request
}

/// What stands in a `Host` header: the user name and password that some write before it are nobody else's business.
pub(crate) fn host_and_port(authority: &Authority) -> &str {
    authority.as_str().rsplit_once('@').map_or(authority.as_str(), |(_, host)| host)
}

/// Answers a request. `cut` resets the connection if a planned fault says so; where there is none, as in HTTP/2 whose
/// connections are shared, an error resets what the request has of it.
pub(crate) async fn answered(
    lab: &Lab,
    request: Request<Incoming>,
    peer: Peer,
    cut: Option<&Cut>,
) -> io::Result<Response<Sent>> {
    let (mut parts, mut body) = request.into_parts();
    let body = if body.is_end_stream() {
        Bytes::new()
    } else {
        match sim::real::within(PATIENCE, read(&mut body)).await {
            Some(Ok(Some(body))) => body,
            Some(Ok(None)) => {
                if cut.is_none() {
                    // A connection of its own hears its client out when it ends; a request on a shared one does it here:
                    // some clients take an answer that comes before they have sent all for a broken stream.
                    let _ = sim::real::within(HEARD_OUT, dropped(&mut body)).await;
                }
                parts.extensions.insert(Oversized);
                Bytes::new()
            }
            // Nobody is there to read an answer; an error closes the connection.
            Some(Err(error)) => return Err(io::Error::other(error)),
            None => return Err(io::ErrorKind::TimedOut.into()),
        }
    };
    let mut response = lab.answer(Request::from_parts(parts, body), peer).await;
    let lost = Lost::of(&response);
    match lost {
        Some(Lost::Reset) => {
            cut.inspect(|cut| cut.reset());
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(Lost::Silence) => {
            sim::real::sleep(SILENCE).await;
            return Err(io::ErrorKind::TimedOut.into());
        }
        // What there is of it is sent; that it is less than was promised ends the connection.
        Some(Lost::Middle) | None => {}
    }
    let over = response.extensions_mut().remove().map_or(Duration::ZERO, |Dripped(over)| over);
    let promised = || response.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
    let promised = lost.and_then(|_| promised()).unwrap_or_default();
    Ok(response.map(|body| Sent::new(body, over, promised)))
}

/// The whole body, or nothing when it is too long.
async fn read(body: &mut Incoming) -> Result<Option<Bytes>, hyper::Error> {
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Ok(None);
    }
    // Copied, because the journal keeps bodies, and a slice of the connection's buffer would keep all of the buffer.
    let mut whole = BytesMut::with_capacity(usize::try_from(body.size_hint().lower()).unwrap_or(0));
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            if whole.len() + data.len() > BODY_LIMIT {
                return Ok(None);
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(Some(whole.freeze()))
}

/// Reads to the end of a body, or of its client, and keeps nothing.
async fn dropped(body: &mut Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_through_a_proxy_looks_like_one_to_its_host() {
        let request = Request::get("https://acme.example/api?x=1").header("host", "127.0.0.1:17080").body(()).unwrap();
        let request = direct(request);
        assert_eq!(request.uri(), "/api?x=1");
        assert_eq!(request.headers()["host"], "acme.example");
        assert!(request.extensions().get::<Secure>().is_some());
        let named = direct(Request::get("http://me:secret@acme.example:81/").body(()).unwrap());
        assert_eq!(named.headers()["host"], "acme.example:81");
        let plain = direct(Request::get("http://acme.example").body(()).unwrap());
        assert_eq!(plain.uri(), "/");
        assert!(plain.extensions().get::<Secure>().is_none());
    }
}
