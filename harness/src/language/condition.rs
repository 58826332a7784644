//! `when:` — what has to hold for a step to run.

use serde_json::Value;

use super::matcher::{Matcher, Subject};
use super::template::{Scope, Template};
use crate::source::Place;

/// Everything that has to hold for a step to run.
#[derive(Clone, Debug)]
pub struct When {
    /// The conditions, in the order they were written; all of them have to hold.
    pub conditions: Vec<Condition>,
}

/// One condition: `$visit.status: SOCIAL_BIND`.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is looked at, as it is written: `$visit.status`.
    pub name: String,
    /// What is looked at: a reference, or what a row of `cases` has in its place.
    pub subject: Template,
    /// What it has to be.
    pub matcher: Matcher,
    /// Where the name stands.
    pub place: Place,
}

/// A condition that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmet {
    /// What was looked at: `$visit.status`.
    pub name: String,
    /// What was wanted, not masked.
    pub wanted: String,
    /// What was there, not masked; `None`: nothing.
    pub was: Option<Value>,
    /// Where the condition stands.
    pub place: Place,
}

impl When {
    /// The first condition that does not hold. A reference that names nothing is absent: `{ is: absent }` fits it and
    /// nothing else does.
    pub fn unmet(&self, scope: &Scope) -> Option<Unmet> {
        self.conditions.iter().find_map(|condition| condition.unmet(scope))
    }

    /// Whether it holds, when that is known before the run: no reference is left in it.
    pub fn constant(&self) -> Option<bool> {
        let known: Vec<Option<bool>> = self.conditions.iter().map(Condition::constant).collect();
        // One that does not hold is enough, whatever the others are.
        if known.contains(&Some(false)) {
            return Some(false);
        }
        (!known.contains(&None)).then_some(true)
    }
}

impl Condition {
    fn unmet(&self, scope: &Scope) -> Option<Unmet> {
        let value = self.subject.evaluate(scope).ok();
        if self.matcher.verdict(Subject::of(value.as_ref()), scope, false) == Some(true) {
            return None;
        }
        Some(Unmet {
            name: self.name.clone(),
            wanted: self.matcher.describe(scope),
            was: value,
            place: self.place.clone(),
        })
    }

    /// Whether it holds, when that is known before the run.
    pub fn constant(&self) -> Option<bool> {
        let mut constant = true;
        self.subject.references(&mut |_| constant = false);
        self.matcher.templates(&mut |template| template.references(&mut |_| constant = false));
        constant.then(|| self.unmet(&Scope::new()).is_none())
    }

    /// Whether it holds for what is absent: `{ is: absent }`, alone or as one of several.
    pub fn fits_nothing(&self) -> bool {
        self.matcher.verdict(Subject::Absent, &Scope::new(), false) == Some(true)
    }
}
