//! Many cases, several at a time, each in a sealed world of its own.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lab::WorldFile;
use serde_json::Value;
use sim::real::Stopwatch;
use tokio::task::{self, JoinError, JoinSet};

use super::case::{self, Record, Rules};
use super::failure;
use super::live::{Event, Signal, Signals, StepUnderWay, UnderWay};
use super::result::{CaseId, CaseLabel, CaseResult, Excerpt, Failure, FailureKind, Outcome, RunResult, Skip};
use super::selection;
use super::services::{Services, Unstaged};
use super::session::Session;
use super::site::{Here, NotMade, Site};
use super::snapshot::Snapshots;
use super::target::Target;
use super::watch::{Stopper, Watch, unless};
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
    /// How long a case may take in real time; so long again its `finally`.
    pub timeout: Duration,
    /// How long a step may take in real time; none: as long as its case.
    pub step_timeout: Option<Duration>,
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
            step_timeout: None,
            reveal: false,
            record: Record::Failures,
            snapshots: Snapshots::Compare,
        }
    }
}

/// Runs `cases` in this process: see [`run_at`].
pub async fn run(
    cases: Vec<CaseId>,
    plan: &Plan,
    interrupt: impl Future<Output = ()>,
    finished: impl FnMut(&CaseResult),
) -> RunResult {
    run_at(Arc::new(Here::new()), cases, plan, interrupt, finished).await
}

/// Runs `cases`, each in a world that `site` makes for it, until all are done or `interrupt` is. `finished` is told of each
/// case that ran, in the order in which they end: see [`conduct`].
pub async fn run_at(
    site: Arc<dyn Site>,
    cases: Vec<CaseId>,
    plan: &Plan,
    interrupt: impl Future<Output = ()>,
    mut finished: impl FnMut(&CaseResult),
) -> RunResult {
    let mut interrupt = pin!(interrupt);
    let mut over = false;
    let signals = |context: &mut Context<'_>| match over {
        true => Poll::Pending,
        false => interrupt.as_mut().poll(context).map(|()| {
            over = true;
            Signal::Stop
        }),
    };
    let tell = |event: Event<'_>| {
        if let Event::Ended(result) = event {
            finished(result);
        }
    };
    conduct(site, cases, plan, signals, tell).await
}

/// What the run has to do next.
enum Next {
    Heed(Signal),
    /// A case has ended.
    Take(Box<Result<(task::Id, CaseResult), JoinError>>),
    /// No case runs any more.
    End,
    Tick,
}

/// A case that runs.
struct Job {
    /// Its place among all cases.
    at: usize,
    since: Stopwatch,
    watch: Watch,
}

/// How often a run tells what it is doing without being asked.
const TICK: Duration = Duration::from_secs(1);

/// Runs `cases`, each in a world that `site` makes for it, until all are done or it is told to stop. The result does not
/// depend on the order in which they end.
///
/// Must be called inside a tokio runtime.
pub async fn conduct(
    site: Arc<dyn Site>,
    cases: Vec<CaseId>,
    plan: &Plan,
    mut signals: impl Signals,
    mut tell: impl FnMut(Event<'_>),
) -> RunResult {
    let watch = Stopwatch::start();
    let order = match plan.shuffle {
        None => (0..cases.len()).collect(),
        Some(seed) => selection::shuffled(&cases, seed),
    };
    let worlds = Arc::new(Worlds::new(site));
    let services = Arc::new(Services::new());
    let rules = Rules { timeout: plan.timeout, reveal: plan.reveal, record: plan.record };
    let mut waiting = order.into_iter();
    let mut running: JoinSet<CaseResult> = JoinSet::new();
    let mut at_work: HashMap<task::Id, Job> = HashMap::new();
    let mut results: Vec<Option<CaseResult>> = cases.iter().map(|_| None).collect();
    let mut why = Skip::FailFast;
    let stopper = Stopper::new();
    let mut tick: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(sim::real::sleep(TICK));
    let mut stop = false;

    loop {
        while !stop && running.len() < plan.jobs.max(1) {
            let Some(at) = waiting.next() else { break };
            let watch = stopper.watch(plan.step_timeout);
            let terms = Terms { rules, snapshots: plan.snapshots, watch: watch.clone() };
            let task = running.spawn(run_one(cases[at].clone(), Arc::clone(&worlds), Arc::clone(&services), terms));
            at_work.insert(task.id(), Job { at, since: Stopwatch::start(), watch });
            tell(Event::Started(&cases[at]));
        }
        let next = poll_fn(|context| {
            if let Poll::Ready(signal) = signals(context) {
                return Poll::Ready(Next::Heed(signal));
            }
            if let Poll::Ready(ended) = running.poll_join_next_with_id(context) {
                return Poll::Ready(ended.map_or(Next::End, |ended| Next::Take(Box::new(ended))));
            }
            tick.as_mut().poll(context).map(|()| Next::Tick)
        });
        let ended = match next.await {
            Next::Heed(Signal::Stop) if why == Skip::Interrupted => {
                running.abort_all();
                continue;
            }
            Next::Heed(Signal::Stop) => {
                (stop, why) = (true, Skip::Interrupted);
                stopper.stop();
                tell(Event::Stopping);
                continue;
            }
            Next::Heed(Signal::Status) => {
                tell(Event::Status(&in_progress(&at_work, &cases)));
                continue;
            }
            Next::Tick => {
                tick = Box::pin(sim::real::sleep(TICK));
                tell(Event::Tick(&in_progress(&at_work, &cases)));
                continue;
            }
            Next::End => break,
            Next::Take(ended) => *ended,
        };
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(Job { at, .. }) = at_work.remove(&id) else { continue };
        let result = match ended {
            Ok((_, result)) => result,
            Err(error) if error.is_cancelled() => continue,
            // Whatever the bug is, it must not take the other cases with it.
            Err(_) => broken(&cases[at], "this is a bug in mockwx: the case panicked".to_owned()),
        };
        if !matches!(result.outcome, Outcome::Skipped { .. }) {
            tell(Event::Ended(&result));
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
    RunResult { cases, interrupted, shuffled: plan.shuffle, duration: watch.elapsed() }
}

/// What is being done, the longest first.
fn in_progress(at_work: &HashMap<task::Id, Job>, cases: &[CaseId]) -> Vec<UnderWay> {
    let running = |job: &Job| UnderWay {
        case: format!("{} › {}", cases[job.at].file(), cases[job.at].full_name()),
        since: job.since.elapsed(),
        step: job.watch.at_work().map(|step| StepUnderWay {
            word: step.word,
            place: format!("{}:{}", step.word_place.source().name(), step.word_place.line()),
            since: step.since.elapsed(),
        }),
    };
    let mut all: Vec<UnderWay> = at_work.values().map(running).collect();
    all.sort_by(|one, other| other.since.cmp(&one.since).then_with(|| one.case.cmp(&other.case)));
    all
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
    /// How it is seen from outside, and told to stop.
    watch: Watch,
}

impl Terms {
    async fn run(&self, id: &CaseId, target: &dyn Target, file: &Value) -> CaseResult {
        case::run_watched(id, target, file, self.rules, self.snapshots, &self.watch).await
    }
}

async fn run_one(id: CaseId, worlds: Arc<Worlds>, services: Arc<Services>, terms: Terms) -> CaseResult {
    if !id.scenario.services.is_empty() {
        return run_with_services(id, &worlds, &services, &terms).await;
    }
    // Not given up half-way: a world that is asked for on a server would stay there.
    match worlds.open(&id).await {
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
        Ok(world) => match unless(terms.watch.stopped(), services.stage(&id, world)).await {
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
