//! What the phone hands to callbacks.

use super::*;
use mock_wechat::{AccountInfoCall, UserInfoCall, UserProfileCall};
use sim::Tag;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn tap(realtime: bool) -> DeviceCall {
    DeviceCall::PhoneNumber(PhoneNumberCall { realtime, ..PhoneNumberCall::default() })
}

fn user_info(with_credentials: bool) -> DeviceCall {
    DeviceCall::UserInfo(UserInfoCall { with_credentials, ..UserInfoCall::default() })
}

fn user_profile(desc: Option<&str>) -> DeviceCall {
    DeviceCall::UserProfile(UserProfileCall { desc: desc.map(str::to_owned), ..UserProfileCall::default() })
}

#[test]
fn a_login_hands_over_a_code_that_names_its_world() {
    let lab = Lab::new();
    let body = lab.device(DeviceCall::Login(LoginCall::default()));
    assert_eq!((keys(&body), &body["errMsg"]), (vec!["errMsg", "code"], &json!("login:ok")));
    let code = body["code"].as_str().unwrap();
    assert!(
        code.len() == 32 && code.starts_with('0') && code.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{code}"
    );
    assert_eq!(mock_wechat::tag_of(sim::ArtefactKind::LoginCode, code), Some(Tag::of("test")));
}

#[test]
fn the_quick_button_needs_no_login_and_adds_the_legacy_pair_after_one() {
    let lab = Lab::new();
    let before = lab.device(tap(false));
    assert_eq!((keys(&before), &before["errMsg"]), (vec!["errMsg", "code"], &json!("getPhoneNumber:ok")));
    let code = before["code"].as_str().unwrap();
    assert!(
        code.len() == 64 && code.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)),
        "{code}"
    );
    assert_eq!(mock_wechat::tag_of(sim::ArtefactKind::PhoneCode, code), Some(Tag::of("test")));

    let key = lab.exchange(&lab.login(APP, "alice")).json()["session_key"].as_str().unwrap().to_owned();
    let after = lab.device(tap(false));
    assert_eq!(keys(&after), ["errMsg", "code", "encryptedData", "iv"]);
    let plain = decrypt(&key, &after);
    assert_eq!(
        plain.to_string(),
        concat!(
            r#"{"phoneNumber":"13800138000","purePhoneNumber":"13800138000","countryCode":"86","#,
            r#""watermark":{"timestamp":1772355600,"appid":"wx0123456789abcdef"}}"#
        )
    );
    assert_ne!(lab.device(tap(false))["iv"], after["iv"]);
}

#[test]
fn the_real_time_button_hands_over_the_code_alone_under_the_quick_ones_name() {
    let lab = Lab::new();
    lab.login(APP, "alice");
    let body = lab.device(tap(true));
    assert_eq!((keys(&body), &body["errMsg"]), (vec!["errMsg", "code"], &json!("getPhoneNumber:ok")));
}

#[test]
fn a_person_without_a_number_turns_away() {
    let lab = Lab::new();
    let call = PhoneNumberCall { person: Some("carol".to_owned()), ..PhoneNumberCall::default() };
    let answer = lab.wechat.device(&DeviceCall::PhoneNumber(call)).unwrap();
    assert_eq!(answer.body, json!({ "errMsg": "getPhoneNumber:fail user cancel" }));
    assert_eq!(answer.note.refusal.unwrap().rule, "no_phone_number");
}

#[test]
fn a_number_that_is_not_the_persons_is_a_mistake_in_the_test() {
    let lab = Lab::new();
    for (phone, message) in
        [("13900139000", "alice has no number 13900139000"), ("x", "`x` is not a phone number such as +86 13800138000")]
    {
        let call = PhoneNumberCall { phone: Some(phone.to_owned()), ..PhoneNumberCall::default() };
        let problem = lab.wechat.device(&DeviceCall::PhoneNumber(call)).unwrap_err();
        assert_eq!((problem.field, problem.message.as_str()), ("phone", message));
        assert_eq!(problem.hint.as_deref(), Some("alice has +86 13800138000"));
    }
}

#[test]
fn a_session_ends_three_days_after_its_last_use() {
    let lab = Lab::new();
    let check = || lab.device(DeviceCall::CheckSession(Whose::default()));
    let fail = json!({ "errMsg": "checkSession:fail 系统错误，错误码：-13001,session time out" });
    assert_eq!(check(), fail);
    lab.login(APP, "alice");
    lab.wait(3 * 86_400);
    assert_eq!(check(), json!({ "errMsg": "checkSession:ok" }));
    lab.wait(3 * 86_400 + 1);
    assert_eq!(check(), fail);
}

#[test]
fn user_info_is_anonymous_outside_and_names_the_person_inside() {
    let lab = Lab::new();
    let session = lab.exchange(&lab.login(APP, "alice")).json();
    let key = session["session_key"].as_str().unwrap();
    let info = lab.device(user_info(true));
    assert_eq!(keys(&info), ["errMsg", "userInfo", "rawData", "signature", "encryptedData", "iv"]);
    let raw_data = info["rawData"].as_str().unwrap();
    assert!(
        raw_data.starts_with(
            r#"{"nickName":"微信用户","gender":0,"language":"zh_CN","city":"","province":"","country":"","avatarUrl":"https://"#
        ),
        "{raw_data}"
    );
    assert_eq!(serde_json::from_str::<Value>(raw_data).unwrap(), info["userInfo"]);
    let signed =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, format!("{raw_data}{key}").as_bytes());
    assert_eq!(info["signature"], HEXLOWER.encode(signed.as_ref()));
    let plain = decrypt(key, &info);
    assert_eq!(
        keys(&plain),
        [
            "openId",
            "nickName",
            "gender",
            "language",
            "city",
            "province",
            "country",
            "avatarUrl",
            "unionId",
            "watermark"
        ]
    );
    assert_eq!((&plain["openId"], &plain["unionId"]), (&session["openid"], &session["unionid"]));
    assert_eq!(plain["watermark"], json!({ "timestamp": 1772355600, "appid": APP }));
}

#[test]
fn credentials_need_a_login() {
    let lab = Lab::new();
    let refused = lab.wechat.device(&user_info(true)).unwrap();
    assert!(refused.body["errMsg"].as_str().unwrap().starts_with("getUserInfo:fail "));
    assert_eq!(refused.note.refusal.unwrap().rule, "session_key_gone");
    assert_eq!(keys(&lab.device(user_info(false))), ["errMsg", "userInfo", "rawData"]);
    lab.login(APP, "alice");
    assert_eq!(keys(&lab.device(user_info(false))), ["errMsg", "userInfo", "rawData", "signature"]);
}

#[test]
fn a_profile_holds_no_identifiers_and_a_name_only_where_a_rule_says_so() {
    for (rule, name) in [("anonymous", "微信用户"), ("own", "Alice")] {
        let lab = Lab::with(json!({ "user_profile": rule }));
        let session = lab.exchange(&lab.login(APP, "alice")).json();
        let profile = lab.device(user_profile(Some("用于完善会员资料")));
        assert_eq!((&profile["errMsg"], &profile["userInfo"]["nickName"]), (&json!("getUserProfile:ok"), &json!(name)));
        let plain = decrypt(session["session_key"].as_str().unwrap(), &profile);
        assert!(plain.get("openId").is_none() && plain.get("unionId").is_none() && plain["nickName"] == name);
    }
}

#[test]
fn the_purpose_of_a_profile_has_at_most_thirty_characters() {
    let lab = Lab::new();
    let message = |desc: Option<&str>| lab.device(user_profile(desc))["errMsg"].as_str().unwrap().to_owned();
    assert_eq!(
        (message(None), message(Some(&"字".repeat(30)))),
        ("getUserProfile:ok".to_owned(), "getUserProfile:ok".to_owned())
    );
    for desc in [String::new(), "字".repeat(31)] {
        assert_eq!(message(Some(&desc)), "getUserProfile:fail desc length does not meet the requirements");
    }
}

#[test]
fn account_info_shows_a_version_in_release_only() {
    for (env, version) in [("develop", ""), ("trial", ""), ("release", "1.2.3")] {
        let mut config = shop();
        config["mini_programs"][0]["env_version"] = env.into();
        config["mini_programs"][0]["version"] = "1.2.3".into();
        let lab = Lab::of(serde_json::from_value(config).unwrap());
        let info = lab.device(DeviceCall::AccountInfo(AccountInfoCall::default()));
        assert_eq!(info, json!({ "miniProgram": { "appId": APP, "envVersion": env, "version": version } }));
    }
}

#[test]
fn names_that_a_world_does_not_have_are_mistakes_in_the_test() {
    let lab = Lab::new();
    let login = |appid: Option<&str>, person: Option<&str>| {
        let (appid, person) = (appid.map(str::to_owned), person.map(str::to_owned));
        let call = LoginCall { appid, person, ..LoginCall::default() };
        lab.wechat.device(&DeviceCall::Login(call)).unwrap_err()
    };
    let person = login(None, Some("alicia"));
    assert_eq!((person.field, person.message.as_str()), ("person", "no person is called `alicia`"));
    assert_eq!(person.hint.as_deref(), Some("did you mean `alice`?"));
    let app = login(Some("wx0123456789abcdee"), None);
    assert_eq!((app.field, app.hint.as_deref()), ("appid", Some("did you mean `wx0123456789abcdef`?")));
}

#[test]
fn calls_are_read_from_json_and_know_their_names() {
    let call: UserInfoCall = serde_json::from_str("{}").unwrap();
    assert!(call.with_credentials);
    let call: UserInfoCall = serde_json::from_str(r#"{"withCredentials":false,"person":"bob"}"#).unwrap();
    assert!(!call.with_credentials);
    assert!(serde_json::from_str::<Whose>(r#"{"name":"bob"}"#).is_err());
    assert_eq!((tap(false).name(), tap(true).name()), ("getPhoneNumber", "getRealtimePhoneNumber"));
    assert_eq!(user_profile(None).name(), "wx.getUserProfile");
}
