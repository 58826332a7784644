//! `like:` — a world that starts from another one and overrides it.

use serde_json::Value;
use sim::ConfigProblem;

use crate::suggest;

/// The worlds that ship with the program, by name, each as its world file.
const SHIPPED: [(&str, &str); 4] = [
    ("ready", include_str!("../worlds/ready.json")),
    ("bind", include_str!("../worlds/bind.json")),
    ("returning", include_str!("../worlds/returning.json")),
    ("empty", include_str!("../worlds/empty.json")),
];

/// The names of the worlds that ship with the program.
pub fn shipped_worlds() -> impl Iterator<Item = &'static str> {
    SHIPPED.into_iter().map(|(name, _)| name)
}

/// The world file of a shipped world as it stands in the program, `like` included.
pub(crate) fn shipped(name: &str) -> Option<Value> {
    let (_, text) = SHIPPED.into_iter().find(|(own, _)| *own == name)?;
    // They are part of the program and each is parsed by a test.
    serde_json::from_str(text).ok()
}

/// Puts `over` on top of `base`: maps are merged key by key, `null` takes a key away, anything else replaces.
///
/// ```
/// use serde_json::json;
/// let base = json!({ "seed": 1, "idaas": { "domain": "acme.example", "edition": "ciam" } });
/// let over = json!({ "seed": 7, "idaas": { "edition": null } });
/// assert_eq!(lab::overridden(base, over), json!({ "seed": 7, "idaas": { "domain": "acme.example" } }));
/// ```
pub fn overridden(base: Value, over: Value) -> Value {
    match (base, over) {
        (Value::Object(mut base), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    base.shift_remove(&key);
                    continue;
                }
                let merged = overridden(base.get_mut(&key).map(Value::take).unwrap_or_default(), value);
                base.insert(key, merged);
            }
            Value::Object(base)
        }
        // A map that stands where nothing stood: its own `null`s take nothing away.
        (_, Value::Object(over)) => Value::Object(
            over.into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, overridden(Value::Null, value)))
                .collect(),
        ),
        (_, over) => over,
    }
}

/// Follows `like` to the shipped world that it names.
///
/// # Errors
/// A `like` that is not the name of a shipped world. A file is never read here: the control API may be reached by
/// people who must not read the server's disk.
pub(crate) fn resolved(mut world: Value) -> Result<Value, ConfigProblem> {
    let Some(like) = world.as_object_mut().and_then(|map| map.shift_remove("like")) else { return Ok(world) };
    let names = || shipped_worlds().collect::<Vec<_>>().join(", ");
    let Some(name) = like.as_str() else {
        return Err(
            ConfigProblem::new(["like"], "not the name of a world").hint(format!("shipped worlds: {}", names()))
        );
    };
    match shipped(name) {
        Some(base) => Ok(overridden(resolved(base)?, world)),
        None => {
            let hint = match suggest::nearest(name, shipped_worlds()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("shipped worlds: {}", names()),
            };
            Err(ConfigProblem::new(["like"], format!("there is no shipped world `{name}`")).hint(hint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_replaced_and_null_takes_away() {
        let base = json!({ "a": [1, 2], "b": { "c": 1, "d": 2 }, "e": 3 });
        let over = json!({ "a": [3], "b": { "c": null, "x": { "y": null, "z": 1 } }, "e": { "f": null } });
        assert_eq!(overridden(base, over), json!({ "a": [3], "b": { "d": 2, "x": { "z": 1 } }, "e": {} }));
    }

    #[test]
    fn an_unknown_shipped_world_is_refused_with_a_suggestion() {
        let problem = resolved(json!({ "like": "redy" })).unwrap_err();
        assert_eq!(problem.to_string(), "like: there is no shipped world `redy`");
        assert_eq!(problem.hint.as_deref(), Some("did you mean `ready`?"));
        assert!(resolved(json!({ "like": "/etc/passwd" })).is_err());
        assert!(resolved(json!({ "like": 7 })).is_err());
    }
}
