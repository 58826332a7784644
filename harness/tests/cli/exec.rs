//! `mockwx exec`: real commands beside a lab, how they end, and that nothing of them is left.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::sandbox::{Sandbox, signal, snapshot, told};

const WORLD: &str = "\
seed: 5
clock: { start: 2026-03-01T09:00:00Z }
wechat:
  mini_programs: [{ appid: wx0123456789abcdef, secret: 0123456789abcdef0123456789abcdef }]
  people:
    alice: { phone: \"+86 13800138000\" }
";

/// A code that nobody issued is presented.
const REFUSED: &str = "curl -s \"$WECHAT_API_BASE_URL/sns/jscode2session?appid=wx0123456789abcdef\
&secret=0123456789abcdef0123456789abcdef&js_code=nobodys&grant_type=authorization_code\"";

/// `mockwx exec` with options and a command. Of the environment there are a path, a home, and a folder for private files.
pub(crate) fn with(sandbox: &Sandbox, options: &str, words: &[&str]) -> Command {
    let temporary = sandbox.path().join("tmp");
    let bare = |options: &str, words: &[&str]| {
        let mut command = sandbox.command(&format!("exec {options} --"));
        let path = sim::real::variable("PATH").unwrap();
        command.args(words).env("PATH", path).env("TMPDIR", &temporary);
        command
    };
    if !temporary.exists() {
        fs::create_dir(&temporary).unwrap();
        // The first one makes the certificate authority, and says so.
        let first = told(bare("", &["true"]).output().unwrap());
        assert!(first.contains("mockwx made a certificate authority for tests on this machine: "), "{first}");
    }
    bare(options, words)
}

/// The same with a shell script.
pub(crate) fn command(sandbox: &Sandbox, options: &str, script: &str) -> Command {
    with(sandbox, options, &["sh", "-c", script])
}

fn exec(sandbox: &Sandbox, options: &str, script: &str) -> Output {
    command(sandbox, options, script).output().unwrap()
}

/// A command that runs.
struct Running {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Running {
    fn start(sandbox: &Sandbox, script: &str) -> Self {
        let mut child = command(sandbox, "", script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// What is still said. It ends when the last process that could say something has ended.
    fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        rest
    }
}

/// Waits until the private folder is removed: the last thing that is done.
fn until_removed(sandbox: &Sandbox) {
    while fs::read_dir(sandbox.path().join("tmp")).unwrap().next().is_some() {
        std::thread::yield_now();
    }
}

fn answers(url: &str) -> bool {
    TcpStream::connect(url.strip_prefix("http://").unwrap()).is_ok()
}

#[test]
fn the_code_of_the_command_is_given_back() {
    let sandbox = Sandbox::new();
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)] {
        let output = exec(&sandbox, "", script);
        assert_eq!(told(output), format!("exit {code}\n"), "{script}");
    }
    until_removed(&sandbox);
}

#[test]
fn a_command_that_cannot_be_started_is_told_with_the_way_out() {
    let sandbox = Sandbox::new().file("plain", "echo no\n");
    let told: String = ["no-such-program", "./no-such-program", "./plain"]
        .into_iter()
        .map(|program| {
            format!("$ mockwx exec -- {program}\n{}", told(with(&sandbox, "", &[program]).output().unwrap()))
        })
        .collect();
    snapshot!(told);
    let words = with(&sandbox, "", &["npm test"]).output().unwrap();
    assert_eq!(words.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&words.stderr).contains("hint: each word stands for itself"));
    assert_eq!(sandbox.code("exec"), 2);
}

#[test]
fn what_goes_in_and_out_is_the_commands_alone() {
    let sandbox = Sandbox::new();
    let mut child = command(&sandbox, "", "cat; echo talk >&2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = b"\x00\xff\r\nno end";
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (bytes.as_slice(), b"talk\n".as_slice()));
}

#[test]
fn signals_reach_the_command() {
    for name in ["INT", "TERM", "HUP", "QUIT"] {
        let sandbox = Sandbox::new();
        let mut running = Running::start(
            &sandbox,
            &format!("trap 'echo {name}; exit 9' {name}; sleep 1000 & trap 'kill $!' EXIT; echo ready; wait"),
        );
        assert_eq!(running.line(), "ready");
        signal(&running.child, name);
        assert_eq!(running.rest(), format!("{name}\n"));
        assert_eq!(running.child.wait().unwrap().code(), Some(9));
    }
}

/// A command with a child in the background and the address of its lab.
const FAMILY: &str = "echo $MOCKWX_URL; sleep 1000 & sleep 1000";

#[test]
fn nothing_is_left_when_exec_is_asked_to_end() {
    let sandbox = Sandbox::new();
    let mut running = Running::start(&sandbox, FAMILY);
    let url = running.line();
    assert!(answers(&url));
    signal(&running.child, "TERM");
    assert_eq!(running.rest(), "");
    assert_eq!(running.child.wait().unwrap().code(), Some(143));
    assert!(!answers(&url));
    until_removed(&sandbox);
}

#[test]
fn nothing_is_left_when_exec_is_killed() {
    let sandbox = Sandbox::new();
    let mut running = Running::start(&sandbox, FAMILY);
    let url = running.line();
    assert!(answers(&url));
    signal(&running.child, "KILL");
    assert_eq!(running.child.wait().unwrap().code(), None);
    // The watchdog ends the rest.
    assert_eq!(running.rest(), "");
    assert!(!answers(&url));
    until_removed(&sandbox);
}

#[test]
fn whoever_does_not_want_to_end_is_killed() {
    let stubborn = "trap '' TERM; echo $MOCKWX_URL; while :; do sleep 1; done";
    let sandbox = Sandbox::new();
    let mut running = Running::start(&sandbox, stubborn);
    running.line();
    signal(&running.child, "KILL");
    running.rest();
    until_removed(&sandbox);
    // Left behind by a command that ended well.
    let output = exec(&sandbox, "", &format!("({stubborn}) & exit 0"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_command_that_fails_is_told_what_was_refused() {
    let sandbox = Sandbox::new().file("world.yaml", WORLD);
    snapshot!(told(exec(&sandbox, "--world world.yaml", &format!("{REFUSED} >answer; exit 3"))));
    assert!(sandbox.read("answer").contains("\"errcode\":40029"));
    let well = told(exec(&sandbox, "--world world.yaml", REFUSED));
    assert!(well.starts_with("exit 0\n----- stdout\n") && !well.contains("stderr"), "{well}");
}

#[test]
fn refusals_in_a_world_of_the_commands_own_are_told_too() {
    let sandbox = Sandbox::new();
    let program = env!("CARGO_BIN_EXE_mockwx");
    let script = format!(
        "url=$({program} world create blue) && curl -s \"$url/sns/jscode2session?appid=wx&secret=s&js_code=x&grant_type=\
         authorization_code\" >answer; exit 1"
    );
    let told = told(exec(&sandbox, "", &script));
    assert!(told.contains("in the world blue: back_end asked wechat at "), "{told}");
}

#[test]
fn a_running_server_is_joined_and_only_what_the_command_did_is_told() {
    let sandbox = Sandbox::new().file("world.yaml", WORLD);
    let served = sandbox.serve("--world world.yaml");
    let with = |world: &str, script: &str| {
        let url = format!("{}{world}", served.url);
        told(command(&sandbox, "", script).env("MOCKWX_URL", url).output().unwrap())
    };
    assert_eq!(with("", "echo $MOCKWX_URL"), format!("exit 0\n----- stdout\n{}\n", served.url));
    let failed = with("", &format!("{REFUSED} >answer; exit 1"));
    assert!(failed.contains("mockwx: 1 call was refused while the command ran"), "{failed}");
    assert_eq!(with("", "exit 1"), "exit 1\n");

    sandbox.command("world create blue").env("MOCKWX_URL", &served.url).output().unwrap();
    let port = served.url.rsplit(':').next().unwrap();
    let blue = with("/__world/blue", "echo $WECHAT_API_BASE_URL $https_proxy");
    let expected = format!("{0}/__world/blue http://blue:mockwx@127.0.0.1:{port}", served.url);
    assert_eq!(blue, format!("exit 0\n----- stdout\n{expected}\n"));
    let refused = with("/__world/blue", &format!("{REFUSED} >answer; exit 1"));
    assert!(refused.contains("in the world blue: back_end asked wechat"), "{refused}");
}

#[test]
fn what_is_for_a_lab_of_ones_own_is_no_flag_for_a_joined_one() {
    let sandbox = Sandbox::new();
    snapshot!(sandbox.run("exec --url http://127.0.0.1:17080 --strict -- true"), @r"
    exit 2
    ----- stderr
    error: --strict is for a lab that exec starts, and http://127.0.0.1:17080 is joined
    hint: leave it away, or unset MOCKWX_URL
    ");
    assert_eq!(sandbox.code("exec --url http://127.0.0.1:17080/sns -- true"), 2);
}

#[test]
fn options_have_variables_and_a_section_in_the_project_file() {
    let project = "world: { like: world.yaml }\nexec: { strict: true }\n";
    let sandbox = Sandbox::new().file("world.yaml", WORLD).file("mockwx.yaml", project);
    snapshot!(sandbox.run("exec --explain-config"));
    // Magic codes are lenient.
    let script = REFUSED.replace("nobodys", "mock:alice");
    assert!(told(exec(&sandbox, "", &script)).contains("\"errcode\":40029"));
    let lenient = command(&sandbox, "", &script).env("MOCKWX_STRICT", "off").output().unwrap();
    assert!(told(lenient).contains("\"openid\":"));
}

/// The variables of a command, without what changes from one to the next.
fn environment(text: &str, sandbox: &Sandbox) -> String {
    let folder = sandbox.path().display().to_string();
    let private = regex::Regex::new(r"mockwx-exec-\w+").unwrap();
    let ports = regex::Regex::new(r"(127\.0\.0\.1[:-]|proxyPort=)\d+").unwrap();
    let text = private.replace_all(text, "mockwx-exec-N").replace(&folder, "…");
    ports.replace_all(&text, "${1}PORT").into_owned()
}

#[test]
fn a_command_is_told_of_the_lab_by_everything_that_it_may_read() {
    let sandbox = Sandbox::new();
    let mut command = command(&sandbox, "", "env | sort");
    let users = [("NO_PROXY", "db.internal"), ("NODE_OPTIONS", "--no-warnings"), ("JAVA_TOOL_OPTIONS", "-Xmx64m")];
    let told = told(command.envs(users).output().unwrap());
    let ours =
        told.lines().filter(|line| !["PATH", "PWD", "OLDPWD", "SHLVL", "_"].contains(&line.split('=').next().unwrap()));
    snapshot!(environment(&ours.map(|line| format!("{line}\n")).collect::<String>(), &sandbox));
}

#[test]
fn a_list_that_keeps_calls_from_the_lab_is_told() {
    let sandbox = Sandbox::new();
    let output = command(&sandbox, "", "true").env("no_proxy", "localhost,.qq.com").output().unwrap();
    snapshot!(told(output), @r"
    exit 0
    ----- stderr
    warning: NO_PROXY has `.qq.com`: whoever heeds it asks the real api.weixin.qq.com, and not the lab
    ");
}

#[test]
fn bundles_of_the_user_stay_trusted_and_missing_ones_are_told() {
    let sandbox = Sandbox::new();
    // Any certificate will do: that of the authority of another home.
    let other = Sandbox::new();
    with(&other, "", &["true"]).output().unwrap();
    let corporate = other.read("home/.local/share/mockwx/ca.pem").replace("\r\n", "\n");
    let sandbox = sandbox.file("corp.pem", &corporate);
    let bundles = "cat \"$SSL_CERT_FILE\"; echo; cat \"$NODE_EXTRA_CA_CERTS\"";
    let mut command = command(&sandbox, "", bundles);
    command.env("REQUESTS_CA_BUNDLE", sandbox.path().join("corp.pem"));
    command.env("NODE_EXTRA_CA_CERTS", sandbox.path().join("corp.pem")).env("CURL_CA_BUNDLE", "/no/such.pem");
    let output = command.output().unwrap();
    let (roots, extra) = String::from_utf8(output.stdout)
        .unwrap()
        .split_once("\n\n")
        .map(|(a, b)| (format!("{a}\n"), b.to_owned()))
        .unwrap();
    let own = sandbox.read("home/.local/share/mockwx/ca.pem").replace("\r\n", "\n");
    assert!(roots.ends_with(&format!("{corporate}{own}")), "{roots}");
    assert_eq!(extra, format!("{corporate}{own}"));
    let warned = String::from_utf8(output.stderr).unwrap();
    assert!(warned.starts_with("warning: CURL_CA_BUNDLE names /no/such.pem, which cannot be read: "), "{warned}");
}

#[test]
fn without_a_home_it_is_told_what_to_do() {
    let output = Sandbox::new().command("exec -- true").env_remove("HOME").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("hint: name one that is yours alone"));
}

#[test]
fn a_tenant_that_no_certificate_can_be_for_is_told_and_wechat_answers_all_the_same() {
    let sandbox = Sandbox::new().file("other.yaml", "idaas: { domain: login.other.example }\n");
    let ask = "curl -sS https://api.weixin.qq.com/sns/jscode2session | cut -c1-16; \
               curl -s https://login.other.example/ || echo no";
    snapshot!(told(exec(&sandbox, "--world other.yaml", ask)), @r#"
    exit 0
    ----- stdout
    {"errcode":41002
    no
    ----- stderr
    warning: https://login.other.example is not answered: the certificate authority of this machine cannot sign for it
    hint: mockwx ca renew --domain login.other.example
    "#);
}

#[test]
fn what_the_program_says_to_itself_is_shown_to_nobody() {
    let sandbox = Sandbox::new();
    for words in ["completions bash", "completions zsh", "man", "--help"] {
        let shown = sandbox.stdout(words);
        assert!(shown.contains("exec") && !shown.contains("__watchdog") && !shown.contains("__start"), "{words}");
    }
}
