//! `expect:` — everything that is wanted of one answer, and everything that it was not.

use serde_json::Value;

use super::answer::{Answer, Failure};
use super::compare::equal;
use super::matcher::{Field, Matcher, MatcherKind, Subject, length};
use super::reference::Reference;
use super::template::{Scope, Template, TemplateKind};
use crate::source::Place;

/// What a step's answer has to be.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// `error`: the refusal's name, or `{ is: absent }`.
    pub error: Option<Matcher>,
    /// `http_status`.
    pub http_status: Option<Matcher>,
    /// `header`: each by its name, in any case.
    pub headers: Vec<Field>,
    /// `calls`: exchanges that the step caused, by party.
    pub calls: Vec<Field>,
    /// `body`: the whole answer, when a field of it has the name of one of these words.
    pub body: Option<Matcher>,
    /// Everything else: the fields of the answer.
    pub fields: Option<Matcher>,
    /// The whole of it in the file.
    pub place: Place,
}

/// One thing that an answer was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// Which part of the answer: `data.items[0].id`, `error`, `calls.wechat`; empty for the whole.
    pub path: String,
    /// What was wanted, in a few words, not masked.
    pub wanted: String,
    /// What was there, not masked; `None`: nothing.
    pub was: Option<Value>,
    /// Where it was asked for.
    pub place: Place,
    /// What helps to understand it.
    pub note: Option<String>,
}

/// One expectation, and whether it was met.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// Whether it was met.
    pub ok: bool,
    /// What was wanted and what was there, as a mismatch tells it.
    pub what: Mismatch,
}

/// The names of fields that tell a refusal: who expects one of them has not forgotten that the step may be refused.
const FAILURE_FIELDS: [&str; 9] =
    ["errMsg", "errno", "errcode", "errmsg", "error_code", "error_msg", "error", "error_description", "message"];

impl Expectation {
    /// Everything that was wanted of `answer`, met or not. Unless something is said about a refusal, the answer must not
    /// be one.
    pub fn weigh(&self, answer: &Answer, scope: &Scope) -> Vec<Weighed> {
        let mut found = Vec::new();
        if !self.speaks_of_refusal()
            && let Some(failure) = &answer.failure
        {
            found.push(Weighed { ok: false, what: refused(failure, self.place.clone()) });
        }
        let mut check = Checking { scope, found: &mut found, exact: false };
        if let Some(matcher) = &self.error {
            check.matcher(matcher, answer.failure.as_ref().map_or(Subject::Absent, Subject::Failure), "error");
        }
        if let Some(matcher) = &self.http_status {
            let status = answer.http_status.map(Value::from);
            check.matcher(matcher, Subject::of(status.as_ref()), "http_status");
        }
        for field in &self.headers {
            let value = answer.header(&field.name).map(Value::from);
            check.matcher(&field.matcher, Subject::of(value.as_ref()), &format!("header.{}", field.name));
        }
        for field in &self.calls {
            let count = Value::from(answer.calls.get(&field.name).copied().unwrap_or(0));
            check.matcher(&field.matcher, Subject::Value(&count), &format!("calls.{}", field.name));
        }
        if let Some(matcher) = &self.body {
            check.matcher(matcher, Subject::Value(&answer.fields), "body");
        }
        if let Some(matcher) = &self.fields {
            check.matcher(matcher, Subject::Value(&answer.fields), "");
        }
        found
    }

    /// How many single expectations this holds.
    pub fn count(&self) -> usize {
        self.matchers().map(Matcher::count).sum()
    }

    /// Calls `visit` with every reference in it.
    pub fn references<'a>(&'a self, visit: &mut impl FnMut(&'a Reference)) {
        for matcher in self.matchers() {
            matcher.templates(&mut |template| template.references(visit));
        }
    }

    fn matchers(&self) -> impl Iterator<Item = &Matcher> {
        let headers = self.headers.iter().chain(&self.calls).map(|field| &field.matcher);
        [&self.error, &self.http_status, &self.body, &self.fields].into_iter().flatten().chain(headers)
    }

    /// Whether a refusal can be what is wanted: `error` is mentioned, or a status of 400 and more, or a field that only a
    /// refusal has. Without this rule `expect: { id_token: { is: absent } }` would be green for a step that was refused.
    pub fn speaks_of_refusal(&self) -> bool {
        let status = self.http_status.as_ref().is_some_and(|matcher| match &matcher.kind {
            MatcherKind::Value(Template { kind: TemplateKind::Number(number), .. }) => {
                number.as_u64().is_some_and(|status| status >= 400)
            }
            _ => true,
        });
        self.error.is_some()
            || status
            || [&self.fields, &self.body].into_iter().flatten().any(|matcher| match &matcher.kind {
                MatcherKind::Fields(fields) => fields.iter().any(|field| FAILURE_FIELDS.contains(&field.name.as_str())),
                MatcherKind::Exactly(_) | MatcherKind::Equals(_) => true,
                _ => false,
            })
    }
}

/// What a step without `expect` wants: that it was not refused. `place` is the step's word.
pub(super) fn weigh_success(answer: &Answer, place: &Place) -> Vec<Weighed> {
    answer.failure.iter().map(|failure| Weighed { ok: false, what: refused(failure, place.clone()) }).collect()
}

fn refused(failure: &Failure, place: Place) -> Mismatch {
    let message = Some(failure.message()).filter(|message| !message.is_empty());
    Mismatch {
        path: "error".to_owned(),
        wanted: "absent: the step must not be refused".to_owned(),
        was: Some(Value::String(failure.name().to_owned())),
        place,
        note: message.map(|message| format!("it says: {message}")),
    }
}

struct Checking<'a> {
    scope: &'a Scope,
    found: &'a mut Vec<Weighed>,
    exact: bool,
}

impl Checking<'_> {
    /// Goes down to the single values as far as there are any, so that each mismatch has its own path.
    fn matcher(&mut self, matcher: &Matcher, subject: Subject<'_>, path: &str) {
        match (&matcher.kind, subject) {
            (MatcherKind::Fields(fields), Subject::Value(Value::Object(object))) => {
                for field in fields {
                    let value = Subject::of(object.get(&field.name));
                    self.matcher(&field.matcher, value, &join(path, &field.name));
                }
                if self.exact {
                    for (name, value) in
                        object.iter().filter(|(name, _)| fields.iter().all(|field| field.name != **name))
                    {
                        self.report(matcher, Subject::Value(value), &join(path, name), |_| {
                            ("absent: `exactly` allows no other field".to_owned(), None)
                        });
                    }
                }
            }
            (MatcherKind::Items(items), Subject::Value(Value::Array(values))) => {
                for (at, (item, value)) in items.iter().zip(values).enumerate() {
                    self.matcher(item, Subject::Value(value), &format!("{path}[{at}]"));
                }
                if items.len() != values.len() {
                    let note = format!("there are {} items; for some of them use `contains`", values.len());
                    self.report(matcher, subject, path, |_| (plural(items.len(), "item"), Some(note)));
                }
            }
            (MatcherKind::All(inner), _) => inner.iter().for_each(|inner| self.matcher(inner, subject, path)),
            (MatcherKind::Exactly(inner), _) => {
                let before = std::mem::replace(&mut self.exact, true);
                self.matcher(inner, subject, path);
                self.exact = before;
            }
            (MatcherKind::Each(inner), Subject::Value(Value::Array(values))) if !values.is_empty() => {
                for (at, value) in values.iter().enumerate() {
                    self.matcher(inner, Subject::Value(value), &format!("{path}[{at}]"));
                }
            }
            _ => {
                let ok = matcher.verdict(subject, self.scope, self.exact) == Some(true);
                self.weighed(ok, matcher, subject, path, |scope| {
                    (matcher.describe(scope), if ok { None } else { note(matcher, subject, scope) })
                });
            }
        }
    }

    fn report(
        &mut self,
        matcher: &Matcher,
        subject: Subject<'_>,
        path: &str,
        text: impl FnOnce(&Scope) -> (String, Option<String>),
    ) {
        self.weighed(false, matcher, subject, path, text);
    }

    fn weighed(
        &mut self,
        ok: bool,
        matcher: &Matcher,
        subject: Subject<'_>,
        path: &str,
        text: impl FnOnce(&Scope) -> (String, Option<String>),
    ) {
        let (wanted, note) = text(self.scope);
        let what = Mismatch { path: path.to_owned(), wanted, was: subject.shown(), place: matcher.place.clone(), note };
        self.found.push(Weighed { ok, what });
    }
}

/// What people trip over.
fn note(matcher: &Matcher, subject: Subject<'_>, scope: &Scope) -> Option<String> {
    match (&matcher.kind, subject) {
        (MatcherKind::Value(template), Subject::Value(value)) => match (template.evaluate(scope).ok()?, value) {
            (Value::Number(_) | Value::Bool(_), Value::String(text)) if template.to_string() == *text => {
                Some("the answer is a text: put the expected value in quotes".to_owned())
            }
            (Value::String(wanted), Value::Number(_) | Value::Bool(_)) if json_text(value) == wanted => {
                Some("the answer is not a text: write the expected value without quotes".to_owned())
            }
            (wanted @ Value::Array(_), Value::Array(_)) if !equal(&wanted, value) => {
                Some("lists are compared item by item; for some of the items use `contains`".to_owned())
            }
            _ => None,
        },
        (MatcherKind::Not(_), Subject::Absent) => {
            Some("`not` wants a value that is there; for one that is not, use `{ is: absent }`".to_owned())
        }
        (MatcherKind::Each(_), Subject::Value(Value::Array(_))) => {
            Some("`each` wants at least one item; for none, use `{ is: empty }`".to_owned())
        }
        (MatcherKind::Length(_), Subject::Value(value)) => {
            length(value).map(|length| format!("its length is {length}"))
        }
        _ => None,
    }
}

fn json_text(value: &Value) -> String {
    value.to_string()
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
