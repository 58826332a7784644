//! Every secret of a world, with its kind, so that reports can hide it wherever it turns up.

use serde_json::Value;
use sim::ArtefactKind;

/// The secrets of a world: what it handed out, what its world file holds, and what was sent to it, good or not. The order
/// is the same in every run, and decides their numbers.
pub(crate) fn all(artefacts: &Value, export: &Value, journal: &[Value]) -> Vec<(ArtefactKind, String)> {
    let mut secrets = Vec::new();
    for record in artefacts.get("artefacts").and_then(Value::as_array).into_iter().flatten() {
        let kind = record.get("kind").and_then(Value::as_str).and_then(kind_of_name);
        if let (Some(kind), Some(value)) = (kind, record.get("value").and_then(Value::as_str)) {
            secrets.push((kind, value.to_owned()));
        }
    }
    collect(export, &mut secrets);
    for exchange in journal {
        if let Some((_, query)) =
            exchange.get("target").and_then(Value::as_str).and_then(|target| target.split_once('?'))
        {
            for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                secrets.extend(kind_of_field(&name).map(|kind| (kind, value.into_owned())));
            }
        }
        for (name, kind) in HEADERS {
            if let Some(value) = exchange.pointer(&format!("/headers/{name}")).and_then(Value::as_str) {
                secrets.push(match value.strip_prefix("Basic ") {
                    // Client id and secret in one text: no form of the secret alone stands in it.
                    Some(credentials) => (ArtefactKind::ClientSecret, credentials.to_owned()),
                    None => (kind, value.strip_prefix("Bearer ").unwrap_or(value).to_owned()),
                });
            }
        }
        for part in ["request", "answer"] {
            if let Some(body) = exchange.get(part) {
                collect(body, &mut secrets);
            }
        }
    }
    secrets
}

const HEADERS: [(&str, ArtefactKind); 3] = [
    ("x-state-token", ArtefactKind::StateToken),
    ("session-token", ArtefactKind::SessionToken),
    ("authorization", ArtefactKind::IdToken),
];

fn kind_of_name(name: &str) -> Option<ArtefactKind> {
    ArtefactKind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// What a field of this name holds, in a world file, a request or an answer.
fn kind_of_field(name: &str) -> Option<ArtefactKind> {
    Some(match name {
        "secret" => ArtefactKind::AppSecret,
        "private_key" => ArtefactKind::ApiKey,
        "password" | "pwd" | "old_password" | "new_password" => ArtefactKind::Password,
        "mobile" | "phone" | "phones" | "phoneNumber" | "purePhoneNumber" => ArtefactKind::PhoneNumber,
        "js_code" => ArtefactKind::LoginCode,
        "wechat_code" | "wchat_code" => ArtefactKind::PhoneCode,
        other => return kind_of_name(other),
    })
}

fn collect(value: &Value, secrets: &mut Vec<(ArtefactKind, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, secrets)),
        Value::Object(fields) => {
            if let Some(Value::String(key)) = fields.get("symmetric_key").and_then(|key| key.get("key")) {
                secrets.push((ArtefactKind::ApiKey, key.clone()));
            }
            for (name, value) in fields {
                match (kind_of_field(name), value) {
                    (Some(kind), Value::String(text)) => secrets.push((kind, text.clone())),
                    (Some(kind), Value::Number(number)) => secrets.push((kind, number.to_string())),
                    (Some(kind), Value::Array(items)) if items.iter().all(Value::is_string) => {
                        secrets.extend(items.iter().filter_map(Value::as_str).map(|text| (kind, text.to_owned())));
                    }
                    _ => collect(value, secrets),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_found_in_records_files_and_exchanges() {
        let artefacts =
            json!({"artefacts": [{"kind": "login_code", "value": "0code"}, {"kind": "new_kind", "value": "x"}]});
        let security = json!({"symmetric_key": {"sn": "1", "key": "sym"}, "app_key": {"private_key": "pem"}});
        let apps = json!([{"secret": "sec", "api_security": security}]);
        let export = json!({"wechat": {"mini_programs": apps, "people": {"bob": {"phones": ["+86 1", "+86 2"]}}}});
        let journal = [json!({
            "target": "/sns/jscode2session?js_code=a%20b",
            "headers": {"authorization": "Bearer t"},
            "request": {"user_name": "li", "password": "guess"},
            "answer": {"phone_info": {"purePhoneNumber": "3"}},
        })];
        let found: Vec<_> =
            all(&artefacts, &export, &journal).into_iter().map(|(kind, text)| format!("{kind} {text}")).collect();
        assert_eq!(
            found,
            [
                "login_code 0code",
                "app_secret sec",
                "api_key sym",
                "api_key pem",
                "phone_number +86 1",
                "phone_number +86 2",
                "login_code a b",
                "id_token t",
                "password guess",
                "phone_number 3"
            ]
        );
    }
}
