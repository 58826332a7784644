//! `mockwx check`.

use super::Context;
use super::args::Check;
use super::error::{CliError, problems_text};
use super::exit::{Ended, Kept};

pub(super) fn check(args: Check, context: &Context) -> Result<Ended, CliError> {
    let paths = context.project.paths(args.paths, &context.folder);
    let mut checked = context.check(&paths);
    let left_over = checked.left_over_snapshots();
    checked.problems.extend(left_over);
    if !checked.problems.is_empty() {
        context.out.data(&problems_text(&checked.problems, context.out.data_style, ""))?;
        return Ok(Ended::Kept(Kept::InvalidFile));
    }
    if checked.scenarios.is_empty() {
        return Err(CliError::nothing(format!("no scenario in {}", paths.join(", "))));
    }
    if !args.quiet {
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
