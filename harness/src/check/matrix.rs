//! `matrix:` — settings by their names, of which every combination is a case.

use super::cases::MOST_CASES;
use super::context::{Context, wrong_kind};
use crate::language::is_name;
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Entry, Key, Node, Value};

/// What stands between the names of a case's values.
pub(super) const BETWEEN: &str = " · ";
/// The key beside the axes.
const EXCLUDE: &str = "exclude";
const EXAMPLE: &str = "matrix: { platform: [ios, android] }";

/// A matrix that is in order.
#[derive(Debug)]
pub(super) struct Matrix {
    /// What it is made of.
    pub(super) axes: Vec<Axis>,
    /// What runs, the last axis turning fastest.
    pub(super) combinations: Vec<Combination>,
}

/// One setting with its values.
#[derive(Debug)]
pub(super) struct Axis {
    /// Its name.
    pub(super) key: Key,
    values: Vec<Choice>,
}

/// A value of an axis.
#[derive(Debug)]
struct Choice {
    name: String,
    node: Node,
    place: Place,
}

/// One value of each axis.
#[derive(Debug)]
pub(super) struct Combination {
    /// The names of the values.
    pub(super) name: String,
    /// The values by their axes.
    pub(super) values: Vec<Entry>,
    /// Where the values stand.
    pub(super) picks: Vec<Place>,
}

/// Reads the axes. `None`: what they are is not known, and was reported.
pub(super) fn read(entry: &Entry, context: &mut Context<'_>) -> Option<Matrix> {
    let told = context.problems.len();
    let entries = context.mapping(&entry.node, "`matrix`", EXAMPLE)?;
    let axes: Vec<Axis> =
        entries.iter().filter(|entry| entry.key.name != EXCLUDE).map(|entry| axis(entry, context)).collect();
    if axes.is_empty() {
        context.report(
            Problem::new(entry.key.place.clone(), "`matrix` without a setting").hint(format!("write `{EXAMPLE}`")),
        );
    }
    let in_all = axes.iter().map(|axis| axis.values.len()).fold(1, usize::saturating_mul);
    if in_all > MOST_CASES {
        context.report(too_many(&entry.key.place, in_all));
    }
    let excluded = entry.node.get(EXCLUDE).map(|exclude| excluded(exclude, &axes, context)).unwrap_or_default();
    if context.problems.len() > told {
        return None;
    }
    let mut met = vec![false; excluded.len()];
    let mut combinations = Vec::new();
    for number in 0..in_all {
        let choices = nth(&axes, number);
        let mut is_excluded = false;
        for ((_, pattern), met) in excluded.iter().zip(&mut met) {
            if pattern
                .iter()
                .zip(&choices)
                .all(|(wanted, choice)| wanted.as_ref().is_none_or(|name| *name == choice.name))
            {
                (is_excluded, *met) = (true, true);
            }
        }
        if !is_excluded {
            combinations.push(combination(&axes, &choices));
        }
    }
    for ((place, _), _) in excluded.iter().zip(met).filter(|(_, met)| !met) {
        context.report(Problem::new(place.clone(), "this excludes nothing").hint("remove it"));
    }
    if combinations.is_empty() {
        context.report(
            Problem::new(entry.key.place.clone(), "every combination is excluded")
                .hint("a scenario that never runs checks nothing: leave one"),
        );
        return None;
    }
    Some(Matrix { axes, combinations })
}

/// More cases than are run.
pub(super) fn too_many(place: &Place, cases: usize) -> Problem {
    Problem::new(place.clone(), format!("{cases} combinations, at most {MOST_CASES} are run"))
        .hint("every value of an axis multiplies the cases: name fewer, or split the scenario")
}

fn axis(entry: &Entry, context: &mut Context<'_>) -> Axis {
    let name = &entry.key.name;
    let example = format!("{name}: [one, other]");
    if !is_name(name) {
        context.report(
            Problem::new(entry.key.place.clone(), format!("`{name}` cannot be the name of an axis"))
                .hint("a name is letters, digits and `_`, not a digit first"),
        );
    }
    let items = context.list(&entry.node, &format!("the values of `{name}`"), &example).unwrap_or_default();
    if entry.node.items().is_some_and(<[_]>::is_empty) {
        context.report(
            Problem::new(entry.node.place.clone(), format!("the axis `{name}` has no values"))
                .hint(format!("write `{example}`")),
        );
    }
    let mut values: Vec<Choice> = Vec::new();
    // One more than may be run says that there are too many.
    for item in items.iter().take(MOST_CASES + 1) {
        let Some(choice) = choice(item, name, context) else { continue };
        match values.iter().find(|known| known.name == choice.name) {
            Some(first) => context.report(
                Problem::new(choice.place, format!("a second value `{}`", choice.name))
                    .also(first.place.clone(), "the first")
                    .hint("each value of an axis has a name of its own"),
            ),
            None => values.push(choice),
        }
    }
    Axis { key: entry.key.clone(), values }
}

/// A value by its text; one that is a mapping by its `name`.
fn choice(item: &Node, axis: &str, context: &mut Context<'_>) -> Option<Choice> {
    let place = item.place.clone();
    match &item.value {
        Value::Scalar(_) => Some(Choice { name: item.text().unwrap_or("null").to_owned(), node: item.clone(), place }),
        Value::Mapping(entries) => {
            let Some(name) = item.get("name").and_then(Node::text) else {
                context.report(
                    Problem::new(place, format!("a value of `{axis}` without a name"))
                        .hint("add `name: …`, by which reports tell it from the others"),
                );
                return None;
            };
            let rest = entries.iter().filter(|entry| entry.key.name != "name").cloned().collect();
            let node = Node { value: Value::Mapping(rest), place: place.clone() };
            Some(Choice { name: name.to_owned(), node, place })
        }
        Value::Sequence(_) => {
            let what = format!("a value of `{axis}`");
            context.report(wrong_kind(
                item,
                &what,
                "a single value, or a mapping with a `name`",
                "{ name: strict, … }",
            ));
            None
        }
    }
}

/// For each item of `exclude:` its place, and for each axis the name that it wants, if it wants one.
fn excluded(node: &Node, axes: &[Axis], context: &mut Context<'_>) -> Vec<(Place, Vec<Option<String>>)> {
    let example = "exclude: [ { platform: ios, fault: token_fight } ]";
    let items = context.list(node, "`exclude`", example).unwrap_or_default();
    let mut excluded = Vec::new();
    for item in items {
        let Some(entries) = context.mapping(item, "each of `exclude`", example) else { continue };
        let mut pattern = vec![None; axes.len()];
        for entry in entries {
            let Some(at) = axes.iter().position(|axis| axis.key.name == entry.key.name) else {
                let problem = Problem::new(entry.key.place.clone(), format!("unknown axis `{}`", entry.key.name));
                context.report(problem.suggest(&entry.key.name, axes.iter().map(|axis| axis.key.name.as_str())));
                continue;
            };
            let known = axes[at].values.iter().map(|choice| choice.name.as_str());
            let name = entry.node.scalar().map(|_| entry.node.text().unwrap_or("null"));
            match name {
                Some(name) if known.clone().any(|known| known == name) => pattern[at] = Some(name.to_owned()),
                Some(name) => {
                    let what = format!("`{}` has no value `{name}`", entry.key.name);
                    context.report(Problem::new(entry.node.place.clone(), what).suggest(name, known));
                }
                None => {
                    let what = format!("`{}` in `exclude`", entry.key.name);
                    context.report(wrong_kind(&entry.node, &what, "the name of one value", example));
                }
            }
        }
        if entries.is_empty() {
            context.report(
                Problem::new(item.place.clone(), "this excludes everything").hint("name values: `{ platform: ios }`"),
            );
        }
        excluded.push((item.place.clone(), pattern));
    }
    excluded
}

/// The values of combination `number`: a number whose digits have the axes' lengths as bases.
fn nth(axes: &[Axis], mut number: usize) -> Vec<&Choice> {
    let mut choices = Vec::with_capacity(axes.len());
    for axis in axes.iter().rev() {
        let count = axis.values.len().max(1);
        choices.extend(axis.values.get(number % count));
        number /= count;
    }
    choices.reverse();
    choices
}

fn combination(axes: &[Axis], choices: &[&Choice]) -> Combination {
    let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
    let entries =
        axes.iter().zip(choices).map(|(axis, choice)| Entry { key: axis.key.clone(), node: choice.node.clone() });
    Combination {
        name: names.join(BETWEEN),
        values: entries.collect(),
        picks: choices.iter().map(|choice| choice.place.clone()).collect(),
    }
}
