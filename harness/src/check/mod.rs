//! Everything that can be found wrong with scenarios before anything runs, all of it at once.
//!
//! Promises: no problem hides another one in a different place; every problem has its file, line and column; a file that
//! is wrong does not keep the others from being used. It reads files and nothing else: no world is made here.

mod artefacts;
pub(crate) mod boundary;
mod cases;
mod context;
mod fault;
mod files;
pub(crate) mod flow;
mod in_place;
mod library;
pub(crate) mod matchers;
mod matrix;
mod names;
pub(crate) mod retry;
mod rows;
pub(crate) mod scenario;
pub(crate) mod services;
mod snapshot;
pub(crate) mod steps;
mod values;
mod when;
mod world;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::context::{Cast, Columns, Context};
use self::files::Wanted;
use self::library::Library;
pub(crate) use self::library::load as read_file;
use crate::language::{Scenario, Service, World};
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// The scenarios that are in order, in the order of their files.
    pub scenarios: Vec<Arc<Scenario>>,
    /// Everything that is wrong, in the order of files and lines.
    pub problems: Vec<Problem>,
    /// Every file that was read, worlds and flows included.
    pub files: Vec<PathBuf>,
    /// The files of all snapshots that a step refers to, those of cases that were not selected included.
    pub snapshots: BTreeSet<PathBuf>,
}

impl Checked {
    /// The snapshots beside the files that no step refers to any more, each as a problem.
    pub fn left_over_snapshots(&self) -> Vec<Problem> {
        let wrong = self.problems.iter().map(|problem| problem.place.source().path().to_owned()).collect();
        snapshot::left_over(&self.files.iter().cloned().collect(), &wrong, &self.snapshots)
    }
}

/// Checks files and folders. A folder means all its `*.yaml` and `*.yml`, at any depth; `FILE:LINE` means the scenario,
/// or the case, that has that line. A file of rows means the cases that are made of them.
pub fn check_files<P: AsRef<str>>(paths: &[P]) -> Checked {
    check_files_beside(paths, &[])
}

/// Checks files and folders as [`check_files`] does; `services` are those that every scenario can call.
pub fn check_files_beside<P: AsRef<str>>(paths: &[P], services: &[Arc<Service>]) -> Checked {
    let mut library = Library::default();
    library.services = services.to_vec();
    let mut scenarios = Vec::new();
    let mut problems = Vec::new();
    let mut kept = snapshot::Kept::new();
    let wanted = files::wanted(paths, &mut problems);
    for wanted in rows::with_users(wanted, &mut library, &mut problems) {
        check_file(&wanted, &mut library, &mut scenarios, &mut kept, &mut problems);
    }
    problems.append(&mut library.problems);
    sort_problems(&mut problems);
    let snapshots = kept.into_keys().collect();
    Checked { scenarios, problems, files: library.seen.into_iter().collect(), snapshots }
}

/// The files that `paths` mean, in the order in which [`check_files`] reads them; what is wrong goes to `problems`.
pub(crate) fn files_in<P: AsRef<str>>(paths: &[P], problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    files::wanted(paths, problems).into_iter().map(|wanted| wanted.path).collect()
}

/// The world in a file, `like:` resolved.
///
/// # Errors
/// Everything that is wrong with it, and with the files that it is like.
pub fn check_world_file(path: &Path) -> Result<Arc<World>, Vec<Problem>> {
    checked_world(|library, context| library.world_file(&library::normal(path), context)?.world.clone())
}

/// The world that stands in another file under `world:`, such as the project file.
///
/// # Errors
/// Everything that is wrong with it, and with the files that it is like.
pub fn check_world_node(node: &Node) -> Result<Arc<World>, Vec<Problem>> {
    checked_world(|library, context| library.world(node, context))
}

/// The services under test that stand in another file under `services:`, such as the project file.
///
/// # Errors
/// Everything that is wrong with them.
pub fn check_services_node(node: &Node) -> Result<Vec<Arc<Service>>, Vec<Problem>> {
    let mut context = Context::new(Columns::None, Cast::default());
    let services = services::read(node, &mut context);
    if context.problems.is_empty() { Ok(services) } else { Err(context.problems) }
}

fn checked_world(
    read: impl FnOnce(&mut Library, &mut Context<'_>) -> Option<Arc<World>>,
) -> Result<Arc<World>, Vec<Problem>> {
    let mut library = Library::default();
    let mut context = Context::new(Columns::None, Cast::default());
    let world = read(&mut library, &mut context);
    let mut problems = context.problems;
    problems.append(&mut library.problems);
    sort_problems(&mut problems);
    match world {
        Some(world) if problems.is_empty() => Ok(world),
        _ => Err(problems),
    }
}

fn check_file(
    wanted: &Wanted,
    library: &mut Library,
    scenarios: &mut Vec<Arc<Scenario>>,
    kept: &mut snapshot::Kept,
    problems: &mut Vec<Problem>,
) {
    let Some(document) = library.read(&wanted.path) else { return };
    let faulty = library.is_broken(&wanted.path);
    let (source, trees) = &*document;
    if trees.is_empty() {
        // The parser has said why there is nothing, if it knows.
        if !faulty {
            problems.push(unknown_file(source, Place::beginning(source), "the file is empty"));
        }
        return;
    }
    let mut names: Vec<(String, Place)> = Vec::new();
    for tree in trees {
        if tree.get("scenario").is_some() {
            let (scenario, found) = scenario::read(source, tree, library);
            let good = found.is_empty() && !faulty;
            problems.extend(found);
            let Some(scenario) = scenario else { continue };
            if let Some((_, first)) = names.iter().find(|(name, _)| *name == scenario.name) {
                problems.push(
                    Problem::new(scenario.place.clone(), format!("a second scenario `{}` in one file", scenario.name))
                        .also(first.clone(), "the first")
                        .hint("each scenario has a name of its own, by which `--name` finds it"),
                );
                continue;
            }
            names.push((scenario.name.clone(), scenario.place.clone()));
            snapshot::keep(&scenario, kept, problems);
            // A world that is wrong was reported at its own file; the scenario cannot run without it.
            let whole = scenario.cases.iter().all(|case| case.world.is_some())
                || tree.get("world").is_none_or(crate::yaml::Node::is_null);
            if good
                && whole
                && let Some(scenario) = files::select(scenario, tree, wanted)
            {
                scenarios.push(Arc::new(scenario));
            }
        } else if tree.get("flow").is_some() {
            let mut context = Context::new(Columns::Flow, Cast::default());
            library.flow_file(&wanted.path, None, &mut context);
            problems.extend(context.problems);
        } else if files::is_world(&wanted.path, tree) {
            let mut context = Context::new(Columns::None, Cast::default());
            library.world_file(&wanted.path, &mut context);
            problems.extend(context.problems);
        } else {
            problems.push(unknown_file(source, first_key(tree), "neither a scenario, nor a flow, nor a world"));
        }
    }
}

fn first_key(tree: &Node) -> Place {
    tree.entries().and_then(<[_]>::first).map_or_else(|| tree.place.clone(), |entry| entry.key.place.clone())
}

fn unknown_file(source: &Arc<Source>, place: Place, title: &str) -> Problem {
    Problem::new(place, format!("{title}: {}", source.name()))
        .hint("a scenario begins with `scenario: NAME`, a flow with `flow: NAME`; a world has `wechat:` or `idaas:`")
}

/// How many problems of one file are told: who sees a hundred need not see the rest.
const MOST_TOLD: usize = 100;

/// By file and line; each problem once, though several cases or users of a file may have met it.
fn sort_problems(problems: &mut Vec<Problem>) {
    let mut met = HashSet::new();
    problems
        .retain(|problem| met.insert((problem.place.source().name(), problem.place.start(), problem.title.clone())));
    problems.sort_by_cached_key(|problem| (problem.place.source().name(), problem.place.start()));
    let mut told = Vec::with_capacity(problems.len());
    for of_file in problems.chunk_by(|one, other| one.place.source().name() == other.place.source().name()) {
        told.extend_from_slice(&of_file[..of_file.len().min(MOST_TOLD)]);
        if let Some(next) = of_file.get(MOST_TOLD) {
            let more = of_file.len() - MOST_TOLD;
            told.push(Problem::new(next.place.clone(), format!("and {more} more problems from here on")));
        }
    }
    *problems = told;
}
