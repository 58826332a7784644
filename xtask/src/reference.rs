//! Writes the reference pages of the book from the tables that the program itself reads: `docs/words.md`, every step word
//! with its arguments, and `docs/command-line.md`, every command with its flags.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use harness::language::{Argument, Choice, Group, Kind, Part, SHAPES, WORDS, Word};

/// Writes the pages, or only tells whether they are as they should be.
///
/// # Errors
/// A page that cannot be written, or, with `check`, one that is old.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no root")?;
    for (name, text) in [("docs/words.md", words()), ("docs/command-line.md", command_line())] {
        let path = root.join(name);
        let present = fs::read_to_string(&path).unwrap_or_default();
        match check {
            true if present != text => return Err(format!("{name} is old: run `cargo xtask reference`")),
            true => {}
            false => fs::write(&path, text).map_err(|error| format!("{name}: {error}"))?,
        }
    }
    Ok(())
}

const WORDS_HEAD: &str = "\
# Step words

Every word that a step can say. A step is one word; its value is the request in the vendor's own field names. An
argument that is left out is filled in from the world where that makes sense; `null` leaves it out of the request on
purpose. Any argument takes a reference such as `$visit.id_token`.

<!-- written by `cargo xtask reference` from the table that the program reads -->
";

/// One section for each party, one for each word in it.
fn words() -> String {
    let mut text = WORDS_HEAD.to_owned();
    for group in [Group::Device, Group::WeChat, Group::Idaas, Group::Local, Group::Control, Group::Http] {
        let (title, about) = title(group);
        let _ = writeln!(text, "\n## {title}\n\n{about}\n\nWithout `expect`, a step wants {}.", group.success());
        if !group.arguments().is_empty() {
            text.push_str("\nEvery word here also takes:\n");
            arguments(&mut text, group.arguments());
        }
        for word in WORDS.iter().copied().flatten().filter(|word| word.group == group) {
            one(&mut text, word);
        }
    }
    text.push_str("\n## What `is:` knows\n\n| name | a value that is |\n|---|---|\n");
    text.push_str("| `present` | there |\n| `absent` | not there |\n");
    for shape in SHAPES {
        let _ = writeln!(text, "| `{}` | {} |", shape.name, cell(shape.about));
    }
    text
}

fn title(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::Device => ("The phone", "What the Mini Program's own `wx.*` calls give to a page."),
        Group::WeChat => ("WeChat's server API", "What a back end calls at WeChat."),
        Group::Idaas => ("IDaaS", "What a Mini Program or a back end calls at the identity service."),
        Group::Local => ("The back end itself", "What a back end works out without asking anybody."),
        Group::Control => ("The world", "Its clock, artefacts, faults, outbox and journal."),
        Group::Http => ("Any call", "For everything that has no word of its own."),
    }
}

fn one(text: &mut String, word: &Word) {
    let _ = writeln!(text, "\n### {}\n", word.name);
    let _ = write!(text, "{}.", sentence(word.about));
    if let Some(endpoint) = word.endpoint {
        let _ = write!(text, " Calls `{} {}`.", endpoint.method, endpoint.path);
    }
    if !word.aliases.is_empty() {
        let _ = write!(text, " Also called {}.", names(word.aliases));
    }
    if let Some(short) = word.short {
        let _ = write!(text, " A single value in place of the arguments is `{short}`.");
    }
    text.push('\n');
    if !word.arguments.is_empty() {
        arguments(text, word.arguments);
    }
    match word.choice {
        Choice::Free => {}
        Choice::OneOf(groups) => {
            let _ = writeln!(text, "\nTakes one of: {}.", groups_of(groups));
        }
        Choice::AtLeastOneOf(groups) => {
            let _ = writeln!(text, "\nTakes at least one of: {}.", groups_of(groups));
        }
    }
    if !word.answers.is_empty() {
        let _ = writeln!(text, "\nAnswers {}.", names(word.answers));
    }
}

fn arguments(text: &mut String, arguments: &[Argument]) {
    text.push_str("\n| argument | takes | what it is |\n|---|---|---|\n");
    for argument in arguments {
        let required = if argument.required { ", required" } else { "" };
        let _ = writeln!(
            text,
            "| `{}` | {}{required} | {}{} |",
            argument.name,
            kind(argument.kind),
            cell(argument.about),
            travels(argument)
        );
    }
}

/// Where an argument goes, when its name alone does not tell.
fn travels(argument: &Argument) -> String {
    match argument.part {
        Part::Header(name) => format!(" (header `{name}`)"),
        Part::Bearer => " (`Authorization: Bearer`)".to_owned(),
        _ if argument.wire != argument.name => format!(" (`{}` on the wire)", argument.wire),
        _ => String::new(),
    }
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "a text".to_owned(),
        Kind::Bool => "`true` or `false`".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Duration => "a duration: `4m59s`".to_owned(),
        Kind::Time => "a time, RFC 3339".to_owned(),
        Kind::Person => "a person of the world".to_owned(),
        Kind::App => "an appid".to_owned(),
        Kind::Application => "an application or client id".to_owned(),
        Kind::ArtefactKind => "a kind of artefact".to_owned(),
        Kind::OneOf(texts) => names(texts),
        Kind::Headers => "names and texts".to_owned(),
        Kind::Mapping => "a mapping".to_owned(),
        Kind::Any => "anything".to_owned(),
    }
}

fn groups_of(groups: &[&[&str]]) -> String {
    groups.iter().map(|group| names(group).replace(", ", " with ")).collect::<Vec<_>>().join("; ")
}

fn names(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}

const COMMANDS_HEAD: &str = "\
# Command line

Every command with its flags, as `mockwx COMMAND --help` tells them.

<!-- written by `cargo xtask reference` from the parser of the command line -->
";

fn command_line() -> String {
    let mut text = COMMANDS_HEAD.to_owned();
    for (name, help) in harness::cli::help() {
        let _ = write!(text, "\n## {name}\n\n```text\n{}\n```\n", help.trim_end());
    }
    text
}
