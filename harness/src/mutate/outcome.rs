//! What came of trying flips.

use std::collections::BTreeMap;

use crate::run::CaseId;
use crate::source::Place;

/// What came of trying flips.
#[derive(Debug)]
pub struct Mutation {
    /// The cases.
    pub cases: Vec<CaseId>,
    /// Which of them fail without any flip; they were left out.
    pub red: Vec<usize>,
    /// How many flips there are.
    pub found: usize,
    /// Those that were tried, in the order of cases and steps.
    pub tried: Vec<Tried>,
    /// How many were to be tried at most.
    pub limit: Option<usize>,
    /// What decided which.
    pub seed: u64,
}

/// One flip that was tried.
#[derive(Debug)]
pub struct Tried {
    /// The case, as a position in [`Mutation::cases`].
    pub case: usize,
    /// The word of the step whose answer was flipped.
    pub place: Place,
    /// What was flipped.
    pub kind: Kind,
    /// Whether the case stayed green.
    pub survived: bool,
}

/// Flips of one kind: the same part of the same call's answer is wrong in the same way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The call: a word, or for `http` its path too.
    pub call: String,
    /// The part of its answer.
    pub part: String,
    /// What is wrong with it.
    pub how: &'static str,
}

impl Mutation {
    /// How many of the flips that were tried some case noticed.
    pub fn noticed(&self) -> usize {
        self.tried.iter().filter(|tried| !tried.survived).count()
    }

    /// Every kind of flip with those of it that were tried.
    pub fn kinds(&self) -> BTreeMap<&Kind, Vec<&Tried>> {
        let mut kinds: BTreeMap<&Kind, Vec<&Tried>> = BTreeMap::new();
        for tried in &self.tried {
            kinds.entry(&tried.kind).or_default().push(tried);
        }
        kinds
    }

    /// The kinds that no case notices.
    pub fn unnoticed(&self) -> BTreeMap<&Kind, Vec<&Tried>> {
        let mut kinds = self.kinds();
        kinds.retain(|_, tried| tried.iter().all(|tried| tried.survived));
        kinds
    }
}
