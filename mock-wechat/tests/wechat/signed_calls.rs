//! Signed and encrypted server calls, as an honest back end makes them, and as others do.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;

use super::*;

const PATH: &str = "/wxa/business/getuserphonenumber";
const KEY: &str = "otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY=";
const KEY_SERIAL: &str = "fa05fe1e5bcc79b81ad5ad4b58acf787";
const APP_SERIAL: &str = "97845f6ed842ea860df6fdf65941ff56";
/// 2026-03-01T09:00:00Z, where every lab begins.
const START: i64 = 1_772_355_600;

/// The shop, whose first mini program has API security on.
fn lab() -> Lab {
    Lab::with_app(json!({ "api_security": security() }))
}

fn security() -> Value {
    json!({
        "symmetric_key": { "sn": KEY_SERIAL, "key": KEY },
        "app_key": { "sn": APP_SERIAL, "public_key": include_str!("../../keys/published-app-key.pub.pem") },
    })
}

fn der(pem: &str) -> Vec<u8> {
    let block = pem.split("-----").nth(2).unwrap();
    BASE64.decode(block.split_ascii_whitespace().collect::<String>().as_bytes()).unwrap()
}

fn aes() -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &BASE64.decode(KEY.as_bytes()).unwrap()).unwrap())
}

/// A call that an honest back end is about to make; a test changes what it wants to be wrong.
struct Signed {
    path: &'static str,
    /// Scheme and host in what is signed.
    base: String,
    appid: String,
    timestamp: i64,
    key_serial: String,
    members: Value,
    /// The serial in what is signed and in the header.
    serial: Option<String>,
}

impl Signed {
    fn new(members: Value) -> Self {
        let mut all = json!({ "_n": "o89QaPVsRu1yppIZzvSZc4", "_appid": APP, "_timestamp": START });
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        Self {
            path: PATH,
            base: "https://api.weixin.qq.com".to_owned(),
            appid: APP.to_owned(),
            timestamp: START,
            key_serial: KEY_SERIAL.to_owned(),
            members: all,
            serial: None,
        }
    }

    fn at(mut self, timestamp: i64) -> Self {
        self.timestamp = timestamp;
        self.members["_timestamp"] = timestamp.into();
        self
    }

    fn body(&self) -> String {
        let covered = format!("{}{}|{}|{}|{}", self.base, self.path, self.appid, self.timestamp, self.key_serial);
        let mut data = self.members.to_string().into_bytes();
        let nonce = Nonce::assume_unique_for_key(*b"twelve bytes");
        let tag = aes().seal_in_place_separate_tag(nonce, Aad::from(covered), &mut data).unwrap();
        let [iv, data, authtag] = [&b"twelve bytes"[..], &data, tag.as_ref()].map(|bytes| BASE64.encode(bytes));
        json!({ "iv": iv, "data": data, "authtag": authtag }).to_string()
    }

    /// The request with this body, signed.
    fn request(&self, token: &str, body: String) -> Request<Bytes> {
        let pair = KeyPair::from_pkcs8(&der(include_str!("../../keys/published-app-key.pem"))).unwrap();
        let serial = self.serial.as_ref().map(|serial| format!("{serial}\n")).unwrap_or_default();
        let text = format!("{}{}\n{}\n{}\n{serial}{body}", self.base, self.path, self.appid, self.timestamp);
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
        let mut request = Request::post(format!("{}?access_token={token}", self.path))
            .header("Host", "127.0.0.1:17080")
            .header("Wechatmp-Appid", &self.appid)
            .header("Wechatmp-TimeStamp", self.timestamp)
            .header("Wechatmp-Signature", BASE64.encode(&signature));
        if let Some(serial) = &self.serial {
            request = request.header("Wechatmp-Serial", serial);
        }
        request.body(body.into()).unwrap()
    }

    fn send(&self, lab: &Lab) -> Seen {
        lab.send(self.request(&lab.token(), self.body()))
    }
}

/// What an honest back end makes of an answer: it verifies, decrypts, and takes the members that protect it away.
fn opened(seen: &Seen, base: &str, path: &str) -> Value {
    let [appid, timestamp, serial, signature] =
        ["appid", "timestamp", "serial", "signature"].map(|name| seen.header(&format!("wechatmp-{name}")).unwrap());
    assert_eq!((appid, serial), (APP, "0123456789ABCDEF0123456789ABCDEF01234567"));
    let text = format!("{base}{path}\n{appid}\n{timestamp}\n{}", seen.text());
    let public = der(include_str!("../../keys/published-platform-key.pub.pem"));
    UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public)
        .verify(text.as_bytes(), &BASE64.decode(signature.as_bytes()).unwrap())
        .expect("the platform key signed it");
    assert_eq!(seen.header("content-length"), Some(&*seen.text().len().to_string()));
    let envelope = seen.json();
    let bytes = |name: &str| BASE64.decode(envelope[name].as_str().unwrap().as_bytes()).unwrap();
    let mut data = [bytes("data"), bytes("authtag")].concat();
    let nonce = Nonce::try_assume_unique_for_key(&bytes("iv")).unwrap();
    let covered = format!("{base}{path}|{appid}|{timestamp}|{KEY_SERIAL}");
    let plain = aes().open_in_place(nonce, Aad::from(covered), &mut data).expect("it is encrypted for the caller");
    let mut members: Value = serde_json::from_slice(plain).unwrap();
    let members_of = members.as_object_mut().unwrap();
    assert_eq!(members_of.shift_remove("_n").unwrap().as_str().unwrap().len(), 22);
    assert_eq!(members_of.shift_remove("_appid"), Some(appid.into()));
    assert_eq!(members_of.shift_remove("_timestamp").unwrap().to_string(), timestamp);
    members
}

fn phone_call(lab: &Lab) -> Signed {
    Signed::new(json!({ "code": lab.tap(APP, "alice") }))
}

#[test]
fn a_signed_call_gets_a_signed_answer() {
    let lab = lab();
    let call = phone_call(&lab);
    let seen = call.send(&lab);
    let answer = opened(&seen, &call.base, PATH);
    assert_eq!(
        answer.to_string(),
        format!(
            concat!(
                r#"{{"errcode":0,"errmsg":"ok","phone_info":{{"phoneNumber":"13800138000","#,
                r#""purePhoneNumber":"13800138000","countryCode":"86","watermark":{{"timestamp":{},"appid":"{}"}}}}}}"#
            ),
            START, APP
        )
    );
    assert_eq!(seen.header("content-type"), Some("application/json; encoding=utf-8"));
}

#[test]
fn during_a_change_of_certificates_the_old_key_signs_beside_the_new_one() {
    let mut security = security();
    let old = json!({ "sn": "OLD", "private_key": include_str!("../../keys/published-app-key.pem") });
    security["deprecated_platform_key"] = old;
    let lab = Lab::with_app(json!({ "api_security": security }));
    let call = phone_call(&lab);
    let seen = call.send(&lab);
    assert_eq!(opened(&seen, &call.base, PATH)["errcode"], 0, "the new key is good meanwhile");
    assert_eq!(seen.header("wechatmp-serial-deprecated"), Some("OLD"));
    let timestamp = seen.header("wechatmp-timestamp").unwrap();
    let text = format!("{}{PATH}\n{APP}\n{timestamp}\n{}", call.base, seen.text());
    let signature = seen.header("wechatmp-signature-deprecated").unwrap();
    UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, der(include_str!("../../keys/published-app-key.pub.pem")))
        .verify(text.as_bytes(), &BASE64.decode(signature.as_bytes()).unwrap())
        .expect("the old key signed the same text");
}

#[test]
fn without_a_change_of_certificates_nothing_is_said_of_an_old_one() {
    let lab = lab();
    let seen = phone_call(&lab).send(&lab);
    for name in ["wechatmp-serial-deprecated", "wechatmp-signature-deprecated"] {
        assert_eq!(seen.header(name), None);
    }
}

#[test]
fn a_refusal_of_the_api_itself_is_signed_and_encrypted_too() {
    let lab = lab();
    let call = phone_call(&lab);
    call.send(&lab);
    let seen = call.send(&lab);
    assert_eq!(seen.rule(), "phone_code_used");
    let answer = opened(&seen, &call.base, PATH);
    assert_eq!(answer["errcode"], 40029);
    assert!(answer["errmsg"].as_str().unwrap().ends_with(&format!("rid: {}", seen.rid())), "{answer}");
}

#[test]
fn every_covered_api_takes_a_signed_call() {
    let lab = lab();
    for (path, members, errcode) in [
        ("/cgi-bin/clear_quota", json!({ "appid": APP }), 0),
        ("/cgi-bin/openapi/quota/get", json!({ "cgi_path": PATH }), 0),
        ("/cgi-bin/openapi/rid/get", json!({ "rid": "69a40000-00000000-00000000" }), 76001),
        ("/wxa/business/checkencryptedmsg", json!({ "encrypted_msg_hash": "00" }), 1),
    ] {
        let call = Signed { path, ..Signed::new(members) };
        assert_eq!(opened(&call.send(&lab), &call.base, path)["errcode"], errcode, "{path}");
    }
}

#[test]
fn the_address_that_was_called_can_be_signed_instead_of_wechats_own() {
    let lab = lab();
    for base in ["http://127.0.0.1:17080", "https://127.0.0.1:17080"] {
        let call = Signed { base: base.to_owned(), ..phone_call(&lab) };
        assert_eq!(opened(&call.send(&lab), base, PATH)["errcode"], 0, "{base}");
    }
    let other = Signed { base: "https://sh.api.weixin.qq.com".to_owned(), ..phone_call(&lab) };
    assert_eq!(other.send(&lab).rule(), "call_signature_wrong");
}

#[test]
fn the_number_of_the_key_is_part_of_what_is_signed_only_beside_its_header() {
    let lab = lab();
    let with = |serial: &str| Signed { serial: Some(serial.to_owned()), ..phone_call(&lab) };
    let call = with(APP_SERIAL);
    assert_eq!(opened(&call.send(&lab), &call.base, PATH)["errcode"], 0);
    assert_eq!(with("another").send(&lab).rule(), "call_signature_wrong");
    let call = with(APP_SERIAL);
    let mut request = call.request(&lab.token(), call.body());
    request.headers_mut().remove("wechatmp-serial");
    assert_eq!(lab.send(request).rule(), "call_signature_wrong");
    let call = phone_call(&lab);
    let mut request = call.request(&lab.token(), call.body());
    request.headers_mut().insert("wechatmp-serial", APP_SERIAL.parse().unwrap());
    opened(&lab.send(request), &call.base, PATH);
}

#[test]
fn a_plain_call_is_refused_for_the_first_header_that_is_missing() {
    let lab = lab();
    let call = phone_call(&lab);
    let send = |without: &[&str]| {
        let mut request = call.request(&lab.token(), call.body());
        for name in without {
            request.headers_mut().remove(*name);
        }
        lab.send(request)
    };
    let (appid, time, signature) = ("wechatmp-appid", "wechatmp-timestamp", "wechatmp-signature");
    send(&[appid, time, signature])
        .is_refused("signed_appid_missing", r#"{"errcode":40233,"errmsg":"missing appid rid: ‹rid›"}"#);
    send(&[time, signature])
        .is_refused("signed_timestamp_missing", r#"{"errcode":40231,"errmsg":"missing timestamp rid: ‹rid›"}"#);
    send(&[signature])
        .is_refused("call_signature_missing", r#"{"errcode":40232,"errmsg":"missing signature rid: ‹rid›"}"#);
    assert!(send(&[signature]).header("wechatmp-signature").is_none(), "it is refused in plain bytes");
    lab.redeem(&lab.token(), "x")
        .is_refused("signed_appid_missing", r#"{"errcode":40233,"errmsg":"missing appid rid: ‹rid›"}"#);
    opened(&send(&[]), &call.base, PATH);
}

#[test]
fn a_call_is_good_for_five_minutes_before_and_after_its_time_and_not_one_second_longer() {
    let lab = lab();
    lab.wait(1000);
    let now = START + 1000;
    for at in [now - 300, now + 300] {
        let call = phone_call(&lab).at(at);
        opened(&call.send(&lab), &call.base, PATH);
    }
    for at in [now - 301, now + 301, i64::MIN, i64::MAX] {
        phone_call(&lab)
            .at(at)
            .send(&lab)
            .is_refused("signed_timestamp_too_old", r#"{"errcode":40240,"errmsg":"timestamp too old rid: ‹rid›"}"#);
    }
    let call = phone_call(&lab);
    let mut request = call.request(&lab.token(), call.body());
    request.headers_mut().insert("wechatmp-timestamp", "noon".parse().unwrap());
    assert_eq!(lab.send(request).rule(), "signed_timestamp_missing");
}

#[test]
fn the_appid_in_the_header_is_the_access_tokens() {
    let lab = lab();
    let with = |appid: &str| Signed { appid: appid.to_owned(), ..phone_call(&lab) }.send(&lab);
    with("wx-nobody").is_refused("signed_appid_unknown", r#"{"errcode":40236,"errmsg":"invalid appid rid: ‹rid›"}"#);
    with(OTHER_APP).is_refused(
        "signed_appid_of_other_app",
        r#"{"errcode":40237,"errmsg":"appid does not match access_token rid: ‹rid›"}"#,
    );
}

#[test]
fn a_body_that_was_changed_after_it_was_signed_is_refused_and_the_code_stays_good() {
    let lab = lab();
    let call = phone_call(&lab);
    let request = call.request(&lab.token(), call.body());
    let changed = |body: String| {
        let mut changed = Request::post(request.uri()).body(Bytes::from(body)).unwrap();
        *changed.headers_mut() = request.headers().clone();
        lab.send(changed)
    };
    for body in [format!("{} ", call.body()), String::new(), r#"{"code":"x"}"#.to_owned()] {
        changed(body)
            .is_refused("call_signature_wrong", r#"{"errcode":40234,"errmsg":"invalid signature rid: ‹rid›"}"#);
    }
    opened(&changed(call.body()), &call.base, PATH);
}

#[test]
fn a_body_that_is_signed_but_not_encrypted_right_is_refused() {
    let lab = lab();
    let refused = |seen: Seen| {
        seen.is_refused("call_encryption_wrong", r#"{"errcode":40235,"errmsg":"invalid encryption rid: ‹rid›"}"#);
    };
    refused(Signed { key_serial: "another".to_owned(), ..phone_call(&lab) }.send(&lab));
    let call = phone_call(&lab);
    let code = call.members["code"].clone();
    refused(lab.send(call.request(&lab.token(), json!({ "code": code }).to_string())));
    let mut body: Value = serde_json::from_str(&call.body()).unwrap();
    body["authtag"] = "AAAAAAAAAAAAAAAAAAAAAA==".into();
    refused(lab.send(call.request(&lab.token(), body.to_string())));
    for (member, value) in [
        ("_n", Value::Null),
        ("_n", "".into()),
        ("_appid", OTHER_APP.into()),
        ("_appid", Value::Null),
        ("_timestamp", (START + 1).into()),
        ("_timestamp", START.to_string().into()),
    ] {
        let mut call = phone_call(&lab);
        call.members[member] = value;
        refused(call.send(&lab));
    }
    refused(Signed { members: json!([]), ..phone_call(&lab) }.send(&lab));
}

#[test]
fn a_mode_that_is_on_without_its_keys_says_which_is_missing() {
    let without = |key: &str| {
        let mut security = security();
        security.as_object_mut().unwrap().remove(key);
        let lab = Lab::with_app(json!({ "api_security": security }));
        phone_call(&lab).send(&lab)
    };
    without("symmetric_key")
        .is_refused("no_symmetric_key", r#"{"errcode":40238,"errmsg":"no symmetric key rid: ‹rid›"}"#);
    without("app_key").is_refused("no_public_key", r#"{"errcode":40239,"errmsg":"no public key rid: ‹rid›"}"#);
}

#[test]
fn an_envelope_is_a_body_without_a_code_where_the_mode_is_off() {
    let lab = Lab::new();
    phone_call(&lab)
        .send(&lab)
        .is_refused("invalid_arguments", r#"{"errcode":40097,"errmsg":"invalid args rid: ‹rid›"}"#);
}

#[test]
fn what_is_not_covered_and_what_is_refused_earlier_stays_plain() {
    let lab = lab();
    let session = lab.exchange(&lab.login(APP, "alice")).json();
    let (openid, key) = (session["openid"].as_str().unwrap(), session["session_key"].as_str().unwrap());
    let query = format!("openid={openid}&signature={}&sig_method=hmac_sha256", signature(key));
    lab.get(&format!("/wxa/checksession?access_token={}&{query}", lab.token())).is_ok();
    lab.post(PATH, "{}")
        .is_refused("access_token_missing", r#"{"errcode":41001,"errmsg":"access_token missing rid: ‹rid›"}"#);
    let target = format!("{PATH}?access_token={}", lab.token());
    lab.get(&target).is_refused("wrong_method", r#"{"errcode":43002,"errmsg":"require POST method rid: ‹rid›"}"#);
    let other = lab.token_of(OTHER_APP, OTHER_SECRET);
    lab.redeem(&other, &lab.tap(OTHER_APP, "alice")).is_ok();
    let forbidden = json!({ "api_security": security(), "permissions": { "phone_number": false } });
    let lab = Lab::with_app(forbidden);
    lab.redeem(&lab.token(), "x")
        .is_refused("api_unauthorized", r#"{"errcode":48001,"errmsg":"api unauthorized rid: ‹rid›"}"#);
}

#[test]
fn two_worlds_of_one_seed_encrypt_with_the_same_vectors_but_never_twice_with_one() {
    let vectors = || {
        let lab = lab();
        let vector = |_| phone_call(&lab).send(&lab).json()["iv"].as_str().unwrap().to_owned();
        [0, 1].map(vector)
    };
    let [first, second] = vectors();
    assert_ne!(first, second);
    assert_eq!(vectors(), [first, second]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_signed_body_makes_it_panic(bytes in ".{0,80}", members in ".{0,40}") {
        let lab = lab();
        let call = phone_call(&lab);
        let seen = lab.send(call.request(&lab.token(), bytes));
        proptest::prop_assert_eq!(seen.rule(), "call_encryption_wrong");
        let call = Signed { members: members.into(), ..phone_call(&lab) };
        let seen = call.send(&lab);
        proptest::prop_assert_eq!(seen.rule(), "call_encryption_wrong");
    }
}
