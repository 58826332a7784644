//! Accounts and people in trouble.

use super::*;

#[test]
fn a_frozen_secret_fetches_no_token_and_leaves_those_that_were_fetched() {
    let lab = Lab::new();
    let (token, code) = (lab.token(), lab.login(APP, "alice"));
    let mut config = lab.wechat.config();
    config.mini_programs[0].secret_frozen = true;
    lab.wechat.change(config).unwrap();
    let body = r#"{"errcode":40243,"errmsg":"AppSecret已被冻结，请登录MP解冻后再次调用 rid: ‹rid›"}"#;
    let query = format!("grant_type=client_credential&appid={APP}&secret={SECRET}");
    lab.get(&format!("/cgi-bin/token?{query}")).is_refused("secret_frozen", body);
    let credentials = json!({ "grant_type": "client_credential", "appid": APP, "secret": SECRET });
    lab.post("/cgi-bin/stable_token", credentials.to_string()).is_refused("secret_frozen", body);
    let credentials = json!({ "appid": APP, "appsecret": SECRET });
    lab.post("/cgi-bin/clear_quota/v2", credentials.to_string()).is_refused("secret_frozen", body);
    lab.redeem(&token, &lab.tap(APP, "alice")).is_ok();
    lab.exchange(&code).is_ok();
    let wrong = format!("/cgi-bin/token?grant_type=client_credential&appid={APP}&secret=x");
    assert_eq!(lab.get(&wrong).rule(), "secret_wrong");
}

#[test]
fn without_permission_the_phone_api_is_unauthorized_before_anything_else_is_looked_at() {
    let lab = Lab::with_app(json!({ "permissions": { "phone_number": false } }));
    let body = r#"{"errcode":48001,"errmsg":"api unauthorized rid: ‹rid›"}"#;
    let token = lab.token();
    lab.redeem(&token, "x").is_refused("api_unauthorized", body);
    lab.get(&format!("/wxa/business/getuserphonenumber?access_token={token}")).is_refused("api_unauthorized", body);
    lab.redeem("x", "x").is_refused(
        "access_token_unknown",
        r#"{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: ‹rid›"}"#,
    );
    let answer = lab.wechat.device(&DeviceCall::PhoneNumber(PhoneNumberCall::default())).unwrap();
    assert_eq!(answer.body, json!({ "errMsg": "getPhoneNumber:fail no permission", "errno": 102 }));
}

#[test]
fn a_blocked_person_gets_a_code_that_is_blocked_at_the_exchange() {
    let lab = Lab::with_alice(json!({ "blocked": true }));
    let body = r#"{"errcode":40226,"errmsg":"code blocked, rid: ‹rid›"}"#;
    let code = lab.login(APP, "alice");
    lab.exchange(&code).is_refused("user_blocked", body);
    lab.exchange("mock:alice").is_refused("user_blocked", body);
    lab.exchange(&lab.login(APP, "bob")).is_ok();
    let other = lab.login(OTHER_APP, "alice");
    assert_eq!(lab.exchange(&other).rule(), "code_of_other_app");
    let mut config = lab.wechat.config();
    config.people = [("alice", mock_wechat::Person::default())].into_iter().collect();
    lab.wechat.change(config).unwrap();
    lab.exchange(&code).is_ok();
}

#[test]
fn a_new_secret_holds_at_once_and_old_tokens_go_on() {
    let lab = Lab::new();
    let token = lab.token();
    let mut config = lab.wechat.config();
    config.mini_programs[0].secret = Some(sim::AppSecret::new("another-secret"));
    lab.wechat.change(config).unwrap();
    let code = lab.login(APP, "alice");
    lab.exchange(&code).is_refused("secret_wrong", r#"{"errcode":40125,"errmsg":"invalid appsecret, rid: ‹rid›"}"#);
    let query = format!("grant_type=client_credential&appid={APP}&secret={SECRET}");
    lab.get(&format!("/cgi-bin/token?{query}"))
        .is_refused("secret_wrong", r#"{"errcode":40125,"errmsg":"invalid appsecret rid: ‹rid›"}"#);
    lab.redeem(&token, &lab.tap(APP, "alice")).is_ok();
}

#[test]
fn an_export_tells_only_what_was_declared() {
    let text = serde_json::to_string(&Lab::new().wechat.config()).unwrap();
    for key in ["secret_frozen", "permissions", "privacy", "quota", "components", "blocked", "platform", "payments"] {
        assert!(!text.contains(&format!("\"{key}")), "{key} in {text}");
    }
}
