//! What was heard in plain runs: every answer, and what is known from all of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::language::{Action, Answer, Group, Step};
use crate::run::{Arguments, Witness};
use crate::source::Place;

/// One answer of a plain run.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    /// What was said: a word, or for `http` method and path too.
    pub(super) call: String,
    /// To whom.
    pub(super) group: Group,
    /// Where the word stands.
    pub(super) place: Place,
    /// What came back.
    pub(super) answer: Answer,
}

impl Heard {
    /// What was said and whom it was said to, when a vendor or a phone answers it: the world's own words are not what a
    /// scenario is about.
    pub(super) fn call(step: &Step, arguments: &Arguments) -> Option<(String, Group)> {
        let Action::Call { word, .. } = &step.action else { return None };
        match word.group {
            Group::Control => None,
            Group::Http => {
                let text = |name: &str| arguments.get(name).and_then(Value::as_str);
                let path = text("path").unwrap_or_default();
                let path = path.split_once('?').map_or(path, |(path, _)| path);
                let own = ["/__admin", "/livez", "/readyz"].iter().any(|start| path.starts_with(start));
                (!own).then(|| (format!("http {path}"), Group::Http))
            }
            group => Some((word.name.to_owned(), group)),
        }
    }
}

/// Writes down every answer and changes none.
#[derive(Debug, Default)]
pub(super) struct Listener {
    heard: Mutex<Vec<Heard>>,
}

impl Listener {
    /// Everything it heard.
    pub(super) fn into_heard(self) -> Vec<Heard> {
        self.heard.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Witness for Listener {
    fn answered(&self, step: &Step, arguments: &Arguments, answer: &mut Answer) {
        let Some((call, group)) = Heard::call(step, arguments) else { return };
        let heard = Heard { call, group, place: step.word_place.clone(), answer: answer.clone() };
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
    }
}

/// What all plain runs together know.
#[derive(Debug, Default)]
pub(super) struct Known {
    successes: BTreeMap<String, Answer>,
    /// The first two different values of a part of a call's answer.
    values: BTreeMap<(String, String), [Option<Value>; 2]>,
}

impl Known {
    pub(super) fn of<'h>(heard: impl Iterator<Item = &'h Heard>) -> Self {
        let mut known = Self::default();
        for one in heard {
            if one.answer.failure.is_some() {
                continue;
            }
            known.successes.entry(one.call.clone()).or_insert_with(|| one.answer.clone());
            known.learn(&one.call, &one.answer.fields, "");
        }
        known
    }

    fn learn(&mut self, call: &str, value: &Value, part: &str) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let part = if part.is_empty() { name.clone() } else { format!("{part}.{name}") };
                    self.learn(call, value, &part);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(call, item, &format!("{part}[]"))),
            leaf => match self.values.entry((call.to_owned(), part.to_owned())).or_default() {
                [first @ None, _] => *first = Some(leaf.clone()),
                [Some(first), second @ None] if first != leaf => *second = Some(leaf.clone()),
                _ => {}
            },
        }
    }

    /// What a call answered when it went well.
    pub(super) fn success(&self, call: &str) -> Option<&Answer> {
        self.successes.get(call)
    }

    /// Another value that stood in this part of the call's answer, here or in another scenario.
    pub(super) fn other(&self, call: &str, part: &str, value: &Value) -> Option<&Value> {
        let values = self.values.get(&(call.to_owned(), part.to_owned()))?;
        values.iter().flatten().find(|known| *known != value && known.is_string() == value.is_string())
    }
}
