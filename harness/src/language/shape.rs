//! What `is:` can ask of a value: types, and the vendors' shapes of identifiers and tokens.

use serde_json::Value;

use super::compare::written_moment;

/// A thing that a value can be, by the name that `is:` uses.
#[derive(Debug)]
pub struct Shape {
    /// The name: `openid`.
    pub name: &'static str,
    /// What it means, for documentation and messages.
    pub about: &'static str,
    test: fn(&Value) -> bool,
}

impl Shape {
    /// The shape of that name. `present` and `absent` are not shapes: they are about there being a value at all.
    pub fn named(name: &str) -> Option<&'static Self> {
        SHAPES.iter().find(|shape| shape.name == name)
    }

    /// Whether `value` is one.
    pub fn fits(&self, value: &Value) -> bool {
        (self.test)(value)
    }
}

/// All shapes.
pub const SHAPES: &[Shape] = &[
    Shape { name: "null", about: "null", test: Value::is_null },
    Shape { name: "string", about: "a text", test: Value::is_string },
    Shape { name: "number", about: "a number", test: Value::is_number },
    Shape { name: "integer", about: "a whole number", test: |value| value.is_i64() || value.is_u64() },
    Shape { name: "boolean", about: "true or false", test: Value::is_boolean },
    Shape { name: "object", about: "an object", test: Value::is_object },
    Shape { name: "array", about: "an array", test: Value::is_array },
    Shape { name: "empty", about: "an empty text, array or object", test: is_empty },
    Shape { name: "uuid", about: "a UUID", test: |value| text(value, is_uuid) },
    Shape { name: "openid", about: "an openid: 28 characters, `o` first", test: |value| text(value, is_openid) },
    Shape { name: "unionid", about: "a unionid: 28 characters, `o` first", test: |value| text(value, is_openid) },
    Shape { name: "appid", about: "an appid: `wx` and 16 hexadecimal digits", test: |value| text(value, is_appid) },
    Shape {
        name: "login_code",
        about: "a login code: 32 letters and digits, `0` first",
        test: |value| text(value, |text| text.len() == 32 && text.starts_with('0') && is_alphanumeric(text)),
    },
    Shape {
        name: "phone_code",
        about: "a phone code: 64 hexadecimal digits",
        test: |value| text(value, |text| is_hex(text, 64)),
    },
    Shape {
        name: "session_key",
        about: "a session_key: base64 of 16 bytes",
        test: |value| text(value, is_session_key),
    },
    Shape {
        name: "access_token",
        about: "an access_token: a number, `_`, and base64url",
        test: |value| text(value, is_access_token),
    },
    Shape { name: "rid", about: "a rid: three groups of 8 hexadecimal digits", test: |value| text(value, is_rid) },
    Shape { name: "jwt", about: "a JWT: three parts, a JSON header first", test: |value| text(value, is_jwt) },
    Shape { name: "state_token", about: "a state_token: a JWT", test: |value| text(value, is_jwt) },
    Shape { name: "id_token", about: "an id_token: a JWT", test: |value| text(value, is_jwt) },
    Shape {
        name: "session_token",
        about: "a session_token: 32 letters and digits",
        test: |value| text(value, |text| text.len() == 32 && is_alphanumeric(text)),
    },
    Shape {
        name: "user_id",
        about: "an IDaaS id: `yyyyMMddHHmmssSSS-XXXX-XXXXXXXXX`",
        test: |value| text(value, is_user_id),
    },
    Shape {
        name: "time",
        about: "a time: RFC 3339, or IDaaS's `2026-03-01 09:00:00.000`",
        test: |value| text(value, is_time),
    },
    Shape { name: "url", about: "an http or https address", test: |value| text(value, is_url) },
];

/// The names that `is:` takes, those about presence included.
pub fn names() -> impl Iterator<Item = &'static str> {
    ["present", "absent"].into_iter().chain(SHAPES.iter().map(|shape| shape.name))
}

fn text(value: &Value, test: impl FnOnce(&str) -> bool) -> bool {
    value.as_str().is_some_and(test)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_base64url(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Groups of the given lengths between hyphens, all of the same alphabet.
fn is_grouped(text: &str, lengths: &[usize], alphabet: fn(u8) -> bool) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == lengths.len()
        && groups.iter().zip(lengths).all(|(group, length)| group.len() == *length && group.bytes().all(alphabet))
}

fn is_uuid(text: &str) -> bool {
    is_grouped(text, &[8, 4, 4, 4, 12], |byte| byte.is_ascii_hexdigit())
}

fn is_rid(text: &str) -> bool {
    is_grouped(text, &[8, 8, 8], |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_user_id(text: &str) -> bool {
    is_grouped(text, &[17, 4, 9], |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text.bytes().take(17).all(|byte| byte.is_ascii_digit())
}

fn is_openid(text: &str) -> bool {
    text.len() == 28 && text.starts_with('o') && is_base64url(text)
}

fn is_appid(text: &str) -> bool {
    text.strip_prefix("wx").is_some_and(|rest| is_hex(rest, 16))
}

fn is_session_key(text: &str) -> bool {
    data_encoding::BASE64.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
}

fn is_access_token(text: &str) -> bool {
    text.split_once('_').is_some_and(|(number, rest)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && rest.len() >= 64 && is_base64url(rest)
    })
}

fn is_jwt(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return false };
    let json = |part: &str| {
        data_encoding::BASE64URL_NOPAD
            .decode(part.as_bytes())
            .is_ok_and(|bytes| serde_json::from_slice::<serde_json::Map<String, Value>>(&bytes).is_ok())
    };
    json(header) && json(payload) && is_base64url(signature)
}

fn is_time(text: &str) -> bool {
    written_moment(text).is_some()
}

fn is_url(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        && text.parse::<http::Uri>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shapes_are_those_of_the_vendors_pages() {
        for (name, good, bad) in [
            ("openid", json!("oGZUI0egBJY1zhBYw2KhdUfwVJJE"), json!("GZUI0egBJY1zhBYw2KhdUfwVJJEx")),
            ("rid", json!("66c69111-4157f271-729ca238"), json!("66c69111-4157f271")),
            ("user_id", json!("20210111142020284-114D-7DF343948"), json!("2021011114202028X-114D-7DF343948")),
            ("session_key", json!("HyVFkGl5F5OQWJZZaNzBBg=="), json!("HyVFkGl5F5OQWJZZaNzB")),
            ("jwt", json!("eyJhbGciOiJub25lIn0.e30.c2ln"), json!("a.b.c")),
            ("time", json!("2021-01-10 14:20:24.468"), json!("2021-01-10")),
            ("time", json!("2026-03-01T09:00:00Z"), json!(1)),
            ("empty", json!([]), json!([1])),
            ("integer", json!(1), json!(1.5)),
            ("url", json!("https://a.example/x"), json!("a.example")),
        ] {
            let shape = Shape::named(name).unwrap();
            assert!(shape.fits(&good), "{name} {good}");
            assert!(!shape.fits(&bad), "{name} {bad}");
        }
    }
}
