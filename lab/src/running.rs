//! A lab inside another program: started in one call, stopped when it is dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::{Lab, listen, serve};

/// A lab that serves on a port of its own; dropped = stopped.
///
/// ```
/// # async fn run() -> std::io::Result<()> {
/// let lab = lab::Lab::new(lab::Settings::default()).expect("the ready world is valid").start()?;
/// assert!(lab.url().starts_with("http://127.0.0.1:"));
/// // Point the application under test at `lab.url()`; dropping `lab` frees the port.
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "dropping it stops the server"]
pub struct RunningLab {
    lab: Arc<Lab>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl RunningLab {
    /// Where it is: `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The lab itself, to be asked without a socket.
    pub fn lab(&self) -> &Arc<Lab> {
        &self.lab
    }
}

impl Drop for RunningLab {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lab {
    /// Serves on a free port of the loopback address. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When no port can be bound.
    pub fn start(self) -> io::Result<RunningLab> {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into())?;
        let (address, lab) = (listener.local_addr()?, Arc::new(self));
        let served = Arc::clone(&lab);
        let task = tokio::spawn(async move { drop(serve(listener, served, std::future::pending()).await) });
        Ok(RunningLab { lab, address, task })
    }
}
