//! The control words, against a server whose world stands still.

use std::process::Command;

use crate::sandbox::{Sandbox, Served, snapshot};

const WORLD: &str = "like: base.yaml\nclock: { start: 2026-03-01T09:00:00Z }\n";
const BASE: &str = "\
seed: 5
wechat:
  mini_programs: [{ appid: wx0123456789abcdef, secret: 0123456789abcdef0123456789abcdef }]
  people:
    alice: { phone: \"+86 13800138000\" }
";

fn served() -> (Sandbox, Served) {
    let sandbox = Sandbox::new().file("base.yaml", BASE).file("world.yaml", WORLD);
    let served = sandbox.serve("--world world.yaml");
    (sandbox, served)
}

/// The program, told by its variable which server is meant.
fn ask(sandbox: &Sandbox, served: &Served, arguments: &str) -> String {
    let mut command: Command = sandbox.command(arguments);
    command.env("MOCKWX_URL", &served.url);
    crate::sandbox::told(command.output().unwrap())
}

#[test]
fn the_clock_is_read_and_moved() {
    let (sandbox, served) = served();
    let told: String = ["clock", "clock advance 4m59s", "clock set 2026-03-02T00:00:00Z", "clock advance soon"]
        .into_iter()
        .map(|words| format!("$ mockwx {words}\n{}", ask(&sandbox, &served, words)))
        .collect();
    snapshot!(told, @r"
    $ mockwx clock
    exit 0
    ----- stdout
    2026-03-01T09:00:00Z  frozen
    $ mockwx clock advance 4m59s
    exit 0
    ----- stdout
    2026-03-01T09:04:59Z  frozen
    $ mockwx clock set 2026-03-02T00:00:00Z
    exit 0
    ----- stdout
    2026-03-02T00:00:00Z  frozen
    $ mockwx clock advance soon
    exit 2
    ----- stderr
    error: advance: `soon` is not a duration such as 5m, 4m59s, 1h30m or 250ms
    ");
    assert!(ask(&sandbox, &served, "clock resume").contains("  offset\n"));
    assert!(ask(&sandbox, &served, "clock freeze").contains("  frozen\n"));
}

#[test]
fn codes_are_of_both_kinds() {
    let (sandbox, served) = served();
    let length = |arguments: &str| {
        let told = ask(&sandbox, &served, arguments);
        told.strip_prefix("exit 0\n----- stdout\n").map_or_else(|| panic!("{told}"), |code| code.trim_end().len())
    };
    assert_eq!((length("code"), length("code --phone"), length("code --realtime --person alice")), (32, 64, 64));
    let told = ask(&sandbox, &served, "code --person nobody");
    assert!(told.starts_with("exit 2\n----- stderr\nerror: no person is called `nobody`"), "{told}");
}

#[test]
fn what_happened_is_shown_and_explained() {
    let (sandbox, served) = served();
    ask(&sandbox, &served, "code");
    snapshot!(ask(&sandbox, &served, "journal"));
    assert!(ask(&sandbox, &served, "journal --format json --reveal").contains("\"login:ok\""));
    let told = ask(&sandbox, &served, "explain 40029 invalid code, rid: 00000000-00000000-00000000");
    assert!(told.starts_with("exit 2\n----- stderr\nerror: no answer carried"), "{told}");
    snapshot!(ask(&sandbox, &served, "outbox"), @r"
    exit 0
    ----- stderr
    nothing was sent
    ");
}

#[test]
fn worlds_are_made_listed_and_taken_away() {
    let (sandbox, served) = served();
    let told: String = [
        "world create checkout --file world.yaml",
        "world list",
        "clock --world checkout",
        "world delete checkout",
        "clock --world checkout",
        "world reset",
        "world create Checkout",
    ]
    .into_iter()
    .map(|words| format!("$ mockwx {words}\n{}", ask(&sandbox, &served, words)))
    .collect();
    snapshot!(told);
    let wrong = Sandbox::new().file("world.yaml", "sed: 1\n");
    assert!(ask(&wrong, &served, "world create other --file world.yaml").starts_with("exit 3\n"));
}

#[test]
fn nobody_there_exits_with_5() {
    snapshot!(Sandbox::new().run("clock --url http://127.0.0.1:1"), @r"
    exit 5
    ----- stderr
    error: http://127.0.0.1:1 cannot be reached: Connection refused (os error 111)
    hint: start a server with `mockwx serve`, or name another one with --url or MOCKWX_URL
    ");
    assert_eq!(Sandbox::new().code("clock --url nonsense"), 2);
}

#[test]
fn faults_are_planned_listed_and_cleared() {
    let (sandbox, served) = served();
    let told: String = [
        "fault",
        "fault inject system_error",
        r#"fault inject {"where":{"endpoint":"/sns/*"},"when":{"next":2},"what":{"error":40029}}"#,
        "fault inject system_eror",
        r#"fault inject {"waht":{"error":40029}}"#,
        "fault list",
        "fault clear fault",
        "fault clear fault",
        "fault clear",
        "fault",
    ]
    .into_iter()
    .map(|words| format!("$ mockwx {words}\n{}", ask(&sandbox, &served, words)))
    .collect();
    snapshot!(told);
}

#[test]
fn a_misfortune_tells_how_it_comes_about() {
    let sandbox = Sandbox::new();
    let told: String = ["faults S21", "faults login_code_race", "faults lost_replay"]
        .into_iter()
        .map(|words| format!("$ mockwx {words}\n{}", sandbox.run(words)))
        .collect();
    snapshot!(told);
    assert_eq!(sandbox.run("faults").lines().filter(|line| line.starts_with(['S', 'X', 'P'])).count(), 41);
}
