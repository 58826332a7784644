//! Where two long texts differ, for people who would have to search for it.

/// Two texts that are shorter than this together are compared at a glance.
const AT_A_GLANCE: usize = 80;
/// How much of what is the same is shown before a difference.
const BEFORE: usize = 16;
/// How much is shown in all.
const SHOWN: usize = 64;

/// The part of two texts where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Of the wanted text.
    pub(super) wanted: String,
    /// Of the text that was there.
    pub(super) was: String,
    /// Where in them they begin to differ, in characters.
    pub(super) column: usize,
    /// Where in the whole texts, in characters from 1.
    pub(super) character: usize,
}

/// The first difference of two texts, if they are long, and the same for a while.
pub(super) fn difference(wanted: &str, was: &str) -> Option<Difference> {
    let (one, other): (Vec<char>, Vec<char>) = (wanted.chars().collect(), was.chars().collect());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    if one.len() + other.len() < AT_A_GLANCE || same < 4 {
        return None;
    }
    let first = same.saturating_sub(BEFORE);
    let part = |text: &[char]| {
        let end = text.len().min(first + SHOWN);
        let cut: String = text[first.min(end)..end].iter().map(|c| if c.is_control() { ' ' } else { *c }).collect();
        format!("{}{cut}{}", if first > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" })
    };
    Some(Difference {
        wanted: part(&one),
        was: part(&other),
        column: same - first + usize::from(first > 0),
        character: same + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_around_their_first_difference() {
        let text = "the quick brown fox jumps over the lazy dog and back again";
        let found = difference(text, &text.replace("lazy", "busy")).unwrap();
        assert_eq!(found.wanted, "… jumps over the lazy dog and back again");
        assert_eq!(found.was.chars().nth(found.column), Some('b'));
        assert_eq!(found.character, 36);
    }

    #[test]
    fn short_texts_and_texts_with_nothing_in_common_are_left_as_they_are() {
        assert_eq!(difference("SUCCESS", "FAILED"), None);
        assert_eq!(difference(&"a".repeat(60), &"b".repeat(60)), None);
    }
}
