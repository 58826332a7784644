//! The control words: small commands for a running server.

use std::fmt::Write as _;
use std::path::Path;

use http::Method;
use serde_json::{Map, Value, json};

use super::Context;
use super::args::{Clock, ClockWord, Code, Explain, Format, Journal, Outbox, WorldArgs, WorldWord};
use super::error::CliError;
use super::exit::Ended;
use super::server::Server;
use crate::check::check_world_file;
use crate::run::encoded;

const CLOCK: &str = "/__admin/v1/clock";
const WORLD: &str = "/__admin/v1/world";
const WORLDS: &str = "/__admin/v1/worlds";

pub(super) fn clock(args: Clock, context: &Context) -> Result<Ended, CliError> {
    let server = Server::new(&args.server)?;
    let change = match args.what {
        None | Some(ClockWord::Now) => None,
        Some(ClockWord::Advance { by }) => Some(json!({ "advance": by })),
        Some(ClockWord::Set { to }) => Some(json!({ "set": to })),
        Some(ClockWord::Freeze) => Some(json!({ "freeze": true })),
        Some(ClockWord::Resume) => Some(json!({ "resume": true })),
    };
    let clock = match change {
        None => server.get(CLOCK)?,
        Some(change) => server.call(Method::PUT, CLOCK, Some(&change))?,
    };
    context.out.data(&format!("{}  {}\n", text(&clock, "now"), text(&clock, "mode")))?;
    Ok(Ended::Well)
}

pub(super) fn code(args: Code, context: &Context) -> Result<Ended, CliError> {
    let server = Server::new(&args.server)?;
    let mut body = Map::new();
    for (name, value) in [("person", args.person), ("appid", args.appid)] {
        body.extend(value.map(|value| (name.to_owned(), Value::String(value))));
    }
    if args.realtime {
        body.insert("realtime".to_owned(), Value::Bool(true));
    }
    let call = if args.phone || args.realtime { "phone-number" } else { "login" };
    let answer = server.call(Method::POST, &format!("/__admin/v1/device/{call}"), Some(&Value::Object(body)))?;
    match answer.get("code").and_then(Value::as_str) {
        Some(code) => context.out.data(&format!("{code}\n"))?,
        None => return Err(CliError::configuration(format!("the device gave no code: {}", text(&answer, "errMsg")))),
    }
    Ok(Ended::Well)
}

pub(super) fn outbox(args: Outbox, context: &Context) -> Result<Ended, CliError> {
    let mut path = "/__admin/v1/outbox".to_owned();
    if let Some(to) = &args.to {
        let _ = write!(path, "?to={}", encoded(to));
    }
    let answer = Server::new(&args.server)?.get(&path)?;
    let messages = answer.get("messages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let shown = match args.format {
        Format::Json => format!("{answer:#}\n"),
        Format::Text => messages
            .iter()
            .map(|message| {
                let part = |name| text(message, name);
                format!(
                    "{}  {:<5}  {}  {}  {}\n",
                    part("at"),
                    part("channel"),
                    part("to"),
                    part("verify_code"),
                    part("type")
                )
            })
            .collect(),
    };
    context.out.data(&shown)?;
    if messages.is_empty() && args.format == Format::Text {
        context.out.talk("nothing was sent\n");
    }
    Ok(Ended::Well)
}

pub(super) fn journal(args: Journal, context: &Context) -> Result<Ended, CliError> {
    let mut path = format!("/__admin/v1/journal?limit={}", args.limit);
    for (name, value) in [("rid", &args.rid), ("path", &args.path), ("from", &args.from)] {
        if let Some(value) = value {
            let _ = write!(path, "&{name}={}", encoded(value));
        }
    }
    if args.reveal {
        path.push_str("&reveal=true");
    }
    let answer = Server::new(&args.server)?.get(&path)?;
    let exchanges = answer.get("exchanges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let shown = match args.format {
        Format::Json => format!("{answer:#}\n"),
        Format::Text => exchanges.iter().map(exchange).collect(),
    };
    context.out.data(&shown)?;
    Ok(Ended::Well)
}

/// One exchange in one line: when, who asked whom what, and what came of it.
fn exchange(exchange: &Value) -> String {
    let part = |name| text(exchange, name);
    let mut line = format!(
        "{}  {} → {}  {} {}  {}",
        part("at"),
        part("from"),
        part("to"),
        part("method"),
        part("target"),
        exchange.get("status").unwrap_or(&Value::Null)
    );
    if let Some(refusal) = exchange.get("refusal") {
        let _ = write!(line, "  refused: {} {}", text(refusal, "code"), text(refusal, "rule"));
    }
    if let Some(rid) = exchange.get("rid").and_then(Value::as_str) {
        let _ = write!(line, "  rid {rid}");
    }
    line.push('\n');
    for event in exchange.get("events").and_then(Value::as_array).into_iter().flatten() {
        let _ = writeln!(line, "    {}", event.as_str().unwrap_or_default());
    }
    line
}

pub(super) fn explain(args: Explain, context: &Context) -> Result<Ended, CliError> {
    let reveal = if args.reveal { "?reveal=true" } else { "" };
    let path = format!("/__admin/v1/explain/{}{reveal}", encoded(&args.rid.join(" ")));
    let answer = Server::new(&args.server)?.get(&path)?;
    let lines = answer.get("story").and_then(Value::as_array).into_iter().flatten();
    let story: String = lines.filter_map(Value::as_str).map(|line| format!("{line}\n")).collect();
    context.out.data(&story)?;
    Ok(Ended::Well)
}

pub(super) fn world(args: WorldArgs, context: &Context) -> Result<Ended, CliError> {
    let server = Server::new(&args.server)?;
    let shown = match args.what {
        None | Some(WorldWord::Export) => format!("{:#}\n", server.get(WORLD)?),
        Some(WorldWord::Reset) => address(&server.call(Method::POST, "/__admin/v1/world/reset", Some(&json!({})))?),
        Some(WorldWord::List) => {
            let answer = server.get(WORLDS)?;
            let worlds = answer.get("worlds").and_then(Value::as_array).into_iter().flatten();
            worlds
                .map(|world| {
                    let part = |name| text(world, name);
                    format!("{}  {}  {} {}\n", part("name"), part("url"), part("now"), part("mode"))
                })
                .collect()
        }
        Some(WorldWord::Create { name, file }) => {
            let mut body = json!({ "name": name });
            if let Some(file) = file {
                body["world"] = world_file(&file)?;
            }
            address(&server.call(Method::POST, WORLDS, Some(&body))?)
        }
        Some(WorldWord::Delete { name }) => {
            server.call(Method::DELETE, &format!("{WORLDS}/{}", encoded(&name)), None)?;
            String::new()
        }
    };
    context.out.data(&shown)?;
    Ok(Ended::Well)
}

/// The world file as the control API takes it: whole, for a server reads no files.
fn world_file(path: &Path) -> Result<Value, CliError> {
    check_world_file(path).map(|world| world.file.clone()).map_err(CliError::invalid)
}

fn address(answer: &Value) -> String {
    format!("{}\n", text(answer, "url"))
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
