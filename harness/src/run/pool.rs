//! Many cases, several at a time, each in a sealed world of its own.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use lab::WorldFile;
use serde_json::Value;
use sim::real::Stopwatch;
use tokio::sync::watch as channel;
use tokio::task::JoinSet;

use super::case::{self, Record, Rules};
use super::failure;
use super::result::{CaseId, CaseLabel, CaseResult, Excerpt, Failure, FailureKind, Outcome, RunResult, Skip};
use super::selection;
use super::services::{Services, Unstaged};
use super::session::Session;
use super::site::{Here, NotMade, Site};
use super::snapshot::Snapshots;
use super::target::Target;
use crate::language::Scenario;

/// How cases are run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many at a time; at least one.
    pub jobs: usize,
    /// Runs them in an order that this seed decides, in place of the order of their files.
    pub shuffle: Option<u64>,
    /// Starts no other case once one has failed.
    pub fail_fast: bool,
    /// How long a case may take in real time.
    pub timeout: Duration,
    /// Whether failures show secrets.
    pub reveal: bool,
    /// Of which cases the result tells every step.
    pub record: Record,
    /// What becomes of answers that differ from their snapshots.
    pub snapshots: Snapshots,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            jobs: 1,
            shuffle: None,
            fail_fast: false,
            timeout: Duration::from_secs(30),
            reveal: false,
            record: Record::Failures,
            snapshots: Snapshots::Compare,
        }
    }
}

/// Who is told how a run goes on. A closure is told of each case that ended.
pub trait Watch {
    /// A case begins.
    fn started(&mut self, _: &CaseId) {}

    /// A case ended.
    fn finished(&mut self, result: &CaseResult);
}

impl<F: FnMut(&CaseResult)> Watch for F {
    fn finished(&mut self, result: &CaseResult) {
        self(result);
    }
}

/// Runs `cases` in this process: see [`run_at`].
pub async fn run(
    cases: Vec<CaseId>,
    plan: &Plan,
    interrupt: impl Future<Output = ()>,
    mut finished: impl FnMut(&CaseResult),
) -> RunResult {
    run_at(Arc::new(Here::new()), cases, plan, interrupt, &mut finished).await
}

/// Runs `cases`, each in a world that `site` makes for it, until all are done or `interrupt` is. `watch` is told of each
/// case that ran, in the order in which they end. The result does not depend on that order.
///
/// Must be called inside a tokio runtime.
pub async fn run_at(
    site: Arc<dyn Site>,
    cases: Vec<CaseId>,
    plan: &Plan,
    interrupt: impl Future<Output = ()>,
    watch: &mut impl Watch,
) -> RunResult {
    let stopwatch = Stopwatch::start();
    let order = match plan.shuffle {
        None => (0..cases.len()).collect(),
        Some(seed) => selection::shuffled(&cases, seed),
    };
    let worlds = Arc::new(Worlds::new(site));
    let services = Arc::new(Services::new());
    let rules = Rules { timeout: plan.timeout, reveal: plan.reveal, record: plan.record };
    let mut waiting = order.into_iter();
    let mut running: JoinSet<CaseResult> = JoinSet::new();
    let mut at_work = HashMap::new();
    let mut results: Vec<Option<CaseResult>> = cases.iter().map(|_| None).collect();
    let mut why = Skip::FailFast;
    let mut interrupt = pin!(interrupt);
    let mut stop = false;
    let (stopping, _) = channel::channel(false);

    loop {
        while !stop && running.len() < plan.jobs.max(1) {
            let Some(at) = waiting.next() else { break };
            let terms = Terms { rules, snapshots: plan.snapshots, stopping: stopping.subscribe() };
            let task = running.spawn(run_one(cases[at].clone(), Arc::clone(&worlds), Arc::clone(&services), terms));
            at_work.insert(task.id(), at);
            watch.started(&cases[at]);
        }
        let next = poll_fn(|context| {
            if why != Skip::Interrupted && interrupt.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            running.poll_join_next_with_id(context).map(Some)
        });
        let (at, result) = match next.await {
            None => {
                (stop, why) = (true, Skip::Interrupted);
                // Cases that run clean up behind them, and end.
                stopping.send_replace(true);
                continue;
            }
            Some(None) => break,
            Some(Some(ended)) => match ended {
                Ok((id, result)) => (at_work.remove(&id), result),
                // Whatever the bug is, it must not take the other cases with it.
                Err(error) => match at_work.remove(&error.id()) {
                    Some(at) => (Some(at), broken(&cases[at], "this is a bug in mockwx: the case panicked".to_owned())),
                    None => continue,
                },
            },
        };
        let Some(at) = at else { continue };
        if !matches!(result.outcome, Outcome::Skipped { .. }) {
            watch.finished(&result);
        }
        if plan.fail_fast && !result.failures().is_empty() {
            stop = true;
        }
        results[at] = Some(result);
    }

    services.stop().await;
    let interrupted = why == Skip::Interrupted;
    let cases =
        results.into_iter().zip(cases).map(|(result, id)| result.unwrap_or_else(|| CaseResult::skipped(id, why)));
    let cases = cases.collect();
    RunResult { cases, interrupted, shuffled: plan.shuffle, duration: stopwatch.elapsed() }
}

/// What every world of a run starts from, made once.
#[derive(Debug)]
struct Worlds {
    site: Arc<dyn Site>,
    /// The world of a scenario that describes none, as a file and as it is read.
    ready: (Value, WorldFile),
}

impl Worlds {
    fn new(site: Arc<dyn Site>) -> Self {
        let ready = WorldFile::ready();
        // A world file is a plain tree of texts and numbers with text keys: there is nothing JSON cannot write.
        let file = serde_json::to_value(&ready).unwrap_or_default();
        Self { site, ready: (file, ready) }
    }

    /// The world file of a case.
    fn file<'a>(&'a self, id: &'a CaseId) -> &'a Value {
        id.case().world.as_ref().map_or(&self.ready.0, |world| &world.file)
    }

    /// The world of a case, read.
    fn world(&self, id: &CaseId) -> Result<WorldFile, NotMade> {
        let world = match &id.case().world {
            None => self.ready.1.clone(),
            Some(world) => WorldFile::from_json(world.file.clone()).map_err(|one| NotMade::Invalid(vec![one]))?,
        };
        Ok(case::pinned(world))
    }

    async fn open(&self, id: &CaseId) -> Result<Box<dyn Target>, NotMade> {
        self.site.open(self.world(id)?).await
    }
}

/// What holds for one case of a run.
#[derive(Debug)]
struct Terms {
    rules: Rules,
    snapshots: Snapshots,
    /// Turns to true when someone stops the run.
    stopping: channel::Receiver<bool>,
}

impl Terms {
    /// Waits until someone stops the run.
    async fn stopped(&self) {
        // It only fails when the run is gone, and this with it.
        if self.stopping.clone().wait_for(|stopping| *stopping).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    async fn run(&self, id: &CaseId, target: &dyn Target, file: &Value) -> CaseResult {
        case::run_until(self.stopped(), id, target, file, self.rules, self.snapshots).await
    }
}

async fn run_one(id: CaseId, worlds: Arc<Worlds>, services: Arc<Services>, terms: Terms) -> CaseResult {
    if !id.scenario.services.is_empty() {
        return run_with_services(id, &worlds, &services, &terms).await;
    }
    let Some(opened) = case::unless(terms.stopped(), worlds.open(&id)).await else {
        return CaseResult::skipped(id, Skip::Interrupted);
    };
    match opened {
        Ok(target) => {
            let result = terms.run(&id, &*target, worlds.file(&id)).await;
            target.close().await;
            result
        }
        Err(reason) => broken(&id, reason.to_string()),
    }
}

async fn run_with_services(id: CaseId, worlds: &Worlds, services: &Services, terms: &Terms) -> CaseResult {
    if !worlds.site.takes_services() {
        let reason = "a service under test needs its world in this process: run it without the URL of a server";
        return broken(&id, reason.to_owned());
    }
    let staged = match worlds.world(&id) {
        Ok(world) => match case::unless(terms.stopped(), services.stage(&id, world)).await {
            Some(staged) => staged,
            None => return CaseResult::skipped(id, Skip::Interrupted),
        },
        Err(reason) => return broken(&id, reason.to_string()),
    };
    match staged {
        Ok(staged) => {
            let result = terms.run(&id, &staged, worlds.file(&id)).await;
            staged.leave().await;
            result
        }
        Err(Unstaged::World(reason)) => broken(&id, reason.to_string()),
        Err(Unstaged::Address(error)) => broken(&id, format!("its world gets no address: {error}")),
        Err(Unstaged::Service(service, not_ready, staged)) => {
            let mut session = Session::new(&*staged, worlds.file(&id));
            let failure = failure::not_ready(&id, (&service, not_ready), &mut session, terms.rules.reveal).await;
            staged.leave().await;
            unable(&id, failure)
        }
    }
}

/// A case that could not even begin.
fn broken(id: &CaseId, title: String) -> CaseResult {
    let case = id.case();
    let place = case.world.as_ref().map_or(&case.place, |world| &world.place);
    let failure = Failure {
        kind: FailureKind::Environment,
        title,
        at: None,
        excerpt: Excerpt {
            file: place.source().name(),
            line: place.line(),
            column: place.column(),
            width: 1,
            ..Excerpt::default()
        },
        trail: Vec::new(),
        mismatches: Vec::new(),
        answer: None,
        exchanges: Vec::new(),
        said: Vec::new(),
        again: failure::again(id),
    };
    unable(id, failure)
}

fn unable(id: &CaseId, failure: Failure) -> CaseResult {
    CaseResult {
        about: CaseLabel::of(id),
        outcome: Outcome::Failed { failures: vec![failure] },
        expectations: Scenario::expectations(id.case()),
        skipped_steps: Vec::new(),
        exchanges: 0,
        duration: Duration::ZERO,
        steps: Vec::new(),
    }
}
