//! What a recorded step expects: what was answered, with shapes for what is another value each time.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::names::Names;
use crate::language::{Failure, Shape};

/// What is wanted of an answer like this one. `secrets` stand in no file.
pub(super) fn expected(status: u16, answer: &Value, names: &Names, secrets: &HashSet<String>) -> Map<String, Value> {
    let mut expect = Map::new();
    if let Some(failure) = Failure::find(Some(status), answer) {
        let name = failure.name();
        // A name with a text of the moment in it, such as `http 404`, is told by the status.
        match name.strip_prefix("http ") {
            Some(_) => drop(expect.insert("http_status".to_owned(), status.into())),
            None => {
                drop(expect.insert("error".to_owned(), name.parse::<i64>().map_or_else(|_| name.into(), Value::from)))
            }
        }
        return expect;
    }
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !OURS.contains(&name.as_str())) {
                if let Some(wanted) = wanted(name, value, names, secrets) {
                    expect.insert(name.clone(), wanted);
                }
            }
        }
        _ if status != 200 => drop(expect.insert("http_status".to_owned(), status.into())),
        _ => {}
    }
    expect
}

/// Fields that `expect` has another meaning for, and those that say no more than that all went well.
const OURS: [&str; 9] = ["error", "http_status", "header", "calls", "body", "errMsg", "errmsg", "errcode", "message"];

/// Fields that are another text each time.
const ANEW: [&str; 7] = ["code", "iv", "encryptedData", "signature", "jti", "nonce", "secretKey"];
/// Longer texts are pictures and encrypted data.
const LONGEST: usize = 60;
/// Numbers beyond this are moments.
const A_MOMENT: i64 = 1_000_000_000;

fn wanted(name: &str, value: &Value, names: &Names, secrets: &HashSet<String>) -> Option<Value> {
    Some(match value {
        Value::String(text) => {
            if let Some(name) = names.given(text) {
                return Some(name.into());
            }
            let by_name = Shape::named(name).filter(|shape| shape.fits(value));
            let of_kind = ["jwt", "openid", "login_code", "phone_code", "user_id", "uuid", "time", "rid"];
            let shape = by_name.map(|shape| shape.name).or_else(|| {
                let mut shapes = of_kind.into_iter().filter_map(Shape::named);
                shapes.find(|shape| shape.fits(value)).map(|shape| shape.name)
            });
            match shape {
                Some(shape) => json!({ "is": shape }),
                None if ANEW.contains(&name) => json!({ "is": "string" }),
                None if secrets.contains(text) || text.len() > LONGEST || text.starts_with('$') => {
                    json!({ "is": "string" })
                }
                None if text.is_empty() => json!({ "is": "empty" }),
                None => value.clone(),
            }
        }
        Value::Number(number) => {
            let moment = number.as_i64().is_none_or(|number| number > A_MOMENT);
            // A life that is not a round number has begun to run out.
            let rest = name.starts_with("exp") && number.as_i64().is_some_and(|number| number % 60 != 0);
            if moment || rest || secrets.contains(&number.to_string()) {
                json!({ "is": "number" })
            } else {
                value.clone()
            }
        }
        Value::Object(fields) => {
            let inner: Map<String, Value> = fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), wanted(name, value, names, secrets)?)))
                .collect();
            if inner.is_empty() { json!({ "is": "object" }) } else { Value::Object(inner) }
        }
        Value::Array(_) => json!({ "is": "array" }),
        // That there is nothing is rarely what a session was about.
        Value::Null => return None,
        Value::Bool(_) => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, answer: &Value) -> Value {
        Value::Object(expected(status, answer, &Names::default(), &["hush".to_owned()].into()))
    }

    #[test]
    fn artefacts_are_expected_by_their_shape_and_plain_values_as_they_are() {
        let openid = "oGZUI0egBJY1zhBYw2KhdUfwVJJE";
        let answer = json!({
            "status": "SUCCESS", "openid": openid, "expire": 432_000, "expires_in": 7199, "secret": "hush",
            "at": 1_772_355_600_000_i64, "disabled": false, "data": null, "list": [1], "phone_info": { "countryCode": "86" },
            "errcode": 0, "errmsg": "ok",
        });
        assert_eq!(
            of(200, &answer),
            json!({
                "status": "SUCCESS", "openid": { "is": "openid" }, "expire": 432_000, "expires_in": { "is": "number" },
                "secret": { "is": "string" }, "at": { "is": "number" }, "disabled": false,
                "list": { "is": "array" }, "phone_info": { "countryCode": "86" },
            })
        );
    }

    #[test]
    fn a_refusal_is_expected_by_its_name() {
        assert_eq!(
            of(200, &json!({ "errcode": 40163, "errmsg": "code been used, rid: 1" })),
            json!({ "error": 40163 })
        );
        assert_eq!(of(400, &json!({ "error_code": "IDAAS.SDK.LOGIN.1001" })), json!({ "error": "LOGIN.1001" }));
        assert_eq!(of(404, &Value::Null), json!({ "http_status": 404 }));
        assert_eq!(of(302, &Value::Null), json!({ "http_status": 302 }));
    }
}
