//! What scenarios exercise: every exchange of a run, for the page that says what is covered.

use std::collections::BTreeSet;
use std::time::Duration;

use lab::{Settings, SigningKey, WorldFile};
use serde_json::Value;

use super::call::Call;
use super::case::{self, Rules};
use super::result::CaseId;
use super::target::{InProcess, Target};

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
    /// Names of the answer's members, and of theirs: `phone_info.countryCode`.
    pub answered: BTreeSet<String>,
    /// The rule by which it was refused, if it was.
    pub rule: Option<String>,
}

/// Runs a case by itself and gives back every exchange that its world wrote down.
///
/// # Errors
/// The world cannot be made, or its journal cannot be read: in words.
pub async fn observe(id: &CaseId) -> Result<Vec<Observed>, String> {
    let file = match &id.case().world {
        Some(world) => world.file.clone(),
        None => serde_json::to_value(WorldFile::ready()).map_err(|error| error.to_string())?,
    };
    let world = WorldFile::from_json(file.clone()).map_err(|problem| problem.to_string())?;
    let key = Some(SigningKey::test_key());
    let settings = Settings { world: case::pinned(world), worlds: 1, key, ..Settings::default() };
    let target = InProcess::new(settings).map_err(|problems| format!("{problems:?}"))?;
    case::run(id, &target, &file, Rules { timeout: Duration::from_secs(60), reveal: false }).await;
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
    let mut answered = BTreeSet::new();
    names(exchange.get("answer").unwrap_or(&Value::Null), "", &mut answered);
    Observed {
        file: file.to_string(),
        to: text("to").to_owned(),
        method: text("method").to_owned(),
        path: path.to_owned(),
        sent,
        answered,
        rule: exchange.pointer("/refusal/rule").and_then(Value::as_str).map(str::to_owned),
    }
}

fn form(text: &str) -> impl Iterator<Item = String> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.to_owned())
}

/// The names of an object's members, two levels deep.
fn names(value: &Value, before: &str, found: &mut BTreeSet<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        found.insert(format!("{before}{name}"));
        if before.is_empty() {
            names(inner, &format!("{name}."), found);
        }
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
                "request": { "code": "c" }, "answer": { "errcode": 0, "phone_info": { "countryCode": "86" } },
                "refusal": { "rule": "r" },
            }),
        );
        assert_eq!(seen.path, "/wxa/business/getuserphonenumber");
        assert_eq!(seen.sent, ["access_token", "code"].map(str::to_owned).into());
        assert_eq!(seen.answered, ["errcode", "phone_info", "phone_info.countryCode"].map(str::to_owned).into());
        assert_eq!(seen.rule.as_deref(), Some("r"));
    }
}
