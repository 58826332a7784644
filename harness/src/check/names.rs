//! Names and their uses: undefined references, saves that nobody reads.
//!
//! Works on the nodes and not on the finished model, so that a step that is wrong for another reason still counts: a
//! misspelled `expect` must not make the value that it uses look unused.

use std::collections::{HashMap, HashSet};

use super::context::{Cast, Context};
use super::values::{references, suggest_reference};
use super::when::{self, Guard};
use crate::language::{Piece, Reference, Root, TemplateKind, is_name};
use crate::problem::{Problem, closest};
use crate::source::Place;
use crate::yaml::{Node, Scalar, Value};

/// How many names a slip is compared with: a file of thousands is not one that a person mistyped.
const MOST_COMPARED: usize = 200;

/// A name that a step gives, and whether anybody uses it.
#[derive(Clone, Debug)]
struct Given {
    name: String,
    place: Place,
    used: bool,
    /// Under which conditions it is given.
    guard: Guard,
}

/// The names of one run through some steps.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: Vec<Given>,
    /// The latest givers of each name: one that always gives it, and those after it that may have.
    latest: HashMap<String, Vec<usize>>,
    /// Where each name of the whole run is given, to say "it is saved only later".
    later: HashMap<String, Place>,
    /// Inputs of a flow, and whether they are used.
    inputs: Option<HashMap<String, bool>>,
    /// Under which conditions the step runs that is gone through now.
    now: Guard,
    /// Whether the steps clean up: those that need a value which was never saved are passed over.
    cleaning_up: bool,
}

/// The saves of a run: used or not, by place. A save is unused when no case uses it.
pub(super) type Saves = Vec<(String, Place, bool)>;

impl Names {
    /// Names in a scenario.
    pub(super) fn of_scenario<'n>(steps: impl Iterator<Item = &'n Node>) -> Self {
        let mut names = Self::default();
        names.foresee(steps);
        names
    }

    /// Names in a flow with these inputs.
    pub(super) fn of_flow(steps: &[Node], inputs: impl Iterator<Item = String>) -> Self {
        let mut names = Self { inputs: Some(inputs.map(|name| (name, false)).collect()), ..Self::default() };
        names.foresee(steps.iter());
        names
    }

    fn foresee<'n>(&mut self, steps: impl Iterator<Item = &'n Node>) {
        for step in steps {
            for (name, place) in saves_of(step) {
                self.later.entry(name).or_insert(place);
            }
        }
    }

    /// Goes through one step: first what it uses, then what it gives.
    pub(super) fn step(&mut self, step: &Node, context: &mut Context<'_>) {
        self.now = Guard::of(step, context);
        // What is undefined in a step that is skipped for certain is told where it runs.
        let mut aside = Context::new(context.columns, Cast::default());
        let context = if self.now.never { &mut aside } else { context };
        for entry in step.entries().unwrap_or_default() {
            match entry.key.name.as_str() {
                "save" | "snapshot" | "note" => {}
                "when" => self.conditions(&entry.node, context),
                _ => self.uses(&entry.node, context),
            }
        }
        let guard = std::mem::take(&mut self.now);
        for (name, place) in saves_of(step) {
            let latest = self.latest.entry(name.clone()).or_default();
            if guard.is_empty() {
                latest.clear();
            }
            if !guard.never {
                latest.push(self.given.len());
            }
            self.given.push(Given { name, place, used: false, guard: guard.clone() });
        }
    }

    /// From here on, steps clean up.
    pub(super) fn clean_up(&mut self) {
        self.cleaning_up = true;
    }

    /// What `when` looks at need not be there.
    fn conditions(&mut self, node: &Node, context: &mut Context<'_>) {
        for pair in when::pairs(node) {
            if let Some(reference) = when::subject(&pair) {
                self.look_at(&reference, context, false);
            }
            self.uses(&pair.wanted, context);
        }
    }

    /// Everything that is referred to in `node`.
    pub(super) fn uses(&mut self, node: &Node, context: &mut Context<'_>) {
        match &node.value {
            Value::Scalar(scalar) => self.scalar(scalar, &node.place, context),
            Value::Sequence(items) => items.iter().for_each(|item| self.uses(item, context)),
            Value::Mapping(entries) => entries.iter().for_each(|entry| self.uses(&entry.node, context)),
        }
    }

    fn scalar(&mut self, scalar: &Scalar, place: &Place, context: &mut Context<'_>) {
        if !scalar.text.contains('$') {
            return;
        }
        match references(&scalar.text, place) {
            Ok(TemplateKind::Reference(reference)) => self.reference(&reference, context),
            Ok(TemplateKind::Joined(pieces)) => {
                for piece in &pieces {
                    if let Piece::Reference(reference) = piece {
                        self.reference(reference, context);
                    }
                }
            }
            Ok(_) => {}
            // What is no reference is reported by who reads the value. What it was meant to name is not unused for that.
            Err(_) => {
                for given in self.given.iter_mut().take(MOST_COMPARED) {
                    given.used |= scalar.text.contains(&format!("${}", given.name))
                        || scalar.text.contains(&format!("${{{}", given.name));
                }
            }
        }
    }

    fn reference(&mut self, reference: &Reference, context: &mut Context<'_>) {
        self.look_at(reference, context, true);
    }

    /// Uses a reference; `needed` when it has to have a value.
    fn look_at(&mut self, reference: &Reference, context: &mut Context<'_>, needed: bool) {
        let name = &reference.name;
        let place = reference.place.clone();
        match (reference.root, &mut self.inputs) {
            (Root::Case | Root::Matrix, _) => {}
            (Root::With, None) => context.report(
                Problem::new(place, format!("`$with.{name}` outside a flow"))
                    .hint("inputs are known in a file that begins with `flow:`"),
            ),
            (Root::With, Some(inputs)) => match inputs.get_mut(name) {
                Some(used) => *used = true,
                None => {
                    let mut known: Vec<&str> = inputs.keys().map(String::as_str).collect();
                    known.sort_unstable();
                    let problem =
                        Problem::new(place, format!("unknown input `$with.{name}`")).label("not in `inputs:`");
                    context.report(problem.suggest(name, known));
                }
            },
            (Root::Saved, _) => match self.latest.get(name).filter(|givers| !givers.is_empty()) {
                Some(givers) => {
                    for at in givers {
                        self.given[*at].used = true;
                    }
                    if needed && !self.cleaning_up {
                        context.problems.extend(self.perhaps_skipped(name, givers, place));
                    }
                }
                None => {
                    let problem = self.undefined(name, place);
                    context.report(problem);
                }
            },
        }
    }

    /// What is wrong with using `name`, when all steps that give it run under one condition that this step does not have.
    /// With several different conditions one of them may always hold: that shows while it runs.
    fn perhaps_skipped(&self, name: &str, givers: &[usize], place: Place) -> Option<Problem> {
        let mut givers = givers.iter().map(|at| &self.given[*at]);
        let first = givers.next()?;
        if first.guard.is_empty()
            || self.now.assures(name, &first.guard)
            || givers.any(|other| !other.guard.is_like(&first.guard))
        {
            return None;
        }
        Some(not_saved(name, first, place))
    }

    fn undefined(&mut self, name: &str, place: Place) -> Problem {
        if let Some(skipped) = self.given.iter_mut().find(|given| given.name == name && given.guard.never) {
            skipped.used = true;
            return not_saved(name, skipped, place);
        }
        let problem = Problem::new(place, format!("undefined reference `${name}`"));
        if let Some(later) = self.later.get(name) {
            return problem
                .label("used before it is saved")
                .also(later.clone(), "saved only here")
                .hint("move the step that saves it up");
        }
        let problem = problem.label("no step before this one saves it");
        let mut known: Vec<&str> = self.latest.keys().map(String::as_str).collect();
        known.sort_unstable();
        known.truncate(MOST_COMPARED);
        let hint = suggest_reference(name, known.iter().copied());
        // What was probably meant is not unused because of a slip.
        for meant in known.into_iter().filter(|meant| closest(name, [*meant]).is_some()) {
            for at in &self.latest[meant] {
                self.given[*at].used = true;
            }
        }
        problem.hint(hint.unwrap_or_else(|| format!("save it: `save: {{ {name}: field }}`")))
    }

    /// The saves of this run.
    pub(super) fn saves(&self) -> Saves {
        self.given.iter().map(|given| (given.name.clone(), given.place.clone(), given.used)).collect()
    }

    /// The inputs that nothing used.
    pub(super) fn unused_inputs(&self) -> Vec<String> {
        let inputs = self.inputs.iter().flatten();
        inputs.filter(|(_, used)| !**used).map(|(name, _)| name.clone()).collect()
    }
}

/// What uses `$name` runs also where the step that gives it is skipped.
fn not_saved(name: &str, given: &Given, place: Place) -> Problem {
    Problem::new(place, format!("`${name}` is not saved when `when` skips its step"))
        .also(given.place.clone(), format!("saved only here, when {}", given.guard.told()))
        .hint(format!("give this step the same `when`, or `when: {{ ${name}: {{ is: present }} }}`"))
}

/// Reports the saves that none of the runs uses.
pub(super) fn report_unused(runs: &[Saves], context: &mut Context<'_>) {
    let Some(first) = runs.first() else { return };
    let used: HashSet<usize> =
        runs.iter().flatten().filter(|(.., used)| *used).map(|(_, place, _)| place.start()).collect();
    for (name, place, _) in first.iter().filter(|(_, place, _)| !used.contains(&place.start())) {
        // A name that cannot be one was reported as that.
        if is_name(name) && !matches!(name.as_str(), "case" | "matrix" | "with") {
            context.report(
                Problem::new(place.clone(), format!("`{name}` is saved and never used"))
                    .hint(format!("use it as `${name}`, or remove it")),
            );
        }
    }
}

/// The names that a step saves, also when the step is wrong otherwise.
fn saves_of(step: &Node) -> Vec<(String, Place)> {
    match step.get("save") {
        Some(Node { value: Value::Scalar(scalar), place }) => vec![(scalar.text.clone(), place.clone())],
        Some(Node { value: Value::Mapping(entries), .. }) => {
            entries.iter().map(|entry| (entry.key.name.clone(), entry.key.place.clone())).collect()
        }
        _ => Vec::new(),
    }
}
