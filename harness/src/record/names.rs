//! Names for what was handed out: a value that an answer had and a later call sends is one thing, and gets one name.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

/// What is known of the values of a session.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Where a value was first handed out.
    origins: HashMap<String, Origin>,
    /// The names that were given.
    given: HashMap<String, String>,
    taken: HashSet<String>,
    /// The newest authorization, whose code nobody saw.
    authorized: Option<usize>,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    step: usize,
    path: String,
    name: String,
}

/// What a step keeps: names with paths into its answer.
pub(super) type Saves = BTreeMap<usize, Map<String, Value>>;

/// Shorter texts are words like `SUCCESS` or `86`, and equal by chance.
const SHORTEST: usize = 16;

impl Names {
    /// Step `step` was answered so.
    pub(super) fn learn(&mut self, step: usize, word: &str, answer: &Value) {
        self.learn_part(step, word, answer, "");
    }

    fn learn_part(&mut self, step: usize, word: &str, value: &Value, path: &str) {
        match value {
            Value::Object(fields) => {
                let plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                for (name, value) in fields.iter().filter(|(name, _)| plain(name)) {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.learn_part(step, word, value, &path);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.learn_part(step, word, item, &format!("{path}[{at}]"));
                }
            }
            Value::String(text) => self.hand_out(step, text, path, &name_of(word, path)),
            _ => {}
        }
    }

    /// `text` is a part of what step `step` was answered.
    pub(super) fn hand_out(&mut self, step: usize, text: &str, path: &str, name: &str) {
        // A verify code is short, and known for what it is.
        if text.len() >= SHORTEST || path == "verify_code" {
            let origin = Origin { step, path: path.to_owned(), name: name.to_owned() };
            self.origins.entry(text.to_owned()).or_insert(origin);
        }
    }

    /// `$name` for a value that an earlier answer had; the answer's step keeps it from now on.
    pub(super) fn of(&mut self, text: &str, saves: &mut Saves) -> Option<String> {
        if let Some(name) = self.given.get(text) {
            return Some(format!("${name}"));
        }
        let origin = self.origins.get(text)?;
        let mut name = origin.name.clone();
        let mut number = 2;
        while self.taken.contains(&name) {
            name = format!("{}{number}", origin.name);
            number += 1;
        }
        saves.entry(origin.step).or_default().insert(name.clone(), origin.path.clone().into());
        self.taken.insert(name.clone());
        self.given.insert(text.to_owned(), name.clone());
        Some(format!("${name}"))
    }

    /// Step `step` handed out an authorization code that the journal does not show.
    pub(super) fn expect_code(&mut self, step: usize) {
        self.authorized = Some(step);
    }

    /// `$name` for a code that is redeemed, and that can only be the one of the newest authorization.
    pub(super) fn code_of_authorize(
        &mut self,
        word: &str,
        argument: &str,
        text: &str,
        saves: &mut Saves,
    ) -> Option<String> {
        if (word, argument) != ("idaas.oauth2_token", "code") {
            return None;
        }
        let step = self.authorized.take()?;
        self.origins.insert(text.to_owned(), Origin { step, path: "code".to_owned(), name: "code".to_owned() });
        self.of(text, saves)
    }

    /// Every value that was handed out.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.origins.keys().map(String::as_str)
    }

    /// The name that a value has already.
    pub(super) fn given(&self, text: &str) -> Option<String> {
        self.given.get(text).map(|name| format!("${name}"))
    }
}

/// `phone_code` for the code of a button, the field's own name for everything else.
fn name_of(word: &str, path: &str) -> String {
    let last = path.rsplit(['.', '[']).next().unwrap_or(path).trim_end_matches(']');
    let name: String = last.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    match (word, name.as_str()) {
        ("wx.getPhoneNumber" | "wx.getRealtimePhoneNumber", "code") => "phone_code".to_owned(),
        (_, "" | "case" | "with") => "value".to_owned(),
        (_, name) if name.starts_with(|c: char| c.is_ascii_digit()) => "value".to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_gets_one_name_where_it_was_first_handed_out() {
        let (mut names, mut saves) = (Names::default(), Saves::new());
        let (code, other) = ("0".repeat(32), "1".repeat(32));
        names.learn(0, "wx.login", &json!({ "errMsg": "login:ok", "code": code }));
        names.learn(1, "wx.login", &json!({ "code": other, "again": code }));
        assert_eq!(names.given(&code), None);
        assert_eq!(names.of(&code, &mut saves).as_deref(), Some("$code"));
        assert_eq!(names.of(&other, &mut saves).as_deref(), Some("$code2"));
        assert_eq!(names.of(&code, &mut saves).as_deref(), Some("$code"));
        assert_eq!(names.of("SUCCESS", &mut saves), None);
        assert_eq!(saves[&0], *json!({ "code": "code" }).as_object().unwrap());
        assert_eq!(saves[&1], *json!({ "code2": "code" }).as_object().unwrap());
    }

    #[test]
    fn names_are_those_that_a_person_would_give() {
        assert_eq!(name_of("wx.getPhoneNumber", "code"), "phone_code");
        assert_eq!(name_of("idaas.social", "social[0].id"), "id");
        assert_eq!(name_of("http", "x[0]"), "value");
    }
}
