//! Scenarios in the test suite of another program, as its authors meet them: what is told when they do not pass.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

use std::fs;

use harness::embed::{self, NotPassed};
use libtest_mimic::{Arguments, Conclusion};
use tempfile::TempDir;

const GOOD: &str = "scenario: A stranger is told to register\nsteps:
  - wx.login: { as: alice }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: USER_REGISTER }\n";

/// A folder with these files, and its path.
fn folder(files: &[(&str, &str)]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().to_string_lossy().into_owned();
    (folder, path)
}

/// Compares a message with its snapshot, the folder and the real times taken out.
macro_rules! assert_told {
    ($text:expr, $path:expr $(, @$inline:literal)?) => {
        insta::with_settings!({ filters => [(r"\d+ ms", "[time]")] }, {
            insta::assert_snapshot!($text.to_string().replace(&$path, "[folder]") $(, @$inline)?)
        })
    };
}

/// Runs the cases as tests on so many threads; what was counted, and what was written.
fn tested(path: &str, threads: usize) -> (Conclusion, String) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let logfile = Some(log.path().to_string_lossy().into_owned());
    let arguments = Arguments { logfile, test_threads: Some(threads), ..Arguments::default() };
    let conclusion = libtest_mimic::run(&arguments, embed::trials(&[path]));
    (conclusion, fs::read_to_string(log.path()).unwrap())
}

#[test]
fn scenarios_that_pass_give_their_result() {
    let (_folder, path) = folder(&[("good.yaml", GOOD)]);
    let result = embed::run(&[path]).unwrap();
    assert_eq!(result.summary().passed, 1);
}

#[test]
fn a_test_inside_a_runtime_can_run_scenarios_too() {
    let (_folder, path) = folder(&[("good.yaml", GOOD)]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { embed::run(&[path]).unwrap() });
}

#[test]
fn a_scenario_that_fails_is_told_as_on_the_command_line() {
    let (_folder, path) = folder(&[("good.yaml", GOOD), ("bad.yaml", &GOOD.replace("USER_REGISTER", "SUCCESS"))]);
    let error = embed::run(&[&path]).unwrap_err();
    assert_told!(error, path);
    assert_eq!(format!("{error:?}"), format!("\n{error}"));
    assert!(matches!(error, NotPassed::Failed(result) if result.summary().passed == 1));
}

#[test]
fn files_that_are_not_in_order_are_all_told_and_nothing_runs() {
    let (_folder, path) = folder(&[
        ("good.yaml", GOOD),
        ("one.yaml", &GOOD.replace("expect:", "expct:")),
        ("two.yaml", &GOOD.replace("alice", "alicia")),
    ]);
    let error = embed::run(&[&path]).unwrap_err();
    assert_told!(error, path);
}

#[test]
fn a_folder_without_scenarios_does_not_pass() {
    let (_folder, path) = folder(&[]);
    let error = embed::run(&[&path]).unwrap_err();
    assert_told!(error, path);
    let (conclusion, log) = tested(&path, 1);
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (0, 1), "{log}");
}

#[test]
fn every_case_and_every_wrong_file_is_a_test() {
    let cases = "scenario: Who is known\ncases:\n  - { name: bob, person: bob, status: SUCCESS }
  - { name: alice, person: alice, status: SUCCESS }\nsteps:\n  - wx.login: { as: $case.person }
    save: { code: code }\n  - idaas.login: { code: $code }\n    expect: { status: $case.status }\n";
    let wrong = GOOD.replace("expect:", "expct:").replace("alice", "alicia");
    let (_folder, path) = folder(&[("cases.yaml", cases), ("wrong.yaml", &wrong)]);
    let names: Vec<String> = embed::trials(&[&path]).iter().map(|trial| trial.name().to_owned()).collect();
    assert_told!(names.join("\n"), path, @r"
    [folder]/wrong.yaml
    [folder]/cases.yaml › Who is known › bob
    [folder]/cases.yaml › Who is known › alice
    ");
    let (conclusion, log) = tested(&path, 1);
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (1, 2), "{log}");
}

#[test]
fn cases_of_a_service_that_has_one_port_take_turns() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mockwx = env!("CARGO_BIN_EXE_mockwx");
    let text = format!(
        "scenario: The service lives\nservices:\n  shop:
    command: [{mockwx:?}, serve, --listen, '127.0.0.1:{port}']\n    port: {port}\n    ready: /livez\n    per: run
cases: [{{ name: one }}, {{ name: two }}, {{ name: three }}]\nsteps:
  - http: {{ to: shop, path: /livez }}\n    expect: {{ http_status: 200 }}\n"
    );
    let (_folder, path) = folder(&[("shop.yaml", &text)]);
    let (conclusion, log) = tested(&path, 3);
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (3, 0), "{log}");
}
