//! The phone: what the Mini Program's own calls hand to their callbacks.

use super::{Argument, Artefact, Group, Kind, Word};

/// What every device word takes.
pub(super) const COMMON: &[Argument] = &[
    Argument::body("as", "the person who holds the phone; the world's first when it is left out")
        .wire("person")
        .kind(Kind::Person),
    Argument::body("app", "the mini program that runs, by appid; the world's first when it is left out")
        .wire("appid")
        .kind(Kind::App),
];

pub(super) const WORDS: &[Word] = &[
    device("wx.login", "asks WeChat for a login code")
        .takes(&[Argument::body("outcome", "what comes of it; `ok` by default")
            .kind(Kind::OneOf(&["ok", "timeout", "blocked"]))])
        .post("/__admin/v1/device/login")
        .answers(&["errMsg", "code", "errno"])
        .gives(&[("code", Artefact::LoginCode)]),
    device("wx.getPhoneNumber", "taps the quick phone number button")
        .takes(BUTTON)
        .post("/__admin/v1/device/phone-number")
        .answers(&["errMsg", "code", "encryptedData", "iv", "errno", "callback"])
        .gives(PHONE_CODE),
    device("wx.getRealtimePhoneNumber", "taps the real-time phone number button")
        .takes(BUTTON)
        .post("/__admin/v1/device/phone-number")
        .answers(&["errMsg", "code", "errno", "callback"])
        .gives(PHONE_CODE),
    device("wx.checkSession", "asks whether the session_key of the last login is still good")
        .post("/__admin/v1/device/check-session")
        .answers(&["errMsg"]),
    device("wx.getUserInfo", "reads the person's public profile")
        .takes(&[Argument::body("withCredentials", "whether to hand out the encrypted part; true by default")
            .kind(Kind::Bool)])
        .post("/__admin/v1/device/user-info")
        .answers(&["errMsg", "userInfo", "rawData", "signature", "encryptedData", "iv"]),
    device("wx.getUserProfile", "asks the person for the profile, on a tap")
        .takes(&[Argument::body("desc", "what the profile is for, as the person is told; at most 30 characters")])
        .post("/__admin/v1/device/user-profile")
        .answers(&["errMsg", "userInfo", "rawData", "signature", "encryptedData", "iv"]),
    device("wx.getAccountInfoSync", "reads which mini program this is")
        .post("/__admin/v1/device/account-info")
        .answers(&["miniProgram"]),
];

const PHONE_CODE: &[(&str, Artefact)] = &[("code", Artefact::PhoneCode)];
const BUTTON: &[Argument] = &[
    Argument::body("phone", "which of the person's numbers is picked; the first when it is left out"),
    Argument::body("outcome", "what comes of it; `agree` by default").kind(Kind::OneOf(&[
        "agree",
        "deny",
        "cancel",
        "no_permission",
        "privacy_not_agreed",
        "scope_not_declared",
        "no_quota",
        "blocked",
    ])),
    Argument::body("platform", "what the phone runs; the person's own by default")
        .kind(Kind::OneOf(&["ios", "android", "devtools"])),
    Argument::body("event", "the event that the page binds; the button's own by default")
        .kind(Kind::OneOf(&["bindgetphonenumber", "bindgetrealtimephonenumber"])),
];

const fn device(name: &'static str, about: &'static str) -> Word {
    Word::new(Group::Device, name, about)
}
