//! What a value is compared with: plain values, and the one-key maps such as `{ is: jwt }` and `{ not: $old }`.
//!
//! Three things can come of it: the value fits, it does not, or the question does not apply to it (the length of a
//! number, anything about a field that is absent). `not` turns the first two around and leaves the third: so
//! `{ not: $old }` wants a value that is there and different, and `not: { not: x }` is `x`.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use regex::Regex;
use serde_json::Value;

use super::answer::Failure;
use super::compare::{compare, distance, equal, includes};
use super::shape::Shape;
use super::template::{Scope, Template, TemplateKind};
use crate::source::Place;

/// What is wanted of one value.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// What it asks.
    pub kind: MatcherKind,
    /// Where it stands.
    pub place: Place,
}

/// What a [`Matcher`] asks.
#[derive(Clone, Debug)]
pub enum MatcherKind {
    /// Equal; an object may have more fields.
    Value(Template),
    /// An object with at least these fields.
    Fields(Vec<Field>),
    /// An array of as many items, each fitting its matcher.
    Items(Vec<Matcher>),
    /// `is: present`.
    Present,
    /// `is: absent`.
    Absent,
    /// `is:` a type or a shape.
    Is(&'static Shape),
    /// `not`.
    Not(Box<Matcher>),
    /// `all`.
    All(Vec<Matcher>),
    /// `any` and `one_of`.
    Any(Vec<Matcher>),
    /// `matches`: a regular expression, anywhere in the text.
    Matches(Pattern),
    /// `contains`: a part of a text, an item (or items) of an array, fields of an object.
    Contains(Box<Matcher>),
    /// `starts_with`.
    StartsWith(Template),
    /// `ends_with`.
    EndsWith(Template),
    /// `gt`, `gte`, `lt`, `lte`: numbers, or times.
    Compare(Order, Template),
    /// `between: [low, high]`, both included.
    Between(Template, Template),
    /// `near: x, within: y`: numbers, or times and a duration.
    Near {
        /// The middle.
        of: Template,
        /// How far off it may be.
        within: Template,
    },
    /// `length` of a text in characters, of an array, of an object.
    Length(Box<Matcher>),
    /// `each` item of an array that is not empty.
    Each(Box<Matcher>),
    /// `any_item` of an array.
    AnyItem(Box<Matcher>),
    /// `equals`: equal to the last field, whatever the value looks like.
    Equals(Template),
    /// `exactly`: no fields but those named, at any depth.
    Exactly(Box<Matcher>),
}

/// A field of an object and what is wanted of it.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub place: Place,
    /// What is wanted of it.
    pub matcher: Matcher,
}

/// A regular expression.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Known, and valid, before the run.
    Fixed(Regex),
    /// With references in it.
    Dynamic(Template),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::GreaterOrEqual => "≥",
            Self::Less => "<",
            Self::LessOrEqual => "≤",
        }
    }
}

/// What a matcher looks at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    /// There is nothing.
    Absent,
    /// A value.
    Value(&'a Value),
    /// A refusal, which answers to several names.
    Failure(&'a Failure),
}

impl<'a> Subject<'a> {
    pub(super) fn of(value: Option<&'a Value>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }

    /// The value to show.
    pub(super) fn shown(self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Value(value) => Some(value.clone()),
            Self::Failure(failure) => Some(Value::String(failure.name().to_owned())),
        }
    }

    /// Whether `test` holds for the value, or for one of the names of a refusal.
    fn holds(self, test: impl Fn(&Value) -> Verdict) -> Verdict {
        match self {
            Self::Absent => None,
            Self::Value(value) => test(value),
            Self::Failure(failure) => {
                let names = failure.names().iter().map(|name| Value::String(name.clone()));
                let number = failure.number().map(Value::from);
                any(names.chain(number).map(|name| test(&name)))
            }
        }
    }

    fn text_holds(self, test: impl Fn(&str) -> bool) -> Verdict {
        self.holds(|value| value.as_str().map(&test))
    }
}

/// Fits, does not fit, or cannot be asked.
pub(super) type Verdict = Option<bool>;

/// One "fits" is enough; then one "cannot be asked" spoils it.
fn any(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut result = Some(false);
    for verdict in verdicts {
        match verdict {
            Some(true) => return Some(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result
}

/// One "does not fit" is enough; then one "cannot be asked" spoils it.
fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    any(verdicts.into_iter().map(|verdict| verdict.map(|fits| !fits))).map(|fits| !fits)
}

impl Matcher {
    /// A matcher that stands at `place`.
    pub fn new(kind: MatcherKind, place: Place) -> Self {
        Self { kind, place }
    }

    /// Whether `subject` fits. A reference that names nothing makes the question one that cannot be asked.
    pub(super) fn verdict(&self, subject: Subject<'_>, scope: &Scope, exact: bool) -> Verdict {
        match &self.kind {
            MatcherKind::Present => Some(!matches!(subject, Subject::Absent)),
            MatcherKind::Absent => Some(matches!(subject, Subject::Absent)),
            MatcherKind::Is(shape) => subject.holds(|value| Some(shape.fits(value))),
            MatcherKind::Not(inner) => inner.verdict(subject, scope, exact).map(|fits| !fits),
            MatcherKind::All(inner) => all(inner.iter().map(|inner| inner.verdict(subject, scope, exact))),
            MatcherKind::Any(inner) => any(inner.iter().map(|inner| inner.verdict(subject, scope, exact))),
            MatcherKind::Value(template) => {
                let wanted = template.evaluate(scope).ok()?;
                subject
                    .holds(|value| Some(if exact { equal(&wanted, value) } else { includes(value, &wanted) }))
                    .map(|fits| fits || names_failure(subject, &wanted))
            }
            MatcherKind::Equals(template) => {
                let wanted = template.evaluate(scope).ok()?;
                subject.holds(|value| Some(equal(&wanted, value)))
            }
            MatcherKind::Exactly(inner) => inner.verdict(subject, scope, true),
            MatcherKind::Fields(fields) => {
                let Subject::Value(Value::Object(object)) = subject else { return not_asked(subject) };
                let wanted = fields
                    .iter()
                    .map(|field| field.matcher.verdict(Subject::of(object.get(&field.name)), scope, exact));
                let complete = !exact || object.keys().all(|key| fields.iter().any(|field| field.name == *key));
                all(wanted.chain([Some(complete)]))
            }
            MatcherKind::Items(items) => {
                let Subject::Value(Value::Array(values)) = subject else { return not_asked(subject) };
                let wanted =
                    items.iter().zip(values).map(|(item, value)| item.verdict(Subject::Value(value), scope, exact));
                all(wanted.chain([Some(items.len() == values.len())]))
            }
            MatcherKind::Matches(pattern) => match pattern {
                Pattern::Fixed(regex) => subject.text_holds(|text| regex.is_match(text)),
                Pattern::Dynamic(template) => {
                    let regex = Regex::new(template.evaluate(scope).ok()?.as_str()?).ok()?;
                    subject.text_holds(|text| regex.is_match(text))
                }
            },
            MatcherKind::Contains(inner) => contains(inner, subject, scope, exact),
            MatcherKind::StartsWith(template) => {
                let wanted = template.evaluate(scope).ok()?;
                let wanted = wanted.as_str()?;
                subject.text_holds(|text| text.starts_with(wanted))
            }
            MatcherKind::EndsWith(template) => {
                let wanted = template.evaluate(scope).ok()?;
                let wanted = wanted.as_str()?;
                subject.text_holds(|text| text.ends_with(wanted))
            }
            MatcherKind::Compare(order, template) => {
                let limit = template.evaluate(scope).ok()?;
                subject.holds(|value| compare(value, &limit).map(|ordering| order.holds(ordering)))
            }
            MatcherKind::Between(low, high) => {
                let (low, high) = (low.evaluate(scope).ok()?, high.evaluate(scope).ok()?);
                subject.holds(|value| Some(compare(value, &low)?.is_ge() && compare(value, &high)?.is_le()))
            }
            MatcherKind::Near { of, within } => {
                let (of, within) = (of.evaluate(scope).ok()?, within.evaluate(scope).ok()?);
                subject.holds(|value| distance(value, &of, &within))
            }
            MatcherKind::Length(inner) => {
                let Subject::Value(value) = subject else { return None };
                inner.verdict(Subject::Value(&Value::from(length(value)?)), scope, exact)
            }
            MatcherKind::Each(inner) => match subject {
                Subject::Value(Value::Array(values)) if !values.is_empty() => {
                    all(values.iter().map(|value| inner.verdict(Subject::Value(value), scope, exact)))
                }
                _ => None,
            },
            MatcherKind::AnyItem(inner) => match subject {
                Subject::Value(Value::Array(values)) => {
                    any(values.iter().map(|value| inner.verdict(Subject::Value(value), scope, exact)))
                }
                _ => None,
            },
        }
    }

    /// How many single expectations this holds.
    pub fn count(&self) -> usize {
        match &self.kind {
            MatcherKind::Fields(fields) => fields.iter().map(|field| field.matcher.count()).sum::<usize>().max(1),
            MatcherKind::Items(inner) | MatcherKind::All(inner) => inner.iter().map(Self::count).sum::<usize>().max(1),
            MatcherKind::Exactly(inner) => inner.count(),
            _ => 1,
        }
    }

    /// What is wanted, in a few words; with the values of references as far as they have any.
    pub fn describe(&self, scope: &Scope) -> String {
        let value = |template: &Template| described(template, scope);
        let list = |inner: &[Self], between: &str| {
            inner.iter().map(|inner| inner.describe(scope)).collect::<Vec<_>>().join(between)
        };
        match &self.kind {
            MatcherKind::Present => "present".to_owned(),
            MatcherKind::Absent => "absent".to_owned(),
            MatcherKind::Is(shape) => shape.about.to_owned(),
            MatcherKind::Not(inner) => format!("not {}", inner.describe(scope)),
            MatcherKind::All(inner) => list(inner, " and "),
            MatcherKind::Any(inner) => list(inner, " or "),
            MatcherKind::Value(template) | MatcherKind::Equals(template) => value(template),
            MatcherKind::Exactly(inner) => format!("exactly {}", inner.describe(scope)),
            MatcherKind::Fields(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|field| format!("{}: {}", field.name, field.matcher.describe(scope))).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            MatcherKind::Items(items) => format!("[{}]", list(items, ", ")),
            MatcherKind::Matches(Pattern::Fixed(regex)) => format!("a text like /{regex}/"),
            MatcherKind::Matches(Pattern::Dynamic(template)) => format!("a text like /{}/", value(template)),
            MatcherKind::Contains(inner) => format!("something that contains {}", inner.describe(scope)),
            MatcherKind::StartsWith(template) => format!("a text that starts with {}", value(template)),
            MatcherKind::EndsWith(template) => format!("a text that ends with {}", value(template)),
            MatcherKind::Compare(order, template) => format!("{} {}", order.sign(), value(template)),
            MatcherKind::Between(low, high) => format!("between {} and {}", value(low), value(high)),
            MatcherKind::Near { of, within } => format!("within {} of {}", value(within), value(of)),
            MatcherKind::Length(inner) => format!("length {}", inner.describe(scope)),
            MatcherKind::Each(inner) => format!("each item {}", inner.describe(scope)),
            MatcherKind::AnyItem(inner) => format!("an item {}", inner.describe(scope)),
        }
    }

    /// Calls `visit` with every template in it.
    pub fn templates<'a>(&'a self, visit: &mut impl FnMut(&'a Template)) {
        match &self.kind {
            MatcherKind::Present
            | MatcherKind::Absent
            | MatcherKind::Is(_)
            | MatcherKind::Matches(Pattern::Fixed(_)) => {}
            MatcherKind::Value(template)
            | MatcherKind::Equals(template)
            | MatcherKind::StartsWith(template)
            | MatcherKind::EndsWith(template)
            | MatcherKind::Compare(_, template)
            | MatcherKind::Matches(Pattern::Dynamic(template)) => visit(template),
            MatcherKind::Between(one, other) | MatcherKind::Near { of: one, within: other } => {
                visit(one);
                visit(other);
            }
            MatcherKind::Not(inner)
            | MatcherKind::Contains(inner)
            | MatcherKind::Length(inner)
            | MatcherKind::Each(inner)
            | MatcherKind::AnyItem(inner)
            | MatcherKind::Exactly(inner) => inner.templates(visit),
            MatcherKind::All(inner) | MatcherKind::Any(inner) | MatcherKind::Items(inner) => {
                inner.iter().for_each(|inner| inner.templates(visit));
            }
            MatcherKind::Fields(fields) => fields.iter().for_each(|field| field.matcher.templates(visit)),
        }
    }
}

/// Fields or items are wanted of something that has none: a value that is no object does not fit, nothing cannot be asked.
fn not_asked(subject: Subject<'_>) -> Verdict {
    match subject {
        Subject::Absent => None,
        Subject::Value(_) | Subject::Failure(_) => Some(false),
    }
}

/// A refusal by its number is written `40163` or `"40163"`: both are its name.
fn names_failure(subject: Subject<'_>, wanted: &Value) -> bool {
    match (subject, wanted) {
        (Subject::Failure(failure), Value::Number(number)) => {
            failure.names().iter().any(|name| *name == number.to_string())
        }
        _ => false,
    }
}

fn contains(inner: &Matcher, subject: Subject<'_>, scope: &Scope, exact: bool) -> Verdict {
    let Subject::Value(value) = subject else {
        let MatcherKind::Value(template) = &inner.kind else { return None };
        let wanted = template.evaluate(scope).ok()?;
        let wanted = wanted.as_str()?;
        return subject.text_holds(|text| text.contains(wanted));
    };
    match (value, &inner.kind) {
        (Value::String(text), MatcherKind::Value(template)) => {
            let wanted = template.evaluate(scope).ok()?;
            wanted.as_str().map(|wanted| text.contains(wanted))
        }
        // Several items, in any order.
        (Value::Array(values), MatcherKind::Items(items)) => all(items
            .iter()
            .map(|item| any(values.iter().map(|value| item.verdict(Subject::Value(value), scope, exact))))),
        (Value::Array(values), _) => any(values.iter().map(|value| inner.verdict(Subject::Value(value), scope, exact))),
        (Value::Object(_), MatcherKind::Fields(_) | MatcherKind::Value(_)) => inner.verdict(subject, scope, false),
        _ => None,
    }
}

/// Characters of a text, items of an array, fields of an object.
pub(super) fn length(value: &Value) -> Option<u64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        _ => return None,
    };
    u64::try_from(length).ok()
}

fn described(template: &Template, scope: &Scope) -> String {
    let mut references = 0;
    template.references(&mut |_| references += 1);
    let written = match &template.kind {
        TemplateKind::Text(text) if text.is_empty() => "an empty text".to_owned(),
        TemplateKind::Text(text) if looks_like_number(text) => format!("\"{text}\""),
        _ => template.to_string(),
    };
    if references == 0 {
        return written;
    }
    match template.evaluate(scope) {
        Ok(Value::String(text)) => format!("{written} = {text}"),
        Ok(value) => format!("{written} = {value}"),
        Err(unresolved) => format!("{written}, where {unresolved}"),
    }
}

fn looks_like_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() || matches!(text, "true" | "false" | "null")
}
