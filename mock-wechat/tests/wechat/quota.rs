//! Limits and quotas, and the APIs that tell and clear them.

use super::*;

const PHONE: &str = "/wxa/business/getuserphonenumber";
const QUOTA_USED_UP: &str = r#"{"errcode":45009,"errmsg":"reach max api daily quota limit rid: ‹rid›"}"#;

fn lab(daily: u64) -> Lab {
    Lab::with_app(json!({ "quotas": { PHONE: daily } }))
}

fn told(lab: &Lab, path: &str) -> Seen {
    lab.call("/cgi-bin/openapi/quota/get", json!({ "cgi_path": path }))
}

#[test]
fn a_quota_is_used_up_told_and_cleared() {
    let lab = lab(2);
    let token = lab.token();
    for code in [lab.tap(APP, "alice"), "x".to_owned()] {
        lab.redeem(&token, &code);
    }
    let code = lab.tap(APP, "alice");
    lab.redeem(&token, &code).is_refused("daily_quota", QUOTA_USED_UP);
    assert_eq!(
        told(&lab, PHONE).text(),
        concat!(
            r#"{"errcode":0,"errmsg":"ok","quota":{"daily_limit":2,"used":2,"remain":0},"#,
            r#""rate_limit":{"call_count":300,"refresh_second":1},"#,
            r#""component_rate_limit":{"call_count":0,"refresh_second":0}}"#
        )
    );
    let cleared = lab.call("/cgi-bin/clear_quota", json!({ "appid": APP }));
    assert_eq!(cleared.text(), r#"{"errcode":0,"errmsg":"ok"}"#);
    lab.redeem(&lab.token(), &code).is_ok();
}

#[test]
fn a_quota_comes_behind_the_method_and_before_the_body() {
    let lab = lab(0);
    let target = format!("{PHONE}?access_token={}", lab.token());
    assert_eq!(lab.get(&target).rule(), "wrong_method");
    for body in ["", "x", "{}"] {
        lab.post(&target, body).is_refused("daily_quota", QUOTA_USED_UP);
    }
}

#[test]
fn without_limits_calls_are_counted_and_never_refused() {
    let mut config = lab(1).wechat.config();
    config.limits = false;
    let lab = Lab::of(config);
    for _ in 0..2 {
        lab.redeem(&lab.token(), &lab.tap(APP, "alice")).is_ok();
    }
    assert_eq!(told(&lab, PHONE).json()["quota"], json!({ "daily_limit": 1, "used": 2, "remain": 0 }));
    for _ in 0..12 {
        lab.call("/cgi-bin/clear_quota", json!({ "appid": APP })).is_ok();
    }
}

#[test]
fn the_three_hundred_and_first_phone_call_of_a_second_has_to_wait() {
    let lab = Lab::new();
    let token = lab.token();
    for _ in 0..300 {
        assert_eq!(lab.redeem(&token, "x").rule(), "phone_code_unknown");
    }
    let body =
        r#"{"errcode":45011,"errmsg":"api minute-quota reach limit, must slower, retry next minute rid: ‹rid›"}"#;
    let code = lab.tap(APP, "alice");
    lab.redeem(&token, &code).is_refused("rate_limited", body);
    lab.wait(1);
    lab.redeem(&token, &code).is_ok();
}

#[test]
fn a_token_api_has_a_quota_of_its_own() {
    let lab = Lab::with_app(json!({ "quotas": { "/cgi-bin/stable_token": 1 } }));
    let fetch = || {
        let body = json!({ "grant_type": "client_credential", "appid": APP, "secret": SECRET });
        lab.post("/cgi-bin/stable_token", body.to_string())
    };
    fetch().is_ok();
    fetch().is_refused("daily_quota", QUOTA_USED_UP);
    lab.token();
    let with_secret = json!({ "appid": APP, "appsecret": SECRET });
    lab.post("/cgi-bin/clear_quota/v2", with_secret.to_string()).is_ok();
    fetch().is_ok();
}

#[test]
fn apis_that_nobody_has_or_that_have_no_quota_are_told_apart() {
    let lab = Lab::new();
    let unknown = r#"{"errcode":76021,"errmsg":"cgi_path not found, please check rid: ‹rid›"}"#;
    for path in ["/wxa/nothing", "wxa/checksession", "https://api.weixin.qq.com/wxa/checksession"] {
        told(&lab, path).is_refused("cgi_path_unknown", unknown);
    }
    told(&lab, "/sns/jscode2session").is_refused(
        "cgi_path_not_permitted",
        r#"{"errcode":76022,"errmsg":"could not use this cgi_path, no permission rid: ‹rid›"}"#,
    );
    told(&lab, "").is_refused("invalid_arguments", r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#);
}

#[test]
fn quotas_are_cleared_ten_times_a_month_for_the_callers_own_app() {
    let lab = Lab::new();
    let foreign = r#"{"errcode":40013,"errmsg":"invalid appid rid: ‹rid›"}"#;
    for appid in [OTHER_APP, "wx1"] {
        lab.call("/cgi-bin/clear_quota", json!({ "appid": appid })).is_refused("appid_of_other_app", foreign);
    }
    lab.call("/cgi-bin/clear_quota", json!({}))
        .is_refused("invalid_arguments", r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#);
    for _ in 0..9 {
        lab.call("/cgi-bin/clear_quota", json!({ "appid": APP })).is_ok();
    }
    let query = format!("/cgi-bin/clear_quota/v2?appid={APP}&appsecret={SECRET}");
    lab.post(&query, "").is_ok();
    let body = r#"{"errcode":48006,"errmsg":"forbid to clear quota because of reaching the limit rid: ‹rid›"}"#;
    lab.post(&query, "").is_refused("clear_quota_limit", body);
    lab.call("/cgi-bin/clear_quota", json!({ "appid": APP })).is_refused("clear_quota_limit", body);
}

#[test]
fn the_second_version_checks_the_secret_as_the_token_apis_do() {
    let lab = Lab::with_app(json!({ "ip_whitelist": ["203.0.113.7"] }));
    let path = "/cgi-bin/clear_quota/v2";
    for (body, rule) in [
        (json!({}), "appid_missing"),
        (json!({ "appid": "wx1" }), "unknown_appid"),
        (json!({ "appid": APP, "secret": SECRET }), "secret_missing"),
        (json!({ "appid": APP, "appsecret": SECRET }), "ip_not_whitelisted"),
        (json!({ "appid": OTHER_APP, "appsecret": SECRET }), "secret_wrong"),
    ] {
        assert_eq!(lab.post(path, body.to_string()).rule(), rule);
    }
    for (body, rule) in [("", "empty_body"), ("appid=x", "body_not_json")] {
        assert_eq!(lab.post(path, body).rule(), rule);
    }
    assert_eq!(lab.get(path).rule(), "wrong_method");
}
