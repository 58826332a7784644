//! `snapshot:` — an answer that is kept in a file, and compared with from then on.

use std::path::{Path, PathBuf};

use crate::source::Place;

/// The snapshot of one step.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its name, which is a part of its file's name.
    pub name: String,
    /// Where the name stands.
    pub place: Place,
}

impl Snapshot {
    /// The file of it: in `snapshots/` beside the scenario, one for each case.
    pub fn path(&self, scenario: &Path, case: Option<&str>) -> PathBuf {
        let stem = scenario.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let case = case.map(|case| format!("__{}", slug(case))).unwrap_or_default();
        let folder = scenario.parent().unwrap_or(Path::new(""));
        folder.join("snapshots").join(format!("{stem}__{}{case}.snap", self.name))
    }
}

/// A text as a part of a file's name: letters and digits stay, everything between them is one `-`.
pub fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_snapshot_has_a_file_for_each_case() {
        let snapshot = Snapshot { name: "visit".to_owned(), place: Place::beginning(&Source::new("t", "")) };
        let path = |case| snapshot.path(Path::new("scenarios/login/first.yaml"), case).to_string_lossy().into_owned();
        assert_eq!(path(None), "scenarios/login/snapshots/first__visit.snap");
        assert_eq!(path(Some("one second › late")), "scenarios/login/snapshots/first__visit__one-second-late.snap");
        assert_eq!(path(Some("微信 登录")), "scenarios/login/snapshots/first__visit__微信-登录.snap");
        assert_eq!(snapshot.path(Path::new("a.yaml"), None), Path::new("snapshots/a__visit.snap"));
    }
}
