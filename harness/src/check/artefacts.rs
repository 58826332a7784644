//! What saved values are: a state_token that is sent as a login code is told before anything runs.
//!
//! Works on the finished model. It says something only where it knows both what a value is and what is wanted of it, and
//! where the step does not speak of a refusal: who sends the wrong thing to see it refused does so on purpose.

use std::collections::HashMap;
use std::rc::Rc;

use crate::language::{Action, Artefact, Flow, Reference, Root, Save, Segment, Step, Template, TemplateKind, Word};
use crate::problem::{Problem, closest};
use crate::source::Place;

/// What a saved name is known to be.
#[derive(Clone, Debug)]
enum Known {
    /// One value.
    One(Artefact, Place),
    /// The whole answer of a word.
    Answer(&'static Word, Place),
    /// All outputs of a flow.
    Outputs(Rc<Interface>, Place),
    /// An input of the flow that is read.
    Input(String),
    /// Anything: this or that, by what `when` says.
    Anything,
}

/// What a flow gives and takes, seen from outside.
#[derive(Debug, Default)]
struct Interface {
    outputs: HashMap<String, Known>,
    /// What an input is sent as: by which argument, of which word.
    wants: Vec<(String, Want)>,
}

/// What one argument takes.
#[derive(Clone, Debug)]
struct Want {
    artefact: Artefact,
    argument: &'static str,
    word: &'static str,
    /// Where a flow sends it; `None`: at the reference itself.
    sent: Option<Place>,
}

/// Everything found about the values of one run.
#[derive(Debug, Default)]
pub(super) struct Artefacts {
    flows: HashMap<*const Flow, Rc<Interface>>,
    problems: Vec<Problem>,
}

impl Artefacts {
    /// Goes through the steps of a case, in the order in which they run.
    pub(super) fn case<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<Problem> {
        let mut artefacts = Self::default();
        let mut run = Run::default();
        for step in steps {
            artefacts.step(step, &mut run);
        }
        artefacts.problems
    }

    /// Goes through the steps of a flow.
    pub(super) fn flow(flow: &Flow) -> Vec<Problem> {
        let mut artefacts = Self::default();
        artefacts.read(flow);
        artefacts.problems
    }

    fn interface(&mut self, flow: &Flow) -> Rc<Interface> {
        let key = std::ptr::from_ref(flow);
        if let Some(known) = self.flows.get(&key) {
            return Rc::clone(known);
        }
        // What is wrong inside a flow is told at the flow, not by each that uses it.
        let told = self.problems.len();
        let interface = Rc::new(self.read(flow));
        self.problems.truncate(told);
        self.flows.insert(key, Rc::clone(&interface));
        interface
    }

    fn read(&mut self, flow: &Flow) -> Interface {
        let mut run = Run::default();
        for step in &flow.steps {
            self.step(step, &mut run);
        }
        let outputs = flow.outputs.iter().filter_map(|(name, template)| Some((name.clone(), run.known(template)?)));
        Interface { outputs: outputs.collect(), wants: run.wants }
    }

    fn step(&mut self, step: &Step, run: &mut Run) {
        let answer = match &step.action {
            Action::Call { word, argument } => {
                if !speaks_of_refusal(step) {
                    self.call(word, argument, run);
                }
                Known::Answer(word, step.word_place.clone())
            }
            Action::Use { flow, inputs } => {
                let interface = self.interface(flow);
                for (name, want) in &interface.wants {
                    if let Some((_, template)) = inputs.iter().find(|(input, _)| input == name) {
                        self.sent(template, want.clone(), run);
                    }
                }
                Known::Outputs(interface, step.word_place.clone())
            }
        };
        self.check_paths(step, &answer);
        run.save(step, &answer);
    }

    fn call(&mut self, word: &'static Word, arguments: &Template, run: &mut Run) {
        for argument in word.all_arguments() {
            if let (Some(artefact), Some(template)) = (argument.wants, arguments.field(argument.name)) {
                let want = Want { artefact, argument: argument.name, word: word.name, sent: None };
                self.sent(template, want, run);
            }
        }
    }

    /// A value goes where `want` is wanted.
    fn sent(&mut self, template: &Template, want: Want, run: &mut Run) {
        let TemplateKind::Reference(reference) = &template.kind else { return };
        match run.known(template) {
            Some(Known::Input(name)) => {
                let sent = want.sent.clone().or_else(|| Some(reference.place.clone()));
                run.wants.push((name, Want { sent, ..want }));
            }
            Some(Known::One(artefact, saved)) if artefact != want.artefact => {
                self.problems.push(mixed_up(reference, (artefact, saved), &want, run));
            }
            _ => {}
        }
        if reference.root == Root::Saved
            && let Some(Known::Answer(word, place)) = run.names.get(&reference.name)
            && let Some(Segment::Field(field)) = reference.path.segments().first()
            && let Some(problem) = no_such_field(word, field, &reference.place, place)
        {
            self.problems.push(problem);
        }
    }

    /// What is saved has to be something that the word can answer.
    fn check_paths(&mut self, step: &Step, answer: &Known) {
        let (Save::Parts(parts), Known::Answer(word, place)) = (&step.save, answer) else { return };
        for part in parts {
            let field = part.path.first_field().unwrap_or_default();
            self.problems.extend(no_such_field(word, field, &part.place, place));
        }
    }
}

/// The names of one run through some steps.
#[derive(Debug, Default)]
struct Run {
    names: HashMap<String, Known>,
    wants: Vec<(String, Want)>,
}

impl Run {
    /// What a value is, as far as that is known.
    fn known(&self, template: &Template) -> Option<Known> {
        let TemplateKind::Reference(reference) = &template.kind else { return None };
        let path = reference.path.segments();
        match (reference.root, path) {
            (Root::With, []) => Some(Known::Input(reference.name.clone())),
            (Root::Saved, []) => self.names.get(&reference.name).cloned(),
            (Root::Saved, [Segment::Field(field)]) => part(self.names.get(&reference.name)?, field),
            _ => None,
        }
    }

    fn save(&mut self, step: &Step, answer: &Known) {
        let certain = step.when.is_none();
        let mut keep = |name: &str, known: Known| {
            // With `when` the name is what it was before, or this.
            let known = if certain || !self.names.contains_key(name) { known } else { Known::Anything };
            self.names.insert(name.to_owned(), known);
        };
        match &step.save {
            Save::Nothing => {}
            Save::Whole { name, place } => keep(name, at(answer.clone(), place)),
            Save::Parts(parts) => {
                for saved in parts {
                    let known = match saved.path.segments() {
                        [Segment::Field(field)] => part(answer, field),
                        _ => None,
                    };
                    keep(&saved.name, known.map_or(Known::Anything, |known| at(known, &saved.place)));
                }
            }
        }
    }

    /// A name of the run that is `artefact`, as a reference.
    fn of_kind(&self, artefact: Artefact) -> Option<String> {
        let is = |known: &Known| matches!(known, Known::One(one, _) if *one == artefact);
        let mut found: Vec<String> = Vec::new();
        for (name, known) in &self.names {
            match known {
                known if is(known) => found.push(format!("${name}")),
                Known::Answer(word, _) => {
                    let fields = word.gives.iter().filter(|(_, one)| *one == artefact);
                    found.extend(fields.map(|(field, _)| format!("${name}.{field}")));
                }
                _ => {}
            }
        }
        found.into_iter().min()
    }
}

/// The same, saved at `place`.
fn at(known: Known, place: &Place) -> Known {
    match known {
        Known::One(artefact, _) => Known::One(artefact, place.clone()),
        Known::Answer(word, _) => Known::Answer(word, place.clone()),
        Known::Outputs(interface, _) => Known::Outputs(interface, place.clone()),
        other => other,
    }
}

/// What a field of something is.
fn part(known: &Known, field: &str) -> Option<Known> {
    match known {
        Known::Answer(word, place) => {
            let (_, artefact) = word.gives.iter().find(|(name, _)| *name == field)?;
            Some(Known::One(*artefact, place.clone()))
        }
        Known::Outputs(interface, place) => match interface.outputs.get(field)? {
            Known::Input(_) => None,
            known => Some(at(known.clone(), place)),
        },
        _ => None,
    }
}

/// Whether what the step wants can be a refusal.
fn speaks_of_refusal(step: &Step) -> bool {
    let wanted = step.retry.as_ref().map(|retry| &retry.until).or(step.expect.as_ref());
    wanted.is_some_and(crate::language::Expectation::speaks_of_refusal)
}

fn mixed_up(reference: &Reference, (is, saved): (Artefact, Place), want: &Want, run: &Run) -> Problem {
    let problem = Problem::new(
        reference.place.clone(),
        format!("`{}` of `{}` wants {}, not {}", want.argument, want.word, want.artefact.name(), is.name()),
    )
    .label(format!("`{reference}` is {}", is.name()))
    .also(saved, format!("saved here as {}", is.name()));
    let problem = match &want.sent {
        Some(sent) => problem.also(sent.clone(), format!("sent here as `{}`", want.argument)),
        None => problem,
    };
    match run.of_kind(want.artefact) {
        Some(meant) => problem.hint(format!("did you mean `{meant}`?")),
        None => problem.hint(format!(
            "{}; a step that is to be refused says so: `expect: {{ error: … }}`",
            want.artefact.source()
        )),
    }
}

/// A slip in the name of a field that the word answers with. Answers can have more fields than are known, so that only
/// what is close to a known one is told.
fn no_such_field(word: &Word, field: &str, place: &Place, said: &Place) -> Option<Problem> {
    let ours = ["body", "http_status", "header"];
    if word.answers.is_empty() || word.answers.contains(&field) || ours.contains(&field) {
        return None;
    }
    let close = closest(field, word.answers.iter().copied())?;
    Some(
        Problem::new(place.clone(), format!("`{}` never answers with a field `{field}`", word.name))
            .also(said.clone(), "the answer")
            .hint(format!("did you mean `{close}`?")),
    )
}
