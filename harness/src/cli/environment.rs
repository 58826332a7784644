//! What a command is told of a lab: variables, and the files that they name.

use std::path::Path;

use super::Context;
use super::error::CliError;
use crate::exec::environment::{bypassed, variables};
use crate::exec::files::{Told, write};

/// The variables of a command beside a lab; their files go into `folder`.
pub(super) fn variables_of(
    lab: &Told<'_>,
    folder: &Path,
    context: &Context,
) -> Result<Vec<(String, String)>, CliError> {
    let mut warnings = Vec::new();
    let files = write(folder, lab, sim::real::variable, &mut warnings);
    let files = files.map_err(|error| CliError::surroundings(error.to_string()))?;
    let told = variables(sim::real::variable, lab.address, &files)
        .map_err(|path| CliError::surroundings(format!("{} is a path that no variable can hold", path.display())))?;
    if let Some((entry, name)) = bypassed(&told, lab.names) {
        warnings.push(format!("NO_PROXY has `{entry}`: whoever heeds it asks the real {name}, and not the lab"));
    }
    for warning in warnings {
        context.out.talk(&format!("warning: {warning}\n"));
    }
    Ok(told)
}
