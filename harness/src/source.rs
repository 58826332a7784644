//! Texts that people wrote, and places in them.
//!
//! Everything that is read from a file keeps a [`Place`], so that whatever is wrong later, even in the middle of a run,
//! is told with file, line and column. A place holds its text: nodes of different files can be mixed freely.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// One text, with the name under which people know it.
pub struct Source {
    path: PathBuf,
    text: String,
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// Keeps `text` under the path that is shown to people, usually as they wrote it.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into(), line_starts: OnceLock::new() })
    }

    /// The path as it is shown.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path as text, with `/` between folders on every system so that reports compare.
    pub fn name(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line, from 1, that holds the byte at `offset`.
    pub fn line_at(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset).max(1)
    }

    /// The column, from 1, in characters, of the byte at `offset`.
    pub fn column_at(&self, offset: usize) -> usize {
        let line_start = self.line_start(self.line_at(offset));
        self.text.get(line_start..offset).map_or(0, |before| before.chars().count()) + 1
    }

    /// Where line `line`, from 1, starts, in bytes.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts().get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// The text of line `line`, from 1, without its line break; empty when there is no such line.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_start(line);
        let end = self.line_start(line + 1);
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.path.display())
    }
}

/// A stretch of a text: bytes from `start` to before `end`.
#[derive(Clone)]
pub struct Place {
    source: Arc<Source>,
    start: u32,
    end: u32,
}

impl Place {
    /// The bytes from `start` to before `end` of `source`.
    pub fn new(source: &Arc<Source>, start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        let end = u32::try_from(end).unwrap_or(u32::MAX).max(start);
        Self { source: Arc::clone(source), start, end }
    }

    /// The very beginning of `source`: the place of what concerns a file as a whole.
    pub fn beginning(source: &Arc<Source>) -> Self {
        Self::new(source, 0, 0)
    }

    /// The text this is a place in.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The first byte.
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// The byte after the last one.
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// The line, from 1, on which this starts.
    pub fn line(&self) -> usize {
        self.source.line_at(self.start())
    }

    /// The line, from 1, on which this ends.
    pub fn last_line(&self) -> usize {
        self.source.line_at(self.end().saturating_sub(1).max(self.start()))
    }

    /// The column, from 1, in characters, at which this starts.
    pub fn column(&self) -> usize {
        self.source.column_at(self.start())
    }

    /// The line and the column, both from 1, just behind the last character that is not blank.
    pub fn end_position(&self) -> (usize, usize) {
        let end = self.start() + self.text().trim_end().len();
        (self.source.line_at(end), self.source.column_at(end))
    }

    /// The text of this stretch.
    pub fn text(&self) -> &str {
        self.source.text.get(self.start()..self.end()).unwrap_or_default()
    }

    /// From the start of this to the end of `last`, when both are in one text; else this.
    pub fn to(&self, last: &Self) -> Self {
        if Arc::ptr_eq(&self.source, &last.source) {
            Self { source: Arc::clone(&self.source), start: self.start, end: last.end.max(self.end) }
        } else {
            self.clone()
        }
    }

    /// The part of this from byte `from` to before byte `to`, counted from its start.
    pub fn part(&self, from: usize, to: usize) -> Self {
        Self::new(&self.source, self.start() + from, (self.start() + to).min(self.end().max(self.start() + from)))
    }
}

/// `scenarios/login/first.yaml:6:5`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source.name(), self.line(), self.column())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// Two places are equal when they are the same bytes of the same text.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.start == other.start && self.end == other.end
    }
}

impl Eq for Place {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = Source::new("a.yaml", "one\ntwo: 名 x\r\nthree");
        let place = Place::new(&source, 13, 14);
        assert_eq!((place.text(), place.line(), place.column()), ("x", 2, 8));
        assert_eq!(place.to_string(), "a.yaml:2:8");
        assert_eq!(source.line(2), "two: 名 x");
        assert_eq!(source.line(9), "");
    }

    #[test]
    fn a_block_ends_behind_its_last_character() {
        let source = Source::new("a.yaml", "a:\n  b: 名\n\nc: 1\n");
        assert_eq!(Place::new(&source, 5, 13).end_position(), (2, 7));
        assert_eq!(Place::new(&source, 3, 3).end_position(), (2, 1));
    }

    #[test]
    fn a_place_past_the_end_is_empty_and_does_not_panic() {
        let source = Source::new("a.yaml", "x");
        let place = Place::new(&source, 10, 20);
        assert_eq!((place.text(), place.line()), ("", 1));
    }
}
