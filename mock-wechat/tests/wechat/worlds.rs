//! Worlds: open ones, strict ones, several side by side, and ones that change while they run.

use super::*;
use sim::{ArtefactKind, Tag};

fn named(world: &str, config: Value) -> Lab {
    let ground = Ground::frozen(world, 7, Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap());
    Lab { wechat: WeChat::new(serde_json::from_value(config).unwrap(), ground.clone()).unwrap(), ground }
}

fn changed(lab: &Lab, change: impl Fn(&mut Value)) {
    let mut config = serde_json::to_value(lab.wechat.config()).unwrap();
    change(&mut config);
    lab.wechat.change(serde_json::from_value(config).unwrap()).unwrap();
}

#[test]
fn where_no_mini_program_is_declared_any_appid_and_secret_is_welcome() {
    let lab = Lab::of(Config::default());
    let code = lab.login("wx-mine", "alice");
    let session = lab.get(&format!("/sns/jscode2session?appid=wx-mine&secret=anything&js_code={code}")).json();
    assert_eq!(session.as_object().unwrap().len(), 2);
    let token = lab.token_of("wx-mine", "anything");
    let info = lab.redeem(&token, &lab.tap("wx-mine", "alice")).json()["phone_info"].clone();
    assert_eq!(info["phoneNumber"], "13800138000");
    assert_eq!(lab.get("/cgi-bin/token?appid=wx-mine&grant_type=client_credential").rule(), "secret_missing");
    // Apps do not share codes even here.
    let code = lab.login("wx-mine", "alice");
    let elsewhere = lab.get(&format!("/sns/jscode2session?appid=wx-yours&secret=x&js_code={code}"));
    assert_eq!(elsewhere.rule(), "code_of_other_app");
    assert!(!lab.wechat.declares("wx-mine"));
}

#[test]
fn a_strict_world_welcomes_no_undeclared_appid() {
    let lab = Lab::of(Config { strict: true, ..Config::default() });
    let seen = lab.get("/sns/jscode2session?appid=wx1&secret=x&js_code=y&grant_type=authorization_code");
    seen.is_refused("unknown_appid", r#"{"errcode":40013,"errmsg":"invalid appid, rid: ‹rid›"}"#);
}

#[test]
fn a_code_tells_its_world_and_is_unknown_in_another() {
    let (here, there) = (named("here", shop()), named("there", shop()));
    let code = there.login(APP, "alice");
    assert_eq!(mock_wechat::tag_of(ArtefactKind::LoginCode, &code), Some(Tag::of("there")));
    let seen = here.exchange(&code);
    seen.is_refused("login_code_unknown", r#"{"errcode":40029,"errmsg":"invalid code, rid: ‹rid›"}"#);
    assert_eq!(seen.story()[1], "it carries the mark of another world");
    there.exchange(&code).is_ok();
}

#[test]
fn a_token_of_another_world_is_judged_there_and_the_code_here() {
    let (here, issuer) = (named("here", shop()), named("issuer", shop()));
    let (token, code) = (issuer.token(), here.tap(APP, "alice"));
    assert_eq!(mock_wechat::tag_of(ArtefactKind::AccessToken, &token), Some(Tag::of("issuer")));
    let call = |code: &str| {
        let request = Request::post(format!("/wxa/business/getuserphonenumber?access_token={token}"));
        let request = request.body(Bytes::from(json!({ "code": code }).to_string())).unwrap();
        Seen(here.wechat.answer(&request, Some(&issuer.wechat)))
    };
    // Here it is long past its life; there it is not.
    here.wait(290);
    let late = here.tap(APP, "alice");
    here.wait(7300);
    assert_eq!(call(&code).rule(), "phone_code_expired");
    assert_eq!(call(&late).rule(), "phone_code_expired");
    // Only now: a new code may make the world forget those that are long past.
    call(&here.tap(APP, "alice")).is_ok();
    issuer.wait(7201);
    assert_eq!(call(&here.tap(APP, "alice")).rule(), "access_token_expired");
}

#[test]
fn a_change_keeps_codes_tokens_and_keys() {
    let lab = Lab::new();
    let (code, phone, token) = (lab.login(APP, "alice"), lab.tap(APP, "alice"), lab.token());
    let before = lab.wechat.identity(None, "alice").unwrap();
    changed(&lab, |config| {
        config["people"]["dave"] = json!({ "phone": "13700137000" });
        config["mini_programs"][0]["open_platform"] = "other".into();
        config["rules"]["escape_slashes"] = true.into();
    });
    let session = lab.exchange(&code).json();
    assert_eq!(session["openid"], before.openid.expose());
    assert_ne!(session["unionid"], before.unionid.unwrap().expose());
    lab.redeem(&token, &phone).is_ok();
    lab.login(APP, "dave");
}

#[test]
fn a_unionid_appears_once_the_app_is_bound() {
    let lab = Lab::new();
    let session = || {
        let code = lab.login(OTHER_APP, "alice");
        lab.get(&format!("/sns/jscode2session?appid={OTHER_APP}&secret={OTHER_SECRET}&js_code={code}")).json()
    };
    assert!(session().get("unionid").is_none());
    changed(&lab, |config| config["mini_programs"][1]["open_platform"] = "acme".into());
    let unionid = lab.exchange(&lab.login(APP, "alice")).json()["unionid"].clone();
    assert_eq!(session()["unionid"], unionid);
}

#[test]
fn a_new_secret_leaves_tokens_good_unless_a_rule_says_otherwise() {
    for (revokes, rule) in [(false, "phone_code_unknown"), (true, "access_token_revoked")] {
        let lab = Lab::with(json!({ "new_secret_revokes_access_tokens": revokes }));
        let token = lab.token();
        changed(&lab, |config| config["mini_programs"][0]["secret"] = "f".repeat(32).into());
        assert_eq!(lab.redeem(&token, "x").rule(), rule);
        assert_eq!(lab.exchange(&lab.login(APP, "alice")).rule(), "secret_wrong");
    }
}

#[test]
fn a_wrong_change_changes_nothing() {
    let lab = Lab::new();
    let mut config = lab.wechat.config();
    config.mini_programs.push(config.mini_programs[0].clone());
    let problems = lab.wechat.change(config).unwrap_err();
    assert_eq!(problems[0].to_string(), "mini_programs.2.appid: two mini programs have the appid `wx0123456789abcdef`");
    assert_eq!(lab.wechat.config().mini_programs.len(), 2);
}

#[test]
fn what_is_exported_makes_the_same_world() {
    let mut config = shop();
    config["mini_programs"][0].as_object_mut().unwrap().remove("secret");
    let one = Lab::of(serde_json::from_value(config).unwrap());
    let exported = serde_json::to_string(&one.wechat.config()).unwrap();
    let two = Lab::of(serde_json::from_str(&exported).unwrap());
    assert_eq!(one.wechat.config(), two.wechat.config());
    assert_eq!(one.wechat.artefacts(), two.wechat.artefacts());
}

#[test]
fn a_world_can_be_out_of_reach() {
    let lab = Lab::new();
    assert!(!lab.wechat.is_down());
    changed(&lab, |config| config["down"] = true.into());
    assert!(lab.wechat.is_down());
}
