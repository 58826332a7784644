//! `mockwx coverage`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Args;
use clap::builder::BoolishValueParser;
use lab::{Lab, Settings};
use serde_json::{Value, json};

use super::Context;
use super::args::Format;
use super::check::counted;
use super::error::CliError;
use super::exit::Ended;
use super::run::{no_runtime, nothing, selection};
use super::share::Share;
use crate::coverage::{self, Item};
use crate::run::{CaseId, observe};

/// `mockwx coverage`.
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    /// Files, folders, or FILE:LINE [default: scenarios/, or the current folder]
    #[arg(env = "MOCKWX_PATHS", hide_env = true, value_delimiter = '\n')]
    paths: Vec<String>,
    /// Only cases with this text in the scenario's or the case's name
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    name: Option<String>,
    /// Only scenarios whose tags fit: `smoke and not slow`
    #[arg(long, value_name = "EXPR", env = "MOCKWX_TAG", hide_env = true)]
    tag: Option<String>,
    /// Lists only what no scenario reaches
    #[arg(long, env = "MOCKWX_MISSING", hide_env = true, value_parser = BoolishValueParser::new())]
    missing: bool,
    /// Exits with 1 unless this share is reached
    #[arg(long, value_name = "PERCENT", env = "MOCKWX_AT_LEAST", hide_env = true)]
    at_least: Option<Share>,
    /// How to print it
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    format: Format,
}

pub(super) fn coverage(args: Coverage, context: &Context) -> Result<Ended, CliError> {
    let paths = context.project.paths(args.paths, &context.folder);
    let selection = selection(args.name, args.tag)?;
    let checked = context.check(&paths);
    if !checked.problems.is_empty() {
        return Err(CliError::invalid(checked.problems));
    }
    let cases = selection.of(&checked.scenarios);
    if cases.is_empty() {
        return Err(nothing(&paths, &selection, checked.scenarios.len()));
    }
    let coverage = reached(&cases)?;
    let text = match args.format {
        Format::Text => shown(&coverage, args.missing),
        Format::Json => format!("{:#}\n", document(&coverage, args.missing)),
    };
    context.out.data(&text)?;
    let (all, reached) = coverage.counts();
    let share = Share::of(reached, all);
    if let Some(wanted) = args.at_least.filter(|wanted| share < *wanted) {
        context.out.talk(&format!("{share} is reached, --at-least {wanted} was wanted\n"));
        return Ok(Ended::Failed);
    }
    Ok(Ended::Well)
}

/// Runs the cases and looks at what they did.
fn reached(cases: &[CaseId]) -> Result<coverage::Coverage, CliError> {
    let bug = |told: String| CliError::surroundings(told);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let lab = Lab::new(Settings::default()).map_err(|problems| bug(format!("{problems:?}")))?;
    let mut covers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    runtime.block_on(async {
        let mut seen = Vec::new();
        for id in cases {
            covers.entry(id.file()).or_default().extend(id.scenario.covers.iter().cloned());
            seen.extend(observe(id).await.map_err(|told| bug(format!("{}:{}: {told}", id.file(), id.line())))?);
        }
        let documented = coverage::documented().map_err(bug)?;
        Ok(coverage::Coverage::of(&documented, &lab, &seen, &covers).await)
    })
}

fn shown(coverage: &coverage::Coverage, missing: bool) -> String {
    let mut text = String::new();
    for group in &coverage.groups {
        let rows: Vec<&Item> = group.items.iter().filter(|item| !missing || !item.is_reached()).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{}: {} of {}", group.name, group.reached(), group.items.len());
        let width = rows.iter().map(|item| item.name.chars().count()).max().unwrap_or(0);
        for item in rows {
            let told = match (missing, item.files.first()) {
                (true, _) => item.about.clone(),
                (false, None) => "-".to_owned(),
                (false, Some(first)) if item.files.len() == 1 => first.clone(),
                (false, Some(first)) => format!("{first} and {} more", item.files.len() - 1),
            };
            let _ = writeln!(text, "  {:width$}  {told}", item.name);
        }
        text.push('\n');
    }
    if !coverage.claims.is_empty() {
        text.push_str("covers: without the traffic for it\n");
        let width = coverage.claims.iter().map(|claim| claim.file.chars().count()).max().unwrap_or(0);
        for claim in &coverage.claims {
            let _ = writeln!(text, "  {:width$}  {}", claim.file, claim.covers);
        }
        text.push('\n');
    }
    let (all, reached) = coverage.counts();
    let _ = writeln!(text, "{reached} of {} reached ({})", counted(all, "thing"), Share::of(reached, all));
    text
}

fn document(coverage: &coverage::Coverage, missing: bool) -> Value {
    let (all, reached) = coverage.counts();
    let items = |items: &[Item]| -> Value {
        let shown = items.iter().filter(|item| !missing || !item.is_reached());
        shown.map(|item| json!({ "name": item.name, "about": item.about, "files": item.files })).collect()
    };
    json!({
        "version": 1,
        "all": all, "reached": reached, "percent": Share::of(reached, all).percent(),
        "groups": coverage
            .groups
            .iter()
            .map(|group| json!({
                "name": group.name, "all": group.items.len(), "reached": group.reached(), "items": items(&group.items),
            }))
            .collect::<Value>(),
        "claims": coverage
            .claims
            .iter()
            .map(|claim| json!({ "file": claim.file, "covers": claim.covers }))
            .collect::<Value>(),
    })
}
