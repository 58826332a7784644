//! `services:` of a project file or a scenario, and the steps that call them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sim::Life;

use super::context::Context;
use super::values::references;
use crate::conformance::Contract;
use crate::language::{Action, Case, Per, Ready, Service, Step, Template, TemplateKind, is_name};
use crate::problem::{Problem, suggestion};
use crate::source::Place;
use crate::yaml::Node;

/// One entry of `services:`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what can hold references is read from the tree, which knows their places")]
pub(crate) struct ServiceFile {
    /// The program and its arguments: a list, or one text that is split at its blanks as a shell would, without a shell.
    #[schemars(with = "Words")]
    command: IgnoredAny,
    /// The folder it is started in, relative to this file; that of the file by default.
    #[serde(default)]
    folder: Option<String>,
    /// Variables it gets. `$wechat` and `$idaas` are the base URLs of the world, `$port` is the port to listen on.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Variables of your own surroundings that it gets too; PATH, HOME and a few more are handed on anyway.
    #[serde(default)]
    inherit: Vec<String>,
    /// The port it listens on, for a service that cannot be told `$port`.
    #[serde(default)]
    port: Option<u16>,
    /// What tells that it is ready: a path that answers 2xx, or `tcp` when taking connections is enough (the default).
    #[serde(default)]
    ready: Option<String>,
    /// How long it may take to get ready, in real time; 10s by default.
    #[serde(default)]
    ready_within: Option<Life>,
    /// How often it is started: anew for every scenario and case (the default), or once a run.
    #[serde(default)]
    per: PerFile,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PerFile {
    /// Anew for every scenario and case, each with a port of its own.
    #[default]
    Scenario,
    /// Once a run; cases that need it run one after the other, and share what it remembers.
    Run,
}

/// A command as it is written.
struct Words;

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["string", "array"],
            "items": { "type": "string" },
            "minItems": 1,
            "examples": ["node server.js", ["node", "server.js"]]
        })
    }
}

/// How long a service may take to get ready when nobody says.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// The services of a project file or a scenario.
pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Vec<Arc<Service>> {
    let example = "services: { shop: { command: node server.js, env: { PORT: $port } } }";
    let entries = context.mapping(node, "`services`", example).unwrap_or_default();
    let contract = Contract::<ServiceFile>::new("a service");
    entries
        .iter()
        .filter_map(|entry| {
            let name = &entry.key.name;
            if !is_name(name) && !name.split('-').all(|part| part.chars().all(char::is_alphanumeric)) {
                context.report(
                    Problem::new(entry.key.place.clone(), format!("`{name}` cannot name a service"))
                        .hint("a name is letters, digits, `-` and `_`"),
                );
            }
            service(name, &entry.key.place, &entry.node, &contract, context).map(Arc::new)
        })
        .collect()
}

fn service(
    name: &str,
    place: &Place,
    node: &Node,
    contract: &Contract<ServiceFile>,
    context: &mut Context<'_>,
) -> Option<Service> {
    let before = context.problems.len();
    let file = match contract.read(node) {
        Ok(file) => Some(file),
        Err(problems) => {
            context.problems.extend(problems);
            None
        }
    };
    // What can be looked at is looked at, whatever else is wrong.
    let command: Vec<Template> = node.get("command").map(|command| words(command, context)).unwrap_or_default();
    let mut env = Vec::new();
    for entry in node.get("env").and_then(Node::entries).unwrap_or_default() {
        let name = &entry.key.name;
        if name.is_empty() || name.contains(['=', '\0']) {
            context.report(Problem::new(entry.key.place.clone(), format!("`{name}` cannot name a variable")));
        }
        let value = template(entry.node.text().unwrap_or_default(), &entry.node.place, context);
        env.extend(value.map(|value| (name.clone(), value)));
    }
    let ready = ready(node, context);
    let beside = place.source().path().parent().unwrap_or(Path::new(""));
    let folder = beside.join(node.get("folder").and_then(Node::text).unwrap_or_default());
    let folder = if folder.as_os_str().is_empty() { Path::new(".").to_owned() } else { folder };
    if !folder.is_dir() {
        let place = node.get("folder").map_or(place, |folder| &folder.place);
        context.report(
            Problem::new(place.clone(), format!("there is no folder `{}`", folder.display()))
                .hint("`folder` is relative to the file that it is written in"),
        );
    }
    let file = file?;
    let per = match file.per {
        PerFile::Run => Per::Run,
        PerFile::Scenario => Per::Scenario,
    };
    match (file.port, per) {
        (None, _) if !command.iter().chain(env.iter().map(|(_, value)| value)).any(names_port) => context.report(
            Problem::new(place.clone(), format!("nothing says which port `{name}` listens on"))
                .hint("hand it one, `env: { PORT: $port }`, or say which it takes, `port: 3000`, and start it once, `per: run`"),
        ),
        (Some(_), Per::Scenario) => context.report(
            Problem::new(node.entry("port").map_or(place, |entry| &entry.key.place).clone(), "one port for many")
                .label("it is started for every case, and several may run at a time")
                .hint("hand it a free one, `env: { PORT: $port }`, or start it once, `per: run`"),
        ),
        _ => {}
    }
    (context.problems.len() == before).then(|| Service {
        name: name.to_owned(),
        place: place.clone(),
        command,
        folder,
        env,
        inherit: file.inherit,
        port: file.port,
        ready,
        ready_within: file.ready_within.map_or(READY_WITHIN, Life::get),
        per,
    })
}

fn ready(node: &Node, context: &mut Context<'_>) -> Ready {
    let Some(node) = node.get("ready") else { return Ready::Tcp };
    match node.text() {
        None | Some("tcp") => Ready::Tcp,
        Some(path) if path.starts_with('/') => Ready::Path(path.to_owned()),
        Some(other) => {
            context.report(
                Problem::new(node.place.clone(), format!("`ready` cannot be `{other}`"))
                    .hint("write a path that answers 2xx once the service is ready, such as `/healthz`, or `tcp`"),
            );
            Ready::Tcp
        }
    }
}

/// The program and its arguments; what is neither a text nor a list of texts the contract has told.
fn words(node: &Node, context: &mut Context<'_>) -> Vec<Template> {
    let words: Vec<(String, &Place)> = match (node.items(), node.text()) {
        (Some(items), _) => items.iter().filter_map(|item| Some((item.text()?.to_owned(), &item.place))).collect(),
        (None, Some(line)) => match shlex::split(line) {
            Some(words) => words.into_iter().map(|word| (word, &node.place)).collect(),
            None => {
                context.report(
                    Problem::new(
                        node.place.clone(),
                        "a quote that is not closed, or a backslash with nothing behind it",
                    )
                    .hint("a list needs no quoting: `command: [node, server.js]`"),
                );
                return Vec::new();
            }
        },
        (None, None) => return Vec::new(),
    };
    if words.is_empty() {
        let problem = Problem::new(node.place.clone(), "a command without a word");
        context.report(problem.hint("write `command: node server.js`"));
    }
    words.iter().filter_map(|(word, place)| template(word, place, context)).collect()
}

/// A text with references to what a service is told.
fn template(text: &str, place: &Place, context: &mut Context<'_>) -> Option<Template> {
    let kind = match references(text, place) {
        Ok(kind) => kind,
        Err(problem) => {
            context.report(*problem);
            return None;
        }
    };
    let template = Template { kind, place: place.clone() };
    template.references(&mut |reference| {
        let plain = reference.to_string();
        if !Service::NAMES.iter().any(|name| plain.strip_prefix('$') == Some(name)) {
            let names = Service::NAMES.map(|name| format!("`${name}`")).join(", ");
            context.report(
                Problem::new(reference.place.clone(), format!("`{plain}` is nothing that a service is told"))
                    .hint(format!("known here: {names}; for a dollar sign write `$$`")),
            );
        }
    });
    Some(template)
}

fn names_port(template: &Template) -> bool {
    let mut found = false;
    template.references(&mut |reference| found |= reference.name == "port");
    found
}

/// The services that a scenario needs: its own, and those of the project that its steps call. Reports calls of services
/// that there are not.
pub(super) fn needed(
    own: Vec<Arc<Service>>,
    project: &[Arc<Service>],
    cases: &[Case],
    context: &mut Context<'_>,
) -> Vec<Arc<Service>> {
    let mut needed = own;
    for step in cases.iter().flat_map(|case| case.steps.iter().chain(&case.finally)) {
        called(step, &mut |to| {
            let TemplateKind::Text(name) = &to.kind else {
                context.report(
                    Problem::new(to.place.clone(), "`to` must be the name of a service")
                        .hint("which services a run starts has to be known before it: write `to: NAME`"),
                );
                return;
            };
            if needed.iter().any(|service| service.name == *name) {
                return;
            }
            match project.iter().find(|service| service.name == *name) {
                Some(service) => needed.push(Arc::clone(service)),
                None => context.report(unknown(name, &to.place, needed.iter().chain(project))),
            }
        });
    }
    needed
}

/// Calls `visit` with what every step, also of used flows, calls a service by.
fn called(step: &Step, visit: &mut impl FnMut(&Template)) {
    if let Some(to) = step.service() {
        visit(to);
    }
    if let Action::Use { flow, .. } = &step.action {
        flow.steps.iter().for_each(|step| called(step, visit));
    }
}

fn unknown<'s>(name: &str, place: &Place, known: impl Iterator<Item = &'s Arc<Service>>) -> Problem {
    let mut names: Vec<&str> = known.map(|service| service.name.as_str()).collect();
    names.dedup();
    let problem = Problem::new(place.clone(), format!("there is no service `{name}`"));
    match suggestion(name, names) {
        Some(hint) => problem.hint(hint),
        None => problem.hint(
            "services are described under `services:` in the scenario, or in mockwx.yaml of the folder that mockwx is \
             started in",
        ),
    }
}
