//! What a tenant did on the way to an answer.

use std::sync::{Mutex, PoisonError};

/// What a tenant did on the way to one answer, a sentence each: repeated calls, waits, tokens fetched anew. It ends up
/// in the answer's [`Note`](sim::Note).
#[derive(Debug, Default)]
pub struct Events(Mutex<Vec<String>>);

impl Events {
    /// Writes a sentence down.
    pub fn note(&self, sentence: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sentence.into());
    }

    /// Everything that was written down.
    pub(crate) fn into_sentences(self) -> Vec<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
