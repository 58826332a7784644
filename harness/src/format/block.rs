//! Lines with `key:` and lines that start with `-`, written anew: indentation, order, comments, blank lines.

use unicode_width::UnicodeWidthStr;

use super::flow::{self, Token};
use super::gap::{Comment, Gap, column_of, comment_lines, tail, trailing};
use super::order::Order;
use super::scalar;
use crate::yaml::{Look, Piece, PieceKind};

/// A collection that stands on several lines is put on one when it fits into so many columns.
const WIDTH: usize = 100;

/// An entry or an item, written.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The comments and blank lines before it.
    pub(super) lead: Vec<String>,
    /// Its lines.
    pub(super) body: Vec<String>,
    rank: usize,
}

/// What an entry or an item begins with: `key:` or `-`.
struct Head {
    text: String,
    /// How far it is indented.
    indent: usize,
    /// How far it moves to the right.
    shift: isize,
    dash: bool,
    /// Its column before.
    column: usize,
}

/// Writes the pieces of one text.
#[derive(Debug)]
pub(super) struct Printer<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Whether keys may change places.
    pub(super) reorder: bool,
}

impl<'a> Printer<'a> {
    /// The chunks of a document, and where what was written ends.
    pub(super) fn document(&self, root: &Piece) -> (Vec<Chunk>, usize) {
        match &root.kind {
            PieceKind::Mapping(entries) => {
                let keys = entries.iter().map(|(key, _)| self.name(key));
                self.mapping(entries, root.start, 0, Order::of_document(keys))
            }
            PieceKind::Sequence(items) => self.sequence(root.start, items, root.start, 0, None, Order::Kept),
            _ => {
                let head = Head { text: String::new(), indent: 0, shift: 0, dash: false, column: 0 };
                let (mut chunk, end) = self.value(head, root, root.start, Order::Kept, None);
                if let Some(first) = chunk.body.first_mut() {
                    *first = first.trim_start().to_owned();
                }
                (vec![chunk], end)
            }
        }
    }

    fn mapping(&self, entries: &[(Piece, Piece)], from: usize, indent: usize, order: Order) -> (Vec<Chunk>, usize) {
        let mut at = from;
        let mut chunks = Vec::new();
        let mut column = 0;
        for (position, (key, value)) in entries.iter().enumerate() {
            let gap = Gap::read(self.text, at, key.start);
            let own = column_of(self.text, key.start);
            if position == 0 {
                column = own;
            }
            let name = match key.kind {
                PieceKind::Scalar(look) => scalar::quoted(&self.text[key.start..key.end], look),
                _ => self.text[key.start..key.end].to_owned(),
            };
            let colon = if matches!(key.kind, PieceKind::Scalar(Look::Alias)) { " :" } else { ":" };
            let head = Head {
                text: format!("{:indent$}{}{colon}", "", joined(&gap.props, &name)),
                indent,
                shift: indent.cast_signed() - own.cast_signed(),
                dash: false,
                column: own,
            };
            let (mut chunk, end) = self.value(head, value, key.end, order.of_items(self.name(key)), None);
            let mut lead = gap.lead(indent);
            lead.append(&mut chunk.lead);
            chunks.push(Chunk { lead, rank: order.rank(self.name(key)), ..chunk });
            at = end;
        }
        if self.reorder && order != Order::Kept {
            sort(&mut chunks);
        }
        let end = self.tail(at, column, indent, &mut chunks);
        (chunks, end)
    }

    /// `start`: its first `-`; `parent`: the column of the key that it stands under.
    fn sequence(
        &self,
        start: usize,
        items: &[Piece],
        from: usize,
        indent: usize,
        parent: Option<usize>,
        order: Order,
    ) -> (Vec<Chunk>, usize) {
        let column = column_of(self.text, start);
        let mut rows = self.rows(items, indent);
        let mut at = from;
        let mut chunks = Vec::new();
        for item in items {
            let head = Head {
                text: format!("{:indent$}-", ""),
                indent,
                shift: indent.cast_signed() - column.cast_signed(),
                dash: true,
                column,
            };
            let row = rows.next_if(|(start, _)| *start == item.start).map(|(_, row)| row);
            let (chunk, end) = self.value(head, item, at, order, row);
            chunks.push(chunk);
            at = end;
        }
        // A comment below a list that is indented no more than its key belongs to what comes next.
        let end = self.tail(at, column + usize::from(parent == Some(column)), indent, &mut chunks);
        (chunks, end)
    }

    /// The items of a list that stand on one line each, as a table.
    fn rows(&self, items: &[Piece], indent: usize) -> std::iter::Peekable<std::vec::IntoIter<(usize, String)>> {
        let rows: Vec<(usize, Vec<Token>)> = items
            .iter()
            .filter_map(|item| {
                let PieceKind::Flow(inside) = &item.kind else { return None };
                let tokens = flow::tokens(self.text, item.start, item.end, inside);
                goes_on_one_line(&tokens, indent + 2).then_some((item.start, tokens))
            })
            .collect();
        let lines = flow::table(&rows.iter().map(|(_, tokens)| tokens.as_slice()).collect::<Vec<_>>());
        let rows: Vec<(usize, String)> = rows.iter().map(|(start, _)| *start).zip(lines).collect();
        rows.into_iter().peekable()
    }

    /// What stands behind a `key:` or a `-` that comes after `from`; `row`: it as a row of a table.
    fn value(&self, head: Head, value: &Piece, from: usize, order: Order, row: Option<String>) -> (Chunk, usize) {
        let gap = Gap::read(self.text, from, value.start);
        let indent = head.indent;
        let mut chunk = Chunk::default();
        let start =
            if gap.props.is_empty() { head.text.clone() } else { format!("{} {}", head.text, gap.props.join(" ")) };
        match &value.kind {
            PieceKind::Scalar(Look::Block) => {
                let (header, below) = gap.header.unwrap_or((">-", value.start));
                let content = self.text.get(below..value.end).unwrap_or_default();
                let mut lines = scalar::block(header, content, indent + 2, head.shift);
                let mut end = value.end.max(below);
                if !header.contains('+') {
                    while lines.last().is_some_and(String::is_empty) {
                        lines.pop();
                    }
                    end = below + content.trim_end_matches([' ', '\n']).len();
                    if lines.is_empty() {
                        end = below.saturating_sub(1);
                    }
                }
                let (behind, before): (Vec<Comment<'_>>, _) =
                    gap.comments.iter().partition(|comment| !comment.alone && comment.end + 1 >= below);
                chunk.lead = comment_lines(before.iter(), indent);
                let first = format!("{start} {header}");
                chunk
                    .body
                    .push(behind.iter().fold(first, |line, comment| self.with_comment(line, comment, head.shift)));
                chunk.body.append(&mut lines);
                (self.lead_of_item(&head, &gap, chunk), end)
            }
            PieceKind::Mapping(_) | PieceKind::Sequence(_) => self.children(&head, start, &gap, value, order),
            kind => {
                chunk.lead = comment_lines(gap.comments.iter(), indent);
                let lines = match (kind, row) {
                    (_, Some(row)) => vec![row],
                    (PieceKind::Flow(inside), None) => {
                        let tokens = flow::tokens(self.text, value.start, value.end, inside);
                        match goes_on_one_line(&tokens, start.width() + 1) {
                            true => vec![flow::line(&tokens)],
                            false => flow::lines(&tokens, indent + if head.dash { 2 } else { 0 }),
                        }
                    }
                    (PieceKind::Scalar(look), None) => {
                        scalar::lines(&self.text[value.start..value.end], *look, indent + 2)
                    }
                    _ => Vec::new(),
                };
                let mut lines = lines.into_iter();
                let first = lines.next().unwrap_or_default();
                chunk.body.push(if first.is_empty() { start } else { format!("{start} {first}") });
                chunk.body.extend(lines);
                let mut end = value.end;
                if let Some(comment) = trailing(self.text, end) {
                    let last = chunk.body.pop().unwrap_or_default();
                    chunk.body.push(self.with_comment(last, &comment, head.shift));
                    end = comment.end;
                }
                (self.lead_of_item(&head, &gap, chunk), end)
            }
        }
    }

    /// A blank line before a `-` is in the gap of its value; one before a key is not.
    fn lead_of_item(&self, head: &Head, gap: &Gap<'_>, mut chunk: Chunk) -> Chunk {
        if head.dash && gap.blank {
            chunk.lead.push(String::new());
        }
        chunk
    }

    /// Lines below a `key:`, or behind a `-`.
    fn children(&self, head: &Head, start: String, gap: &Gap<'_>, value: &Piece, order: Order) -> (Chunk, usize) {
        let mut chunk = Chunk::default();
        let under_key = !head.dash || !gap.props.is_empty();
        let from = if under_key { gap.resume } else { value.start };
        let indent = head.indent + 2;
        let (mut children, end) = match &value.kind {
            PieceKind::Mapping(entries) => self.mapping(entries, from, indent, order),
            PieceKind::Sequence(items) => {
                self.sequence(value.start, items, from, indent, (!head.dash).then_some(head.column), order)
            }
            _ => (Vec::new(), value.end),
        };
        if let Some(first) = children.first_mut() {
            trim(&mut first.lead);
        }
        if under_key {
            let own = gap.comments.iter().filter(|comment| comment.start < from);
            let (before, behind): (Vec<Comment<'_>>, _) = own.partition(|comment| comment.alone);
            chunk.lead = comment_lines(before.iter(), head.indent);
            chunk.body.push(behind.iter().fold(start, |line, comment| self.with_comment(line, comment, head.shift)));
            chunk.body.extend(children.into_iter().flat_map(|child| child.lead.into_iter().chain(child.body)));
            return (self.lead_of_item(head, gap, chunk), end);
        }
        chunk.lead = comment_lines(gap.comments.iter(), head.indent);
        chunk = self.lead_of_item(head, gap, chunk);
        let mut children = children.into_iter();
        if let Some(first) = children.next() {
            // What stands above the first key stands above the dash.
            chunk.lead.extend(first.lead.iter().map(|line| match line.trim_start() {
                "" => String::new(),
                comment => format!("{:1$}{comment}", "", head.indent),
            }));
            chunk.body = first.body;
            if let Some(line) = chunk.body.first_mut() {
                *line = format!("{start} {}", line.trim_start());
            }
        }
        chunk.body.extend(children.flat_map(|child| child.lead.into_iter().chain(child.body)));
        (chunk, end)
    }

    /// The comments below the last line of a collection that belong to it.
    fn tail(&self, at: usize, column: usize, indent: usize, chunks: &mut Vec<Chunk>) -> usize {
        let (comments, end) = tail(self.text, at, column);
        if !comments.is_empty() {
            chunks.push(Chunk { lead: comment_lines(comments.iter(), indent), ..Chunk::default() });
        }
        end
    }

    /// A comment behind a line: one blank between, or in the column where it stood.
    fn with_comment(&self, line: String, comment: &Comment<'_>, shift: isize) -> String {
        let before = &self.text[..comment.start];
        let was_close = before.len() - before.trim_end_matches([' ', '\t']).len() < 2;
        let column = column_of(self.text, comment.start).saturating_add_signed(shift);
        let blanks = if was_close { 1 } else { column.saturating_sub(line.width()).max(1) };
        format!("{line}{:blanks$}{}", "", comment.text)
    }

    fn name(&self, key: &Piece) -> &'a str {
        self.text[key.start..key.end].trim_matches(['"', '\''])
    }
}

/// Whether a collection goes on one line that begins at `column`: it stands so, or it can and fits.
fn goes_on_one_line(tokens: &[Token], column: usize) -> bool {
    flow::is_on_one_line(tokens) || flow::fits_one_line(tokens) && column + flow::line(tokens).width() <= WIDTH
}

fn joined(props: &[&str], text: &str) -> String {
    props.iter().copied().chain([text]).collect::<Vec<_>>().join(" ")
}

/// Takes the blank lines at the beginning away.
fn trim(lines: &mut Vec<String>) {
    while lines.first().is_some_and(String::is_empty) {
        lines.remove(0);
    }
}

/// Sorts entries by rank. What stands above all of them stays there.
fn sort(chunks: &mut [Chunk]) {
    let Some(first) = chunks.first_mut() else { return };
    let mut above = std::mem::take(&mut first.lead);
    chunks.sort_by_key(|chunk| chunk.rank);
    if let Some(first) = chunks.first_mut() {
        trim(&mut first.lead);
        above.append(&mut first.lead);
        first.lead = above;
    }
}
