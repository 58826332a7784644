//! How a YAML text is laid out: every piece with its bytes, for who writes it anew without changing what it says.
//!
//! A [`Node`](super::Node) forgets how it was written; a [`Piece`] knows nothing else. Comments, anchors, tags and
//! punctuation stand between the pieces.

use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::build;
use crate::source::Source;

/// The pieces of a text.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The outermost piece of each document.
    pub(crate) roots: Vec<Piece>,
    /// Whether a value is marked with `&name`: then the order of values matters.
    pub(crate) anchored: bool,
}

/// A value as it stands in the text, without its anchor, its tag and, of a block scalar, its `|` or `>`.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte after its last one. Of a block collection: where its last value ends.
    pub(crate) end: usize,
    /// What it is.
    pub(crate) kind: PieceKind,
}

/// What a [`Piece`] is.
#[derive(Debug)]
pub(crate) enum PieceKind {
    /// A single value, or an alias. Empty: no value at all.
    Scalar(Look),
    /// `[a, b]` or `{ a: 1 }`, with the single values in it, in order.
    Flow(Vec<Piece>),
    /// Lines that start with `-`.
    Sequence(Vec<Piece>),
    /// Lines with `key:`.
    Mapping(Vec<(Piece, Piece)>),
}

/// How a single value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// As it is.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// Below a `|` or `>`.
    Block,
    /// `*name`.
    Alias,
}

/// A block collection whose end has not come yet.
struct Open {
    start: usize,
    mapping: bool,
    pieces: Vec<Piece>,
}

/// The layout of a text that [`parse`](super::parse) found nothing wrong with.
pub(crate) fn layout(source: &Arc<Source>) -> Layout {
    let mut layout = Layout::default();
    let mut open: Vec<Open> = Vec::new();
    // The flow collection that is being read: where it starts, how deep we are in it, what is in it.
    let mut flow: Option<(usize, usize, Vec<Piece>)> = None;
    for event in Parser::new_from_str_with_options(source.text(), build::options()) {
        let Ok((event, span)) = event else { break };
        let bytes = span.byte_range().unwrap_or_default();
        let (start, end) = (bytes.start, bytes.end);
        let done = match event {
            Event::Scalar(_, style, anchor, _) => {
                layout.anchored |= anchor != 0;
                let piece = Piece { start, end, kind: PieceKind::Scalar(look(style)) };
                in_flow(&mut flow, piece)
            }
            Event::Alias(_) => in_flow(&mut flow, Piece { start, end, kind: PieceKind::Scalar(Look::Alias) }),
            Event::SequenceStart(style, anchor, _) | Event::MappingStart(style, anchor, _) => {
                layout.anchored |= anchor != 0;
                match &mut flow {
                    Some((_, depth, _)) => *depth += 1,
                    None if style == StructureStyle::Flow => flow = Some((start, 1, Vec::new())),
                    None => {
                        let mapping = matches!(event, Event::MappingStart(..));
                        open.push(Open { start, mapping, pieces: Vec::new() });
                    }
                }
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match flow.take() {
                Some((start, 1, inside)) => Some(Piece { start, end, kind: PieceKind::Flow(inside) }),
                Some((start, depth, inside)) => {
                    flow = Some((start, depth - 1, inside));
                    None
                }
                None => open.pop().map(block),
            },
            _ => None,
        };
        if let Some(piece) = done {
            match open.last_mut() {
                Some(open) => open.pieces.push(piece),
                None => layout.roots.push(piece),
            }
        }
    }
    layout
}

/// The comments of a text, without their `#`.
pub(crate) fn comments(source: &Arc<Source>) -> Vec<String> {
    let mut options = build::options();
    options.set_emit_comments(true);
    let events = Parser::new_from_str_with_options(source.text(), options);
    events
        .filter_map(|event| match event {
            Ok((Event::Comment(text, _), _)) => Some(text.trim_end().to_owned()),
            _ => None,
        })
        .collect()
}

/// Puts a single value into the flow collection that is open; gives it back when none is.
fn in_flow(flow: &mut Option<(usize, usize, Vec<Piece>)>, piece: Piece) -> Option<Piece> {
    match flow {
        Some((_, _, inside)) => {
            inside.push(piece);
            None
        }
        None => Some(piece),
    }
}

fn block(open: Open) -> Piece {
    let end = open.pieces.last().map_or(open.start, |last| last.end);
    let kind = if open.mapping {
        let mut pieces = open.pieces.into_iter();
        let mut entries = Vec::new();
        while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
            entries.push((key, value));
        }
        PieceKind::Mapping(entries)
    } else {
        PieceKind::Sequence(open.pieces)
    };
    Piece { start: open.start, end, kind }
}

fn look(style: ScalarStyle) -> Look {
    match style {
        ScalarStyle::Plain => Look::Plain,
        ScalarStyle::SingleQuoted => Look::Single,
        ScalarStyle::DoubleQuoted => Look::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Look::Block,
    }
}
