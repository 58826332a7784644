//! What the JSON Schemas say of a block of YAML, whole or a part of a file.

use std::fs;

use harness::source::Source;
use jsonschema::Validator;
use serde_json::Value;

/// The schemas of all kinds of files.
pub(crate) struct Schemas(Vec<(&'static str, Validator)>);

impl Schemas {
    pub(crate) fn read() -> Self {
        let of = |kind: &'static str| {
            let path = super::root().join(format!("schema/{kind}.schema.json"));
            let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            (kind, jsonschema::validator_for(&schema).unwrap())
        };
        Self(["scenario", "flow", "world", "project"].map(of).into())
    }

    /// Why no kind of file can hold the block.
    pub(crate) fn refusal(&self, text: &str) -> Option<String> {
        let parsed = harness::yaml::parse(&Source::new("block.yaml", text.to_owned()));
        if let Some(problem) = parsed.problems.first() {
            return Some(problem.to_string());
        }
        let Some(document) = parsed.documents.first() else { return Some("an empty block".to_owned()) };
        let value = document.to_json();
        let mut refusals = Vec::new();
        for candidate in candidates(value) {
            for (kind, schema) in &self.0 {
                match schema.validate(&candidate) {
                    Ok(()) => return None,
                    Err(error) => refusals.push(format!("as a {kind} file: {} at {}", error, error.instance_path())),
                }
            }
        }
        Some(refusals.join("\n"))
    }
}

/// The block as it stands; steps and rows as parts of a scenario, keys of a scenario with the rest added.
fn candidates(value: Value) -> Vec<Value> {
    let step = || serde_json::json!([{ "wx.login": {}, "expect": { "code": { "is": "present" } } }]);
    match value {
        Value::Array(items) => vec![
            serde_json::json!({ "scenario": "steps", "steps": items }),
            serde_json::json!({ "scenario": "rows", "cases": items, "steps": step() }),
        ],
        Value::Object(keys) => {
            let mut whole = keys.clone();
            whole.entry("scenario").or_insert_with(|| "keys".into());
            whole.entry("steps").or_insert_with(step);
            vec![
                Value::Object(keys.clone()),
                Value::Object(whole),
                serde_json::json!({ "scenario": "a step", "steps": [keys] }),
            ]
        }
        other => vec![other],
    }
}
