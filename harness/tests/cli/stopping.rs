//! What ends a case or a run before its time, and what it tells meanwhile.

use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStderr, Stdio};

use serde_json::Value;

use crate::sandbox::{RIGHT, Sandbox, signal, snapshot};

/// A scenario that waits in real time, in its steps and in its `finally`.
const WAITS: &str = "\
scenario: Somebody waits in real time
world: { clock: { start: 2026-03-01T09:00:00Z, running: true } }
steps:
  - fault.inject: { preset: slow_answers, what: { delay: 10m } }
  - wechat.token: {}
    expect: { expires_in: 7200 }
finally:
  - wechat.stable_token: {}
";

/// The same, but nothing waits in its `finally`.
const WAITS_ONCE: &str = "\
scenario: Somebody waits in real time
world: { clock: { start: 2026-03-01T09:00:00Z, running: true } }
steps:
  - fault.inject: { preset: slow_answers, what: { delay: 10m } }
  - wechat.token: {}
    expect: { expires_in: 7200 }
finally:
  - fault.clear: {}
  - wechat.stable_token: {}
";

/// A run that goes on.
struct Running {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Running {
    /// A run of `waits.yaml` that has begun to listen: another case has ended before it.
    fn begun(sandbox: &Sandbox) -> Self {
        let mut child = sandbox
            .command("run a.yaml waits.yaml --jobs 1 --progress lines --report json=report.json")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut running = Self { child, said };
        assert_eq!(running.line(), "passed a.yaml › A first visit is told to register");
        running
    }

    fn line(&mut self) -> String {
        self.said.next().unwrap().unwrap()
    }

    /// Asks what is being done until it is this; gives back the answer.
    fn until(&mut self, step: &str) -> [String; 3] {
        loop {
            signal(&self.child, "USR1");
            let told = [self.line(), self.line(), self.line()];
            if told[2].contains(step) {
                return told;
            }
        }
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        (self.child.wait().unwrap().code(), stdout)
    }
}

/// A text in which the clock of the world stands.
fn standing(text: &str) -> String {
    regex::Regex::new(r"9:00:\d\d(\.\d+)?").unwrap().replace_all(text, "9:00:NN").into_owned()
}

fn outcomes(sandbox: &Sandbox) -> Vec<String> {
    let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    assert_eq!(report["interrupted"], true);
    report["scenarios"].as_array().unwrap().iter().map(|case| case["outcome"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_first_ctrl_c_carries_out_finally_and_writes_the_reports() {
    let sandbox = Sandbox::new().file("a.yaml", RIGHT).file("waits.yaml", WAITS_ONCE);
    let mut run = Running::begun(&sandbox);
    run.until("wechat.token at waits.yaml:5");
    signal(&run.child, "INT");
    assert_eq!(run.line(), "stopping: `finally` steps are carried out; Ctrl-C ends at once");
    let (code, stdout) = run.end();
    assert_eq!(code, Some(130));
    assert!(stdout.starts_with("1 passed, 1 not run (2 files, ") && stdout.ends_with(", interrupted\n"), "{stdout}");
    assert_eq!(outcomes(&sandbox), ["passed", "skipped"]);
}

#[test]
fn the_second_ctrl_c_ends_at_once() {
    let sandbox = Sandbox::new().file("a.yaml", RIGHT).file("waits.yaml", WAITS);
    let mut run = Running::begun(&sandbox);
    run.until("wechat.token at waits.yaml:5");
    signal(&run.child, "INT");
    assert!(run.line().starts_with("stopping:"));
    // Nothing but `finally` is left, and that would take ten minutes.
    run.until("wechat.stable_token at waits.yaml:8");
    signal(&run.child, "INT");
    assert_eq!(run.end().0, Some(130));
    assert_eq!(outcomes(&sandbox), ["passed", "skipped"]);
}

#[test]
fn a_run_tells_what_it_is_doing_when_it_is_asked() {
    let sandbox = Sandbox::new().file("a.yaml", RIGHT).file("waits.yaml", WAITS);
    let mut run = Running::begun(&sandbox);
    let told = run.until("wechat.token").join("\n");
    let times = regex::Regex::new(r"\d+\.\d s").unwrap();
    insta::assert_snapshot!(times.replace_all(&told, "N s"), @r"
    1 of 2 done; running now:
        N s  waits.yaml › Somebody waits in real time
               wechat.token at waits.yaml:5, for N s
    ");
    signal(&run.child, "TERM");
    assert!(run.line().starts_with("stopping:"));
    signal(&run.child, "TERM");
    assert_eq!(run.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_case_that_takes_too_long_tells_what_it_was_waiting_for() {
    let sandbox = Sandbox::new().file("waits.yaml", WAITS_ONCE);
    snapshot!(standing(&sandbox.run("run waits.yaml --timeout 700ms")));
    let spawned = sandbox.stdout("run waits.yaml --target spawn --timeout 700ms");
    assert!(spawned.contains(" was waiting for an answer to GET /cgi-bin/token\n"), "{spawned}");
}

#[test]
fn a_step_that_takes_too_long_is_told_and_finally_has_its_own_time() {
    let sandbox = Sandbox::new().file("waits.yaml", WAITS);
    snapshot!(standing(&sandbox.run("run waits.yaml --step-timeout 500ms")));
    let sandbox = sandbox.file("mockwx.yaml", "run: { step_timeout: 100ms }\n");
    assert!(sandbox.stdout("run waits.yaml").contains("wechat.token took longer than 100ms of real time; "));
    assert_eq!(sandbox.code("run waits.yaml --step-timeout soon"), 2);
}
