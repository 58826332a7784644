//! From nodes to scenarios.

use std::sync::Arc;

use super::boundary;
use super::cases::{self, Row};
use super::context::{Cast, Columns, Context};
use super::library::Library;
use super::names::{self, Names, Saves};
use super::services;
use super::steps::{self, MOST_STEPS_IN_ALL, too_many_steps};
use crate::language::{Case, Scenario, Step, steps_in_all};
use crate::problem::Problem;
use crate::source::Source;
use crate::yaml::{Entry, Node};

/// The keys of a scenario.
pub(crate) const SCENARIO_KEYS: &[&str] =
    &["scenario", "tags", "covers", "note", "world", "services", "cases", "steps", "finally"];

/// Reads one document that begins with `scenario:`.
pub(super) fn read(source: &Arc<Source>, tree: &Node, library: &mut Library) -> (Option<Scenario>, Vec<Problem>) {
    let mut context = Context::new(Columns::None, Cast::default());
    let scenario = scenario(source, tree, &mut context, library);
    (scenario, context.problems)
}

fn scenario(source: &Arc<Source>, tree: &Node, context: &mut Context<'_>, library: &mut Library) -> Option<Scenario> {
    let entries = context.mapping(tree, "a scenario", "scenario: NAME")?;
    context.only_keys(entries, SCENARIO_KEYS, "a scenario");
    let name_entry = tree.entry("scenario")?;
    // A scenario whose name is wrong is still read, to tell everything at once.
    let name = context.text(&name_entry.node, "the name of a scenario", "scenario: A first visit").unwrap_or_default();
    let name = name.to_owned();
    let texts = |key: &str, example: &str, context: &mut Context<'_>| {
        tree.get(key).map(|node| context.texts(node, &format!("`{key}`"), example)).unwrap_or_default()
    };
    let tags = texts("tags", "tags: [login]", context);
    let covers = texts("covers", "covers: [mini-program-login]", context);
    let note =
        tree.get("note").and_then(|note| context.text(note, "`note`", "note: why this is so")).map(str::to_owned);
    let own = tree.get("services").filter(|node| !node.is_null());
    let own = own.map(|node| services::read(node, context)).unwrap_or_default();
    let rows = tree.get("cases").map(|cases| cases::read(cases, context));

    let Some(steps) = tree.get("steps") else {
        context.report(
            Problem::new(name_entry.key.place.clone(), "a scenario without steps")
                .hint("add `steps:` with at least one step"),
        );
        return None;
    };
    if steps.is_null() || steps.items().is_some_and(<[_]>::is_empty) {
        let place = tree.entry("steps").map_or(&steps.place, |entry| &entry.key.place);
        context.report(Problem::new(place.clone(), "a scenario without steps").hint("add at least one step"));
        return None;
    }

    let mut runs = Vec::new();
    let cases: Vec<Case> = match &rows {
        None => at_each_moment(None, tree, name_entry, context, library, &mut runs),
        Some(rows) => {
            let columns = cases::columns(rows);
            let in_all = rows.len() * steps.items().map_or(0, <[_]>::len);
            if in_all > MOST_STEPS_IN_ALL {
                context.report(too_many_steps(&name_entry.key.place, in_all));
                return None;
            }
            let mut used = cases::Used::default();
            let cases = rows
                .iter()
                .flat_map(|row| {
                    let tree = cases::put_in_place(tree, row, &mut used);
                    let mut inner = Context::new(Columns::Named(&columns), Cast::default());
                    let cases = at_each_moment(Some(row), &tree, name_entry, &mut inner, library, &mut runs);
                    context.problems.extend(inner.problems);
                    cases
                })
                .collect();
            used.report_unused(rows, context);
            cases
        }
    };
    names::report_unused(&runs, context);
    let in_all = cases.iter().map(|case| steps_in_all(&case.steps)).fold(0, usize::saturating_add);
    if in_all > MOST_STEPS_IN_ALL {
        context.report(too_many_steps(&name_entry.key.place, in_all));
        return None;
    }
    let services = services::needed(own, &library.services, &cases, context);
    let place = name_entry.node.place.clone();
    let scenario = Scenario { source: Arc::clone(source), name, place, tags, covers, note, services, cases };
    // With something else wrong, a misspelled `expect` most of all, this would be a follow-up error.
    if context.problems.is_empty() {
        report_what_checks_nothing(&scenario, context);
    }
    Some(scenario)
}

fn report_what_checks_nothing(scenario: &Scenario, context: &mut Context<'_>) {
    let hint = "say what is wanted of an answer: `expect: { status: SUCCESS }`";
    match scenario.cases.iter().find(|case| !expects(case)) {
        None => {}
        Some(case) if steps_of(case).any(Step::never_runs) => context.report(
            Problem::new(case.place.clone(), "a case that expects nothing")
                .label("`when` skips every step that has an `expect`: a green run would mean nothing")
                .hint(hint),
        ),
        Some(_) => context.report(
            Problem::new(scenario.place.clone(), "a scenario that expects nothing")
                .label("none of its steps has an `expect`: a green run would mean nothing")
                .hint(hint),
        ),
    }
    let Some(first) = scenario.cases.first() else { return };
    for step in steps_of(first).filter(|step| step.never_runs()) {
        let runs = |case: &Case| steps_of(case).any(|other| other.place == step.place && !other.never_runs());
        if !scenario.cases.iter().any(runs) {
            context.report(
                Problem::new(step.word_place.clone(), "a step that never runs")
                    .label("its `when` holds in none of the cases")
                    .hint("look at `when` and at the rows of `cases`"),
            );
        }
    }
}

fn steps_of(case: &Case) -> impl Iterator<Item = &Step> {
    case.steps.iter().chain(&case.finally)
}

fn expects(case: &Case) -> bool {
    fn expecting(step: &Step) -> bool {
        !step.never_runs()
            && (step.wanted().is_some()
                || match &step.action {
                    crate::language::Action::Use { flow, .. } => flow.steps.iter().any(expecting),
                    crate::language::Action::Call { .. } => false,
                })
    }
    steps_of(case).any(expecting)
}

/// One case, or the three of a boundary; `tree` has its row in place already.
fn at_each_moment(
    row: Option<&Row>,
    tree: &Node,
    name: &Entry,
    context: &mut Context<'_>,
    library: &mut Library,
    runs: &mut Vec<Saves>,
) -> Vec<Case> {
    match boundary::moments(tree, context) {
        None => vec![case(row, tree, name, context, library, runs)],
        Some(moments) => moments
            .into_iter()
            .map(|moment| moment.name(case(row, &moment.tree, name, context, library, runs)))
            .collect(),
    }
}

/// One case; `tree` has its row in place already.
fn case(
    row: Option<&Row>,
    tree: &Node,
    name: &Entry,
    context: &mut Context<'_>,
    library: &mut Library,
    runs: &mut Vec<Saves>,
) -> Case {
    let world_node = tree.get("world").filter(|world| !world.is_null());
    let world = world_node.and_then(|world| library.world(world, context));
    context.cast = match (&world, world_node) {
        (Some(world), _) => Cast::of(&world.file),
        (None, None) => library.rules.ready_cast(),
        // Something is wrong with the world: who is in it is not known.
        (None, Some(_)) => Cast::default(),
    };
    let part = |key: &str, context: &mut Context<'_>, library: &mut Library| {
        tree.get(key)
            .filter(|node| !node.is_null())
            .map(|node| steps::steps(node, context, library))
            .unwrap_or_default()
    };
    let steps = part("steps", context, library);
    let finally = part("finally", context, library);
    let mut names = Names::of_scenario(nodes_of(tree, "steps").chain(nodes_of(tree, "finally")).map(|(_, step)| step));
    for (part, step) in nodes_of(tree, "steps").chain(nodes_of(tree, "finally")) {
        if part == "finally" {
            names.clean_up();
        }
        names.step(step, context);
    }
    runs.push(names.saves());
    Case {
        name: row.map(|row| row.name.clone()),
        place: row.map_or_else(|| name.node.place.clone(), |row| row.place.clone()),
        world,
        steps,
        finally,
    }
}

/// The steps under a key, each with the key.
fn nodes_of<'n>(tree: &'n Node, key: &'static str) -> impl Iterator<Item = (&'static str, &'n Node)> {
    tree.get(key).and_then(Node::items).unwrap_or_default().iter().map(move |step| (key, step))
}
