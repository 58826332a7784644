//! From the journal of a world to the exchanges of a report, every secret hidden.

use serde_json::Value;
use sim::{Mask, Moment, Party};

use super::result::{Exchange, Refused};
use super::step::Mark;

/// Longer texts (pictures in base64, mostly) help nobody to understand a failure.
const LONGEST: usize = 4000;

/// One entry of a journal, as the control API gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'j>(pub(crate) &'j Value);

/// The exchanges after one mark, up to the other; all up to the end or from the beginning, where there is no mark.
pub(crate) fn between<'a, 'j>(
    journal: &'a [Seen<'j>],
    before: Option<Mark>,
    after: Option<Mark>,
) -> impl Iterator<Item = &'a Seen<'j>> {
    let (first, last) = (before.map_or(0, |mark| mark.last), after.map_or(u64::MAX, |mark| mark.last));
    journal.iter().filter(move |seen| seen.number() > first && seen.number() <= last)
}

impl Seen<'_> {
    fn number(self) -> u64 {
        self.0.get("seq").and_then(Value::as_u64).unwrap_or_default()
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// As a report tells it.
    pub(crate) fn told(self, mask: &Mask) -> Exchange {
        let party = |name: &str| Party::ALL.into_iter().find(|party| party.name() == self.text(name));
        let body = |name: &str| {
            let body = self.0.get(name).filter(|body| !body.is_null());
            body.map(|body| masked_text(&one_line(body), mask))
        };
        let headers = |name: &str| {
            let headers = self.0.get(name).and_then(Value::as_object).into_iter().flatten();
            headers.filter_map(|(name, value)| Some((name.clone(), masked_text(value.as_str()?, mask)))).collect()
        };
        let refusal = self.0.get("refusal").filter(|refusal| refusal.is_object());
        let of_refusal = |name: &str| refusal.and_then(|refusal| refusal.get(name)).and_then(Value::as_str);
        let (path, query) = match self.text("target").split_once('?') {
            Some((path, query)) => (path, Some(masked_text(query, mask))),
            None => (self.text("target"), None),
        };
        let call = match self.text("method") {
            "CALL" => path.to_owned(),
            method => format!("{method} {path}"),
        };
        let story = [self.0.get("faults"), self.0.get("events"), refusal.and_then(|refusal| refusal.get("story"))];
        Exchange {
            at: Moment::parse_rfc3339(self.text("at")).ok(),
            from: party("from"),
            to: party("to"),
            call: mask.apply(&call),
            query,
            headers: headers("headers"),
            request: body("request"),
            status: self.0.get("status").and_then(Value::as_u64).unwrap_or_default(),
            answer_headers: headers("answer_headers"),
            answer: body("answer"),
            rid: self.0.get("rid").and_then(Value::as_str).map(str::to_owned),
            refusal: of_refusal("rule")
                .map(|rule| Refused { rule: rule.to_owned(), code: of_refusal("code").unwrap_or_default().to_owned() }),
            story: story
                .into_iter()
                .flatten()
                .filter_map(Value::as_array)
                .flatten()
                .filter_map(Value::as_str)
                .map(|line| mask.apply(line))
                .collect(),
        }
    }
}

/// A value in one line; a text without its quotes.
pub(crate) fn one_line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text without secrets, cut where it is too long.
pub(crate) fn masked_text(text: &str, mask: &Mask) -> String {
    let text = mask.apply(text);
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((at, _)) => format!("{}… and {} more bytes", &text[..at], text.len() - at),
    }
}

/// A value without secrets, its texts cut where they are too long.
pub(crate) fn masked(value: Value, mask: &Mask) -> Value {
    match value {
        Value::String(text) => Value::String(masked_text(&text, mask)),
        Value::Array(items) => items.into_iter().map(|item| masked(item, mask)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (mask.apply(&key), masked(value, mask))).collect(),
        // A secret can be a number too, a phone number or a code that someone wrote without quotes.
        Value::Number(number) => {
            let text = number.to_string();
            let hidden = mask.apply(&text);
            if hidden == text { Value::Number(number) } else { Value::String(hidden) }
        }
        other => other,
    }
}
