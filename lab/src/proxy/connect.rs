//! What the proxy does with a request: `CONNECT host:443`, or `GET http://host/path`.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;

use super::credentials::take_world;
use super::destination::{Destination, Way};
use super::passed;
use super::tunnel::{Asked, Tunnel};
use super::unanswered::Unanswered;
use crate::exchange::host_and_port;
use crate::headers;
use crate::lab::Lab;

/// The port of plain HTTP: a tunnel to it needs no certificate.
const PLAIN: u16 = 80;

/// What became of a request that names a host.
#[derive(Debug)]
pub(crate) enum Routed {
    /// The lab is to answer it.
    Here(Request<Incoming>),
    /// The proxy answered it.
    Answered(Response<Bytes>),
    /// The host answered it.
    Passed(Response<Incoming>),
}

/// Answers `CONNECT`; the tunnel, when there is to be one, is put into `asked`.
pub(crate) async fn connect(
    lab: &Lab,
    mut request: Request<Incoming>,
    own: SocketAddr,
    asked: &Asked,
) -> Response<Bytes> {
    let target = request.uri().to_string();
    let world = match take_world(request.headers_mut()) {
        Ok(world) => world,
        Err(_) => {
            let refused = Refused { lab, world: None, method: "CONNECT", target: &target };
            return refused.with(StatusCode::PROXY_AUTHENTICATION_REQUIRED, Unanswered::senseless_world());
        }
    };
    let refused = Refused { lab, world: world.as_ref(), method: "CONNECT", target: &target };
    let Some(to) = Destination::of(request.uri()) else {
        return refused.with(StatusCode::BAD_REQUEST, Unanswered::no_destination());
    };
    if let Some(Err(unknown)) = world.as_ref().map(|name| lab.worlds.named(name.to_str().unwrap_or_default())) {
        let why = Unanswered::unknown_world(&unknown.error.message, unknown.error.hint.as_deref());
        return refused.with(StatusCode::NOT_FOUND, why);
    }
    let upgrade = hyper::upgrade::on(&mut request);
    let tunnel = match lab.way(&to, own) {
        Way::Here => {
            // Said now, while the client can still read it: all that TLS could say is `access denied`.
            if to.port != PLAIN
                && lab.is_answered(&to.host)
                && let Err(why) = lab.tls.config(&to.host)
            {
                return refused.with(StatusCode::BAD_GATEWAY, Unanswered::no_certificate(&why));
            }
            Tunnel::Here { upgrade, host: to.host, world }
        }
        Way::Elsewhere => match passed::connected(&to, own).await {
            Ok(stream) => Tunnel::Elsewhere { upgrade, stream },
            Err((status, why)) => return refused.with(status, why),
        },
        Way::Refused => return refused.with(StatusCode::FORBIDDEN, Unanswered::refused(&to.host)),
    };
    asked.put(tunnel);
    Response::new(Bytes::new())
}

/// Leads a request that names a host where it belongs.
pub(crate) async fn route(lab: &Lab, mut request: Request<Incoming>, own: SocketAddr) -> Routed {
    let method = request.method().to_string();
    let target = without_user(request.uri());
    let world = match take_world(request.headers_mut()) {
        Ok(world) => world,
        Err(_) => {
            let refused = Refused { lab, world: None, method: &method, target: &target };
            let status = StatusCode::PROXY_AUTHENTICATION_REQUIRED;
            return Routed::Answered(refused.with(status, Unanswered::senseless_world()));
        }
    };
    let refused = Refused { lab, world: world.as_ref(), method: &method, target: &target };
    let Some(to) = Destination::of(request.uri()) else {
        return Routed::Answered(refused.with(StatusCode::BAD_REQUEST, Unanswered::no_destination()));
    };
    match lab.way(&to, own) {
        Way::Here => {
            if let Some(world) = world {
                request.headers_mut().entry(headers::WORLD).or_insert(world);
            }
            Routed::Here(request)
        }
        Way::Elsewhere => match passed::on(request, &to, own).await {
            Ok(response) => Routed::Passed(response),
            Err((status, why)) => Routed::Answered(refused.with(status, why)),
        },
        Way::Refused => Routed::Answered(refused.with(StatusCode::FORBIDDEN, Unanswered::refused(&to.host))),
    }
}

/// The address of a request without a user name and password.
fn without_user(uri: &Uri) -> String {
    let scheme = uri.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let host = uri.authority().map(host_and_port).unwrap_or_default();
    format!("{scheme}{host}{}", uri.path_and_query().map_or("", |rest| rest.as_str()))
}

/// The answer to a client that asks for a proxy where there is none.
pub(crate) fn no_tunnel_in_a_tunnel() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"mockwx: there is no tunnel in a tunnel\n"));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// A request that is not to be answered, as the journal shows it.
#[derive(Debug, Clone, Copy)]
struct Refused<'a> {
    lab: &'a Lab,
    world: Option<&'a HeaderValue>,
    method: &'a str,
    target: &'a str,
}

impl Refused<'_> {
    fn with(self, status: StatusCode, why: Unanswered) -> Response<Bytes> {
        let rid = self.lab.unanswered(self.world, self.method, self.target, status.as_u16(), why.clone());
        why.response(status, &rid)
    }
}
