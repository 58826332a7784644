//! Every broken file of `tests/broken` with what people are told about it.
//!
//! A file in a folder of it is a part of others; those beside this list are checked one by one.

use std::path::{Path, PathBuf};

use harness::check::check_files;
use harness::problem::Style;
use proptest::prelude::*;

#[test]
fn every_broken_file_is_told_with_place_excerpt_and_way_out() {
    let folder = Path::new("tests/broken");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() >= 200, "only {} broken files", files.len());
    for file in files {
        let checked = check_files(&[file.to_str().unwrap()]);
        assert!(!checked.problems.is_empty(), "nothing is wrong with {}", file.display());
        let told: Vec<String> = checked.problems.iter().map(|problem| problem.render(Style::Plain)).collect();
        insta::with_settings!({ snapshot_path => "broken/told", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(file.file_stem().unwrap().to_str().unwrap(), told.join("\n\n"));
        });
    }
}

#[test]
fn no_broken_file_hides_what_is_wrong_with_another() {
    let folder = "tests/broken";
    let together: Vec<String> = check_files(&[folder]).problems.iter().map(ToString::to_string).collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        // What is wrong with a file that others use is told once.
        for problem in check_files(&[path.to_str().unwrap()]).problems {
            assert!(together.contains(&problem.to_string()), "{problem} is told only when {} is alone", path.display());
        }
    }
}

fn shipped() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new("../scenarios"), &mut found);
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_scenario_with_any_bytes_changed_is_checked_to_its_end(
        file: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let files = shipped();
        let mut bytes = std::fs::read(file.get(&files)).unwrap();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len().max(1));
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => { bytes.remove(at); }
                _ => bytes.insert(at.min(bytes.len()), b" \t\n:-{}[]$&*\"'#"[usize::from(byte) % 15]),
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("changed.yaml");
        std::fs::write(&path, &bytes).unwrap();
        for problem in check_files(&[path.to_str().unwrap()]).problems {
            prop_assert!(!problem.render(Style::Plain).is_empty());
        }
    }
}
