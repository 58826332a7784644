//! The user's own services under test: started when a case needs them, in front of the world of that case, and ended
//! with all that they started.
//!
//! A service reaches its world over a loopback port ([`front`]). One that is started for each case has its world to
//! itself. One that is started once a run knows one address only, and not all that it asks says which world is meant: a
//! code names its world, an appid does not. So the cases that need it take turns, and whoever has the turn answers
//! everything. The worlds of earlier cases stay, so that an access token that the service fetched then and still uses
//! is as good as it was.

mod front;
mod log;
mod process;
mod running;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use lab::{Lab, Settings, WorldFile};
use serde_json::json;
use sim::Seed;
use tokio::sync::{Mutex, OwnedMutexGuard};

use self::front::Front;
pub use self::running::Running;
pub(crate) use self::running::{NotReady, Unfit};
use super::call::Call;
use super::result::CaseId;
use super::site::{NotMade, settings};
use super::target::{BoxFuture, InProcess, Target, Unreachable};
use crate::language::{Per, Service};

/// The services under test of a run.
#[derive(Debug, Default)]
pub(crate) struct Services {
    once: Arc<Mutex<Once>>,
}

/// Those that are started once a run. Whoever holds it has the turn.
#[derive(Debug, Default)]
struct Once {
    street: Option<Street>,
    started: Vec<(Arc<Service>, Started)>,
}

/// What came of starting a service.
type Started = Result<Arc<Running>, NotReady>;

/// The worlds that have had their turn or have it, behind one address.
#[derive(Debug)]
struct Street {
    lab: Arc<Lab>,
    front: Front,
    /// How many worlds there are of a name, for cases that run repeatedly.
    names: HashMap<String, usize>,
}

/// A world with its services in front of it.
#[derive(Debug)]
pub(crate) struct Staged {
    world: InProcess,
    services: Vec<Arc<Running>>,
    _front: Option<Front>,
    _turn: Option<OwnedMutexGuard<Once>>,
}

/// Why a case cannot begin.
#[derive(Debug)]
pub(crate) enum Unstaged {
    /// Its world cannot be made.
    World(NotMade),
    /// Its world cannot be reached from outside.
    Address(io::Error),
    /// One of its services is of no use; the world that it would have had.
    Service(Arc<Service>, NotReady, Box<Staged>),
}

impl From<NotMade> for Unstaged {
    fn from(reason: NotMade) -> Self {
        Self::World(reason)
    }
}

impl From<io::Error> for Unstaged {
    fn from(error: io::Error) -> Self {
        Self::Address(error)
    }
}

impl Services {
    /// Services of a run; none is started yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The world of a case with its services in front of it; waits for its turn if need be.
    pub(crate) async fn stage(&self, id: &CaseId, world: WorldFile) -> Result<Staged, Unstaged> {
        let services = &id.scenario.services;
        let has = |per: Per| services.iter().any(|service| service.per == per);
        let mut staged = if has(Per::Run) {
            let mut once = Arc::clone(&self.once).lock_owned().await;
            let world = once.world(id, &world).await?;
            Staged { world, services: Vec::new(), _front: None, _turn: Some(once) }
        } else {
            let world = InProcess::new(Settings { world, ..settings() }).map_err(NotMade::Invalid)?;
            Staged { world, services: Vec::new(), _front: None, _turn: None }
        };
        if has(Per::Scenario) {
            staged._front = Some(Front::open(staged.world.lab(), staged.world.named())?);
        }
        for service in services {
            match staged.start(service).await {
                Ok(running) => staged.services.push(running),
                Err(not_ready) => return Err(Unstaged::Service(Arc::clone(service), not_ready, Box::new(staged))),
            }
        }
        Ok(staged)
    }

    /// Ends those that were started once.
    pub(crate) async fn stop(&self) {
        let started = std::mem::take(&mut self.once.lock().await.started);
        for (_, running) in started {
            if let Some(running) = running.ok().and_then(Arc::into_inner) {
                running.stop().await;
            }
        }
    }
}

impl Staged {
    async fn start(&mut self, service: &Arc<Service>) -> Started {
        match (&mut self._turn, &self._front, service.per) {
            (Some(once), _, Per::Run) => once.start(service).await,
            (_, Some(front), Per::Scenario) => Running::start(service, front.url()).await.map(Arc::new),
            _ => Err(NotReady { why: Unfit::Absent(service.name.clone()), said: Vec::new() }),
        }
    }

    /// Ends the services that were started for this case, and gives the turn to the next one.
    pub(crate) async fn leave(self) {
        for running in self.services {
            // Of those that are started once another owner is left.
            if let Some(running) = Arc::into_inner(running) {
                running.stop().await;
            }
        }
    }
}

impl Target for Staged {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        self.world.send(request)
    }

    fn services(&self) -> &[Arc<Running>] {
        &self.services
    }
}

impl Once {
    /// Makes the world of a case and lets it answer from now on.
    async fn world(&mut self, id: &CaseId, world: &WorldFile) -> Result<InProcess, Unstaged> {
        let street = match &mut self.street {
            Some(street) => street,
            none => none.insert(Street::open()?),
        };
        let name = street.name(id);
        // A world file is a plain tree of texts and numbers with text keys: there is nothing JSON cannot write.
        let file = serde_json::to_value(world).unwrap_or_default();
        let made = Call::json(Method::POST, "/__admin/v1/worlds", &json!({ "name": name, "world": file }));
        let wrong = |message: String| Unstaged::World(NotMade::Refused(message));
        let request = made.build().map_err(|error| wrong(error.to_string()))?;
        let response = street.lab.answer(request, lab::Peer::in_process()).await;
        if !response.status().is_success() {
            return Err(wrong(String::from_utf8_lossy(response.body()).into_owned()));
        }
        let named = HeaderValue::from_str(&name).map_err(|error| wrong(error.to_string()))?;
        street.front.lead_to(named.clone());
        Ok(InProcess::one_of(Arc::clone(&street.lab), named))
    }

    /// The service, started unless it runs. One that could not be started is not tried again; one that ended is.
    async fn start(&mut self, service: &Arc<Service>) -> Started {
        let at = self.started.iter().position(|(known, _)| Arc::ptr_eq(known, service));
        match at.map(|at| &self.started[at].1) {
            Some(Ok(running)) if running.lives().await => return Ok(Arc::clone(running)),
            Some(Err(not_ready)) => return Err(not_ready.clone()),
            Some(Ok(_)) | None => {}
        }
        if let Some(at) = at {
            drop(self.started.swap_remove(at));
        }
        let url = self.street.as_ref().map_or("", |street| street.front.url());
        let started = Running::start(service, url).await.map(Arc::new);
        self.started.push((Arc::clone(service), started.clone()));
        started
    }
}

impl Street {
    fn open() -> Result<Self, Unstaged> {
        let lab = Lab::new(Settings { worlds: usize::MAX, ..settings() }).map_err(NotMade::Invalid)?;
        let lab = Arc::new(lab);
        let front = Front::open(&lab, None)?;
        Ok(Self { lab, front, names: HashMap::new() })
    }

    /// A name for the world of a case: the same in every run, whatever else runs, because codes depend on it.
    fn name(&mut self, id: &CaseId) -> String {
        let mut place = Seed::new(0).identity("case", &[&id.file(), &id.full_name()]);
        let name = format!("case-{:016x}", u64::from_le_bytes(place.bytes()));
        let times = self.names.entry(name.clone()).or_default();
        *times += 1;
        if *times == 1 { name } else { format!("{name}-{times}") }
    }
}
