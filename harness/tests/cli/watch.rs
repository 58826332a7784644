//! `watch`: files are changed while it runs, and what it says is read line by line.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Stdio};

use crate::sandbox::{RIGHT, Sandbox, TYPO, signal, snapshot, told};

const FLOW: &str = "\
flow: A visit
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: USER_REGISTER }
";

const USER: &str = "\
scenario: A visit by a flow
world: { like: worlds/shop.yaml }
steps:
  - use: flows/visit.yaml
";

/// A running `mockwx watch`, its stdout in a file; dropped = killed.
struct Watching<'a> {
    sandbox: &'a Sandbox,
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// How much of its stdout was read.
    read: usize,
}

impl<'a> Watching<'a> {
    fn new(sandbox: &'a Sandbox, arguments: &str) -> Self {
        let stdout = fs::File::create(sandbox.path().join("stdout")).unwrap();
        let mut child =
            sandbox.command(&format!("watch {arguments}")).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { sandbox, child, stderr, read: 0 }
    }

    /// What it says until it waits for a change: its stderr, then what came on stdout meanwhile.
    fn round(&mut self) -> String {
        let mut said = String::new();
        while !said.ends_with("Ctrl-C ends it\n") {
            assert!(self.stderr.read_line(&mut said).unwrap() > 0, "{said}");
        }
        let stdout = self.sandbox.read("stdout");
        said.push_str(&stdout[self.read..]);
        self.read = stdout.len();
        said
    }

    /// What it says after a file was written.
    fn write(&mut self, path: &str, text: &str) -> String {
        // In one go, so that no half of it is ever seen.
        let draft = self.sandbox.path().join("draft");
        fs::write(&draft, text).unwrap();
        fs::rename(&draft, self.sandbox.path().join(path)).unwrap();
        self.round()
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn project() -> Sandbox {
    Sandbox::new()
        .file("scenarios/right.yaml", RIGHT)
        .file("scenarios/user.yaml", USER)
        .file("scenarios/flows/visit.yaml", FLOW)
        .file("scenarios/worlds/shop.yaml", "like: ready\n")
}

#[test]
fn a_change_replays_what_uses_the_file() {
    let sandbox = project();
    let mut watching = Watching::new(&sandbox, "");
    let mut said = watching.round();
    said.push_str(&watching.write("scenarios/worlds/shop.yaml", "like: bind\n"));
    said.push_str(&watching.write("scenarios/flows/visit.yaml", &FLOW.replace("USER_REGISTER", "SOCIAL_BIND")));
    snapshot!(said);
    signal(&watching.child, "INT");
    assert_eq!(watching.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_file_that_is_not_in_order_is_told_and_watched_until_it_is_mended() {
    let sandbox = project().file("scenarios/typo.yaml", TYPO);
    let mut watching = Watching::new(&sandbox, "scenarios");
    let mut said = watching.round();
    said.push_str(&watching.write("scenarios/typo.yaml", &TYPO.replace("expct", "expect")));
    // A flow that another file waits for.
    fs::remove_file(sandbox.path().join("scenarios/flows/visit.yaml")).unwrap();
    said.push_str(&watching.round());
    said.push_str(&watching.write("scenarios/flows/visit.yaml", FLOW));
    snapshot!(said);
}

#[test]
fn new_files_are_run_and_the_project_file_counts_for_all() {
    let sandbox = project();
    let mut watching = Watching::new(&sandbox, "-v --jobs 1");
    let mut said = watching.round();
    said.push_str(&watching.write("scenarios/new.yaml", &RIGHT.replace("A first visit", "A new one")));
    said.push_str(&watching.write("mockwx.yaml", "run: { name: new one }\n"));
    said.push_str(&watching.write("scenarios/right.yaml", &RIGHT.replace("login, smoke", "login")));
    snapshot!(said);
}

#[test]
fn a_snapshot_that_was_taken_replays_its_scenario() {
    let kept = RIGHT.replace("expect: {", "snapshot: first-visit\n    expect: {");
    let sandbox = project().file("scenarios/right.yaml", &kept);
    assert_eq!(sandbox.code("run --update-snapshots"), 0);
    let snapshot = "scenarios/snapshots/right__first-visit.snap";
    let text = sandbox.read(snapshot);
    let mut watching = Watching::new(&sandbox, "");
    watching.round();
    let said = watching.write(snapshot, &text.replace("USER_REGISTER", "SUCCESS"));
    assert!(said.contains("1 failed (1 file"), "{said}");
    let said = watching.write(snapshot, &text);
    assert!(said.contains(snapshot) && said.contains("1 passed (1 file"), "{said}");
}

#[test]
fn a_selection_that_is_empty_or_makes_no_sense_is_not_watched() {
    let sandbox = project();
    let said: String = ["--name nobody", "--tag and", "empty"]
        .into_iter()
        .map(|words| {
            fs::create_dir_all(sandbox.path().join("empty")).unwrap();
            format!("$ mockwx watch {words}\n{}", told(sandbox.command(&format!("watch {words}")).output().unwrap()))
        })
        .collect();
    snapshot!(said);
}
