//! What a call carries that a fault can ask for.

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use sim::{ArtefactRecord, CallFacts, Moment, Party};

/// More texts than any call of the vendors' has; what comes after them is not looked into.
const TEXTS: usize = 64;

const HEADERS: [&str; 3] = ["x-state-token", "session-token", "authorization"];

/// What is known about a call; `history` tells what the world knows of a text that may be an artefact.
pub(super) fn facts(
    request: &Request<Bytes>,
    (from, to): (Party, Party),
    now: Moment,
    history: impl Fn(&str) -> Option<ArtefactRecord>,
) -> CallFacts {
    let (mut apps, mut texts) = (Vec::new(), Vec::new());
    let mut take = |name: &str, text: &str| match name {
        "appid" | "client_id" => apps.push(text.trim().to_owned()),
        _ => texts.push(text.trim().to_owned()),
    };
    for (name, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        take(&name, &value);
    }
    if let Ok(Value::Object(fields)) = serde_json::from_slice(request.body()) {
        for (name, value) in &fields {
            if let Some(text) = value.as_str() {
                take(name, text);
            }
        }
    }
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    for text in HEADERS.into_iter().filter_map(header) {
        take("", text.strip_prefix("Bearer ").unwrap_or(text));
    }
    if let Some(client_id) = header("x-client-id") {
        take("client_id", client_id);
    }
    texts.truncate(TEXTS);
    let artefacts: Vec<ArtefactRecord> = texts.iter().filter_map(|text| history(text)).collect();
    for artefact in &artefacts {
        apps.extend(["appid", "client_id"].iter().filter_map(|key| artefact.of.get(*key).cloned()));
    }
    CallFacts { now, from, to, path: request.uri().path().to_owned(), apps, texts, artefacts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::ArtefactKind;

    #[test]
    fn query_body_and_headers_are_looked_into() {
        let request = Request::post("/wxa/business/getuserphonenumber?access_token=t&appid=wx1")
            .header("Authorization", "Bearer id")
            .header("X-client-id", "shop")
            .body(Bytes::from_static(br#"{"code":" c ","n":1}"#))
            .unwrap();
        let record = |text: &str| {
            (text == "c").then(|| ArtefactRecord {
                kind: ArtefactKind::PhoneCode,
                value: text.to_owned(),
                issued_at: Moment::default(),
                expires_at: None,
                state: "live".to_owned(),
                ended_at: None,
                ended_by: None,
                of: [("appid".to_owned(), "wx2".to_owned())].into(),
            })
        };
        let facts = facts(&request, (Party::BackEnd, Party::WeChat), Moment::default(), record);
        assert_eq!(facts.texts, ["t", "c", "id"]);
        assert_eq!(facts.apps, ["wx1", "shop", "wx2"]);
        assert_eq!(facts.artefacts.len(), 1);
    }
}
