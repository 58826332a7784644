//! Which of the files that are watched a change touches.
//!
//! Promises: whatever uses a changed file, by however many files in between, is touched; so is what is new, and what could
//! not be used before, since the change may have mended it. It looks at no file: what uses what comes in from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What has changed since somebody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Just these files.
    Files(BTreeSet<PathBuf>),
    /// Nobody knows what: the project file, or more than the system could tell.
    Anything,
}

/// What a check of one file found about what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uses {
    /// All files that were read for it, itself included.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Whether nothing was wrong.
    pub(crate) sound: bool,
}

/// What is watched, by the words it was named with (`FILE`, `FILE:LINE`), and what each uses.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    uses: BTreeMap<String, Uses>,
}

impl Graph {
    /// Learns what `name` uses now.
    pub(crate) fn learn(&mut self, name: String, uses: Uses) {
        self.uses.insert(name, uses);
    }

    /// Forgets everything that is not one of `names`.
    pub(crate) fn keep(&mut self, names: &[String]) {
        let names: BTreeSet<&String> = names.iter().collect();
        self.uses.retain(|name, _| names.contains(name));
    }

    /// Those of `names` that `changed` touches, in their order.
    pub(crate) fn touched(&self, names: &[String], changed: &Changed) -> Vec<String> {
        let is_touched = |name: &&String| match (self.uses.get(*name), changed) {
            (None, _) | (_, Changed::Anything) => true,
            (Some(uses), Changed::Files(files)) => {
                !files.is_disjoint(&uses.files) || !uses.sound && files.iter().any(|file| may_mend(file))
            }
        };
        names.iter().filter(is_touched).cloned().collect()
    }

    /// Those files of a change that are worth a word: what is used, and what could be.
    pub(crate) fn noticed<'a>(&self, changed: &'a Changed) -> Vec<&'a Path> {
        let Changed::Files(files) = changed else { return Vec::new() };
        let used = self.files();
        files.iter().map(PathBuf::as_path).filter(|file| used.contains(file) || may_mend(file)).collect()
    }

    /// Every file that something uses.
    pub(crate) fn files(&self) -> BTreeSet<&Path> {
        self.uses.values().flat_map(|uses| &uses.files).map(PathBuf::as_path).collect()
    }
}

/// Whether a file could be the one that another misses: not what editors keep beside it while they write.
fn may_mend(file: &Path) -> bool {
    let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let is_ours = |extension: &str| ["yaml", "yml", "csv"].iter().any(|ours| extension.eq_ignore_ascii_case(ours));
    !hidden && file.extension().is_some_and(|extension| is_ours(&extension.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeSet<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    fn changed(names: &[&str]) -> Changed {
        Changed::Files(files(names))
    }

    /// Two logins by one flow and world, one with rows; a file that does not check; a line of a file.
    fn graph() -> (Graph, Vec<String>) {
        let mut graph = Graph::default();
        let used = [
            ("first.yaml", files(&["first.yaml", "flows/login.yaml", "worlds/shop.yaml", "worlds/base.yaml"]), true),
            ("second.yaml", files(&["second.yaml", "flows/login.yaml", "rows.csv"]), true),
            ("wrong.yaml", files(&["wrong.yaml"]), false),
            ("alone.yaml:7", files(&["alone.yaml"]), true),
        ];
        let names = used.iter().map(|(name, ..)| (*name).to_owned()).collect();
        for (name, files, sound) in used {
            graph.learn(name.to_owned(), Uses { files, sound });
        }
        (graph, names)
    }

    #[test]
    fn a_change_touches_everything_that_uses_the_file_however_far_away() {
        let (graph, names) = graph();
        let touched = |names_changed: &[&str]| graph.touched(&names, &changed(names_changed));
        assert_eq!(touched(&["worlds/base.yaml"]), ["first.yaml", "wrong.yaml"]);
        assert_eq!(touched(&["flows/login.yaml"]), ["first.yaml", "second.yaml", "wrong.yaml"]);
        assert_eq!(touched(&["alone.yaml", "rows.csv"]), ["second.yaml", "wrong.yaml", "alone.yaml:7"]);
    }

    #[test]
    fn what_is_wrong_is_looked_at_again_when_a_file_might_have_mended_it() {
        let (graph, names) = graph();
        assert_eq!(graph.touched(&names, &changed(&["flows/new.yml"])), ["wrong.yaml"]);
        for other in [".first.yaml.swp", ".#first.yaml", "server.log", "4913", "first.yaml~"] {
            assert!(graph.touched(&names, &changed(&[other])).is_empty(), "{other}");
        }
    }

    #[test]
    fn what_is_new_is_touched_and_what_is_gone_is_not() {
        let (mut graph, mut names) = graph();
        names.retain(|name| name != "second.yaml");
        names.push("third.yaml".to_owned());
        assert_eq!(graph.touched(&names, &changed(&["second.yaml"])), ["wrong.yaml", "third.yaml"]);
        graph.keep(&names);
        assert!(!graph.files().contains(Path::new("rows.csv")));
        assert!(graph.files().contains(Path::new("worlds/base.yaml")));
    }

    #[test]
    fn everything_is_touched_when_nobody_knows_what_changed() {
        let (graph, names) = graph();
        assert_eq!(graph.touched(&names, &Changed::Anything), names);
        assert!(graph.touched(&names, &changed(&[])).is_empty());
    }
}
