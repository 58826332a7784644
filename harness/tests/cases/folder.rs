//! Files of one test.

use harness::check::{Checked, check_files};
use harness::problem::Style;
use harness::run::{CaseId, Plan, Selection, Summary, run};
use tempfile::TempDir;

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A folder with these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    /// Checks files of it.
    pub(crate) fn check(&self, names: &[&str]) -> Checked {
        let paths: Vec<String> = names.iter().map(|name| self.path(name)).collect();
        check_files(&paths)
    }

    /// Problems as people read them, paths shortened.
    pub(crate) fn told(&self, name: &str) -> String {
        let folder = format!("{}/", self.0.path().to_string_lossy());
        let problems = self.check(&[name]).problems;
        problems
            .iter()
            .map(|problem| problem.render(Style::Plain).replace(&folder, ""))
            .collect::<Vec<_>>()
            .join("\n\n")
    }

    /// The names of the cases that are selected.
    pub(crate) fn cases(&self, names: &[&str]) -> Vec<String> {
        let checked = self.check(names);
        assert_eq!(checked.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
        let ids = Selection::default().of(&checked.scenarios);
        ids.iter().filter_map(|id| id.case().name.clone()).collect()
    }
}

/// Runs cases, one after the other.
pub(crate) fn summary(cases: Vec<CaseId>) -> Summary {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(cases, &Plan::default(), std::future::pending(), |_| {})).summary()
}
