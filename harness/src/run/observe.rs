//! What scenarios exercise: every exchange of a run, for the page that says what is covered.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::call::Call;
use super::case::{self, Record, Rules};
use super::result::CaseId;
use super::sealed::Sealed;
use super::target::Target;

/// One exchange that a scenario caused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observed {
    /// The scenario's file.
    pub file: String,
    /// Who answered: `wechat` or `idaas`.
    pub to: String,
    /// The HTTP method; `CALL` for a device's call.
    pub method: String,
    /// The path without its query; for a device's call its name.
    pub path: String,
    /// Names of what was sent: parameters of the query, members of the body or of a form.
    pub sent: BTreeSet<String>,
    /// Names of the request headers that the journal keeps, in lower case.
    pub headers: BTreeSet<String>,
    /// Names of the answer's members, and of theirs, in lists too: `phone_info.countryCode`, `social.id`.
    pub answered: BTreeSet<String>,
    /// The `status` of a login, or the `errno` of a phone, by name and value: `status SUCCESS`.
    pub told: Option<String>,
    /// The rule by which it was refused and the code that it answered, if it was.
    pub refusal: Option<(String, String)>,
}

/// Runs a case by itself and gives back every exchange that its world wrote down.
///
/// # Errors
/// The world cannot be made, or its journal cannot be read: in words.
pub async fn observe(id: &CaseId) -> Result<Vec<Observed>, String> {
    let worlds = Sealed::new();
    let target = worlds.open(id).map_err(|problems| format!("{problems:?}"))?;
    case::run(
        id,
        &target,
        worlds.file(id),
        Rules { timeout: Duration::from_secs(60), reveal: false, record: Record::Failures },
    )
    .await;
    let journal = Call::get("/__admin/v1/journal?limit=10000&reveal=true");
    let journal = journal.build().map_err(|error| error.to_string())?;
    let answer = target.send(journal).await.map_err(|error| error.to_string())?;
    let page: Value = serde_json::from_slice(answer.body()).map_err(|error| error.to_string())?;
    let exchanges = page.get("exchanges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Ok(exchanges.iter().map(|exchange| observed(id.file(), exchange)).collect())
}

fn observed(file: impl ToString, exchange: &Value) -> Observed {
    let text = |name: &str| exchange.get(name).and_then(Value::as_str).unwrap_or_default();
    let (path, query) = text("target").split_once('?').unwrap_or((text("target"), ""));
    let mut sent: BTreeSet<String> = form(query).collect();
    match exchange.get("request") {
        Some(Value::String(body)) => sent.extend(form(body)),
        Some(body) => names(body, "", &mut sent),
        None => {}
    }
    let answer = exchange.get("answer").unwrap_or(&Value::Null);
    let mut answered = BTreeSet::new();
    names(answer, "", &mut answered);
    let status = answer.get("status").and_then(Value::as_str).map(|status| format!("status {status}"));
    let refused = |name: &str| exchange.pointer(name).and_then(Value::as_str).map(str::to_owned);
    Observed {
        file: file.to_string(),
        to: text("to").to_owned(),
        method: text("method").to_owned(),
        path: path.to_owned(),
        sent,
        headers: exchange.get("headers").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned().collect(),
        answered,
        told: status.or_else(|| answer.get("errno").and_then(Value::as_i64).map(|errno| format!("errno {errno}"))),
        refusal: refused("/refusal/rule").zip(refused("/refusal/code")),
    }
}

fn form(text: &str) -> impl Iterator<Item = String> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.to_owned())
}

/// The names of an object's members and of everything within; a list is looked at through its items.
fn names(value: &Value, before: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let name = format!("{before}{name}");
                names(inner, &format!("{name}."), found);
                found.insert(name);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, before, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_sent_and_answered_is_known_by_name() {
        let seen = observed(
            "a.yaml",
            &json!({
                "to": "wechat", "method": "POST", "target": "/wxa/business/getuserphonenumber?access_token=t",
                "headers": { "content-type": "application/json" }, "request": { "code": "c" },
                "answer": { "errcode": 0, "phone_info": { "countryCode": "86" } },
                "refusal": { "rule": "r", "code": "40029" },
            }),
        );
        assert_eq!(seen.path, "/wxa/business/getuserphonenumber");
        assert_eq!(seen.sent, ["access_token", "code"].map(str::to_owned).into());
        assert_eq!(seen.answered, ["errcode", "phone_info", "phone_info.countryCode"].map(str::to_owned).into());
        assert_eq!(seen.headers, ["content-type".to_owned()].into());
        assert_eq!(seen.refusal, Some(("r".to_owned(), "40029".to_owned())));
        assert_eq!(seen.told, None);
    }

    #[test]
    fn statuses_errnos_and_the_items_of_lists_are_seen() {
        let of = |answer: Value| observed("a.yaml", &json!({ "target": "/x", "answer": answer }));
        assert_eq!(of(json!({ "status": "SUCCESS" })).told.as_deref(), Some("status SUCCESS"));
        assert_eq!(of(json!({ "errMsg": "x:fail", "errno": 104 })).told.as_deref(), Some("errno 104"));
        let list = of(json!({ "social": [{ "id": "1" }, { "idpId": "2" }] }));
        assert_eq!(list.answered, ["social", "social.id", "social.idpId"].map(str::to_owned).into());
    }
}
