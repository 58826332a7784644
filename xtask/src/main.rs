//! Chores of the workspace that need more than a line of shell: `cargo xtask mutations`, `cargo xtask coverage`,
//! `cargo xtask reference`, `cargo xtask book`.

mod book;
mod coverage;
mod mutations;
mod reference;

use mutations::{By, Which};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let word = arguments.next();
    let outcome = match word.as_deref() {
        Some("mutations") => match arguments.next().as_deref() {
            Some("--field-guide") => mutations::run(Which::All, By::FieldGuide),
            Some("--part") => match arguments.next().as_deref().and_then(Which::part) {
                Some(part) => mutations::run(part, By::Anything),
                None => Err("--part takes two numbers: --part 2/3".to_owned()),
            },
            Some(name) => mutations::run(Which::Named(name), By::Anything),
            None => mutations::run(Which::All, By::Anything),
        },
        Some("coverage") => match arguments.next().as_deref() {
            None => coverage::run(false),
            Some("--check") => coverage::run(true),
            Some(other) => Err(format!("`{other}`: usage: cargo xtask coverage [--check]")),
        },
        Some("book") => book::run(),
        Some("reference") => match arguments.next().as_deref() {
            None => reference::run(false),
            Some("--check") => reference::run(true),
            Some(other) => Err(format!("`{other}`: usage: cargo xtask reference [--check]")),
        },
        _ => Err("usage: cargo xtask mutations [PART OF A NAME | --part 2/3 | --field-guide]\n       \
            cargo xtask coverage [--check]\n       cargo xtask reference [--check]\n       cargo xtask book"
            .to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // When even stderr is gone, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}
