//! Files written the way all of them are written: what `mockwx fmt` does.
//!
//! Promises: what a file says is the same after as before, comments included, or the file is left alone; what was
//! written once is not changed a second time. Values and comments are taken over as they stand in the text; indentation,
//! blanks, blank lines, the order of known keys and needless single quotes are ours.
//!
//! It knows YAML and the order of keys. It does not know whether a scenario makes sense.

mod block;
mod flow;
mod gap;
mod order;
mod scalar;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::block::Printer;
use self::gap::Gap;
use self::order::Order;
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::{self, Entry, Layout, Node, PieceKind, Value};

/// The text of `source` as it should be written.
///
/// # Errors
/// When it is not YAML: everything that is wrong with it. And when it is written in so unusual a way that it could not be
/// written anew without changing what it says.
pub fn format(source: &Arc<Source>) -> Result<String, Vec<Problem>> {
    let before = yaml::parse(source);
    if !before.problems.is_empty() {
        return Err(before.problems);
    }
    let text = source.text();
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let plain = Source::new(source.path(), text);
    let layout = yaml::layout(&plain);
    if layout.roots.iter().any(|root| matches!(root.kind, PieceKind::Scalar(_))) {
        // Nothing that is read here is a single text.
        return Err(vec![unusual(source)]);
    }
    let formatted = Source::new(source.path(), write(plain.text(), &layout));
    let after = yaml::parse(&formatted);
    let same_trees = before.documents.len() == after.documents.len()
        && before.documents.iter().zip(&after.documents).all(|(before, after)| same_document(before, after));
    if !after.problems.is_empty() || !same_trees || sorted_comments(&plain) != sorted_comments(&formatted) {
        return Err(vec![unusual(source)]);
    }
    Ok(formatted.text().to_owned())
}

fn unusual(source: &Arc<Source>) -> Problem {
    Problem::new(Place::beginning(source), "the file cannot be formatted without changing what it says")
        .hint("something in it is written in an unusual way; it was left as it is")
}

fn write(text: &str, layout: &Layout) -> String {
    let printer = Printer { text, reorder: !layout.anchored };
    let mut lines = Vec::new();
    let mut at = 0;
    for root in &layout.roots {
        let gap = Gap::read(text, at, root.start);
        between(&gap, &mut lines);
        if gap.blank_at_end && !lines.is_empty() {
            lines.push(String::new());
        }
        if !gap.props.is_empty() {
            lines.push(gap.props.join(" "));
        }
        let (chunks, end) = printer.document(root);
        lines.extend(chunks.into_iter().flat_map(|chunk| chunk.lead.into_iter().chain(chunk.body)));
        at = end;
    }
    between(&Gap::read(text, at, text.len()), &mut lines);
    let begun = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let mut text = lines[begun..].join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The comments and the marks between two documents.
fn between(gap: &Gap<'_>, lines: &mut Vec<String>) {
    let mut marks = gap.marks.iter().peekable();
    for (position, comment) in gap.comments.iter().enumerate() {
        while let Some((mark, _)) = marks.next_if(|(_, before)| *before <= position) {
            lines.push((*mark).to_owned());
        }
        match lines.last_mut() {
            Some(mark) if !comment.alone => *mark = format!("{mark} {}", comment.text),
            last => {
                if comment.after_blank && last.is_some() {
                    lines.push(String::new());
                }
                lines.push(comment.text.to_owned());
            }
        }
    }
    lines.extend(marks.map(|(mark, _)| (*mark).to_owned()));
}

fn sorted_comments(source: &Arc<Source>) -> Vec<String> {
    let mut comments = yaml::comments(source);
    comments.sort();
    comments
}

/// Whether two documents say the same, the order of those keys aside that have one.
fn same_document(before: &Node, after: &Node) -> bool {
    let keys = before.entries().unwrap_or_default().iter().map(|entry| entry.key.name.as_str());
    same(before, after, Order::of_document(keys))
}

fn same(before: &Node, after: &Node, order: Order) -> bool {
    match (&before.value, &after.value) {
        (Value::Scalar(before), Value::Scalar(after)) => before == after,
        (Value::Sequence(before), Value::Sequence(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| same(before, after, order))
        }
        (Value::Mapping(before), Value::Mapping(after)) => {
            let ranked = |entries: &[Entry]| {
                let mut order_of: Vec<usize> = (0..entries.len()).collect();
                order_of.sort_by_key(|at| order.rank(&entries[*at].key.name));
                order_of
            };
            before.len() == after.len()
                && ranked(before).into_iter().zip(ranked(after)).all(|(one, other)| {
                    let (one, other) = (&before[one], &after[other]);
                    one.key.name == other.key.name && same(&one.node, &other.node, order.of_items(&one.key.name))
                })
        }
        _ => false,
    }
}
