//! What a case puts in place of `$case.…` and `$matrix.…`, before anything else is read.

use std::collections::HashSet;

use super::cases::Row;
use super::context::Context;
use super::matrix::{Axis, Combination};
use super::values::references;
use super::when;
use crate::language::{Piece, Reference, Root, Segment, TemplateKind, is_name};
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Entry, Node, Scalar, Value};

/// What one case runs with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Setting<'a> {
    /// Its row, in a scenario with `cases:`.
    pub(super) row: Option<&'a Row>,
    /// Its combination, in a scenario with `matrix:`.
    pub(super) combination: Option<&'a Combination>,
}

/// Which columns and axes something refers to.
#[derive(Debug, Default)]
pub(super) struct Used {
    columns: HashSet<String>,
    axes: HashSet<String>,
}

impl Used {
    /// Reports the columns and axes that nothing refers to.
    pub(super) fn report_unused(&self, rows: &[Row], axes: &[Axis], context: &mut Context<'_>) {
        let columns = rows.first().map(|row| row.values.as_slice()).unwrap_or_default();
        let columns = columns.iter().map(|entry| ("column", "case", &entry.key, &self.columns));
        let axes = axes.iter().map(|axis| ("axis", "matrix", &axis.key, &self.axes));
        for (what, root, key, used) in columns.chain(axes) {
            let name = &key.name;
            // A name that cannot be one was reported as that.
            if is_name(name) && !used.contains(name) {
                context.report(
                    Problem::new(key.place.clone(), format!("the {what} `{name}` is never used"))
                        .hint(format!("use it as `${root}.{name}`, or remove it")),
                );
            }
        }
    }
}

/// The tree with every `$case.…` and `$matrix.…` replaced by what the case has for it. What it does not have is left, to be
/// reported by who reads it.
pub(super) fn put_in_place(node: &Node, setting: Setting<'_>, used: &mut Used) -> Node {
    placed(node, setting, used, false)
}

fn placed(node: &Node, setting: Setting<'_>, used: &mut Used, in_expect: bool) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => match replaced(scalar, &node.place, setting, used) {
            Some(node) => return node,
            None => Value::Scalar(scalar.clone()),
        },
        Value::Sequence(items) => {
            Value::Sequence(items.iter().map(|item| placed(item, setting, used, in_expect)).collect())
        }
        Value::Mapping(entries) => Value::Mapping(
            entries
                .iter()
                .filter_map(|entry| {
                    let in_expect = in_expect || entry.key.name == "expect";
                    // The keys of `when` are references too.
                    let spread = (entry.key.name == "when").then(|| when::spread(&entry.node)).flatten();
                    let node = placed(spread.as_ref().unwrap_or(&entry.node), setting, used, in_expect);
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

fn replaced(scalar: &Scalar, place: &Place, setting: Setting<'_>, used: &mut Used) -> Option<Node> {
    if !scalar.text.contains("case.") && !scalar.text.contains("matrix.") {
        return None;
    }
    match references(&scalar.text, place).ok()? {
        TemplateKind::Reference(reference) => setting.find(&reference, used).cloned(),
        TemplateKind::Joined(pieces) => {
            let mut text = String::new();
            for piece in &pieces {
                match piece {
                    Piece::Text(part) => text.push_str(&part.replace('$', "$$")),
                    Piece::Reference(reference) => {
                        match setting.find(reference, used).map(|node| (node, node.text())) {
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

impl<'a> Setting<'a> {
    fn find(&self, reference: &Reference, used: &mut Used) -> Option<&'a Node> {
        let (values, used) = match reference.root {
            Root::Case => (&self.row?.values, &mut used.columns),
            Root::Matrix => (&self.combination?.values, &mut used.axes),
            Root::Saved | Root::With => return None,
        };
        let entry = values.iter().find(|entry| entry.key.name == reference.name)?;
        used.insert(reference.name.clone());
        reference.path.segments().iter().try_fold(&entry.node, |node, segment| match segment {
            Segment::Field(name) => node.get(name),
            Segment::Index(index) => node.items()?.get(*index),
        })
    }

    /// The name of the case: `just in time · ios · none`.
    pub(super) fn name(&self) -> Option<String> {
        let parts: Vec<&str> = [self.row.map(|row| &row.name), self.combination.map(|combination| &combination.name)]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        (!parts.is_empty()).then(|| parts.join(super::matrix::BETWEEN))
    }
}
