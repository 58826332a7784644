//! Whether a YAML tree is what a type wants, told all at once and at the right places.
//!
//! Serde stops at the first error and knows no places. So a tree is first walked along the JSON Schema of the type, which
//! finds every unknown key, missing key and wrong kind; what only the type itself can know (a duration that is none) comes
//! from serde after that, its path turned into a place.

use std::marker::PhantomData;

use regex::Regex;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use sim::ConfigProblem;

use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Meaning, Node, Scalar, Value};

/// What a type wants of a YAML tree.
///
/// ```
/// use harness::conformance::Contract;
/// use harness::{source::Source, yaml};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// struct Person {
///     name: String,
///     phone: Option<String>,
/// }
///
/// let source = Source::new("people.yaml", "nam: li\nphone: 13800138000\n");
/// let node = yaml::parse(&source).documents.remove(0);
/// let problems = Contract::<Person>::new("a person").read(&node).err().unwrap();
/// assert_eq!(problems[0].to_string(), "people.yaml:1:1: unknown key `nam`");
/// assert_eq!(problems[1].to_string(), "people.yaml:1:1: `name` is missing");
/// ```
#[derive(Debug)]
pub struct Contract<T> {
    schema: Json,
    what: String,
    of: PhantomData<fn() -> T>,
}

impl<T: JsonSchema + DeserializeOwned> Contract<T> {
    /// The contract of `T`; `what` is what people call one, with its article.
    pub fn new(what: impl Into<String>) -> Self {
        Self { schema: schemars::schema_for!(T).to_value(), what: what.into(), of: PhantomData }
    }

    /// Reads a `T`.
    ///
    /// # Errors
    /// Everything that is wrong, each at its place.
    pub fn read(&self, node: &Node) -> Result<T, Vec<Problem>> {
        let problems = self.check(node);
        if !problems.is_empty() {
            return Err(problems);
        }
        serde_path_to_error::deserialize(self.json(node)).map_err(|error| {
            let path: Vec<String> = error
                .path()
                .iter()
                .filter_map(|segment| match segment {
                    serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
                    serde_path_to_error::Segment::Map { key } => Some(key.clone()),
                    serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => None,
                })
                .collect();
            vec![Problem::new(place_of(node, &path), error.inner().to_string())]
        })
    }

    /// Everything that the schema finds wrong, without reading.
    pub fn check(&self, node: &Node) -> Vec<Problem> {
        let mut walk = Walk { root: &self.schema, problems: Vec::new(), partial: false };
        walk.node(node, &self.schema, &self.what);
        walk.problems
    }

    /// The same for a part of a `T` that is merged into a whole one: nothing is missing from it.
    pub fn check_part(&self, node: &Node) -> Vec<Problem> {
        let mut walk = Walk { root: &self.schema, problems: Vec::new(), partial: true };
        walk.node(node, &self.schema, &self.what);
        walk.problems
    }

    /// The tree as JSON: a scalar is a text where the type wants a text, whatever it looks like.
    pub fn json(&self, node: &Node) -> Json {
        json(node, &self.schema, &self.schema)
    }

    /// The schema.
    pub fn schema(&self) -> &Json {
        &self.schema
    }
}

/// What a configuration finds wrong with itself, at its place.
pub fn place_problem(node: &Node, problem: &ConfigProblem) -> Problem {
    let placed = Problem::new(place_of(node, &problem.path), problem.message.clone());
    match &problem.hint {
        Some(hint) => placed.hint(hint.clone()),
        None => placed,
    }
}

/// The place that a path of keys and indexes leads to, or the last one on the way there.
pub fn place_of(node: &Node, path: &[String]) -> Place {
    let Some((first, rest)) = path.split_first() else { return node.place.clone() };
    match &node.value {
        Value::Mapping(entries) => match entries.iter().find(|entry| entry.key.name == *first) {
            // The key says more than the first line of a long value.
            Some(entry) if rest.is_empty() && entry.node.scalar().is_none() => entry.key.place.clone(),
            Some(entry) => place_of(&entry.node, rest),
            None => head(node),
        },
        Value::Sequence(items) => match first.parse::<usize>().ok().and_then(|index| items.get(index)) {
            Some(item) => place_of(item, rest),
            None => node.place.clone(),
        },
        Value::Scalar(_) => node.place.clone(),
    }
}

/// The first key of a mapping: where to point when something is missing from it.
fn head(node: &Node) -> Place {
    node.entries().and_then(<[_]>::first).map_or_else(|| node.place.clone(), |entry| entry.key.place.clone())
}

/// Follows `$ref`s.
fn resolve<'s>(schema: &'s Json, root: &'s Json) -> &'s Json {
    let mut schema = schema;
    // A chain of references is short; a cyclic one would be a fault of the type, and must not hang.
    for _ in 0..16 {
        match schema.get("$ref").and_then(Json::as_str).and_then(|path| root.pointer(path.strip_prefix('#')?)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

fn branches(schema: &Json) -> Option<&Vec<Json>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Json::as_array)
}

/// The types that a schema names; none: any.
fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a node can be of a schema's type.
fn fits_type(node: &Node, name: &str) -> bool {
    match (&node.value, name) {
        (Value::Mapping(_), "object") | (Value::Sequence(_), "array") => true,
        (Value::Scalar(scalar), name) => match (scalar.meaning(), name) {
            (Meaning::Null, "null") | (Meaning::Bool(_), "boolean") | (Meaning::Number(_), "number") => true,
            (Meaning::Number(number), "integer") => number.is_i64() || number.is_u64(),
            // Types decide: whatever is written can be a text, but for nothing at all.
            (meaning, "string") => meaning != Meaning::Null,
            _ => false,
        },
        _ => false,
    }
}

/// Whether a node can be of a schema, seen from afar.
fn fits(node: &Node, schema: &Json, root: &Json) -> bool {
    let schema = resolve(schema, root);
    if let Some(branches) = branches(schema) {
        return branches.iter().any(|branch| fits(node, branch, root));
    }
    let wanted = constants(schema);
    if !wanted.is_empty() {
        return node.scalar().is_some_and(|scalar| wanted.iter().any(|wanted| is_constant(scalar, wanted)));
    }
    let types = types(schema);
    types.is_empty() || types.iter().any(|name| fits_type(node, name))
}

fn constants(schema: &Json) -> Vec<&Json> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => vec![value],
        (None, Some(Json::Array(values))) => values.iter().collect(),
        _ => Vec::new(),
    }
}

/// The constants of a schema and of all its branches.
fn all_constants<'s>(schema: &'s Json, root: &'s Json) -> Vec<&'s Json> {
    let schema = resolve(schema, root);
    let below = branches(schema).into_iter().flatten().flat_map(|branch| all_constants(branch, root));
    constants(schema).into_iter().chain(below).collect()
}

/// The types of a schema and of all its branches.
fn all_types<'s>(schema: &'s Json, root: &'s Json) -> Vec<&'s str> {
    let schema = resolve(schema, root);
    let below = branches(schema).into_iter().flatten().flat_map(|branch| all_types(branch, root));
    types(schema).into_iter().chain(below).collect()
}

fn is_constant(scalar: &Scalar, wanted: &Json) -> bool {
    match wanted {
        Json::String(text) => *text == scalar.text,
        other => *other == scalar.to_json(),
    }
}

struct Walk<'s> {
    root: &'s Json,
    problems: Vec<Problem>,
    partial: bool,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, schema: &Json, what: &str) {
        let schema = resolve(schema, self.root);
        if *schema == Json::Bool(false) {
            self.problems.push(Problem::new(node.place.clone(), format!("{what} is not known here")));
            return;
        }
        for part in schema.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            self.node(node, part, what);
        }
        if let Some(branches) = branches(schema) {
            self.branches(node, branches, what);
        }
        let wanted = constants(schema);
        if !wanted.is_empty() {
            if !node.scalar().is_some_and(|scalar| wanted.iter().any(|wanted| is_constant(scalar, wanted))) {
                self.unknown_value(node, &wanted, what);
            }
            return;
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|name| fits_type(node, name)) {
            self.wrong_type(node, &types, what);
            return;
        }
        match &node.value {
            Value::Mapping(_) => self.object(node, schema, what),
            Value::Sequence(items) => {
                if let Some(item_schema) = schema.get("items") {
                    for item in items {
                        self.node(item, item_schema, &format!("an item of {what}"));
                    }
                }
            }
            Value::Scalar(scalar) => self.scalar(node, scalar, schema, what),
        }
    }

    fn branches(&mut self, node: &Node, branches: &[Json], what: &str) {
        let mut best: Option<Vec<Problem>> = None;
        let mut wanted = Vec::new();
        for branch in branches {
            let resolved = resolve(branch, self.root);
            wanted.extend(all_constants(resolved, self.root));
            if !fits(node, resolved, self.root) {
                continue;
            }
            let mut walk = Walk { root: self.root, problems: Vec::new(), partial: self.partial };
            walk.node(node, resolved, what);
            if walk.problems.is_empty() {
                return;
            }
            // Of several ways to be wrong, the one with the fewest faults is the one that was meant.
            if best.as_ref().is_none_or(|best| walk.problems.len() < best.len()) {
                best = Some(walk.problems);
            }
        }
        match best {
            Some(problems) => self.problems.extend(problems),
            None if !wanted.is_empty() => self.unknown_value(node, &wanted, what),
            None => {
                let types: Vec<&str> = branches.iter().flat_map(|branch| all_types(branch, self.root)).collect();
                self.wrong_type(node, &types, what);
            }
        }
    }

    fn unknown_value(&mut self, node: &Node, wanted: &[&Json], what: &str) {
        let wanted: Vec<String> =
            wanted.iter().map(|wanted| wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned)).collect();
        let known = wanted.iter().map(String::as_str);
        let problem = match node.text() {
            Some(text) => Problem::new(node.place.clone(), format!("{what} cannot be `{text}`")).suggest(text, known),
            None => Problem::new(node.place.clone(), format!("{what} cannot be {}", node.kind_name()))
                .hint(format!("known here: {}", wanted.join(", "))),
        };
        self.problems.push(problem);
    }

    fn wrong_type(&mut self, node: &Node, types: &[&str], what: &str) {
        let mut names: Vec<&str> = types
            .iter()
            .filter(|name| **name != "null")
            .map(|name| match *name {
                "object" => "a mapping",
                "array" => "a list",
                "string" => "a text",
                "integer" => "a whole number",
                "number" => "a number",
                "boolean" => "true or false",
                other => other,
            })
            .collect();
        names.dedup();
        let problem = Problem::new(node.place.clone(), format!("{what} must be {}", names.join(" or ")))
            .label(format!("this is {}", node.kind_name()));
        self.problems.push(match node.scalar() {
            Some(_) if node.is_null() => problem.hint("write one, or leave the key out"),
            Some(scalar) if types.contains(&"array") && is_word(&scalar.text) => {
                problem.hint(format!("a list of one is `[{}]`", scalar.text))
            }
            _ => problem,
        });
    }

    fn object(&mut self, node: &Node, schema: &Json, what: &str) {
        let entries = node.entries().unwrap_or_default();
        let none = Map::new();
        let properties = schema.get("properties").and_then(Json::as_object).unwrap_or(&none);
        let additional = schema.get("additionalProperties");
        for entry in entries {
            let name = entry.key.name.as_str();
            match (properties.get(name), additional) {
                (Some(property), _) => {
                    // An absent key and an empty one mean the same where the key is not required.
                    if !(self.partial && node_is_reference(&entry.node)) {
                        self.node(&entry.node, property, &format!("`{name}`"));
                    }
                }
                (None, Some(Json::Bool(false))) => self.problems.push(
                    Problem::new(entry.key.place.clone(), format!("unknown key `{name}`"))
                        .label(format!("not a key of {what}"))
                        .suggest(name, properties.keys().map(String::as_str)),
                ),
                (None, Some(additional)) => {
                    if !(self.partial && (entry.node.is_null() || node_is_reference(&entry.node))) {
                        self.node(&entry.node, additional, &format!("`{name}`"));
                    }
                }
                (None, None) => {}
            }
        }
        if self.partial {
            return;
        }
        for name in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !entries.iter().any(|entry| entry.key.name == name) {
                self.problems.push(
                    Problem::new(head(node), format!("`{name}` is missing")).label(format!("{what} needs `{name}`")),
                );
            }
        }
    }

    fn scalar(&mut self, node: &Node, scalar: &Scalar, schema: &Json, what: &str) {
        if let Meaning::Number(number) = scalar.meaning()
            && let Some(value) = number.as_f64()
        {
            let limit = |key: &str| schema.get(key).and_then(Json::as_f64);
            let too_small = limit("minimum").filter(|minimum| value < *minimum);
            let too_large = limit("maximum").filter(|maximum| value > *maximum);
            if let Some(minimum) = too_small {
                self.problems.push(Problem::new(node.place.clone(), format!("{what} must be at least {minimum}")));
            }
            if let Some(maximum) = too_large {
                self.problems.push(Problem::new(node.place.clone(), format!("{what} must be at most {maximum}")));
            }
        }
        let Some(pattern) = schema.get("pattern").and_then(Json::as_str) else { return };
        let fits = Regex::new(pattern).map_or(true, |regex| regex.is_match(&scalar.text));
        if !fits {
            let problem = Problem::new(node.place.clone(), format!("{what} cannot be `{}`", scalar.text));
            let example = schema.get("examples").and_then(|examples| examples.get(0)).and_then(Json::as_str);
            self.problems.push(match example {
                Some(example) => problem.hint(format!("write it like `{example}`")),
                None => problem.hint(format!("it has to look like /{pattern}/")),
            });
        }
    }
}

/// Whether a text says the same in a list in brackets.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() < 60 && text.chars().all(|c| c.is_alphanumeric() || "_-./=:+@".contains(c))
}

fn node_is_reference(node: &Node) -> bool {
    node.scalar().is_some_and(|scalar| scalar.text.starts_with('$'))
}

fn json(node: &Node, schema: &Json, root: &Json) -> Json {
    let schema = resolve(schema, root);
    if let Some(branches) = branches(schema)
        && let Some(branch) = best_branch(node, branches, root)
    {
        return json(node, branch, root);
    }
    match &node.value {
        Value::Mapping(entries) => {
            let properties = schema.get("properties");
            let additional = schema.get("additionalProperties").unwrap_or(&Json::Null);
            entries
                .iter()
                .map(|entry| {
                    let property =
                        properties.and_then(|properties| properties.get(&entry.key.name)).unwrap_or(additional);
                    (entry.key.name.clone(), json(&entry.node, property, root))
                })
                .collect()
        }
        Value::Sequence(items) => {
            let item = schema.get("items").unwrap_or(&Json::Null);
            items.iter().map(|node| json(node, item, root)).collect()
        }
        Value::Scalar(scalar) => {
            let types = types(schema);
            let natural = types.iter().any(|name| *name != "string" && fits_type(node, name));
            let wants_text = types.contains(&"string") || constants(schema).iter().any(|value| value.is_string());
            if wants_text && !natural && !node.is_null() { Json::String(scalar.text.clone()) } else { scalar.to_json() }
        }
    }
}

/// The branch by which a node is read: one that takes it as what it looks like, else one that takes it as a text.
fn best_branch<'s>(node: &Node, branches: &'s [Json], root: &'s Json) -> Option<&'s Json> {
    let fitting = || branches.iter().map(|branch| resolve(branch, root)).filter(|branch| fits(node, branch, root));
    fitting()
        .find(|branch| !types(branch).contains(&"string") || !constants(branch).is_empty())
        .or_else(|| fitting().next())
}
