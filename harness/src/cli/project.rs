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
use super::picked::shard_of;
use super::reports::Report;
use super::run::selection;
use super::target::Where;
use crate::check;
use crate::check::services::ServiceFile;
use crate::conformance::Contract;
use crate::language::{Service, World};
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::{self, Node};

/// The name of the file.
pub(super) const NAME: &str = "mockwx.yaml";

/// A project file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Project {
    /// The world that `mockwx serve` and `mockwx exec` begin with: a world file's keys, or `like: FILE`.
    #[schemars(with = "Option<WorldFile>")]
    world: Option<Value>,
    /// Your own programs under test, by name: `http: { to: NAME }` calls them.
    #[schemars(with = "BTreeMap<String, ServiceFile>")]
    services: Option<Value>,
    /// When to use colours.
    pub(crate) color: Option<When>,
    /// The defaults of `mockwx serve`.
    pub(crate) serve: ServeDefaults,
    /// The defaults of `mockwx exec`.
    pub(crate) exec: ExecDefaults,
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
    /// Hosts that the forward proxy passes calls on to; it refuses all others that the server does not answer itself.
    pub(crate) passthrough: Vec<String>,
}

/// The defaults of `mockwx exec`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExecDefaults {
    /// The running server that a command joins, instead of one of its own.
    pub(crate) url: Option<String>,
    /// What the running server's control API asks for.
    pub(crate) admin_token: Option<String>,
    /// Turns all leniency off.
    pub(crate) strict: bool,
    /// A PEM file with the key that signs id_tokens.
    pub(crate) keys: Option<String>,
    /// Hosts that calls are let through to.
    pub(crate) passthrough: Vec<String>,
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
    #[schemars(range(min = 1))]
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
    #[schemars(range(min = 1))]
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
                let problem = Problem::new(second.place.clone(), "a second document in the project file")
                    .hint("it is one document: remove the line `---`, or all that is on one side of it");
                return Err(CliError::project(vec![problem]));
            }
        };
        if let Some(problem) = stranger(document) {
            return Err(CliError::project(vec![problem]));
        }
        let (mut project, mut problems) = match Contract::<Self>::new("the project file").read(document) {
            Ok(project) => (project, Vec::new()),
            Err(problems) => {
                let problems = problems.into_iter().map(|problem| with_mapping(problem, document));
                (Self::default(), problems.collect())
            }
        };
        project.written = document.to_json();
        // What is wrong by its form already is told once.
        let part = |key: &str, problems: &[Problem]| {
            let node = document.get(key).filter(|node| !node.is_null())?;
            let inside = |place: &Place| (node.place.start()..=node.place.end()).contains(&place.start());
            (!problems.iter().any(|problem| inside(&problem.place))).then_some(node)
        };
        if let Some(world) = part("world", &problems) {
            match check::check_world_node(world) {
                Ok(world) => project.checked_world = Some(world),
                Err(found) => problems.extend(found),
            }
        }
        if let Some(services) = part("services", &problems) {
            match check::check_services_node(services) {
                Ok(services) => project.checked_services = services,
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(document.get("run").map(faults_of_run).unwrap_or_default());
        if problems.is_empty() {
            return Ok(project);
        }
        problems.sort_by_key(|problem| problem.place.start());
        Err(CliError::project(problems))
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

/// A file that is none of a project.
fn stranger(document: &Node) -> Option<Problem> {
    if document.entries().is_none() {
        return Some(
            Problem::new(document.place.clone(), "the project file must be a mapping")
                .label(format!("this is {}", document.kind_name()))
                .hint("such as `run: { paths: [scenarios], jobs: 4 }`"),
        );
    }
    let (what, entry) = ["scenario", "flow"].into_iter().find_map(|what| Some((what, document.entry(what)?)))?;
    Some(
        Problem::new(entry.key.place.clone(), format!("a {what} in the project file"))
            .hint(format!("{NAME} holds what commands go by; give the {what} a file of its own")),
    )
}

/// The same with what was meant when a text stands where a world or a service has to.
fn with_mapping(problem: Problem, document: &Node) -> Problem {
    let is_it = |node: &&Node| node.place == problem.place && node.text().is_some();
    if let Some(text) = document.get("world").filter(is_it).and_then(Node::text) {
        return problem.hint(format!("a world in a file of its own: `world: {{ like: {text} }}`"));
    }
    let services = document.get("services").and_then(Node::entries).unwrap_or_default();
    match services.iter().find(|entry| is_it(&&entry.node)) {
        Some(entry) => {
            let (name, command) = (&entry.key.name, entry.node.text().unwrap_or_default());
            problem.hint(format!("write `{name}: {{ command: {command}, env: {{ PORT: $port }} }}`"))
        }
        None => problem,
    }
}

/// What only those who use the values know to be wrong.
fn faults_of_run(run: &Node) -> Vec<Problem> {
    let value = |key: &str| run.get(key).and_then(|node| Some((node.text()?.to_owned(), &node.place)));
    let reports = run.get("report").and_then(Node::items).unwrap_or_default();
    let reports = reports.iter().filter_map(|node| Some(Report::fault(node.text()?)?.at(node.place.clone())));
    let tag = value("tag").and_then(|(tag, place)| Some(selection(None, Some(tag)).err()?.at(place.clone())));
    let target = value("target").and_then(|(url, place)| Some(Where::new(Some(&url), None).err()?.at(place.clone())));
    let shard = value("shard").and_then(|(shard, place)| Some(shard_of(&shard).err()?.at(place.clone())));
    reports.chain(tag).chain(target).chain(shard).collect()
}
