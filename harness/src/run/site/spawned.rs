//! Worlds on a server of the run's own.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use lab::{Lab, Settings, WorldFile};
use tokio::runtime::{Builder, Runtime};

use super::{NotMade, ServerSite, Site};
use crate::run::target::{BoxFuture, Target};

/// Worlds on a server that is started for a run, on a free port of 127.0.0.1. Dropped = stopped.
///
/// It is the server of `mockwx serve` on threads of its own, reached through real sockets like any other; only that it
/// lives in this process, so that nothing is left of it, whatever becomes of the run.
#[derive(Debug)]
pub struct Spawned {
    site: ServerSite,
    /// Always there until the drop.
    runtime: Option<Runtime>,
}

impl Spawned {
    /// Starts the server. A case may wait so long for an answer.
    ///
    /// # Errors
    /// When the machine gives no port or no threads.
    pub fn start(patience: Duration) -> io::Result<Self> {
        let lab = Lab::new(Settings { worlds: usize::MAX, ..Settings::default() })
            .map_err(|problems| io::Error::other(super::told(&problems)))?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let address = {
            let _inside = runtime.enter();
            let listener = lab::listen((Ipv4Addr::LOCALHOST, 0).into())?;
            let address = listener.local_addr()?;
            runtime.spawn(async move {
                // It ends with the runtime.
                drop(lab::serve(listener, Arc::new(lab), std::future::pending()).await);
            });
            address
        };
        let site = ServerSite::new(&format!("http://{address}"), None, 0, patience).map_err(io::Error::other)?;
        Ok(Self { site, runtime: Some(runtime) })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.site.url()
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Site for Spawned {
    fn open(&self, world: WorldFile) -> BoxFuture<'_, Result<Box<dyn Target>, NotMade>> {
        self.site.open(world)
    }

    fn clear(&self) -> BoxFuture<'_, Vec<(String, String)>> {
        self.site.clear()
    }
}
