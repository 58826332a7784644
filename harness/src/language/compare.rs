//! Equality and order of values: numbers by value, times as times, and a number is never a text.

use std::cmp::Ordering;
use std::time::Duration;

use serde_json::{Number, Value};
use sim::{Life, Moment};

/// Whether two values are equal to the last field; `1` and `1.0` are.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare_numbers(one, other) == Some(Ordering::Equal),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => one == other,
    }
}

/// Whether `value` is `wanted`, where objects of `value` may have more fields.
pub(super) fn includes(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Array(value), Value::Array(wanted)) => {
            value.len() == wanted.len() && value.iter().zip(wanted).all(|(value, wanted)| includes(value, wanted))
        }
        (Value::Object(value), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| value.get(key).is_some_and(|value| includes(value, wanted)))
        }
        _ => equal(value, wanted),
    }
}

/// The order of two numbers or two times; `None` for anything else.
pub(super) fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare_numbers(one, other),
        _ => Some(moment(one)?.cmp(&moment(other)?)),
    }
}

fn compare_numbers(one: &Number, other: &Number) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return Some(one.cmp(&other));
    }
    if let (Some(one), Some(other)) = (one.as_u64(), other.as_u64()) {
        return Some(one.cmp(&other));
    }
    one.as_f64()?.partial_cmp(&other.as_f64()?)
}

/// Whether `value` is no further from `of` than `within`; `None` when they cannot be compared.
pub(super) fn distance(value: &Value, of: &Value, within: &Value) -> Option<bool> {
    if let (Value::Number(value), Value::Number(of)) = (value, of) {
        let within = match within {
            Value::Number(number) => number.as_f64()?,
            // Numbers of the vendors that stand for a time or a life count seconds.
            within => duration(within)?.as_secs_f64(),
        };
        return Some((value.as_f64()? - of.as_f64()?).abs() <= within);
    }
    let (value, of, within) = (moment(value)?, moment(of)?, duration(within)?);
    Some(value.since(of) <= within && of.since(value) <= within)
}

fn duration(value: &Value) -> Option<Duration> {
    match value {
        Value::String(text) => text.parse::<Life>().ok().map(Life::get),
        Value::Number(number) => Duration::try_from_secs_f64(number.as_f64()?).ok(),
        _ => None,
    }
}

/// A time as the vendors write it: RFC 3339, IDaaS's plain form (read as UTC), or seconds or milliseconds since 1970.
fn moment(value: &Value) -> Option<Moment> {
    /// Seconds up to the year 5138, milliseconds from 1973 on: the two do not meet.
    const FIRST_MILLIS: i64 = 100_000_000_000;
    match value {
        Value::String(text) => written_moment(text),
        Value::Number(number) => {
            let number = number.as_i64().filter(|number| *number >= 0)?;
            Some(Moment::from_unix_millis(if number < FIRST_MILLIS { number * 1000 } else { number }))
        }
        _ => None,
    }
}

/// A time as text: RFC 3339, or IDaaS's plain form, read as UTC.
pub(super) fn written_moment(text: &str) -> Option<Moment> {
    Moment::parse_rfc3339(text).ok().or_else(|| {
        let (day, time) = text.split_once(' ')?;
        Moment::parse_rfc3339(&format!("{day}T{time}Z")).ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_is_never_a_text() {
        assert!(!equal(&json!(1), &json!("1")));
        assert!(equal(&json!(1), &json!(1.0)));
        assert!(equal(&json!({"a": [1, {"b": 2.0}]}), &json!({"a": [1.0, {"b": 2}]})));
    }

    #[test]
    fn wanted_objects_may_have_fewer_fields_but_lists_are_whole() {
        assert!(includes(&json!({"a": 1, "b": 2}), &json!({"a": 1})));
        assert!(!includes(&json!([1, 2]), &json!([1])));
        assert!(includes(&json!([{"a": 1, "b": 2}]), &json!([{"a": 1}])));
    }

    #[test]
    fn times_are_compared_in_every_form_they_come_in() {
        assert_eq!(compare(&json!("2026-03-01T09:00:00Z"), &json!("2026-03-01T17:00:00+08:00")), Some(Ordering::Equal));
        assert_eq!(compare(&json!("2026-03-01 09:00:00.500"), &json!("2026-03-01T09:00:00Z")), Some(Ordering::Greater));
        assert_eq!(compare(&json!(1_772_355_600), &json!("2026-03-01T09:00:00Z")), Some(Ordering::Equal));
        assert_eq!(compare(&json!("x"), &json!(1)), None);
        assert_eq!(distance(&json!(1_772_355_601), &json!("2026-03-01T09:00:00Z"), &json!("1s")), Some(true));
        assert_eq!(distance(&json!(10), &json!(13), &json!(2)), Some(false));
    }
}
