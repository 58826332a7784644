//! What concerns all of WeChat's paths.

use super::*;
use proptest::prelude::*;

#[test]
fn the_first_refusal_of_each_family_has_these_bytes() {
    let lab = Lab::new();
    assert_eq!(
        lab.get("/sns/jscode2session").text(),
        r#"{"errcode":41002,"errmsg":"appid missing, rid: 69a40010-6ff46455-c4987015"}"#
    );
    assert_eq!(
        lab.get("/cgi-bin/token").text(),
        r#"{"errcode":41002,"errmsg":"appid missing rid: 69a40010-64631480-402b7881"}"#
    );
    assert_eq!(
        lab.redeem(&lab.token(), "x").text(),
        r#"{"errcode":40029,"errmsg":"invalid code hint: [BWCIH2gNh-b8RLIn] rid: 69a40010-7df4d60b-c809da64"}"#
    );
}

#[test]
fn a_path_that_does_not_exist_is_an_invalid_url() {
    let lab = Lab::new();
    for path in ["/sns/userinfo", "/cgi-bin/", "/wxa/business/getuserphonenumber/", "/wxa/%ff", "/SNS/jscode2session"] {
        for seen in [lab.get(path), lab.post(path, "x")] {
            seen.is_refused("unknown_path", r#"{"errcode":40066,"errmsg":"invalid url rid: ‹rid›"}"#);
            assert_eq!(seen.header("content-type"), Some("application/json; encoding=utf-8"));
        }
    }
}

#[test]
fn a_chunked_post_gets_412_and_an_empty_body_and_uses_nothing_up() {
    let lab = Lab::new();
    let (token, code) = (lab.token(), lab.tap(APP, "alice"));
    for target in [format!("/wxa/business/getuserphonenumber?access_token={token}"), "/cgi-bin/stable_token".to_owned()]
    {
        let request = Request::post(target).header("transfer-encoding", "Chunked");
        let seen = lab.send(request.body(json!({ "code": code }).to_string().into()).unwrap());
        assert_eq!((seen.0.response.status().as_u16(), seen.text(), seen.rule()), (412, "", "chunked_412"));
        assert_eq!((seen.header("content-type"), seen.header("content-length")), (None, Some("0")));
    }
    lab.redeem(&token, &code).is_ok();
}

#[test]
fn rids_follow_the_worlds_clock_and_never_repeat() {
    let lab = Lab::new();
    let one = lab.get("/cgi-bin/token");
    lab.wait(1);
    let two = lab.get("/cgi-bin/token");
    assert_eq!((&one.rid()[..9], &two.rid()[..9]), ("69a40010-", "69a40011-"));
    assert_ne!(one.rid()[9..], two.rid()[9..]);
    assert_eq!(two.header("date"), Some("Sun, 01 Mar 2026 09:00:01 GMT"));
}

proptest! {
    #[test]
    fn no_request_makes_it_panic(
        path in prop_oneof![
            Just("/sns/jscode2session"), Just("/cgi-bin/token"), Just("/cgi-bin/stable_token"),
            Just("/wxa/business/getuserphonenumber"), Just("/wxa/checksession"), Just("/wxa/x"),
            Just("/wxa/business/checkencryptedmsg"), Just("/wxa/getpaidunionid"), Just("/cgi-bin/clear_quota"),
            Just("/cgi-bin/clear_quota/v2"), Just("/cgi-bin/openapi/quota/get"), Just("/cgi-bin/openapi/rid/get"),
            Just("/sns/component/jscode2session"),
        ],
        query in "[a-z_=&%0-9]{0,60}",
        body in proptest::collection::vec(any::<u8>(), 0..60),
        post: bool,
        authorised: bool,
    ) {
        let lab = Lab::new();
        let token = if authorised { format!("access_token={}&", lab.token()) } else { String::new() };
        let target = format!("{path}?{token}appid={APP}&secret={SECRET}&{query}");
        let request = if post { Request::post(target) } else { Request::get(target) };
        let seen = lab.send(request.body(body.into()).unwrap());
        prop_assert!(seen.json().is_object());
        prop_assert_eq!(seen.0.note.refusal.is_some(), seen.json()["errcode"].as_i64().unwrap_or(0) != 0);
    }
}
