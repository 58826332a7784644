//! The two phone number buttons.

use std::sync::Arc;

use serde_json::json;
use sim::Moment;

use super::{DeviceAnswer, DeviceProblem, PhoneNumberCall, failed, ok};
use crate::Phone;
use crate::compact::PhoneCodeKey;
use crate::encrypted_data::encrypt;
use crate::phone_code::PhoneCode;
use crate::phone_info::{PhoneInfo, Watermark};
use crate::setup::{Person, Setup};
use crate::wechat::WeChat;

/// A tap, and the person agrees. The real-time button's event says `getPhoneNumber`, too (observed).
pub(super) fn phone_number(
    wechat: &WeChat,
    setup: &Setup,
    call: &PhoneNumberCall,
    now: Moment,
) -> Result<DeviceAnswer, DeviceProblem> {
    let app = setup.app_of_device(call.appid.as_deref(), &wechat.known)?;
    let person = setup.person(call.person.as_deref())?;
    let Some(phone) = pick(person, call.phone.as_deref())? else {
        // Of the failures seen, the one of a person who is asked to bind a number and turns away.
        let story = [
            format!("{} has no phone number", person.name),
            "give the person a `phone` in the world, if a number is to be handed out".to_owned(),
        ];
        return Ok(failed("getPhoneNumber:fail user cancel", "no_phone_number", "", story));
    };
    let code = wechat.sequences.phone_codes.draw().tagged_hex(64, wechat.ground.tag);
    let key = PhoneCodeKey::parse(&code).expect("a code of 64 hexadecimal digits was drawn");
    let entry = PhoneCode {
        issued_at: now,
        serial: wechat.sequences.serial(),
        app: app.number,
        person: person.number,
        realtime: call.realtime,
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
    if let Some(key) = key.filter(|_| !call.realtime) {
        let info = PhoneInfo::new(&phone, Watermark::new(&app.appid, now));
        let plain = serde_json::to_string(&info).expect("own types have text keys and no failing serializer");
        let data = encrypt(&plain, &key, wechat.sequences.ivs.draw().bytes());
        detail["encryptedData"] = data.encrypted_data.into();
        detail["iv"] = data.iv.into();
    }
    Ok(ok(detail))
}

/// The number that the person picks: the named one, or the usual one.
fn pick(person: &Person, wanted: Option<&str>) -> Result<Option<Arc<Phone>>, DeviceProblem> {
    let Some(wanted) = wanted else { return Ok(person.phones.first().cloned()) };
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
