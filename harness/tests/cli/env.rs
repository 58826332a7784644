//! `mockwx env` and `mockwx ready`: about a server that runs already.

use std::fs;
use std::net::TcpListener;

use crate::sandbox::{Sandbox, Served, snapshot, told};

fn ask(sandbox: &Sandbox, served: &Served, arguments: &str) -> String {
    let output = sandbox.command(arguments).env("MOCKWX_URL", &served.url).output().unwrap();
    let ports = regex::Regex::new(r"(127\.0\.0\.1[:-]|proxyPort=)\d+").unwrap();
    let text = told(output).replace(&sandbox.path().display().to_string(), "…");
    ports.replace_all(&text, "${1}PORT").into_owned()
}

#[test]
fn a_shell_evaluates_what_exec_would_tell() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    snapshot!(ask(&sandbox, &served, "env"));
    let program = env!("CARGO_BIN_EXE_mockwx");
    let script = format!("eval \"$({program} env)\" && curl -sS https://api.weixin.qq.com/sns/jscode2session");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).env_clear().env("PATH", sim::real::variable("PATH").unwrap());
    shell.env("HOME", sandbox.path().join("home")).env("MOCKWX_URL", &served.url);
    let said = told(shell.output().unwrap());
    assert!(said.contains("\"errcode\":41002"), "{said}");
}

#[test]
fn the_same_lab_has_the_same_files_whenever_it_is_asked() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    let first = ask(&sandbox, &served, "env --format json");
    assert_eq!(ask(&sandbox, &served, "env --format json"), first);
    let port = served.url.rsplit(':').next().unwrap();
    let folder = sandbox.path().join(format!("home/.local/share/mockwx/env/127.0.0.1-{port}"));
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["extra.pem", "preload.cjs", "preload.json", "roots.p12", "roots.pem"]);
}

#[test]
fn a_world_that_is_not_there_leaves_no_files() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    let told = ask(&sandbox, &served, &format!("env --url {}/__world/nosuch", served.url));
    assert!(told.starts_with("exit 5\n----- stderr\nerror: there is no world `nosuch`\n"), "{told}");
    assert!(!sandbox.path().join("home/.local/share/mockwx/env").exists());
}

#[test]
fn a_server_is_ready_or_not() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    assert_eq!(ask(&sandbox, &served, "ready"), "exit 0\n");
    assert_eq!(ask(&sandbox, &served, "ready --wait"), "exit 0\n");
    served.stop();
    // Nobody listens there.
    let nobody = "127.0.0.1:1";
    let told: String = ["ready", "ready --wait=70ms", "ready --wait=soon", "env"]
        .into_iter()
        .map(|words| format!("$ mockwx {words}\n{}", sandbox.run(&format!("{words} --url http://{nobody}"))))
        .collect();
    snapshot!(told);
}

#[test]
fn a_server_that_comes_later_is_waited_for() {
    let sandbox = Sandbox::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let waiting = sandbox.command(&format!("ready --wait --url http://127.0.0.1:{port}")).spawn().unwrap();
    let mut server = sandbox.command(&format!("serve --listen 127.0.0.1:{port}"));
    let mut server = server.stdout(std::process::Stdio::null()).spawn().unwrap();
    assert_eq!(waiting.wait_with_output().unwrap().status.code(), Some(0));
    server.kill().unwrap();
    server.wait().unwrap();
}
