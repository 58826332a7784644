//! `mockwx faults` and `mockwx fault`: what can go wrong, and what is planned to.

use std::fmt::Write as _;

use http::Method;
use lab::{CATALOGUE, Fault, Misfortune};
use serde_json::{Value, json};

use super::Context;
use super::args::{FaultArgs, FaultWord, Faults, Format};
use super::error::CliError;
use super::exit::Ended;
use super::server::Server;
use crate::conformance::Contract;
use crate::problem::closest;
use crate::run::encoded;
use crate::source::Source;
use crate::yaml;

const FAULTS: &str = "/__admin/v1/faults";

/// Lists the catalogue, or tells one of its misfortunes.
pub(super) fn catalogue(args: &Faults, context: &Context) -> Result<Ended, CliError> {
    let chosen: Vec<&Misfortune> = match &args.name {
        None => CATALOGUE.iter().collect(),
        Some(name) => vec![named(name)?],
    };
    let shown = match (args.format, &args.name) {
        (Format::Json, _) => format!("{:#}\n", chosen.into_iter().map(row).collect::<Value>()),
        (Format::Text, None) => chosen.into_iter().map(line).collect(),
        (Format::Text, Some(_)) => chosen.into_iter().map(story).collect(),
    };
    context.out.data(&shown)?;
    Ok(Ended::Well)
}

fn named(name: &str) -> Result<&'static Misfortune, CliError> {
    let found = CATALOGUE.iter().find(|known| known.name == name || known.id.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let error = CliError::configuration(format!("the catalogue has no `{name}`"));
        match closest(name, CATALOGUE.iter().map(|known| known.name)) {
            Some(close) => error.hint(format!("did you mean `{close}`?")),
            None => error.hint("`mockwx faults` lists them all"),
        }
    })
}

fn row(misfortune: &Misfortune) -> Value {
    json!({
        "id": misfortune.id,
        "name": misfortune.name,
        "about": misfortune.about,
        "way": misfortune.way,
        "source": misfortune.source,
        "preset": misfortune.is_preset(),
    })
}

/// One misfortune in one line.
fn line(misfortune: &Misfortune) -> String {
    let Misfortune { id, name, about, source, .. } = misfortune;
    let kind = if misfortune.is_preset() { "preset" } else { "" };
    format!("{id:<4} {name:<26} {kind:<7} {about}  [{source}]\n")
}

/// One misfortune with how to bring it about.
fn story(misfortune: &Misfortune) -> String {
    let Misfortune { id, name, about, way, source, .. } = misfortune;
    let mut text = format!("{id} {name}\n{about}\nhow: {way}\nsource: {source}\n");
    match misfortune.preset() {
        Some(plan) => {
            let _ = writeln!(text, "preset: mockwx fault inject {name}\n        {plan}");
        }
        None => text.push_str("no fault is needed: it comes about by itself\n"),
    }
    text
}

/// Plans, lists and clears faults of a running server.
pub(super) fn fault(args: FaultArgs, context: &Context) -> Result<Ended, CliError> {
    let server = Server::new(&args.server)?;
    match args.what {
        None | Some(FaultWord::List) => {
            let answer = server.get(FAULTS)?;
            let faults = answer.get("faults").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            context.out.data(&faults.iter().map(planned).collect::<String>())?;
            if faults.is_empty() {
                context.out.talk("nothing is planned to go wrong\n");
            }
        }
        Some(FaultWord::Inject { fault }) => {
            let planned_now = server.call(Method::POST, FAULTS, Some(&written(&fault.join(" "))?))?;
            context.out.data(&planned(&planned_now))?;
        }
        Some(FaultWord::Clear { name }) => {
            let path = name.map_or_else(|| FAULTS.to_owned(), |name| format!("{FAULTS}/{}", encoded(&name)));
            let answer = server.call(Method::DELETE, &path, None)?;
            context.out.talk(&format!("{} cleared\n", answer.get("cleared").unwrap_or(&Value::Null)));
        }
    }
    Ok(Ended::Well)
}

/// One planned fault in one line: its name, its counts, its plan.
fn planned(fault: &Value) -> String {
    let mut line = format!(
        "{}  hit {} of {}",
        fault.get("name").and_then(Value::as_str).unwrap_or_default(),
        fault.get("applied").unwrap_or(&Value::Null),
        fault.get("matched").unwrap_or(&Value::Null)
    );
    if fault.get("spent") == Some(&Value::Bool(true)) {
        line.push_str(", spent");
    }
    let _ = writeln!(line, "  {}", fault.get("plan").unwrap_or(&Value::Null));
    line
}

/// A fault as a person types it: the name of a preset, or a mapping in YAML's short form.
fn written(text: &str) -> Result<Value, CliError> {
    if !text.trim_start().starts_with('{') {
        return Ok(json!({ "preset": text.trim() }));
    }
    let source = Source::new("fault", text);
    let parsed = yaml::parse(&source);
    let contract = Contract::<Fault>::new("a fault");
    let Some(node) = parsed.documents.first().filter(|_| parsed.problems.is_empty()) else {
        return Err(CliError::invalid(parsed.problems));
    };
    contract.read(node).map_err(CliError::invalid)?;
    Ok(contract.json(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_typed_as_a_name_or_as_a_mapping() {
        assert_eq!(written(" lost_reply ").unwrap(), json!({ "preset": "lost_reply" }));
        assert_eq!(
            written("{ when: { next: 1 }, what: { error: 40029 } }").unwrap(),
            json!({ "when": { "next": 1 }, "what": { "error": 40029 } })
        );
        assert!(written("{ waht: { error: 40029 } }").is_err());
        assert!(written("{ what: ").is_err());
    }
}
