//! The OpenAPI document of the control API, from the route table and the types that parse.

use bytes::Bytes;
use http::{Response, StatusCode};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::ControlError;
use super::routes::{ROUTES, Route};

pub(crate) fn show(_: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    Ok(super::error::json(StatusCode::OK, &openapi()))
}

/// The OpenAPI 3.1 document of the control API.
pub fn openapi() -> Value {
    // OpenAPI 3.1 takes JSON Schema 2020-12 as it is, so what schemars makes of the types needs no translation.
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let error = generator.subschema_for::<ControlError>();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(route, &mut generator, &error);
    }
    for (path, about) in [("/livez", "Whether the server lives"), ("/readyz", "Whether the server can answer")] {
        let ok = json!({ "description": "`ok`", "content": { "text/plain": { "schema": { "type": "string" } } } });
        paths.insert(
            path.to_owned(),
            json!({ "get": { "operationId": path[1..], "summary": about, "responses": { "200": ok } } }),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mockwx control API",
            "version": "1",
            "description": "What tests, people and clients do to the worlds of a mockwx server. A call is for the world \
                that it names (`X-Mock-World: name`, or the path prefix `/__world/name`), else for the world whose \
                artefact it carries, else for the first that declares its appid, else for `default`.",
        },
        "paths": paths,
        "components": { "schemas": generator.take_definitions(true) },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator, error: &Schema) -> Value {
    let mut parameters: Vec<Value> = Vec::new();
    if let Some((_, name)) = route.path.split_once('{') {
        let name = name.trim_end_matches('}');
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    }
    for parameter in route.query {
        parameters.push(json!({
            "name": parameter.name, "in": "query", "description": parameter.about, "schema": { "type": "string" }
        }));
    }
    let says = route.answer.is_some() || route.text.is_some();
    let mut done = json!({ "description": if says { "Done" } else { "Done; nothing to say" } });
    if let Some(schema) = route.answer {
        done["content"] = json!({ "application/json": { "schema": schema(generator) } });
    }
    if let Some(media_type) = route.text {
        done["content"] = json!({ media_type: { "schema": { "type": "string" } } });
    }
    let failed = json!({ "description": "Not done, and why", "content": { "application/json": { "schema": error } } });
    let mut operation = json!({ "operationId": route.name, "summary": route.summary });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(schema) = route.body {
        operation["requestBody"] = json!({ "content": { "application/json": { "schema": schema(generator) } } });
    }
    operation["responses"] = json!({ route.status.as_str(): done, "default": failed });
    operation
}
