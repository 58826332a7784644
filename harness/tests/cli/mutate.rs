//! `mutate`: which wrong answers nobody notices.

use serde_json::Value;

use crate::sandbox::{RIGHT, Sandbox, TYPO, WRONG, snapshot};

/// A scenario that looks at little.
const LAX: &str = "\
scenario: A login is answered
steps:
  - wx.login: { as: bob }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: SUCCESS }
";

#[test]
fn what_nobody_notices_is_told_with_its_places() {
    let sandbox = Sandbox::new().file("scenarios/lax.yaml", LAX);
    snapshot!(sandbox.run("mutate"));
}

#[test]
fn a_second_scenario_notices_what_the_first_does_not() {
    let strict = LAX.replace("{ status: SUCCESS }", "{ status: SUCCESS, expire: 432000, id_token: { is: jwt } }");
    let sandbox = Sandbox::new().file("a-lax.yaml", LAX).file("b-strict.yaml", &strict);
    snapshot!(sandbox.run("mutate . --verbose"));
}

#[test]
fn a_program_reads_the_same_as_json_and_jobs_change_nothing() {
    let sandbox = Sandbox::new().file("lax.yaml", LAX).file("right.yaml", RIGHT);
    let one = sandbox.stdout("mutate . --format json --jobs 1");
    assert_eq!(one, sandbox.stdout("mutate . --format json --jobs 4"));
    let document: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["flips"]["found"], document["flips"]["tried"]);
    let rows = document["nobody_notices"].as_array().unwrap();
    let row = rows.iter().find(|row| row["call"] == "idaas.login" && row["part"] == "expire").unwrap();
    assert_eq!(row["places"], serde_json::json!(["lax.yaml:5"]));
    assert_eq!(document["cases"][0]["file"], "lax.yaml");
}

#[test]
fn a_limit_takes_one_of_each_kind_first_and_says_so() {
    let sandbox = Sandbox::new().file("lax.yaml", LAX).file("right.yaml", RIGHT);
    let told = sandbox.stdout("mutate . --limit 5 --seed 3");
    assert!(told.contains("tried 5 of ") && told.contains("--limit 5, --seed 3\n"), "{told}");
    assert_eq!(told, sandbox.stdout("mutate . --limit 5 --seed 3"));
}

#[test]
fn a_share_that_is_not_reached_exits_with_1() {
    let sandbox = Sandbox::new().file("lax.yaml", LAX);
    assert_eq!(sandbox.code("mutate . --at-least 10%"), 0);
    let told = sandbox.run("mutate . --at-least 99%");
    assert!(told.starts_with("exit 1\n"), "{told}");
    assert!(told.ends_with("of the kinds of flips are noticed, --at-least 99% was wanted\n"), "{told}");
    snapshot!(sandbox.run("mutate . --at-least most"), @r"
    exit 2
    ----- stderr
    error: invalid value 'most' for '--at-least <PERCENT>': a share is a number from 0 to 100, such as 90 or 87.5%

    For more information, try '--help'.
    ");
}

#[test]
fn a_case_that_fails_by_itself_is_left_out_and_told() {
    let sandbox = Sandbox::new().file("wrong.yaml", WRONG);
    let told = sandbox.run("mutate .");
    assert!(told.starts_with("exit 1\n"), "{told}");
    assert!(told.contains("wrong.yaml:5: fails without any flip and is left out\n"), "{told}");
    assert!(told.contains("flips in 1 case: "), "{told}");
    snapshot!(sandbox.run("mutate wrong.yaml:5"), @r"
    exit 4
    ----- stderr
    wrong.yaml:5: fails without any flip and is left out
    error: no case is left
    hint: `mockwx run` tells why they fail
    ");
}

#[test]
fn nothing_to_flip_and_files_that_are_wrong_have_their_own_exit_codes() {
    let clock = "scenario: Time goes on\nsteps:\n  - clock.advance: 1s\n    expect: { mode: frozen }\n";
    let sandbox = Sandbox::new().file("clock.yaml", clock).file("typo.yaml", TYPO).file("empty/x.txt", "");
    assert_eq!(sandbox.code("mutate typo.yaml"), 3);
    assert_eq!(sandbox.code("mutate empty"), 4);
    assert_eq!(sandbox.code("mutate clock.yaml --limit 0"), 2);
    snapshot!(sandbox.run("mutate clock.yaml"), @r"
    exit 4
    ----- stderr
    error: no step of these scenarios asks a vendor or a phone: there is nothing to flip
    ");
}
