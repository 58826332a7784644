//! `boundary:` — one step at three moments: just before an instant, at it, and just after.
//!
//! What is used up by the first would be missing for the others, so each moment is a case of its own, in a world of its
//! own. The tree of a scenario becomes three trees here, in each of which the step is an ordinary one and has a step
//! before it that moves the clock. Whoever reads them need not know of boundaries.

use std::time::Duration;

use sim::Life;

use super::context::{Context, wrong_kind};
use crate::language::Case;
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Entry, Key, Node, Scalar, Value};

/// The keys of a boundary.
pub(crate) const BOUNDARY_KEYS: &[&str] = &["of", "before", "at", "after", "by"];
/// The ways to name an instant.
pub(crate) const INSTANTS: &[&str] = &["expiry_of", "time", "in"];

const EXAMPLE: &str = "boundary: { of: { expiry_of: $code }, before: { … }, at: { … }, after: { error: LOGIN.1001 } }";
/// How far before and after the instant is, when nothing is said: tokens know whole seconds only.
const BY: &str = "1s";

/// One of the three.
#[derive(Debug)]
pub(super) struct Moment {
    /// The scenario at this moment.
    pub(super) tree: Node,
    name: &'static str,
    place: Place,
}

impl Moment {
    /// Names a case after its moment. A row keeps its place: its line selects all three.
    pub(super) fn name(&self, mut case: Case) -> Case {
        case.name = Some(match case.name {
            Some(row) => format!("{row} › {}", self.name),
            None => {
                case.place = self.place.clone();
                self.name.to_owned()
            }
        });
        case
    }
}

/// The three moments of a scenario one step of which has a `boundary`; `None` when none has.
pub(super) fn moments(tree: &Node, context: &mut Context<'_>) -> Option<Vec<Moment>> {
    let steps = tree.get("steps")?.items()?;
    let mut bounded = steps.iter().enumerate().filter_map(|(at, step)| Some((at, step, step.entry("boundary")?)));
    let (at, step, boundary) = bounded.next()?;
    for (.., second) in bounded {
        context.report(
            Problem::new(second.key.place.clone(), "a second step with `boundary`")
                .also(boundary.key.place.clone(), "the first")
                .hint("a boundary makes three cases; give each a scenario of its own"),
        );
    }
    check(step, boundary, context);
    let by = by(boundary, context);
    let moments = [("before", "just before"), ("at", "at"), ("after", "just after")];
    Some(
        moments
            .into_iter()
            .map(|(key, name)| {
                let expect = boundary.node.entry(key);
                let moved = clock_step(boundary, key, &by);
                let place = expect.map_or(&boundary.key.place, |expect| &expect.key.place);
                let place = expect.map_or_else(|| place.clone(), |expect| place.to(&expect.node.place));
                Moment { tree: with_steps(tree, at, moved, expect), name, place }
            })
            .collect(),
    )
}

/// What is wrong with a `boundary` where there can be none.
pub(super) fn misplaced(boundary: &Entry) -> Problem {
    Problem::new(boundary.key.place.clone(), "`boundary` is not possible here")
        .label("it makes three cases, which only a step in the `steps` of a scenario can")
        .hint("move the step into the scenario")
}

fn check(step: &Node, boundary: &Entry, context: &mut Context<'_>) {
    for other in step.entries().unwrap_or_default() {
        if let "expect" | "retry" | "when" = other.key.name.as_str() {
            let name = &other.key.name;
            context.report(
                Problem::new(other.key.place.clone(), format!("a step with both `boundary` and `{name}`"))
                    .also(boundary.key.place.clone(), "it says what is wanted, and when the step runs")
                    .hint(format!("remove `{name}`")),
            );
        }
    }
    let Some(entries) = context.mapping(&boundary.node, "`boundary`", EXAMPLE) else { return };
    context.only_keys(entries, BOUNDARY_KEYS, "`boundary`");
    for key in ["before", "at", "after"] {
        if boundary.node.get(key).is_none() {
            context.report(
                Problem::new(boundary.key.place.clone(), format!("`boundary` without `{key}`"))
                    .label("all three moments are of interest, most of all the instant itself")
                    .hint(format!("say what is wanted then: `{key}: {{ status: SUCCESS }}`")),
            );
        }
    }
    let of_example = "of: { expiry_of: $code }";
    let Some(of) = boundary.node.get("of") else {
        context.report(
            Problem::new(boundary.key.place.clone(), "`boundary` without `of`")
                .label("nothing says of which instant")
                .hint(format!("write `{of_example}`, `of: {{ time: $claims.exp }}` or `of: {{ in: 5m }}`")),
        );
        return;
    };
    let Some(entries) = context.mapping(of, "`of`", of_example) else { return };
    context.only_keys(entries, INSTANTS, "`of`");
    let known = entries.iter().filter(|entry| INSTANTS.contains(&entry.key.name.as_str())).count();
    if known > 1 || entries.is_empty() {
        context.report(
            Problem::new(of.place.clone(), "`of` names one instant")
                .hint("one of `expiry_of: $code`, `time: $claims.exp`, `in: 5m`"),
        );
    }
    if let Some(wait) = of.get("in").filter(|wait| life(wait).is_none()) {
        context.report(wrong_kind(wait, "`in`", "a duration", "in: 5m"));
    }
}

fn life(node: &Node) -> Option<Duration> {
    node.text()?.parse::<Life>().ok().map(Life::get)
}

/// How far before and after the instant is.
fn by(boundary: &Entry, context: &mut Context<'_>) -> Node {
    match boundary.node.get("by") {
        Some(by) if life(by).is_some_and(|by| !by.is_zero()) => by.clone(),
        Some(by) => {
            context.report(wrong_kind(by, "`by`", "a duration longer than nothing", "by: 1s"));
            text(BY, &by.place)
        }
        None => text(BY, &boundary.key.place),
    }
}

/// The step that moves the clock to the moment.
fn clock_step(boundary: &Entry, key: &str, by: &Node) -> Option<Node> {
    let place = &boundary.key.place;
    let [instant] = boundary.node.get("of")?.entries()? else { return None };
    let (word, argument) = match instant.key.name.as_str() {
        "in" => {
            let (wait, by) = (life(&instant.node)?, life(by)?);
            let wait = match key {
                "before" => wait.saturating_sub(by),
                "at" => wait,
                _ => wait.saturating_add(by),
            };
            ("clock.advance", text(&Life::from(wait).to_string(), &instant.node.place))
        }
        "expiry_of" | "time" => {
            let mut entries = vec![instant.clone()];
            match key {
                "before" => entries.push(entry("minus", place, by.clone())),
                "at" => {}
                _ => entries.push(entry("plus", place, by.clone())),
            }
            ("clock.to", Node { value: Value::Mapping(entries), place: instant.node.place.clone() })
        }
        _ => return None,
    };
    let step = vec![entry(word, place, argument)];
    Some(Node { value: Value::Mapping(step), place: place.to(&boundary.node.place) })
}

fn text(text: &str, place: &Place) -> Node {
    Node { value: Value::Scalar(Scalar { text: text.to_owned(), quoted: true, cell: false }), place: place.clone() }
}

fn entry(name: &str, place: &Place, node: Node) -> Entry {
    Entry { key: Key { name: name.to_owned(), place: place.clone() }, node }
}

/// The tree with the clock's step before step `at`, and what is wanted then in the place of its `boundary`.
fn with_steps(tree: &Node, at: usize, moved: Option<Node>, expect: Option<&Entry>) -> Node {
    let steps_of = |steps: &Node| {
        let mut items: Vec<Node> = steps.items().unwrap_or_default().iter().map(|step| plain(step, None)).collect();
        items[at] = plain(&steps.items().unwrap_or_default()[at], expect);
        if let Some(moved) = moved.clone() {
            items.insert(at, moved);
        }
        Node { value: Value::Sequence(items), place: steps.place.clone() }
    };
    let entries = tree.entries().unwrap_or_default().iter().map(|entry| match entry.key.name.as_str() {
        "steps" => Entry { key: entry.key.clone(), node: steps_of(&entry.node) },
        _ => entry.clone(),
    });
    Node { value: Value::Mapping(entries.collect()), place: tree.place.clone() }
}

/// The step with an `expect` in the place of its `boundary`.
fn plain(step: &Node, expect: Option<&Entry>) -> Node {
    let Some(entries) = step.entries().filter(|_| step.entry("boundary").is_some()) else { return step.clone() };
    let kept = entries.iter().filter(|entry| entry.key.name != "boundary").cloned();
    let expect = expect.map(|expect| entry("expect", &expect.key.place, expect.node.clone()));
    Node { value: Value::Mapping(kept.chain(expect).collect()), place: step.place.clone() }
}
