//! The examples do what their pages say: each is run by the program as its reader would run it.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples").join(name)
}

/// Panics unless there is a Node that the examples can run on.
fn node_20() {
    let node = Command::new("node").arg("--version").output();
    let node = node.expect("the examples need Node 20 or newer on the PATH: install it and run the tests again");
    let version = String::from_utf8(node.stdout).unwrap();
    let major: Option<u32> =
        version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok());
    assert!(major >= Some(20), "the examples need Node 20 or newer, this is {}", version.trim());
}

/// The JSON report of a run in an example's folder, without the real times.
fn report(name: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mockwx"));
    command.args(["run", "--report", "json=-"]).args(arguments).current_dir(example(name));
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["summary"].as_object_mut().unwrap().remove("duration_ms");
    for scenario in report["scenarios"].as_array_mut().unwrap() {
        scenario.as_object_mut().unwrap().remove("duration_ms");
    }
    report
}

#[test]
fn the_shop_passes_alone_and_in_company() {
    node_20();
    let one_by_one = report("shop-node", &["--jobs", "1"]);
    assert!(one_by_one["summary"]["passed"].as_u64() > Some(10), "{}", one_by_one["summary"]);
    let together = report("shop-node", &["--jobs", "4", "--shuffle=7"]);
    assert_eq!(together["scenarios"], one_by_one["scenarios"]);
}
