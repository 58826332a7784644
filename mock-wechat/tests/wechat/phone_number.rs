//! `POST /wxa/business/getuserphonenumber`.

use super::*;

const PATH: &str = "/wxa/business/getuserphonenumber";

#[test]
fn a_code_is_redeemed_for_the_number_in_these_bytes() {
    let lab = Lab::new();
    let code = lab.tap(APP, "alice");
    lab.wait(7);
    let seen = lab.redeem(&lab.token(), &code);
    assert_eq!(
        seen.text(),
        concat!(
            r#"{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"13800138000","purePhoneNumber":"13800138000","#,
            r#""countryCode":"86","watermark":{"timestamp":1772355600,"appid":"wx0123456789abcdef"}}}"#
        )
    );
    assert_eq!(seen.header("content-type"), Some("application/json; encoding=utf-8"));
}

#[test]
fn a_number_abroad_comes_with_its_area_code() {
    let lab = Lab::new();
    let info = lab.redeem(&lab.token(), &lab.tap(APP, "bob")).json()["phone_info"].clone();
    assert_eq!(info["phoneNumber"], "+85261234567");
    assert_eq!((&info["purePhoneNumber"], &info["countryCode"]), (&json!("61234567"), &json!("852")));
}

#[test]
fn the_person_may_pick_another_number_and_use_the_real_time_button() {
    let lab = Lab::new();
    let call = PhoneNumberCall {
        person: Some("bob".to_owned()),
        phone: Some("+86-13900139000".to_owned()),
        realtime: true,
        ..PhoneNumberCall::default()
    };
    let detail = lab.device(DeviceCall::PhoneNumber(call));
    let info = lab.redeem(&lab.token(), detail["code"].as_str().unwrap()).json()["phone_info"].clone();
    assert_eq!(info["phoneNumber"], "13900139000");
}

#[test]
fn a_code_is_good_for_five_minutes_and_once() {
    let lab = Lab::new();
    let (token, early, late) = (lab.token(), lab.tap(APP, "alice"), lab.tap(APP, "alice"));
    lab.wait(300);
    let first = lab.redeem(&token, &early);
    first.is_ok();
    let body = r#"{"errcode":40029,"errmsg":"invalid code hint: [‹hint›] rid: ‹rid›"}"#;
    let again = lab.redeem(&token, &early);
    again.is_refused("phone_code_used", body);
    assert!(again.story()[1].contains(first.rid()), "{:?}", again.story());
    lab.wait(1);
    lab.redeem(&token, &late).is_refused("phone_code_expired", body);
    lab.redeem(&token, &early).is_refused("phone_code_used", body);
}

#[test]
fn a_call_refused_for_its_token_leaves_the_code_good() {
    let lab = Lab::new();
    let code = lab.tap(APP, "alice");
    lab.redeem("bogus", &code).is_refused(
        "access_token_unknown",
        r#"{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: ‹rid›"}"#,
    );
    lab.redeem(&lab.token(), &code).is_ok();
}

#[test]
fn a_token_of_another_app_is_told_invalid_appid_and_leaves_the_code_good() {
    let lab = Lab::new();
    let code = lab.tap(APP, "alice");
    let seen = lab.redeem(&lab.token_of(OTHER_APP, OTHER_SECRET), &code);
    seen.is_refused("code_of_other_app", r#"{"errcode":40013,"errmsg":"invalid appid hint: [‹hint›] rid: ‹rid›"}"#);
    lab.redeem(&lab.token(), &code).is_ok();
}

#[test]
fn a_login_code_is_invalid_and_the_story_says_that_codes_were_mixed_up() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    let seen = lab.redeem(&lab.token(), &code);
    seen.is_refused("codes_mixed_up", r#"{"errcode":40029,"errmsg":"invalid code hint: [‹hint›] rid: ‹rid›"}"#);
    assert!(seen.story()[0].starts_with("this is a login code"), "{:?}", seen.story());
    lab.exchange(&code).is_ok();
}

#[test]
fn checks_come_in_wechats_order() {
    let lab = Lab::new();
    let token = lab.token();
    let with_token = format!("{PATH}?access_token={token}");
    let code = lab.tap(APP, "alice");
    let missing = r#"{"errcode":41001,"errmsg":"access_token missing rid: ‹rid›"}"#;
    lab.get(PATH).is_refused("access_token_missing", missing);
    lab.post(PATH, json!({ "access_token": token, "code": code }).to_string())
        .is_refused("access_token_missing", missing);
    lab.get(&with_token).is_refused("wrong_method", r#"{"errcode":43002,"errmsg":"require POST method rid: ‹rid›"}"#);
    let empty = r#"{"errcode":44002,"errmsg":"empty post data hint: [‹hint›] rid: ‹rid›"}"#;
    lab.post(&format!("{with_token}&code={code}"), "").is_refused("empty_body", empty);
    let not_json = r#"{"errcode":47001,"errmsg":"data format error hint: [‹hint›] rid: ‹rid›"}"#;
    for body in [format!("code={code}"), "[]".to_owned(), "\"x\"".to_owned(), "{".to_owned(), "[".repeat(5000)] {
        lab.post(&with_token, body).is_refused("body_not_json", not_json);
    }
    let bad_utf8 = Request::post(&with_token).body(Bytes::from_static(b"{\"code\":\"\xff\"}")).unwrap();
    lab.send(bad_utf8).is_refused("body_not_json", not_json);
    let arguments = r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#;
    for body in ["{}", r#"{"js_code":"x"}"#, r#"{"code":1}"#, r#"{"code":" "}"#, r#"{"code":null}"#] {
        lab.post(&with_token, body).is_refused("invalid_arguments", arguments);
    }
    lab.redeem(&token, &code).is_ok();
}

#[test]
fn a_body_is_read_whatever_its_content_type_says() {
    let lab = Lab::new();
    let target = format!("{PATH}?access_token={}&x=1", lab.token());
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"] {
        let body = json!({ "code": format!(" {}\n", lab.tap(APP, "alice")) }).to_string();
        let request = Request::post(&target).header("content-type", content_type);
        lab.send(request.body(body.into()).unwrap()).is_ok();
    }
}

#[test]
fn an_openid_is_looked_at_only_where_a_rule_says_so() {
    let wrong = |lab: &Lab| {
        let (token, code) = (lab.token(), lab.tap(APP, "alice"));
        let send = |openid: &str| {
            lab.post(&format!("{PATH}?access_token={token}"), json!({ "code": code, "openid": openid }).to_string())
        };
        let rule = send("oNobody").rule().to_owned();
        let openid = lab.wechat.identity(None, "alice").unwrap().openid;
        (rule, send(openid.expose()).rule().to_owned())
    };
    assert_eq!(wrong(&Lab::new()), (String::new(), "phone_code_used".to_owned()));
    let checking = Lab::with(json!({ "phone_code_checks_openid": true }));
    assert_eq!(wrong(&checking), ("openid_mismatch".to_owned(), String::new()));
}

#[test]
fn hints_can_be_left_out() {
    let lab = Lab::with(json!({ "hints": false }));
    let seen = lab.redeem(&lab.token(), "x");
    seen.is_refused("phone_code_unknown", r#"{"errcode":40029,"errmsg":"invalid code rid: ‹rid›"}"#);
}
