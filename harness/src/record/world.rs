//! The world of a recorded scenario, without its secrets.

use lab::{WorldFile, shipped_worlds};
use serde_json::{Map, Value, json};

use super::write;

/// `world:` as it stands in the file; nothing for the world that is there when nobody describes one.
pub(super) fn written(beginning: &Value, like: Option<&str>) -> String {
    if let Some(like) = like {
        return format!("world: {{ like: {} }}\n", write::scalar(like));
    }
    let (clock, rest) = parted(beginning);
    let shipped = shipped_worlds().find(|name| {
        let file = WorldFile::shipped(name).and_then(|world| serde_json::to_value(world).ok());
        file.is_some_and(|file| parted(&file).1 == rest)
    });
    match (shipped, clock) {
        (Some("ready"), None) => String::new(),
        (Some(name), None) => format!("world: {{ like: {name} }}\n"),
        (Some(name), Some(clock)) => format!("world: {{ like: {name}, clock: {} }}\n", write::flow(&clock)),
        (None, _) => {
            let defaults = serde_json::to_value(WorldFile::default()).unwrap_or_default();
            let mut world = without(beginning, &defaults).unwrap_or_else(|| json!({}));
            hush(&mut world, &stand_ins(beginning));
            let mut text = String::new();
            write::entry(&mut text, "", 2, "world", &world);
            text
        }
    }
}

/// A world's clock, and all the rest of it.
fn parted(world: &Value) -> (Option<Value>, Value) {
    let mut rest = world.clone();
    let clock = rest.as_object_mut().and_then(|fields| fields.shift_remove("clock"));
    (clock.filter(|clock| clock.as_object().is_some_and(|clock| !clock.is_empty())), rest)
}

/// What of a value is not said by the defaults anyway.
fn without(value: &Value, defaults: &Value) -> Option<Value> {
    match value {
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields
                .iter()
                .filter_map(|(name, value)| {
                    let default = defaults.get(name).unwrap_or(&Value::Null);
                    Some((name.clone(), without(value, default)?))
                })
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Array(items) if items.is_empty() => None,
        value => (value != defaults && !value.is_null()).then(|| value.clone()),
    }
}

/// For each secret that somebody chose for the world, what stands for it in the file.
pub(super) fn stand_ins(world: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    collect(world, &mut found);
    found
}

fn collect(value: &Value, found: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if is_secret(name) && !found.contains_key(text) => {
                        let number = found.len() + 1;
                        let stand_in = match name.as_str() {
                            "secret" => format!("{number:032x}"),
                            _ => format!("{}-{number}", name.replace('_', "-")),
                        };
                        found.insert(text.clone(), stand_in.into());
                    }
                    value => collect(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    ["secret", "client_secret", "password", "private_key", "session_key"].contains(&name)
}

fn hush(value: &mut Value, stand_ins: &Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if is_secret(name) => {
                        if let Some(stand_in) = stand_ins.get(text.as_str()) {
                            value.clone_from(stand_in);
                        }
                    }
                    value => hush(value, stand_ins),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hush(item, stand_ins)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(value: Value) -> Value {
        serde_json::to_value(WorldFile::from_json(value).unwrap()).unwrap()
    }

    #[test]
    fn a_shipped_world_is_named_and_the_ready_one_needs_no_word() {
        assert_eq!(written(&file(json!({ "like": "ready" })), None), "");
        assert_eq!(written(&file(json!({ "like": "bind" })), None), "world: { like: bind }\n");
        let standing = json!({ "like": "ready", "clock": { "start": "2026-03-01T09:00:00Z" } });
        let told = "world: { like: ready, clock: { start: \"2026-03-01T09:00:00Z\" } }\n";
        assert_eq!(written(&file(standing), None), told);
        assert_eq!(written(&json!({}), Some("worlds/shop.yaml")), "world: { like: worlds/shop.yaml }\n");
    }

    #[test]
    fn any_other_world_is_written_without_defaults_and_secrets() {
        let secret = "0123456789abcdef0123456789abcdef";
        let app = json!({ "appid": "wx0123456789abcdef", "secret": secret });
        let world = json!({
            "seed": 7,
            "wechat": { "mini_programs": [app] },
            "idaas": { "sources": { "wechat": { "appid": "wx0123456789abcdef", "secret": secret } } },
        });
        let text = written(&file(world), None);
        assert!(text.contains("seed: 7") && !text.contains(secret) && !text.contains("rules"), "{text}");
        assert_eq!(text.matches("00000000000000000000000000000001").count(), 2, "{text}");
    }
}
