//! A case as it is seen from outside while it runs: what it is doing, for how long, and whether it is to stop.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use sim::real::Stopwatch;
use tokio::sync::watch::{self, Receiver, Sender};

use crate::language::Step;
use crate::source::Place;

/// A case as it is seen from outside while it runs. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    doing: Arc<Mutex<Doing>>,
    /// Says whether the case is to stop.
    stop: Option<Receiver<bool>>,
    /// How long a step may take in real time.
    step_timeout: Option<Duration>,
}

/// What a case is doing.
#[derive(Debug, Default)]
struct Doing {
    step: Option<AtWork>,
    /// Method and path of the call that has no answer yet.
    call: Option<String>,
}

/// A step that is being carried out.
#[derive(Debug, Clone)]
pub(crate) struct AtWork {
    /// Its word.
    pub(crate) word: &'static str,
    /// The step.
    pub(crate) step_place: Place,
    /// Its word's place.
    pub(crate) word_place: Place,
    /// Since when.
    pub(crate) since: Stopwatch,
}

/// How the work of a case ended.
#[derive(Debug)]
pub(crate) enum End<T> {
    /// By itself.
    Done(T),
    /// It took too long.
    TooLong,
    /// It was told to stop.
    Stopped,
}

/// Whoever tells the cases of a run to stop.
#[derive(Debug)]
pub(crate) struct Stopper(Sender<bool>);

impl Stopper {
    pub(crate) fn new() -> Self {
        Self(watch::channel(false).0)
    }

    /// Tells all cases to stop.
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }

    /// A case that can be told to stop, and whose steps may take so long.
    pub(crate) fn watch(&self, step_timeout: Option<Duration>) -> Watch {
        Watch { doing: Arc::default(), stop: Some(self.0.subscribe()), step_timeout }
    }
}

impl Watch {
    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a step may take in real time; none: as long as the case.
    pub(crate) fn step_timeout(&self) -> Option<Duration> {
        self.step_timeout
    }

    /// A step begins.
    pub(crate) fn begins(&self, step: &Step) {
        let (step_place, word_place) = (step.place.clone(), step.word_place.clone());
        let since = Stopwatch::start();
        *self.doing() = Doing { step: Some(AtWork { word: step.word(), step_place, word_place, since }), call: None };
    }

    /// A call goes out: method and path.
    pub(crate) fn calls(&self, call: String) {
        self.doing().call = Some(call);
    }

    /// The call that went out has its answer.
    pub(crate) fn answered(&self) {
        self.doing().call = None;
    }

    /// The step that is being carried out, if the case has come to one.
    pub(crate) fn at_work(&self) -> Option<AtWork> {
        self.doing().step.clone()
    }

    /// What is being waited for, in words: method and path of a call without an answer.
    pub(crate) fn waiting(&self) -> Option<String> {
        self.doing().call.clone()
    }

    /// Waits until the case is told to stop.
    pub(crate) async fn stopped(&self) {
        let told = match self.stop.clone() {
            Some(mut stop) => stop.wait_for(|stop| *stop).await.is_ok(),
            None => false,
        };
        if !told {
            // A run that is gone tells nobody to stop.
            std::future::pending::<()>().await;
        }
    }

    /// Works until it is done, has taken too long, or is told to stop.
    pub(crate) async fn work<T>(&self, limit: Duration, work: impl Future<Output = T>) -> End<T> {
        match sim::real::within(limit, unless(self.stopped(), work)).await {
            Some(Some(done)) => End::Done(done),
            Some(None) => End::Stopped,
            None => End::TooLong,
        }
    }
}

/// What `work` gives, unless `stop` comes before. Work goes first: what was begun is done before it is left.
pub(crate) async fn unless<T>(stop: impl Future<Output = ()>, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut stop) = (pin!(work), pin!(stop));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => stop.as_mut().poll(context).map(|()| None),
    })
    .await
}
