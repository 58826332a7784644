//! What stands between two values: comments, blank lines, anchors, tags and punctuation.

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comment<'a> {
    /// The text, `#` included.
    pub(super) text: &'a str,
    /// Its first byte in the whole text.
    pub(super) start: usize,
    /// The byte after its last one.
    pub(super) end: usize,
    /// Whether nothing else stands before it on its line.
    pub(super) alone: bool,
    /// Whether a blank line, or more, stands before it.
    pub(super) after_blank: bool,
}

/// What stands between two values.
#[derive(Debug, Default)]
pub(super) struct Gap<'a> {
    /// The comments.
    pub(super) comments: Vec<Comment<'a>>,
    /// Anchors and tags.
    pub(super) props: Vec<&'a str>,
    /// `|` or `>` with what belongs to it, and where the line below it starts.
    pub(super) header: Option<(&'a str, usize)>,
    /// `---` and `...`, with how many comments stand before each.
    pub(super) marks: Vec<(&'a str, usize)>,
    /// Whether a blank line stands before its punctuation; without any: at its end.
    pub(super) blank: bool,
    /// Whether a blank line stands at its end.
    pub(super) blank_at_end: bool,
    /// Where its punctuation, anchors and tags end, and a comment behind them on their line.
    pub(super) resume: usize,
}

impl<'a> Gap<'a> {
    /// Reads `text` from byte `from` to before byte `to`.
    pub(super) fn read(text: &'a str, from: usize, to: usize) -> Self {
        let mut gap = Self { resume: from, ..Self::default() };
        let bytes = text.as_bytes();
        let mut breaks = 0;
        let mut punctuated = false;
        let mut alone = from == 0 || bytes[from - 1] == b'\n';
        let mut at = from;
        while at < to {
            match bytes[at] {
                b'\n' => {
                    breaks += 1;
                    alone = true;
                    at += 1;
                }
                b' ' | b'\t' | b'\r' => at += 1,
                b'#' => {
                    let end = line_end(text, at).min(to);
                    let comment =
                        Comment { text: text[at..end].trim_end(), start: at, end, alone, after_blank: breaks > 1 };
                    if !alone {
                        gap.resume = end;
                    }
                    gap.comments.push(comment);
                    breaks = 0;
                    at = end;
                }
                byte => {
                    let end = at + text[at..to].find([' ', '\t', '\n', '\r']).unwrap_or(to - at);
                    let word = &text[at..end];
                    if !std::mem::replace(&mut punctuated, true) {
                        gap.blank = breaks > 1;
                    }
                    match byte {
                        b'&' | b'!' => gap.props.push(word),
                        b'|' | b'>' => {
                            let rest = line_end(text, at);
                            let (header, comment) = match text[at..rest].find('#') {
                                Some(hash) => (text[at..at + hash].trim_end(), Some(at + hash)),
                                None => (text[at..rest].trim_end(), None),
                            };
                            if let Some(start) = comment {
                                let text = text[start..rest].trim_end();
                                gap.comments.push(Comment { text, start, end: rest, alone: false, after_blank: false });
                            }
                            gap.header = Some((header, (rest + 1).min(text.len())));
                            return gap;
                        }
                        _ if word == "---" || word == "..." => gap.marks.push((word, gap.comments.len())),
                        _ => {}
                    }
                    // Punctuation may stand without a blank between.
                    at = if matches!(byte, b'&' | b'!') || word.len() == 3 { end } else { at + 1 };
                    gap.resume = at;
                    alone = false;
                    breaks = 0;
                }
            }
        }
        gap.blank_at_end = breaks > 1;
        gap.blank |= !punctuated && breaks > 1;
        gap
    }

    /// The comments and blank lines before a key, as lines with `indent`.
    pub(super) fn lead(&self, indent: usize) -> Vec<String> {
        let mut lines = comment_lines(&self.comments, indent);
        if self.blank {
            lines.push(String::new());
        }
        lines
    }
}

/// Comments as lines of their own, with the blank lines before them.
pub(super) fn comment_lines<'a>(comments: impl IntoIterator<Item = &'a Comment<'a>>, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for comment in comments {
        if comment.after_blank {
            lines.push(String::new());
        }
        lines.push(format!("{:indent$}{}", "", comment.text));
    }
    lines
}

/// The comment behind what ends at `at`, on the same line.
pub(super) fn trailing(text: &str, at: usize) -> Option<Comment<'_>> {
    let rest = &text[at..line_end(text, at)];
    let start = at + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    // A value that ends where a line starts has nothing behind it.
    let begun = at > 0 && text.as_bytes()[at - 1] != b'\n';
    (begun && text[start..].starts_with('#')).then(|| {
        let end = line_end(text, start);
        Comment { text: text[start..end].trim_end(), start, end, alone: false, after_blank: false }
    })
}

/// The comments after `at` that stand at `column` or further in, and where they end.
pub(super) fn tail(text: &str, at: usize, column: usize) -> (Vec<Comment<'_>>, usize) {
    let mut comments = Vec::new();
    let mut done = at;
    let mut breaks = usize::from(at == 0 || text.as_bytes()[at - 1] == b'\n');
    let mut here = at;
    while let Some(byte) = text.as_bytes().get(here) {
        match byte {
            b'\n' => breaks += 1,
            b' ' | b'\t' | b'\r' => {}
            b'#' if breaks > 0 && column_of(text, here) >= column => {
                let end = line_end(text, here);
                comments.push(Comment {
                    text: text[here..end].trim_end(),
                    start: here,
                    end,
                    alone: true,
                    after_blank: breaks > 1,
                });
                breaks = 0;
                done = end;
                here = end;
                continue;
            }
            _ => break,
        }
        here += 1;
    }
    (comments, done)
}

/// The column, from 0, of the byte at `at`.
pub(super) fn column_of(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    unicode_width::UnicodeWidthStr::width(&text[start..at])
}

/// Where the line of `at` ends.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length)
}
