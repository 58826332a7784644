//! `mockwx exec` in a shell with job control, on a terminal: the command has the keyboard as if nothing stood between.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::exec::with;
use crate::sandbox::Sandbox;

/// A terminal with a shell, in which `$EXEC` is `mockwx exec`.
struct Shell {
    keyboard: File,
    screen: String,
    shell: Child,
    _sandbox: Sandbox,
}

const PROMPT: &str = "what-now> ";

impl Shell {
    fn start() -> Self {
        let sandbox = Sandbox::new();
        // Makes the certificate authority.
        with(&sandbox, "", &["true"]).output().unwrap();
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let terminal = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
        let terminal = || Stdio::from(File::options().read(true).write(true).open(&terminal).unwrap());
        let shell = Command::new("setsid")
            .args(["--ctty", "--wait", "bash", "--norc", "--noprofile", "-i"])
            .current_dir(sandbox.path())
            .env_clear()
            .envs([("PS1", PROMPT), ("TERM", "dumb"), ("TMOUT", "60")])
            .env("EXEC", format!("{} exec --", env!("CARGO_BIN_EXE_mockwx")))
            .env("PATH", sim::real::variable("PATH").unwrap())
            .env("HOME", sandbox.path().join("home"))
            .stdin(terminal())
            .stdout(terminal())
            .stderr(terminal())
            .spawn()
            .unwrap();
        let mut shell = Self { keyboard: controller.into(), screen: String::new(), shell, _sandbox: sandbox };
        shell.until(PROMPT);
        shell
    }

    fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads until this is on the screen; gives back what came before.
    fn until(&mut self, text: &str) -> String {
        let mut piece = [0; 4096];
        loop {
            if let Some(at) = self.screen.find(text) {
                let rest = self.screen.split_off(at + text.len());
                return std::mem::replace(&mut self.screen, rest);
            }
            let read = self.keyboard.read(&mut piece).unwrap_or_else(|error| panic!("{error}: {}", self.screen));
            self.screen.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

/// It ends the command at whatever point it arrives, if that starts nothing more: a shell that is about to start a
/// program keeps the signal to itself.
const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";

#[test]
fn what_is_typed_reaches_the_command_and_ctrl_c_ends_it() {
    let mut shell = Shell::start();
    shell.keys("$EXEC sh -c 'echo re''ady; read name; echo hello $name; exec sleep 1000'; echo code=$?.\n");
    shell.until("ready");
    shell.keys("bob\n");
    shell.until("hello bob");
    shell.keys(CTRL_C);
    shell.until("code=130.");
}

#[test]
fn ctrl_z_stops_it_and_fg_lets_it_go_on() {
    let mut shell = Shell::start();
    shell.keys("$EXEC sh -c 'echo re''ady; read name; echo hello $name'\n");
    shell.until("ready");
    shell.keys(CTRL_Z);
    shell.until("Stopped");
    shell.until(PROMPT);
    shell.keys("fg\n");
    shell.until("re''ady");
    shell.keys("bob\n");
    shell.until("hello bob");
    shell.until(PROMPT);
    shell.keys("jobs; echo al''one\n");
    assert!(!shell.until("alone").contains("Stopped"));
}

#[test]
fn a_script_around_it_has_the_terminal_back_and_hears_ctrl_c_too() {
    let mut shell = Shell::start();
    shell.keys("sh -c \"$EXEC true; read name; echo hello \\$name\"\n");
    shell.keys("bob\n");
    shell.until("hello bob");
    shell.until(PROMPT);
    shell.keys("sh -c \"$EXEC sh -c 'echo re''ady; exec sleep 1000'; echo af''ter\"\n");
    shell.until("ready");
    shell.keys(CTRL_C);
    assert!(!shell.until(PROMPT).contains("after"));
}

#[test]
fn in_a_pipeline_it_gets_the_keyboard_when_it_asks() {
    let mut shell = Shell::start();
    shell.keys("$EXEC sh -c 'read name; echo hello $name' | cat; echo do''ne\n");
    shell.keys("bob\n");
    shell.until("hello bob");
    shell.until("done");
}
