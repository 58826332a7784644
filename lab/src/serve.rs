//! Serves a lab on a socket: HTTP in, one function call, HTTP out.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::HeaderMap;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection::{Door, Mark, taken};
use crate::lab::Lab;

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
/// One port speaks HTTP/1.1; HTTP/1.1 and HTTP/2 over TLS, if the lab has a certificate authority; and it is a forward
/// proxy for the names that the lab answers.
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
pub async fn serve(listener: TcpListener, lab: Arc<Lab>, shutdown: impl Future<Output = ()> + Send) -> Drain {
    served(listener, lab, None, pin!(shutdown)).await
}

/// As [`serve`], for callers that do not know what they would have to say: `mark` adds to the headers of every request
/// what they leave out, such as `X-Mock-World` or `X-Mock-Caller`.
pub async fn serve_marked<M>(
    listener: TcpListener,
    lab: Arc<Lab>,
    mark: M,
    shutdown: impl Future<Output = ()> + Send,
) -> Drain
where
    M: Fn(&mut HeaderMap) + Send + Sync + 'static,
{
    served(listener, lab, Some(Box::new(mark)), pin!(shutdown)).await
}

async fn served(
    listener: TcpListener,
    lab: Arc<Lab>,
    mark: Option<Mark>,
    mut shutdown: Pin<&mut (dyn Future<Output = ()> + Send)>,
) -> Drain {
    let (stop, stopped) = watch::channel(());
    let mut drain = Drain { stop, connections: JoinSet::new() };
    // A bound socket has an address; without one no caller would be taken for one who calls the lab itself.
    let own = listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([0; 4], 0)));
    let door = Arc::new(Door::new(lab, mark, own, stopped));
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
            Some(Ok((stream, remote))) => drain.take(Arc::clone(&door), stream, remote),
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
    /// Tells every connection to end with what it has begun.
    stop: watch::Sender<()>,
    connections: JoinSet<()>,
}

impl Drain {
    fn take(&mut self, door: Arc<Door>, stream: TcpStream, remote: SocketAddr) {
        // An answer is written at once and whole; without this the kernel may hold it back.
        let _ = stream.set_nodelay(true);
        self.connections.spawn(taken(door, stream, remote));
    }

    /// Waits until everything is answered, at most `limit`; says whether it was.
    pub async fn within(mut self, limit: Duration) -> bool {
        // There is nobody to tell when no connection lives.
        let _ = self.stop.send(());
        let all = async { while self.connections.join_next().await.is_some() {} };
        sim::real::within(limit, all).await.is_some()
    }
}
