//! `--explain-config`: what each option is, and who said so.

use std::ffi::OsStr;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, CommandFactory};
use serde_json::Value;

use super::Context;
use super::args::Arguments;
use super::error::CliError;
use super::exit::Ended;

/// Options whose values are nobody's business.
const SECRET: &[&str] = &["admin_token"];

/// One option.
struct Row {
    name: String,
    value: String,
    from: String,
}

/// Prints every option of the command that was given.
pub(super) fn explain_config(context: &Context) -> Result<Ended, CliError> {
    let mut command = Arguments::command();
    // Options of all commands become those of each.
    command.build();
    if let Some((name, matches)) = &context.given
        && let Some(command) = command.find_subcommand(name)
    {
        context.out.data(&explained(command, matches, &context.project.written))?;
    }
    Ok(Ended::Well)
}

/// Tells every option of a command: its value, and whether a flag, a variable, the project file or nobody said so.
fn explained(command: &clap::Command, matches: &ArgMatches, file: &Value) -> String {
    // What stands beside the commands in the project file: the colour, the world.
    let written = |id: &str| file.get(command.get_name()).and_then(|own| own.get(id)).or_else(|| file.get(id));
    let rows: Vec<Row> = command
        .get_arguments()
        .filter(|arg| !matches!(arg.get_action(), ArgAction::Help | ArgAction::HelpLong | ArgAction::HelpShort))
        .filter(|arg| arg.get_id() != "explain_config")
        .map(|arg| row(arg, matches, written(arg.get_id().as_str())))
        .collect();
    let widest = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or_default();
    let (names, values) = (widest(|row| &row.name), widest(|row| &row.value).min(40));
    rows.iter().map(|row| format!("{:names$}  {:values$}  {}\n", row.name, row.value, row.from)).collect()
}

fn row(arg: &Arg, matches: &ArgMatches, file: Option<&Value>) -> Row {
    let id = arg.get_id().as_str();
    let name = arg.get_long().map_or_else(|| id.to_uppercase(), |long| format!("--{long}"));
    let hidden = |text: String| if SECRET.contains(&id) { "(not shown)".to_owned() } else { text };
    let given = || {
        let texts = matches.get_raw(id).into_iter().flatten().map(OsStr::to_string_lossy);
        match texts.collect::<Vec<_>>().join(", ") {
            text if text.is_empty() => "on".to_owned(),
            text if is_switch(arg) => switch(&text).to_owned(),
            text => text,
        }
    };
    let said = |value: String, from: String| Row { name: name.clone(), value: hidden(value), from };
    match matches.value_source(id) {
        Some(ValueSource::CommandLine) if arg.is_positional() => said(given(), "the command line".to_owned()),
        Some(ValueSource::CommandLine) => said(given(), "the flag".to_owned()),
        Some(ValueSource::EnvVariable) => {
            let variable = arg.get_env().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            said(given(), variable)
        }
        _ => match file.filter(|value| !value.is_null()) {
            Some(value) => said(written(value), "mockwx.yaml".to_owned()),
            None => Row { value: default(arg), name, from: "default".to_owned() },
        },
    }
}

fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// `yes`, `1` and `true` of a variable are all one.
fn switch(text: &str) -> &'static str {
    match text.to_lowercase().as_str() {
        "n" | "no" | "f" | "false" | "off" | "0" => "off",
        _ => "on",
    }
}

/// A value of the project file in one line.
fn written(value: &Value) -> String {
    match value {
        Value::Bool(whether) => if *whether { "on" } else { "off" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(", "),
        Value::Object(_) => "as written there".to_owned(),
        other => other.to_string(),
    }
}

/// What holds when nobody says anything: the help tells it.
fn default(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let told = help.rsplit_once("[default: ").and_then(|(_, rest)| rest.split_once(']'));
    match told {
        Some((default, _)) => default.to_owned(),
        None if is_switch(arg) => "off".to_owned(),
        None => "none".to_owned(),
    }
}
