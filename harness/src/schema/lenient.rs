//! What a world's schema must not ask for where a file says only a part of it, or says it by a reference.

use serde_json::{Map, Value, json};

/// The same schema without required keys: a world that is like another one says only what is different.
///
/// Where one of several forms is to be told from the others by its keys, they stay required.
pub(crate) fn partial(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if object.contains_key("properties") {
            object.remove("required");
        }
        for (key, part) in object {
            match (key.as_str(), part) {
                ("oneOf" | "anyOf" | "allOf", Value::Array(forms)) => forms.iter_mut().for_each(partial_inside),
                ("properties" | "$defs", Value::Object(parts)) => parts.values_mut().for_each(partial),
                ("items" | "additionalProperties", part) => partial(part),
                _ => {}
            }
        }
    }
}

/// The parts of one of several forms.
fn partial_inside(form: &mut Value) {
    for key in ["items", "additionalProperties"] {
        if let Some(part) = form.get_mut(key) {
            partial(part);
        }
    }
}

/// The same schema, but every value in it may be `other` instead.
pub(super) fn with_each_or(schema: &mut Value, other: &Value) {
    if let Value::Object(object) = schema {
        for (key, part) in object {
            match (key.as_str(), part) {
                ("properties", Value::Object(parts)) => parts.values_mut().for_each(|part| either(part, other)),
                ("items" | "additionalProperties", part @ Value::Object(_)) => either(part, other),
                ("oneOf" | "anyOf" | "allOf", Value::Array(forms)) => {
                    forms.iter_mut().for_each(|form| with_each_or(form, other))
                }
                ("$defs", Value::Object(parts)) => parts.values_mut().for_each(|part| with_each_or(part, other)),
                _ => {}
            }
        }
    }
}

fn either(schema: &mut Value, other: &Value) {
    with_each_or(schema, other);
    let mut either = Map::new();
    // What editors show stays in sight.
    for key in ["description", "default", "examples"] {
        if let Some(value) = schema.as_object_mut().and_then(|schema| schema.remove(key)) {
            either.insert(key.to_owned(), value);
        }
    }
    either.insert("anyOf".to_owned(), json!([schema.take(), other]));
    *schema = Value::Object(either);
}

/// A value of a row of `cases:` or of a setting of `matrix:`.
pub(super) fn case_value() -> Value {
    json!({ "type": "string", "pattern": "^\\$(case|matrix)\\." })
}

/// What a value of a world file may be instead: nothing, which takes away what the other world says.
pub(super) fn nothing() -> Value {
    json!({ "type": "null" })
}

/// What a value of a scenario's world may be instead: nothing, or a value of a row or a setting.
pub(super) fn nothing_or_case_value() -> Value {
    json!({ "type": ["null", "string"], "pattern": "^\\$(case|matrix)\\." })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_world_needs_nothing_but_forms_are_told_apart() {
        let mut schema = json!({
            "required": ["a"],
            "properties": { "a": { "required": ["b"], "properties": { "b": {} } } },
            "oneOf": [{ "required": ["c"], "properties": { "c": {} } }]
        });
        partial(&mut schema);
        assert_eq!(
            schema,
            json!({
                "properties": { "a": { "properties": { "b": {} } } },
                "oneOf": [{ "required": ["c"], "properties": { "c": {} } }]
            })
        );
    }

    #[test]
    fn another_value_may_stand_for_every_one() {
        let mut schema = json!({ "properties": { "a": { "description": "a number", "type": "integer" } } });
        with_each_or(&mut schema, &nothing());
        assert_eq!(
            schema,
            json!({ "properties": { "a": { "description": "a number", "anyOf": [{ "type": "integer" }, nothing()] } } })
        );
    }
}
