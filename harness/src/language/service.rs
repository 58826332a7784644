//! The user's own service under test, as a project file or a scenario describes it.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::{Scope, Template, Unresolved};
use crate::source::Place;

/// A program of the user that is tested: how it is started and how one knows that it is ready.
#[derive(Clone, Debug)]
pub struct Service {
    /// The name by which `http: { to: … }` calls it.
    pub name: String,
    /// Where the name stands.
    pub place: Place,
    /// The program and its arguments.
    pub command: Vec<Template>,
    /// The folder it is started in.
    pub folder: PathBuf,
    /// Variables it gets.
    pub env: Vec<(String, Template)>,
    /// Variables of mockwx's own surroundings that it gets too, beside [`Service::INHERITED`].
    pub inherit: Vec<String>,
    /// The port it listens on, when it does not listen where `$port` says.
    pub port: Option<u16>,
    /// What tells that it is ready.
    pub ready: Ready,
    /// How long that may take in real time.
    pub ready_within: Duration,
    /// How often it is started.
    pub per: Per,
}

/// What tells that a service is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It takes connections.
    Tcp,
    /// A `GET` of this path answers 2xx.
    Path(String),
}

/// How often a service is started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// For every case anew, each with a port of its own: nothing that it remembers gets into another case.
    #[default]
    Scenario,
    /// Once; the cases that need it run one after the other.
    Run,
}

/// What a service is told about its surroundings.
#[derive(Clone, Debug)]
pub struct Given {
    /// The base URL of WeChat and of IDaaS.
    pub url: String,
    /// The port it has to listen on.
    pub port: u16,
}

impl Service {
    /// What `command` and `env` can name.
    pub const NAMES: [&'static str; 3] = ["wechat", "idaas", "port"];

    /// Variables that every service gets from mockwx's own surroundings, where they are set: what programs need to
    /// start at all. Nothing else is handed on, so that no proxy, no secret and no setting of one machine decides what
    /// a test says.
    pub const INHERITED: [&'static str; 18] = [
        "PATH",
        "HOME",
        "USER",
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SystemRoot",
        "SystemDrive",
        "ComSpec",
        "PATHEXT",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "ProgramFiles",
        "windir",
    ];

    /// The program and its arguments.
    ///
    /// # Errors
    /// A reference to something that is not known here; the check before a run finds those.
    pub fn words(&self, given: &Given) -> Result<Vec<String>, Unresolved> {
        let scope = given.scope();
        self.command.iter().map(|word| text(word, &scope)).collect()
    }

    /// The variables of `env:`.
    ///
    /// # Errors
    /// A reference to something that is not known here; the check before a run finds those.
    pub fn variables(&self, given: &Given) -> Result<Vec<(String, String)>, Unresolved> {
        let scope = given.scope();
        self.env.iter().map(|(name, value)| Ok((name.clone(), text(value, &scope)?))).collect()
    }
}

impl Given {
    fn scope(&self) -> Scope {
        let mut scope = Scope::new();
        for name in ["wechat", "idaas"] {
            scope.set(name, Value::from(self.url.as_str()));
        }
        scope.set("port", Value::from(self.port));
        scope
    }
}

fn text(template: &Template, scope: &Scope) -> Result<String, Unresolved> {
    Ok(match template.evaluate(scope)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
