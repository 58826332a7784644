//! What a step got back, in the words that `expect` and `save` speak of.

use std::collections::BTreeMap;

use serde_json::Value;

/// The answer to a step.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The vendor's answer: the fields of a JSON body, the object of a callback, the outputs of a flow; a body that is
    /// not JSON as a text; `Null` for an empty one.
    pub fields: Value,
    /// What says that it was refused, if it was. Usually [`Failure::find`].
    pub failure: Option<Failure>,
    /// The status, where the answer came by HTTP.
    pub http_status: Option<u16>,
    /// The headers, where it came by HTTP, as they were sent.
    pub headers: Vec<(String, String)>,
    /// How many exchanges the step caused, by the name of the party that answered them (`wechat`, `idaas`).
    pub calls: BTreeMap<String, u64>,
}

impl Answer {
    /// An answer that came by HTTP: fields from the body, the failure found in them.
    pub fn from_http(status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let fields = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
        };
        let failure = Failure::find(Some(status), &fields);
        Self { fields, failure, http_status: Some(status), headers, calls: BTreeMap::new() }
    }

    /// What it says, in a few words: `answered SUCCESS`, `refused: LOGIN.1001 …`.
    pub fn in_few_words(&self) -> String {
        if let Some(failure) = &self.failure {
            let said = [failure.name(), failure.message()].join(" ");
            return format!("refused: {}", said.trim());
        }
        let field = |name: &str| self.fields.get(name).and_then(Value::as_str);
        match (field("status").or_else(|| field("errMsg")), self.http_status) {
            (Some(status), _) => format!("answered {status}"),
            (None, Some(status)) => format!("answered HTTP {status}"),
            (None, None) => "was accepted".to_owned(),
        }
    }

    /// The values of a header, joined by `, `.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        if values.is_empty() { None } else { Some(values.join(", ")) }
    }

    /// A part of the answer by the first word of its path, as `save` addresses it: a field, else one of our words
    /// (`body`, `http_status`, `header`).
    pub fn part(&self, path: &super::Path) -> Option<Value> {
        if let Some(value) = path.find(&self.fields) {
            return Some(value.clone());
        }
        match path.first_field()? {
            "body" => path.rest().find(&self.fields).cloned(),
            "http_status" => self.http_status.map(Value::from),
            "header" => self.header(path.rest().first_field()?).map(Value::from),
            _ => None,
        }
    }
}

/// What an answer says when it refuses.
///
/// One refusal answers to several names, so that a scenario can write the shortest honest one: IDaaS's
/// `IDAAS.SDK.LOGIN.1001` is also `SDK.LOGIN.1001` and `LOGIN.1001`, because the prefix is not a reliable sign of the
/// edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    names: Vec<String>,
    number: Option<i64>,
    message: String,
}

impl Failure {
    /// A failure of these names, the fullest first.
    pub fn new(names: impl IntoIterator<Item = String>, number: Option<i64>, message: impl Into<String>) -> Self {
        Self { names: names.into_iter().collect(), number, message: message.into() }
    }

    /// The failure in an answer: an `errMsg` that is not `:ok`, an `errcode` that is not 0, an `error_code` or `error`,
    /// or an HTTP status of 400 and more.
    pub fn find(http_status: Option<u16>, fields: &Value) -> Option<Self> {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        if let Some(message) = text("errMsg").filter(|message| !message.ends_with(":ok")) {
            let number = fields.get("errno").and_then(Value::as_i64);
            let mut names = vec![message.to_owned()];
            names.extend(number.map(|number| number.to_string()));
            if let Some((_, after)) = message.split_once(':') {
                names.push(after.to_owned());
                let reason = after.strip_prefix("fail").unwrap_or(after).trim_start_matches([' ', ':']);
                names.push(reason.to_owned());
            }
            return Some(Self { names, number, message: message.to_owned() });
        }
        if let Some(number) = fields.get("errcode").and_then(Value::as_i64).filter(|number| *number != 0) {
            let message = text("errmsg").unwrap_or_default();
            return Some(Self { names: vec![number.to_string()], number: Some(number), message: message.to_owned() });
        }
        if let Some(code) = text("error_code").or_else(|| text("error")) {
            let mut names = vec![code.to_owned()];
            let mut rest = code;
            while let Some((_, tail)) = rest.split_once('.') {
                names.push(tail.to_owned());
                rest = tail;
            }
            let message = text("error_msg").or_else(|| text("error_description")).or_else(|| text("message"));
            return Some(Self { names, number: None, message: message.unwrap_or_default().to_owned() });
        }
        let status = http_status.filter(|status| *status >= 400)?;
        Some(Self { names: vec![format!("http {status}")], number: None, message: String::new() })
    }

    /// All names of it, the fullest first.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of it, where it has one.
    pub fn number(&self) -> Option<i64> {
        self.number
    }

    /// The name that people use: `LOGIN.1001`, `40163`, `getPhoneNumber:fail user deny`.
    pub fn name(&self) -> &str {
        let full = self.names.first().map_or("", String::as_str);
        let vendor = full.strip_prefix("IDAAS.").unwrap_or(full);
        vendor.strip_prefix("SDK.").unwrap_or(vendor)
    }

    /// What it says for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_vendors_refusal_is_found() {
        let idaas = Failure::find(Some(400), &json!({"error_code": "IDAAS.SDK.LOGIN.1001", "error_msg": "x"})).unwrap();
        assert_eq!(idaas.name(), "LOGIN.1001");
        assert!(idaas.names().iter().any(|name| name == "SDK.LOGIN.1001"));
        let wechat = Failure::find(Some(200), &json!({"errcode": 40163, "errmsg": "code been used, rid: 1"})).unwrap();
        assert_eq!((wechat.name(), wechat.number()), ("40163", Some(40163)));
        let device = Failure::find(None, &json!({"errMsg": "getPhoneNumber:fail user deny", "errno": 103})).unwrap();
        assert!(device.names().iter().any(|name| name == "user deny"));
        assert!(device.names().iter().any(|name| name == "103"));
        assert_eq!(Failure::find(Some(404), &Value::Null).unwrap().name(), "http 404");
    }

    #[test]
    fn a_success_is_no_refusal() {
        for fields in [json!({"errMsg": "login:ok"}), json!({"errcode": 0}), json!({"openid": "o"}), Value::Null] {
            assert_eq!(Failure::find(Some(200), &fields), None);
        }
    }
}
