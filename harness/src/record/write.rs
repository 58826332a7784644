//! A scenario as text.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// One step to be written.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) word: String,
    pub(super) argument: Value,
    pub(super) save: Map<String, Value>,
    pub(super) expect: Map<String, Value>,
    /// What people should know about it.
    pub(super) remarks: Vec<String>,
}

/// Lines are not longer than this where they can be broken.
const WIDTH: usize = 110;

/// The step with a list's dash.
pub(super) fn step(line: &Line) -> String {
    let mut text = String::new();
    for remark in &line.remarks {
        let _ = writeln!(text, "  # {}", remark.replace(['\n', '\r'], " "));
    }
    entry(&mut text, "  - ", 6, &line.word, &line.argument);
    if !line.expect.is_empty() {
        entry(&mut text, "    ", 6, "expect", &Value::Object(line.expect.clone()));
    }
    if !line.save.is_empty() {
        entry(&mut text, "    ", 6, "save", &Value::Object(line.save.clone()));
    }
    text
}

/// `key: value`, on one line if there is room.
pub(super) fn entry(text: &mut String, before: &str, indent: usize, key: &str, value: &Value) {
    let flow = flow(value);
    let is_broken = before.len() + key.len() + flow.len() + 2 > WIDTH;
    match value {
        Value::Object(fields) if is_broken && !fields.is_empty() => {
            let _ = writeln!(text, "{before}{}:", scalar(key));
            for (name, value) in fields {
                entry(text, &" ".repeat(indent), indent + 2, name, value);
            }
        }
        Value::Array(items) if is_broken && !items.is_empty() => {
            let _ = writeln!(text, "{before}{}:", scalar(key));
            for item in items {
                let _ = writeln!(text, "{}- {}", " ".repeat(indent), self::flow(item));
            }
        }
        _ => {
            let _ = writeln!(text, "{before}{}: {flow}", scalar(key));
        }
    }
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}: {}", scalar(name), flow(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// A name for people: as it is where YAML lets it, else in quotes.
pub(super) fn scalar_text(text: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | ',' | ';');
    let begins = text.starts_with(|c: char| c.is_alphabetic()) && text.trim() == text;
    if begins && text.contains(' ') && text.chars().all(safe) { text.to_owned() } else { scalar(text) }
}

/// A text as it is where that is safe, else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let mut chars = text.chars();
    let begins = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '$' | '/' | '_'));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '$' | '+' | ' ');
    let is_duration = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(['s', 'm', 'h', 'd'])
        && text.chars().all(|c| c.is_ascii_digit() || "smhd".contains(c));
    let is_plain = is_duration || begins && text.chars().all(plain) && text.trim() == text;
    let is_word =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].iter().any(|w| text.eq_ignore_ascii_case(w));
    // A JSON text is a YAML text, too.
    if is_plain && !is_word { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_stay_texts() {
        for (text, written) in [
            ("SUCCESS", "SUCCESS"),
            ("$code", "$code"),
            ("1h29m", "1h29m"),
            ("13800138000", "\"13800138000\""),
            ("+86-13800138000", "\"+86-13800138000\""),
            ("on", "\"on\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("名", "\"名\""),
            ("items[0]", "\"items[0]\""),
            ("Wu Jun", "Wu Jun"),
            ("a #b", "\"a #b\""),
            ("li@acme.example", "li@acme.example"),
        ] {
            assert_eq!(scalar(text), written);
        }
    }

    #[test]
    fn a_step_takes_one_line_or_as_many_as_it_needs() {
        let line = |argument: Value| Line { word: "idaas.login".to_owned(), argument, ..Line::default() };
        let short = Line { remarks: vec!["so".to_owned()], ..line(json!({ "code": "$code" })) };
        assert_eq!(step(&short), "  # so\n  - idaas.login: { code: $code }\n");
        let long = step(&line(json!({ "a": "x".repeat(60), "b": { "c": "y".repeat(60) } })));
        let wanted = format!("  - idaas.login:\n      a: {}\n      b: {{ c: {} }}\n", "x".repeat(60), "y".repeat(60));
        assert_eq!(long, wanted);
    }
}
