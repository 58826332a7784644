//! `POST /cgi-bin/openapi/rid/get`.

use super::*;

fn ask(lab: &Lab, rid: &str) -> Seen {
    lab.call("/cgi-bin/openapi/rid/get", json!({ "rid": rid }))
}

#[test]
fn a_refused_request_is_told_in_these_bytes() {
    let lab = Lab::new();
    let token = lab.token();
    let refused = lab.redeem(&token, "x");
    lab.wait(7 * 86_400);
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    assert_eq!(
        ask(&lab, refused.rid()).text(),
        format!(
            concat!(
                r#"{{"errcode":0,"errmsg":"ok","request":{{"invoke_time":1772355600,"cost_in_ms":0,"#,
                r#""request_url":{},"request_body":{},"response_body":{},"client_ip":"127.0.0.1"}}}}"#
            ),
            quoted(&format!("access_token={token}")),
            quoted(r#"{"code":"x"}"#),
            quoted(refused.text()),
        )
    );
    lab.wait(1);
    let forgotten = ask(&lab, refused.rid());
    forgotten.is_refused("rid_unknown", r#"{"errcode":76001,"errmsg":"rid not found, please check rid: ‹rid›"}"#);
    assert!(forgotten.story().iter().any(|line| line.contains("seven days")), "{:?}", forgotten.story());
}

#[test]
fn a_request_with_an_ended_token_is_known_too() {
    let lab = Lab::new();
    let token = lab.token();
    lab.wait(7201);
    let refused = lab.redeem(&token, "x");
    assert_eq!(refused.rule(), "access_token_expired");
    ask(&lab, refused.rid()).is_ok();
}

#[test]
fn a_request_that_was_refused_by_a_fault_is_known_too() {
    let lab = Lab::new();
    let target = format!("/wxa/checksession?access_token={}", lab.token());
    let request = Request::get(target).body(Bytes::new()).unwrap();
    let busy = mock_wechat::known_error("system_error").unwrap();
    let refused = Seen(lab.wechat.fail(&request, &busy, vec![]));
    assert_eq!(ask(&lab, refused.rid()).json()["request"]["response_body"], refused.text());
}

#[test]
fn a_login_request_is_not_found() {
    let lab = Lab::new();
    let login = lab.exchange("x");
    ask(&lab, login.rid())
        .is_refused("rid_unknown", r#"{"errcode":76001,"errmsg":"rid not found, please check rid: ‹rid›"}"#);
}

#[test]
fn each_wrong_rid_has_its_errcode() {
    let lab = Lab::new();
    let other = lab.redeem(&lab.token_of(OTHER_APP, OTHER_SECRET), "x");
    let body = r#"{"errcode":76003,"errmsg":"could not query this rid,no permission rid: ‹rid›"}"#;
    ask(&lab, other.rid()).is_refused("rid_of_other_app", body);
    ask(&lab, "x").is_refused("rid_malformed", r#"{"errcode":76002,"errmsg":"rid is error rid: ‹rid›"}"#);
    let tomorrow = "69a56190-00000000-00000000";
    ask(&lab, tomorrow).is_refused("rid_time_wrong", r#"{"errcode":76004,"errmsg":"rid time is error rid: ‹rid›"}"#);
    ask(&lab, "").is_refused("invalid_arguments", r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#);
    let target = format!("/cgi-bin/openapi/rid/get?access_token={}", lab.token());
    lab.get(&target).is_refused("wrong_method", r#"{"errcode":43002,"errmsg":"require POST method rid: ‹rid›"}"#);
}
