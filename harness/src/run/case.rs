//! One case from its world's beginning to its end.

use std::collections::BTreeMap;
use std::time::Duration;

use lab::WorldFile;
use serde_json::Value;
use sim::real::Stopwatch;
use sim::{Moment, Party};

use super::call::Arguments;
use super::failure::{self, Stopped, Told};
use super::result::{CaseId, CaseLabel, CaseResult, Outcome, Skip, SkippedStep};
use super::retry::{Tries, Trying};
use super::session::{Session, Skipped, Trouble};
use super::snapshot::{self, Book, Snapshots};
use super::step::Mark;
use super::target::Target;
use super::watch::{End, Watch};
use super::witness::Witness;
use super::words;
use crate::language::{Action, Answer, Case, Flow, Mismatch, Retry, Scenario, Scope, Step, Unmet, Unresolved};
use crate::source::Place;

/// What holds for every case of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// How long a case may take in real time.
    pub(crate) timeout: Duration,
    /// Whether reports show secrets.
    pub(crate) reveal: bool,
    /// Of which cases a result tells every step.
    pub(crate) record: Record,
}

/// Of which cases a result tells every step, with its exchanges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Record {
    /// Of those that failed.
    #[default]
    Failures,
    /// Of all.
    All,
}

/// How long the `finally` of a case may take when someone stopped the run and waits for its end.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a case in the world behind `target`, which was made from `file`.
pub(crate) async fn run(id: &CaseId, target: &dyn Target, file: &Value, rules: Rules) -> CaseResult {
    run_before(id, target, file, rules, None).await
}

/// The same before a witness, who hears each answer first and may hold the case between two steps.
pub(crate) async fn run_before(
    id: &CaseId,
    target: &dyn Target,
    file: &Value,
    rules: Rules,
    witness: Option<&dyn Witness>,
) -> CaseResult {
    let session = session(id, target, file, Snapshots::Compare, witness);
    run_in(session, id, rules, &Watch::default()).await
}

/// Runs a case that is seen from outside, and can be told to stop: then it is skipped but for its `finally`.
pub(crate) async fn run_watched(
    id: &CaseId,
    target: &dyn Target,
    file: &Value,
    rules: Rules,
    snapshots: Snapshots,
    seen: &Watch,
) -> CaseResult {
    run_in(session(id, target, file, snapshots, None).watched(seen.clone()), id, rules, seen).await
}

fn session<'t>(
    id: &CaseId,
    target: &'t dyn Target,
    file: &'t Value,
    rule: Snapshots,
    witness: Option<&'t dyn Witness>,
) -> Session<'t> {
    let mut session = Session::new(target, file);
    session.book = Book { scenario: id.scenario.source.path().to_owned(), case: id.case().name.clone(), rule };
    session.witness = witness;
    session
}

async fn run_in(mut session: Session<'_>, id: &CaseId, mut rules: Rules, seen: &Watch) -> CaseResult {
    let watch = Stopwatch::start();
    let case = id.case();
    let mut scope = Scope::new();
    let mut stopped = Vec::new();
    let mark = session.mark().await;
    session.log.set_newest(mark);

    let mut interrupted = false;
    match seen.work(rules.timeout, steps(&mut session, &case.steps, &mut scope, &[])).await {
        End::Done(Ok(())) => {}
        End::Done(Err(at)) => stopped.push(*at),
        End::TooLong => stopped.push(Stopped::timeout(case.place.clone(), rules.timeout, seen)),
        End::Stopped => {
            interrupted = true;
            rules.timeout = rules.timeout.min(GRACE);
        }
    }
    if let Some(first) = stopped.first_mut() {
        // Before `finally` moves the clock.
        first.at = session.now("run").await.ok();
        if first.timeout.is_some() {
            first.said = session.heard(&[]).await;
        }
    }
    session.log.begin_finally();
    let finally = finally(&mut session, case, &mut scope);
    match sim::real::within(rules.timeout, finally).await {
        Some(more) => stopped.extend(more),
        None => stopped.push(Stopped::timeout(case.place.clone(), rules.timeout, seen)),
    }

    let skipped: Vec<Skipped> = session.skipped().to_vec();
    let not_checked = skipped.iter().map(|skipped| skipped.expectations).sum();
    let expectations = Scenario::expectations(case).saturating_sub(not_checked);
    if stopped.is_empty() && interrupted {
        return CaseResult::skipped(id.clone(), Skip::Interrupted);
    }
    if stopped.is_empty() && expectations == 0 && !skipped.is_empty() {
        stopped.push(Stopped::unchecked(case.place.clone(), &skipped));
    }

    let exchanges = session.exchanges("run").await.unwrap_or_default();
    let passed = stopped.is_empty();
    let (failures, steps) = match passed && rules.record == Record::Failures {
        true => (Vec::new(), Vec::new()),
        false => failure::tell(Told { id, stopped, session: &mut session, reveal: rules.reveal }).await,
    };
    CaseResult {
        about: CaseLabel::of(id),
        outcome: if passed { Outcome::Passed } else { Outcome::Failed { failures } },
        expectations,
        skipped_steps: skipped.iter().map(SkippedStep::of).collect(),
        exchanges,
        duration: watch.elapsed(),
        steps,
    }
}

/// Whether a case holds in the world behind `target`, every answer shown to `witness` first. It ends at the first thing
/// that is wrong and tells nothing of it.
pub(crate) async fn holds(
    id: &CaseId,
    target: &dyn Target,
    file: &Value,
    limit: Duration,
    witness: &dyn Witness,
) -> bool {
    let case = id.case();
    let mut session = session(id, target, file, Snapshots::Compare, Some(witness));
    let mut scope = Scope::new();
    let walked = sim::real::within(limit, steps(&mut session, &case.steps, &mut scope, &[])).await;
    if !matches!(walked, Some(Ok(()))) {
        return false;
    }
    let finally = finally(&mut session, case, &mut scope);
    sim::real::within(limit, finally).await.is_some_and(|stopped| stopped.is_empty())
}

/// Runs steps until one stops; `trail` is how they came to run.
async fn steps(
    session: &mut Session<'_>,
    steps: &[Step],
    scope: &mut Scope,
    trail: &[Place],
) -> Result<(), Box<Stopped>> {
    for (at, step) in steps.iter().enumerate() {
        if trail.is_empty() {
            session.pause(steps, at, scope).await;
        }
        if let Err(stopped) = self::step(session, step, scope, trail).await {
            session.log.skip(&steps[at + 1..], trail);
            return Err(stopped);
        }
        // A step in this process never waits, and without a pause a case could neither be timed out nor stopped.
        tokio::task::yield_now().await;
    }
    if trail.is_empty() {
        session.pause(steps, steps.len(), scope).await;
    }
    Ok(())
}

/// Runs every step of `finally`, whatever came of the one before. A step that needs a value which was never saved has
/// nothing to clean up.
async fn finally(session: &mut Session<'_>, case: &Case, scope: &mut Scope) -> Vec<Stopped> {
    let mut stopped = Vec::new();
    for step in &case.finally {
        match self::step(session, step, scope, &[]).await {
            Ok(()) => {}
            Err(at) if matches!(at.trouble, Some(Trouble::Unresolved(_))) => {}
            Err(mut at) => {
                at.at = session.now("run").await.ok();
                stopped.push(*at);
            }
        }
    }
    stopped
}

async fn step(session: &mut Session<'_>, step: &Step, scope: &mut Scope, trail: &[Place]) -> Result<(), Box<Stopped>> {
    if let Some(unmet) = step.when.as_ref().and_then(|when| when.unmet(scope)) {
        session.log.skip_one(step, trail, &unmet);
        skip(session, step, scope, unmet);
        return Ok(());
    }
    let marks = session.listen();
    let (watch, mut before) = (Stopwatch::start(), session.log.newest());
    let number = session.log.begin(step, trail);
    session.watch().begins(step);
    let mut timeout = None;
    let (outcome, tries) = match &step.retry {
        None => (in_time(session, step, number, scope, trail).await, None),
        Some(retry) => tries(session, (step, number), retry, scope, trail, &mut before).await,
    };
    // Before anything else is sent.
    let waiting = session.watch().waiting();
    let after = session.mark().await;
    session.log.end(number, outcome.is_ok(), tries, &watch, after);
    let (answer, mismatches, trouble) = match outcome {
        Ok(()) => return Ok(()),
        Err(Wrong::TooLong(limit)) => {
            timeout = Some(limit);
            (None, Vec::new(), None)
        }
        Err(Wrong::InFlow(stopped)) => return Err(stopped),
        Err(Wrong::Answered(answer, mismatches) | Wrong::Kept(answer, mismatches)) => (Some(answer), mismatches, None),
        Err(Wrong::Unanswered(trouble)) => (None, Vec::new(), Some(trouble)),
    };
    Err(Box::new(Stopped {
        word: step.word(),
        step_place: step.place.clone(),
        word_place: step.word_place.clone(),
        trail: trail.to_vec(),
        between: (before, after),
        at: None,
        answer,
        mismatches,
        trouble,
        waiting: timeout.and(waiting).map(|call| format!("no answer came to {call}")),
        timeout,
        said: session.heard(&marks).await,
        unchecked: false,
        tries,
    }))
}

/// Says a step until its answer fits or there is no other try. `before` becomes how far the world had come before the last
/// one: the tries before it explain nothing.
async fn tries(
    session: &mut Session<'_>,
    (step, number): (&Step, usize),
    retry: &Retry,
    scope: &mut Scope,
    trail: &[Place],
    before: &mut Option<Mark>,
) -> (Result<(), Wrong>, Option<Tries>) {
    let skipped = session.skipped().len();
    let mut trying = match Trying::begin(retry, session, step.word()).await {
        Ok(trying) => trying,
        Err(trouble) => return (Err(trouble.into()), None),
    };
    loop {
        let outcome = in_time(session, step, number, scope, trail).await;
        if matches!(outcome, Err(Wrong::Answered(..))) {
            let last = session.mark().await;
            match trying.again(session).await {
                Ok(true) => {
                    *before = last;
                    session.keep_skipped(skipped);
                    tokio::task::yield_now().await;
                    continue;
                }
                Ok(false) => {}
                Err(trouble) => return (Err(trouble.into()), Some(trying.tries())),
            }
        }
        return (outcome, Some(trying.tries()));
    }
}

/// Passes over a step: it saves nothing, and who uses what it would have saved is told so.
fn skip(session: &mut Session<'_>, step: &Step, scope: &mut Scope, unmet: Unmet) {
    for (name, _) in step.save.names() {
        scope.skip(name, &step.word_place);
    }
    session.skip(Skipped {
        word: step.word(),
        place: step.word_place.clone(),
        expectations: step.expectations(),
        unmet,
    });
}

/// What can be wrong with a step.
#[derive(Debug)]
enum Wrong {
    /// It got an answer that is not as expected.
    Answered(Answer, Vec<Mismatch>),
    /// It got an answer that is as expected, and cannot be kept or is not as it was kept. Another try would not help.
    Kept(Answer, Vec<Mismatch>),
    /// It got none.
    Unanswered(Trouble),
    /// A step of the flow that it uses stopped.
    InFlow(Box<Stopped>),
    /// It took longer than a step may.
    TooLong(Duration),
}

impl<T: Into<Trouble>> From<T> for Wrong {
    fn from(trouble: T) -> Self {
        Self::Unanswered(trouble.into())
    }
}

/// Carries a step out in the real time that a step has: each try anew, and each step of a flow by itself.
async fn in_time(
    session: &mut Session<'_>,
    step: &Step,
    number: usize,
    scope: &mut Scope,
    trail: &[Place],
) -> Result<(), Wrong> {
    match (session.watch().step_timeout(), &step.action) {
        (Some(limit), Action::Call { .. }) => {
            let done = sim::real::within(limit, attempt(session, step, number, scope, trail)).await;
            done.unwrap_or(Err(Wrong::TooLong(limit)))
        }
        _ => attempt(session, step, number, scope, trail).await,
    }
}

/// Carries a step out that has this number in the log.
async fn attempt(
    session: &mut Session<'_>,
    step: &Step,
    number: usize,
    scope: &mut Scope,
    trail: &[Place],
) -> Result<(), Wrong> {
    let counts = step.wanted().is_some_and(|expect| !expect.calls.is_empty());
    let first = if counts { session.exchanges(step.word()).await? } else { 0 };
    let mut answer = match &step.action {
        Action::Call { word, argument } => {
            let arguments = match argument.evaluate(scope)? {
                Value::Object(arguments) => arguments,
                _ => Arguments::new(),
            };
            let mut answer = words::say(session, word, &arguments).await?;
            session.show(step, &arguments, &mut answer);
            answer
        }
        Action::Use { flow, inputs } => {
            let inputs: Result<Vec<_>, Unresolved> =
                inputs.iter().map(|(name, value)| Ok((name.clone(), value.evaluate(scope)?))).collect();
            let trail: Vec<Place> = trail.iter().chain([&step.word_place]).cloned().collect();
            use_flow(session, flow, Scope::of_flow(inputs?), &trail).await?
        }
    };
    // A step that calls a service under test has counted what the service sent.
    if counts && answer.calls.is_empty() {
        answer.calls = calls_since(session, step.word(), first).await?;
    }
    let weighed = step.weigh(&answer, scope);
    let mismatches: Vec<_> = weighed.iter().filter(|weighed| !weighed.ok).map(|weighed| weighed.what.clone()).collect();
    session.log.answered(number, &answer, weighed);
    if !mismatches.is_empty() {
        return Err(Wrong::Answered(answer, mismatches));
    }
    // What a refused step does not have is no second thing that went wrong.
    let mut mismatches = step.save.keep(&answer, scope);
    if let Some(snapshot) = &step.snapshot {
        mismatches.extend(snapshot::compare(session, step, snapshot, &answer).await?);
    }
    if mismatches.is_empty() { Ok(()) } else { Err(Wrong::Kept(answer, mismatches)) }
}

/// Runs a flow in a scope of its own and gives back its outputs.
async fn use_flow(session: &mut Session<'_>, flow: &Flow, mut scope: Scope, trail: &[Place]) -> Result<Answer, Wrong> {
    Box::pin(steps(session, &flow.steps, &mut scope, trail)).await.map_err(Wrong::InFlow)?;
    let mut outputs = Arguments::new();
    for (name, output) in &flow.outputs {
        outputs.insert(name.clone(), output.evaluate(&scope)?);
    }
    Ok(Answer { fields: Value::Object(outputs), ..Answer::default() })
}

/// How many exchanges each party answered after number `first`.
async fn calls_since(
    session: &mut Session<'_>,
    word: &'static str,
    first: u64,
) -> Result<BTreeMap<String, u64>, Trouble> {
    let mut calls: BTreeMap<String, u64> = Party::ALL.into_iter().map(|party| (party.name().to_owned(), 0)).collect();
    for exchange in session.exchanges_since(word, first).await? {
        if let Some(to) = exchange.get("to").and_then(Value::as_str) {
            *calls.entry(to.to_owned()).or_default() += 1;
        }
    }
    Ok(calls)
}

/// The world of a case: as it was written, with what the harness adds so that every run and every target agrees.
///
/// A world without a clock gets one that stands at a fixed instant; and the issuer of tokens is pinned to the tenant's
/// domain, because without it it would be the address of the target.
pub(crate) fn pinned(mut world: WorldFile) -> WorldFile {
    if world.clock.start.is_none() {
        world.clock.start = Some(START);
    }
    if world.idaas.issuer.is_none() {
        world.idaas.issuer = Some(format!("https://{}/api/v1/oauth2", world.idaas.domain));
    }
    world
}

/// When a world without a clock of its own begins: 2026-03-01T09:00:00Z.
const START: Moment = Moment::from_unix_seconds(1_772_355_600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_gets_a_clock_that_stands_and_an_issuer_that_does_not_depend_on_the_target() {
        let world = pinned(WorldFile::ready());
        assert_eq!(world.clock.start.map(|at| at.to_string()).as_deref(), Some("2026-03-01T09:00:00Z"));
        assert!(!world.clock.running);
        assert_eq!(world.idaas.issuer.as_deref(), Some("https://acme.example/api/v1/oauth2"));
        assert_eq!(pinned(world.clone()), world);
    }
}
