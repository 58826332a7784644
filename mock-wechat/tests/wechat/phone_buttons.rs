//! What comes of a tap on a phone number button, and of a `wx.login` that fails.

use super::*;
use mock_wechat::{ButtonEvent, LoginOutcome, PhoneOutcome, Platform};

fn tapped(lab: &Lab, call: PhoneNumberCall) -> (Value, String) {
    let answer = lab.wechat.device(&DeviceCall::PhoneNumber(call)).unwrap();
    let refusal = answer.note.refusal;
    if let Some(refusal) = &refusal {
        assert!(refusal.story.len() > 1, "{:?}", refusal.story);
    }
    (answer.body, refusal.map_or(String::new(), |refusal| refusal.rule))
}

fn tap(outcome: PhoneOutcome) -> PhoneNumberCall {
    PhoneNumberCall { outcome, ..PhoneNumberCall::default() }
}

#[test]
fn every_failure_of_the_button_can_be_asked_for() {
    for (outcome, message, errno, rule) in [
        (PhoneOutcome::Deny, "fail user deny", None, "phone_denied"),
        (PhoneOutcome::Cancel, "fail user cancel", None, "phone_cancelled"),
        (PhoneOutcome::NoPermission, "fail no permission", Some(102), "phone_not_permitted"),
        (PhoneOutcome::PrivacyNotAgreed, "fail privacy permission is not authorized", Some(104), "privacy_not_agreed"),
        (
            PhoneOutcome::ScopeNotDeclared,
            "fail api scope is not declared in the privacy agreement",
            Some(112),
            "phone_scope_not_declared",
        ),
        (PhoneOutcome::NoQuota, "fail appid no enough quota", Some(1_400_001), "phone_quota_exhausted"),
        (PhoneOutcome::Blocked, "fail user getPhoneNumber is blocked", Some(1_421_102), "phone_user_blocked"),
    ] {
        for realtime in [false, true] {
            let (body, told) = tapped(&Lab::new(), PhoneNumberCall { realtime, ..tap(outcome) });
            let mut expected = json!({ "errMsg": format!("getPhoneNumber:{message}") });
            if let Some(errno) = errno {
                expected["errno"] = errno.into();
            }
            assert_eq!((body, told.as_str()), (expected, rule));
        }
    }
}

#[test]
fn an_android_phone_words_refusals_otherwise() {
    let lab = Lab::with_alice(json!({ "platform": "android" }));
    let message = |platform, outcome| tapped(&lab, PhoneNumberCall { platform, ..tap(outcome) }).0["errMsg"].clone();
    assert_eq!(message(None, PhoneOutcome::Deny), "getPhoneNumber:fail:user deny");
    assert_eq!(message(None, PhoneOutcome::Cancel), "getPhoneNumber:fail:cancel to bind phone");
    assert_eq!(message(Some(Platform::Ios), PhoneOutcome::Deny), "getPhoneNumber:fail user deny");
    assert_eq!(message(Some(Platform::Devtools), PhoneOutcome::Deny), "getPhoneNumber:fail user deny");
}

#[test]
fn what_a_world_declares_comes_by_itself_in_order() {
    let rule = |lab: &Lab| tapped(lab, PhoneNumberCall::default()).1;
    let declared = json!({ "privacy_guide": { "phone_number": false }, "permissions": { "phone_number": false } });
    assert_eq!(rule(&Lab::with_app(declared)), "phone_scope_not_declared");
    assert_eq!(rule(&Lab::with_app(json!({ "permissions": { "phone_number": false } }))), "phone_not_permitted");
    let lab = Lab::with_alice(json!({ "privacy_not_agreed": true }));
    assert_eq!(tapped(&lab, tap(PhoneOutcome::Deny)).1, "privacy_not_agreed");
    let bob = PhoneNumberCall { person: Some("bob".to_owned()), ..PhoneNumberCall::default() };
    assert_eq!(tapped(&lab, bob).1, "");
}

#[test]
fn a_quota_is_used_up_by_success_alone_and_each_button_has_its_own() {
    let lab = Lab::with_app(json!({ "phone_quota": 2 }));
    let rule = |call| tapped(&lab, call).1;
    for outcome in [PhoneOutcome::Deny, PhoneOutcome::Cancel, PhoneOutcome::Blocked] {
        rule(tap(outcome));
    }
    assert_eq!((rule(tap(PhoneOutcome::Agree)), rule(tap(PhoneOutcome::Agree))), (String::new(), String::new()));
    let (body, told) = tapped(&lab, tap(PhoneOutcome::Deny));
    assert_eq!(body, json!({ "errMsg": "getPhoneNumber:fail appid no enough quota", "errno": 1_400_001 }));
    assert_eq!(told, "phone_quota_exhausted");
    assert_eq!(rule(PhoneNumberCall { realtime: true, ..PhoneNumberCall::default() }), "");
    let mut config = lab.wechat.config();
    config.limits = false;
    lab.wechat.change(config).unwrap();
    assert_eq!(rule(tap(PhoneOutcome::Agree)), "");
}

#[test]
fn a_button_that_is_wired_to_the_other_event_calls_nobody_back_and_charges_nothing() {
    let lab = Lab::with_app(json!({ "phone_quota": 1 }));
    let wired = |realtime, event| PhoneNumberCall { realtime, event: Some(event), ..PhoneNumberCall::default() };
    let (quick, real_time) = (ButtonEvent::BindGetPhoneNumber, ButtonEvent::BindGetRealtimePhoneNumber);
    for (realtime, event) in [(true, quick), (false, real_time)] {
        let (body, rule) = tapped(&lab, wired(realtime, event));
        assert_eq!((body, rule.as_str()), (json!({ "callback": "none" }), "no_callback"));
    }
    for (realtime, event) in [(true, real_time), (false, quick)] {
        assert_eq!(tapped(&lab, wired(realtime, event)).1, "");
    }
    let read = serde_json::from_value::<PhoneNumberCall>(json!({ "realtime": true, "event": "bindgetphonenumber" }));
    assert_eq!(read.unwrap().event, Some(quick));
}

#[test]
fn the_quick_button_hands_out_a_number_that_the_person_no_longer_has() {
    let lab = Lab::with_alice(json!({ "quick_phone": "+86 13500135000" }));
    let number = |realtime, phone: Option<&str>| {
        let call = PhoneNumberCall { realtime, phone: phone.map(str::to_owned), ..PhoneNumberCall::default() };
        let (detail, _) = tapped(&lab, call);
        lab.redeem(&lab.token(), detail["code"].as_str().unwrap()).json()["phone_info"]["phoneNumber"].clone()
    };
    assert_eq!((number(false, None), number(true, None)), (json!("13500135000"), json!("13800138000")));
    assert_eq!(number(false, Some("+86 13800138000")), "13800138000");
}

#[test]
fn a_login_may_fail_on_the_phone() {
    let lab = Lab::new();
    for (outcome, body) in [
        (LoginOutcome::Timeout, json!({ "errMsg": "login:fail time out", "errno": 5 })),
        (LoginOutcome::Blocked, json!({ "errMsg": "login:fail wxa login is blocked", "errno": 1_402_101 })),
    ] {
        let answer = lab.wechat.device(&DeviceCall::Login(LoginCall { outcome, ..LoginCall::default() })).unwrap();
        assert_eq!(answer.body, body);
        assert!(answer.note.refusal.unwrap().story.len() > 1);
    }
    let session = lab.device(DeviceCall::CheckSession(Whose::default()));
    assert!(session["errMsg"].as_str().unwrap().starts_with("checkSession:fail"), "a login that fails makes no key");
}
