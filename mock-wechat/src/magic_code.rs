//! Codes that name a person or a misfortune: for whoever cannot get a real code, or not one that fails as wanted.
//!
//! They are taken wherever a code is expected, unless the world is strict. Nobody issues them, so that they are never
//! used up and belong to whichever mini program asks.

use sim::Moment;

use crate::account::EXCHANGES_A_MINUTE;
use crate::config::UsedLoginCode;
use crate::exchange::{Exchanged, blocked};
use crate::phone_code::PhoneCode;
use crate::refusal::{Refused, Rule};
use crate::setup::{App, Person, Setup};
use crate::wechat::WeChat;

/// What the developer tools give in place of a code when they run without an AppID of one's own (observed).
const OF_THE_DEVELOPER_TOOLS: &str = "the code is a mock one";

/// What a magic code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish<'a> {
    /// A fresh code of the person of this name; of the world's first without one.
    Person(Option<&'a str>),
    /// The refusal of a code that is too old.
    Expired,
    /// The refusal of a code that was used before.
    Used,
    /// The refusal of a code that nobody issued.
    Invalid,
    /// The refusal of a person whom WeChat thinks dangerous.
    Blocked,
    /// A system that is too busy to answer.
    Busy,
}

impl<'a> Wish<'a> {
    fn read(code: &'a str, setup: &Setup) -> Option<Self> {
        if setup.config.strict {
            return None;
        }
        if code == OF_THE_DEVELOPER_TOOLS {
            return Some(Self::Person(None));
        }
        Some(match code.strip_prefix("mock:")? {
            "expired" => Self::Expired,
            "used" => Self::Used,
            "invalid" => Self::Invalid,
            "blocked" => Self::Blocked,
            "busy" => Self::Busy,
            name => Self::Person(Some(name)),
        })
    }
}

fn refused(rule: Rule) -> Refused {
    Refused::new(rule, "the code is a magic one that asks for this refusal")
}

/// The person whom a magic code names; `unknown` is the refusal of a code that nobody issued.
fn person<'s>(setup: &'s Setup, name: Option<&str>, unknown: Rule) -> Result<&'s Person, Refused> {
    setup.person(name).map_err(|problem| {
        let refused = Refused::new(unknown, format!("it is a magic code, but {problem}"));
        match problem.hint {
            Some(hint) => refused.and(hint),
            None => refused,
        }
    })
}

/// Exchanges a text that is no login code but may be a magic one: as if the person had just called `wx.login`.
pub(crate) fn exchange(
    wechat: &WeChat,
    setup: &Setup,
    app: &App,
    code: &str,
    now: Moment,
) -> Option<Result<Exchanged, Refused>> {
    let rules = &setup.config.rules;
    let rule = match Wish::read(code, setup)? {
        Wish::Person(name) => {
            let person = match person(setup, name, Rule::LoginCodeUnknown) {
                Ok(person) => person,
                Err(refused) => return Some(Err(refused)),
            };
            return Some(wechat.accounts.with((app.number, &app.appid), (person.number, &person.name), |mut open| {
                if setup.config.limits && !open.account.may_exchange(now) {
                    let story = format!("more than {EXCHANGES_A_MINUTE} exchanges for {} in a minute", person.name);
                    return Err(Refused::new(Rule::MinuteLimit, story));
                }
                if setup.is_blocked(person.number) {
                    return Err(blocked(&person.name));
                }
                open.log_in(rules, now);
                Ok(Exchanged {
                    session_key: open.session_for_exchange(rules, now),
                    openid: open.account.openid.clone(),
                    unionid: open.unionid(app),
                })
            }));
        }
        Wish::Expired => Rule::LoginCodeExpired,
        Wish::Used if rules.used_login_code == UsedLoginCode::Invalid => Rule::LoginCodeUsedLongAgo,
        Wish::Used => Rule::LoginCodeUsed,
        Wish::Invalid => Rule::LoginCodeUnknown,
        Wish::Blocked => Rule::UserBlocked,
        Wish::Busy => Rule::SystemError,
    };
    Some(Err(refused(rule)))
}

/// Redeems a text that is no phone code but may be a magic one: as if the person had just tapped the quick button and
/// picked the first number.
pub(crate) fn redeem(setup: &Setup, app: &App, code: &str, now: Moment) -> Option<Result<PhoneCode, Refused>> {
    let rule = match Wish::read(code, setup)? {
        Wish::Person(name) => {
            return Some(person(setup, name, Rule::PhoneCodeUnknown).and_then(|person| {
                let phone = person.phones.first().ok_or_else(|| {
                    Refused::new(Rule::PhoneCodeUnknown, format!("{} has no phone number", person.name))
                })?;
                Ok(PhoneCode {
                    issued_at: now,
                    serial: 0,
                    app: app.number,
                    person: person.number,
                    realtime: false,
                    phone: phone.clone(),
                    ending: None,
                })
            }));
        }
        Wish::Expired => Rule::PhoneCodeExpired,
        Wish::Used => Rule::PhoneCodeUsed,
        Wish::Invalid => Rule::PhoneCodeUnknown,
        Wish::Blocked => Rule::UserBlocked,
        Wish::Busy => Rule::SystemError,
    };
    Some(Err(refused(rule)))
}
