//! `mockwx list`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::args::{Format, List};
use super::error::{CliError, problems_text};
use super::exit::{Ended, Kept};
use super::{Context, run};
use crate::run::CaseId;

pub(super) fn list(args: List, context: &Context) -> Result<Ended, CliError> {
    let paths = context.project.paths(args.paths, &context.folder);
    let selection = run::selection(args.name, args.tag)?;
    let checked = context.check(&paths);
    let cases = selection.of(&checked.scenarios);
    let text = match args.format {
        Format::Text => cases.iter().map(line).collect(),
        Format::Json => format!("{:#}\n", cases.iter().map(row).collect::<Value>()),
    };
    context.out.data(&text)?;
    if !checked.problems.is_empty() {
        context.out.talk(&problems_text(&checked.problems, context.out.talk_style, ""));
        return Ok(Ended::Kept(Kept::InvalidFile));
    }
    if cases.is_empty() {
        return Err(run::nothing(&paths, &selection, checked.scenarios.len()));
    }
    Ok(Ended::Well)
}

fn line(case: &CaseId) -> String {
    let mut line = format!("{}  {}", case.selector(), case.full_name());
    if !case.scenario.tags.is_empty() {
        let _ = write!(line, "  [{}]", case.scenario.tags.join(", "));
    }
    line.push('\n');
    line
}

fn row(case: &CaseId) -> Value {
    json!({
        "file": case.file(),
        "line": case.line(),
        "name": case.scenario.name,
        "case": case.case().name,
        "tags": case.scenario.tags,
        "covers": case.scenario.covers,
    })
}
