//! Which files are meant.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use super::library::normal;
use crate::language::{Case, Scenario};
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
    /// The files of rows, with the line, that stand for this file; none: all of it.
    pub(super) rows: Vec<(PathBuf, Option<usize>)>,
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
            found = all_below(path, true, problems);
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
                    wanted.push(Wanted {
                        path: place.key().clone(),
                        lines: line.into_iter().collect(),
                        rows: Vec::new(),
                    });
                    place.insert(wanted.len() - 1);
                }
            }
        }
    }
    wanted
}

/// All scenarios, flows and worlds of a folder, and of those in it where it is `deep`; sorted.
pub(super) fn all_below(folder: &Path, deep: bool, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, deep, &mut found, problems);
    found.sort();
    found
}

fn walk(folder: &Path, deep: bool, found: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
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
            if deep {
                walk(&path, deep, found, problems);
            }
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

/// The scenario with the cases that are wanted: those that have one of the lines, in it or in its rows' own file; all of
/// them when a line is elsewhere in the scenario; `None` when no line is in it.
pub(super) fn select(mut scenario: Scenario, tree: &Node, wanted: &Wanted) -> Option<Scenario> {
    if wanted.lines.is_empty() && wanted.rows.is_empty() {
        return Some(scenario);
    }
    let has = |place: &Place, line: usize| (place.line()..=place.last_line()).contains(&line);
    let own = |place: &Place| std::ptr::eq(&**place.source(), &*scenario.source);
    let has_own = |case: &Case, line: usize| {
        own(&case.place) && has(&case.place, line) || case.picks.iter().any(|pick| own(pick) && has(pick, line))
    };
    let inside: Vec<usize> = wanted.lines.iter().copied().filter(|line| has(&tree.place, *line)).collect();
    let of_case = |line: usize| scenario.cases.iter().any(|case| case.name.is_some() && has_own(case, line));
    if inside.iter().any(|line| !of_case(*line)) {
        return Some(scenario);
    }
    let is_wanted = |case: &Case| {
        let in_rows = |(file, line): &(PathBuf, Option<usize>)| {
            case.place.source().path() == file && line.is_none_or(|line| has(&case.place, line))
        };
        inside.iter().any(|line| has_own(case, *line)) || wanted.rows.iter().any(in_rows)
    };
    let keep: Vec<bool> = scenario.cases.iter().map(is_wanted).collect();
    let mut keep = keep.into_iter();
    scenario.cases.retain(|_| keep.next().unwrap_or_default());
    (!scenario.cases.is_empty()).then_some(scenario)
}
