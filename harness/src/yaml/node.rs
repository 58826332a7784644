//! The tree that a YAML text becomes: every node knows its place, every scalar keeps the text it was written with.

use serde_json::Number;

use crate::source::Place;

/// One value of a YAML text.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum Value {
    /// A single value, still as text.
    Scalar(Scalar),
    /// `[a, b]`, or lines that start with `-`.
    Sequence(Vec<Node>),
    /// `{a: 1}`, or lines with `key:`.
    Mapping(Vec<Entry>),
}

/// One `key: value`. Keys of a mapping are different from each other: a duplicate is reported while parsing and dropped.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub node: Node,
}

/// The key of an [`Entry`].
#[derive(Clone, Debug)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// A single value as it was written. Who reads it decides whether it is a number or a text: `13800138000` is a fine phone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, quotes and escapes resolved.
    pub text: String,
    /// Whether it was written in quotes, as a block, or with `!!str`: then it is a text whatever it looks like.
    pub quoted: bool,
    /// Whether it is a cell of a table, which has no way to say that a number is meant: a text where anything can stand.
    pub cell: bool,
}

/// What a scalar means when nobody knows better: YAML 1.2's core schema.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that JSON can hold.
    Number(Number),
    /// Anything else.
    Text,
}

impl Scalar {
    /// What this means by YAML 1.2's core schema.
    pub fn meaning(&self) -> Meaning {
        if self.quoted {
            return Meaning::Text;
        }
        match self.text.as_str() {
            "~" | "null" | "Null" | "NULL" if self.cell => Meaning::Text,
            "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
            "true" | "True" | "TRUE" => Meaning::Bool(true),
            "false" | "False" | "FALSE" => Meaning::Bool(false),
            text => number(text).map_or(Meaning::Text, Meaning::Number),
        }
    }
}

fn number(text: &str) -> Option<Number> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with(['+', '-'])).map(Number::from);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().filter(|_| !octal.starts_with(['+', '-'])).map(Number::from);
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Number::from(whole));
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(Number::from(whole));
    }
    // Rust's parser also takes `inf`, `nan` and friends, which the first character and this rule out.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    Number::from_f64(text.parse().ok()?)
}

impl Node {
    /// The entries of a mapping.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items of a sequence.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The scalar, if this is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar that is something, whatever it looks like: `0e3` is `"0e3"`. `None` for null and for collections.
    pub fn text(&self) -> Option<&str> {
        self.scalar().filter(|scalar| scalar.meaning() != Meaning::Null).map(|scalar| scalar.text.as_str())
    }

    /// Whether this is `null`, `~` or nothing at all.
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.meaning() == Meaning::Null)
    }

    /// The entry with that key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key.name == key)
    }

    /// The value under that key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// What this is, for a message: `a text`, `a number`, `a mapping`.
    pub fn kind_name(&self) -> &'static str {
        match &self.value {
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => "nothing",
                Meaning::Bool(_) => "true or false",
                Meaning::Number(_) => "a number",
                Meaning::Text => "a text",
            },
        }
    }

    /// The tree of a JSON value that was not written in any file; all of it stands at `place`.
    pub fn from_json(json: &serde_json::Value, place: &Place) -> Self {
        let scalar = |text: String, quoted| Value::Scalar(Scalar { text, quoted, cell: false });
        let value = match json {
            serde_json::Value::String(text) => scalar(text.clone(), true),
            serde_json::Value::Array(items) => {
                Value::Sequence(items.iter().map(|item| Self::from_json(item, place)).collect())
            }
            serde_json::Value::Object(fields) => {
                let entry = |(name, field): (&String, &serde_json::Value)| Entry {
                    key: Key { name: name.clone(), place: place.clone() },
                    node: Self::from_json(field, place),
                };
                Value::Mapping(fields.iter().map(entry).collect())
            }
            other => scalar(other.to_string(), false),
        };
        Self { value, place: place.clone() }
    }

    /// This as JSON, scalars read by YAML's core schema.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(scalar) => scalar.to_json(),
            Value::Sequence(items) => items.iter().map(Self::to_json).collect(),
            Value::Mapping(entries) => {
                entries.iter().map(|entry| (entry.key.name.clone(), entry.node.to_json())).collect()
            }
        }
    }
}

impl Scalar {
    /// This as JSON by YAML's core schema.
    pub fn to_json(&self) -> serde_json::Value {
        match self.meaning() {
            Meaning::Null => serde_json::Value::Null,
            Meaning::Bool(value) => value.into(),
            Meaning::Number(number) => number.into(),
            Meaning::Text => self.text.clone().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Meaning {
        Scalar { text: text.to_owned(), quoted: false, cell: false }.meaning()
    }

    #[test]
    fn numbers_are_what_yaml_1_2_calls_numbers() {
        assert_eq!(meaning("432000"), Meaning::Number(432_000.into()));
        assert_eq!(meaning("-7"), Meaning::Number((-7).into()));
        assert_eq!(meaning("0x1F"), Meaning::Number(31.into()));
        assert_eq!(meaning("1.5"), Meaning::Number(Number::from_f64(1.5).unwrap()));
        assert_eq!(meaning("18446744073709551615"), Meaning::Number(u64::MAX.into()));
        for text in ["+86-13800138000", "1_000", "4m59s", "inf", ".nan", "nan", "-", "1.2.3", "wx1"] {
            assert_eq!(meaning(text), Meaning::Text, "{text}");
        }
    }

    #[test]
    fn quotes_make_a_text_of_anything() {
        assert_eq!(Scalar { text: "1".into(), quoted: true, cell: false }.meaning(), Meaning::Text);
    }
}
