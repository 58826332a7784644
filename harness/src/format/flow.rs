//! `{ a: 1 }` and `[a, b]`: their blanks, and tables of rows whose columns stand below each other.

use unicode_width::UnicodeWidthStr;

use super::gap::line_end;
use super::scalar;
use crate::yaml::{Look, Piece, PieceKind};

/// A word, a bracket or a sign of a flow collection.
#[derive(Debug)]
pub(super) struct Token {
    text: String,
    kind: TokenKind,
    /// Whether it begins a line.
    begins_line: bool,
    /// How many blanks stand before it.
    blanks: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenKind {
    Open,
    Close,
    Comma,
    Colon,
    Alias,
    Word,
    Comment,
}

/// The tokens of a flow collection that stands from `start` to before `end`; `inside`: its single values.
pub(super) fn tokens(text: &str, start: usize, end: usize, inside: &[Piece]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut atoms = inside.iter().filter(|piece| piece.end > piece.start).peekable();
    let (mut at, mut blanks, mut begins_line) = (start, 0, false);
    while at < end {
        let mut push = |text: String, kind| {
            let begins_line = std::mem::take(&mut begins_line);
            tokens.push(Token { text, kind, begins_line, blanks: std::mem::take(&mut blanks) });
        };
        if let Some(atom) = atoms.next_if(|atom| atom.start == at) {
            let (kind, look) = match atom.kind {
                PieceKind::Scalar(Look::Alias) => (TokenKind::Alias, Look::Alias),
                PieceKind::Scalar(look) => (TokenKind::Word, look),
                _ => (TokenKind::Word, Look::Plain),
            };
            push(scalar::quoted(&text[atom.start..atom.end], look), kind);
            at = atom.end;
            continue;
        }
        let byte = text.as_bytes()[at];
        let mut next = at + 1;
        match byte {
            b' ' | b'\t' | b'\r' => blanks += 1,
            b'\n' => begins_line = true,
            b'{' | b'[' => push(char::from(byte).to_string(), TokenKind::Open),
            b'}' | b']' => push(char::from(byte).to_string(), TokenKind::Close),
            b',' => push(",".to_owned(), TokenKind::Comma),
            b':' => push(":".to_owned(), TokenKind::Colon),
            b'#' => {
                next = line_end(text, at);
                push(text[at..next].trim_end().to_owned(), TokenKind::Comment);
            }
            _ => {
                next = at + text[at..end].find([' ', '\t', '\r', '\n', ',', '[', ']', '{', '}']).unwrap_or(end - at);
                next = next.max(at + 1);
                push(text[at..next].to_owned(), TokenKind::Word);
            }
        }
        at = next;
    }
    tokens
}

/// Whether the collection stands on one line.
pub(super) fn is_on_one_line(tokens: &[Token]) -> bool {
    !tokens.iter().any(|token| token.begins_line || token.text.contains('\n'))
}

/// Whether it can stand on one line.
pub(super) fn fits_one_line(tokens: &[Token]) -> bool {
    !tokens.iter().any(|token| token.kind == TokenKind::Comment || token.text.contains('\n'))
}

/// All of it on one line.
pub(super) fn line(tokens: &[Token]) -> String {
    let mut line = String::new();
    let mut before: Option<&Token> = None;
    for (at, token) in tokens.iter().enumerate() {
        // A comma before the end says nothing.
        if token.kind == TokenKind::Comma && tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Close) {
            continue;
        }
        if before.is_some_and(|before| apart(before, token)) {
            line.push(' ');
        }
        line.push_str(&token.text);
        before = Some(token);
    }
    line
}

fn apart(before: &Token, after: &Token) -> bool {
    match (before.kind, after.kind) {
        (TokenKind::Open, TokenKind::Close) => false,
        (_, TokenKind::Comment) => true,
        (TokenKind::Open, _) => before.text == "{",
        (_, TokenKind::Close) => after.text == "}",
        (_, TokenKind::Comma) => false,
        (_, TokenKind::Colon) => before.kind == TokenKind::Alias,
        _ => true,
    }
}

/// It on the lines it stands on, the first without indentation.
pub(super) fn lines(tokens: &[Token], indent: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut depth: usize = 0;
    let mut before: Option<&Token> = None;
    for token in tokens {
        if token.kind == TokenKind::Close {
            depth = depth.saturating_sub(1);
        }
        let indentation = indent + 2 * depth;
        let after_comment = before.is_some_and(|before| before.kind == TokenKind::Comment);
        if (token.begins_line || after_comment) && before.is_some() {
            lines.push(" ".repeat(indentation));
        } else if before.is_some_and(|before| apart(before, token)) {
            add(&mut lines, " ");
        }
        let mut parts = token.text.split('\n');
        add(&mut lines, parts.next().unwrap_or_default());
        for part in parts {
            let part = part.trim_start_matches([' ', '\t', '\r']);
            lines.push(if part.is_empty() { String::new() } else { format!("{:indentation$}{part}", "") });
        }
        if token.kind == TokenKind::Open {
            depth += 1;
        }
        before = Some(token);
    }
    lines
}

fn add(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// A cell that is so much wider than the narrowest of its column does not move the others, unless their writer has
/// made room for it.
const MUCH_WIDER: usize = 16;

/// Rows on one line each. Columns that their writer has aligned stand below each other.
pub(super) fn table(rows: &[&[Token]]) -> Vec<String> {
    let cells: Vec<Vec<&[Token]>> = rows.iter().map(|row| cells(row)).collect();
    let mappings = rows.iter().all(|row| row.first().is_some_and(|first| first.text == "{"));
    if rows.len() < 2 || !mappings {
        return rows.iter().map(|row| line(row)).collect();
    }
    let mut written = vec!["{ ".to_owned(); rows.len()];
    let all: Vec<usize> = (0..rows.len()).collect();
    write_columns(&cells, &all, 0, &mut written);
    let close = |(row, cells): (String, &Vec<_>)| if cells.is_empty() { "{}".to_owned() } else { row + " }" };
    written.into_iter().zip(&cells).map(close).collect()
}

/// Column `at` of those rows whose columns before have the same keys, and what comes after it.
fn write_columns(cells: &[Vec<&[Token]>], rows: &[usize], at: usize, written: &mut [String]) {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for row in rows {
        let Some(cell) = cells[*row].get(at) else { continue };
        let key = line(&cell[..value_at(cell)]);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(*row),
            None => groups.push((key, vec![*row])),
        }
    }
    for (_, group) in groups {
        let texts = column(&group.iter().map(|row| cells[*row][at]).collect::<Vec<_>>());
        let slot = slot(cells, &group, at, &texts);
        for (row, text) in group.iter().zip(&texts) {
            written[*row].push_str(text);
            if at + 1 < cells[*row].len() {
                let blanks = slot.saturating_sub(text.width()).max(1);
                written[*row].push_str(&format!(",{:blanks$}", ""));
            }
        }
        write_columns(cells, &group, at + 1, written);
    }
}

/// How wide a column is, the blank behind it included; 0 when its writer has not aligned it.
fn slot(cells: &[Vec<&[Token]>], rows: &[usize], at: usize, texts: &[String]) -> usize {
    let next = |row: usize| cells[row].get(at + 1).and_then(|cell| cell.first());
    let written: Vec<usize> = rows
        .iter()
        .zip(texts)
        .filter_map(|(row, text)| next(*row).filter(|next| next.blanks > 1).map(|next| text.width() + next.blanks))
        .collect();
    let times = |slot: usize| written.iter().filter(|other| **other == slot).count();
    let Some(usual) = written.iter().copied().max_by_key(|slot| (times(*slot), *slot)) else { return 0 };
    let widths = || texts.iter().map(|text| text.width());
    let most = (usual - 1).max(widths().min().unwrap_or_default() + MUCH_WIDER);
    widths().filter(|width| *width <= most).max().map_or(0, |widest| widest + 1)
}

/// The cells of one column; rows in rows are tables again.
fn column(cells: &[&[Token]]) -> Vec<String> {
    let inner: Vec<&[Token]> = cells.iter().map(|cell| &cell[value_at(cell)..]).collect();
    if !inner.iter().all(|value| value.first().is_some_and(|first| first.text == "{")) {
        return cells.iter().map(|cell| line(cell)).collect();
    }
    let head = |cell: &[Token]| line(&cell[..value_at(cell)]);
    cells.iter().zip(table(&inner)).map(|(cell, value)| format!("{} {value}", head(cell))).collect()
}

/// Where the value of `key: value` begins.
fn value_at(cell: &[Token]) -> usize {
    match cell {
        [_, colon, _, ..] if colon.kind == TokenKind::Colon => 2,
        _ => cell.len(),
    }
}

/// What stands between the commas of a collection.
fn cells(row: &[Token]) -> Vec<&[Token]> {
    let mut cells = Vec::new();
    let (mut depth, mut start): (usize, usize) = (0, 1);
    for (at, token) in row.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let last = at + 1 == row.len();
        if last || (token.kind == TokenKind::Comma && depth == 1) {
            if at > start {
                cells.push(&row[start..at]);
            }
            start = at + 1;
        }
    }
    cells
}
