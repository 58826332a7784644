//! `mockwx check`.

use super::Context;
use super::args::{Check, CheckFormat};
use super::error::{CliError, problems_text};
use super::exit::{Ended, Kept};
use crate::report::{problem_annotations, problems_json};

pub(super) fn check(args: Check, context: &Context) -> Result<Ended, CliError> {
    let paths = context.project.paths(args.paths, &context.folder);
    let mut checked = context.check(&paths);
    let left_over = checked.left_over_snapshots();
    checked.problems.extend(left_over);
    context.out.data(&match args.format {
        CheckFormat::Text => problems_text(&checked.problems, context.out.data_style, ""),
        CheckFormat::Json => format!("{:#}\n", problems_json(&checked.problems)),
        CheckFormat::Github => problem_annotations(&checked.problems),
    })?;
    if !checked.problems.is_empty() {
        return Ok(Ended::Kept(Kept::InvalidFile));
    }
    if checked.scenarios.is_empty() {
        return Err(CliError::nothing(format!("no scenario in {}", paths.join(", "))));
    }
    if !args.quiet && args.format != CheckFormat::Json {
        let cases: usize = checked.scenarios.iter().map(|scenario| scenario.cases.len()).sum();
        let text = format!(
            "{} in order: {}, {}\n",
            counted(checked.files.len(), "file"),
            counted(checked.scenarios.len(), "scenario"),
            counted(cases, "case")
        );
        context.out.data(&text)?;
    }
    Ok(Ended::Well)
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
