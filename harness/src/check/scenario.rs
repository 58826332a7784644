//! From nodes to scenarios.

use std::sync::Arc;

use super::artefacts::Artefacts;
use super::boundary;
use super::cases::{self, MOST_CASES, Row};
use super::context::{Cast, Columns, Context};
use super::in_place::{Setting, Used, put_in_place};
use super::library::Library;
use super::matrix::{self, Combination};
use super::names::{self, Names, Saves};
use super::services;
use super::steps::{self, MOST_STEPS_IN_ALL, too_many_steps};
use crate::language::{Case, Scenario, Step, steps_in_all};
use crate::problem::Problem;
use crate::source::Source;
use crate::yaml::{Entry, Node, Value};

/// The keys of a scenario, in the order in which `fmt` writes them.
pub(crate) const SCENARIO_KEYS: &[&str] =
    &["scenario", "tags", "covers", "note", "cases", "matrix", "world", "services", "steps", "finally"];

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
    let matrix = tree.entry("matrix").map(|matrix| matrix::read(matrix, context));
    let rows = tree.entry("cases").map(|cases| cases::read(cases, context, library));

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
    let is_unknown = rows.as_ref().is_some_and(Vec::is_empty) || matches!(matrix, Some(None));
    if is_unknown {
        read_without_cases(tree, name_entry, rows.is_some(), context, library);
        return None;
    }
    let (rows, matrix) = (rows.unwrap_or_default(), matrix.flatten());
    let (axes, combinations) = matrix.as_ref().map(|matrix| (&*matrix.axes, &*matrix.combinations)).unwrap_or_default();
    let settings = settings(&rows, combinations);
    let in_all = settings.len() * steps.items().map_or(0, <[_]>::len);
    let problem = match settings.len() {
        cases if cases > MOST_CASES => Some(matrix::too_many(&name_entry.key.place, cases)),
        _ if in_all > MOST_STEPS_IN_ALL => Some(too_many_steps(&name_entry.key.place, in_all)),
        _ => None,
    };
    if let Some(problem) = problem {
        context.report(problem);
        return None;
    }
    let columns = cases::columns(&rows);
    let names: Vec<String> = axes.iter().map(|axis| axis.key.name.clone()).collect();
    let known = |given: bool, names| if given { Columns::Named(names) } else { Columns::None };
    let mut used = Used::default();
    let bare = without_cases(tree);
    let cases: Vec<Case> = settings
        .iter()
        .flat_map(|setting| {
            let tree = put_in_place(&bare, *setting, &mut used);
            let mut inner = Context::new(known(!rows.is_empty(), &columns), Cast::default());
            inner.axes = known(matrix.is_some(), &names);
            let cases = at_each_moment(*setting, &tree, name_entry, &mut inner, library, &mut runs);
            context.problems.extend(inner.problems);
            cases
        })
        .collect();
    used.report_unused(&rows, axes, context);
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

/// Reads a scenario whose cases are not known, to tell everything that is wrong otherwise.
fn read_without_cases(tree: &Node, name: &Entry, has_rows: bool, context: &mut Context<'_>, library: &mut Library) {
    let mut runs = Vec::new();
    let known = |given| if given { Columns::Unknown } else { Columns::None };
    let mut inner = Context::new(known(has_rows), Cast::default());
    inner.axes = known(tree.get("matrix").is_some());
    at_each_moment(Setting::default(), tree, name, &mut inner, library, &mut runs);
    names::report_unused(&runs, &mut inner);
    // What is to stand here cannot be wrong before it is known.
    let is_open = |problem: &Problem| {
        let text = problem.place.text().trim_start_matches(['"', '\'']);
        text.starts_with("$case.") || text.starts_with("$matrix.")
    };
    let reported = |problem: &Problem| !is_open(problem) || problem.title.contains(" in a scenario without ");
    context.problems.extend(inner.problems.into_iter().filter(reported));
}

/// Every row with every combination.
fn settings<'a>(rows: &'a [Row], combinations: &'a [Combination]) -> Vec<Setting<'a>> {
    fn each<T>(items: &[T]) -> Vec<Option<&T>> {
        if items.is_empty() { vec![None] } else { items.iter().map(Some).collect() }
    }
    let combinations = each(combinations);
    let of_row = |row| combinations.iter().map(move |combination| Setting { row, combination: *combination });
    each(rows).into_iter().flat_map(of_row).collect()
}

/// The scenario without its rows, which are not for replacing.
fn without_cases(tree: &Node) -> Node {
    let entries = tree.entries().unwrap_or_default().iter();
    let entries = entries.filter(|entry| !matches!(entry.key.name.as_str(), "cases" | "matrix")).cloned().collect();
    Node { value: Value::Mapping(entries), place: tree.place.clone() }
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
                .label("none of its steps has an `expect` or a `snapshot`: a green run would mean nothing")
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
                || step.snapshot.is_some()
                || match &step.action {
                    crate::language::Action::Use { flow, .. } => flow.steps.iter().any(expecting),
                    crate::language::Action::Call { .. } => false,
                })
    }
    steps_of(case).any(expecting)
}

/// One case, or the three of a boundary; `tree` has its row and combination in place already.
fn at_each_moment(
    setting: Setting<'_>,
    tree: &Node,
    name: &Entry,
    context: &mut Context<'_>,
    library: &mut Library,
    runs: &mut Vec<Saves>,
) -> Vec<Case> {
    match boundary::moments(tree, context) {
        None => vec![case(setting, tree, name, context, library, runs)],
        Some(moments) => moments
            .into_iter()
            .map(|moment| moment.name(case(setting, &moment.tree, name, context, library, runs)))
            .collect(),
    }
}

/// One case; `tree` has its row and combination in place already.
fn case(
    setting: Setting<'_>,
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
    context.problems.extend(Artefacts::case(steps.iter().chain(&finally)));
    Case {
        name: setting.name(),
        place: setting.row.map_or_else(|| name.node.place.clone(), |row| row.place.clone()),
        picks: setting.combination.map(|combination| combination.picks.clone()).unwrap_or_default(),
        world,
        steps,
        finally,
    }
}

/// The steps under a key, each with the key.
fn nodes_of<'n>(tree: &'n Node, key: &'static str) -> impl Iterator<Item = (&'static str, &'n Node)> {
    tree.get(key).and_then(Node::items).unwrap_or_default().iter().map(move |step| (key, step))
}
