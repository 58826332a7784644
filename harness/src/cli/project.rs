//! The project file `mockwx.yaml` in the working folder: a world, and the defaults of commands.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lab::WorldFile;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use sim::Life;

use super::args::{ProgressChoice, When};
use super::error::CliError;
use crate::check;
use crate::check::services::ServiceFile;
use crate::conformance::Contract;
use crate::language::{Service, World};
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml;

/// The name of the file.
pub(super) const NAME: &str = "mockwx.yaml";

/// A project file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Project {
    /// The world that `mockwx serve` begins with: a world file's keys, or `like: FILE`.
    #[schemars(with = "Option<WorldFile>")]
    world: Option<Value>,
    /// Your own programs under test, by name: `http: { to: NAME }` calls them.
    #[schemars(with = "BTreeMap<String, ServiceFile>")]
    services: Option<Value>,
    /// When to use colours.
    pub(crate) color: Option<When>,
    /// The defaults of `mockwx serve`.
    pub(crate) serve: ServeDefaults,
    /// The defaults of `mockwx run`.
    pub(crate) run: RunDefaults,
    #[serde(skip)]
    #[schemars(skip)]
    checked_world: Option<Arc<World>>,
    /// The file as it was written.
    #[serde(skip)]
    #[schemars(skip)]
    pub(crate) written: Value,
    #[serde(skip)]
    #[schemars(skip)]
    checked_services: Vec<Arc<Service>>,
}

/// The defaults of `mockwx serve`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServeDefaults {
    /// Where to listen, such as `127.0.0.1:17080`.
    pub(crate) listen: Option<String>,
    /// Writes the port into this file.
    pub(crate) port_file: Option<String>,
    /// Turns all leniency off.
    pub(crate) strict: bool,
    /// What the control API asks for.
    pub(crate) admin_token: Option<String>,
    /// The address under which applications reach the server.
    pub(crate) public_url: Option<String>,
    /// Believes X-Forwarded-For, -Host and -Proto.
    pub(crate) trust_forwarded: bool,
    /// A PEM file with the key that signs id_tokens.
    pub(crate) keys: Option<String>,
    /// Names under which the control API may be used.
    pub(crate) allow_host: Vec<String>,
    /// Origins whose pages may call the vendor and device paths.
    pub(crate) allow_origin: Vec<String>,
}

/// The defaults of `mockwx run`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RunDefaults {
    /// Files and folders; also what `check` and `list` look at.
    pub(crate) paths: Vec<String>,
    /// Where the worlds are: `in-process`, `spawn`, or the URL of a running server.
    pub(crate) target: Option<String>,
    /// What the running server's control API asks for.
    pub(crate) admin_token: Option<String>,
    /// How many cases run at a time.
    pub(crate) jobs: Option<usize>,
    /// Runs in a shuffled order: a seed, or `true` for a new one each time.
    pub(crate) shuffle: Option<Shuffle>,
    /// Only cases with this text in their name.
    pub(crate) name: Option<String>,
    /// Only scenarios whose tags fit.
    pub(crate) tag: Option<String>,
    /// Only cases that failed in an earlier run, as this JSON report tells.
    pub(crate) failed: Option<String>,
    /// Only one part of the cases: `2/5`.
    pub(crate) shard: Option<String>,
    /// Runs each case so many times.
    pub(crate) repeat: Option<usize>,
    /// Reports to write, as `--report` names them: `json=FILE`, `html=FILE`.
    pub(crate) report: Vec<String>,
    /// Starts no other case once one has failed.
    pub(crate) fail_fast: bool,
    /// Runs the good files though others are invalid.
    pub(crate) keep_going: bool,
    /// How long a case may take in real time.
    pub(crate) timeout: Option<Life>,
    /// How long a step may take in real time.
    pub(crate) step_timeout: Option<Life>,
    /// How to show that it goes on.
    pub(crate) progress: Option<ProgressChoice>,
    /// Says nothing unless something fails.
    pub(crate) quiet: bool,
    /// Names each case that passed.
    pub(crate) verbose: bool,
    /// Shows secrets in failures.
    pub(crate) reveal: bool,
    /// Keeps answers that differ from their snapshots as the new ones.
    pub(crate) update_snapshots: bool,
    /// Writes no pending snapshots.
    pub(crate) no_update: bool,
}

/// `shuffle:` in a project file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shuffle {
    /// A new order each time, or none.
    Whether(bool),
    /// The order of this seed.
    Seed(u64),
}

impl<'de> Deserialize<'de> for Shuffle {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(whether) => Ok(Self::Whether(whether)),
            Value::Number(number) if number.is_u64() => Ok(Self::Seed(number.as_u64().unwrap_or_default())),
            _ => Err(serde::de::Error::custom("not a seed, and neither `true` nor `false`")),
        }
    }
}

impl JsonSchema for Shuffle {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Shuffle".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["boolean", "integer"], "minimum": 0 })
    }
}

impl Project {
    /// The project file of this folder; the defaults when there is none.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn of(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join(NAME);
        match std::fs::read(&path) {
            Ok(bytes) => Self::read(yaml::decode(NAME, bytes).map_err(|problem| CliError::project(vec![problem]))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(CliError::configuration(format!("cannot read {NAME}: {error}"))),
        }
    }

    fn read(source: Arc<Source>) -> Result<Self, CliError> {
        let parsed = yaml::parse(&source);
        if !parsed.problems.is_empty() {
            return Err(CliError::project(parsed.problems));
        }
        let document = match parsed.documents.as_slice() {
            [] => return Ok(Self::default()),
            [document] => document,
            [_, second, ..] => {
                let problem = Problem::new(second.place.clone(), "a second document in the project file");
                return Err(CliError::project(vec![problem]));
            }
        };
        if document.entries().is_none() {
            let place = Place::beginning(&source);
            return Err(CliError::project(vec![Problem::new(place, "the project file must be a mapping")]));
        }
        let mut project = Contract::<Self>::new("the project file").read(document).map_err(CliError::project)?;
        project.written = document.to_json();
        if let Some(world) = document.get("world").filter(|world| !world.is_null()) {
            project.checked_world = Some(check::check_world_node(world).map_err(CliError::project)?);
        }
        if let Some(services) = document.get("services").filter(|services| !services.is_null()) {
            project.checked_services = check::check_services_node(services).map_err(CliError::project)?;
        }
        Ok(project)
    }

    /// The services under test of the project.
    pub(crate) fn services(&self) -> &[Arc<Service>] {
        &self.checked_services
    }

    /// The world of the project.
    pub(crate) fn world(&self) -> Option<&World> {
        self.checked_world.as_deref()
    }

    /// The paths that `run`, `check` and `list` look at: those of the command line, those of the project file, the
    /// folder `scenarios`, the current folder.
    pub(crate) fn paths(&self, given: Vec<String>, folder: &Path) -> Vec<String> {
        if !given.is_empty() {
            given
        } else if !self.run.paths.is_empty() {
            self.run.paths.clone()
        } else if folder.join("scenarios").is_dir() {
            vec!["scenarios".to_owned()]
        } else {
            vec![".".to_owned()]
        }
    }
}
