//! Which files are meant.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use super::library::normal;
use crate::language::Scenario;
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// A file that is to be checked.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Its path.
    pub(super) path: PathBuf,
    /// The lines that were named; none: all of it.
    pub(super) lines: Vec<usize>,
}

/// The files that `paths` mean, each once, in the order of the paths and sorted within a folder.
pub(super) fn wanted<P: AsRef<str>>(paths: &[P], problems: &mut Vec<Problem>) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut known: HashMap<PathBuf, usize> = HashMap::new();
    for text in paths {
        let text = text.as_ref();
        let (path, line) = match text.rsplit_once(':') {
            Some((path, line)) if !Path::new(text).exists() => match line.parse() {
                Ok(line) => (path, Some(line)),
                Err(_) => (text, None),
            },
            _ => (text, None),
        };
        let path = Path::new(path);
        let mut found = Vec::new();
        if path.is_dir() {
            walk(path, &mut found, problems);
            found.sort();
        } else {
            found.push(path.to_path_buf());
        }
        for path in found {
            let path = normal(&path);
            match known.entry(path) {
                // Naming a whole file beside a line of it means the whole file.
                Entry::Occupied(place) => {
                    let lines = &mut wanted[*place.get()].lines;
                    match line {
                        Some(line) if !lines.is_empty() => lines.push(line),
                        _ => lines.clear(),
                    }
                }
                Entry::Vacant(place) => {
                    wanted.push(Wanted { path: place.key().clone(), lines: line.into_iter().collect() });
                    place.insert(wanted.len() - 1);
                }
            }
        }
    }
    wanted
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let place = Place::beginning(&Source::new(folder, ""));
            problems.push(Problem::new(place, format!("the folder cannot be read: {error}")));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden || is_project_file(&path) {
            continue;
        }
        // Links to folders are not followed: one that leads back up would never end.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, found, problems);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") && path.is_file()
        {
            found.push(path);
        }
    }
}

fn is_project_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "mockwx.yaml" || name == "mockwx.yml")
}

/// Whether a file without `scenario:` and `flow:` is a world.
pub(super) fn is_world(path: &Path, tree: &Node) -> bool {
    let folder = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "worlds");
    folder || ["wechat", "idaas", "seed", "clock", "like"].iter().any(|key| tree.get(key).is_some())
}

/// The scenario with the cases that have one of the lines; all of them when a line is elsewhere in it; `None` when no
/// line is in it.
pub(super) fn select(mut scenario: Scenario, tree: &Node, lines: &[usize]) -> Option<Scenario> {
    if lines.is_empty() {
        return Some(scenario);
    }
    let has = |place: &Place, line: usize| (place.line()..=place.last_line()).contains(&line);
    let inside: Vec<usize> = lines.iter().copied().filter(|line| has(&tree.place, *line)).collect();
    if inside.is_empty() {
        return None;
    }
    let of_case = |line: usize| scenario.cases.iter().any(|case| case.name.is_some() && has(&case.place, line));
    if inside.iter().all(|line| of_case(*line)) {
        scenario.cases.retain(|case| inside.iter().any(|line| has(&case.place, *line)));
    }
    Some(scenario)
}
