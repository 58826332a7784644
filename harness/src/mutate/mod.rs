//! Checking the checkers: would the scenarios notice an answer that is wrong?
//!
//! Each case runs plainly first, and every answer of the vendors and of the phone is written down. Then it runs again and
//! again, each time in a world of its own with one answer *flipped* on its way to the scenario: a field gone, a life
//! extended, another person's openid, a refusal accepted. A flip that stays green is one that the case does not look at.
//! That is no shame by itself, for no case looks at everything; it matters when no other case notices it either.

mod flip;
mod heard;
mod outcome;
mod sample;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use self::flip::Flip;
use self::heard::{Heard, Known, Listener};
pub use self::outcome::{Kind, Mutation, Tried};
use crate::language::{Answer, Step};
use crate::run::{Arguments, CaseId, Sealed, Witness, holds};

/// How flips are tried.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many at a time; at least one.
    pub jobs: usize,
    /// At most so many; all when absent.
    pub limit: Option<usize>,
    /// Decides which, when there are more.
    pub seed: u64,
    /// How long one run of a case may take in real time.
    pub timeout: Duration,
}

/// Tries the flips of `cases`. Its result depends on the cases, the limit and the seed only.
///
/// Must be called inside a tokio runtime.
pub async fn mutate(cases: Vec<CaseId>, plan: Plan) -> Mutation {
    let worlds = Arc::new(Sealed::new());
    let cases = Arc::new(cases);
    let plain = {
        let (worlds, cases) = (Arc::clone(&worlds), Arc::clone(&cases));
        each(cases.len(), plan.jobs, move |at| {
            let (worlds, cases) = (Arc::clone(&worlds), Arc::clone(&cases));
            async move {
                let listener = Listener::default();
                let held = run(&worlds, &cases[at], plan.timeout, &listener).await;
                held.then(|| listener.into_heard())
            }
        })
        .await
    };
    let known = Known::of(plain.iter().flatten().flatten());
    let all: Vec<(usize, Flip)> = plain
        .iter()
        .enumerate()
        .filter_map(|(at, heard)| Some((at, heard.as_ref()?)))
        .flat_map(|(at, heard)| flip::flips(heard, &known).into_iter().map(move |flip| (at, flip)))
        .collect();
    let found = all.len();
    let kind = |(at, flip): &(usize, Flip)| {
        let call = plain[*at].as_ref().and_then(|heard| heard.get(flip.at)).map_or("", |heard| heard.call.as_str());
        Kind { call: call.to_owned(), part: flip.part.clone(), how: flip.how }
    };
    let chosen = sample::chosen(all, kind, plan.limit, plan.seed);
    let chosen = Arc::new(chosen);
    let survived = {
        let (worlds, cases, chosen) = (Arc::clone(&worlds), Arc::clone(&cases), Arc::clone(&chosen));
        each(chosen.len(), plan.jobs, move |at| {
            let (worlds, cases, chosen) = (Arc::clone(&worlds), Arc::clone(&cases), Arc::clone(&chosen));
            async move {
                let (case, flip) = &chosen[at];
                let liar = Liar { heard: AtomicUsize::new(0), flip: flip.clone() };
                run(&worlds, &cases[*case], plan.timeout, &liar).await
            }
        })
        .await
    };
    let tried = chosen.iter().zip(survived).filter_map(|(chosen, survived)| {
        let (case, flip) = chosen;
        let place = plain[*case].as_ref()?.get(flip.at)?.place.clone();
        Some(Tried { case: *case, place, kind: kind(chosen), survived })
    });
    let tried = tried.collect();
    let red = plain.iter().enumerate().filter(|(_, heard)| heard.is_none()).map(|(at, _)| at).collect();
    Mutation { cases: Arc::unwrap_or_clone(cases), red, found, tried, limit: plan.limit, seed: plan.seed }
}

/// Whether a case holds in a new world.
async fn run(worlds: &Sealed, id: &CaseId, limit: Duration, witness: &dyn Witness) -> bool {
    match worlds.open(id) {
        Ok(target) => holds(id, &target, worlds.file(id), limit, witness).await,
        Err(_) => false,
    }
}

/// Flips one answer and passes on all others.
#[derive(Debug)]
struct Liar {
    heard: AtomicUsize,
    flip: Flip,
}

impl Witness for Liar {
    fn answered(&self, step: &Step, arguments: &Arguments, answer: &mut Answer) {
        if Heard::call(step, arguments).is_some() && self.heard.fetch_add(1, Ordering::Relaxed) == self.flip.at {
            self.flip.apply(answer);
        }
    }
}

/// Does `work` for each number below `count`, `jobs` at a time; the results are in the order of the numbers.
async fn each<T, F>(count: usize, jobs: usize, work: impl Fn(usize) -> F + Clone + Send + Sync + 'static) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send,
{
    let next = Arc::new(AtomicUsize::new(0));
    let done = Arc::new(Mutex::new(Vec::with_capacity(count)));
    let mut workers = JoinSet::new();
    for _ in 0..jobs.max(1) {
        let (next, done, work) = (Arc::clone(&next), Arc::clone(&done), work.clone());
        workers.spawn(async move {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= count {
                    return;
                }
                let result = work(at).await;
                done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = ended
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    let mut done = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
