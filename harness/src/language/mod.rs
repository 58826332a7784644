//! The scenario language: what a scenario is once it has been read and found in order.
//!
//! This is the model that the runner walks. Reading and checking are in [`crate::check`]; the words of the language are
//! one table, [`WORDS`]. Cases are put in place while reading: every [`Case`] has steps of its own in which no `$case`
//! is left, so that who runs them need not know of cases.

mod answer;
mod artefact;
mod compare;
mod condition;
mod expectation;
mod matcher;
mod reference;
mod retry;
mod service;
mod shape;
mod snapshot;
mod template;
mod words;

use std::sync::Arc;

pub use self::answer::{Answer, Failure};
pub use self::artefact::Artefact;
pub use self::condition::{Condition, Unmet, When};
pub use self::expectation::{Expectation, Mismatch, Weighed};
pub use self::matcher::{Field, Matcher, MatcherKind, Order, Pattern};
pub use self::reference::{Path, Reference, Root, Segment, SyntaxError, is_name};
pub use self::retry::Retry;
pub use self::service::{Given, Per, Ready, Service};
pub use self::shape::{SHAPES, Shape, names as shape_names};
pub use self::snapshot::{Snapshot, slug};
pub use self::template::{Piece, Scope, Template, TemplateKind, Unresolved};
pub use self::words::{Argument, Choice, Group, Kind, NO_FAULT, Part, WORDS, Word, word};
use crate::source::{Place, Source};

/// One scenario, ready to run.
#[derive(Debug)]
pub struct Scenario {
    /// The file it stands in.
    pub source: Arc<Source>,
    /// Its name: the text after `scenario:`.
    pub name: String,
    /// Where the name stands.
    pub place: Place,
    /// `tags:`
    pub tags: Vec<String>,
    /// `covers:`
    pub covers: Vec<String>,
    /// `note:`
    pub note: Option<String>,
    /// The services under test that run beside each of its cases: its own, and those of the project that it calls.
    pub services: Vec<Arc<Service>>,
    /// What runs: one for each row of `cases:` and each combination of `matrix:`; a single one without a name when there
    /// is neither. When a line was
    /// selected, only those that the line belongs to.
    pub cases: Vec<Case>,
}

/// One run of a scenario, in a world of its own.
#[derive(Debug)]
pub struct Case {
    /// The name of the row and of the values of its combination; `None` in a scenario without `cases:` and `matrix:`.
    pub name: Option<String>,
    /// The row, or the scenario's name: what a line selects and a report points at.
    pub place: Place,
    /// The values of `matrix:` that it runs with: the line of one selects it, too.
    pub picks: Vec<Place>,
    /// The world; `None`: the ready world.
    pub world: Option<Arc<World>>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Steps that run after the others, also when one of them failed.
    pub finally: Vec<Step>,
}

/// A world as a scenario wants it.
#[derive(Debug)]
pub struct World {
    /// The world file as JSON, `like:` resolved and merged, the form in which a world is made over the control API too.
    pub file: serde_json::Value,
    /// Where it was written.
    pub place: Place,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// What it does.
    pub action: Action,
    /// What has to hold for it to run; `None`: it always runs.
    pub when: Option<When>,
    /// What is kept of the answer.
    pub save: Save,
    /// What is wanted of the answer; `None`: that it is no refusal, or what `retry` says.
    pub expect: Option<Expectation>,
    /// `retry:`; then `expect` is `None`.
    pub retry: Option<Retry>,
    /// `snapshot:`
    pub snapshot: Option<Snapshot>,
    /// `note:`
    pub note: Option<String>,
    /// The word, for carets.
    pub word_place: Place,
    /// The whole step.
    pub place: Place,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// Says one word.
    Call {
        /// The word.
        word: &'static Word,
        /// Its arguments: always a mapping, of the fields in the word's table only. A field that was written `null` is
        /// there as null: the parameter is left out.
        argument: Template,
    },
    /// `use:` runs the steps of a flow.
    Use {
        /// The flow.
        flow: Arc<Flow>,
        /// Its inputs, those with a default value included.
        inputs: Vec<(String, Template)>,
    },
}

/// Steps that several scenarios use. They run in a scope of their own.
#[derive(Debug)]
pub struct Flow {
    /// The file it stands in.
    pub source: Arc<Source>,
    /// Its name: the text after `flow:`.
    pub name: String,
    /// The steps.
    pub steps: Vec<Step>,
    /// How many steps a run of it takes, those of the flows that it uses included.
    pub steps_in_all: usize,
    /// What it gives back, to be evaluated in its own scope after its last step.
    pub outputs: Vec<(String, Template)>,
}

/// What is kept of an answer.
#[derive(Clone, Debug, Default)]
pub enum Save {
    /// Nothing.
    #[default]
    Nothing,
    /// `save: visit`: all of it under one name.
    Whole {
        /// The name.
        name: String,
        /// Where it stands.
        place: Place,
    },
    /// `save: { code: code, first: items[0] }`.
    Parts(Vec<SavedPart>),
}

/// One `name: path` of a [`Save`].
#[derive(Clone, Debug)]
pub struct SavedPart {
    /// The name it is kept under.
    pub name: String,
    /// Which part of the answer.
    pub path: Path,
    /// Where the name stands.
    pub place: Place,
}

impl Step {
    /// What is wanted of its answer: `expect`, or the `until` of a retry.
    pub fn wanted(&self) -> Option<&Expectation> {
        self.retry.as_ref().map(|retry| &retry.until).or(self.expect.as_ref())
    }

    /// Everything that the answer is not: by `expect` or `until`, or, without them, a refusal.
    pub fn check(&self, answer: &Answer, scope: &Scope) -> Vec<Mismatch> {
        self.weigh(answer, scope).into_iter().filter(|weighed| !weighed.ok).map(|weighed| weighed.what).collect()
    }

    /// Everything that is wanted of the answer, met or not; without `expect` or `until`, the refusal that it is, if it is one.
    pub fn weigh(&self, answer: &Answer, scope: &Scope) -> Vec<Weighed> {
        match self.wanted() {
            Some(expect) => expect.weigh(answer, scope),
            None => expectation::weigh_success(answer, &self.word_place),
        }
    }

    /// Whether it runs the steps of a flow.
    pub fn is_use(&self) -> bool {
        matches!(self.action, Action::Use { .. })
    }

    /// How many single expectations `expect` or `until` holds; a snapshot is one more.
    pub fn count(&self) -> usize {
        self.wanted().map_or(0, Expectation::count) + usize::from(self.snapshot.is_some())
    }

    /// What it calls a service under test by: the `to` of an `http`.
    pub fn service(&self) -> Option<&Template> {
        match &self.action {
            Action::Call { word, argument } if word.group == Group::Http => {
                argument.field("to").filter(|to| !matches!(to.kind, TemplateKind::Null))
            }
            Action::Call { .. } | Action::Use { .. } => None,
        }
    }

    /// Whether it is known before the run that `when` skips it.
    pub fn never_runs(&self) -> bool {
        self.when.as_ref().and_then(When::constant) == Some(false)
    }

    /// How many single expectations a run of it checks, those of a used flow included.
    pub fn expectations(&self) -> usize {
        let inside = match &self.action {
            Action::Call { .. } => 0,
            Action::Use { flow, .. } => flow.steps.iter().map(Self::expectations).sum(),
        };
        self.count() + inside
    }

    /// The word as reports show it: `idaas.login`, `use`.
    pub fn word(&self) -> &'static str {
        match &self.action {
            Action::Call { word, .. } => word.name,
            Action::Use { .. } => "use",
        }
    }
}

impl Save {
    /// Keeps in `scope` what is to be kept of `answer`; gives back the parts that the answer does not have.
    pub fn keep(&self, answer: &Answer, scope: &mut Scope) -> Vec<Mismatch> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Whole { name, .. } => {
                scope.set(name, answer.fields.clone());
                Vec::new()
            }
            Self::Parts(parts) => parts
                .iter()
                .filter_map(|part| match answer.part(&part.path) {
                    Some(value) => {
                        scope.set(&part.name, value);
                        None
                    }
                    None => Some(Mismatch {
                        path: part.path.to_string(),
                        wanted: format!("present, to be saved as `{}`", part.name),
                        was: None,
                        place: part.place.clone(),
                        note: None,
                    }),
                })
                .collect(),
        }
    }

    /// The names it gives, with their places.
    pub fn names(&self) -> impl Iterator<Item = (&str, &Place)> {
        let (whole, parts) = match self {
            Self::Nothing => (None, &[][..]),
            Self::Whole { name, place } => (Some((name.as_str(), place)), &[][..]),
            Self::Parts(parts) => (None, parts.as_slice()),
        };
        whole.into_iter().chain(parts.iter().map(|part| (part.name.as_str(), &part.place)))
    }
}

impl Scenario {
    /// How many single expectations a run of `case` checks, flows included.
    pub fn expectations(case: &Case) -> usize {
        case.steps.iter().chain(&case.finally).map(Step::expectations).sum()
    }
}

/// How many steps a run of these takes, those of used flows included.
pub(crate) fn steps_in_all(steps: &[Step]) -> usize {
    let of = |step: &Step| match &step.action {
        Action::Call { .. } => 1,
        Action::Use { flow, .. } => flow.steps_in_all.saturating_add(1),
    };
    steps.iter().map(of).fold(0, usize::saturating_add)
}
