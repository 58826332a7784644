//! `GET /cgi-bin/token` and `POST /cgi-bin/stable_token`.

use super::*;
use mock_wechat::CallerAddress;

const STABLE: &str = "/cgi-bin/stable_token";

fn stable(lab: &Lab, forced: bool) -> Seen {
    let body = json!({ "grant_type": "client_credential", "appid": APP, "secret": SECRET, "force_refresh": forced });
    lab.post(STABLE, body.to_string())
}

fn check(lab: &Lab, token: &str) -> i64 {
    // Whatever comes after the token's own checks shows that the token was taken.
    match lab.redeem(token, "x").json()["errcode"].as_i64().unwrap() {
        40029 => 0,
        errcode => errcode,
    }
}

#[test]
fn a_token_comes_in_these_bytes() {
    let lab = Lab::new();
    for seen in [
        lab.get(&format!("/cgi-bin/token?grant_type=client_credential&appid={APP}&secret={SECRET}")),
        stable(&lab, false),
    ] {
        let token = seen.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(seen.text(), format!(r#"{{"access_token":"{token}","expires_in":7200}}"#));
        assert_eq!(seen.header("content-type"), Some("application/json; encoding=utf-8"));
        assert!(token.len() == 136 && token.starts_with("92_"), "{token}");
    }
}

#[test]
fn a_token_lives_two_hours() {
    let lab = Lab::new();
    let token = lab.token();
    lab.wait(7200);
    assert_eq!(check(&lab, &token), 0);
    lab.wait(1);
    lab.redeem(&token, "x")
        .is_refused("access_token_expired", r#"{"errcode":42001,"errmsg":"access_token expired rid: ‹rid›"}"#);
}

#[test]
fn a_replaced_token_works_for_five_minutes_and_is_then_told_at_length() {
    let lab = Lab::new();
    let first = lab.token();
    let second = lab.token();
    lab.wait(299);
    assert_eq!((check(&lab, &first), check(&lab, &second)), (0, 0));
    lab.wait(1);
    lab.redeem(&first, "x").is_refused(
        "access_token_replaced",
        concat!(
            r#"{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest, could get access_token by "#,
            r#"getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r rid: ‹rid›"}"#
        ),
    );
    assert_eq!(check(&lab, &second), 0);
}

#[test]
fn the_stable_lane_counts_down_and_the_lanes_leave_each_other_alone() {
    let lab = Lab::new();
    let first = stable(&lab, false).json();
    lab.wait(6855);
    let second = stable(&lab, false).json();
    assert_eq!((&second["access_token"], &second["expires_in"]), (&first["access_token"], &json!(345)));
    for _ in 0..3 {
        lab.token();
    }
    lab.wait(44);
    assert_eq!(check(&lab, first["access_token"].as_str().unwrap()), 0);
    lab.wait(1);
    let third = stable(&lab, false).json();
    assert!(third["access_token"] != first["access_token"] && third["expires_in"] == 7200);
}

#[test]
fn two_forced_refreshes_thirty_seconds_apart_end_a_leaked_token() {
    let lab = Lab::new();
    let leaked = stable(&lab, false).json()["access_token"].as_str().unwrap().to_owned();
    stable(&lab, true).is_ok();
    lab.wait(29);
    stable(&lab, true).is_ok();
    assert_eq!(check(&lab, &leaked), 0);
    lab.wait(1);
    stable(&lab, true).is_ok();
    assert_eq!(check(&lab, &leaked), 40001);
}

#[test]
fn the_twenty_first_forced_refresh_of_a_day_is_refused() {
    let lab = Lab::new();
    for _ in 0..20 {
        stable(&lab, true).is_ok();
        lab.wait(30);
    }
    stable(&lab, true).is_refused(
        "force_refresh_abuse",
        r#"{"errcode":45009,"errmsg":"reach max api daily quota limit rid: ‹rid›"}"#,
    );
    stable(&lab, false).is_ok();
}

#[test]
fn checks_of_the_classic_lane_come_in_order() {
    let lab = Lab::new();
    for (query, errcode, text) in [
        (String::new(), 41002, "appid missing"),
        ("appid=wx404".to_owned(), 40013, "invalid appid"),
        (format!("appid={APP}"), 41004, "appsecret missing"),
        (format!("appid={APP}&secret=x"), 40002, "invalid grant_type"),
        (format!("appid={APP}&secret=x&grant_type=client_credentials"), 40002, "invalid grant_type"),
        (format!("appid={APP}&secret=x&grant_type=client_credential"), 40125, "invalid appsecret"),
    ] {
        let seen = lab.get(&format!("/cgi-bin/token?{query}"));
        assert_eq!(seen.masked(), format!(r#"{{"errcode":{errcode},"errmsg":"{text} rid: ‹rid›"}}"#), "{query}");
        assert_eq!(seen.header("content-type"), Some("application/json; encoding=utf-8"));
    }
}

#[test]
fn the_stable_lane_takes_json_by_post_only() {
    let lab = Lab::new();
    let post = r#"{"errcode":43002,"errmsg":"require POST method rid: ‹rid›"}"#;
    lab.get(STABLE).is_refused("wrong_method", post);
    lab.post(STABLE, format!("grant_type=client_credential&appid={APP}&secret={SECRET}"))
        .is_refused("body_not_json", post);
    lab.post(STABLE, "").is_refused("empty_body", r#"{"errcode":44002,"errmsg":"empty post data rid: ‹rid›"}"#);
    for (body, errcode, text) in [
        (json!({}), 41002, "appid missing"),
        (json!({ "appid": 1 }), 47001, "data format error"),
        (json!({ "appid": "wx404" }), 40013, "invalid appid"),
        (json!({ "appid": APP, "secret": "" }), 41004, "appsecret missing"),
        (json!({ "appid": APP, "secret": "x" }), 40002, "invalid grant_type"),
        (
            json!({ "appid": APP, "secret": "x", "grant_type": "client_credential", "force_refresh": "true" }),
            47001,
            "data format error",
        ),
        (
            json!({ "appid": APP, "secret": "x", "grant_type": "client_credential", "force_refresh": null }),
            40125,
            "invalid appsecret",
        ),
    ] {
        let seen = lab.post(STABLE, body.to_string());
        assert_eq!(seen.masked(), format!(r#"{{"errcode":{errcode},"errmsg":"{text} rid: ‹rid›"}}"#), "{body}");
    }
}

#[test]
fn a_whitelist_refuses_other_addresses_before_the_secret_is_looked_at() {
    let mut config = shop();
    config["mini_programs"][0]["ip_whitelist"] = json!(["203.0.113.*"]);
    let lab = Lab::of(serde_json::from_value(config).unwrap());
    let ask = |address: &str| {
        let target = format!("/cgi-bin/token?grant_type=client_credential&appid={APP}&secret=wrong");
        let mut request = Request::get(target).body(Bytes::new()).unwrap();
        request.extensions_mut().insert(CallerAddress(address.parse().unwrap()));
        lab.send(request)
    };
    ask("198.51.100.7").is_refused(
        "ip_not_whitelisted",
        r#"{"errcode":40164,"errmsg":"invalid ip 198.51.100.7 ipv6 ::ffff:198.51.100.7, not in whitelist rid: ‹rid›"}"#,
    );
    assert_eq!(ask("203.0.113.9").rule(), "secret_wrong");
    // Logging in needs no token, so it goes on.
    lab.exchange(&lab.login(APP, "alice")).is_ok();
}

#[test]
fn a_whitelist_covers_logins_where_a_rule_says_so() {
    let mut config = shop();
    config["mini_programs"][0]["ip_whitelist"] = json!([]);
    config["rules"] = json!({ "ip_whitelist_covers_jscode2session": true });
    let lab = Lab::of(serde_json::from_value(config).unwrap());
    lab.exchange(&lab.login(APP, "alice")).is_refused(
        "ip_not_whitelisted",
        r#"{"errcode":40164,"errmsg":"invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist, rid: ‹rid›"}"#,
    );
}
