//! `hold`: a world built up to a line, for trying things by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::sandbox::{Sandbox, TYPO, WRONG, signal, snapshot};

const VISIT: &str = "\
scenario: A first visit binds an account
world: { like: bind }
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: SOCIAL_BIND }
    save: { pending: state_token }
  - wx.getPhoneNumber: { as: alice }
    save: { phone: code }
  - idaas.wechat_mobile_bind: { state_token: $pending, wechat_code: $phone }
    expect: { status: SUCCESS }
";

/// A held case; dropped = killed.
struct Held {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    /// What it said until it waited.
    welcome: String,
    url: String,
}

impl Held {
    fn new(sandbox: &Sandbox, arguments: &str) -> Self {
        let mut child = sandbox
            .command(&format!("hold --listen 127.0.0.1:0 {arguments}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut welcome = String::new();
        while !welcome.contains("Ctrl-C") {
            assert!(stdout.read_line(&mut welcome).unwrap() > 0, "{welcome}");
        }
        let url = welcome.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        Self { child, stdin, stdout, welcome, url }
    }

    /// Presses Enter; gives back the exit code and what it said from then on.
    fn enter(mut self) -> (Option<i32>, String) {
        writeln!(self.stdin).unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_world_is_held_before_a_line_and_the_rest_runs_on_enter() {
    let sandbox = Sandbox::new().file("visit.yaml", VISIT);
    let held = Held::new(&sandbox, "visit.yaml --at 9");
    snapshot!(held.welcome.clone());
    // The same world, from outside: the login is in its journal, and its clock moves for the rest, too.
    let journal = sandbox.stdout(&format!("journal --url {}", held.url));
    assert!(journal.contains("POST /api/v2/sdk/login/wechat-miniprogram"), "{journal}");
    assert!(!journal.contains("getPhoneNumber"), "{journal}");
    let code = sandbox.stdout(&format!("code --phone --person alice --url {}", held.url));
    assert_eq!(code.trim().len(), 64, "{code}");
    let (code, rest) = held.enter();
    assert_eq!(code, Some(0), "{rest}");
    assert!(rest.contains("A first visit binds an account"), "{rest}");
}

#[test]
fn what_was_done_by_hand_counts_for_the_rest() {
    let sandbox = Sandbox::new().file("visit.yaml", VISIT);
    let held = Held::new(&sandbox, "visit.yaml --at 11 --reveal");
    assert!(held.welcome.contains("$phone = ") && !held.welcome.contains('‹'), "{}", held.welcome);
    sandbox.stdout(&format!("clock advance 1h --url {}", held.url));
    let (code, rest) = held.enter();
    assert_eq!(code, Some(1), "{rest}");
    assert!(rest.contains("visit.yaml:11"), "{rest}");
}

#[test]
fn ctrl_c_stops_without_the_rest() {
    let sandbox = Sandbox::new().file("visit.yaml", VISIT);
    let mut held = Held::new(&sandbox, "visit.yaml --at 13");
    assert!(held.welcome.contains("held after the last step of visit.yaml; 4 of 4 steps done"), "{}", held.welcome);
    signal(&held.child, "INT");
    assert_eq!(held.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_case_that_fails_before_the_line_is_told_and_not_held() {
    let wrong = VISIT.replace("SOCIAL_BIND", "SUCCESS");
    let told = Sandbox::new().file("visit.yaml", &wrong).run("hold visit.yaml --at 9 --listen 127.0.0.1:0");
    assert!(told.starts_with("exit 1\n"), "{told}");
    assert!(told.contains("FAIL visit.yaml"), "{told}");
}

#[test]
fn one_case_and_one_line_are_wanted() {
    let sandbox = Sandbox::new().file("visit.yaml", VISIT).file("wrong.yaml", WRONG).file("typo.yaml", TYPO);
    let told: String = [
        "visit.yaml --at 99",
        "visit.yaml --at 0",
        "wrong.yaml --at 9",
        "visit.yaml --at 9 --listen 0.0.0.0:0",
        "visit.yaml",
    ]
    .into_iter()
    .map(|words| format!("$ mockwx hold {words}\n{}", sandbox.run(&format!("hold {words}"))))
    .collect();
    snapshot!(told);
    assert_eq!(sandbox.code("hold typo.yaml --at 3"), 3);
    assert_eq!(sandbox.code("hold visit.yaml --at 9 --name nobody"), 4);
}
