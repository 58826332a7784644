//! Files of rows: whose they are. `mockwx run rows.csv:3` means the cases that are made of line 3 of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::files::{self, Wanted};
use super::library::{Library, is_table, normal};
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// How many folders above a file of rows are searched for scenarios that use it.
const FARTHEST: usize = 4;

/// The files that are wanted, with the scenarios that use it in place of each file of rows.
pub(super) fn with_users(wanted: Vec<Wanted>, library: &mut Library, problems: &mut Vec<Problem>) -> Vec<Wanted> {
    let mut kept: Vec<Wanted> = Vec::new();
    let mut tables = Vec::new();
    for wanted in wanted {
        if is_rows(&wanted.path, library) { tables.push(wanted) } else { kept.push(wanted) }
    }
    let mut known: HashMap<PathBuf, usize> =
        kept.iter().enumerate().map(|(at, wanted)| (wanted.path.clone(), at)).collect();
    for table in tables {
        let mentioned: Vec<PathBuf> = kept.iter().map(|wanted| wanted.path.clone()).collect();
        let users = users(&table.path, &mentioned, library);
        if users.is_empty() {
            problems.push(used_by_nobody(&table.path, library));
        }
        let lines = || match table.lines.as_slice() {
            [] => vec![None],
            lines => lines.iter().copied().map(Some).collect(),
        };
        for user in users {
            let rows = lines().into_iter().map(|line| (table.path.clone(), line));
            match known.get(&user) {
                // All of it is wanted already.
                Some(at) if kept[*at].lines.is_empty() && kept[*at].rows.is_empty() => {}
                Some(at) => kept[*at].rows.extend(rows),
                None => {
                    known.insert(user.clone(), kept.len());
                    kept.push(Wanted { path: user, lines: Vec::new(), rows: rows.collect() });
                }
            }
        }
    }
    kept
}

/// Whether a file holds rows: a table, or a YAML file that is one list.
fn is_rows(path: &Path, library: &mut Library) -> bool {
    is_table(path)
        || library.read(path).is_some_and(|document| {
            matches!(document.1.as_slice(), [tree] if tree.items().is_some_and(|items| {
                items.iter().any(|item| item.get("name").is_some())
            }))
        })
}

/// The files with scenarios whose `cases:` come from the file `path`: among those that are wanted anyway; else in its
/// folder or below; else in the folders above.
fn users(path: &Path, wanted: &[PathBuf], library: &mut Library) -> Vec<PathBuf> {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return Vec::new() };
    let mut users_of = |candidates: Vec<PathBuf>| -> Vec<PathBuf> {
        candidates.into_iter().filter(|candidate| uses(candidate, path, &name, library)).collect()
    };
    let found = users_of(wanted.to_vec());
    if !found.is_empty() {
        return found;
    }
    for (up, folder) in path.ancestors().skip(1).take(FARTHEST).enumerate() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        // Above the file itself only the working folder is searched to its bottom: an absolute path leads up to everything
        // there is. A folder that cannot be read is told to who wants it checked.
        let is_deep = up == 0 || path.is_relative();
        let candidates = files::all_below(folder, is_deep, &mut Vec::new());
        let found = users_of(candidates.iter().map(|found| normal(found)).collect());
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn uses(candidate: &Path, path: &Path, name: &str, library: &mut Library) -> bool {
    // Files that do not even mention it are not parsed, and what is wrong with them is not told.
    if candidate == path || !std::fs::read_to_string(candidate).is_ok_and(|text| text.contains(name)) {
        return false;
    }
    let Some(document) = library.read(candidate) else { return false };
    let from = |tree: &Node| {
        let from = tree.get("cases")?.get("from")?;
        library.locate(from.text()?, &from.place).ok()
    };
    document.1.iter().any(|tree| from(tree).is_some_and(|found| found == path))
}

fn used_by_nobody(path: &Path, library: &mut Library) -> Problem {
    let place = match library.read(path).as_deref() {
        Some((_, trees)) if !trees.is_empty() => Place::beginning(trees[0].place.source()),
        Some((source, _)) => Place::beginning(source),
        None => Place::beginning(&Source::new(path, "")),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Problem::new(place, format!("no scenario uses these rows: {}", path.to_string_lossy().replace('\\', "/"))).hint(
        format!("use them in a scenario with `cases: {{ from: {name} }}`; a scenario begins with `scenario: NAME`"),
    )
}
