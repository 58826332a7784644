//! The published schemas against an independent validator: they take every file that ships, and refuse what the checker
//! refuses.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

use std::path::{Path, PathBuf};

use harness::check::check_files;
use harness::language::WORDS;
use harness::source::Source;
use harness::yaml;
use serde_json::Value;

fn schema(kind: &str) -> Value {
    let text = std::fs::read_to_string(format!("../schema/{kind}.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn validator(kind: &str) -> jsonschema::Validator {
    jsonschema::draft202012::new(&schema(kind)).unwrap()
}

fn documents(text: &str) -> Vec<Value> {
    yaml::parse(&Source::new("a.yaml", text)).documents.iter().map(yaml::Node::to_json).collect()
}

fn kind_of(document: &Value) -> &'static str {
    match document {
        _ if document.get("scenario").is_some() => "scenario",
        _ if document.get("flow").is_some() => "flow",
        _ => "world",
    }
}

fn yaml_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "project") {
            yaml_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
}

#[test]
fn every_file_that_ships_fits_its_schema() {
    let validators = ["scenario", "flow", "world"].map(|kind| (kind, validator(kind)));
    let mut files = Vec::new();
    yaml_files(Path::new("../scenarios"), &mut files);
    yaml_files(Path::new("templates"), &mut files);
    assert!(files.len() > 250);
    let mut wrong = Vec::new();
    for file in files {
        for document in documents(&std::fs::read_to_string(&file).unwrap()) {
            let kind = kind_of(&document);
            let (_, validator) = validators.iter().find(|(known, _)| *known == kind).unwrap();
            wrong.extend(
                validator
                    .iter_errors(&document)
                    .map(|error| format!("{}: {} at {}", file.display(), error, error.instance_path())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_project_file_of_a_new_project_fits_its_schema() {
    let text = std::fs::read_to_string("templates/project/mockwx.yaml").unwrap();
    assert!(validator("project").is_valid(&documents(&text)[0]));
    let misspelled = text.replace("listen:", "lisen:");
    assert!(!validator("project").is_valid(&documents(&misspelled)[0]));
}

const SCENARIO: &str = "\
scenario: A story
tags: [login]
world: { seed: 7, wechat: { people: { alice: { phone: \"+86 13800138000\" } }, rules: { access_token_grace: 0s } } }
steps:
  - wx.login: { as: alice }
    expect: { errMsg: \"login:ok\" }
    save: { code: code }
  - use: { flow: flow.yaml, with: { code: $code } }
finally:
  - clock.advance: { by: 1s }
    note: the end
";

const FLOW: &str = "\
flow: Uses a code
inputs: { code: { note: from wx.login } }
steps:
  - wechat.jscode2session: { js_code: $with.code }
    save: { who: openid }
outputs: { openid: $who }
";

#[test]
fn a_misspelled_key_fails_in_the_schema_and_in_the_check_at_each_level() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |name: &str, text: &str, kind: &str| {
        std::fs::write(folder.path().join("flow.yaml"), FLOW).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let checked = check_files(&[path.to_str().unwrap()]);
        let by_schema = documents(text).iter().any(|document| !validator(kind).is_valid(document));
        (by_schema, !checked.problems.is_empty())
    };
    assert_eq!(fails("scenario.yaml", SCENARIO, "scenario"), (false, false));
    for (right, wrong) in [
        ("tags:", "tagz:"),
        ("finally:", "finaly:"),
        ("seed:", "sed:"),
        ("people:", "peopel:"),
        ("phone:", "fone:"),
        ("access_token_grace:", "acces_token_grace:"),
        ("wx.login:", "wx.logon:"),
        ("as: alice", "ass: alice"),
        ("expect:", "expct:"),
        ("save:", "sav:"),
        ("with:", "whith:"),
        ("by: 1s", "bye: 1s"),
        ("note:", "noet:"),
    ] {
        assert_eq!(fails("scenario.yaml", &SCENARIO.replacen(right, wrong, 1), "scenario"), (true, true), "{wrong}");
    }
    for (right, wrong) in
        [("inputs:", "input:"), ("note:", "noet:"), ("outputs:", "output:"), ("js_code:", "jscode:"), ("save:", "sav:")]
    {
        assert_eq!(fails("flow.yaml", &FLOW.replacen(right, wrong, 1), "flow"), (true, true), "{wrong}");
    }
    let world = "seed: 7\nidaas: { users: { li: { user_name: li.na } } }\n";
    assert_eq!(fails("world.yaml", world, "world"), (false, false));
    for (right, wrong) in [("seed:", "sead:"), ("users:", "user:"), ("user_name:", "username:")] {
        assert_eq!(fails("world.yaml", &world.replacen(right, wrong, 1), "world"), (true, true), "{wrong}");
    }
}

/// The schema of one argument of a word: what an editor completes and explains.
fn argument<'a>(word: &'a Value, name: &str) -> Option<&'a Value> {
    let forms = word["anyOf"].as_array().map_or_else(|| vec![word], |forms| forms.iter().collect());
    forms.into_iter().find_map(|form| form["properties"].get(name))
}

#[test]
fn every_word_and_each_of_its_arguments_is_described() {
    let schema = schema("scenario");
    for word in WORDS.iter().copied().flatten() {
        let described = &schema["$defs"]["step"]["properties"][word.name];
        assert!(described["description"].is_string(), "{}", word.name);
        for expected in word.all_arguments() {
            let text = argument(described, expected.name).and_then(|argument| argument["description"].as_str());
            assert!(text.is_some_and(|text| !text.is_empty()), "{} of {}", expected.name, word.name);
        }
    }
}
