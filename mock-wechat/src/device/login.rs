//! `wx.login` and `wx.checkSession`.

use serde_json::json;
use sim::Moment;

use super::{DeviceAnswer, DeviceProblem, LoginCall, LoginOutcome, Whose, failed, failed_with, ok};
use crate::compact::LoginCodeKey;
use crate::login_code::LoginCode;
use crate::setup::Setup;
use crate::wechat::WeChat;

/// `wx.login`: a new code, without a dialog, for everybody. It may replace the session_key; one that fails does not.
pub(super) fn login(
    wechat: &WeChat,
    setup: &Setup,
    call: &LoginCall,
    now: Moment,
) -> Result<DeviceAnswer, DeviceProblem> {
    let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
    let person = setup.person(call.person.as_deref())?;
    // The numbers and their names are those of the errno page.
    match call.outcome {
        LoginOutcome::Ok => {}
        LoginOutcome::Timeout => {
            let story = ["the call asks for a phone that waits for WeChat in vain", "call wx.login again"];
            return Ok(failed_with(("login:fail time out", 5), "login_timeout", story.map(str::to_owned)));
        }
        LoginOutcome::Blocked => {
            let story = [
                format!("the call asks for a WeChat that lets {} log in nowhere", person.name),
                "tell the person; a repetition does not help".to_owned(),
            ];
            return Ok(failed_with(("login:fail wxa login is blocked", 1_402_101), "login_blocked", story));
        }
    }
    let rules = &setup.config.rules;
    wechat.accounts.with((app.number, &app.appid), (person.number, &person.name), |mut open| open.log_in(rules, now));
    // All published codes begin with 0 (observed).
    let code = wechat.sequences.login_codes.draw().tagged_base62_after("0", 32, wechat.ground.tag);
    let key = LoginCodeKey::parse(&code).expect("a code of 32 letters and digits was drawn");
    let serial = wechat.sequences.serial();
    let entry = LoginCode { issued_at: now, serial, app: app.number, person: person.number, ending: None };
    wechat.login_codes.insert(key, entry, now);
    Ok(ok(json!({ "errMsg": "login:ok", "code": code })))
}

/// `wx.checkSession`: whether the key of this phone's last login is good, whatever key a back end holds.
pub(super) fn check_session(
    wechat: &WeChat,
    setup: &Setup,
    call: &Whose,
    now: Moment,
) -> Result<DeviceAnswer, DeviceProblem> {
    let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
    let person = setup.person(call.person.as_deref())?;
    let is_live = wechat.accounts.with((app.number, &app.appid), (person.number, &person.name), |open| {
        open.account.live_session(&setup.config.rules, now).is_some()
    });
    if is_live {
        return Ok(ok(json!({ "errMsg": "checkSession:ok" })));
    }
    let story = format!("{} has no live session in {}", person.name, app.appid);
    // Seen in the developer tools, in these words (observed).
    let message = "checkSession:fail 系统错误，错误码：-13001,session time out";
    Ok(failed(message, "session_key_gone", "-13001", [story, "call wx.login".to_owned()]))
}
