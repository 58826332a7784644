//! Serves a lab on a socket: HTTP/1.1 in, one function call, HTTP/1.1 out.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::fault::{Dripped, Lost};
use crate::lab::{BODY_LIMIT, Lab, Oversized};
use crate::lingering::{Cut, Lingering};
use crate::sent::Sent;
use crate::settings::Peer;

/// Headers of a request altogether; hyper answers 431 beyond it.
const HEADERS_LIMIT: usize = 64 * 1024;
/// How long a planned fault keeps silent before it closes the connection: longer than any client waits.
const SILENCE: Duration = Duration::from_secs(600);
/// How long a client may take to send its headers, and then its body.
const PATIENCE: Duration = Duration::from_secs(60);

/// Binds an address, ready for [`serve`]. Port 0 picks a free one.
///
/// # Errors
/// When the address cannot be bound: in use, not of this machine, or not allowed.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None)?;
    // On Windows the option would let a second server take over the port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// Serves `lab` until `shutdown` is done, then stops listening and hands back what is still being answered.
///
/// ```
/// # async fn run() -> std::io::Result<()> {
/// use std::{sync::Arc, time::Duration};
/// let lab = Arc::new(lab::Lab::new(lab::Settings::default()).expect("the ready world is valid"));
/// let listener = lab::listen(([127, 0, 0, 1], 0).into())?;
/// let drain = lab::serve(listener, lab, std::future::ready(())).await;
/// assert!(drain.within(Duration::from_secs(5)).await);
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// ```
pub async fn serve(listener: TcpListener, lab: Arc<Lab>, shutdown: impl Future<Output = ()>) -> Drain {
    serve_marked(listener, lab, |_| {}, shutdown).await
}

/// As [`serve`], for callers that do not know what they would have to say: `mark` adds to the headers of every request
/// what they leave out, such as `X-Mock-World` or `X-Mock-Caller`.
pub async fn serve_marked<M>(listener: TcpListener, lab: Arc<Lab>, mark: M, shutdown: impl Future<Output = ()>) -> Drain
where
    M: Fn(&mut HeaderMap) + Clone + Send + Sync + 'static,
{
    let mut http = http1::Builder::new();
    http.half_close(true)
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_header_size(HEADERS_LIMIT)
        // The `Date` of an answer is the time of its world.
        .auto_date_header(false);
    let mut drain = Drain { graceful: GracefulShutdown::new(), connections: JoinSet::new() };
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = std::future::poll_fn(|context| {
            if shutdown.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            // Takes away what has ended, so that the set holds living connections only.
            while let Poll::Ready(Some(_)) = drain.connections.poll_join_next(context) {}
            listener.poll_accept(context).map(Some)
        });
        match accepted.await {
            None => return drain,
            Some(Ok((stream, remote))) => drain.take(&http, (stream, remote), &lab, mark.clone()),
            // Out of file descriptors, or a client that was gone before it was taken: neither ends a server. Without
            // the pause the first would be asked again at once, for ever.
            Some(Err(_)) => sim::real::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Connections that are still being answered after a server stopped listening. Dropped = cut off.
#[derive(Debug)]
#[must_use = "dropping it cuts off the answers that are on their way"]
pub struct Drain {
    graceful: GracefulShutdown,
    connections: JoinSet<()>,
}

impl Drain {
    fn take<M>(&mut self, http: &http1::Builder, caller: (TcpStream, SocketAddr), lab: &Arc<Lab>, mark: M)
    where
        M: Fn(&mut HeaderMap) + Clone + Send + Sync + 'static,
    {
        let (stream, remote) = caller;
        // An answer is written at once and whole; without this the kernel may hold it back.
        let _ = stream.set_nodelay(true);
        let lab = Arc::clone(lab);
        let peer = Peer::at(remote.ip());
        let (stream, cut) = Lingering::new(stream);
        let service = service_fn(move |mut request: Request<Incoming>| {
            mark(request.headers_mut());
            answered(Arc::clone(&lab), request, peer, cut.clone())
        });
        let connection = self.graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        // A connection ends in an error when its client goes away, which is its own business.
        self.connections.spawn(async move { drop(connection.await) });
    }

    /// Waits until everything is answered, at most `limit`; says whether it was.
    pub async fn within(self, limit: Duration) -> bool {
        let connections = self.connections;
        let done = sim::real::within(limit, self.graceful.shutdown()).await.is_some();
        drop(connections);
        done
    }
}

async fn answered(lab: Arc<Lab>, request: Request<Incoming>, peer: Peer, cut: Cut) -> io::Result<Response<Sent>> {
    let (mut parts, body) = request.into_parts();
    let body = if body.is_end_stream() {
        Bytes::new()
    } else {
        match sim::real::within(PATIENCE, read(body)).await {
            Some(Ok(Some(body))) => body,
            Some(Ok(None)) => {
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
            cut.reset();
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
async fn read(mut body: Incoming) -> Result<Option<Bytes>, hyper::Error> {
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
