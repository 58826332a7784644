//! One connection, from its first byte on: plain HTTP, TLS, or a tunnel with either of them inside.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::Either;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::exchange::{PATIENCE, Secure, answered, direct};
use crate::handshake::{HANDSHAKE, handshake};
use crate::headers;
use crate::lab::Lab;
use crate::lingering::{Cut, Lingering};
use crate::proxy::{self, Asked, Routed, Tunnel};
use crate::sent::Sent;
use crate::settings::Peer;

/// Headers of a request altogether; hyper answers 431 beyond it.
const HEADERS_LIMIT: usize = 64 * 1024;

/// Adds to the headers of a request what its caller leaves out. It is boxed, so that what serves connections is compiled
/// once, here, and not again by every caller.
pub(crate) type Mark = Box<dyn Fn(&mut HeaderMap) + Send + Sync>;

/// What all connections to one address have in common.
pub(crate) struct Door {
    pub(crate) lab: Arc<Lab>,
    mark: Option<Mark>,
    /// The address itself.
    own: SocketAddr,
    http1: http1::Builder,
    stopped: watch::Receiver<()>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("own", &self.own).finish_non_exhaustive()
    }
}

/// The body of an answer: ours, or that of a host to which a call was passed on.
pub(crate) type Answer = Response<Either<Sent, Incoming>>;

/// A connection whose requests are for the lab itself, or for it as a proxy.
struct Outside {
    door: Arc<Door>,
    peer: Peer,
    cut: Cut,
    asked: Asked,
}

/// A connection whose requests are for the lab whatever host they name: it came through TLS or a tunnel.
#[derive(Clone)]
struct Inside {
    door: Arc<Door>,
    peer: Peer,
    /// What a planned fault may reset; nothing where requests share a connection.
    cut: Option<Cut>,
    /// The world that the client named to the proxy.
    world: Option<HeaderValue>,
    is_secure: bool,
}

impl Door {
    pub(crate) fn new(lab: Arc<Lab>, mark: Option<Mark>, own: SocketAddr, stopped: watch::Receiver<()>) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .half_close(true)
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .max_header_size(HEADERS_LIMIT)
            // The `Date` of an answer is the time of its world.
            .auto_date_header(false);
        Self { lab, mark, own, http1, stopped }
    }

    fn mark(&self, headers: &mut HeaderMap) {
        if let Some(mark) = &self.mark {
            mark(headers);
        }
    }

    /// What the future gives in time, or nothing when the server stops or the client lost its time before.
    async fn in_time<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut stopped = self.stopped.clone();
        let (mut future, mut stop) = (pin!(future), pin!(stopped.changed()));
        let either = std::future::poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => stop.as_mut().poll(context).map(|_| None),
        });
        sim::real::within(PATIENCE, either).await.flatten()
    }

    /// Lets a connection go on to its end; when the server stops, to the end of what it has begun.
    async fn to_its_end<C: Ends>(&self, connection: C) {
        let mut stopped = self.stopped.clone();
        let (mut connection, mut stop) = (pin!(connection), pin!(stopped.changed()));
        let mut is_told = false;
        std::future::poll_fn(|context| {
            if !is_told && stop.as_mut().poll(context).is_ready() {
                is_told = true;
                connection.as_mut().end();
            }
            connection.as_mut().poll_ended(context)
        })
        .await;
    }
}

/// Serves a connection that was just taken.
pub(crate) async fn taken(door: Arc<Door>, stream: TcpStream, remote: SocketAddr) {
    let mut first = [0];
    let Some(Ok(1)) = door.in_time(stream.peek(&mut first)).await else { return };
    let (stream, cut) = Lingering::new(stream);
    let outside = Outside { door, peer: Peer::at(remote.ip()), cut, asked: Asked::default() };
    if first == [HANDSHAKE] {
        // Aside, so that connections without TLS do not hold the room for it.
        return Box::pin(outside.inside(None).over_tls(stream, None)).await;
    }
    let outside = Arc::new(outside);
    let service = {
        let outside = Arc::clone(&outside);
        service_fn(move |request| {
            let outside = Arc::clone(&outside);
            async move { outside.answer(request).await }
        })
    };
    let connection = outside.door.http1.serve_connection(TokioIo::new(stream), service).with_upgrades();
    outside.door.to_its_end(connection).await;
    if let Some(tunnel) = outside.asked.take() {
        Box::pin(carried(&outside, tunnel)).await;
    }
}

/// Carries what goes through a tunnel.
async fn carried(outside: &Outside, tunnel: Tunnel) {
    let door = &outside.door;
    match tunnel {
        Tunnel::Here { upgrade, host, world } => {
            let Some(Ok(upgraded)) = door.in_time(upgrade).await else { return };
            let io = TokioIo::new(upgraded);
            let Some(Ok((first, io))) = door.in_time(proxy::begun(io)).await else { return };
            let inside = outside.inside(world);
            if first == HANDSHAKE {
                inside.over_tls(io, Some(host)).await;
            } else {
                inside.serve(io, false).await;
            }
        }
        Tunnel::Elsewhere { upgrade, mut stream } => {
            let Some(Ok(upgraded)) = door.in_time(upgrade).await else { return };
            let mut io = TokioIo::new(upgraded);
            let mut stopped = door.stopped.clone();
            let (mut copied, mut stop) =
                (pin!(tokio::io::copy_bidirectional(&mut io, &mut stream)), pin!(stopped.changed()));
            // Whichever side ends it, and however: there is nobody to tell.
            std::future::poll_fn(|context| match copied.as_mut().poll(context) {
                Poll::Ready(_) => Poll::Ready(()),
                Poll::Pending => stop.as_mut().poll(context).map(drop),
            })
            .await;
        }
    }
}

impl Outside {
    /// What comes through a tunnel, or through TLS, on this connection.
    fn inside(&self, world: Option<HeaderValue>) -> Inside {
        let cut = Some(self.cut.clone());
        Inside { door: Arc::clone(&self.door), peer: self.peer, cut, world, is_secure: false }
    }

    async fn answer(&self, mut request: Request<Incoming>) -> io::Result<Answer> {
        let Door { lab, own, .. } = &*self.door;
        if request.method() == Method::CONNECT {
            return Ok(ours(proxy::connect(lab, request, *own, &self.asked).await));
        }
        if request.uri().authority().is_some() {
            match proxy::route(lab, request, *own).await {
                Routed::Here(here) => request = direct(here),
                Routed::Answered(answer) => return Ok(ours(answer)),
                Routed::Passed(answer) => return Ok(answer.map(Either::Right)),
            }
        }
        self.door.mark(request.headers_mut());
        Ok(answered(lab, request, self.peer, Some(&self.cut)).await?.map(Either::Left))
    }
}

impl Inside {
    /// Serves what comes over TLS. `host` is the one that a tunnel leads to, for clients that do not name it again.
    async fn over_tls<S>(mut self, io: S, host: Option<String>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let shaken = self.door.in_time(handshake(&self.door.lab, io, host, self.world.as_ref())).await;
        let Some(Ok((stream, is_h2))) = shaken else { return };
        self.is_secure = true;
        self.serve(stream, is_h2).await;
    }

    async fn serve<S>(mut self, io: S, is_h2: bool)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let door = Arc::clone(&self.door);
        self.cut = self.cut.filter(|_| !is_h2);
        let inside = Arc::new(self);
        let service = service_fn(move |request| {
            let inside = Arc::clone(&inside);
            async move { inside.answer(request).await }
        });
        if is_h2 {
            let mut http = http2::Builder::new(TokioExecutor::new());
            http.timer(TokioTimer::new())
                .keep_alive_interval(PATIENCE)
                .max_header_list_size(HEADERS_LIMIT as u32)
                .auto_date_header(false);
            door.to_its_end(http.serve_connection(TokioIo::new(io), service)).await;
        } else {
            door.to_its_end(door.http1.serve_connection(TokioIo::new(io), service)).await;
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> io::Result<Answer> {
        if request.method() == Method::CONNECT {
            return Ok(ours(proxy::no_tunnel_in_a_tunnel()));
        }
        let mut request = direct(request);
        if self.is_secure {
            request.extensions_mut().insert(Secure);
        }
        if let Some(world) = &self.world {
            request.headers_mut().entry(headers::WORLD).or_insert_with(|| world.clone());
        }
        self.door.mark(request.headers_mut());
        Ok(answered(&self.door.lab, request, self.peer, self.cut.as_ref()).await?.map(Either::Left))
    }
}

/// A short answer of the lab's own.
fn ours(answer: Response<Bytes>) -> Answer {
    answer.map(|body| Either::Left(Sent::at_once(body)))
}

/// A connection that can be told to end with what it has begun.
trait Ends {
    fn end(self: Pin<&mut Self>);
    /// It ends in an error when its client goes away, which is its own business.
    fn poll_ended(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()>;
}

macro_rules! ends {
    ($($connection:ty),*) => {$(
        impl<I, S, F> Ends for $connection
        where
            I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
            S: hyper::service::HttpService<Incoming, ResBody = Either<Sent, Incoming>, Future = F>,
            S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
            F: Future<Output = Result<Answer, S::Error>> + Send + 'static,
        {
            fn end(self: Pin<&mut Self>) {
                self.graceful_shutdown();
            }
            fn poll_ended(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
                self.poll(context).map(drop)
            }
        }
    )*};
}

ends!(http1::Connection<I, S>, http1::UpgradeableConnection<I, S>, http2::Connection<I, S, TokioExecutor>);
