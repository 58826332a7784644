//! Which cases a run takes: shards, those that failed before, repetitions, and when it stops.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sandbox::{RIGHT, Sandbox, TYPO, WRONG, snapshot};

fn book() -> Sandbox {
    Sandbox::new().file("scenarios/first.yaml", RIGHT).file("scenarios/login/expiry.yaml", WRONG)
}

/// A scenario of so many cases.
fn rows(count: usize) -> String {
    let rows: String = (0..count).map(|row| format!("  - {{ name: row {row} }}\n")).collect();
    format!(
        "scenario: Rows\ncases:\n{rows}steps:\n  - clock.freeze: {{}}\n    note: $case.name\n    \
         expect: {{ mode: frozen }}\n"
    )
}

/// The names of the cases that a report has.
fn names(sandbox: &Sandbox, report: &str) -> BTreeSet<String> {
    let report: Value = serde_json::from_str(&sandbox.read(report)).unwrap();
    let cases = report["scenarios"].as_array().unwrap().iter();
    cases.map(|case| format!("{} › {}", case["name"].as_str().unwrap(), case["case"])).collect()
}

#[test]
fn shards_together_are_everything_and_a_new_case_moves_no_other() {
    let shards = |sandbox: &Sandbox| {
        (1..=3)
            .map(|number| {
                assert_eq!(sandbox.code(&format!("run . --shard {number}/3 --report json=shard.json")), 0);
                names(sandbox, "shard.json")
            })
            .collect::<Vec<_>>()
    };
    let before = shards(&Sandbox::new().file("rows.yaml", &rows(20)));
    assert_eq!(before.iter().map(BTreeSet::len).sum::<usize>(), 20);
    let after = shards(&Sandbox::new().file("rows.yaml", &rows(21)).file("a/first.yaml", RIGHT));
    assert_eq!(after.iter().map(BTreeSet::len).sum::<usize>(), 22);
    for (before, after) in before.iter().zip(&after) {
        assert!(before.is_subset(after), "{before:?} {after:?}");
    }
}

#[test]
fn a_shard_without_a_case_exits_with_4_and_nonsense_with_2() {
    let sandbox = Sandbox::new().file("first.yaml", RIGHT);
    let empty = (1..=2).find(|number| sandbox.code(&format!("run . --shard {number}/2")) == 4).unwrap();
    let told = sandbox.run(&format!("run . --shard {empty}/2"));
    assert!(told.contains(&format!("error: none of the 1 selected cases is in shard {empty}/2\n")), "{told}");
    snapshot!(sandbox.run("run . --shard 3/2"), @r"
    exit 2
    ----- stderr
    error: --shard: `3/2` is no shard
    hint: `2/5` is the second of five
    ");
}

#[test]
fn what_failed_last_time_runs_again_by_its_report() {
    let sandbox = book();
    assert_eq!(sandbox.code("run --report json=last.json"), 1);
    let told = sandbox.run("run --failed=last.json -v");
    assert!(told.contains("FAIL scenarios/login/expiry.yaml › A login code lives five minutes › one second late"));
    assert!(told.contains("\n1 failed (1 file, ") && !told.contains("PASS"), "{told}");
    assert_eq!(sandbox.code("run --failed"), 2);
}

#[test]
fn with_a_report_in_the_project_file_the_flag_needs_no_name() {
    let sandbox = book().file("mockwx.yaml", "run: { report: [json=last.json] }\n");
    snapshot!(sandbox.run("run --failed"), @r"
    exit 5
    ----- stderr
    error: cannot read last.json: No such file or directory (os error 2)
    hint: a run writes it with `--report json=FILE`
    ");
    assert_eq!(sandbox.code("run"), 1);
    assert!(sandbox.run("run --failed").contains("\n1 failed (1 file, "));
    let sandbox = sandbox.file("scenarios/login/expiry.yaml", RIGHT);
    snapshot!(sandbox.run("run --failed"), @r"
    exit 4
    ----- stderr
    error: the case that failed in last.json is not among the selected ones
    ");
    assert_eq!(sandbox.code("run"), 0);
    snapshot!(sandbox.run("run --failed"), @r"
    exit 4
    ----- stderr
    error: no case failed in last.json
    hint: without --failed all of them run
    ");
}

#[test]
fn a_file_that_is_no_report_is_refused() {
    let sandbox = book().file("last.json", "<testsuites/>");
    snapshot!(sandbox.run("run --failed=last.json"), @r"
    exit 2
    ----- stderr
    error: --failed: last.json is no JSON report of a run
    hint: a run writes one with `--report json=FILE`
    ");
    assert_eq!(sandbox.code("run --failed=nowhere.json"), 5);
}

#[test]
fn repeated_cases_are_told_apart_and_come_out_the_same() {
    let sandbox = book();
    let text = sandbox.stdout("run --repeat 3 -v --report json=r.json");
    assert!(text.contains("PASS scenarios/first.yaml › A first visit is told to register › #2 "), "{text}");
    assert!(text.contains("FAIL scenarios/login/expiry.yaml › A login code lives five minutes › one second late #3 "));
    assert!(text.contains("3 failed, 6 passed (2 files, "), "{text}");
    let report: Value = serde_json::from_str(&sandbox.read("r.json")).unwrap();
    let cases = report["scenarios"].as_array().unwrap();
    assert_eq!((cases[0]["case"].as_str(), cases[5]["case"].as_str()), (Some("#1"), Some("just in time #3")));
    let late: Vec<_> = cases[6..].iter().map(|case| case["failures"].clone()).collect();
    assert!(late[0] == late[1] && late[1] == late[2], "{late:?}");
    assert_eq!(sandbox.run("run --failed=r.json").matches("\nFAIL ").count(), 1);
    assert_eq!(sandbox.code("run --repeat 0"), 2);
}

#[test]
fn fail_fast_and_keep_going_each_do_their_own_thing_and_both_together() {
    let sandbox = Sandbox::new().file("a.yaml", WRONG).file("b.yaml", RIGHT).file("c.yaml", TYPO);
    let told = |flags: &str| {
        let told = sandbox.run(&format!("run . --jobs 1 {flags}"));
        let last = told.lines().find(|line| line.contains(" file")).unwrap_or("nothing ran").to_owned();
        let counts = last.split(" (").next().unwrap_or_default().to_owned();
        (told.lines().next().unwrap_or_default().to_owned(), counts)
    };
    let pair = |code: &str, counts: &str| (code.to_owned(), counts.to_owned());
    assert_eq!(told(""), pair("exit 3", "nothing ran"));
    assert_eq!(told("--fail-fast"), pair("exit 3", "nothing ran"));
    assert_eq!(told("--keep-going"), pair("exit 3", "1 failed, 2 passed"));
    assert_eq!(told("--keep-going --fail-fast"), pair("exit 3", "1 failed, 1 passed, 1 not run"));
    assert_eq!(told("--keep-going --fail-fast --shuffle=1 --repeat 2").0, "exit 3");
}
