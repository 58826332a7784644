//! From nodes to snapshots, and from snapshots to the files that nobody refers to any more.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::context::{Columns, Context, wrong_kind};
use crate::language::{Scenario, Snapshot, slug};
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::Entry;

/// Reads `snapshot: NAME`, or `snapshot: true` of a step that says `word`.
pub(super) fn read(entry: &Entry, word: &str, context: &mut Context<'_>) -> Option<Snapshot> {
    if matches!(context.columns, Columns::Flow) {
        context.report(
            Problem::new(entry.key.place.clone(), "`snapshot` in a flow")
                .label("what a flow answers depends on who uses it")
                .hint("take the snapshot where it is used: `use: …` can have one of the flow's outputs"),
        );
        return None;
    }
    let name = match entry.node.text() {
        Some("true") => slug(word),
        Some(text) if text != "false" && is_file_name(text) => text.to_owned(),
        Some(text) if text != "false" => {
            context.report(
                Problem::new(entry.node.place.clone(), format!("`{text}` cannot be the name of a snapshot"))
                    .hint("it becomes a part of a file's name: letters, digits, `-` and `_`"),
            );
            return None;
        }
        _ => {
            context.report(wrong_kind(&entry.node, "`snapshot`", "a name, or `true`", "snapshot: first-visit"));
            return None;
        }
    };
    Some(Snapshot { name, place: entry.node.place.clone() })
}

fn is_file_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// The snapshots of one file's scenarios, each with where it was asked for first.
pub(super) type Kept = HashMap<PathBuf, Place>;

/// Adds the snapshots of a scenario; two answers in one file are a problem.
pub(super) fn keep(scenario: &Scenario, kept: &mut Kept, problems: &mut Vec<Problem>) {
    for case in &scenario.cases {
        for snapshot in case.steps.iter().chain(&case.finally).filter_map(|step| step.snapshot.as_ref()) {
            let path = snapshot.path(scenario.source.path(), case.name.as_deref());
            if let Some(first) = kept.get(&path) {
                let problem =
                    Problem::new(snapshot.place.clone(), format!("two answers in one snapshot, {}", shown(&path)));
                let problem = if *first == snapshot.place {
                    problem.label("of two cases whose names are too much alike")
                } else {
                    problem.also(first.clone(), "the first")
                };
                problems.push(
                    problem.hint("give each a name of its own: `snapshot: second-visit`; names of cases must differ in letters or digits"),
                );
            } else {
                kept.insert(path, snapshot.place.clone());
            }
        }
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The snapshots beside the files of `folders` that nothing in `kept` is; of files in which something is wrong it is not
/// known.
pub(super) fn left_over(
    files: &BTreeSet<PathBuf>,
    wrong: &BTreeSet<PathBuf>,
    kept: &BTreeSet<PathBuf>,
) -> Vec<Problem> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    let mut problems = Vec::new();
    for folder in folders {
        // Without such a folder there are no snapshots.
        let Ok(entries) = std::fs::read_dir(folder.join("snapshots")) else { continue };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "snap")) {
            let stem = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once("__"));
            let Some((stem, _)) = stem else { continue };
            let of = |file: &&PathBuf| {
                file.parent() == Some(folder) && file.file_stem().is_some_and(|of_file| of_file == stem)
            };
            let unsure = wrong.iter().any(|file| of(&file));
            let known = files.iter().any(|file| of(&file)) || is_gone(folder, stem);
            if known && !unsure && !kept.contains(&path) && is_ours(&path) {
                let place = Place::beginning(&Source::new(&path, ""));
                problems.push(
                    Problem::new(place, "a snapshot that no step refers to")
                        .hint(format!("remove {}, or name it in a step: `snapshot: NAME`", shown(&path))),
                );
            }
        }
    }
    problems
}

fn is_gone(folder: &Path, stem: &str) -> bool {
    !["yaml", "yml"].iter().any(|kind| folder.join(format!("{stem}.{kind}")).exists())
}

/// Other programs keep snapshots in folders of this name, too: those of scenarios say so.
fn is_ours(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let source = text.lines().take_while(|line| !line.starts_with('{')).find_map(|line| line.strip_prefix("source: "));
    source.is_some_and(|source| {
        let source = source.trim_matches('"');
        Path::new(source).extension().is_some_and(|kind| kind == "yaml" || kind == "yml")
    })
}
