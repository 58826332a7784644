//! The document of the control API, kept as a file that people read in reviews.

use serde_json::Value;

use crate::support::{Client, Signer, frozen, run, settings};

#[test]
fn the_document_is_as_it_was_reviewed() {
    insta::assert_json_snapshot!("openapi", lab::openapi());
}

#[test]
fn the_server_hands_out_the_same_document() {
    run(async {
        assert_eq!(Client::new().get("/__admin/v1/openapi.json").await.json(), lab::openapi());
    });
}

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(text) if key == "$ref" => found.push(text.to_owned()),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = lab::openapi();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_path_of_the_document_is_served_and_no_other_method_is() {
    let authority: std::sync::Arc<dyn lab::AuthoritySource> = Signer::new();
    let client = Client::with(lab::Settings { authority: Some(authority), ..settings(frozen()) });
    run(async {
        let document = lab::openapi();
        for (path, operations) in document["paths"].as_object().unwrap() {
            let asked = path.replace("{name}", "nobody").replace("{rid}", "x").replace("{token}", "x");
            for method in ["GET", "PUT", "POST", "PATCH", "DELETE"] {
                let documented = operations.get(method.to_lowercase()).is_some();
                // A body that no call takes: it tells a served path without doing anything.
                let reply = client.raw(method.parse().unwrap(), &asked, &[], "[]").await;
                assert_eq!(reply.status() != 405, documented, "{method} {path}");
                assert!(reply.status() != 404 || path.contains('{'), "{method} {path}: {reply:?}");
            }
        }
    });
}
