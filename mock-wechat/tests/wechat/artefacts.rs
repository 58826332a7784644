//! Artefacts, seen and altered from outside.

use super::*;
use sim::{Alter, ArtefactKind, Which};

fn value(text: &str) -> Which {
    Which::Value(text.to_owned())
}

fn state(lab: &Lab, text: &str) -> String {
    lab.wechat.history(text).unwrap().state
}

#[test]
fn a_login_code_can_be_followed_through_its_life() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    lab.wait(1);
    let rid = lab.exchange(&code).rid().to_owned();
    let record = lab.wechat.history(&format!(" {code} ")).unwrap();
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        json!({
            "kind": "login_code",
            "value": code,
            "issued_at": "2026-03-01T09:00:00Z",
            "expires_at": "2026-03-01T09:05:00Z",
            "state": "used",
            "ended_at": "2026-03-01T09:00:01Z",
            "ended_by": rid,
            "of": { "appid": APP, "person": "alice" },
        })
    );
}

#[test]
fn everything_handed_out_is_listed_in_the_order_of_issue() {
    let lab = Lab::new();
    let codes = [lab.login(APP, "alice"), lab.login(APP, "bob"), lab.login(OTHER_APP, "alice")];
    let (phone, token) = (lab.tap(APP, "bob"), lab.token());
    let list = lab.wechat.artefacts();
    let of =
        |kind| list.iter().filter(|record| record.kind == kind).map(|record| record.value.as_str()).collect::<Vec<_>>();
    assert_eq!(of(ArtefactKind::LoginCode), codes);
    assert_eq!(of(ArtefactKind::PhoneCode), [phone]);
    assert_eq!(of(ArtefactKind::AccessToken), [token]);
    assert_eq!(of(ArtefactKind::AppSecret), [SECRET, OTHER_SECRET]);
    assert_eq!(of(ArtefactKind::PhoneNumber), ["+86 13800138000", "+852 61234567", "+86 13900139000"]);
    assert_eq!((of(ArtefactKind::Openid).len(), of(ArtefactKind::Unionid).len()), (6, 3));
    assert_eq!(of(ArtefactKind::SessionKey).len(), 3);
    for record in &list {
        assert_eq!(lab.wechat.history(&record.value).as_ref(), Some(record));
    }
}

#[test]
fn one_code_is_aged_and_its_neighbour_is_not() {
    let lab = Lab::new();
    let (one, two) = (lab.login(APP, "alice"), lab.login(APP, "alice"));
    assert_eq!(lab.wechat.alter(&value(&one), Alter::Age(Duration::from_secs(301))), 1);
    assert_eq!(lab.exchange(&one).rule(), "login_code_expired");
    assert_eq!(lab.wechat.alter(&value(&two), Alter::Age(Duration::from_secs(300))), 1);
    lab.exchange(&two).is_ok();
}

#[test]
fn codes_expire_and_are_taken_back_by_kind() {
    let lab = Lab::new();
    let (login, phone) = (lab.login(APP, "alice"), lab.tap(APP, "alice"));
    assert_eq!(lab.wechat.alter(&Which::Kind(ArtefactKind::LoginCode), Alter::Expire), 1);
    assert_eq!(lab.wechat.alter(&Which::Kind(ArtefactKind::LoginCode), Alter::Expire), 0);
    assert_eq!(lab.exchange(&login).rule(), "login_code_expired");
    assert_eq!(lab.wechat.alter(&Which::Kind(ArtefactKind::PhoneCode), Alter::Revoke), 1);
    assert_eq!(lab.redeem(&lab.token(), &phone).rule(), "phone_code_revoked");
    assert_eq!((state(&lab, &login), state(&lab, &phone)), ("expired".to_owned(), "revoked".to_owned()));
    let taken_back = lab.login(APP, "alice");
    assert_eq!(lab.wechat.alter(&value(&taken_back), Alter::Revoke), 1);
    assert_eq!(lab.exchange(&taken_back).rule(), "login_code_revoked");
    assert_eq!(lab.wechat.alter(&Which::Kind(ArtefactKind::Openid), Alter::Expire), 0);
    assert_eq!(lab.wechat.alter(&value("nothing"), Alter::Revoke), 0);
    assert!(lab.wechat.history("nothing").is_none());
}

#[test]
fn an_expired_token_is_told_so_and_the_stable_lane_gives_a_new_one() {
    let lab = Lab::new();
    let fetch = || {
        let body = json!({ "grant_type": "client_credential", "appid": APP, "secret": SECRET }).to_string();
        lab.post("/cgi-bin/stable_token", body).json()["access_token"].as_str().unwrap().to_owned()
    };
    let token = fetch();
    assert_eq!(lab.wechat.alter(&Which::Kind(ArtefactKind::AccessToken), Alter::Expire), 1);
    assert_eq!(lab.redeem(&token, "x").rule(), "access_token_expired");
    let newer = fetch();
    assert_ne!(newer, token);
    assert_eq!((state(&lab, &token), state(&lab, &newer)), ("replaced".to_owned(), "live".to_owned()));
    assert_eq!(lab.wechat.alter(&value(&newer), Alter::Revoke), 1);
    assert_eq!(lab.redeem(&newer, "x").rule(), "access_token_revoked");
}

#[test]
fn a_session_key_ends_when_it_is_told_to() {
    for (how, gone) in [
        (Alter::Expire, "expired"),
        (Alter::Revoke, "revoked"),
        (Alter::Age(Duration::from_secs(3 * 86_400 + 1)), "expired"),
    ] {
        let lab = Lab::new();
        let key = lab.exchange(&lab.login(APP, "alice")).json()["session_key"].as_str().unwrap().to_owned();
        assert_eq!((state(&lab, &key).as_str(), lab.wechat.alter(&value(&key), how)), ("live", 1));
        assert_eq!(state(&lab, &key), gone);
        let check = lab.device(DeviceCall::CheckSession(Whose::default()));
        assert!(check["errMsg"].as_str().unwrap().contains(":fail"), "{check}");
        lab.login(APP, "alice");
        let check = lab.device(DeviceCall::CheckSession(Whose::default()));
        assert_eq!(check, json!({ "errMsg": "checkSession:ok" }));
    }
}

#[test]
fn the_last_good_moment_of_a_code_and_of_a_replaced_token_is_told() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    let until = lab.wechat.history(&code).unwrap().expires_at.unwrap();
    lab.ground.clock.set(until);
    lab.exchange(&code).is_ok();
    let token = lab.token();
    lab.token();
    lab.ground.clock.set(lab.wechat.history(&token).unwrap().expires_at.unwrap());
    assert_eq!(lab.redeem(&token, "x").rule(), "phone_code_unknown");
    lab.ground.clock.advance(Duration::from_millis(1));
    assert_eq!(lab.redeem(&token, "x").rule(), "access_token_replaced");
}
