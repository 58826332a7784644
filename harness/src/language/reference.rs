//! `$name`, `$name.path[0].x`, `$with.input`: how one value of a scenario names another.

use std::fmt;

use serde_json::Value;

use crate::source::Place;

/// Steps from a value to a part of it: `data.items[0].id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    segments: Vec<Segment>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Into a field of an object.
    Field(String),
    /// Into an item of an array, from 0.
    Index(usize),
}

/// Why a text is not a path or a reference; the byte at which it stops being one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// How many bytes were understood.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl Path {
    /// Reads `status`, `data.items[0].id`, `[1].name`.
    ///
    /// # Errors
    /// The place at which the text stops being a path.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut path = Self::default();
        let rest = match text.as_bytes().first() {
            Some(b'[') => path.read(text, text)?,
            _ => {
                let rest = path.read_field(text, text)?;
                path.read(text, rest)?
            }
        };
        if rest.is_empty() { Ok(path) } else { Err(error(text, rest, "`.field` or `[number]`")) }
    }

    /// The first field, if the path begins with one.
    pub fn first_field(&self) -> Option<&str> {
        match self.segments.first() {
            Some(Segment::Field(name)) => Some(name),
            _ => None,
        }
    }

    /// Its steps, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The path without its first segment.
    pub fn rest(&self) -> Self {
        Self { segments: self.segments.iter().skip(1).cloned().collect() }
    }

    /// The part of `value` that this leads to.
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.segments.iter().try_fold(value, |value, segment| match segment {
            Segment::Field(name) => value.get(name),
            Segment::Index(index) => value.get(index),
        })
    }

    /// Reads `.field` and `[number]` as long as there are any; gives what follows.
    fn read<'t>(&mut self, whole: &str, mut rest: &'t str) -> Result<&'t str, SyntaxError> {
        loop {
            match rest.as_bytes().first() {
                Some(b'.') => rest = self.read_field(whole, &rest[1..])?,
                Some(b'[') => {
                    let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
                    let index = rest[1..=digits].parse().map_err(|_| error(whole, &rest[1..], "a number"))?;
                    let after = &rest[1 + digits..];
                    rest = after.strip_prefix(']').ok_or_else(|| error(whole, after, "`]`"))?;
                    self.segments.push(Segment::Index(index));
                }
                _ => return Ok(rest),
            }
        }
    }

    fn read_field<'t>(&mut self, whole: &str, rest: &'t str) -> Result<&'t str, SyntaxError> {
        let end = rest.find(|c: char| !is_field_char(c)).unwrap_or(rest.len());
        if end == 0 {
            return Err(error(whole, rest, "a field's name"));
        }
        self.segments.push(Segment::Field(rest[..end].to_owned()));
        Ok(&rest[end..])
    }
}

fn is_field_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

fn error(whole: &str, rest: &str, expected: &'static str) -> SyntaxError {
    SyntaxError { at: whole.len() - rest.len(), expected }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Field(name) if at == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Where a reference looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// A value that an earlier step saved: `$visit`.
    Saved,
    /// A column of the case that runs: `$case.wait`. Put in place before a scenario is checked: no step that runs has one.
    Case,
    /// The value of an axis in the combination that runs: `$matrix.platform`. Put in place as columns are.
    Matrix,
    /// An input of the flow that runs: `$with.person`.
    With,
}

/// A value by its name.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Where to look.
    pub root: Root,
    /// The name of the save, the column, the axis or the input.
    pub name: String,
    /// The part of it.
    pub path: Path,
    /// Where the reference stands.
    pub place: Place,
}

impl Reference {
    /// Reads the reference that `text` begins with, after its `$` or `${`; gives what follows it.
    ///
    /// # Errors
    /// The place at which it stops being one.
    pub fn read<'t>(text: &'t str, place: &Place) -> Result<(Self, &'t str), SyntaxError> {
        let (first, rest) = read_name(text, text)?;
        let (root, name, rest) = match first {
            "case" | "matrix" | "with" => {
                let after = rest.strip_prefix('.').ok_or_else(|| error(text, rest, "`.` and a name"))?;
                let (name, rest) = read_name(text, after)?;
                let root = match first {
                    "case" => Root::Case,
                    "matrix" => Root::Matrix,
                    _ => Root::With,
                };
                (root, name, rest)
            }
            name => (Root::Saved, name, rest),
        };
        let mut path = Path::default();
        let rest = path.read(text, rest)?;
        Ok((Self { root, name: name.to_owned(), path, place: place.clone() }, rest))
    }

    /// Whether a text could begin a reference after its `$`.
    pub fn may_start(text: &str) -> bool {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    }
}

/// Whether `text` can be the name of a saved value, an input or a column.
pub fn is_name(text: &str) -> bool {
    matches!(read_name(text, text), Ok((_, "")))
}

fn read_name<'t>(whole: &str, rest: &'t str) -> Result<(&'t str, &'t str), SyntaxError> {
    if !Reference::may_start(rest) {
        return Err(error(whole, rest, "a name"));
    }
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    Ok(rest.split_at(end))
}

/// `$visit.id_token`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = match self.root {
            Root::Saved => "",
            Root::Case => "case.",
            Root::Matrix => "matrix.",
            Root::With => "with.",
        };
        write!(f, "${root}{}", self.name)?;
        match self.path.segments.first() {
            None => Ok(()),
            Some(Segment::Index(_)) => write!(f, "{}", self.path),
            Some(Segment::Field(_)) => write!(f, ".{}", self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::source::Source;

    fn read(text: &str) -> Result<(String, String), SyntaxError> {
        let place = Place::beginning(&Source::new("t", text));
        Reference::read(text, &place).map(|(reference, rest)| (reference.to_string(), rest.to_owned()))
    }

    #[test]
    fn a_reference_ends_where_its_path_ends() {
        assert_eq!(read("visit.a[0].b-c}!").unwrap(), ("$visit.a[0].b-c".into(), "}!".into()));
        assert_eq!(read("case.wait").unwrap(), ("$case.wait".into(), String::new()));
        assert_eq!(read("with.x.y").unwrap(), ("$with.x.y".into(), String::new()));
        assert_eq!(read("x[1][2]").unwrap(), ("$x[1][2]".into(), String::new()));
    }

    #[test]
    fn what_is_not_a_reference_says_where_it_stops_being_one() {
        assert_eq!(read("case"), Err(SyntaxError { at: 4, expected: "`.` and a name" }));
        assert_eq!(read("x."), Err(SyntaxError { at: 2, expected: "a field's name" }));
        assert_eq!(read("x[y]"), Err(SyntaxError { at: 2, expected: "a number" }));
        assert_eq!(read("x[1"), Err(SyntaxError { at: 3, expected: "`]`" }));
        assert_eq!(read("1x"), Err(SyntaxError { at: 0, expected: "a name" }));
    }

    #[test]
    fn a_path_finds_the_part_of_a_value() {
        let value = json!({"a": [{"b": 7}]});
        assert_eq!(Path::parse("a[0].b").unwrap().find(&value), Some(&json!(7)));
        assert_eq!(Path::parse("a[1].b").unwrap().find(&value), None);
        assert_eq!(Path::parse("a b"), Err(SyntaxError { at: 1, expected: "`.field` or `[number]`" }));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,40}") {
            let _ = read(&text);
            let _ = Path::parse(&text);
        }

        #[test]
        fn what_is_shown_reads_back_the_same(name in "[a-z_][a-z0-9_]{0,8}", path in r"(\.[a-zA-Z_][a-z-]{0,5}|\[[0-9]{1,3}\]){0,4}") {
            prop_assume!(name != "case" && name != "with");
            let (shown, rest) = read(&format!("{name}{path}")).unwrap();
            prop_assert_eq!(rest, "");
            let (again, _) = read(&shown[1..]).unwrap();
            prop_assert_eq!(shown, again);
        }
    }
}
