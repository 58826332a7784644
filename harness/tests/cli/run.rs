//! `run`, `check` and `list`: what they select, how they end.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::sandbox::{RIGHT, Sandbox, TYPO, WRONG, signal, snapshot, told};

fn book() -> Sandbox {
    Sandbox::new().file("scenarios/first.yaml", RIGHT).file("scenarios/login/expiry.yaml", WRONG)
}

#[test]
fn the_help_tells_all_commands_and_exit_codes() {
    snapshot!(Sandbox::new().run("--help"));
}

#[test]
fn the_help_of_run_tells_its_flags() {
    snapshot!(Sandbox::new().run("run -h"));
}

#[test]
fn the_help_of_serve_tells_its_flags() {
    snapshot!(Sandbox::new().run("serve -h"));
}

#[test]
fn a_green_run_is_one_line() {
    let sandbox = Sandbox::new().file("scenarios/first.yaml", RIGHT);
    snapshot!(sandbox.run("run"), @r"
    exit 0
    ----- stdout
    1 passed (1 file, N ms)
    ");
    assert_eq!(sandbox.stdout("run --quiet"), "");
    snapshot!(sandbox.run("run -v scenarios/first.yaml"), @r"
    exit 0
    ----- stdout
    PASS scenarios/first.yaml › A first visit is told to register  N ms
    1 passed (1 file, N ms)
    ");
}

#[test]
fn a_failure_tells_everything_and_exits_with_1() {
    snapshot!(book().run("run"));
}

#[test]
fn a_failure_is_coloured_when_colours_are_wanted() {
    let text = book().stdout("run --color always");
    assert!(text.contains("\u{1b}[31mFAIL\u{1b}[0m"), "{text}");
    assert!(!book().stdout("run").contains('\u{1b}'));
    let without = book().command("run").env("MOCKWX_COLOR", "never").output().unwrap();
    assert!(!told(without).contains('\u{1b}'));
}

#[test]
fn a_failure_in_a_flow_tells_how_it_came_to_run() {
    let flow = "\
flow: Logs in
inputs:
  who:
steps:
  - wx.login: { as: $with.who }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: SUCCESS, id_token: { is: jwt } }
    save: { id_token: id_token }
outputs:
  id_token: $id_token
";
    let scenario = "\
scenario: A stranger cannot log in
steps:
  - use: { flow: flows/log-in.yaml, with: { who: alice } }
    save: { token: id_token }
  - idaas.claims: { id_token: $token }
finally:
  - idaas.logout: { id_token: $token }
  - wx.checkSession: { as: alice }
    expect: { errMsg: nothing like it }
";
    let sandbox = Sandbox::new().file("flows/log-in.yaml", flow).file("stranger.yaml", scenario);
    snapshot!(sandbox.run("run stranger.yaml"));
}

#[test]
fn a_scenario_runs_again_by_the_line_that_its_failure_names() {
    let sandbox = book();
    assert!(sandbox.stdout("run scenarios").contains("again     mockwx run scenarios/login/expiry.yaml:5\n"));
    assert_eq!(sandbox.code("run scenarios/login/expiry.yaml:4"), 0);
    assert_eq!(sandbox.code("run scenarios/login/expiry.yaml:5"), 1);
}

#[test]
fn a_command_line_that_makes_no_sense_exits_with_2() {
    let sandbox = book();
    snapshot!(sandbox.run("run --no-such-flag"));
    for wrong in
        ["run --jobs 0", "run --jobs many", "run --tag a:b:(", "run --report yaml=x", "run --timeout soon", "nothing"]
    {
        assert_eq!(sandbox.code(wrong), 2, "{wrong}");
    }
}

#[test]
fn an_invalid_file_exits_with_3_before_anything_runs() {
    let sandbox = book().file("scenarios/typo.yaml", TYPO);
    snapshot!(sandbox.run("run"), @r"
    exit 3
    ----- stderr
    error: unknown key `expct`
     --> scenarios/typo.yaml:4:5
      |
    4 |     expct: { errMsg: login:ok }
      |     ^^^^^ not a key of a step
      |
      = help: did you mean `expect`?

    1 problem found; nothing was done
    ");
    snapshot!(sandbox.run("check scenarios/typo.yaml"), @r"
    exit 3
    ----- stdout
    error: unknown key `expct`
     --> scenarios/typo.yaml:4:5
      |
    4 |     expct: { errMsg: login:ok }
      |     ^^^^^ not a key of a step
      |
      = help: did you mean `expect`?

    1 problem found
    ");
    assert_eq!(sandbox.code("list"), 3);
}

#[test]
fn with_keep_going_the_good_files_run_and_the_code_stays_3() {
    let sandbox = Sandbox::new().file("scenarios/first.yaml", RIGHT).file("scenarios/typo.yaml", TYPO);
    let told = sandbox.run("run --keep-going");
    assert!(told.starts_with("exit 3\n----- stdout\n1 passed"), "{told}");
    assert!(told.contains("1 problem found; running the rest"), "{told}");
}

#[test]
fn nothing_selected_exits_with_4() {
    let sandbox = book().file("empty/readme.txt", "");
    snapshot!(sandbox.run("run empty"), @r"
    exit 4
    ----- stderr
    error: no scenario in empty
    hint: a scenario is a .yaml file that begins with `scenario: NAME`
    ");
    snapshot!(sandbox.run("run --name nobody"), @r"
    exit 4
    ----- stderr
    error: none of the 2 scenarios in scenarios fits --name and --tag
    hint: `mockwx list` shows names and tags
    ");
    assert_eq!(sandbox.code("check empty"), 4);
    assert_eq!(sandbox.code("list --tag smoke --name nobody"), 4);
}

#[test]
fn a_report_that_cannot_be_written_exits_with_5() {
    let sandbox = Sandbox::new().file("scenarios/first.yaml", RIGHT);
    let told = sandbox.run("run --report json=scenarios/first.yaml/report.json");
    assert!(told.starts_with("exit 5\n"), "{told}");
    assert!(told.contains("error: cannot make the folder scenarios/first.yaml"), "{told}");
}

#[test]
fn an_interrupted_run_writes_its_reports_and_exits_with_130() {
    let rows: String = (0..1000).map(|row| format!("  - {{ name: row {row}, wait: {row}s }}\n")).collect();
    let scenario = format!(
        "scenario: Many rows\ncases:\n{rows}steps:\n{}",
        "  - clock.advance: $case.wait\n    expect: { mode: frozen }\n".repeat(20)
    );
    let sandbox = Sandbox::new().file("many.yaml", &scenario);
    let mut child = sandbox
        .command("run many.yaml --jobs 1 --progress lines --report json=report.json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    stderr.read_line(&mut first).unwrap();
    assert_eq!(first, "passed many.yaml › Many rows › row 0\n");
    signal(&child, "INT");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8(output.stdout).unwrap().ends_with(", interrupted\n"));
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    assert_eq!(report["interrupted"], true);
    assert_eq!(report["scenarios"].as_array().unwrap().len(), 1000);
    assert_eq!(report["scenarios"][999]["outcome"], "skipped");
}

#[test]
fn fail_fast_starts_nothing_after_a_failure() {
    let sandbox = Sandbox::new().file("a.yaml", WRONG).file("b.yaml", RIGHT);
    let text = sandbox.stdout("run . --jobs 1 --fail-fast");
    assert!(text.contains("1 failed, 1 passed, 1 not run (2 files, "), "{text}");
}

#[test]
fn a_case_that_takes_too_long_is_stopped() {
    let step = "  - wx.login: {}\n    expect: { errMsg: \"login:ok\" }\n";
    let sandbox = Sandbox::new().file("slow.yaml", &format!("scenario: Slow\nsteps:\n{}", step.repeat(1000)));
    let text = sandbox.stdout("run slow.yaml --timeout 1ms");
    assert!(text.contains("  it took longer than 1ms of real time; "), "{text}");
}

#[test]
fn a_shuffled_run_prints_its_seed_and_reports_the_same() {
    let sandbox = book();
    let plain = sandbox.stdout("run --report json=a.json --jobs 1");
    let shuffled = sandbox.stdout("run --shuffle=7 --jobs 8 --report json=b.json");
    assert!(!plain.contains("shuffle") && shuffled.contains(", order --shuffle=7\n"), "{shuffled}");
    assert!(sandbox.stdout("run --shuffle").contains(", order --shuffle="));
    let strip = |name: &str| {
        let text = sandbox.read(name);
        text.lines().filter(|line| !line.contains("_ms\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(strip("a.json"), strip("b.json"));
}

#[test]
fn tags_and_names_select() {
    let sandbox = book();
    assert!(sandbox.stdout("run --tag smoke").starts_with("1 passed"));
    assert!(sandbox.stdout("run --name FIRST").starts_with("1 passed"));
    assert!(sandbox.stdout("list --name late").starts_with("scenarios/login/expiry.yaml:5  "));
}

#[test]
fn a_list_has_a_line_for_each_case() {
    let sandbox = book();
    snapshot!(sandbox.run("list"), @r"
    exit 0
    ----- stdout
    scenarios/first.yaml:1  A first visit is told to register  [login, smoke]
    scenarios/login/expiry.yaml:4  A login code lives five minutes › just in time  [login, boundaries]
    scenarios/login/expiry.yaml:5  A login code lives five minutes › one second late  [login, boundaries]
    ");
    let rows: serde_json::Value = serde_json::from_str(&sandbox.stdout("list --format json")).unwrap();
    assert_eq!(rows[1]["case"], "just in time");
    assert_eq!(rows[1]["line"], 4);
}

#[test]
fn check_counts_what_is_in_order() {
    snapshot!(book().run("check"), @r"
    exit 0
    ----- stdout
    2 files in order: 2 scenarios, 3 cases
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = book();
    let mut child = sandbox.command("list").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(told(output), "exit 0\n");
}

#[test]
fn schemas_are_json() {
    let sandbox = Sandbox::new();
    for (of, title) in [("", "mockwx scenario"), ("flow", "mockwx flow"), ("project", "Project")] {
        let schema: serde_json::Value = serde_json::from_str(&sandbox.stdout(&format!("schema {of}"))).unwrap();
        assert_eq!(schema["title"], title);
    }
    assert!(sandbox.stdout("schema world").contains("mini_programs"));
}
