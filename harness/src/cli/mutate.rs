//! `mockwx mutate`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::args::Format;
use super::check::counted;
use super::error::CliError;
use super::exit::Ended;
use super::run::{no_runtime, nothing, selection};
use super::share::Share;
use crate::mutate::{Kind, Mutation, Plan, Tried, mutate as tried};
use crate::run;
use crate::source::Place;

/// `mockwx mutate`.
#[derive(Debug, Args)]
pub(crate) struct Mutate {
    /// Files, folders, or FILE:LINE [default: scenarios/, or the current folder]
    #[arg(env = "MOCKWX_PATHS", hide_env = true, value_delimiter = '\n')]
    paths: Vec<String>,
    /// Only cases with this text in the scenario's or the case's name
    #[arg(long, value_name = "TEXT", env = "MOCKWX_NAME", hide_env = true)]
    name: Option<String>,
    /// Only scenarios whose tags fit: `smoke and not slow`
    #[arg(long, value_name = "EXPR", env = "MOCKWX_TAG", hide_env = true)]
    tag: Option<String>,
    /// How many runs at a time [default: one for each core]
    #[arg(short, long, value_name = "N", env = "MOCKWX_JOBS", hide_env = true)]
    jobs: Option<usize>,
    /// Tries at most so many flips, one of each kind first [default: all]
    #[arg(long, value_name = "N", env = "MOCKWX_LIMIT", hide_env = true)]
    limit: Option<usize>,
    /// Decides which flips are tried when there are more than --limit
    #[arg(long, value_name = "SEED", default_value_t = 1, env = "MOCKWX_SEED", hide_env = true)]
    seed: u64,
    /// Exits with 1 unless this share of the kinds of flips is noticed
    #[arg(long, value_name = "PERCENT", env = "MOCKWX_AT_LEAST", hide_env = true)]
    at_least: Option<Share>,
    /// Lists for each case what it does not notice
    #[arg(short, long, env = "MOCKWX_VERBOSE", hide_env = true, value_parser = clap::builder::BoolishValueParser::new())]
    verbose: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    format: Format,
}

pub(super) fn mutate(args: Mutate, context: &Context) -> Result<Ended, CliError> {
    let paths = context.project.paths(args.paths, &context.folder);
    let selection = selection(args.name, args.tag)?;
    let jobs = args.jobs.unwrap_or(context.around.cores);
    if jobs == 0 || args.limit == Some(0) {
        let flag = if jobs == 0 { "--jobs" } else { "--limit" };
        return Err(CliError::configuration(format!("{flag}: at least 1")));
    }
    let checked = context.check(&paths);
    if !checked.problems.is_empty() {
        return Err(CliError::invalid(checked.problems));
    }
    let cases = selection.of(&checked.scenarios);
    if cases.is_empty() {
        return Err(nothing(&paths, &selection, checked.scenarios.len()));
    }
    let plan = Plan { jobs, limit: args.limit, seed: args.seed, timeout: run::Plan::default().timeout };
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(jobs).enable_all().build().map_err(|error| no_runtime(&error))?;
    let mutation = runtime.block_on(tried(cases, plan));
    runtime.shutdown_background();

    for id in mutation.red.iter().map(|at| &mutation.cases[*at]) {
        context.out.talk(&format!("{}:{}: fails without any flip and is left out\n", id.file(), id.line()));
    }
    if mutation.tried.is_empty() {
        return Err(match mutation.red.is_empty() {
            true => CliError::nothing("no step of these scenarios asks a vendor or a phone: there is nothing to flip"),
            false => CliError::nothing("no case is left").hint("`mockwx run` tells why they fail"),
        });
    }
    let text = match args.format {
        Format::Text => shown(&mutation, args.verbose),
        Format::Json => format!("{:#}\n", document(&mutation)),
    };
    context.out.data(&text)?;
    let share = Share::of(mutation.kinds().len() - mutation.unnoticed().len(), mutation.kinds().len());
    if let Some(wanted) = args.at_least.filter(|wanted| share < *wanted) {
        context.out.talk(&format!("{share} of the kinds of flips are noticed, --at-least {wanted} was wanted\n"));
        return Ok(Ended::Failed);
    }
    Ok(if mutation.red.is_empty() { Ended::Well } else { Ended::Failed })
}

/// `scenarios/login/silent.yaml:12`.
fn line(place: &Place) -> String {
    format!("{}:{}", place.source().name(), place.line())
}

fn shown(mutation: &Mutation, verbose: bool) -> String {
    let mut text = String::new();
    if verbose {
        text.push_str(&of_cases(mutation));
    }
    let unnoticed = mutation.unnoticed();
    if !unnoticed.is_empty() {
        text.push_str("nobody notices:\n");
        text.push_str(&table(&of_nobody(&unnoticed)));
        text.push('\n');
    }
    let (all, kinds) = (mutation.tried.len(), mutation.kinds().len());
    let known = kinds - unnoticed.len();
    if all < mutation.found {
        let _ = writeln!(
            text,
            "tried {all} of {} flips: --limit {}, --seed {}",
            mutation.found,
            mutation.limit.unwrap_or(all),
            mutation.seed
        );
    }
    let cases = counted(mutation.cases.len() - mutation.red.len(), "case");
    let noticed = mutation.noticed();
    let _ = writeln!(
        text,
        "{} in {cases}: {noticed} noticed, {} not ({})",
        counted(all, "flip"),
        all - noticed,
        Share::of(noticed, all)
    );
    let _ = writeln!(text, "{}: {known} noticed by some case ({})", counted(kinds, "kind"), Share::of(known, kinds));
    text
}

/// A part of an answer that is not looked at: in which ways it can be wrong, and where.
#[derive(Debug, Default)]
struct Unseen {
    hows: Vec<String>,
    places: BTreeSet<String>,
}

/// One row for each part of a call's answer, however many ways there are to be wrong.
fn of_nobody(unnoticed: &BTreeMap<&Kind, Vec<&Tried>>) -> Vec<[String; 4]> {
    let mut parts: BTreeMap<(&str, &str), Unseen> = BTreeMap::new();
    for (kind, tried) in unnoticed {
        let unseen = parts.entry((&kind.call, &kind.part)).or_default();
        unseen.hows.push(kind.how.to_owned());
        unseen.places.extend(tried.iter().map(|tried| line(&tried.place)));
    }
    let rows = parts.into_iter().map(|((call, part), Unseen { hows, places })| {
        let first = places.first().cloned().unwrap_or_default();
        let more = if places.len() > 1 { format!(" and {} more", places.len() - 1) } else { String::new() };
        [call.to_owned(), part.to_owned(), hows.join(", "), format!("{first}{more}")]
    });
    rows.collect()
}

/// What each case does not notice; a star marks what nobody notices.
fn of_cases(mutation: &Mutation) -> String {
    let unnoticed = mutation.unnoticed();
    let mut text = String::new();
    for (at, id) in mutation.cases.iter().enumerate() {
        let of_case: Vec<&Tried> = mutation.tried.iter().filter(|tried| tried.case == at).collect();
        let survivors: Vec<&&Tried> = of_case.iter().filter(|tried| tried.survived).collect();
        if survivors.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "{}:{} {}\n  does not notice {} of {}",
            id.file(),
            id.line(),
            id.full_name(),
            survivors.len(),
            counted(of_case.len(), "flip")
        );
        let mut rows: Vec<[String; 4]> = Vec::new();
        for tried in survivors {
            let star = if unnoticed.contains_key(&tried.kind) { "*" } else { "" };
            let how = format!("{}{star}", tried.kind.how);
            let (place, Kind { call, part, .. }) = (line(&tried.place), &tried.kind);
            match rows.iter_mut().find(|row| row[0] == place && row[1] == *call && row[2] == *part) {
                Some(row) if row[3].split(", ").any(|known| known == how) => {}
                Some(row) => row[3].extend([", ", &how]),
                None => rows.push([place, call.clone(), part.clone(), how]),
            }
        }
        text.push_str(&table(&rows));
        text.push('\n');
    }
    text
}

/// Rows in columns, each as wide as its widest text.
fn table(rows: &[[String; 4]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (one, two, three) = (width(0), width(1), width(2));
    rows.iter().map(|[a, b, c, d]| format!("  {a:one$}  {b:two$}  {c:three$}  {d}\n")).collect()
}

fn document(mutation: &Mutation) -> Value {
    let (noticed, all) = (mutation.noticed(), mutation.tried.len());
    let (kinds, unnoticed) = (mutation.kinds().len(), mutation.unnoticed());
    let mut cases: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for tried in mutation.tried.iter().filter(|tried| tried.survived) {
        let mut row = flip(&tried.kind);
        row["file"] = tried.place.source().name().into();
        row["line"] = tried.place.line().into();
        row["nobody_notices"] = unnoticed.contains_key(&tried.kind).into();
        cases.entry(tried.case).or_default().push(row);
    }
    json!({
        "version": 1,
        "seed": mutation.seed,
        "flips": {
            "found": mutation.found, "tried": all, "noticed": noticed, "not_noticed": all - noticed,
            "percent": Share::of(noticed, all).percent(),
        },
        "kinds": {
            "tried": kinds, "noticed": kinds - unnoticed.len(), "not_noticed": unnoticed.len(),
            "percent": Share::of(kinds - unnoticed.len(), kinds).percent(),
        },
        "nobody_notices": unnoticed
            .iter()
            .map(|(kind, tried)| {
                let mut row = flip(kind);
                row["places"] = tried.iter().map(|tried| Value::from(line(&tried.place))).collect();
                row
            })
            .collect::<Value>(),
        "cases": cases
            .into_iter()
            .map(|(at, not_noticed)| {
                let id = &mutation.cases[at];
                json!({
                    "file": id.file(), "line": id.line(), "name": id.scenario.name, "case": id.case().name,
                    "not_noticed": not_noticed,
                })
            })
            .collect::<Value>(),
        "left_out": mutation
            .red
            .iter()
            .map(|at| format!("{}:{}", mutation.cases[*at].file(), mutation.cases[*at].line()))
            .collect::<Value>(),
    })
}

fn flip(kind: &Kind) -> Value {
    json!({ "call": kind.call, "part": kind.part, "flip": kind.how })
}
