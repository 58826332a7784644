//! Values with references in them, and the scope that gives the references their values.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Number, Value};

use super::reference::{Reference, Root};
use crate::source::Place;

/// A value of a scenario: what a step sends, or what it compares with.
#[derive(Clone, Debug)]
pub struct Template {
    /// What it is.
    pub kind: TemplateKind,
    /// Where it stands.
    pub place: Place,
}

/// What a [`Template`] is.
#[derive(Clone, Debug)]
pub enum TemplateKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text without references.
    Text(String),
    /// `$name`: keeps the type of what it names.
    Reference(Reference),
    /// `hello ${name}`: always a text.
    Joined(Vec<Piece>),
    /// A list.
    Sequence(Vec<Template>),
    /// Fields, in the order they were written.
    Mapping(Vec<(String, Template)>),
}

/// A part of a [`TemplateKind::Joined`].
#[derive(Clone, Debug)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// A value put in as text.
    Reference(Reference),
}

/// A reference that names nothing at this moment.
///
/// The check before a run finds names that no step saves; what is left are parts that an answer did not have, and saves
/// of steps that did not run because an earlier one failed (in `finally`).
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{reference}` has no value{}", .skipped.as_ref().map(told_skip).unwrap_or_default())]
pub struct Unresolved {
    /// The reference as it is written.
    pub reference: String,
    /// Where it stands.
    pub place: Place,
    /// The step that would have saved it, when `when` skipped that.
    pub skipped: Option<Place>,
}

fn told_skip(step: &Place) -> String {
    format!(": `when` skipped the step that saves it, {}:{}", step.source().name(), step.line())
}

impl Template {
    /// The value, every reference replaced by what it names in `scope`.
    ///
    /// # Errors
    /// The first reference that names nothing.
    pub fn evaluate(&self, scope: &Scope) -> Result<Value, Unresolved> {
        Ok(match &self.kind {
            TemplateKind::Null => Value::Null,
            TemplateKind::Bool(value) => Value::Bool(*value),
            TemplateKind::Number(number) => Value::Number(number.clone()),
            TemplateKind::Text(text) => Value::String(text.clone()),
            TemplateKind::Reference(reference) => scope.resolve(reference)?.clone(),
            TemplateKind::Joined(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(part) => text.push_str(part),
                        Piece::Reference(reference) => match scope.resolve(reference)? {
                            Value::String(value) => text.push_str(value),
                            value => text.push_str(&value.to_string()),
                        },
                    }
                }
                Value::String(text)
            }
            TemplateKind::Sequence(items) => {
                Value::Array(items.iter().map(|item| item.evaluate(scope)).collect::<Result<_, _>>()?)
            }
            TemplateKind::Mapping(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, field)| Ok((name.clone(), field.evaluate(scope)?)))
                    .collect::<Result<Map<_, _>, Unresolved>>()?,
            ),
        })
    }

    /// The field of that name, when this is a mapping.
    pub fn field(&self, name: &str) -> Option<&Template> {
        match &self.kind {
            TemplateKind::Mapping(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Calls `visit` with every reference in it.
    pub fn references<'a>(&'a self, visit: &mut impl FnMut(&'a Reference)) {
        match &self.kind {
            TemplateKind::Reference(reference) => visit(reference),
            TemplateKind::Joined(pieces) => {
                for piece in pieces {
                    if let Piece::Reference(reference) = piece {
                        visit(reference);
                    }
                }
            }
            TemplateKind::Sequence(items) => items.iter().for_each(|item| item.references(visit)),
            TemplateKind::Mapping(fields) => fields.iter().for_each(|(_, field)| field.references(visit)),
            TemplateKind::Null | TemplateKind::Bool(_) | TemplateKind::Number(_) | TemplateKind::Text(_) => {}
        }
    }
}

/// As it was written, in YAML's flow style.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TemplateKind::Null => f.write_str("null"),
            TemplateKind::Bool(value) => write!(f, "{value}"),
            TemplateKind::Number(number) => write!(f, "{number}"),
            TemplateKind::Text(text) => f.write_str(text),
            TemplateKind::Reference(reference) => write!(f, "{reference}"),
            TemplateKind::Joined(pieces) => pieces.iter().try_for_each(|piece| match piece {
                Piece::Text(text) => f.write_str(text),
                Piece::Reference(reference) => write!(f, "${{{}}}", &reference.to_string()[1..]),
            }),
            TemplateKind::Sequence(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            TemplateKind::Mapping(fields) => {
                f.write_str("{")?;
                for (at, (name, field)) in fields.iter().enumerate() {
                    write!(f, "{} {name}: {field}", if at == 0 { "" } else { "," })?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// The values that references name while a case runs. A used flow runs in a scope of its own: it sees its inputs, not the
/// names of who uses it, and what it saves stays inside.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    saved: HashMap<String, Value>,
    inputs: HashMap<String, Value>,
    /// Names that steps would have saved which were skipped.
    skipped: HashMap<String, Place>,
}

impl Scope {
    /// The scope at the start of a case: empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// The scope at the start of a flow: its inputs under `$with`.
    pub fn of_flow(inputs: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self { inputs: inputs.into_iter().collect(), ..Self::default() }
    }

    /// Gives `$name` its value, in place of an earlier one.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.saved.insert(name.into(), value);
    }

    /// Remembers that the step at `step` would have saved `$name`, and was skipped. An earlier value stays.
    pub fn skip(&mut self, name: impl Into<String>, step: &Place) {
        self.skipped.insert(name.into(), step.clone());
    }

    /// The value of `$name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.saved.get(name)
    }

    /// What a reference names now.
    ///
    /// # Errors
    /// When it names nothing.
    pub fn resolve(&self, reference: &Reference) -> Result<&Value, Unresolved> {
        let value = match reference.root {
            Root::Saved => self.saved.get(&reference.name),
            Root::With => self.inputs.get(&reference.name),
            Root::Case | Root::Matrix => None,
        };
        value.and_then(|value| reference.path.find(value)).ok_or_else(|| Unresolved {
            reference: reference.to_string(),
            place: reference.place.clone(),
            skipped: match (reference.root, value) {
                (Root::Saved, None) => self.skipped.get(&reference.name).cloned(),
                _ => None,
            },
        })
    }
}
