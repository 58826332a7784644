//! `cases:` — rows of values, put in place of `$case.…` before anything else is read.

use std::collections::HashSet;

use super::context::Context;
use super::values::references;
use super::when;
use crate::language::{Piece, Reference, Root, Segment, TemplateKind};
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Entry, Node, Scalar, Value};

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
    values: Vec<Entry>,
}

/// Reads the rows: each has a name of its own, and all have the same columns.
pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Vec<Row> {
    let example = "cases: [ { name: just in time, wait: 4m59s } ]";
    let items = context.list(node, "`cases`", example).unwrap_or_default();
    if node.items().is_some_and(<[_]>::is_empty) {
        context.report(Problem::new(node.place.clone(), "`cases` without a case").hint("add a row, or remove `cases`"));
    }
    if let Some(item) = items.get(MOST_CASES) {
        context.report(
            Problem::new(item.place.clone(), format!("more than {MOST_CASES} cases")).hint("split the scenario"),
        );
    }
    let mut rows: Vec<Row> = Vec::new();
    for item in items.iter().take(MOST_CASES) {
        let Some(entries) = context.mapping(item, "a case", example) else { continue };
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

/// The columns of all rows, in order.
pub(super) fn columns(rows: &[Row]) -> Vec<String> {
    let mut met = HashSet::new();
    let names = rows.iter().flat_map(|row| &row.values).map(|entry| &entry.key.name);
    names.filter(|name| met.insert(name.as_str())).cloned().collect()
}

/// Which columns something refers to.
#[derive(Debug, Default)]
pub(super) struct Used {
    columns: HashSet<String>,
}

impl Used {
    /// Reports the columns that nothing refers to.
    pub(super) fn report_unused(&self, rows: &[Row], context: &mut Context<'_>) {
        let Some(first) = rows.first() else { return };
        for entry in first.values.iter().filter(|entry| !self.columns.contains(&entry.key.name)) {
            let name = &entry.key.name;
            context.report(
                Problem::new(entry.key.place.clone(), format!("the column `{name}` is never used"))
                    .hint(format!("use it as `$case.{name}`, or remove it")),
            );
        }
    }
}

/// The tree with every `$case.…` replaced by what the row has for it. What the row does not have is left, to be reported
/// by who reads it.
pub(super) fn put_in_place(node: &Node, row: &Row, used: &mut Used) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => match replaced(scalar, &node.place, row, used) {
            Some(node) => return node,
            None => Value::Scalar(scalar.clone()),
        },
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| put_in_place(item, row, used)).collect()),
        Value::Mapping(entries) => Value::Mapping(
            entries
                .iter()
                // The rows themselves are not for replacing.
                .filter(|entry| entry.key.name != "cases")
                .map(|entry| {
                    // The keys of `when` are references too.
                    let spread = (entry.key.name == "when").then(|| when::spread(&entry.node)).flatten();
                    let node = put_in_place(spread.as_ref().unwrap_or(&entry.node), row, used);
                    Entry { key: entry.key.clone(), node }
                })
                .collect(),
        ),
    };
    Node { value, place: node.place.clone() }
}

fn replaced(scalar: &Scalar, place: &Place, row: &Row, used: &mut Used) -> Option<Node> {
    if !scalar.text.contains("case.") {
        return None;
    }
    match references(&scalar.text, place).ok()? {
        TemplateKind::Reference(reference) if reference.root == Root::Case => row.find(&reference, used).cloned(),
        TemplateKind::Joined(pieces) => {
            let mut text = String::new();
            for piece in &pieces {
                match piece {
                    Piece::Text(part) => text.push_str(&part.replace('$', "$$")),
                    Piece::Reference(reference) => {
                        let found = (reference.root == Root::Case).then(|| row.find(reference, used)?.text()).flatten();
                        match found {
                            Some(part) => text.push_str(part),
                            None => text.push_str(&format!("${{{}}}", &reference.to_string()[1..])),
                        }
                    }
                }
            }
            Some(Node { value: Value::Scalar(Scalar { text, quoted: true }), place: place.clone() })
        }
        _ => None,
    }
}

impl Row {
    fn find(&self, reference: &Reference, used: &mut Used) -> Option<&Node> {
        let entry = self.values.iter().find(|entry| entry.key.name == reference.name)?;
        used.columns.insert(reference.name.clone());
        reference.path.segments().iter().try_fold(&entry.node, |node, segment| match segment {
            Segment::Field(name) => node.get(name),
            Segment::Index(index) => node.items()?.get(*index),
        })
    }
}
