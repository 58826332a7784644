//! What a phone number button says when it hands out nothing.

use super::{DeviceAnswer, PhoneOutcome, failed, failed_with};
use crate::Platform;
use crate::setup::{App, Person};

/// The event of a tap that came to nothing. `wanted`: the call asked for it, and the world had no reason of its own.
pub(super) fn failure(
    outcome: PhoneOutcome,
    platform: Platform,
    (app, person): (&App, &Person),
    wanted: bool,
) -> DeviceAnswer {
    let (appid, name) = (&app.appid, &person.name);
    let reason = |declared: String| if wanted { "the call asks for it".to_owned() } else { declared };
    match outcome {
        PhoneOutcome::Agree => {
            // Of the failures seen, the one of a person who is asked to bind a number and turns away.
            let story = [
                format!("{name} has no phone number"),
                "give the person a `phone` in the world, if a number is to be handed out".to_owned(),
            ];
            failed(cancelled(platform), "no_phone_number", "", story)
        }
        PhoneOutcome::Cancel => {
            let story = [format!("{name} closed the sheet"), "leave the button there for another tap".to_owned()];
            failed(cancelled(platform), "phone_cancelled", "", story)
        }
        PhoneOutcome::Deny => {
            // Both texts are observed; clients that compare with one of them hang on the other platform.
            let message = match platform {
                Platform::Android => "getPhoneNumber:fail:user deny",
                Platform::Ios | Platform::Devtools => "getPhoneNumber:fail user deny",
            };
            let story = [
                format!("{name} refused to share a phone number"),
                "look for a `code` in the event, not for a text: the texts differ between platforms".to_owned(),
            ];
            failed(message, "phone_denied", "", story)
        }
        PhoneOutcome::NoPermission => {
            let story = [
                reason(format!("{appid} has not been granted the phone number component")),
                "have the account verified, and `permissions` set in the world".to_owned(),
            ];
            failed_with(("getPhoneNumber:fail no permission", 102), "phone_not_permitted", story)
        }
        PhoneOutcome::PrivacyNotAgreed => {
            let message = "getPhoneNumber:fail privacy permission is not authorized";
            let story = [
                reason(format!("{name} has not agreed to the privacy terms of {appid}")),
                "ask with wx.requirePrivacyAuthorize first: `privacy_not_agreed` in the world".to_owned(),
            ];
            failed_with((message, 104), "privacy_not_agreed", story)
        }
        PhoneOutcome::ScopeNotDeclared => {
            let message = "getPhoneNumber:fail api scope is not declared in the privacy agreement";
            let story = [
                reason(format!("the privacy guide of {appid} does not say that phone numbers are collected")),
                "declare it in the console: `privacy_guide` in the world".to_owned(),
            ];
            failed_with((message, 112), "phone_scope_not_declared", story)
        }
        PhoneOutcome::NoQuota => {
            // The number is documented; the text is the number's name in the errno list.
            let story = [
                reason(format!("the `phone_quota` of {appid} is used up")),
                "buy more: each success is paid for, whether its code is redeemed or not".to_owned(),
            ];
            failed_with(("getPhoneNumber:fail appid no enough quota", 1_400_001), "phone_quota_exhausted", story)
        }
        PhoneOutcome::Blocked => {
            let message = "getPhoneNumber:fail user getPhoneNumber is blocked";
            let story = [
                "the call asks for a person whom WeChat has banned from this feature".to_owned(),
                "let the person type the number in; a repetition does not help".to_owned(),
            ];
            failed_with((message, 1_421_102), "phone_user_blocked", story)
        }
    }
}

/// Both texts are observed; that the one with the colon is Android's follows from how refusals are told (inferred).
const fn cancelled(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "getPhoneNumber:fail:cancel to bind phone",
        Platform::Ios | Platform::Devtools => "getPhoneNumber:fail user cancel",
    }
}
