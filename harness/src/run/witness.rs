//! Who hears an answer before the scenario does.

use std::fmt;

use super::call::Arguments;
use super::session::Session;
use super::target::BoxFuture;
use crate::language::{Answer, Scope, Step};

/// Hears every answer to a step's word before `expect` and `save` do, and may change it.
pub(crate) trait Witness: Send + Sync + fmt::Debug {
    /// `step` said its word with `arguments` and was answered.
    fn answered(&self, step: &Step, arguments: &Arguments, answer: &mut Answer);

    /// The steps `done` of the case are done, and `next` is about to run; none when all are done.
    fn pause<'a>(&'a self, done: &'a [Step], next: Option<&'a Step>, scope: &'a Scope) -> BoxFuture<'a, ()> {
        let _ = (done, next, scope);
        Box::pin(std::future::ready(()))
    }
}

impl Session<'_> {
    /// Shows an answer to the witness, if there is one.
    pub(super) fn show(&self, step: &Step, arguments: &Arguments, answer: &mut Answer) {
        if let Some(witness) = self.witness {
            witness.answered(step, arguments, answer);
        }
    }

    /// Lets the witness hold the case where it is.
    pub(super) async fn pause(&self, steps: &[Step], at: usize, scope: &Scope) {
        if let Some(witness) = self.witness {
            witness.pause(&steps[..at.min(steps.len())], steps.get(at), scope).await;
        }
    }
}
