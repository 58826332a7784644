//! Flips: one thing about one answer that could be wrong.

use serde_json::{Map, Value};

use super::heard::{Heard, Known};
use crate::language::{Answer, Failure, Group};

/// One wrong answer: which, and what is wrong with it.
#[derive(Debug, Clone)]
pub(super) struct Flip {
    /// Which answer of the case, from 0.
    pub(super) at: usize,
    /// The part of the answer, as tables show it: `phone_info.countryCode`, `roles[]`, `error LOGIN.1001`.
    pub(super) part: String,
    /// What is wrong, in a word or two: `gone`.
    pub(super) how: &'static str,
    change: Change,
}

/// What to do with an answer.
#[derive(Debug, Clone)]
enum Change {
    /// Takes a field out.
    Gone(Vec<Step>),
    /// Puts another value in its place.
    Put(Vec<Step>, Value),
    /// Answers another HTTP status.
    Status(u16),
    /// Answers something else altogether.
    Whole(Box<Answer>),
}

/// One step from a value into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Field(String),
    Item(usize),
}

impl Flip {
    /// Makes the answer wrong.
    pub(super) fn apply(&self, answer: &mut Answer) {
        let told_by_fields = Failure::find(answer.http_status, &answer.fields) == answer.failure;
        match &self.change {
            Change::Gone(path) => remove(&mut answer.fields, path),
            Change::Put(path, value) => {
                if let Some(place) = find(&mut answer.fields, path) {
                    place.clone_from(value);
                }
            }
            Change::Status(status) => answer.http_status = Some(*status),
            Change::Whole(other) => {
                let headers = std::mem::take(&mut answer.headers);
                *answer = Answer { headers, ..(**other).clone() };
                return;
            }
        }
        // What a word found out by itself, such as a signature that is wrong, stays found out.
        if told_by_fields {
            answer.failure = Failure::find(answer.http_status, &answer.fields);
        }
    }
}

/// Every flip of a case's answers.
pub(super) fn flips(heard: &[Heard], known: &Known) -> Vec<Flip> {
    let mut found = Vec::new();
    for (at, one) in heard.iter().enumerate() {
        let mut flips = Flips { at, heard, known, found: &mut found };
        flips.of_the_whole(one);
        flips.of_fields(one, &one.answer.fields, &mut Vec::new());
    }
    found
}

struct Flips<'a> {
    at: usize,
    heard: &'a [Heard],
    known: &'a Known,
    found: &'a mut Vec<Flip>,
}

impl Flips<'_> {
    fn add(&mut self, part: impl Into<String>, how: &'static str, change: Change) {
        self.found.push(Flip { at: self.at, part: part.into(), how, change });
    }

    /// A success becomes a refusal, a refusal a success, and an HTTP status another one.
    fn of_the_whole(&mut self, one: &Heard) {
        match &one.answer.failure {
            None => self.add("the answer", "refused", Change::Whole(Box::new(refusal(one)))),
            Some(failure) => {
                let success = self.known.success(&one.call).cloned().unwrap_or_else(|| success(one));
                self.add(format!("error {}", failure.name()), "accepted", Change::Whole(Box::new(success)));
            }
        }
        // WeChat answers 200 whatever happens, and so does a phone; the status of `idaas.claims` is that of fetching keys.
        let speaks = one.group == Group::Idaas && one.call != "idaas.claims";
        if let Some(status) = one.answer.http_status.filter(|_| speaks) {
            let other = if status == 400 { 403 } else { 400.min(status + 1) };
            self.add("http_status", "another", Change::Status(other));
        }
    }

    fn of_fields(&mut self, one: &Heard, value: &Value, path: &mut Vec<Step>) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                for (name, value) in fields {
                    path.push(Step::Field(name.clone()));
                    self.of_fields(one, value, path);
                    path.pop();
                }
            }
            Value::Array(items) => {
                if let Some(first) = items.first() {
                    self.add(shown(path), "emptied", Change::Put(path.clone(), Value::Array(Vec::new())));
                    path.push(Step::Item(0));
                    self.of_fields(one, first, path);
                    path.pop();
                } else {
                    self.gone(path);
                }
            }
            _ if path.is_empty() => {}
            leaf => {
                self.gone(path);
                self.of_leaf(one, leaf, path);
            }
        }
    }

    fn gone(&mut self, path: &[Step]) {
        // An item that is gone moves the others up: that a list is shorter is told by `emptied`.
        if matches!(path.last(), Some(Step::Field(_))) {
            self.add(shown(path), "gone", Change::Gone(path.to_vec()));
        }
    }

    fn of_leaf(&mut self, one: &Heard, leaf: &Value, path: &[Step]) {
        let name = path.iter().rev().find_map(|step| match step {
            Step::Field(name) => Some(name.as_str()),
            Step::Item(_) => None,
        });
        let name = name.unwrap_or_default();
        let refused = one.answer.failure.as_ref().filter(|_| path.len() == 1 && CODES.contains(&name));
        let mut put = |part: String, how, value| self.add(part, how, Change::Put(path.to_vec(), value));
        match leaf {
            _ if refused.is_some() => {
                let part = format!("error {}", refused.map_or("", Failure::name));
                put(part, "another code", another_code(leaf));
            }
            Value::String(text) if name == "status" && path.len() == 1 => {
                let other = if text == "SUCCESS" { "SOCIAL_BIND" } else { "SUCCESS" };
                put(format!("status {text}"), if other == "SUCCESS" { "SUCCESS" } else { "SOCIAL_BIND" }, other.into());
            }
            Value::String(_) if MESSAGES.contains(&name) => put(shown(path), "another text", "something else".into()),
            Value::String(text) => {
                let how = if is_identity(name) { "another person's" } else { "another" };
                let other = self.known.other(&one.call, &shown(path), leaf);
                let other = other.cloned().unwrap_or_else(|| Value::String(altered(text)));
                self.add(shown(path), how, Change::Put(path.to_vec(), other));
                if let Some(before) = self.before(one, leaf, path).filter(|_| is_handed_out(name)) {
                    self.add(shown(path), "the one before", Change::Put(path.to_vec(), before));
                }
            }
            Value::Number(number) => {
                let value = number.as_i64().unwrap_or_default();
                if name.starts_with("exp") {
                    // A life becomes twice as long, a moment moves on by a day.
                    let later = if value > A_MOMENT { value + 86_400 } else { value.saturating_mul(2).max(1) };
                    put(shown(path), "extended", later.into());
                } else if name != "errcode" {
                    put(shown(path), "another", (value.saturating_add(1)).into());
                }
            }
            Value::Bool(whether) => put(shown(path), "the opposite", (!whether).into()),
            Value::Null => put(shown(path), "not null", "something".into()),
            Value::Array(_) | Value::Object(_) => {}
        }
    }

    /// What the same call answered there the last time, if that was something else: an old token handed out again.
    fn before(&self, one: &Heard, value: &Value, path: &[Step]) -> Option<Value> {
        let earlier = self.heard.get(..self.at)?.iter().rev().filter(|heard| heard.call == one.call);
        earlier.filter_map(|heard| look(&heard.answer.fields, path)).find(|old| *old != value).cloned()
    }
}

/// The fields by which a refusal is named.
const CODES: [&str; 4] = ["errcode", "error_code", "error", "errMsg"];

/// Numbers beyond this are moments in seconds, not lives.
const A_MOMENT: i64 = 1_000_000_000;

/// The fields that tell people what is wrong.
const MESSAGES: [&str; 3] = ["errmsg", "error_msg", "error_description"];

/// Whether it is something that is handed out anew: an old one must not come again.
fn is_handed_out(name: &str) -> bool {
    ["token", "code", "ticket", "key"].iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

fn is_identity(name: &str) -> bool {
    ["openid", "unionid", "user_id", "sub", "mobile"].iter().any(|known| name.eq_ignore_ascii_case(known))
        || name.to_ascii_lowercase().ends_with("phonenumber")
}

/// Another code of the same vendor.
fn another_code(code: &Value) -> Value {
    match code {
        Value::Number(number) if number.as_i64() == Some(40029) => 40163.into(),
        Value::Number(_) => 40029.into(),
        Value::String(text) => match text.split_once(":fail") {
            Some((call, _)) if text.ends_with("system error") => format!("{call}:fail").into(),
            Some((call, _)) => format!("{call}:fail system error").into(),
            None => altered(text).into(),
        },
        other => other.clone(),
    }
}

/// A text of the same shape that is another one: its last letter or digit is the next one.
fn altered(text: &str) -> String {
    let Some((at, last)) = text.char_indices().rev().find(|(_, c)| c.is_ascii_alphanumeric()) else {
        return format!("{text}x");
    };
    let next = match last {
        '9' => '0',
        'z' => 'a',
        'Z' => 'A',
        other => char::from(u8::try_from(other).unwrap_or(b'a') + 1),
    };
    format!("{}{next}{}", &text[..at], &text[at + last.len_utf8()..])
}

/// How the vendor says no when it says no more than that.
fn refusal(one: &Heard) -> Answer {
    let call = one.answer.fields.get("errMsg").and_then(Value::as_str).and_then(|text| text.split_once(':'));
    let (status, fields) = match (one.group, call) {
        (_, Some((call, _))) => (one.answer.http_status, fields([("errMsg", format!("{call}:fail").into())])),
        (Group::WeChat | Group::Local, None) => {
            (Some(200), fields([("errcode", (-1).into()), ("errmsg", "system error".into())]))
        }
        (_, None) => (Some(400), fields([("error_code", "IDAAS.SDK.COMMON.1001".into()), ("error_msg", "no".into())])),
    };
    Answer { failure: Failure::find(status, &fields), fields, http_status: status, ..Answer::default() }
}

/// How the vendor says yes when it says no more than that.
fn success(one: &Heard) -> Answer {
    let call = one.answer.fields.get("errMsg").and_then(Value::as_str).and_then(|text| text.split_once(':'));
    let fields = match (one.group, call) {
        (_, Some((call, _))) => fields([("errMsg", format!("{call}:ok").into())]),
        (Group::WeChat, None) => fields([("errcode", 0.into()), ("errmsg", "ok".into())]),
        (_, None) => Value::Object(Map::new()),
    };
    Answer { fields, http_status: one.answer.http_status.map(|_| 200), ..Answer::default() }
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A path as tables show it. Whichever item it is, it is the same part.
pub(super) fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) if text.is_empty() => text.push_str(name),
            Step::Field(name) => text.extend([".", name]),
            Step::Item(_) => text.push_str("[]"),
        }
    }
    text
}

fn look<'v>(value: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Item(at) => value.get(at),
    })
}

fn find<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get_mut(name),
        Step::Item(at) => value.get_mut(at),
    })
}

fn remove(value: &mut Value, path: &[Step]) {
    let Some((Step::Field(name), before)) = path.split_last() else { return };
    if let Some(Value::Object(fields)) = find(value, before) {
        fields.shift_remove(name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::{Place, Source};

    fn heard(call: &str, group: Group, status: u16, fields: Value) -> Heard {
        let answer = Answer::from_http(status, Vec::new(), fields.to_string().as_bytes());
        let place = Place::beginning(&Source::new("a.yaml", "x"));
        Heard { call: call.to_owned(), group, place, answer }
    }

    /// Every flip of the last answer with what becomes of it.
    fn told(heard: &[Heard], known: &Known) -> Vec<String> {
        let last = heard.len() - 1;
        let of_last = flips(heard, known).into_iter().filter(|flip| flip.at == last);
        of_last
            .map(|flip| {
                let mut answer = heard[last].answer.clone();
                flip.apply(&mut answer);
                format!("{} {}: {}", flip.part, flip.how, answer.fields)
            })
            .collect()
    }

    #[test]
    fn every_field_is_taken_out_and_replaced_after_its_kind() {
        let answer = json!({"openid": "o1", "expires_in": 7200, "ok": true, "list": [{"n": 1}]});
        let told = told(&[heard("w", Group::WeChat, 200, answer)], &Known::default());
        assert_eq!(
            told,
            [
                r#"the answer refused: {"errcode":-1,"errmsg":"system error"}"#,
                r#"openid gone: {"expires_in":7200,"ok":true,"list":[{"n":1}]}"#,
                r#"openid another person's: {"openid":"o2","expires_in":7200,"ok":true,"list":[{"n":1}]}"#,
                r#"expires_in gone: {"openid":"o1","ok":true,"list":[{"n":1}]}"#,
                r#"expires_in extended: {"openid":"o1","expires_in":14400,"ok":true,"list":[{"n":1}]}"#,
                r#"ok gone: {"openid":"o1","expires_in":7200,"list":[{"n":1}]}"#,
                r#"ok the opposite: {"openid":"o1","expires_in":7200,"ok":false,"list":[{"n":1}]}"#,
                r#"list emptied: {"openid":"o1","expires_in":7200,"ok":true,"list":[]}"#,
                r#"list[].n gone: {"openid":"o1","expires_in":7200,"ok":true,"list":[{}]}"#,
                r#"list[].n another: {"openid":"o1","expires_in":7200,"ok":true,"list":[{"n":2}]}"#,
            ]
        );
    }

    #[test]
    fn a_refusal_becomes_the_success_that_the_same_call_answered_elsewhere_or_another_refusal() {
        let success = heard("idaas.login", Group::Idaas, 200, json!({"status": "SUCCESS"}));
        let refused = heard("idaas.login", Group::Idaas, 400, json!({"error_code": "IDAAS.SDK.LOGIN.1001"}));
        let known = Known::of([success].iter());
        assert_eq!(
            told(&[refused], &known),
            [
                r#"error LOGIN.1001 accepted: {"status":"SUCCESS"}"#,
                r#"http_status another: {"error_code":"IDAAS.SDK.LOGIN.1001"}"#,
                "error_code gone: {}",
                r#"error LOGIN.1001 another code: {"error_code":"IDAAS.SDK.LOGIN.1002"}"#,
            ]
        );
    }

    #[test]
    fn an_old_token_is_handed_out_again() {
        let token = |text: &str| heard("wechat.token", Group::WeChat, 200, json!({ "access_token": text }));
        let told = told(&[token("old"), token("new")], &Known::default());
        assert!(told.contains(&r#"access_token the one before: {"access_token":"old"}"#.to_owned()), "{told:?}");
    }

    #[test]
    fn an_altered_text_keeps_its_shape() {
        for (text, other) in [("a9", "a0"), ("cc==", "cd=="), ("+86 13800138000", "+86 13800138001"), ("", "x")] {
            assert_eq!(altered(text), other);
        }
    }
}
