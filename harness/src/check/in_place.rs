//! What a case puts in place of `$case.…`, before anything else is read.

use std::collections::HashSet;

use super::cases::Row;
use super::context::Context;
use super::values::references;
use super::when;
use crate::language::{Piece, Reference, Root, Segment, TemplateKind, is_name};
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Entry, Node, Scalar, Value};

/// Which columns something refers to.
#[derive(Debug, Default)]
pub(super) struct Used {
    columns: HashSet<String>,
}

impl Used {
    /// Reports the columns that nothing refers to.
    pub(super) fn report_unused(&self, rows: &[Row], context: &mut Context<'_>) {
        let Some(first) = rows.first() else { return };
        let unused = |entry: &&Entry| is_name(&entry.key.name) && !self.columns.contains(&entry.key.name);
        for entry in first.values.iter().filter(unused) {
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
    placed(node, row, used, false)
}

fn placed(node: &Node, row: &Row, used: &mut Used, in_expect: bool) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => match replaced(scalar, &node.place, row, used) {
            Some(node) => return node,
            None => Value::Scalar(scalar.clone()),
        },
        Value::Sequence(items) => {
            Value::Sequence(items.iter().map(|item| placed(item, row, used, in_expect)).collect())
        }
        Value::Mapping(entries) => Value::Mapping(
            entries
                .iter()
                .filter_map(|entry| {
                    let in_expect = in_expect || entry.key.name == "expect";
                    // The keys of `when` are references too.
                    let spread = (entry.key.name == "when").then(|| when::spread(&entry.node)).flatten();
                    let node = placed(spread.as_ref().unwrap_or(&entry.node), row, used, in_expect);
                    (!is_left_out(&entry.node, &node, in_expect)).then(|| Entry { key: entry.key.clone(), node })
                })
                .collect(),
        ),
    };
    Node { value, place: node.place.clone() }
}

/// Whether an empty cell of a table was put here: then the key counts as not written. The same for an expectation of
/// which nothing is left.
fn is_left_out(before: &Node, after: &Node, in_expect: bool) -> bool {
    let empty = |node: &Node| node.entries().is_some_and(<[_]>::is_empty);
    let empty_cell = after.scalar().is_some_and(|scalar| scalar.cell) && after.is_null();
    empty_cell || (in_expect && empty(after) && !empty(before))
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
                        let found = if reference.root == Root::Case { row.find(reference, used) } else { None };
                        match found.map(|node| (node, node.text())) {
                            Some((_, Some(part))) => text.push_str(part),
                            // Nothing adds nothing.
                            Some((node, None)) if node.is_null() => {}
                            _ => text.push_str(&format!("${{{}}}", &reference.to_string()[1..])),
                        }
                    }
                }
            }
            Some(Node { value: Value::Scalar(Scalar { text, quoted: true, cell: false }), place: place.clone() })
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
