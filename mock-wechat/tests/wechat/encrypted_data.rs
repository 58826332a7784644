//! `POST /wxa/business/checkencryptedmsg`.

use super::*;

const PATH: &str = "/wxa/business/checkencryptedmsg";

/// A tap on the quick button by somebody who has logged in: the SHA-256 of the encrypted data.
fn handed(lab: &Lab) -> String {
    lab.login(APP, "alice");
    let detail = lab.device(DeviceCall::PhoneNumber(PhoneNumberCall::default()));
    hash(detail["encryptedData"].as_str().unwrap())
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref())
}

fn check(lab: &Lab, hash: &str) -> Seen {
    lab.call(PATH, json!({ "encrypted_msg_hash": hash }))
}

const UNKNOWN: &str = r#"{"errcode":1,"errmsg":"data not exit rid: ‹rid›"}"#;

#[test]
fn phone_data_is_known_for_three_days_in_these_bytes() {
    let lab = Lab::new();
    let hash = handed(&lab);
    lab.wait(3 * 86_400);
    let seen = check(&lab, &hash);
    assert_eq!(seen.text(), r#"{"errcode":0,"errmsg":"ok","vaild":true,"create_time":1772355600}"#);
    check(&lab, &hash.to_ascii_uppercase()).is_ok();
    lab.wait(1);
    check(&lab, &hash).is_refused("encrypted_data_unknown", UNKNOWN);
}

#[test]
fn a_form_is_read_because_an_sdk_posts_one() {
    let lab = Lab::new();
    let hash = handed(&lab);
    lab.post(&format!("{PATH}?access_token={}", lab.token()), format!("encrypted_msg_hash={hash}")).is_ok();
}

#[test]
fn what_wechat_did_not_encrypt_is_unknown() {
    let lab = Lab::new();
    lab.login(APP, "alice");
    let profile = lab.device(DeviceCall::UserInfo(mock_wechat::UserInfoCall::default()));
    for unknown in [hash("x"), hash(profile["encryptedData"].as_str().unwrap()), "x".to_owned(), "ab".to_owned()] {
        check(&lab, &unknown).is_refused("encrypted_data_unknown", UNKNOWN);
    }
}

#[test]
fn data_of_another_mini_program_is_unknown() {
    let lab = Lab::new();
    let hash = handed(&lab);
    let target = format!("{PATH}?access_token={}", lab.token_of(OTHER_APP, OTHER_SECRET));
    let seen = lab.post(&target, json!({ "encrypted_msg_hash": hash }).to_string());
    seen.is_refused("encrypted_data_unknown", UNKNOWN);
    assert!(seen.story()[0].contains(APP), "{:?}", seen.story());
}

#[test]
fn a_body_without_a_hash_is_refused_in_wechats_order() {
    let lab = Lab::new();
    let target = format!("{PATH}?access_token={}", lab.token());
    lab.post(PATH, "{}")
        .is_refused("access_token_missing", r#"{"errcode":41001,"errmsg":"access_token missing rid: ‹rid›"}"#);
    lab.get(&target).is_refused("wrong_method", r#"{"errcode":43002,"errmsg":"require POST method rid: ‹rid›"}"#);
    lab.post(&target, "")
        .is_refused("empty_body", r#"{"errcode":44002,"errmsg":"empty post data hint: [‹hint›] rid: ‹rid›"}"#);
    lab.post(&target, "hash=x")
        .is_refused("body_not_json", r#"{"errcode":47001,"errmsg":"data format error hint: [‹hint›] rid: ‹rid›"}"#);
    for body in ["{}", r#"{"encrypted_msg_hash":1}"#, r#"{"encrypted_msg_hash":" "}"#] {
        lab.post(&target, body)
            .is_refused("invalid_arguments", r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#);
    }
}
