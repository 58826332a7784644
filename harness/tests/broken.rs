//! Every broken file of `tests/broken` with what people are told about it.
//!
//! A file in a folder of it is a part of others; those beside this list are checked one by one.

use std::path::Path;

use harness::check::check_files;
use harness::problem::Style;

#[test]
fn every_broken_file_is_told_with_place_excerpt_and_way_out() {
    let folder = Path::new("tests/broken");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() >= 40, "only {} broken files", files.len());
    for file in files {
        let checked = check_files(&[file.to_str().unwrap()]);
        assert!(!checked.problems.is_empty(), "nothing is wrong with {}", file.display());
        let told: Vec<String> = checked.problems.iter().map(|problem| problem.render(Style::Plain)).collect();
        insta::with_settings!({ snapshot_path => "broken/told", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(file.file_stem().unwrap().to_str().unwrap(), told.join("\n\n"));
        });
    }
}
