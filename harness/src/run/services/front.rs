//! An address for a world: what a service under test takes for WeChat and IDaaS.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue};
use lab::Lab;
use tokio::task::AbortHandle;

use crate::run::target::WORLD;

const CALLER: HeaderName = HeaderName::from_static("x-mock-caller");

/// A lab on a loopback port, behind which one world at a time answers whatever a service asks: with or without a code
/// or token that names its world. Dropped = closed.
#[derive(Debug)]
pub(super) struct Front {
    url: String,
    world: Arc<Mutex<Option<HeaderValue>>>,
    serving: AbortHandle,
}

impl Front {
    /// Opens a free port.
    pub(super) fn open(lab: &Arc<Lab>, world: Option<HeaderValue>) -> io::Result<Self> {
        let listener = lab::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let url = format!("http://{}", listener.local_addr()?);
        let world = Arc::new(Mutex::new(world));
        let current = Arc::clone(&world);
        let mark = move |headers: &mut HeaderMap| {
            // Who comes through this door is the back end, also where the mini program is the usual caller.
            headers.entry(CALLER).or_insert(HeaderValue::from_static("back-end"));
            if let Some(world) = current.lock().unwrap_or_else(PoisonError::into_inner).clone() {
                headers.entry(WORLD).or_insert(world);
            }
        };
        let lab = Arc::clone(lab);
        let serving = tokio::spawn(async move {
            drop(lab::serve_marked(listener, lab, mark, std::future::pending()).await);
        });
        Ok(Self { url, world, serving: serving.abort_handle() })
    }

    /// Its base URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// From now on this world answers.
    pub(super) fn lead_to(&self, world: HeaderValue) {
        *self.world.lock().unwrap_or_else(PoisonError::into_inner) = Some(world);
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
