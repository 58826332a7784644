//! The two phone number buttons.

use std::sync::Arc;

use serde_json::json;
use sim::{Moment, Note, Refusal};

use super::phone_failure::failure;
use super::{ButtonEvent, DeviceAnswer, DeviceProblem, PhoneNumberCall, PhoneOutcome, ok};
use crate::Phone;
use crate::compact::PhoneCodeKey;
use crate::encrypted_data::{Handed, encrypt, hash};
use crate::phone_code::PhoneCode;
use crate::phone_info::{PhoneInfo, Watermark};
use crate::setup::{App, Person, Setup};
use crate::wechat::WeChat;

/// A tap. The real-time button's event says `getPhoneNumber`, too (observed).
pub(super) fn phone_number(
    wechat: &WeChat,
    setup: &Setup,
    call: &PhoneNumberCall,
    now: Moment,
) -> Result<DeviceAnswer, DeviceProblem> {
    let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
    let person = setup.person(call.person.as_deref())?;
    let picked = pick(person, call)?;
    if let Some(answer) = nobody_is_called(call) {
        return Ok(answer);
    }
    let quota = app.standing.phone_quota.filter(|_| setup.config.limits);
    let outcome = outcome(wechat, &app, person, call.outcome, (call.realtime, quota));
    let platform = call.platform.unwrap_or(person.platform);
    let Some(phone) = picked.filter(|_| outcome == PhoneOutcome::Agree) else {
        return Ok(failure(outcome, platform, (&app, person), call.outcome == outcome));
    };
    // The quota is looked at before the person is asked, and used up by the person's consent; somebody else may have
    // been quicker in between.
    if !wechat.phone_taps.take(app.number, call.realtime, quota) {
        return Ok(failure(PhoneOutcome::NoQuota, platform, (&app, person), false));
    }
    Ok(agreed(wechat, setup, (&app, person), (call.realtime, phone), now))
}

/// What comes of the tap: the first obstacle on its way, else what the person does. The order is inferred, but that the
/// quota is looked at before the person is asked (getPhoneNumber page, documented).
fn outcome(
    wechat: &WeChat,
    app: &App,
    person: &Person,
    wanted: PhoneOutcome,
    (realtime, quota): (bool, Option<u32>),
) -> PhoneOutcome {
    let obstacles = [
        (PhoneOutcome::ScopeNotDeclared, !app.standing.privacy_guide.phone_number),
        (PhoneOutcome::NoPermission, !app.standing.permissions.phone_number),
        (PhoneOutcome::PrivacyNotAgreed, person.privacy_not_agreed),
        (PhoneOutcome::NoQuota, quota.is_some_and(|quota| wechat.phone_taps.so_far(app.number, realtime) >= quota)),
    ];
    let found = obstacles.into_iter().find(|(outcome, is_there)| *is_there || *outcome == wanted);
    found.map_or(wanted, |(outcome, _)| outcome)
}

/// A button whose page binds the other button's event tells nobody what came of the tap (observed for the real-time
/// one, whose documentation once named the wrong event).
fn nobody_is_called(call: &PhoneNumberCall) -> Option<DeviceAnswer> {
    let own = if call.realtime { ButtonEvent::BindGetRealtimePhoneNumber } else { ButtonEvent::BindGetPhoneNumber };
    call.event.filter(|event| *event != own)?;
    let event = if call.realtime { "bindgetrealtimephonenumber" } else { "bindgetphonenumber" };
    let refusal = Refusal {
        rule: "no_callback".to_owned(),
        code: String::new(),
        story: vec![
            format!("the page binds the other button's event, and `{}` calls `{event}`", name(call.realtime)),
            format!("bind `{event}`"),
        ],
    };
    let body = json!({ "callback": "none" });
    Some(DeviceAnswer { body, note: Note { refusal: Some(refusal), ..Note::default() } })
}

fn name(realtime: bool) -> &'static str {
    if realtime { "getRealtimePhoneNumber" } else { "getPhoneNumber" }
}

/// The person agrees, and the page is handed a code.
fn agreed(
    wechat: &WeChat,
    setup: &Setup,
    (app, person): (&App, &Person),
    (realtime, phone): (bool, Arc<Phone>),
    now: Moment,
) -> DeviceAnswer {
    let code = wechat.sequences.phone_codes.draw().tagged_hex(64, wechat.ground.tag);
    let key = PhoneCodeKey::parse(&code).expect("a code of 64 hexadecimal digits was drawn");
    let entry = PhoneCode {
        issued_at: now,
        serial: wechat.sequences.serial(),
        app: app.number,
        person: person.number,
        realtime,
        phone: Arc::clone(&phone),
        ending: None,
    };
    wechat.phone_codes.insert(key, entry, now);
    let mut detail = json!({ "errMsg": "getPhoneNumber:ok", "code": code });
    // The quick button still delivers the legacy pair beside the code; it can be decrypted only after a wx.login, and
    // without one there is no key to encrypt with.
    let key = wechat.accounts.with((app.number, &app.appid), (person.number, &person.name), |open| {
        open.account.live_session(&setup.config.rules, now).map(|session| session.key.clone())
    });
    if let Some(key) = key.filter(|_| !realtime) {
        let info = PhoneInfo::new(&phone, Watermark::new(&app.appid, now));
        let plain = serde_json::to_string(&info).expect("own types have text keys and no failing serializer");
        let data = encrypt(&plain, &key, wechat.sequences.ivs.draw().bytes());
        wechat.handed.insert(hash(&data.encrypted_data), Handed { at: now, app: app.number }, now);
        detail["encryptedData"] = data.encrypted_data.into();
        detail["iv"] = data.iv.into();
    }
    ok(detail)
}

/// The number that the person picks: the named one, or the usual one. The usual one of the quick button may be one that
/// the person no longer has (getPhoneNumber page, documented: it was verified at some time).
fn pick(person: &Person, call: &PhoneNumberCall) -> Result<Option<Arc<Phone>>, DeviceProblem> {
    let Some(wanted) = call.phone.as_deref() else {
        let quick = person.quick_phone.as_ref().filter(|_| !call.realtime);
        return Ok(quick.or(person.phones.first()).cloned());
    };
    let problem = |message: String| {
        let numbers: Vec<_> = person.phones.iter().map(|phone| phone.written()).collect();
        let hint = match numbers.is_empty() {
            true => format!("{} has no phone number", person.name),
            false => format!("{} has {}", person.name, numbers.join(", ")),
        };
        DeviceProblem { field: "phone", message, hint: Some(hint) }
    };
    let phone: Phone = wanted.parse().map_err(|error| problem(format!("{error}")))?;
    let found = person.phones.iter().find(|known| ***known == phone);
    found.map(|phone| Some(Arc::clone(phone))).ok_or_else(|| problem(format!("{} has no number {wanted}", person.name)))
}
