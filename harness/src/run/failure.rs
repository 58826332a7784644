//! From a step that stopped to a failure that explains itself.

use std::time::Duration;

use serde_json::Value;
use sim::{Life, Mask, Moment};

use super::call::Call;
use super::exchange::{self, Seen, masked, masked_text, one_line};
use super::result::{CaseId, Excerpt, Failure, FailureKind, Origin, Said, Shown};
use super::retry::Tries;
use super::secrets;
use super::services::NotReady;
use super::session::{Session, Skipped, Trouble};
use super::step::{Mark, StepResult};
use super::watch::Watch;
use crate::language::{Answer, Mismatch, Service};
use crate::source::Place;

/// What stopped when it was no step.
const THE_CASE: &str = "the case";

/// A step that did not end well, before anything is masked.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) word: &'static str,
    pub(crate) step_place: Place,
    pub(crate) word_place: Place,
    /// The `use` steps through which it came to run, outermost first.
    pub(crate) trail: Vec<Place>,
    /// How far the world had come before the step and after it.
    pub(crate) between: (Option<Mark>, Option<Mark>),
    /// The world's time when it stopped.
    pub(crate) at: Option<Moment>,
    pub(crate) answer: Option<Answer>,
    pub(crate) mismatches: Vec<Mismatch>,
    pub(crate) trouble: Option<Trouble>,
    /// The real time that the case or the step was allowed, when it took longer.
    pub(crate) timeout: Option<Duration>,
    /// What was being waited for then, in words.
    pub(crate) waiting: Option<String>,
    /// What services under test wrote since the step began.
    pub(crate) said: Vec<Said>,
    /// Whether nothing else is wrong than that nothing was checked.
    pub(crate) unchecked: bool,
    /// How often it was tried, when it was tried again.
    pub(crate) tries: Option<Tries>,
}

impl Stopped {
    /// The case at `place` took longer than it may; `watch` knows what it was doing.
    pub(crate) fn timeout(place: Place, limit: Duration, watch: &Watch) -> Self {
        let at_work = watch.at_work();
        let waiting = at_work.as_ref().map(|at_work| {
            let step = format!("{} at {}", at_work.word, short(&at_work.word_place));
            match watch.waiting() {
                Some(call) => format!("{step} was waiting for an answer to {call}"),
                None => format!("it had come to {step}"),
            }
        });
        let (step_place, word_place) =
            at_work.map_or_else(|| (place.clone(), place.clone()), |at_work| (at_work.step_place, at_work.word_place));
        Self {
            word: THE_CASE,
            step_place,
            word_place,
            trail: Vec::new(),
            between: (None, None),
            at: None,
            answer: None,
            mismatches: Vec::new(),
            trouble: None,
            timeout: Some(limit),
            waiting,
            said: Vec::new(),
            unchecked: false,
            tries: None,
        }
    }

    /// Every step that expects something was skipped.
    pub(crate) fn unchecked(place: Place, skipped: &[Skipped]) -> Self {
        let condition = |skipped: &Skipped| Mismatch {
            path: skipped.unmet.name.clone(),
            wanted: skipped.unmet.wanted.clone(),
            was: skipped.unmet.was.clone(),
            place: skipped.unmet.place.clone(),
            note: Some(format!("else {} on line {} is skipped", skipped.word, skipped.place.line())),
        };
        let expecting = skipped.iter().filter(|skipped| skipped.expectations > 0);
        Self {
            mismatches: expecting.map(condition).collect(),
            timeout: None,
            unchecked: true,
            ..Self::timeout(place, Duration::ZERO, &Watch::default())
        }
    }

    fn title(&self) -> String {
        match self.tries {
            None => self.what_happened(),
            Some(Tries { count: 1, .. }) => format!("{}, in one try", self.what_happened()),
            Some(Tries { count, over }) => {
                format!("{}, in {count} tries over {} of virtual time", self.what_happened(), Life::from(over))
            }
        }
    }

    fn what_happened(&self) -> String {
        let word = self.word;
        if let Some(limit) = self.timeout {
            let word = if word == THE_CASE { "it" } else { word };
            let waiting = self.waiting.as_ref().map_or_else(String::new, |waiting| format!("; {waiting}"));
            return format!("{word} took longer than {} of real time{waiting}", Life::from(limit));
        }
        if self.unchecked {
            return "nothing was checked: `when` skipped every step that expects something".to_owned();
        }
        if let Some(trouble) = &self.trouble {
            return match trouble {
                Trouble::Unresolved(error) => format!("{word} needs a value that is not there: {error}"),
                Trouble::Unsendable(error) => format!("{word} cannot be sent: {error}"),
                Trouble::Unreachable(_)
                | Trouble::Service(_)
                | Trouble::NotGenuine(_)
                | Trouble::Snapshot { .. }
                | Trouble::Control { .. } => trouble.to_string(),
            };
        }
        match self.mismatches.iter().find(|mismatch| mismatch.path == "error") {
            Some(Mismatch { was: None, .. }) => format!("expected {word} to be refused, it was accepted"),
            Some(Mismatch { wanted, .. }) if wanted.starts_with("absent") => {
                let name = self.answer.as_ref().and_then(|answer| answer.failure.as_ref()).map_or("", |f| f.name());
                format!("{word} was refused: {name}")
            }
            Some(_) => format!("{word} was refused for another reason than expected"),
            None => format!("{word} did not answer as expected"),
        }
    }

    /// What it answered, in a few words.
    fn label(&self) -> String {
        if self.timeout.is_some() && self.waiting.is_some() {
            return "it waited here".to_owned();
        }
        self.answer.as_ref().map(Answer::in_few_words).unwrap_or_default()
    }
}

/// What is needed to tell what happened.
#[derive(Debug)]
pub(crate) struct Told<'a, 't> {
    pub(crate) id: &'a CaseId,
    pub(crate) stopped: Vec<Stopped>,
    pub(crate) session: &'a mut Session<'t>,
    pub(crate) reveal: bool,
}

const WORD: &str = "run";

/// Tells each failure with all that belongs to it, and what the case did step by step, every secret of the world hidden.
pub(crate) async fn tell(told: Told<'_, '_>) -> (Vec<Failure>, Vec<StepResult>) {
    let Told { id, stopped, session, reveal } = told;
    // A target that is gone has no journal any more; then what is known here has to do.
    let journal = session.exchanges_since(WORD, 0).await.unwrap_or_default();
    let mask = mask(session, &journal, reveal).await;
    let journal: Vec<_> = journal.iter().map(Seen).collect();
    let failures = stopped.into_iter().map(|stopped| told_failure(id, stopped, &journal, &mask)).collect();
    (failures, session.log.told(&journal, &mask))
}

/// A service of a case is of no use, so the case could not begin. `session` is the world that it would have had.
pub(crate) async fn not_ready(
    id: &CaseId,
    (service, not_ready): (&Service, NotReady),
    session: &mut Session<'_>,
    reveal: bool,
) -> Failure {
    let said = Said { service: service.name.clone(), lines: not_ready.said };
    let stopped = Stopped {
        trouble: Some(Trouble::Service(not_ready.why)),
        timeout: None,
        said: if said.lines.is_empty() { Vec::new() } else { vec![said] },
        ..Stopped::timeout(service.place.clone(), Duration::ZERO, &Watch::default())
    };
    let mask = mask(session, &[], reveal).await;
    told_failure(id, stopped, &[], &mask)
}

/// Hides every secret of the world; and of the others that its services have met, for what a service was told in one of
/// them it can still say in the next.
async fn mask(session: &mut Session<'_>, journal: &[Value], reveal: bool) -> Mask {
    if reveal {
        return Mask::new([]);
    }
    let mut known = known_secrets(session, journal).await;
    if session.has_services() {
        let worlds = session.control(WORD, Call::get("/__admin/v1/worlds")).await.unwrap_or_default();
        for world in worlds.get("worlds").and_then(Value::as_array).into_iter().flatten() {
            known.extend(secrets_of(session, world.get("name").and_then(Value::as_str), &[]).await);
        }
    }
    Mask::new(known)
}

pub(super) async fn known_secrets(session: &mut Session<'_>, journal: &[Value]) -> Vec<(sim::ArtefactKind, String)> {
    secrets_of(session, None, journal).await
}

/// The secrets of the world of this name, or of the session's own.
async fn secrets_of(
    session: &mut Session<'_>,
    world: Option<&str>,
    journal: &[Value],
) -> Vec<(sim::ArtefactKind, String)> {
    let call = |path: &str| {
        let mut call = Call::get(path);
        // A name that cannot be sent names no world.
        let _ = world.map(|world| call.set_header("x-mock-world", world));
        call
    };
    let mut list = call("/__admin/v1/artefacts");
    list.add_query("limit", "1000000");
    let artefacts = session.control(WORD, list).await.unwrap_or_default();
    let export = session.control(WORD, call("/__admin/v1/world")).await.unwrap_or_default();
    secrets::all(&artefacts, &export, journal)
}

fn told_failure(id: &CaseId, stopped: Stopped, journal: &[Seen<'_>], mask: &Mask) -> Failure {
    let kind = match (&stopped.trouble, stopped.timeout) {
        (None, None) => FailureKind::Expectation,
        _ => FailureKind::Environment,
    };
    let mut trail: Vec<_> = stopped.trail.iter().map(|place| origin("used by", short(place))).collect();
    if id.case().name.is_some() {
        trail.push(origin("from case", id.selector()));
    }
    Failure {
        kind,
        title: mask.apply(&stopped.title()),
        at: stopped.at,
        excerpt: excerpt(&stopped, mask),
        trail,
        mismatches: stopped.mismatches.iter().map(|mismatch| shown(mismatch, mask)).collect(),
        answer: stopped.answer.as_ref().map(|answer| masked(answer.fields.clone(), mask)),
        exchanges: of_step(&stopped, journal).into_iter().map(|seen| seen.told(mask)).collect(),
        said: stopped.said.iter().map(|said| masked_lines(said, mask)).collect(),
        again: again(id),
    }
}

/// Of a case that took too long, what it did last.
const LAST: usize = 5;

/// The exchanges that the step caused.
fn of_step<'a, 'j>(stopped: &Stopped, journal: &'a [Seen<'j>]) -> Vec<&'a Seen<'j>> {
    if stopped.timeout.is_some() {
        return journal[journal.len().saturating_sub(LAST)..].iter().collect();
    }
    exchange::between(journal, stopped.between.0, stopped.between.1).collect()
}

fn origin(how: &str, place: String) -> Origin {
    Origin { how: how.to_owned(), place }
}

fn masked_lines(said: &Said, mask: &Mask) -> Said {
    Said { service: said.service.clone(), lines: said.lines.iter().map(|line| masked_text(line, mask)).collect() }
}

fn short(place: &Place) -> String {
    format!("{}:{}", place.source().name(), place.line())
}

/// A command that runs just this case. The line does not always tell it from the others: those of a matrix share one.
pub(super) fn again(id: &CaseId) -> String {
    let place = &id.case().place;
    let shares_line = id.scenario.cases.iter().filter(|other| other.place.line() == place.line()).count() > 1;
    let mut command = format!("mockwx run {}", quoted(&id.selector()));
    if let (true, Some(name)) = (shares_line, &id.case().name) {
        command.push_str(&format!(" --name {}", quoted(name)));
    }
    command
}

/// A text as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-:+@".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn shown(mismatch: &Mismatch, mask: &Mask) -> Shown {
    Shown {
        path: mismatch.path.clone(),
        wanted: mask.apply(&mismatch.wanted),
        was: mismatch.was.as_ref().map(|was| masked_text(&one_line(was), mask)),
        place: mismatch.place.to_string(),
        note: mismatch.note.as_deref().map(|note| mask.apply(note)),
    }
}

/// A step of more lines is shown by its beginning and by the lines that speak of what went wrong.
const MOST_LINES: usize = 12;

fn excerpt(stopped: &Stopped, mask: &Mask) -> Excerpt {
    let (step, word) = (&stopped.step_place, &stopped.word_place);
    let source = step.source();
    let (first, last) = (step.line().min(word.line()), step.last_line());
    let speaks = |line: usize| {
        stopped
            .mismatches
            .iter()
            .any(|mismatch| std::sync::Arc::ptr_eq(mismatch.place.source(), source) && mismatch.place.line() == line)
    };
    let lines = (first..=last)
        .filter(|line| line - first < MOST_LINES || speaks(*line))
        .map(|line| (line, mask.apply(source.line(line))))
        .collect();
    let line = source.line(word.line());
    let before: String = line.chars().take(word.column() - 1).collect();
    Excerpt {
        file: source.name(),
        line: word.line(),
        // What stands before the mark may be shown shorter or longer than it is.
        column: mask.apply(&before).chars().count() + 1,
        width: mask.apply(word.text().lines().next().unwrap_or_default()).chars().count().max(1),
        label: masked_text(&stopped.label(), mask),
        lines,
    }
}
