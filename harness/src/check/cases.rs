//! `cases:` — rows of values, put in place of `$case.…` before anything else is read. They stand in the scenario, or in a
//! data file of their own: `cases: { from: rows.csv }`.

use std::collections::HashSet;

use super::context::{Context, wrong_kind};
use super::library::Library;
use crate::language::is_name;
use crate::problem::{Problem, closest};
use crate::source::Place;
use crate::yaml::{Entry, Node};

/// The most cases of one scenario.
pub(super) const MOST_CASES: usize = 1000;
/// How many columns are reported as missing from one row: a few say it.
const MOST_MISSING: usize = 3;

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Its name.
    pub(super) name: String,
    /// The whole row.
    pub(super) place: Place,
    /// The other columns.
    pub(super) values: Vec<Entry>,
}

const EXAMPLE: &str = "cases: [ { name: just in time, wait: 4m59s } ]";

/// Reads the rows: each has a name of its own, and all have the same columns. Nothing: what they are is not known, and was
/// reported.
pub(super) fn read(entry: &Entry, context: &mut Context<'_>, library: &mut Library) -> Vec<Row> {
    let node = &entry.node;
    if node.entries().is_none() {
        return rows(node, &node.place, context);
    }
    let from_example = "cases: { from: rows.csv }";
    context.only_keys(node.entries().unwrap_or_default(), &["from"], "`cases`");
    let Some(from) = node.get("from") else {
        context.report(
            Problem::new(entry.key.place.clone(), "`cases` must be a list, or say where the rows come from")
                .hint(format!("write `{EXAMPLE}`, or `{from_example}`")),
        );
        return Vec::new();
    };
    let Some(text) = context.text(from, "`from`", from_example) else { return Vec::new() };
    match library.locate(text, &from.place) {
        Ok(path) => match library.rows(&path, &from.place, context) {
            Some(table) => rows(&table, &from.place, context),
            None => Vec::new(),
        },
        Err(problem) => {
            context.report(*problem);
            Vec::new()
        }
    }
}

/// The rows of a list; `wanted` is where it was asked for.
fn rows(node: &Node, wanted: &Place, context: &mut Context<'_>) -> Vec<Row> {
    if node.items().is_none() {
        context.report(wrong_kind(node, "`cases`", "a list, or `{ from: FILE }`", EXAMPLE));
    }
    let items = node.items().unwrap_or_default();
    if node.items().is_some_and(<[_]>::is_empty) {
        context.report(Problem::new(wanted.clone(), "`cases` without a case").hint("add a row, or remove `cases`"));
    }
    if let Some(item) = items.get(MOST_CASES) {
        context.report(
            Problem::new(item.place.clone(), format!("more than {MOST_CASES} cases"))
                .hint("split the rows, and give each part a scenario of its own"),
        );
    }
    if items.len() > 1 && items.iter().all(|item| item.entries().is_some() && item.get("name").is_none()) {
        let keys = items[0].entries().unwrap_or_default().iter().map(|entry| &entry.key);
        let close = keys.clone().find(|key| closest(&key.name, ["name"]).is_some());
        let place = close.map_or(&items[0].place, |key| &key.place);
        let problem = Problem::new(place.clone(), "no case has a name");
        context.report(match close {
            Some(_) => problem.hint("did you mean `name`?"),
            None => problem.hint("each needs a `name`, by which reports tell it from the others"),
        });
        return Vec::new();
    }
    let mut rows: Vec<Row> = Vec::new();
    for item in items.iter().take(MOST_CASES) {
        let Some(entries) = context.mapping(item, "a case", EXAMPLE) else { continue };
        let Some(name) = item.get("name").and_then(Node::text) else {
            let place = item.get("name").map_or(&item.place, |name| &name.place);
            context.report(Problem::new(place.clone(), "a case without a name").hint("add `name: just in time`"));
            continue;
        };
        if let Some(first) = rows.iter().find(|row| row.name == name) {
            context.report(
                Problem::new(
                    item.get("name").map_or(&item.place, |name| &name.place).clone(),
                    format!("a second case `{name}`"),
                )
                .also(first.place.clone(), "the first")
                .hint("each case has a name of its own"),
            );
        }
        let values = entries.iter().filter(|entry| entry.key.name != "name").cloned().collect();
        rows.push(Row { name: name.to_owned(), place: item.place.clone(), values });
    }
    let columns = columns(&rows);
    report_bad_names(&rows, context);
    for row in &rows {
        let own: HashSet<&str> = row.values.iter().map(|entry| entry.key.name.as_str()).collect();
        for column in columns.iter().filter(|column| !own.contains(column.as_str())).take(MOST_MISSING) {
            context.report(
                Problem::new(row.place.clone(), format!("the case `{}` has no `{column}`", row.name))
                    .label("other cases have it")
                    .hint(format!("add it; for none write `{column}: null`")),
            );
        }
    }
    rows
}

/// Reports columns that no reference can name.
fn report_bad_names(rows: &[Row], context: &mut Context<'_>) {
    let mut met = HashSet::new();
    for key in rows.iter().flat_map(|row| &row.values).map(|entry| &entry.key) {
        if !is_name(&key.name) && met.insert(key.name.as_str()) {
            context.report(
                Problem::new(key.place.clone(), format!("`{}` cannot be the name of a column", key.name))
                    .hint("a name is letters, digits and `_`, not a digit first"),
            );
        }
    }
}

/// The columns of all rows, in order.
pub(super) fn columns(rows: &[Row]) -> Vec<String> {
    let mut met = HashSet::new();
    let names = rows.iter().flat_map(|row| &row.values).map(|entry| &entry.key.name);
    names.filter(|name| met.insert(name.as_str())).cloned().collect()
}
