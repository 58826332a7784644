//! Runs the commands of a page as a reader would, in a shell, and compares what they print with what is shown.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use regex::Regex;

use super::page::{Item, Page, Shown};

/// The port that pages speak of.
const PORT: &str = "17080";

/// The folder that a page's commands run in.
#[derive(Debug)]
pub(crate) struct Session {
    folder: tempfile::TempDir,
    port: String,
}

impl Session {
    pub(crate) fn new(page: &Page) -> Self {
        // Below what the system gives to connections on their way out, which could take it before the server does; and
        // far from that of any other page.
        let first = 30_100 + page.name.bytes().fold(0u16, |sum, byte| (sum * 31 + u16::from(byte)) % 83) * 30;
        let port =
            (first..first + 30).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap().to_string();
        let session = Self { folder: tempfile::tempdir().unwrap(), port };
        let shared: &[&str] = if page.empty { &[] } else { &["scenarios", "examples", "schema", "mock-wechat/keys"] };
        for shared in shared {
            // A copy: what a page writes must not reach the repository.
            copy(&super::root().join(shared), &session.folder.path().join(shared));
        }
        session
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs a script; gives back its exit code and everything it printed.
    pub(crate) fn sh(&self, script: &str) -> (i32, String) {
        let program = Path::new(env!("CARGO_BIN_EXE_mockwx")).parent().map(PathBuf::from).unwrap();
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1\ntrap '[ -z $server ] || kill $server' EXIT\n{script}"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", program.display()))
            .env("HOME", self.folder.path().join("home"))
            .env("PAGE", self.folder.path())
            .env("URL", format!("http://127.0.0.1:{}", self.port))
            .env("MOCKWX_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("MOCKWX_URL", format!("http://127.0.0.1:{}", self.port))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).replace(&self.port, PORT);
        (output.status.code().unwrap_or(-1), text)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // What npm installed in an example belongs to the one who works on it.
        if entry.file_name() == "node_modules" {
            continue;
        }
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
}

/// Where the output of a page's commands differs from what it shows.
pub(crate) fn differences(page: &Page) -> Vec<String> {
    let session = Session::new(page);
    let mut script = String::new();
    for item in &page.items {
        let shown = match item {
            Item::File(name, text) => {
                script.push_str(&format!(
                    "mkdir -p \"$PAGE/$(dirname {name})\"; cat > \"$PAGE/{name}\" <<'END OF FILE'\n{text}END OF FILE\n"
                ));
                continue;
            }
            Item::Command(shown) => shown,
        };
        let command = shown.command.replace(PORT, &session.port);
        if command.starts_with("mockwx serve") {
            // A reader has a terminal for it, and one server is enough.
            let command = command.trim_end().trim_end_matches('&');
            let look = "until grep -qs Ctrl-C \"$PAGE/served\"; do kill -0 $server || break; done";
            script
                .push_str(&format!("[ -n \"$server\" ] || {{ {command} >\"$PAGE/served\" 2>&1 & server=$!; {look}; "));
            script.push_str("cat \"$PAGE/served\"; }\n");
        } else if command.starts_with("mockwx watch") {
            // A reader looks at it for a while, then presses Ctrl-C.
            let look = "until grep -qs Ctrl-C \"$PAGE/seen\"; do kill -0 $watch || break; done";
            script.push_str(&format!(
                "{command} >\"$PAGE/seen\" 2>&1 & watch=$!; {look}; kill -TERM $watch; wait $watch\n"
            ));
            script.push_str("cat \"$PAGE/seen\"\n");
        } else if command.starts_with("mockwx hold") {
            script.push_str(&format!("echo | {command}\n"));
        } else {
            script.push_str(&format!("{command}\n"));
        }
        script.push_str("printf '\\036%s\\036' $?\n");
    }
    let (_, output) = session.sh(&script);
    let mut parts = output.split('\u{1e}');
    let mut wrong = Vec::new();
    for shown in page.commands() {
        let (printed, code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if let Some(difference) = difference(shown, printed, code) {
            wrong.push(format!("{}:{}: $ {}\n{difference}", page.name, shown.line, shown.command));
        }
    }
    wrong
}

fn difference(shown: &Shown, printed: &str, code: &str) -> Option<String> {
    if shown.output.is_empty() {
        return (code != "0").then(|| format!("exit code {code}; it printed\n{printed}"));
    }
    let (shown, printed) = (stable(&shown.output.join("\n")), stable(printed.trim_end()));
    if pattern(&shown).is_match(&printed) {
        return None;
    }
    Some(format!("the page shows\n{shown}\nit printed\n{printed}"))
}

/// Real durations differ from run to run.
fn stable(text: &str) -> String {
    Regex::new(r"\b\d+(\.\d+)? (µs|ms|s)\b").unwrap().replace_all(text, "N ms").into_owned()
}

/// `…` stands for any text within a line, on a line of its own for any lines.
fn pattern(shown: &str) -> Regex {
    let lines = shown.lines().map(|line| match line.trim() {
        "…" => "(?s:.*)".to_owned(),
        _ => regex::escape(line.trim_end()).replace('…', ".*") + r"[ \t]*",
    });
    Regex::new(&format!("^{}$", lines.collect::<Vec<_>>().join("\n"))).unwrap()
}
