//! Where a scenario's calls go.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use lab::{Lab, Lost, Peer, Settings};
use sim::ConfigProblem;

use super::services::Running;

/// A future in a box, so that a [`Target`] can be chosen while the program runs.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One world that answers calls: the vendors' paths and the control API.
///
/// It is the seam between what a scenario says and who answers. Nothing else of a world is visible to the runner, so a
/// scenario cannot notice whether its world lives in the same process or behind a URL.
pub trait Target: Send + Sync + fmt::Debug {
    /// Sends a call and gives back its answer.
    ///
    /// # Errors
    /// When there is nobody to answer.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>>;

    /// The services under test that run in front of this world.
    fn services(&self) -> &[Arc<Running>] {
        &[]
    }

    /// Takes the world away: nobody asks it anything any more.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// There is nobody to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address} cannot be reached: {reason}")]
pub struct Unreachable {
    /// Where the call went.
    pub address: String,
    /// What went wrong, in the words of the machine.
    pub reason: String,
    /// The answer that a planned fault took away, when that is why: what a scenario can expect.
    pub lost: Option<Lost>,
}

/// The header by which a call names its world.
pub(crate) const WORLD: HeaderName = HeaderName::from_static("x-mock-world");

/// A sealed world in this process: calls reach it without a socket.
#[derive(Debug)]
pub struct InProcess {
    lab: Arc<Lab>,
    /// The name of the world, where the lab has others too.
    world: Option<HeaderValue>,
}

impl InProcess {
    /// A lab of its own whose one world is `settings.world`.
    ///
    /// # Errors
    /// Everything that is wrong in its world file.
    pub fn new(settings: Settings) -> Result<Self, Vec<ConfigProblem>> {
        Lab::new(settings).map(|lab| Self::around(Arc::new(lab)))
    }

    /// The default world of a lab that others call, too.
    pub fn around(lab: Arc<Lab>) -> Self {
        Self { lab, world: None }
    }

    /// One world of a lab with several.
    pub(crate) fn one_of(lab: Arc<Lab>, world: HeaderValue) -> Self {
        Self { lab, world: Some(world) }
    }

    /// The lab that the world is in.
    pub(crate) fn lab(&self) -> &Arc<Lab> {
        &self.lab
    }

    /// Its name, where the lab has other worlds too.
    pub(crate) fn named(&self) -> Option<HeaderValue> {
        self.world.clone()
    }
}

impl Target for InProcess {
    fn send(&self, mut request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            if let Some(world) = &self.world {
                request.headers_mut().entry(WORLD).or_insert_with(|| world.clone());
            }
            let is_head = request.method() == Method::HEAD;
            let mut response = self.lab.answer(request, Peer::in_process()).await;
            if let Some(lost) = Lost::of(&response) {
                return Err(Unreachable {
                    address: "the world".to_owned(),
                    reason: lost.words().to_owned(),
                    lost: Some(lost),
                });
            }
            // What a server does on a socket is done here; without it a scenario could tell the two apart.
            if response.status() != StatusCode::NO_CONTENT {
                let length = response.body().len().into();
                response.headers_mut().entry(header::CONTENT_LENGTH).or_insert(length);
            }
            if is_head {
                *response.body_mut() = Bytes::new();
            }
            Ok(response)
        })
    }
}
