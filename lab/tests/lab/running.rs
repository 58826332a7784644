//! A lab in the hands of a test in Rust.

use std::time::Duration;

use lab::{CodeError, Lab, StartError, WorldError, WorldFile};
use serde_json::json;

use crate::support::{APPID, Client, SECRET, frozen, run, settings};

/// What WeChat says to a back end that presents the code, at the lab's one address.
fn exchanged(lab: &lab::RunningLab, code: &str) -> serde_json::Value {
    let client = Client { lab: std::sync::Arc::clone(lab.lab()), world: None };
    run(client.get(&format!("/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code={code}"))).json()
}

#[test]
fn a_code_of_a_fresh_world_finds_its_world_at_the_address_of_the_lab() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let (one, two) = (lab.fresh_world().unwrap(), lab.fresh_world().unwrap());
    assert_ne!(one.url(), two.url());
    let (early, late) = (one.login_code("alice").unwrap(), two.login_code("alice").unwrap());
    two.advance(Duration::from_secs(301));
    assert!(exchanged(&lab, &early)["openid"].is_string());
    assert_eq!(exchanged(&lab, &late)["errcode"], 40029);
    assert_eq!(lab.world().now(), one.now(), "moving one clock moved another");
}

#[test]
fn a_handle_follows_its_world_through_a_reset() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let world = lab.world();
    world.advance(Duration::from_secs(60));
    let client = Client { lab: std::sync::Arc::clone(lab.lab()), world: None };
    run(client.post("/__admin/v1/world/reset", json!({})));
    assert_eq!(world.now().to_string(), crate::support::START);
    let code = world.login_code("alice").unwrap();
    assert!(exchanged(&lab, &code)["openid"].is_string());
}

#[test]
fn what_a_test_does_to_a_phone_stands_in_the_journal_as_any_call() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    lab.world().phone_code("bob").unwrap();
    let client = Client { lab: std::sync::Arc::clone(lab.lab()), world: None };
    let journal = run(client.get("/__admin/v1/journal")).json();
    let entry = &journal["exchanges"][0];
    assert_eq!((&entry["target"], &entry["from"]), (&json!("getPhoneNumber"), &json!("device")), "{journal}");
}

#[test]
fn an_expired_code_is_refused_though_the_clock_stood() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let code = lab.world().login_code("alice").unwrap();
    assert!(lab.world().expire(&code));
    assert!(!lab.world().expire("no such thing"));
    assert_eq!(exchanged(&lab, &code)["errcode"], 40029);
}

#[test]
fn a_planned_fault_hits_until_it_is_taken_back() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let world = lab.fresh_world().unwrap();
    let code = world.login_code("alice").unwrap();
    world.plan_fault("system_error").unwrap();
    assert_eq!(exchanged(&lab, &code)["errcode"], -1);
    let wrong = world.plan_fault("sytem_error").unwrap_err().to_string();
    assert!(wrong.contains("did you mean `system_error`?"), "{wrong}");
    world.clear_faults();
    assert!(exchanged(&lab, &code)["openid"].is_string());
}

#[test]
fn a_world_that_cannot_be_is_refused_with_everything_that_is_wrong() {
    let lab = Lab::start().unwrap();
    lab.new_world("shop", WorldFile::ready()).unwrap();
    let refused = |name| match lab.new_world(name, WorldFile::ready()) {
        Err(WorldError::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("shop"), "world_exists");
    assert_eq!(refused("The Shop"), "invalid_name");
    let file = json!({ "wechat": { "mini_programs": [{ "appid": "a" }, { "appid": "a" }] } });
    let file = WorldFile::from_json(file).unwrap();
    assert!(matches!(lab.new_world("wrong", file.clone()), Err(WorldError::Invalid(problems)) if !problems.is_empty()));
    let settings = lab::Settings { world: file, ..lab::Settings::default() };
    assert!(matches!(Lab::start_with(settings), Err(StartError::World(problems)) if !problems.is_empty()));
}

#[test]
fn a_phone_that_gets_no_code_says_why() {
    let no_number = json!({ "like": "ready", "wechat": { "people": { "alice": { "phone": null } } } });
    let lab = Lab::start_with(settings(no_number)).unwrap();
    match lab.world().phone_code("alice") {
        Err(CodeError::Failed { call: "getPhoneNumber", message, story }) => {
            assert!(message.starts_with("getPhoneNumber:fail"), "{message}");
            assert_eq!(story[0], "alice has no phone number");
        }
        other => panic!("{other:?}"),
    }
}
