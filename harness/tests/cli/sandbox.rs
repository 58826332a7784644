//! A folder for one test, and the program in it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A folder for one test. It is gone when the test is.
#[derive(Debug)]
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// A scenario that passes.
pub(crate) const RIGHT: &str = "\
scenario: A first visit is told to register
tags: [login, smoke]
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: USER_REGISTER, calls: { wechat: 1, idaas: 1 } }
";

/// A scenario with one case that passes and one that does not.
pub(crate) const WRONG: &str = "\
scenario: A login code lives five minutes
tags: [login, boundaries]
cases:
  - { name: just in time, wait: 4m59s, outcome: { status: USER_REGISTER } }
  - { name: one second late, wait: 5m1s, outcome: { status: USER_REGISTER, state_token: { is: jwt } } }
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - clock.advance: $case.wait
  - note: same request, two answers
    idaas.login: { code: $code }
    expect: $case.outcome
";

/// A scenario with a misspelled key.
pub(crate) const TYPO: &str = "\
scenario: A key that is none
steps:
  - wx.login: {}
    expct: { errMsg: login:ok }
";

impl Sandbox {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Writes a file.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The text of a file in it.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// The program in it, not started yet. Nothing of the environment is left but a home, which is in the folder, too.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mockwx"));
        command.args(arguments.split_whitespace()).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command.env("HOME", self.path().join("home"));
        command
    }

    /// Runs the program; gives back its exit code and what it wrote.
    pub(crate) fn run(&self, arguments: &str) -> String {
        told(self.command(arguments).output().unwrap())
    }

    /// Runs the program; gives back its exit code.
    pub(crate) fn code(&self, arguments: &str) -> i32 {
        self.command(arguments).output().unwrap().status.code().unwrap()
    }

    /// Runs the program; gives back what it wrote to stdout, which must be all.
    pub(crate) fn stdout(&self, arguments: &str) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts `mockwx serve` on a free port.
    pub(crate) fn serve(&self, arguments: &str) -> Served {
        let mut child = self
            .command(&format!("serve --listen 127.0.0.1:0 {arguments}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut welcome = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut welcome).unwrap();
        let url = welcome.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{welcome}");
        Served { child, url }
    }
}

/// A running server; dropped = killed.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    /// Where it is.
    pub(crate) url: String,
}

impl Served {
    /// Asks it to stop, as an init system does, and gives back its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        signal(&self.child, "TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a program.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// An exit code and what was written, as snapshots show it.
pub(crate) fn told(output: Output) -> String {
    let code = output.status.code().map_or_else(|| "none".to_owned(), |code| code.to_string());
    let part = |name: &str, bytes: Vec<u8>| match String::from_utf8(bytes).unwrap() {
        text if text.is_empty() => String::new(),
        text => format!("----- {name}\n{text}"),
    };
    format!("exit {code}\n{}{}", part("stdout", output.stdout), part("stderr", output.stderr))
}

/// Compares with a snapshot; what the machine decides is named, not shown.
macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({
            filters => vec![
                (r"\b\d+ ms\b", "N ms"),
                (r"\b\d+\.\d s\b", "N ms"),
                (r#"_ms": [0-9.]+"#, r#"_ms": 0"#),
                (r"_ms: [0-9.]+", "_ms: 0"),
                (r#"time="[0-9.]+""#, r#"time="0""#),
                (r"127\.0\.0\.1:(?:[2-6]\d{4}|1[0-68-9]\d{3})", "127.0.0.1:PORT"),
            ],
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "../snapshots",
        }, { insta::assert_snapshot!($text) })
    };
    ($text:expr, @$inline:literal) => {
        insta::with_settings!({
            filters => vec![(r"\b\d+ ms\b", "N ms"), (r"\b\d+\.\d s\b", "N ms")],
        }, { insta::assert_snapshot!($text, @$inline) })
    };
}
pub(crate) use snapshot;
