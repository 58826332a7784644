//! Signed and encrypted server calls in the second suite of algorithms: SM4 encrypts, SM2 signs.

use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use aes_gcm::{AesGcm, KeyInit};
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::pkcs8::{DecodePrivateKey, DecodePublicKey};

use super::*;

const ADDRESS: &str = "https://api.weixin.qq.com/wxa/business/getuserphonenumber";
const KEY: [u8; 16] = *b"sixteen bytes...";
const KEY_SERIAL: &str = "fa05fe1e5bcc79b81ad5ad4b58acf787";
const APP_SERIAL: &str = "97845f6ed842ea860df6fdf65941ff56";
const PLATFORM_SERIAL: &str = "0123456789ABCDEF0123456789ABCDEF01234567";
/// 2026-03-01T09:00:00Z, where every lab begins.
const START: i64 = 1_772_355_600;

fn security() -> Value {
    let public = include_str!("../../keys/published-app-key-sm2.pub.pem");
    json!({
        "symmetric_key": { "sn": KEY_SERIAL, "algorithm": "SM4_GCM", "key": BASE64.encode(&KEY) },
        "app_key": { "sn": APP_SERIAL, "algorithm": "SM2withSM3", "public_key": public },
    })
}

fn lab() -> Lab {
    Lab::with_app(json!({ "api_security": security() }))
}

fn der(pem: &str) -> Vec<u8> {
    let block = pem.split("-----").nth(2).unwrap();
    BASE64.decode(block.split_ascii_whitespace().collect::<String>().as_bytes()).unwrap()
}

fn cipher() -> AesGcm<sm4::Sm4, U12> {
    AesGcm::new(&KEY.into())
}

/// What an honest back end encrypts.
fn members(lab: &Lab) -> Value {
    let code = lab.tap(APP, "alice");
    json!({ "_n": "o89QaPVsRu1yppIZzvSZc4", "_appid": APP, "_timestamp": START, "code": code })
}

/// What an honest back end sends.
fn body(members: &Value) -> String {
    let mut data = members.to_string().into_bytes();
    let covered = format!("{ADDRESS}|{APP}|{START}|{KEY_SERIAL}");
    let tag = cipher()
        .encrypt_inout_detached(&(*b"twelve bytes").into(), covered.as_bytes(), data.as_mut_slice().into())
        .unwrap();
    let [iv, data, authtag] = [&b"twelve bytes"[..], &data, &tag].map(|bytes| BASE64.encode(bytes));
    json!({ "iv": iv, "data": data, "authtag": authtag }).to_string()
}

/// The signature of a body under an identity.
fn signature_of(body: &str, identity: &str) -> Signature {
    let secret = sm2::SecretKey::from_pkcs8_der(&der(include_str!("../../keys/published-app-key-sm2.pem"))).unwrap();
    let text = format!("{ADDRESS}\n{APP}\n{START}\n{body}");
    SigningKey::new(identity, &secret).unwrap().sign(text.as_bytes())
}

fn send(lab: &Lab, body: &str, signature: &[u8]) -> Seen {
    let request = Request::post(format!("/wxa/business/getuserphonenumber?access_token={}", lab.token()))
        .header("Wechatmp-Appid", APP)
        .header("Wechatmp-TimeStamp", START)
        .header("Wechatmp-Signature", BASE64.encode(signature));
    lab.send(request.body(Bytes::from(body.to_owned())).unwrap())
}

/// A call in which everything is right.
fn ask(lab: &Lab) -> Seen {
    let body = body(&members(lab));
    send(lab, &body, signature_of(&body, APP_SERIAL).to_der().as_bytes())
}

/// What an honest back end makes of an answer: it verifies, decrypts, and takes the members that protect it away.
fn opened(seen: &Seen) -> Value {
    assert_eq!(seen.header("wechatmp-serial"), Some(PLATFORM_SERIAL));
    let text = format!("{ADDRESS}\n{APP}\n{}\n{}", seen.header("wechatmp-timestamp").unwrap(), seen.text());
    let public = der(include_str!("../../keys/published-platform-key-sm2.pub.pem"));
    let public = sm2::PublicKey::from_public_key_der(&public).unwrap();
    let signature = BASE64.decode(seen.header("wechatmp-signature").unwrap().as_bytes()).unwrap();
    VerifyingKey::new(PLATFORM_SERIAL, public)
        .unwrap()
        .verify(text.as_bytes(), &Signature::from_der(&signature).unwrap())
        .expect("the platform key signed it under its number");
    let envelope = seen.json();
    let bytes = |name: &str| BASE64.decode(envelope[name].as_str().unwrap().as_bytes()).unwrap();
    let (iv, tag): ([u8; 12], [u8; 16]) = (bytes("iv").try_into().unwrap(), bytes("authtag").try_into().unwrap());
    let mut data = bytes("data");
    let covered = format!("{ADDRESS}|{APP}|{}|{KEY_SERIAL}", seen.header("wechatmp-timestamp").unwrap());
    cipher()
        .decrypt_inout_detached(&iv.into(), covered.as_bytes(), data.as_mut_slice().into(), &tag.into())
        .expect("it is encrypted for the caller");
    let mut members: Value = serde_json::from_slice(&data).unwrap();
    for name in ["_n", "_appid", "_timestamp"] {
        members.as_object_mut().unwrap().shift_remove(name).unwrap();
    }
    members
}

#[test]
fn a_call_that_sm4_encrypted_and_sm2_signed_is_answered_in_kind() {
    let answer = opened(&ask(&lab()));
    assert_eq!((&answer["errcode"], &answer["phone_info"]["phoneNumber"]), (&json!(0), &json!("13800138000")));
}

#[test]
fn a_refusal_of_the_api_itself_is_signed_and_encrypted_too() {
    let lab = lab();
    let body = body(&members(&lab));
    let signature = signature_of(&body, APP_SERIAL).to_der();
    assert_eq!(opened(&send(&lab, &body, signature.as_bytes()))["errcode"], 0);
    assert_eq!(opened(&send(&lab, &body, signature.as_bytes()))["errcode"], 40029);
}

#[test]
fn a_signature_of_both_numbers_in_64_bytes_is_taken() {
    let lab = lab();
    let body = body(&members(&lab));
    let signature = signature_of(&body, APP_SERIAL).to_bytes();
    assert_eq!(opened(&send(&lab, &body, &signature))["errcode"], 0);
}

#[test]
fn a_signature_under_another_identity_than_the_number_of_the_key_is_refused() {
    let lab = lab();
    let body = body(&members(&lab));
    let refused = |identity: &str| {
        let seen = send(&lab, &body, signature_of(&body, identity).to_der().as_bytes());
        seen.is_refused("call_signature_wrong", r#"{"errcode":40234,"errmsg":"invalid signature rid: ‹rid›"}"#);
        seen.story().join("; ")
    };
    for identity in ["", KEY_SERIAL, PLATFORM_SERIAL] {
        let story = refused(identity);
        assert!(story.contains(&format!("the key {APP_SERIAL} of {APP} did not sign this call with SM2")), "{story}");
        assert!(story.contains(&format!("the identity is the number of the key, `{APP_SERIAL}`")), "{story}");
    }
    let story = refused("1234567812345678");
    assert!(story.contains("signed this call under the identity 1234567812345678"), "{story}");
    let signature = signature_of(&body, APP_SERIAL).to_der();
    assert_eq!(opened(&send(&lab, &body, signature.as_bytes()))["errcode"], 0, "the code stayed good");
}

#[test]
fn a_body_that_was_changed_after_it_was_signed_is_refused() {
    let lab = lab();
    let body = body(&members(&lab));
    let signature = signature_of(&body, APP_SERIAL).to_der();
    send(&lab, &format!("{body} "), signature.as_bytes())
        .is_refused("call_signature_wrong", r#"{"errcode":40234,"errmsg":"invalid signature rid: ‹rid›"}"#);
}

#[test]
fn a_body_that_is_signed_but_not_encrypted_right_is_refused() {
    let lab = lab();
    let mut body: Value = serde_json::from_str(&body(&members(&lab))).unwrap();
    body["authtag"] = "AAAAAAAAAAAAAAAAAAAAAA==".into();
    let body = body.to_string();
    send(&lab, &body, signature_of(&body, APP_SERIAL).to_der().as_bytes())
        .is_refused("call_encryption_wrong", r#"{"errcode":40235,"errmsg":"invalid encryption rid: ‹rid›"}"#);
}

#[test]
fn a_mode_that_is_on_without_its_keys_says_which_is_missing() {
    let without = |key: &str| {
        let mut security = security();
        security.as_object_mut().unwrap().remove(key);
        ask(&Lab::with_app(json!({ "api_security": security })))
    };
    without("symmetric_key")
        .is_refused("no_symmetric_key", r#"{"errcode":40238,"errmsg":"no symmetric key rid: ‹rid›"}"#);
    without("app_key").is_refused("no_public_key", r#"{"errcode":40239,"errmsg":"no public key rid: ‹rid›"}"#);
}

#[test]
fn a_change_from_rsa_to_sm2_is_signed_with_both() {
    let mut security = security();
    let old = json!({ "sn": "OLD", "private_key": include_str!("../../keys/published-platform-key.pem") });
    security["deprecated_platform_key"] = old;
    let seen = ask(&Lab::with_app(json!({ "api_security": security })));
    assert_eq!(opened(&seen)["errcode"], 0, "the new key is good meanwhile");
    assert_eq!(seen.header("wechatmp-serial-deprecated"), Some("OLD"));
    let text = format!("{ADDRESS}\n{APP}\n{}\n{}", seen.header("wechatmp-timestamp").unwrap(), seen.text());
    let signature = seen.header("wechatmp-signature-deprecated").unwrap();
    let public = der(include_str!("../../keys/published-platform-key.pub.pem"));
    UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public)
        .verify(text.as_bytes(), &BASE64.decode(signature.as_bytes()).unwrap())
        .expect("the old key signed the same text");
}

#[test]
fn two_worlds_of_one_seed_answer_with_the_same_bytes_and_the_same_signature() {
    let answer = || {
        let seen = ask(&lab());
        [seen.text().to_owned(), seen.header("wechatmp-signature").unwrap().to_owned()]
    };
    assert_eq!(answer(), answer());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_signature_and_no_body_make_it_panic(body in ".{0,80}", signature: Vec<u8>) {
        let lab = lab();
        let seen = send(&lab, &body, &signature);
        proptest::prop_assert_eq!(seen.rule(), match signature.is_empty() {
            true => "call_signature_missing",
            false => "call_signature_wrong",
        });
        let seen = send(&lab, &body, signature_of(&body, APP_SERIAL).to_der().as_bytes());
        proptest::prop_assert_eq!(seen.rule(), "call_encryption_wrong");
    }
}
