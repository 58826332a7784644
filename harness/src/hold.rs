//! A case that stands still before a line, for somebody to try things in its world by hand.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::language::{Answer, Scope, Step};
use crate::run::{Arguments, BoxFuture, Witness};

/// Stops a case before the first of its steps that ends at a line or below it, once.
#[derive(Debug)]
pub(crate) struct Gate {
    line: usize,
    /// Gone once the case stood here.
    closed: Mutex<Option<Closed>>,
}

#[derive(Debug)]
struct Closed {
    reached: oneshot::Sender<Reached>,
    go_on: oneshot::Receiver<()>,
}

/// Where a case stands.
#[derive(Debug)]
pub(crate) struct Reached {
    /// How many of its steps were run.
    pub(crate) done: usize,
    /// The word of the next step, and its line.
    pub(crate) next: Option<(&'static str, usize)>,
    /// What was saved, in the order in which it was.
    pub(crate) saved: Vec<(String, Value)>,
}

impl Gate {
    /// A gate before `line`, what tells that the case stands there, and what lets it go on.
    ///
    /// The second ends without a value when the case ended before.
    pub(crate) fn before(line: usize) -> (Self, oneshot::Receiver<Reached>, oneshot::Sender<()>) {
        let (reached, stands) = oneshot::channel();
        let (open, go_on) = oneshot::channel();
        let closed = Mutex::new(Some(Closed { reached, go_on }));
        (Self { line, closed }, stands, open)
    }
}

impl Witness for Gate {
    fn answered(&self, _: &Step, _: &Arguments, _: &mut Answer) {}

    fn pause<'a>(&'a self, done: &'a [Step], next: Option<&'a Step>, scope: &'a Scope) -> BoxFuture<'a, ()> {
        let stands = next.is_none_or(|step| step.place.last_line() >= self.line);
        let closed = stands.then(|| self.closed.lock().unwrap_or_else(PoisonError::into_inner).take()).flatten();
        let Some(Closed { reached, go_on }) = closed else { return Box::pin(std::future::ready(())) };
        let mut saved: Vec<(String, Value)> = Vec::new();
        for (name, _) in done.iter().flat_map(|step| step.save.names()) {
            if let Some(value) = scope.get(name).filter(|_| saved.iter().all(|(known, _)| known != name)) {
                saved.push((name.to_owned(), value.clone()));
            }
        }
        let next = next.map(|step| (step.word(), step.word_place.line()));
        let _ = reached.send(Reached { done: done.len(), next, saved });
        Box::pin(async move {
            // Whoever held the case and is gone does not want it to go on, and has stopped the program by then.
            let _ = go_on.await;
        })
    }
}
