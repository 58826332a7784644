//! `mockwx fmt`.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::Context;
use super::check::counted;
use super::error::{CliError, problems_text};
use super::exit::{Ended, Kept};
use crate::check::{files_in, read_file};
use crate::format::format;
use crate::problem::{Problem, Style};
use crate::source::Source;
use crate::yaml;

/// `mockwx fmt`.
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Files and folders, or `-` for stdin to stdout [default: scenarios/, or the current folder]
    #[arg(env = "MOCKWX_PATHS", hide_env = true, value_delimiter = '\n')]
    pub(crate) paths: Vec<String>,
    /// Writes nothing; names the files that would change, and exits with 1 if there are any
    #[arg(long, env = "MOCKWX_CHECK", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) check: bool,
    /// Says nothing unless something is wrong
    #[arg(short, long, env = "MOCKWX_QUIET", hide_env = true, value_parser = BoolishValueParser::new(), conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Shows what changes, or would change
    #[arg(short, long, env = "MOCKWX_VERBOSE", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) verbose: bool,
}

pub(super) fn fmt(args: Fmt, context: &Context) -> Result<Ended, CliError> {
    if args.paths.iter().any(|path| path == "-") {
        return stream(&args, context);
    }
    let paths = context.project.paths(args.paths.clone(), &context.folder);
    let mut problems = Vec::new();
    let files = files_in(&paths, &mut problems);
    if files.is_empty() && problems.is_empty() {
        return Err(CliError::nothing(format!("no file in {}", paths.join(", "))).hint("files end in .yaml or .yml"));
    }
    let (mut changed, mut same) = (0, 0);
    for path in &files {
        match formatted(path) {
            Err(mut found) => problems.append(&mut found),
            Ok((source, text)) if source.text() == text => same += 1,
            Ok((source, text)) => {
                if !args.check {
                    replace(path, &text)?;
                }
                changed += 1;
                tell(&args, &source, &text, context)?;
            }
        }
    }
    if !args.quiet {
        let done = if args.check { "would change" } else { "formatted" };
        context.out.data(&format!("{} {done}, {same} in order\n", counted(changed, "file")))?;
    }
    if !problems.is_empty() {
        context.out.talk(&problems_text(&problems, context.out.talk_style, "; those files are left as they are"));
        return Ok(Ended::Kept(Kept::InvalidFile));
    }
    Ok(if args.check && changed > 0 { Ended::Failed } else { Ended::Well })
}

/// From stdin to stdout.
fn stream(args: &Fmt, context: &Context) -> Result<Ended, CliError> {
    if args.paths.len() > 1 {
        return Err(CliError::configuration("`-` stands alone: stdin is formatted to stdout"));
    }
    let mut bytes = Vec::new();
    let limit = yaml::LARGEST_FILE as u64 + 1;
    io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::surroundings(format!("cannot read stdin: {error}")))?;
    let source = yaml::decode("stdin", bytes).map_err(|problem| CliError::invalid(vec![problem]))?;
    let text = format(&source).map_err(CliError::invalid)?;
    if !args.check {
        context.out.data(&text)?;
    } else if text != source.text() {
        tell(args, &source, &text, context)?;
        return Ok(Ended::Failed);
    }
    Ok(Ended::Well)
}

/// A file as it is and as it should be.
fn formatted(path: &Path) -> Result<(Arc<Source>, String), Vec<Problem>> {
    let source = read_file(path).map_err(|problem| vec![problem])?;
    let text = format(&source)?;
    Ok((source, text))
}

fn tell(args: &Fmt, source: &Source, text: &str, context: &Context) -> Result<(), CliError> {
    if args.verbose {
        return context.out.data(&diff(source, text, context.out.data_style));
    }
    if args.quiet {
        return Ok(());
    }
    let done = if args.check { "would change" } else { "formatted" };
    context.out.data(&format!("{done} {}\n", source.name()))
}

/// What changes, as `diff -u` shows it.
fn diff(source: &Source, text: &str, style: Style) -> String {
    let name = source.name();
    let diff = similar::TextDiff::from_lines(source.text(), text);
    let plain = diff.unified_diff().context_radius(2).header(&name, &format!("{name}, formatted")).to_string();
    if style == Style::Plain {
        return plain;
    }
    let colour = |line: &str| match line.as_bytes().first() {
        Some(b'+') => "\x1b[32m",
        Some(b'-') => "\x1b[31m",
        Some(b'@') => "\x1b[36m",
        _ => "",
    };
    plain.lines().map(|line| format!("{}{line}\x1b[0m\n", colour(line))).collect()
}

/// Puts `text` in the place of a file in one go: who reads it meanwhile, or pulls the plug, has the one or the other.
fn replace(path: &Path, text: &str) -> Result<(), CliError> {
    let write = || -> io::Result<()> {
        // A link stays a link.
        let path: PathBuf = std::fs::canonicalize(path)?;
        let permissions = std::fs::metadata(&path)?.permissions();
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".mockwx-").suffix(".tmp").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(permissions)?;
        file.persist(&path)?;
        Ok(())
    };
    write().map_err(|error| CliError::file("write", path, &error))
}
