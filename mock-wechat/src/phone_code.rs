//! Phone codes: when one is taken, and when not.

use std::sync::Arc;
use std::time::Duration;

use sim::{Life, Moment, Stamped};

use crate::Phone;
use crate::login_code::Ending;
use crate::refusal::{Refused, Rule};

/// How long a phone code lives: five minutes (getPhoneNumber page, documented).
pub(crate) const LIFE: Duration = Duration::from_secs(300);

/// How long one is remembered, so that a late caller can be told what became of it.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(600);

/// How many are remembered at once; the oldest go first.
pub(crate) const LIMIT: usize = 1_200_000;

/// What is known about a phone code.
#[derive(Debug, Clone)]
pub(crate) struct PhoneCode {
    /// When its life began: when the person tapped.
    pub(crate) issued_at: Moment,
    /// Its place in the order of issue.
    pub(crate) serial: u32,
    /// The number of the mini program whose button was tapped.
    pub(crate) app: u32,
    /// The number of the person.
    pub(crate) person: u32,
    /// Whether it was the real-time button.
    pub(crate) realtime: bool,
    /// The phone number that was picked.
    pub(crate) phone: Arc<Phone>,
    /// What ended it, if something did.
    pub(crate) ending: Option<Ending>,
}

impl Stamped for PhoneCode {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl PhoneCode {
    /// Whether a call with an access_token of the mini program `app` may redeem this code now.
    ///
    /// A code is good while its age is at most five minutes, once, for the mini program whose button was tapped. A used
    /// one is merely invalid: unlike login codes, phone codes have no errcode of their own for that (documented; told by
    /// WeChat's staff).
    pub(crate) fn check(&self, app: Option<u32>, now: Moment) -> Result<(), Rule> {
        if app != Some(self.app) {
            return Err(Rule::PhoneCodeOfOtherApp);
        }
        match self.ending {
            Some(Ending { by: Some(_), .. }) => Err(Rule::PhoneCodeUsed),
            Some(Ending { by: None, .. }) => Err(Rule::PhoneCodeRevoked),
            None if now.since(self.issued_at) > LIFE => Err(Rule::PhoneCodeExpired),
            None => Ok(()),
        }
    }

    /// `live`, `used`, `expired` or `revoked`.
    pub(crate) fn state(&self, now: Moment) -> &'static str {
        match self.check(Some(self.app), now) {
            Ok(()) => "live",
            Err(Rule::PhoneCodeUsed) => "used",
            Err(Rule::PhoneCodeRevoked) => "revoked",
            Err(_) => "expired",
        }
    }

    /// The button that gave this code, as a mini program's page names it.
    pub(crate) fn button(&self) -> &'static str {
        if self.realtime { "getRealtimePhoneNumber" } else { "getPhoneNumber" }
    }

    /// The beginning of a refusal: where the code came from. `whose` is the person and the code's own appid.
    pub(crate) fn story(&self, rule: Rule, whose: (&str, &str)) -> Refused {
        let (person, home) = whose;
        let button = self.button();
        Refused::new(rule, format!("the phone code was issued at {} by {button} of {person} in {home}", self.issued_at))
    }

    /// The refusal of this code by `rule`, told to a person; `app` is the appid of the access_token.
    pub(crate) fn refused(&self, rule: Rule, whose: (&str, &str), app: &str, now: Moment) -> Refused {
        let (_, home) = whose;
        let refused = self.story(rule, whose);
        let way_out = "ask the person to tap the button again";
        match (rule, self.ending) {
            (Rule::PhoneCodeUsed, Some(Ending { at, by: Some(rid) })) => refused
                .and(format!("it was redeemed at {at} by request {rid}, and a phone code is good once"))
                .and("redeem it once and keep the number, or ask the person to tap the button again"),
            (Rule::PhoneCodeRevoked, Some(Ending { at, .. })) => {
                refused.and(format!("it was taken back through the control API at {at}")).and(way_out)
            }
            (Rule::PhoneCodeOfOtherApp, _) => refused
                .and(format!("it was presented with an access_token of {app}"))
                .and(format!("redeem it with an access_token of {home}; this code is still good there")),
            _ => refused
                .and(format!("it was presented {} later; a phone code lives 5m", Life::from(now.since(self.issued_at))))
                .and(way_out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Seed;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn code(ending: Option<Ending>) -> PhoneCode {
        let phone = Arc::new("+86 13800138000".parse().unwrap());
        PhoneCode { issued_at: at(0), serial: 0, app: 1, person: 0, realtime: false, phone, ending }
    }

    #[test]
    fn a_code_is_good_for_five_minutes_and_not_a_second_longer() {
        assert_eq!(code(None).check(Some(1), at(300)), Ok(()));
        assert_eq!(code(None).check(Some(1), at(301)), Err(Rule::PhoneCodeExpired));
    }

    #[test]
    fn a_used_code_is_invalid_before_and_after_its_five_minutes() {
        let rid = crate::rid::Stamp::next(&Seed::new(1).sequence("rid"), at(1)).rid;
        let used = code(Some(Ending { at: at(1), by: Some(rid) }));
        for seconds in [2, 301] {
            let rule = used.check(Some(1), at(seconds)).unwrap_err();
            assert_eq!((rule, rule.errcode()), (Rule::PhoneCodeUsed, 40029));
        }
    }

    #[test]
    fn a_code_of_another_mini_program_is_an_invalid_appid() {
        for other in [Some(2), None] {
            let rule = code(None).check(other, at(1)).unwrap_err();
            assert_eq!((rule.name(), rule.errcode()), ("code_of_other_app", 40013));
        }
    }
}
