//! Answers that are kept in files.

use crate::sandbox::{Sandbox, snapshot, told};

const KEPT: &str = "\
scenario: A friend is let in
steps:
  - wx.login: { as: bob }
    save: { code: code }
  - idaas.login: { code: $code }
    snapshot: friend
    save: { id_token: id_token }
  - idaas.claims: { id_token: $id_token }
    snapshot: true
";

const FILE: &str = "snapshots/kept__friend.snap";
const PENDING: &str = "snapshots/kept__friend.snap.new";

fn kept() -> Sandbox {
    let sandbox = Sandbox::new().file("kept.yaml", KEPT);
    assert_eq!(sandbox.code("run kept.yaml --update-snapshots"), 0);
    sandbox
}

#[test]
fn an_answer_is_kept_by_names_and_is_the_same_ever_after() {
    let sandbox = kept();
    snapshot!(sandbox.read(FILE), @r#"
    ---
    source: "kept.yaml"
    expression: "idaas.login"
    ---
    HTTP 200
    {
      "status": "SUCCESS",
      "session_token": "‹session token 1›",
      "expire": 432000,
      "id_token": "‹id token 1›"
    }
    "#);
    let claims = sandbox.read("snapshots/kept__idaas-claims.snap");
    assert!(claims.contains(r#""exp": "‹now + 2h›""#) && claims.contains(r#""jti": "‹jti›""#), "{claims}");
    assert_eq!(sandbox.code("run kept.yaml"), 0);
    assert_eq!(sandbox.code("run kept.yaml --target spawn"), 0, "on a server of its own");
    assert_eq!(sandbox.code("check ."), 0);
}

#[test]
fn a_different_answer_is_shown_by_its_lines_and_left_for_a_review() {
    let sandbox = kept();
    let before = sandbox.read(FILE).replace("432000", "86400");
    let sandbox = sandbox.file(FILE, &before);
    snapshot!(sandbox.run("run kept.yaml"));
    assert_eq!(sandbox.read(FILE), before);
    assert!(sandbox.read(PENDING).contains("assertion_line: 5\n"), "{}", sandbox.read(PENDING));

    assert_eq!(sandbox.code("run kept.yaml --update-snapshots"), 0);
    assert_eq!(sandbox.read(FILE), before.replace("86400", "432000"));
    assert!(!sandbox.path().join(PENDING).exists());
}

#[test]
fn nothing_is_written_in_ci_and_when_it_is_not_wanted() {
    let sandbox = Sandbox::new().file("kept.yaml", KEPT);
    assert_eq!(sandbox.code("run kept.yaml --no-update"), 1);
    let in_ci = sandbox.command("run kept.yaml").env("CI", "true").output().unwrap();
    let text = told(in_ci);
    assert!(text.contains("wanted to be kept in snapshots/kept__friend.snap, was absent"), "{text}");
    assert!(!sandbox.path().join("snapshots").exists());
    let update = sandbox.command("run kept.yaml --update-snapshots").env("CI", "true").output().unwrap();
    snapshot!(told(update), @r"
    exit 2
    ----- stderr
    error: --update-snapshots is refused where CI is set: nobody would have looked at them
    hint: run it on your own machine, look at what changed, and commit it
    ");
    assert_eq!(sandbox.code("run kept.yaml"), 1);
    assert!(sandbox.path().join(PENDING).exists());
}

#[test]
fn a_snapshot_that_no_step_refers_to_is_told() {
    let sandbox = kept();
    let sandbox = sandbox.file("kept.yaml", &KEPT.replace("snapshot: friend", "expect: { status: SUCCESS }"));
    // Another program's, and one of a file that is gone.
    let sandbox = sandbox.file("snapshots/kept__other.snap", "---\nsource: src/lib.rs\n---\nx\n");
    let sandbox = sandbox.file("snapshots/gone__one.snap", "---\nsource: gone.yaml\n---\nHTTP 200\n");
    snapshot!(sandbox.run("check ."), @r"
    exit 3
    ----- stdout
    error: a snapshot that no step refers to
    --> snapshots/gone__one.snap
     = help: remove snapshots/gone__one.snap, or name it in a step: `snapshot: NAME`

    error: a snapshot that no step refers to
    --> snapshots/kept__friend.snap
     = help: remove snapshots/kept__friend.snap, or name it in a step: `snapshot: NAME`

    2 problems found
    ");
    // A run does not mind.
    assert_eq!(sandbox.code("run ."), 0);
}

/// Insta reads the file of a scenario's snapshot, and finds in it what the program wrote.
#[test]
fn insta_understands_the_files() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/login/snapshots");
    let name = "word-for-word__login__a-friend";
    let file = std::fs::read_to_string(format!("{folder}/{name}.snap")).unwrap();
    let (_, contents) = file.split_once("\n---\n").unwrap();
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, contents);
    });
}
