//! `mockwx show`: what a report of an earlier run tells.

use std::path::PathBuf;

use clap::Args;

use super::Context;
use super::error::CliError;
use super::exit::Ended;
use super::reports::write_file;
use crate::report::{Terminal, html, mermaid, read};
use crate::run::{CaseResult, RunResult};

/// `mockwx show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A JSON or JSONL report of `mockwx run`
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Writes the HTML report of that run
    #[arg(long, value_name = "FILE", env = "MOCKWX_HTML", hide_env = true)]
    pub(crate) html: Option<PathBuf>,
    /// Prints a case's sequence diagram as Mermaid text: FILE:LINE, or a part of its name
    #[arg(long, value_name = "CASE", env = "MOCKWX_MERMAID", hide_env = true)]
    pub(crate) mermaid: Option<String>,
    /// Names each case that passed, and shows failures with whole bodies
    #[arg(short, long, env = "MOCKWX_VERBOSE", hide_env = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub(crate) verbose: bool,
}

pub(super) fn show(args: Show, context: &Context) -> Result<Ended, CliError> {
    let text = std::fs::read_to_string(&args.file).map_err(|error| CliError::file("read", &args.file, &error))?;
    let result = read(&text).map_err(|error| {
        CliError::configuration(format!("{}: {error}", args.file.display()))
            .hint("`mockwx run --report json=FILE` or `--report jsonl=FILE` writes one")
    })?;
    if let Some(path) = &args.html {
        write_file(path, &html(&result))?;
    }
    if let Some(wanted) = &args.mermaid {
        context.out.data(&diagram(&result, wanted)?)?;
    } else if args.html.is_none() {
        let terminal = Terminal { style: context.out.data_style, verbose: args.verbose };
        let mut told: String = result.cases.iter().map(|case| terminal.case(case)).collect();
        told.push_str(&terminal.summary(&result));
        context.out.data(&told)?;
    }
    Ok(Ended::Well)
}

/// The diagram of the one case that `wanted` means.
fn diagram(result: &RunResult, wanted: &str) -> Result<String, CliError> {
    let place = |case: &CaseResult| format!("{}:{}", case.about.file, case.about.line);
    let mut found: Vec<_> = result.cases.iter().filter(|case| place(case) == wanted).collect();
    if found.is_empty() {
        found = result.cases.iter().filter(|case| case.about.full_name().contains(wanted)).collect();
    }
    match found.as_slice() {
        [] => Err(CliError::nothing(format!("no case of the report is `{wanted}`"))
            .hint("give FILE:LINE or a part of its name; `-v` without `--mermaid` lists all")),
        [case] => mermaid(case).ok_or_else(|| {
            CliError::nothing(format!("the report has no exchanges of {}", place(case)))
                .hint("a JSON report tells the steps of failures only, a JSONL report those of every case")
        }),
        several => {
            let places: Vec<_> = several.iter().map(|case| place(case)).collect();
            Err(CliError::configuration(format!("`{wanted}` fits {} cases", several.len()))
                .hint(format!("give one of {}", places.join(", "))))
        }
    }
}
