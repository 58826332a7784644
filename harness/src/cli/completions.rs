//! `mockwx completions` and `mockwx man`: made from the command line's own definition.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Context;
use super::args::Arguments;
use super::error::CliError;
use super::exit::Ended;

/// `mockwx completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// For which shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

pub(super) fn completions(args: &Completions, context: &Context) -> Result<Ended, CliError> {
    let mut script = Vec::new();
    let all = Arguments::command();
    // What the program says to itself is nothing to type.
    let mut typed = clap::Command::new("mockwx")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(all.get_arguments().cloned())
        .subcommands(all.get_subcommands().filter(|sub| !sub.is_hide_set()).cloned());
    clap_complete::generate(args.shell, &mut typed, "mockwx", &mut script);
    context.out.data(&String::from_utf8_lossy(&script))?;
    Ok(Ended::Well)
}

/// One page for all of it, each command a section of its own.
pub(super) fn man(context: &Context) -> Result<Ended, CliError> {
    let mut page = Vec::new();
    let mut command = Arguments::command();
    command.build();
    let failed = |error: std::io::Error| CliError::surroundings(format!("the manual cannot be made: {error}"));
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(failed)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        let name = sub.get_name().to_owned();
        let man = clap_mangen::Man::new(sub.clone());
        let mut part = Vec::new();
        man.render_description_section(&mut part).map_err(failed)?;
        man.render_synopsis_section(&mut part).map_err(failed)?;
        man.render_options_section(&mut part).map_err(failed)?;
        // Inside the section of a command, its parts are subsections.
        let part = String::from_utf8_lossy(&part).replace(".SH ", ".SS ");
        page.extend_from_slice(format!(".SH \"MOCKWX {}\"\n{part}", name.to_uppercase()).as_bytes());
    }
    let page = String::from_utf8_lossy(&page);
    context.out.data(&page)?;
    Ok(Ended::Well)
}
