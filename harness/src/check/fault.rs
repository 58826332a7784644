//! Faults of scenarios: everything about them that can be known before a run.

use lab::Fault;

use crate::conformance::{Contract, place_problem};
use crate::language::NO_FAULT;
use crate::problem::Problem;
use crate::yaml::{Entry, Node, Value};

/// Everything wrong with the arguments of `fault.inject`. What is a reference is known only when the step runs.
pub(super) fn check(node: &Node) -> Vec<Problem> {
    let contract = Contract::<Fault>::new("a fault");
    let (known, is_whole) = known(node);
    // Unknown keys are arguments that the word does not take, and told as such.
    let known = with_keys(known, &["name", "preset", "where", "when", "what"]);
    if !is_whole {
        return contract.check_part(&known);
    }
    match contract.read(&known) {
        Err(problems) => problems,
        Ok(fault) => fault.problems().iter().map(|problem| place_problem(&known, problem)).collect(),
    }
}

/// Everything wrong with `fault.inject: NAME`.
pub(super) fn check_preset(node: &Node) -> Vec<Problem> {
    let Some(name) = node.text().filter(|text| !is_open(text)) else { return Vec::new() };
    let fault = Fault { preset: Some(name.to_owned()), ..Fault::default() };
    fault.problems().iter().map(|problem| place_problem(node, problem)).collect()
}

/// Whether a text is a reference, or `none`: then there is no fault.
fn is_open(text: &str) -> bool {
    text.contains('$') || text == NO_FAULT
}

fn with_keys(mut node: Node, keys: &[&str]) -> Node {
    if let Value::Mapping(entries) = &mut node.value {
        entries.retain(|entry| keys.contains(&entry.key.name.as_str()));
    }
    node
}

/// The tree without what is a reference, and whether that is all of it.
fn known(node: &Node) -> (Node, bool) {
    let mut is_whole = true;
    let mut keep = |node: &Node| {
        let is_reference = node.text().is_some_and(is_open);
        let (kept, rest_is_whole) = known(node);
        is_whole &= rest_is_whole && !is_reference;
        (!is_reference).then_some(kept)
    };
    let value = match &node.value {
        Value::Mapping(entries) => Value::Mapping(
            entries
                .iter()
                .filter_map(|entry| Some(Entry { key: entry.key.clone(), node: keep(&entry.node)? }))
                .collect(),
        ),
        Value::Sequence(items) => Value::Sequence(items.iter().filter_map(keep).collect()),
        scalar @ Value::Scalar(_) => scalar.clone(),
    };
    (Node { value, place: node.place.clone() }, is_whole)
}
