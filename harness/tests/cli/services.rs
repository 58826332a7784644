//! Services under test: started, called, heard and ended. The service here is `mockwx serve` behind a shell, because it
//! is there wherever these tests run.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::sandbox::{Sandbox, signal, snapshot, told};

/// A project with one service that runs `script` in a shell, with `more` keys.
fn project(script: &str, more: &str) -> Sandbox {
    let project = format!(
        "services:\n  shop:\n    command: [sh, -c, '{script}']\n    env: {{ PORT: $port, WORLD: $wechat, MOCKWX: {} }}\n{more}",
        env!("CARGO_BIN_EXE_mockwx")
    );
    Sandbox::new().file("mockwx.yaml", &project)
}

/// A shell that becomes a service.
const SERVE: &str = r#"echo "starts" >> starts; exec "$$MOCKWX" serve --listen 127.0.0.1:$$PORT"#;

const CALLS: &str = "\
scenario: The service lives
cases: [{ name: one }, { name: two }, { name: three }]
steps:
  - http: { to: shop, path: /livez }
    expect: { http_status: 200, body: { starts_with: ok }, calls: { wechat: 0, idaas: 0 } }
";

fn command(sandbox: &Sandbox, arguments: &str) -> Command {
    let mut command = sandbox.command(arguments);
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command
}

fn run(sandbox: &Sandbox, arguments: &str) -> String {
    told(command(sandbox, arguments).output().unwrap())
}

/// A pipe that is open as long as somebody who inherited it lives.
#[derive(Debug)]
struct Alive {
    up: Receiver<()>,
    gone: Receiver<()>,
}

impl Alive {
    /// Watches the pipe `alive` of a sandbox; a service says `up` in it and keeps it open.
    fn watch(sandbox: &Sandbox) -> Self {
        let path = sandbox.path().join("alive");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let ((is_up, up), (is_gone, gone)) = (channel(), channel());
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(File::open(path).unwrap());
            pipe.read_line(&mut String::new()).unwrap();
            let _ = is_up.send(());
            pipe.read_to_end(&mut Vec::new()).unwrap();
            let _ = is_gone.send(());
        });
        Self { up, gone }
    }

    fn until_up(&self) {
        self.up.recv_timeout(Duration::from_secs(30)).unwrap();
    }

    fn until_nobody_is_left(&self) {
        self.up.recv_timeout(Duration::from_secs(30)).unwrap();
        self.gone.recv_timeout(Duration::from_secs(30)).expect("someone of the service's group lives on");
    }
}

/// A service with a child that has a child, all of which pay no heed to being asked to end.
const FAMILY: &str = r#"trap "" TERM; exec 9>alive; echo up >&9; (sh -c "sleep 1000; true" & sleep 1000) &
      "$$MOCKWX" serve --listen 127.0.0.1:$$PORT & wait; sleep 1000"#;

#[test]
fn a_service_is_started_once_a_run_and_only_when_it_is_needed() {
    let sandbox = project(SERVE, "    ready: /readyz\n    per: run\n").file("scenarios/calls.yaml", CALLS);
    snapshot!(run(&sandbox, "run -v --jobs 3"));
    assert_eq!(sandbox.read("starts"), "starts\n");
    let sandbox = sandbox.file("other.yaml", crate::sandbox::RIGHT);
    run(&sandbox, "run other.yaml");
    assert_eq!(sandbox.read("starts"), "starts\n");
}

#[test]
fn a_service_per_scenario_is_started_for_every_case() {
    let sandbox = project(SERVE, "    ready: /readyz\n").file("scenarios/calls.yaml", CALLS);
    assert!(run(&sandbox, "run --jobs 3").starts_with("exit 0\n"));
    assert_eq!(sandbox.read("starts"), "starts\n".repeat(3));
}

#[test]
fn what_a_service_said_stands_beside_the_step_that_failed_and_its_secrets_are_masked() {
    let script = format!(r#""$$MOCKWX" code --url "$$WORLD"; {SERVE}"#);
    let scenario = "\
scenario: The service gives tea
steps:
  - http: { to: shop, method: POST, path: /__admin/v1/device/login, body: {} }
    expect: { tea: { is: present } }
";
    let sandbox = project(&script, "").file("tea.yaml", scenario);
    let text = run(&sandbox, "run tea.yaml --report json=report.json --report junit=report.xml");
    assert!(text.starts_with("exit 1\n") && !text.contains("shop said"), "nothing was said since it began: {text}");

    let sandbox = project(&format!("{script} --nonsense"), "").file("tea.yaml", scenario);
    snapshot!(run(&sandbox, "run tea.yaml --report json=report.json --report junit=report.xml"));
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
    assert_eq!(report["scenarios"][0]["failures"][0]["kind"], "environment");
    assert_eq!(report["scenarios"][0]["failures"][0]["said"][0]["lines"][0], "‹login code 1›");
    assert!(sandbox.read("report.xml").contains("shop: ‹login code 1›"), "{}", sandbox.read("report.xml"));
}

#[test]
fn a_service_that_cannot_be_used_keeps_its_cases_from_running() {
    let fails =
        |script: &str, more: &str| run(&project(script, more).file("calls.yaml", CALLS), "run calls.yaml --name one");
    let wrong = [
        fails("echo no database >&2; exit 3", ""),
        fails("echo waiting; kill -9 $$$$", ""),
        fails(SERVE, "    ready: /nowhere\n    ready_within: 300ms\n"),
        run(
            &Sandbox::new()
                .file("mockwx.yaml", "services: { shop: { command: no-such-program $port } }")
                .file("calls.yaml", CALLS),
            "run calls.yaml --name one",
        ),
    ];
    snapshot!(wrong.join("\n"));
}

#[test]
fn a_service_that_ends_fails_one_case_and_is_started_again_for_the_next() {
    let scenario = "\
scenario: It lives and dies
cases: [{ name: one, path: /livez }, { name: two, path: /die }, { name: three, path: /livez }]
steps:
  - http: { to: shop, path: $case.path }
    expect: { http_status: 200 }
";
    let script = "echo starts >> starts; exec node server.js";
    let server = "\
require('node:http')
  .createServer((request, response) => {
    if (request.url === '/die') {
      console.log('dying');
      process.exit(7);
    }
    response.end();
  })
  .listen(process.env.PORT, '127.0.0.1');
";
    let sandbox = project(script, "    per: run\n").file("dies.yaml", scenario).file("server.js", server);
    snapshot!(run(&sandbox, "run dies.yaml -v"));
    assert_eq!(sandbox.read("starts"), "starts\nstarts\n");
}

#[test]
fn whatever_a_service_started_ends_with_the_run() {
    for more in ["    per: scenario\n", "    per: run\n"] {
        let sandbox = project(FAMILY, more).file("calls.yaml", CALLS);
        let alive = Alive::watch(&sandbox);
        let text = run(&sandbox, "run calls.yaml --name one");
        assert!(text.starts_with("exit 0\n"), "{text}");
        alive.until_nobody_is_left();
    }
}

#[test]
fn nothing_of_a_service_is_left_when_a_case_takes_too_long() {
    let scenario = "\
scenario: The service hangs
steps:
  - http: { to: shop, method: POST, path: /__admin/v1/faults, body: { what: { hang: after } } }
  - http: { to: shop, path: /sns/jscode2session }
    expect: { http_status: 200 }
";
    let sandbox = project(FAMILY, "").file("hangs.yaml", scenario);
    let alive = Alive::watch(&sandbox);
    let text = run(&sandbox, "run hangs.yaml --timeout 500ms");
    assert!(text.contains("it took longer than 500ms of real time"), "{text}");
    alive.until_nobody_is_left();
}

#[test]
fn ctrl_c_ends_a_service_and_all_that_it_started() {
    for more in ["    per: scenario\n", "    per: run\n"] {
        let sandbox = project(FAMILY, &format!("{more}    ready: /nowhere\n    ready_within: 5m\n"));
        let sandbox = sandbox.file("calls.yaml", CALLS);
        let alive = Alive::watch(&sandbox);
        let child: Child = command(&sandbox, "run calls.yaml --name one")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        alive.until_up();
        signal(&child, "INT");
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
        alive.gone.recv_timeout(Duration::from_secs(30)).expect("someone of the service's group lives on");
    }
}

#[test]
fn a_service_gets_what_programs_need_and_nothing_else_of_the_surroundings() {
    let script = format!("env > seen; {SERVE}");
    let sandbox = project(&script, "    inherit: [SHOP_MODE]\n").file("calls.yaml", CALLS);
    let mut command = command(&sandbox, "run calls.yaml --name one");
    command
        .env("SHOP_MODE", "test")
        .env("HTTPS_PROXY", "http://proxy.example")
        .env("WECHAT_SECRET", "s")
        .env("TZ", "UTC");
    assert!(command.output().unwrap().status.success());
    let mut seen: Vec<String> = sandbox
        .read("seen")
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.to_owned()))
        // What the shell itself adds.
        .filter(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(&name.as_str()))
        .collect();
    seen.sort();
    assert_eq!(seen, ["HOME", "MOCKWX", "PATH", "PORT", "SHOP_MODE", "TZ", "WORLD"]);
}

#[test]
fn everything_that_is_wrong_with_services_is_told_at_once() {
    let scenario = "\
scenario: Calls services that are none
services:
  own: { command: node own.js }
  third-one: { command: [run, --port, $prt], ready: healthz, per: always }
  fixed: { command: 'run \"', port: 3000, per: scenario, folder: nowhere }
steps:
  - http: { to: shp, path: /livez }
    expect: { http_status: 200 }
  - http: { to: \"a${b}\", path: /livez }
";
    let sandbox = project(SERVE, "").file("wrong.yaml", scenario);
    snapshot!(run(&sandbox, "check wrong.yaml"));
    let sandbox = Sandbox::new().file("mockwx.yaml", "services: { shop: { comand: x } }").file("calls.yaml", CALLS);
    snapshot!(run(&sandbox, "check calls.yaml"));
}
