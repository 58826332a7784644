//! The redemption of a phone code for a phone number.

use sim::{ArtefactKind, Moment};

use crate::compact::{LoginCodeKey, PhoneCodeKey};
use crate::login_code::Ending;
use crate::magic_code;
use crate::phone_code::PhoneCode;
use crate::refusal::{Refused, Rule};
use crate::rid::Rid;
use crate::setup::{App, Setup};
use crate::wechat::{WeChat, tag_of};

/// Redeems a phone code with an access_token of `app`. Of several callers with one code exactly one gets through; a
/// refused call leaves the code as it was. `openid`, where it is to be checked, is whose code the caller takes it for.
pub(crate) fn redeem(
    wechat: &WeChat,
    setup: &Setup,
    app: &App,
    code: &str,
    openid: Option<&str>,
    now: Moment,
    rid: Rid,
) -> Result<PhoneCode, Refused> {
    let outcome = PhoneCodeKey::parse(code).and_then(|key| {
        wechat.phone_codes.with(&key, |code| {
            let code = code?;
            let checked = code.check(Some(app.number), now).and_then(|()| match openid {
                Some(openid) if !is_openid_of(wechat, app, code.person, openid) => Err(Rule::OpenidMismatch),
                _ => Ok(()),
            });
            if checked.is_ok() {
                code.ending = Some(Ending { at: now, by: Some(rid) });
            }
            Some((checked, code.clone()))
        })
    });
    match outcome {
        Some((Ok(()), code)) => Ok(code),
        Some((Err(rule), code)) => {
            let (person, home) = (wechat.known.people.name(code.person), wechat.known.apps.name(code.app));
            let whose = (&*person, &*home);
            Err(match rule {
                Rule::OpenidMismatch => code
                    .story(rule, whose)
                    .and(format!("the openid that was sent along is not the one of {person} in {home}"))
                    .and("send the openid of the person who tapped, or none; the code is still good"),
                _ => code.refused(rule, whose, &app.appid, now),
            })
        }
        None => magic_code::redeem(setup, app, code, now).unwrap_or_else(|| Err(unknown(wechat, code))),
    }
}

fn is_openid_of(wechat: &WeChat, app: &App, person: u32, openid: &str) -> bool {
    let name = wechat.known.people.name(person);
    wechat.accounts.with((app.number, &app.appid), (person, &name), |open| open.account.openid.text() == openid)
}

/// Why a text that is no phone code of this world is refused.
fn unknown(wechat: &WeChat, text: &str) -> Refused {
    let login_code = LoginCodeKey::parse(text).and_then(|key| wechat.login_codes.with(&key, |code| code.cloned()));
    if let Some(code) = login_code {
        let (person, home) = (wechat.known.people.name(code.person), wechat.known.apps.name(code.app));
        let story = format!("this is a login code, issued at {} by wx.login of {person} in {home}", code.issued_at);
        return Refused::new(Rule::CodesMixedUp, story)
            .and("getuserphonenumber takes the code of a phone number button; both fields are called `code` in the mini program")
            .and("send this one to jscode2session: it was not used up by this call");
    }
    let refused = Refused::new(Rule::PhoneCodeUnknown, "no such phone code was issued in this world");
    match tag_of(ArtefactKind::PhoneCode, text) {
        Some(tag) if tag != wechat.ground.tag => refused
            .and("it carries the mark of another world")
            .and("leave the choice of the world to the code, or name the world in which it was issued"),
        Some(_) => refused
            .and("it was issued so long ago that it is forgotten, or before the world was reset")
            .and("ask the person to tap the button again"),
        None => refused.and("get one with a button of open-type getPhoneNumber or getRealtimePhoneNumber"),
    }
}
