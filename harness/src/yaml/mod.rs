//! YAML texts as trees of [`Node`]s: the one module around the YAML parser.
//!
//! Promises: no panic and no runaway on any bytes; every node has its place; scalars keep their text, so that types
//! decide what they are; *all* duplicate keys are reported, not the first. It works on the events of the parser beneath
//! `serde-saphyr`, because a serde value has neither the source text of a scalar nor the place of a key.
//!
//! It knows nothing about scenarios or worlds.

mod build;
mod layout;
mod node;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use self::layout::{Layout, Look, Piece, PieceKind, comments, layout};
pub use self::node::{Entry, Key, Meaning, Node, Scalar, Value};
use crate::problem::Problem;
use crate::source::{Place, Source};

/// The largest file that is read, in bytes. A scenario of a thousand steps is a tenth of it.
pub const LARGEST_FILE: usize = 2 * 1024 * 1024;
/// The most values that one file may hold, aliases written out.
pub const MOST_NODES: usize = 100_000;
/// How deep values may be nested, aliases written out.
pub const DEEPEST: usize = 64;

/// What a text held.
#[derive(Debug)]
pub struct Parsed {
    /// The documents, in order. After a syntax error: those before it.
    pub documents: Vec<Node>,
    /// Everything wrong with it as YAML.
    pub problems: Vec<Problem>,
}

/// Parses `source`. An empty text has no document and no problem.
pub fn parse(source: &Arc<Source>) -> Parsed {
    if source.text().len() > LARGEST_FILE {
        let problem = Problem::new(
            Place::beginning(source),
            format!("the file is too large: at most {} MiB are read", LARGEST_FILE / 1024 / 1024),
        )
        .hint("split it into several files; worlds and flows can stand in files of their own");
        return Parsed { documents: Vec::new(), problems: vec![problem] };
    }
    // A byte order mark is no character of the first line: columns are counted, and lines are shown, without it.
    match source.text().strip_prefix('\u{FEFF}') {
        None => build::documents(source),
        Some(rest) => build::documents(&Source::new(source.path(), rest)),
    }
}

/// Makes a source of the bytes of a file; refuses what is not UTF-8 with the place of the first wrong byte.
pub fn decode(path: impl Into<std::path::PathBuf>, bytes: Vec<u8>) -> Result<Arc<Source>, Problem> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(path, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let source = Source::new(path, String::from_utf8_lossy(error.as_bytes()).into_owned());
            let width = '\u{FFFD}'.len_utf8();
            Err(Problem::new(Place::new(&source, at, at + width), "the file is not UTF-8")
                .label("this byte belongs to another encoding")
                .hint("save the file as UTF-8"))
        }
    }
}
