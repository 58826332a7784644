//! `--tag`: which scenarios are meant, by their tags.

use std::str::FromStr;

/// An expression over tags: `smoke and not slow`, `(login or bind) and not wechat`.
///
/// `not` binds closest, then `and`, then `or`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagExpr {
    /// The scenario has this tag.
    Tag(String),
    /// It is not so.
    Not(Box<TagExpr>),
    /// Both are so.
    And(Box<TagExpr>, Box<TagExpr>),
    /// One of them, or both, are so.
    Or(Box<TagExpr>, Box<TagExpr>),
}

/// Where and why a text is no expression over tags.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expected} is expected {}", at(text, *position))]
pub struct TagError {
    text: String,
    position: usize,
    expected: &'static str,
}

fn at(text: &str, position: usize) -> String {
    match text.get(position..).map(str::trim_start).filter(|rest| !rest.is_empty()) {
        Some(rest) => format!("at `{rest}`"),
        None => "at the end".to_owned(),
    }
}

impl TagExpr {
    /// Whether a scenario with these tags is meant.
    pub fn holds(&self, tags: &[String]) -> bool {
        match self {
            Self::Tag(tag) => tags.contains(tag),
            Self::Not(inner) => !inner.holds(tags),
            Self::And(one, other) => one.holds(tags) && other.holds(tags),
            Self::Or(one, other) => one.holds(tags) || other.holds(tags),
        }
    }
}

impl FromStr for TagExpr {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let mut reader = Reader { text, at: 0, depth: 0 };
        let expr = reader.either()?;
        if reader.rest().is_empty() { Ok(expr) } else { Err(reader.error("`and` or `or`")) }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// Deeper nesting is a mistake, and must not overflow the stack.
const DEEPEST: usize = 64;

impl<'t> Reader<'t> {
    /// What is left, without leading blanks.
    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn error(&self, expected: &'static str) -> TagError {
        TagError { text: self.text.to_owned(), position: self.at, expected }
    }

    /// The next word, without taking it.
    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(rest.len());
        &rest[..end]
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    fn either(&mut self) -> Result<TagExpr, TagError> {
        let mut expr = self.both()?;
        while self.take("or") {
            expr = TagExpr::Or(Box::new(expr), Box::new(self.both()?));
        }
        Ok(expr)
    }

    fn both(&mut self) -> Result<TagExpr, TagError> {
        let mut expr = self.single()?;
        while self.take("and") {
            expr = TagExpr::And(Box::new(expr), Box::new(self.single()?));
        }
        Ok(expr)
    }

    fn single(&mut self) -> Result<TagExpr, TagError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("something less deep"));
        }
        let expr = self.nested();
        self.depth -= 1;
        expr
    }

    fn nested(&mut self) -> Result<TagExpr, TagError> {
        if self.take("not") {
            return Ok(TagExpr::Not(Box::new(self.single()?)));
        }
        if self.rest().starts_with('(') {
            self.at += 1;
            let expr = self.either()?;
            if !self.rest().starts_with(')') {
                return Err(self.error("`)`"));
            }
            self.at += 1;
            return Ok(expr);
        }
        match self.word() {
            "" | "and" | "or" => Err(self.error("a tag")),
            tag => {
                self.at += tag.len();
                Ok(TagExpr::Tag(tag.to_owned()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(expr: &str, tags: &[&str]) -> bool {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        expr.parse::<TagExpr>().unwrap().holds(&tags)
    }

    #[test]
    fn not_binds_closest_then_and_then_or() {
        assert!(holds("smoke and not slow", &["smoke"]));
        assert!(!holds("smoke and not slow", &["smoke", "slow"]));
        assert!(holds("a or b and c", &["a"]));
        assert!(!holds("(a or b) and c", &["a"]));
        assert!(holds("not not a", &["a"]));
        assert!(holds("not (a or b)", &["c"]));
    }

    #[test]
    fn a_text_that_is_no_expression_says_where() {
        let error = |text: &str| text.parse::<TagExpr>().unwrap_err().to_string();
        assert_eq!(error(""), "a tag is expected at the end");
        assert_eq!(error("a b"), "`and` or `or` is expected at `b`");
        assert_eq!(error("a and"), "a tag is expected at the end");
        assert_eq!(error("(a or b"), "`)` is expected at the end");
        assert_eq!(error("a )"), "`and` or `or` is expected at `)`");
        assert!("(".repeat(100_000).parse::<TagExpr>().is_err());
        assert!("not ".repeat(100_000).parse::<TagExpr>().is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = text.parse::<TagExpr>();
        }

        #[test]
        fn not_turns_every_expression_round(expr in "(a|b|not a|\\(a or b\\))( and (a|c)| or (b|c)){0,3}", tags in "[abc]{0,3}") {
            let tags: Vec<String> = tags.chars().map(String::from).collect();
            let plain: TagExpr = expr.parse().unwrap();
            let turned: TagExpr = format!("not ({expr})").parse().unwrap();
            prop_assert_eq!(plain.holds(&tags), !turned.holds(&tags));
        }
    }
}
