//! Codes that name a person or a misfortune.

use super::*;

#[test]
fn a_magic_code_is_a_fresh_code_of_the_person_it_names_as_often_as_it_is_sent() {
    let lab = Lab::new();
    let bob = lab.exchange(&lab.login(APP, "bob")).json();
    for _ in 0..2 {
        assert_eq!(lab.exchange("mock:bob").json(), bob);
    }
    let alice = lab.exchange(&lab.login(APP, "alice")).json();
    assert_eq!(lab.exchange("the+code+is+a+mock+one").json(), alice);
    let token = lab.token();
    for _ in 0..2 {
        assert_eq!(lab.redeem(&token, "mock:bob").json()["phone_info"]["purePhoneNumber"], "61234567");
    }
}

#[test]
fn a_magic_code_brings_about_the_misfortune_it_names() {
    let lab = Lab::new();
    let token = lab.token();
    let both = |code: &str| {
        let errcode = |seen: Value| seen["errcode"].as_i64().unwrap();
        (errcode(lab.exchange(code).json()), errcode(lab.redeem(&token, code).json()))
    };
    assert_eq!(both("mock:expired"), (40029, 40029));
    assert_eq!(both("mock:used"), (40163, 40029));
    assert_eq!(both("mock:invalid"), (40029, 40029));
    assert_eq!(both("mock:blocked"), (40226, 40226));
    assert_eq!(both("mock:busy"), (-1, -1));
    assert_eq!(lab.exchange("mock:busy").rule(), "system_error");
}

#[test]
fn a_magic_code_of_nobody_is_an_unknown_code() {
    let lab = Lab::new();
    assert_eq!(lab.exchange("mock:alicia").rule(), "login_code_unknown");
    assert_eq!(lab.exchange("mock:").rule(), "login_code_unknown");
    assert_eq!(lab.redeem(&lab.token(), "mock:alicia").rule(), "phone_code_unknown");
    assert_eq!(lab.redeem(&lab.token(), "mock:carol").rule(), "phone_code_unknown", "she has no number");
}

#[test]
fn a_strict_world_knows_no_magic() {
    let mut config: Config = serde_json::from_value(shop()).unwrap();
    config.strict = true;
    let lab = Lab::of(config);
    for code in ["mock:alice", "mock:busy", "the code is a mock one"] {
        assert_eq!(lab.exchange(&code.replace(' ', "+")).rule(), "login_code_unknown", "{code}");
        assert_eq!(lab.redeem(&lab.token(), code).rule(), "phone_code_unknown", "{code}");
    }
}
