//! `run --target`: in this process, on a server of the run's own, on one that runs.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{RIGHT, Sandbox, WRONG, signal, snapshot, told};

/// Every shipped scenario, run from the root of the workspace; the report without what depends on the machine.
fn library(sandbox: &Sandbox, flags: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = sandbox.command(&format!("run scenarios --report json=- {flags}")).current_dir(root).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{flags}: {}", String::from_utf8_lossy(&output.stderr));
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    without_times(&mut report);
    report
}

fn without_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("_ms"));
            map.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

fn worlds(sandbox: &Sandbox, url: &str) -> String {
    sandbox.stdout(&format!("world list --url {url}"))
}

#[test]
fn the_whole_library_reports_the_same_wherever_its_worlds_are() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    let first = library(&sandbox, "--jobs 1");
    assert!(first["summary"]["passed"].as_u64() > Some(200), "{}", first["summary"]);
    for flags in
        ["--jobs 8 --shuffle=7", "--target spawn", "--target spawn --jobs 1", &format!("--target {}", served.url)]
    {
        let other = library(&sandbox, flags);
        let cases = |report: &Value| report["scenarios"].as_array().unwrap().clone();
        let differing = cases(&first).into_iter().zip(cases(&other)).find(|(one, two)| one != two);
        assert_eq!(differing, None, "{flags}");
        assert_eq!(first, other, "{flags}");
    }
    assert_eq!(worlds(&sandbox, &served.url).lines().count(), 1, "a world was left behind");
}

#[test]
fn a_failure_reads_the_same_on_every_target() {
    let sandbox = Sandbox::new().file("expiry.yaml", WRONG);
    let served = sandbox.serve("");
    // The ids of exchanges are made from the name of their world.
    let shown = |target: &str| {
        let text = sandbox.stdout(&format!("run expiry.yaml --target {target}"));
        let text =
            regex::Regex::new("[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}").unwrap().replace_all(&text, "RID").into_owned();
        regex::Regex::new(r"\d+ ms").unwrap().replace_all(&text, "N ms").into_owned()
    };
    let here = shown("in-process");
    assert!(here.contains("1 failed, 1 passed"), "{here}");
    assert_eq!(here, shown("spawn"));
    assert_eq!(here, shown(&served.url));
    assert_eq!(worlds(&sandbox, &served.url).lines().count(), 1);
}

#[test]
fn a_server_that_is_not_there_exits_with_5() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sandbox = Sandbox::new().file("first.yaml", RIGHT);
    snapshot!(sandbox.run(&format!("run first.yaml --target http://127.0.0.1:{port}")));
}

#[test]
fn a_server_that_is_no_mockwx_exits_with_5() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stranger = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let _ = stream.read(&mut asked).unwrap();
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let sandbox = Sandbox::new().file("first.yaml", RIGHT);
    snapshot!(sandbox.run(&format!("run first.yaml --target {url}")));
    stranger.join().unwrap();
}

#[test]
fn a_target_that_makes_no_sense_exits_with_2() {
    let sandbox = Sandbox::new().file("first.yaml", RIGHT);
    snapshot!(sandbox.run("run first.yaml --target somewhere"), @r"
    exit 2
    ----- stderr
    error: --target: `somewhere` is not an address such as http://127.0.0.1:17080
    hint: write `in-process`, `spawn`, or the address of a running server
    ");
    snapshot!(sandbox.run("run first.yaml --target https://lab.example"), @r"
    exit 2
    ----- stderr
    error: --target: `https://lab.example` is not an http:// address, and nothing else is spoken here
    hint: write `in-process`, `spawn`, or the address of a running server
    ");
}

#[test]
fn a_guarded_server_asks_for_its_token() {
    let sandbox = Sandbox::new().file("first.yaml", RIGHT);
    let served = sandbox.serve("--admin-token s3cret");
    let run = |flags: &str| sandbox.command(&format!("run first.yaml --target {} {flags}", served.url));
    snapshot!(told(run("").output().unwrap()));
    assert_eq!(run("--admin-token wrong").output().unwrap().status.code(), Some(2));
    assert_eq!(run("--admin-token s3cret").output().unwrap().status.code(), Some(0));
    assert_eq!(run("").env("MOCKWX_ADMIN_TOKEN", "s3cret").output().unwrap().status.code(), Some(0));
}

#[test]
fn a_server_that_is_stricter_is_told_and_the_project_file_can_name_it() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("--strict");
    let sandbox =
        sandbox.file("first.yaml", RIGHT).file("mockwx.yaml", &format!("run: {{ target: {:?} }}\n", served.url));
    snapshot!(sandbox.run("run first.yaml"));
    assert!(!sandbox.run("run first.yaml --target spawn").contains("note:"));
}

#[test]
fn an_interrupted_run_leaves_no_world_behind() {
    let waits = "\
scenario: Somebody waits in real time
world: { clock: { start: 2026-03-01T09:00:00Z, running: true } }
steps:
  - fault.inject: { preset: slow_answers, what: { delay: 10m } }
  - wechat.token: {}
    expect: { expires_in: 7200 }
";
    let sandbox = Sandbox::new().file("a.yaml", RIGHT).file("waits.yaml", waits);
    let served = sandbox.serve("");
    let mut child = sandbox
        .command(&format!("run . --jobs 1 --progress lines --target {}", served.url))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 6];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"passed");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(worlds(&sandbox, &served.url).lines().count(), 1);
}
