//! A running server, reached over HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use sim::real::Stopwatch;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::target::{BoxFuture, Target, Unreachable};

/// How long a server may take to answer one call, unless somebody says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection may wait for its next call: less than any server or proxy keeps one open.
const IDLE: Duration = Duration::from_secs(4);

/// A running server, or one world of it. Connections are kept for the next call, by this one and all that were made from
/// it.
#[derive(Debug, Clone)]
pub struct Remote {
    /// `http://127.0.0.1:17080`, with a path before all others perhaps, without a slash at the end.
    url: Uri,
    world: Option<HeaderValue>,
    admin_token: Option<HeaderValue>,
    patience: Duration,
    idle: Arc<Idle>,
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

/// Why a call brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    /// It was never sent: nobody took the connection, or the call makes no sense.
    #[error("{0}")]
    Unsent(String),
    /// The connection ended before an answer came.
    #[error("{0}")]
    BeforeAnswer(String),
    /// The connection ended in the middle of the answer.
    #[error("{0}")]
    InAnswer(String),
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
        Ok(Self {
            url: uri,
            world: value(world, "world's name")?,
            admin_token: value(admin_token, "admin token")?,
            patience: PATIENCE,
            idle: Arc::default(),
        })
    }

    /// One world of the same server, over the same connections.
    ///
    /// # Errors
    /// A name that a header cannot carry.
    pub(crate) fn of_world(&self, name: &str) -> Result<Self, AddressError> {
        let world = HeaderValue::from_str(name).map_err(|_| AddressError::Header("world's name"))?;
        Ok(Self { world: Some(world), ..self.clone() })
    }

    /// The same server, which may take so long for an answer.
    #[must_use]
    pub(crate) fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.url.to_string().trim_end_matches('/').to_owned()
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        self.url.authority().map_or("", |authority| authority.as_str())
    }

    /// Nobody is there, in these words.
    pub(crate) fn unreachable(&self, reason: impl ToString) -> Unreachable {
        Unreachable { address: self.url(), reason: reason.to_string(), lost: None }
    }

    /// Sends a call and reads its answer to the end, however long that takes.
    pub(crate) async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        self.direct(&mut request)?;
        let mut request = request.map(Full::new);
        while let Some(mut connection) = self.idle.take() {
            if connection.waiting.elapsed() > IDLE || connection.sender.ready().await.is_err() {
                continue;
            }
            match connection.sender.try_send_request(request).await {
                Ok(answer) => return self.read(connection, answer).await,
                Err(mut error) => match error.take_message() {
                    // It was closed while it waited here; nothing was sent.
                    Some(unsent) => request = unsent,
                    None => return Err(Broken::BeforeAnswer(error.into_error().to_string())),
                },
            }
        }
        let mut connection = self.connect().await.map_err(Broken::Unsent)?;
        match connection.sender.send_request(request).await {
            Ok(answer) => self.read(connection, answer).await,
            Err(error) => Err(Broken::BeforeAnswer(error.to_string())),
        }
    }

    /// Points a request at this server and this world.
    fn direct(&self, request: &mut Request<Bytes>) -> Result<(), Broken> {
        let prefix = self.url.path().trim_end_matches('/');
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        *request.uri_mut() =
            format!("{prefix}{path}").parse().map_err(|_| Broken::Unsent("the path makes no sense".to_owned()))?;
        let headers = request.headers_mut();
        if !headers.contains_key(header::HOST) {
            let authority = self.url.authority().map_or("localhost", |authority| authority.as_str());
            let host = HeaderValue::from_str(authority).map_err(|error| Broken::Unsent(error.to_string()))?;
            headers.insert(header::HOST, host);
        }
        if let Some(world) = &self.world {
            headers.insert(HeaderName::from_static("x-mock-world"), world.clone());
        }
        if let Some(token) = &self.admin_token {
            headers.insert(HeaderName::from_static("x-mock-admin-token"), token.clone());
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Connection, String> {
        // The address comes from a flag or a variable of the person at the keyboard: naming it is asking for it.
        let host = self.url.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, self.url.port_u16().unwrap_or(80))).await;
        let stream = stream.map_err(|error| error.to_string())?;
        let _ = stream.set_nodelay(true);
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        // How it ended is told to whoever waits for an answer.
        let task = tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { sender, task, waiting: Stopwatch::start() })
    }

    async fn read(&self, mut connection: Connection, answer: Response<Incoming>) -> Result<Response<Bytes>, Broken> {
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| Broken::InAnswer(error.to_string()))?.to_bytes();
        connection.waiting = Stopwatch::start();
        self.idle.keep(connection);
        Ok(Response::from_parts(parts, body))
    }
}

impl Target for Remote {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            match sim::real::within(self.patience, self.exchange(request)).await {
                Some(answered) => answered.map_err(|broken| self.unreachable(broken)),
                None => Err(self.unreachable(format!("no answer in {}", sim::Life::from(self.patience)))),
            }
        })
    }
}

/// One connection. Dropped = closed.
#[derive(Debug)]
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
    /// Since it was used last.
    waiting: Stopwatch,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connections that wait for their next call.
#[derive(Debug, Default)]
struct Idle(Mutex<Vec<Connection>>);

impl Idle {
    fn take(&self) -> Option<Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: Connection) {
        if !connection.sender.is_closed() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
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

    #[test]
    fn a_connection_is_used_again_and_a_closed_one_is_not() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = lab::listen(([127, 0, 0, 1], 0).into()).unwrap();
            let address = listener.local_addr().unwrap();
            let lab = Arc::new(lab::Lab::new(lab::Settings::default()).unwrap());
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let first = tokio::spawn(lab::serve(listener, Arc::clone(&lab), async { drop(stopped.await) }));
            let remote = Remote::new(&format!("http://{address}"), None, None).unwrap();
            let status = async || {
                let call = Request::get("/livez").body(Bytes::new()).unwrap();
                remote.exchange(call).await.map(|answer| answer.status().as_u16())
            };
            let waiting = || remote.idle.0.lock().unwrap().len();
            assert_eq!((status().await, status().await, waiting()), (Ok(200), Ok(200), 1));

            stop.send(()).unwrap();
            drop(first.await.unwrap());
            let again = lab::listen(address).unwrap();
            let second = tokio::spawn(lab::serve(again, lab, std::future::pending()));
            // Until it is known here that the first server has closed it.
            while !remote.idle.0.lock().unwrap()[0].sender.is_closed() {
                tokio::task::yield_now().await;
            }
            assert_eq!((status().await, waiting()), (Ok(200), 1));
            second.abort();
        });
    }
}
