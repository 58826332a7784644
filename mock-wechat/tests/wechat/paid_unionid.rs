//! `GET /wxa/getpaidunionid`.

use super::*;

fn lab() -> Lab {
    Lab::with_alice(json!({
        "payments": [{
            "transaction_id": "4200001", "mch_id": "1230000109", "out_trade_no": "A1",
            "paid_at": "2026-03-01T08:58:00Z",
        }],
    }))
}

fn ask(lab: &Lab, appid: &str, payment: &str) -> Seen {
    let secret = if appid == APP { SECRET } else { OTHER_SECRET };
    let openid = lab.wechat.identity(Some(appid), "alice").unwrap().openid;
    lab.get(&format!(
        "/wxa/getpaidunionid?access_token={}&openid={}&{payment}",
        lab.token_of(appid, secret),
        openid.expose()
    ))
}

#[test]
fn a_payment_tells_the_unionid_for_five_minutes() {
    let lab = lab();
    let unionid = lab.wechat.identity(None, "alice").unwrap().unionid.unwrap();
    let body = format!(r#"{{"unionid":"{}","errcode":0,"errmsg":"ok"}}"#, unionid.expose());
    lab.wait(180);
    assert_eq!(ask(&lab, APP, "transaction_id=4200001").text(), body);
    assert_eq!(ask(&lab, APP, "mch_id=1230000109&out_trade_no=A1").text(), body);
    lab.wait(1);
    let late = r#"{"errcode":89300,"errmsg":"invalid trade rid: ‹rid›"}"#;
    ask(&lab, APP, "transaction_id=4200001").is_refused("payment_unknown", late);
}

#[test]
fn a_payment_that_nobody_made_is_an_invalid_trade() {
    let lab = lab();
    for payment in ["transaction_id=1", "mch_id=1230000109&out_trade_no=A2", "mch_id=1&out_trade_no=A1"] {
        ask(&lab, APP, payment)
            .is_refused("payment_unknown", r#"{"errcode":89300,"errmsg":"invalid trade rid: ‹rid›"}"#);
    }
}

#[test]
fn without_an_open_platform_account_there_is_no_unionid() {
    ask(&lab(), OTHER_APP, "transaction_id=4200001")
        .is_refused("open_platform_not_bound", r#"{"errcode":89002,"errmsg":"open not exists rid: ‹rid›"}"#);
}

#[test]
fn parameters_are_needed_and_the_openid_is_the_mini_programs_own() {
    let lab = lab();
    let arguments = r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#;
    for payment in ["", "mch_id=1230000109", "out_trade_no=A1"] {
        ask(&lab, APP, payment).is_refused("invalid_arguments", arguments);
    }
    let target = format!("/wxa/getpaidunionid?access_token={}", lab.token());
    lab.get(&format!("{target}&transaction_id=4200001")).is_refused("invalid_arguments", arguments);
    let elsewhere = lab.wechat.identity(Some(OTHER_APP), "alice").unwrap().openid;
    let openid = r#"{"errcode":40003,"errmsg":"invalid openid rid: ‹rid›"}"#;
    for wrong in ["oNobody", elsewhere.expose()] {
        lab.get(&format!("{target}&openid={wrong}&transaction_id=4200001")).is_refused("unknown_openid", openid);
    }
    lab.get("/wxa/getpaidunionid")
        .is_refused("access_token_missing", r#"{"errcode":41001,"errmsg":"access_token missing rid: ‹rid›"}"#);
}
