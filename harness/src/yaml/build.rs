//! From the parser's events to trees, with budgets.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StructureStyle, Tag};

use super::node::{Entry, Key, Node, Scalar, Value};
use super::{DEEPEST, MOST_NODES, Parsed};
use crate::problem::Problem;
use crate::source::{Place, Source};

/// What is read and what is refused.
pub(super) fn options() -> granit_parser::Options {
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
        disallow_directives: true,
    };
    options.set_emit_comments(false);
    options
}

/// Reads all documents of a text whose size was checked.
pub(super) fn documents(source: &Arc<Source>) -> Parsed {
    let mut builder = Builder {
        source,
        documents: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        copied: 0,
        problems: Vec::new(),
    };
    for event in Parser::new_from_str_with_options(source.text(), options()) {
        let taken = match event {
            Ok((event, span)) => builder.take(event, &span),
            Err(error) => Err(builder.syntax(&error)),
        };
        if let Err(problem) = taken {
            builder.problems.push(problem);
            break;
        }
    }
    Parsed { documents: builder.documents, problems: builder.problems }
}

/// A finished value with what the budgets need to know of it.
#[derive(Clone)]
struct Finished {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// A collection whose end has not come yet.
struct Open {
    anchor: usize,
    flow: bool,
    place: Place,
    nodes: usize,
    depth: usize,
    kind: OpenKind,
}

enum OpenKind {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, names: HashMap<String, Place>, key: Option<Key>, skip_value: bool },
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Finished>,
    nodes: usize,
    /// Values kept a second time because they have an anchor.
    copied: usize,
    problems: Vec<Problem>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Problem> {
        let place = self.place(span);
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let mut quoted = style != ScalarStyle::Plain;
                if let Some(tag) = tag {
                    quoted |= tag.is_yaml_core_schema_tag("str");
                    self.check_tag(&tag, &place);
                }
                let node =
                    Node { value: Value::Scalar(Scalar { text: text.into_owned(), quoted, cell: false }), place };
                return self.finish(Finished { node, nodes: 1, depth: 1 }, anchor);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.begin(place, style, anchor, tag.as_deref(), OpenKind::Sequence(Vec::new()));
            }
            Event::MappingStart(style, anchor, tag) => {
                let kind =
                    OpenKind::Mapping { entries: Vec::new(), names: HashMap::new(), key: None, skip_value: false };
                self.begin(place, style, anchor, tag.as_deref(), kind);
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(&place),
            Event::Alias(id) => match self.anchors.get(&id).cloned() {
                Some(finished) => return self.finish(finished, 0),
                None => {
                    return Err(Problem::new(place, "this alias stands inside the value that it repeats")
                        .hint("a value cannot contain itself"));
                }
            },
            Event::UnresolvedAlias(name) => {
                self.problems.push(
                    Problem::new(place.clone(), format!("unknown alias `*{name}`"))
                        .hint(format!("no value above is marked `&{name}`; a text that starts with `*` needs quotes")),
                );
                let node =
                    Node { value: Value::Scalar(Scalar { text: String::new(), quoted: true, cell: false }), place };
                return self.finish(Finished { node, nodes: 1, depth: 1 }, 0);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, place: Place, style: StructureStyle, anchor: usize, tag: Option<&Tag>, kind: OpenKind) {
        if let Some(tag) = tag {
            self.check_tag(tag, &place);
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Open { anchor, flow, place, nodes: 1, depth: 1, kind });
    }

    fn end(&mut self, closing: &Place) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.kind {
            OpenKind::Sequence(items) => Value::Sequence(items),
            OpenKind::Mapping { entries, .. } => Value::Mapping(entries),
        };
        // The parser ends a block where the next token starts, far below: ours ends with its last value.
        let last = match &value {
            Value::Sequence(items) => items.last().map(|item| &item.place),
            Value::Mapping(entries) => entries.last().map(|entry| &entry.node.place),
            Value::Scalar(_) => None,
        };
        let place = if open.flow {
            open.place.to(closing)
        } else {
            last.map_or(open.place.clone(), |last| open.place.to(last))
        };
        let finished = Finished { node: Node { value, place }, nodes: open.nodes, depth: open.depth };
        self.finish(finished, open.anchor)
    }

    /// Puts a finished value where it belongs.
    fn finish(&mut self, finished: Finished, anchor: usize) -> Result<(), Problem> {
        if anchor != 0 {
            self.copied += finished.nodes;
            if self.copied > MOST_NODES {
                return Err(too_large(finished.node.place));
            }
            self.anchors.insert(anchor, finished.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(finished.node);
            return Ok(());
        };
        open.nodes += finished.nodes;
        open.depth = open.depth.max(finished.depth + 1);
        if open.nodes > MOST_NODES || self.nodes > MOST_NODES {
            return Err(too_large(finished.node.place));
        }
        self.nodes += 1;
        if open.depth > DEEPEST {
            return Err(too_deep(finished.node.place));
        }
        match &mut open.kind {
            OpenKind::Sequence(items) => items.push(finished.node),
            OpenKind::Mapping { entries, names, key, skip_value } => match key.take() {
                Some(key) => {
                    if !std::mem::take(skip_value) {
                        entries.push(Entry { key, node: finished.node });
                    }
                }
                None => {
                    let place = finished.node.place;
                    let name = match finished.node.value {
                        Value::Scalar(scalar) => scalar.text,
                        _ => {
                            let problem = Problem::new(place.clone(), "a key must be a plain text");
                            self.problems
                                .push(problem.hint("a value that starts with `{` or `[` needs a key before it"));
                            *skip_value = true;
                            String::new()
                        }
                    };
                    if !*skip_value {
                        if let Some(first) = names.get(&name) {
                            self.problems.push(
                                Problem::new(place.clone(), format!("duplicate key `{name}`"))
                                    .label("given again here")
                                    .also(first.clone(), "first given here")
                                    .hint("remove one of the two"),
                            );
                            *skip_value = true;
                        } else {
                            names.insert(name.clone(), place.clone());
                        }
                    }
                    *key = Some(Key { name, place });
                }
            },
        }
        Ok(())
    }

    fn check_tag(&mut self, tag: &Tag, place: &Place) {
        if tag.is_custom() {
            self.problems.push(
                Problem::new(place.clone(), format!("unknown tag `{}`", tag.original()))
                    .hint("tags are not used here; a text that starts with `!` needs quotes"),
            );
        }
    }

    fn place(&self, span: &Span) -> Place {
        let range = span.byte_range().unwrap_or(0..0);
        Place::new(self.source, range.start, range.end)
    }

    fn syntax(&self, error: &ScanError) -> Problem {
        let text = self.source.text();
        let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
        let width =
            text.get(at..).and_then(|rest| rest.chars().next()).filter(|next| *next != '\n').map_or(0, char::len_utf8);
        let place = Place::new(self.source, at, at + width);
        let message = error.kind().to_string();
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => too_deep(place),
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar => {
                // The scanner stops behind it.
                let tab = text.get(..at).and_then(|before| before.rfind(['\t', '\n']));
                let tab = tab.filter(|tab| text.as_bytes().get(*tab) == Some(&b'\t'));
                let place = tab.map_or(place, |tab| Place::new(self.source, tab, tab + 1));
                Problem::new(place, "a tab cannot indent").hint("YAML is indented with spaces")
            }
            ErrorKind::DirectiveDisallowed => Problem::new(place, "YAML directives are not used here")
                .hint("a text that starts with `%` needs quotes"),
            ErrorKind::UnclosedQuotedScalar => {
                Problem::new(place, "not YAML: a quoted text has no end").hint("close the quotes")
            }
            ErrorKind::UnclosedFlowCollection { open } => {
                let close = if *open == '[' { ']' } else { '}' };
                Problem::new(place, format!("not YAML: `{open}` is never closed")).hint(format!("add `{close}`"))
            }
            ErrorKind::UnexpectedCharacter { character: '`' } => {
                Problem::new(place, "not YAML: a text cannot start with a backtick").hint("put the text in quotes")
            }
            ErrorKind::UnexpectedCharacter { character: character @ ('@' | '%') } => {
                Problem::new(place, format!("not YAML: a text cannot start with `{character}`"))
                    .hint("put the text in quotes")
            }
            _ => {
                let problem = Problem::new(place, format!("not YAML: {message}"));
                if text.as_bytes().get(at) == Some(&b'\t') {
                    return problem.hint("YAML is indented with spaces");
                }
                problem.hint(
                    "a text that holds `: `, ` #`, `{`, `}`, `[`, `]` or starts with a special character needs quotes",
                )
            }
        }
    }
}

fn too_large(place: Place) -> Problem {
    Problem::new(place, format!("the file holds more than {MOST_NODES} values"))
        .hint("aliases (`*name`) count with everything that they repeat")
}

fn too_deep(place: Place) -> Problem {
    Problem::new(place, format!("values are nested more than {DEEPEST} deep"))
}
