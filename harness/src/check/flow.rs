//! From nodes to flows.

use std::sync::Arc;

use super::artefacts::Artefacts;
use super::context::{Cast, Columns, Context, wrong_kind};
use super::library::{FlowInputs, Library, LoadedFlow};
use super::names::{self, Names};
use super::steps;
use crate::language::{Flow, Template, is_name, steps_in_all};
use crate::problem::Problem;
use crate::source::Source;
use crate::yaml::{Entry, Node};

/// The keys of a flow file, in the order in which `fmt` writes them.
pub(crate) const FLOW_KEYS: &[&str] = &["flow", "note", "inputs", "steps", "outputs"];

/// Reads a file that begins with `flow:`.
pub(super) fn read(source: &Arc<Source>, tree: &Node, library: &mut Library) -> (Option<LoadedFlow>, Vec<Problem>) {
    let mut context = Context::new(Columns::Flow, Cast::default());
    let flow = flow(source, tree, &mut context, library);
    (flow, context.problems)
}

fn flow(source: &Arc<Source>, tree: &Node, context: &mut Context<'_>, library: &mut Library) -> Option<LoadedFlow> {
    let entries = context.mapping(tree, "a flow", "flow: NAME")?;
    context.only_keys(entries, FLOW_KEYS, "a flow");
    let name = tree.get("flow").and_then(|name| context.text(name, "the name of a flow", "flow: log in"))?.to_owned();
    let inputs = tree.get("inputs").map(|inputs| read_inputs(inputs, context)).unwrap_or_default();
    let Some(steps_node) = tree.get("steps") else {
        context.report(Problem::new(tree.place.part(0, 4), "a flow without steps").hint("add `steps:`"));
        return None;
    };
    let steps = steps::steps(steps_node, context, library);
    let outputs_node = tree.get("outputs");
    let outputs = match outputs_node {
        Some(outputs) => context.mapping(outputs, "`outputs`", "outputs: { code: $code }").unwrap_or_default(),
        None => &[],
    };
    let outputs: Vec<(String, Template)> =
        outputs.iter().map(|entry| (entry.key.name.clone(), context.any(&entry.node))).collect();

    let step_nodes = steps_node.items().unwrap_or_default();
    let mut names = Names::of_flow(step_nodes, inputs.iter().map(|(name, _)| name.clone()));
    for step in step_nodes {
        names.step(step, context);
    }
    if let Some(outputs) = outputs_node {
        names.uses(outputs, context);
    }
    names::report_unused(&[names.saves()], context);
    report_unused_inputs(tree.get("inputs"), &names, context);
    let flow = Arc::new(Flow { source: Arc::clone(source), name, steps_in_all: steps_in_all(&steps), steps, outputs });
    context.problems.extend(Artefacts::flow(&flow));
    Some(LoadedFlow { flow, inputs })
}

/// `inputs: { person: { default: alice }, phone: }`.
fn read_inputs(node: &Node, context: &mut Context<'_>) -> FlowInputs {
    let entries = context.mapping(node, "`inputs`", "inputs: { person: { default: alice } }").unwrap_or_default();
    entries.iter().map(|entry| (entry.key.name.clone(), read_input(entry, context))).collect()
}

fn read_input(entry: &Entry, context: &mut Context<'_>) -> Option<Template> {
    if !is_name(&entry.key.name) {
        context.report(
            Problem::new(entry.key.place.clone(), format!("`{}` cannot be a name", entry.key.name))
                .hint("a name is letters, digits and `_`, not a digit first"),
        );
    }
    if entry.node.is_null() {
        return None;
    }
    let Some(entries) = entry.node.entries() else {
        let example = format!("{}: {{ default: … }}", entry.key.name);
        context.report(wrong_kind(&entry.node, "an input", "a mapping with `default`, or nothing", &example));
        return None;
    };
    context.only_keys(entries, &["default", "note"], "an input");
    entry.node.get("default").map(|default| context.any(default))
}

fn report_unused_inputs(inputs: Option<&Node>, names: &Names, context: &mut Context<'_>) {
    let unused = names.unused_inputs();
    for entry in inputs.and_then(Node::entries).unwrap_or_default() {
        if unused.contains(&entry.key.name) {
            let name = &entry.key.name;
            context.report(
                Problem::new(entry.key.place.clone(), format!("the input `{name}` is never used"))
                    .hint(format!("use it as `$with.{name}`, or remove it")),
            );
        }
    }
}
