//! What a service writes to stdout and stderr, the newest lines of it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::Notify;

/// How many lines are kept.
const MOST_LINES: usize = 200;
/// How many bytes of one line are kept.
const LONGEST_LINE: usize = 2000;
/// What was written just before an answer may still be on its way when the answer is there: a failure waits until
/// nothing has come for this long.
const QUIET: Duration = Duration::from_millis(50);
/// But a service that never stops writing is not waited for.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// The newest lines of a service.
#[derive(Debug, Default)]
pub(crate) struct Log {
    lines: Mutex<Lines>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Lines {
    kept: VecDeque<String>,
    /// How many there were, those that are gone included.
    count: usize,
}

impl Log {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a line, if there is anything in it.
    fn push(&self, line: String) {
        if line.is_empty() {
            return;
        }
        let mut lines = self.lines();
        lines.count += 1;
        if lines.kept.len() == MOST_LINES {
            lines.kept.pop_front();
        }
        lines.kept.push_back(line);
        drop(lines);
        self.changed.notify_one();
    }

    /// How many lines there were so far.
    pub(crate) fn mark(&self) -> usize {
        self.lines().count
    }

    /// The lines after the first `mark`, as far as they are kept.
    pub(crate) fn since(&self, mark: usize) -> Vec<String> {
        let lines = self.lines();
        let gone = lines.count - lines.kept.len();
        let mut told: Vec<String> = lines.kept.iter().skip(mark.saturating_sub(gone)).cloned().collect();
        if gone > mark {
            told.insert(0, format!("… {} lines before", gone - mark));
        }
        told
    }

    /// Waits until nothing more comes.
    pub(crate) async fn settle(&self) {
        let settled = async { while sim::real::within(QUIET, self.changed.notified()).await.is_some() {} };
        sim::real::within(LONGEST_WAIT, settled).await;
    }

    /// Reads lines until there are no more.
    pub(super) async fn read(&self, mut from: impl AsyncRead + Unpin) {
        let mut lines = Cutter::default();
        let mut piece = [0; 8192];
        // A pipe that cannot be read any more has nothing more to say.
        while let Ok(read @ 1..) = from.read(&mut piece).await {
            lines.feed(&piece[..read], |line| self.push(line));
        }
        lines.end(|line| self.push(line));
    }
}

/// Cuts bytes into lines.
#[derive(Debug, Default)]
struct Cutter {
    line: Vec<u8>,
}

impl Cutter {
    fn feed(&mut self, bytes: &[u8], mut whole: impl FnMut(String)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let ends = part.last() == Some(&b'\n');
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            if ends {
                whole(self.take());
            }
        }
    }

    fn end(&mut self, mut whole: impl FnMut(String)) {
        if !self.line.is_empty() {
            whole(self.take());
        }
    }

    /// The line as people can read it: without its end, without colours and other things that steer a terminal.
    fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let mut plain = String::with_capacity(text.len());
        let mut characters = text.trim_end().chars();
        while let Some(character) = characters.next() {
            match character {
                '\u{1b}' if characters.next() == Some('[') => {
                    characters.by_ref().find(|last| ('@'..='~').contains(last));
                }
                '\t' => plain.push_str("  "),
                control if control.is_control() => {}
                other => plain.push(other),
            }
        }
        plain.truncate(plain.trim_end().len());
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&str]) -> Vec<String> {
        let (mut cutter, mut lines) = (Cutter::default(), Vec::new());
        for piece in pieces {
            cutter.feed(piece.as_bytes(), |line| lines.push(line));
        }
        cutter.end(|line| lines.push(line));
        lines
    }

    #[test]
    fn lines_are_whole_however_they_arrive() {
        assert_eq!(cut(&["a\nb", "c\r\n", "\n", "d"]), ["a", "bc", "", "d"]);
        assert_eq!(cut(&["\u{1b}[31mred\u{1b}[0m\tx\u{7}\n"]), ["red  x"]);
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let long = "x".repeat(LONGEST_LINE + 5);
        assert_eq!(cut(&[&long, "y\nz\n"]), [&long[..LONGEST_LINE], "z"]);
    }

    #[test]
    fn the_newest_lines_are_kept_and_the_gap_is_told() {
        let log = Log::default();
        for number in 0..MOST_LINES + 3 {
            log.push(number.to_string());
        }
        assert_eq!(log.mark(), MOST_LINES + 3);
        assert_eq!(log.since(MOST_LINES + 1), [(MOST_LINES + 1).to_string(), (MOST_LINES + 2).to_string()]);
        assert_eq!(log.since(1)[..2], ["… 2 lines before".to_owned(), "3".to_owned()]);
        assert!(log.since(MOST_LINES + 3).is_empty());
    }
}
