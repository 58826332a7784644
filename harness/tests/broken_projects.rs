//! Every broken project file of `tests/broken-projects` with what people are told about it, and how the program ends.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

use std::path::Path;
use std::process::Command;

#[test]
fn every_broken_project_file_is_told_with_place_excerpt_and_way_out() {
    let mut files: Vec<_> =
        std::fs::read_dir("tests/broken-projects").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() >= 20, "only {} broken files", files.len());
    for file in files {
        insta::with_settings!({ snapshot_path => "broken-projects/told", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(file.file_stem().unwrap().to_str().unwrap(), told(&file));
        });
    }
}

/// What `mockwx run` says in a folder with this project file; it runs nothing.
fn told(project: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(project, folder.path().join("mockwx.yaml")).unwrap();
    let scenario = "scenario: A visit\nsteps:\n  - wx.login: {}\n    expect: { errMsg: login:ok }\n";
    std::fs::write(folder.path().join("visit.yaml"), scenario).unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_mockwx")).arg("run").current_dir(folder.path()).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    format!("exit {}\n{}{}", output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}
