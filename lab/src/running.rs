//! A lab inside another program: started in one call, stopped when it is dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use sim::ConfigProblem;
use tokio::sync::oneshot;

use crate::running_world::{RunningWorld, WorldError};
use crate::settings::Settings;
use crate::world_file::WorldFile;
use crate::worlds::check_name;
use crate::{Lab, listen, serve};

/// Why a lab does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The default world is wrong: everything that is wrong with it.
    #[error("the world is invalid:{}", listed(.0))]
    World(Vec<ConfigProblem>),
    /// No port of the loopback address can be had.
    #[error("no port of 127.0.0.1 can be bound: {0}")]
    Port(#[source] io::Error),
    /// The machine gives no thread to serve from.
    #[error("no thread can be started: {0}")]
    Thread(#[source] io::Error),
}

/// Problems one below the other, each with its way out.
pub(crate) fn listed(problems: &[ConfigProblem]) -> String {
    let line = |problem: &ConfigProblem| match &problem.hint {
        Some(hint) => format!("\n  {problem}\n    hint: {hint}"),
        None => format!("\n  {problem}"),
    };
    problems.iter().map(line).collect()
}

/// A lab that serves on a port of its own; dropped = stopped.
///
/// It runs on a thread of its own, so a plain `#[test]` can use it as well as an async one. When its drop has ended,
/// the port is free and every connection is cut.
///
/// ```
/// let lab = lab::Lab::start()?;
/// assert!(lab.url().starts_with("http://127.0.0.1:"));
/// // Point the application under test at `lab.url()`.
/// # Ok::<(), lab::StartError>(())
/// ```
#[derive(Debug)]
#[must_use = "dropping it stops the server"]
pub struct RunningLab {
    lab: Arc<Lab>,
    address: SocketAddr,
    /// Dropped, it tells the server to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningLab {
    /// Where it is: `http://127.0.0.1:40123`. WeChat and IDaaS are both there, and the world `default` answers whatever
    /// tells nothing of another world.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The lab itself, to be asked without a socket.
    pub fn lab(&self) -> &Arc<Lab> {
        &self.lab
    }

    /// The world that is always there. Its base URL is that of the lab.
    pub fn world(&self) -> RunningWorld {
        RunningWorld::new(Arc::clone(&self.lab), self.lab.worlds.default(), self.url())
    }

    /// A new sealed world with a name of its own, made as the default world was.
    ///
    /// # Errors
    /// When the lab has as many worlds as it may hold.
    pub fn fresh_world(&self) -> Result<RunningWorld, WorldError> {
        self.new_world(&self.lab.worlds.fresh_name(), self.lab.settings.world.clone())
    }

    /// A new sealed world with this name, made from a world file.
    ///
    /// ```
    /// use lab::{Lab, WorldFile};
    ///
    /// let lab = Lab::start()?;
    /// let file = WorldFile::shipped("bind").expect("it ships with the program");
    /// let world = lab.new_world("checkout", file)?;
    /// assert_eq!(world.url(), format!("{}/__world/checkout", lab.url()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the name is taken or none, when the file is wrong, or when the lab has as many worlds as it may hold.
    pub fn new_world(&self, name: &str, file: WorldFile) -> Result<RunningWorld, WorldError> {
        check_name(name)?;
        let world = self.lab.sealed(name, file).map_err(WorldError::Invalid)?;
        let world = self.lab.worlds.add(world)?;
        let url = format!("{}/__world/{name}", self.url());
        Ok(RunningWorld::new(Arc::clone(&self.lab), world, url))
    }
}

impl Drop for RunningLab {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It panics for a bug only, and then it has said so.
            let _ = thread.join();
        }
    }
}

impl Lab {
    /// Starts a lab with the ready world on a free port of the loopback address.
    ///
    /// ```
    /// let lab = lab::Lab::start()?;
    /// let code = lab.world().login_code("alice").expect("alice lives in the ready world");
    /// assert_eq!(code.len(), 32);
    /// # Ok::<(), lab::StartError>(())
    /// ```
    ///
    /// # Errors
    /// When the machine gives no port or no thread.
    pub fn start() -> Result<RunningLab, StartError> {
        Self::start_with(Settings::default())
    }

    /// Starts a lab on a free port of the loopback address.
    ///
    /// ```
    /// use lab::{Lab, Settings, WorldFile};
    ///
    /// let world = WorldFile::from_json(serde_json::json!({
    ///     "like": "ready",
    ///     "clock": { "start": "2026-03-01T09:00:00Z" }, // it stands there until it is moved
    /// }))?;
    /// let lab = Lab::start_with(Settings { world, ..Settings::default() })?;
    /// assert_eq!(lab.world().now().to_string(), "2026-03-01T09:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the world of the settings is wrong, or the machine gives no port or no thread.
    pub fn start_with(settings: Settings) -> Result<RunningLab, StartError> {
        let lab = Arc::new(Self::new(settings).map_err(StartError::World)?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Thread)?;
        let inside = runtime.enter();
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).map_err(StartError::Port)?;
        drop(inside);
        let address = listener.local_addr().map_err(StartError::Port)?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&lab);
        // What is left of the server when it stops, connections included, ends with the runtime.
        let work =
            move || runtime.block_on(async { drop(serve(listener, served, async { drop(stopped.await) }).await) });
        let thread = thread::Builder::new().name("lab".to_owned()).spawn(work).map_err(StartError::Thread)?;
        Ok(RunningLab { lab, address, stop: Some(stop), thread: Some(thread) })
    }
}
