//! `coverage`: what scenarios reach of what there is.

use serde_json::Value;

use crate::sandbox::{RIGHT, Sandbox, TYPO, snapshot};

#[test]
fn what_was_reached_is_told_by_the_scenarios_that_did() {
    let sandbox = Sandbox::new().file("scenarios/right.yaml", RIGHT);
    let told = sandbox.stdout("coverage");
    assert!(told.contains("status USER_REGISTER     scenarios/right.yaml\n"), "{told}");
    assert!(told.contains("GET /sns/jscode2session"), "{told}");
    assert!(told.contains("ways to bind: 0 of 8\n"), "{told}");
    assert!(!told.contains("covers: without"), "{told}");
}

#[test]
fn what_is_missing_is_told_in_the_vendors_words() {
    let sandbox = Sandbox::new().file("right.yaml", RIGHT);
    let told = sandbox.stdout("coverage . --missing");
    assert!(!told.contains("USER_REGISTER") && told.contains("status SOCIAL_BIND"), "{told}");
    let ways: Vec<&str> = told.lines().skip_while(|line| !line.starts_with("ways to bind")).take(9).collect();
    snapshot!(ways.join("\n"), @r"
    ways to bind: 0 of 8
      wechat-mobile-bind           the WeChat phone number, an existing user
      wechat-mobile-register-bind  the WeChat phone number, a new user if need be
      wechat-mini-program-mobile   login by the WeChat phone number alone
      bind, by mobile              a code by SMS, an existing user
      bind, by email               a code by e-mail, an existing user
      register-bind, by mobile     a code by SMS, a new user if need be
      register-bind, by email      a code by e-mail, a new user if need be
      username-password-bind       user name and password
    ");
}

#[test]
fn a_scenario_that_claims_more_than_it_does_is_told() {
    let claims =
        RIGHT.replace("tags:", "covers: [wechat-miniprogram, USER_REGISTER, SUCCESS, \"40163\", our-flow]\ntags:");
    let sandbox = Sandbox::new().file("right.yaml", &claims);
    let told = sandbox.stdout("coverage .");
    assert!(
        told.contains("covers: without the traffic for it\n  right.yaml  40163\n  right.yaml  SUCCESS\n\n"),
        "{told}"
    );
}

#[test]
fn a_program_reads_it_as_json_and_a_floor_exits_with_1() {
    let sandbox = Sandbox::new().file("right.yaml", RIGHT).file("typo/typo.yaml", TYPO);
    let document: Value = serde_json::from_str(&sandbox.stdout("coverage right.yaml --format json")).unwrap();
    let groups = document["groups"].as_array().unwrap();
    let all: u64 = groups.iter().map(|group| group["all"].as_u64().unwrap()).sum();
    assert_eq!(document["all"], all);
    assert_eq!(sandbox.code("coverage right.yaml --at-least 1%"), 0);
    let told = sandbox.run("coverage right.yaml --at-least 90%");
    assert!(told.starts_with("exit 1\n") && told.ends_with("is reached, --at-least 90% was wanted\n"), "{told}");
    assert_eq!(sandbox.code("coverage typo"), 3);
    assert_eq!(sandbox.code("coverage right.yaml --name nobody"), 4);
}
