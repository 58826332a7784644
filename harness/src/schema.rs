//! JSON Schemas of the files that people write, so that editors complete and check them while they type.
//!
//! The schema of a scenario is put together from the same tables that the checker reads. It promises less than
//! `mockwx check`: references, units and everything between two steps are beyond a schema. It never refuses what the
//! checker takes.

mod lenient;

pub(crate) use self::lenient::partial;

use lab::WorldFile;
use serde_json::{Map, Value, json};
use sim::ArtefactKind;

use crate::check::matchers::{EXPECT_WORDS, MATCHERS};
use crate::check::services::ServiceFile;
use crate::language::{Choice, Kind, WORDS, Word, shape_names};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a scenario file.
pub fn scenario() -> Value {
    let mut definitions = definitions();
    let mut world = world_or(&lenient::nothing_or_case_value());
    // The world's own definitions move up, where its references look for them.
    let nested = world.as_object_mut().and_then(|world| world.remove("$defs"));
    if let Some(Value::Object(nested)) = nested {
        definitions.extend(nested);
    }
    if let Some(world) = world.as_object_mut() {
        world.remove("$schema");
    }
    definitions.insert("world".to_owned(), world);
    definitions.extend(service());
    json!({
        "$schema": DIALECT,
        "title": "mockwx scenario",
        "description": "A story across WeChat and IDaaS: given a world, when these steps run, then this is expected.",
        "type": "object",
        "required": ["scenario", "steps"],
        "additionalProperties": false,
        "properties": {
            "scenario": { "type": "string", "description": "the name: a sentence about what is promised" },
            "tags": { "type": "array", "items": { "type": "string" }, "description": "for `--tag`" },
            "covers": { "type": "array", "items": { "type": "string" }, "description": "parts of the vendors' contracts that this is about" },
            "note": { "type": "string", "description": "for people" },
            "world": { "$ref": "#/$defs/world" },
            "services": {
                "type": ["object", "null"],
                "description": "your own programs under test, by name: `http: { to: NAME }` calls them",
                "additionalProperties": { "$ref": "#/$defs/service" }
            },
            "cases": {
                "description": "rows of values; each runs as a test of its own, with `$case.…` replaced by its values",
                "anyOf": [
                    {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["name"],
                            "properties": { "name": { "type": ["string", "number"], "description": "the name of the row" } }
                        }
                    },
                    {
                        "type": "object",
                        "required": ["from"],
                        "additionalProperties": false,
                        "properties": {
                            "from": { "type": "string", "description": "a CSV file, or a YAML file that is one list; beside this one or in a folder above" }
                        }
                    }
                ]
            },
            "matrix": {
                "type": "object",
                "minProperties": 1,
                "description": "settings with their values; every combination runs as a test of its own, with `$matrix.…` replaced by its values",
                "properties": {
                    "exclude": { "type": "array", "items": { "type": "object" }, "description": "combinations that do not run" }
                },
                "additionalProperties": { "type": "array", "minItems": 1 }
            },
            "steps": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/step" } },
            "finally": {
                "type": ["array", "null"],
                "items": { "$ref": "#/$defs/step" },
                "description": "steps that run after the others, also when one of them failed"
            }
        },
        "$defs": definitions,
    })
}

/// The schema of a flow file: steps that scenarios `use`.
pub fn flow() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "mockwx flow",
        "description": "Steps that several scenarios use.",
        "type": "object",
        "required": ["flow", "steps"],
        "additionalProperties": false,
        "properties": {
            "flow": { "type": "string", "description": "the name" },
            "note": { "type": "string", "description": "for people" },
            "inputs": {
                "type": "object",
                "description": "names that the steps see as `$with.…`",
                "additionalProperties": {
                    "type": ["object", "null"],
                    "additionalProperties": false,
                    "properties": { "default": true, "note": { "type": "string" } }
                }
            },
            "steps": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/step" } },
            "outputs": { "type": "object", "description": "what who uses it gets back: names with references" }
        },
        "$defs": definitions(),
    })
}

/// The schema of a world file: of one on disk, which may be like another file.
pub fn world() -> Value {
    world_or(&lenient::nothing())
}

/// The schema of a world in which every value may be `other` instead.
fn world_or(other: &Value) -> Value {
    let mut schema = schemars::schema_for!(WorldFile).to_value();
    partial(&mut schema);
    lenient::with_each_or(&mut schema, other);
    schema["title"] = json!("mockwx world");
    schema["properties"]["like"] = json!({
        "type": "string",
        "description": "another world file that this one overrides: beside this file or in a folder above it, or a world that ships with the program",
        "examples": lab::shipped_worlds().collect::<Vec<_>>(),
    });
    schema
}

/// The definition `service`, and those that it speaks of.
fn service() -> Map<String, Value> {
    let mut service = schemars::schema_for!(ServiceFile).to_value();
    let mut definitions = Map::new();
    if let Some(service) = service.as_object_mut() {
        service.remove("$schema");
        if let Some(Value::Object(nested)) = service.remove("$defs") {
            definitions.extend(nested);
        }
    }
    definitions.insert("service".to_owned(), service);
    definitions
}

fn definitions() -> Map<String, Value> {
    let mut properties = Map::new();
    for word in WORDS.iter().copied().flatten() {
        properties.insert(word.name.to_owned(), word_schema(word));
        for alias in word.aliases {
            properties.insert((*alias).to_owned(), word_schema(word));
        }
    }
    properties.insert("use".to_owned(), use_schema());
    properties.insert("when".to_owned(), when_schema());
    properties.insert("retry".to_owned(), retry_schema());
    properties.insert("boundary".to_owned(), boundary_schema());
    properties.insert("save".to_owned(), save_schema());
    properties.insert("expect".to_owned(), json!({ "$ref": "#/$defs/expect" }));
    properties.insert(
        "snapshot".to_owned(),
        json!({
            "description": "compares the answer with the one that is kept in `snapshots/` beside the file: a name, or `true`",
            "anyOf": [{ "const": true }, { "type": ["string", "number"] }]
        }),
    );
    properties.insert("note".to_owned(), json!({ "type": "string", "description": "why this step is here" }));
    let step = json!({
        "type": "object",
        "description": "one word with its arguments; what is kept of the answer; what is expected of it",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": properties,
    });
    let mut expected = Map::new();
    for (name, about) in EXPECT_WORDS {
        expected.insert((*name).to_owned(), json!({ "description": about, "$ref": "#/$defs/wanted" }));
    }
    let mut matchers = Map::new();
    for (name, about) in MATCHERS {
        let value = match *name {
            "is" => {
                json!({ "description": about, "enum": shape_names().map(Value::from).chain([Value::Null]).collect::<Vec<_>>() })
            }
            "one_of" | "any" | "all" => {
                json!({ "description": about, "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/wanted" } })
            }
            _ => json!({ "description": about }),
        };
        matchers.insert((*name).to_owned(), value);
    }
    matchers.insert("within".to_owned(), json!({ "description": "how far from `near`" }));
    let wanted = json!({
        "description": "a value, a matcher, or fields of an object",
        "if": { "type": "object", "maxProperties": 1 },
        // A map of one key that is not a matcher is a field: nothing is refused here, only completed.
        "then": { "properties": matchers },
    });
    let expect = json!({
        "description": "what the answer has to be: a partial match of its fields",
        "properties": expected,
    });
    [("step", step), ("expect", expect), ("wanted", wanted)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

fn word_schema(word: &Word) -> Value {
    if word.takes_world() {
        let part = json!({ "type": "object", "minProperties": 1 });
        return json!({ "description": word.about, "anyOf": [part, lenient::case_value()] });
    }
    let mut properties = Map::new();
    for argument in word.all_arguments() {
        let mut schema = kind_schema(argument.kind);
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), argument.about.into());
        }
        properties.insert(argument.name.to_owned(), schema);
    }
    let required: Vec<&str> =
        word.all_arguments().filter(|argument| argument.required).map(|argument| argument.name).collect();
    let mut arguments = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        arguments["required"] = json!(required);
    }
    let choice = |groups: &[&[&str]]| groups.iter().map(|group| json!({ "required": group })).collect::<Vec<_>>();
    match word.choice {
        Choice::Free => {}
        // Several groups at once are refused by the checker, which can say it better than `oneOf` does.
        Choice::OneOf(groups) | Choice::AtLeastOneOf(groups) => arguments["anyOf"] = json!(choice(groups)),
    }
    let short = word.short.and_then(|name| word.argument(name)).map(|argument| kind_schema(argument.kind));
    let nothing = (required.is_empty() && word.choice == Choice::Free).then(|| json!({ "type": "null" }));
    // `idaas.login: $case.request` says all of them at once; a short form takes a reference anyway.
    let reference = short.is_none().then(lenient::case_value);
    let forms: Vec<Value> = [Some(arguments), short, reference, nothing].into_iter().flatten().collect();
    json!({ "description": word.about, "anyOf": forms })
}

/// Every kind also takes a reference, which is a text, and null.
fn kind_schema(kind: Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": ["boolean", "string", "null"] }),
        Kind::Number => json!({ "type": ["number", "string", "null"] }),
        Kind::Duration => json!({ "type": ["string", "null"], "examples": ["4m59s"] }),
        Kind::Time => json!({ "type": ["string", "null"], "examples": ["2026-03-01T09:00:00Z"] }),
        Kind::ArtefactKind => {
            let names = ArtefactKind::ALL.map(ArtefactKind::name);
            json!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": "^\\$" }, { "type": "null" }] })
        }
        Kind::OneOf(names) => {
            json!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": "^\\$" }, { "type": "null" }] })
        }
        Kind::Headers => json!({ "type": ["object", "string", "null"] }),
        Kind::Mapping => json!({ "type": ["object", "string", "null"] }),
        Kind::Any => json!({}),
        Kind::Text | Kind::Person | Kind::App | Kind::Application => {
            json!({ "type": ["string", "number", "boolean", "null"] })
        }
    }
}

fn use_schema() -> Value {
    json!({
        "description": "runs the steps of a flow",
        "anyOf": [
            { "type": "string" },
            {
                "type": "object",
                "required": ["flow"],
                "additionalProperties": false,
                "properties": {
                    "flow": { "type": "string", "description": "the file; beside this one or in a folder above" },
                    "with": { "type": "object", "description": "its inputs" }
                }
            }
        ]
    })
}

fn when_schema() -> Value {
    json!({
        "description": "what has to hold for the step to run: references with what they have to be",
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "pattern": "^\\$" },
        "additionalProperties": { "$ref": "#/$defs/wanted" }
    })
}

fn retry_schema() -> Value {
    let duration = |about: &str| json!({ "type": "string", "description": about, "examples": ["10s"] });
    json!({
        "description": "says the step again until its answer is what is wanted; stands in the place of `expect`",
        "type": "object",
        "required": ["until"],
        "additionalProperties": false,
        "anyOf": [{ "required": ["for"] }, { "required": ["times"] }],
        "properties": {
            "until": { "$ref": "#/$defs/expect" },
            "every": duration("how long to wait between two tries; a clock that stands is moved by it (1s)"),
            "for": duration("how long after the first try another one may begin"),
            "times": { "type": "integer", "minimum": 1, "description": "how many tries there may be" }
        }
    })
}

fn boundary_schema() -> Value {
    let wanted = |about: &str| json!({ "$ref": "#/$defs/expect", "description": about });
    let instants = json!({
        "expiry_of": { "type": ["string", "number"], "description": "an artefact: the last moment at which it is good" },
        "time": { "type": ["string", "number"], "description": "RFC 3339, or seconds since 1970 as in a claim" },
        "in": { "type": "string", "description": "so long after the step before", "examples": ["5m"] }
    });
    json!({
        "description": "makes three cases of the scenario: the step just before an instant, at it, and just after; stands in the place of `expect`",
        "type": "object",
        "required": ["of", "before", "at", "after"],
        "additionalProperties": false,
        "properties": {
            "of": {
                "type": "object",
                "description": "the instant",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
                "properties": instants
            },
            "before": wanted("what is wanted just before it"),
            "at": wanted("what is wanted at the instant itself"),
            "after": wanted("what is wanted just after it"),
            "by": { "type": "string", "description": "how far before and after (1s)", "examples": ["1s"] }
        }
    })
}

fn save_schema() -> Value {
    json!({
        "description": "what is kept of the answer: all of it under one name, or names with fields of it",
        "anyOf": [{ "type": "string" }, { "type": "object", "minProperties": 1, "additionalProperties": { "type": "string" } }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_a_scenario_knows_every_word_and_keeps_the_definitions_of_the_world() {
        let schema = scenario();
        for word in WORDS.iter().copied().flatten() {
            assert!(schema.pointer("/$defs/step/properties").unwrap().get(word.name).is_some(), "{}", word.name);
        }
        assert!(schema.pointer("/$defs/world/properties/like").is_some());
        let references = schema.to_string();
        for name in references.split("#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_schemas_take_the_keys_that_the_checker_takes() {
        let keys = |schema: &Value| -> Vec<String> {
            let mut keys: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
            keys.sort();
            keys
        };
        let sorted = |keys: &[&str]| {
            let mut keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(&scenario()), sorted(crate::check::scenario::SCENARIO_KEYS));
        assert_eq!(keys(&flow()), sorted(crate::check::flow::FLOW_KEYS));
        assert_eq!(keys(&retry_schema()), sorted(crate::check::retry::RETRY_KEYS));
        assert_eq!(keys(&boundary_schema()), sorted(crate::check::boundary::BOUNDARY_KEYS));
        assert_eq!(keys(&boundary_schema()["properties"]["of"]), sorted(crate::check::boundary::INSTANTS));
    }
}
