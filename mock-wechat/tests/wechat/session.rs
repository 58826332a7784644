//! `GET /wxa/checksession` and `GET /wxa/resetusersessionkey`.

use super::*;

struct Session {
    lab: Lab,
    token: String,
    openid: String,
    key: String,
}

fn session(rules: Value) -> Session {
    let lab = Lab::with(rules);
    let answer = lab.exchange(&lab.login(APP, "alice")).json();
    let part = |name: &str| answer[name].as_str().unwrap().to_owned();
    Session { token: lab.token(), openid: part("openid"), key: part("session_key"), lab }
}

impl Session {
    fn call(&self, api: &str, key: &str) -> Seen {
        let signature = signature(key);
        self.lab.get(&format!(
            "/wxa/{api}?access_token={}&openid={}&signature={signature}&sig_method=hmac_sha256",
            self.token, self.openid
        ))
    }
}

#[test]
fn a_live_key_is_ok_in_these_bytes() {
    let session = session(json!({}));
    assert_eq!(session.call("checksession", &session.key).text(), r#"{"errcode":0,"errmsg":"ok"}"#);
}

#[test]
fn a_replaced_key_is_an_invalid_signature_though_the_phone_is_content() {
    let session = session(json!({}));
    session.lab.wait(61);
    session.lab.login(APP, "alice");
    let phone = session.lab.device(DeviceCall::CheckSession(Whose::default()));
    assert_eq!(phone, json!({ "errMsg": "checkSession:ok" }));
    let seen = session.call("checksession", &session.key);
    seen.is_refused("stale_server_key", r#"{"errcode":87009,"errmsg":"invalid signature rid: ‹rid›"}"#);
}

#[test]
fn a_key_lives_as_long_as_the_world_says_from_its_last_use() {
    let session = session(json!({ "session_key_life": "10m" }));
    session.lab.wait(600);
    session.call("checksession", &session.key).is_ok();
    session.lab.wait(600);
    session.call("checksession", &session.key).is_ok();
    session.lab.wait(601);
    session.call("checksession", &session.key).is_refused(
        "session_key_gone",
        r#"{"errcode":87007,"errmsg":"session_key is not existd or expired rid: ‹rid›"}"#,
    );
}

#[test]
fn a_reset_gives_a_new_key_and_ends_the_old_one() {
    let session = session(json!({}));
    let seen = session.call("resetusersessionkey", &session.key);
    let new = seen.json()["session_key"].as_str().unwrap().to_owned();
    assert_eq!(
        seen.text(),
        format!(r#"{{"errcode":0,"errmsg":"ok","openid":"{}","session_key":"{new}"}}"#, session.openid)
    );
    assert_ne!(new, session.key);
    assert_eq!(session.call("checksession", &session.key).rule(), "stale_server_key");
    session.call("checksession", &new).is_ok();
}

#[test]
fn checks_come_in_order() {
    let session = session(json!({}));
    let Session { token, openid, key, .. } = &session;
    let (good, elsewhere) = (signature(key), session.lab.wechat.identity(Some(OTHER_APP), "alice").unwrap().openid);
    let never = session.lab.wechat.identity(None, "carol").unwrap().openid;
    for (query, errcode, rule) in [
        (String::new(), 41001, "access_token_missing"),
        ("access_token=x".to_owned(), 40001, "access_token_unknown"),
        (format!("access_token={token}"), 40097, "invalid_arguments"),
        (format!("access_token={token}&openid={openid}"), 40097, "invalid_arguments"),
        (format!("access_token={token}&openid={openid}&signature={good}"), 40097, "invalid_arguments"),
        (format!("access_token={token}&openid={openid}&signature={good}&sig_method=md5"), 87008, "wrong_sig_method"),
        (format!("access_token={token}&openid=o&signature={good}&sig_method=hmac_sha256"), 40003, "unknown_openid"),
        (
            format!("access_token={token}&openid={}&signature={good}&sig_method=hmac_sha256", elsewhere.expose()),
            40003,
            "unknown_openid",
        ),
        (
            format!("access_token={token}&openid={}&signature={good}&sig_method=hmac_sha256", never.expose()),
            87007,
            "session_key_gone",
        ),
        (format!("access_token={token}&openid={openid}&signature=x&sig_method=hmac_sha256"), 87009, "wrong_signature"),
    ] {
        for api in ["checksession", "resetusersessionkey"] {
            let seen = session.lab.get(&format!("/wxa/{api}?{query}"));
            assert_eq!((seen.json()["errcode"].as_i64(), seen.rule()), (Some(errcode), rule), "{api} {query}");
            assert!(seen.text().ends_with(&format!(r#" rid: {}"}}"#, seen.rid())), "{}", seen.text());
        }
    }
}
