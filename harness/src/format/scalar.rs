//! Single values: their quotes, and those that take several lines.

use crate::yaml::Look;

/// What makes a text look like a pattern: those keep their single quotes, in which `\\` is itself.
const OF_PATTERNS: &[char] = &['"', '\'', '\\', '\n', '\t', '^', '$', '[', '(', '{', '*', '+', '?', '|'];

/// The text of a value as it is written: double quotes, where single ones are not there for a reason.
pub(super) fn quoted(text: &str, look: Look) -> String {
    let inside = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match inside {
        Some(inside) if look == Look::Single && !inside.contains(OF_PATTERNS) => format!("\"{inside}\""),
        _ => text.to_owned(),
    }
}

/// The lines of a value that is not a block: the first as it is, the others with `indent`.
pub(super) fn lines(text: &str, look: Look, indent: usize) -> Vec<String> {
    let text = quoted(text, look);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    let rest = lines.map(|line| {
        let line = line.trim_start_matches([' ', '\t', '\r']);
        if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") }
    });
    std::iter::once(first).chain(rest).collect()
}

/// The lines below a `|` or `>`, moved to `indent`; `shift`: how far what they belong to moves to the right.
pub(super) fn block(header: &str, content: &str, indent: usize, shift: isize) -> Vec<String> {
    let explicit = header.contains(|character: char| character.is_ascii_digit());
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let own = content.lines().find(|line| !line.trim_matches(' ').is_empty()).map_or(0, blanks);
    content
        .lines()
        .map(|line| {
            let (old, new) = if explicit {
                let old = blanks(line);
                (old, old.saturating_add_signed(shift))
            } else {
                (own, indent)
            };
            match line.get(old..) {
                Some(rest) if !rest.is_empty() => format!("{:new$}{rest}", ""),
                _ => String::new(),
            }
        })
        .collect()
}
