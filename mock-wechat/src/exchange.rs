//! The exchange of a login code for a session.

use sim::{ArtefactKind, Moment};

use crate::account::EXCHANGES_A_MINUTE;
use crate::compact::{IdText, KeyBytes, LoginCodeKey, PhoneCodeKey};
use crate::login_code::{Ending, LoginCode};
use crate::magic_code;
use crate::refusal::{Refused, Rule};
use crate::rid::Rid;
use crate::setup::{App, Setup};
use crate::wechat::{WeChat, tag_of};

/// What a login code is exchanged for.
#[derive(Debug)]
pub(crate) struct Exchanged {
    pub(crate) session_key: KeyBytes,
    pub(crate) openid: IdText,
    pub(crate) unionid: Option<IdText>,
}

enum Outcome {
    Done(Exchanged),
    Refused(Rule, LoginCode),
    Unknown,
}

/// Exchanges a login code. Of several callers with one code exactly one gets through; a refused call leaves the code as
/// it was.
pub(crate) fn exchange(
    wechat: &WeChat,
    setup: &Setup,
    app: &App,
    code: &str,
    now: Moment,
    rid: Rid,
) -> Result<Exchanged, Refused> {
    let rules = &setup.config.rules;
    let outcome = LoginCodeKey::parse(code).map_or(Outcome::Unknown, |key| {
        wechat.login_codes.with(&key, |code| {
            let Some(code) = code else { return Outcome::Unknown };
            let person = wechat.known.people.name(code.person);
            wechat.accounts.with((app.number, &app.appid), (code.person, &person), |mut open| {
                // The limit is counted for the people of this mini program; a code of another one has none here.
                let counts = setup.config.limits && code.app == app.number;
                if counts && !open.account.may_exchange(now) {
                    return Outcome::Refused(Rule::MinuteLimit, code.clone());
                }
                if let Err(rule) = code.check(Some(app.number), now, rules.used_login_code) {
                    return Outcome::Refused(rule, code.clone());
                }
                if setup.is_blocked(code.person) {
                    return Outcome::Refused(Rule::UserBlocked, code.clone());
                }
                code.ending = Some(Box::new(Ending { at: now, by: Some(rid) }));
                Outcome::Done(Exchanged {
                    session_key: open.session_for_exchange(rules, now),
                    openid: open.account.openid.clone(),
                    unionid: open.unionid(app),
                })
            })
        })
    });
    match outcome {
        Outcome::Done(exchanged) => Ok(exchanged),
        Outcome::Refused(Rule::MinuteLimit, code) => {
            let person = wechat.known.people.name(code.person);
            let story = format!(
                "more than {EXCHANGES_A_MINUTE} exchanges for {person} in {} within the minute of {now}",
                app.appid
            );
            Err(Refused::new(Rule::MinuteLimit, story)
                .and("wait for the next minute; the code is still good until then, if its five minutes are not over")
                .and("`limits: off` in the world lifts this rule"))
        }
        Outcome::Refused(Rule::UserBlocked, code) => Err(blocked(&wechat.known.people.name(code.person))),
        Outcome::Refused(rule, code) => {
            let (person, home) = (wechat.known.people.name(code.person), wechat.known.apps.name(code.app));
            Err(code.refused(rule, (&person, &home), &app.appid, now))
        }
        Outcome::Unknown => {
            magic_code::exchange(wechat, setup, app, code, now).unwrap_or_else(|| Err(unknown(wechat, code)))
        }
    }
}

/// The refusal of somebody whom WeChat thinks dangerous.
pub(crate) fn blocked(person: &str) -> Refused {
    Refused::new(Rule::UserBlocked, format!("WeChat thinks {person} dangerous: `blocked` is set in the world"))
        .and("tell the person; neither a repetition nor a new code helps")
}

/// Why a text that is no login code of this world is refused.
fn unknown(wechat: &WeChat, text: &str) -> Refused {
    let phone_code = PhoneCodeKey::parse(text).and_then(|key| wechat.phone_codes.with(&key, |code| code.cloned()));
    if let Some(code) = phone_code {
        let (person, home) = (wechat.known.people.name(code.person), wechat.known.apps.name(code.app));
        let button = code.button();
        let story = format!("this is a phone code, issued at {} by {button} of {person} in {home}", code.issued_at);
        return Refused::new(Rule::CodesMixedUp, story)
            .and("jscode2session takes the code of wx.login; both fields are called `code` in the mini program")
            .and("send this one to getuserphonenumber: it was not used up by this call");
    }
    let refused = Refused::new(Rule::LoginCodeUnknown, "no such login code was issued in this world");
    match tag_of(ArtefactKind::LoginCode, text) {
        Some(tag) if tag != wechat.ground.tag => refused
            .and("it carries the mark of another world")
            .and("leave the choice of the world to the code, or name the world in which it was issued"),
        Some(_) => refused
            .and("it was issued so long ago that it is forgotten, or before the world was reset")
            .and("get one with wx.login"),
        None => refused.and("get one with wx.login"),
    }
}
