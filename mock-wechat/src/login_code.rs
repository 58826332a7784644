//! Login codes: when one is taken, and when not.

use std::time::Duration;

use sim::{Life, Moment, Stamped};

use crate::UsedLoginCode;
use crate::refusal::{Refused, Rule};
use crate::rid::Rid;

/// How long a login code lives: five minutes (wx.login page, documented).
pub(crate) const LIFE: Duration = Duration::from_secs(300);

/// How long one is remembered, so that a late caller can be told what became of it.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(600);

/// How many are remembered at once; the oldest go first.
pub(crate) const LIMIT: usize = 1_200_000;

/// What is known about a login code. A million of these are alive at once in a load test, hence the numbers in place
/// of names.
#[derive(Debug, Clone)]
pub(crate) struct LoginCode {
    /// When its life began.
    pub(crate) issued_at: Moment,
    /// Its place in the order of issue.
    pub(crate) serial: u32,
    /// The number of the mini program that asked for it.
    pub(crate) app: u32,
    /// The number of the person.
    pub(crate) person: u32,
    /// What ended it, if something did; in a box, for most codes are alive.
    pub(crate) ending: Option<Box<Ending>>,
}

/// What ended a code before its time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    /// When.
    pub(crate) at: Moment,
    /// The request that used it up; none when it was taken back through the control API.
    pub(crate) by: Option<Rid>,
}

impl Stamped for LoginCode {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl LoginCode {
    /// Whether the mini program `app` may exchange this code now; `app` is none for one that never had a code.
    ///
    /// A code is good while its age is at most five minutes, once, for the mini program that asked for it.
    pub(crate) fn check(&self, app: Option<u32>, now: Moment, reuse: UsedLoginCode) -> Result<(), Rule> {
        let is_old = now.since(self.issued_at) > LIFE;
        match self.ending.as_deref() {
            Some(Ending { by: Some(_), .. }) => Err(match reuse {
                UsedLoginCode::UsedWhileItLives if is_old => Rule::LoginCodeUsedLongAgo,
                UsedLoginCode::UsedWhileItLives | UsedLoginCode::Used => Rule::LoginCodeUsed,
                UsedLoginCode::Invalid => Rule::LoginCodeUsedLongAgo,
            }),
            Some(Ending { by: None, .. }) => Err(Rule::LoginCodeRevoked),
            None if app != Some(self.app) => Err(Rule::LoginCodeOfOtherApp),
            None if is_old => Err(Rule::LoginCodeExpired),
            None => Ok(()),
        }
    }

    /// `live`, `used`, `expired` or `revoked`.
    pub(crate) fn state(&self, now: Moment) -> &'static str {
        match self.ending.as_deref() {
            Some(Ending { by: Some(_), .. }) => "used",
            Some(Ending { by: None, .. }) => "revoked",
            None if now.since(self.issued_at) > LIFE => "expired",
            None => "live",
        }
    }

    /// The refusal of this code by `rule`, told to a person. `whose` is "alice in wx…", `app` the caller's appid.
    pub(crate) fn refused(&self, rule: Rule, whose: (&str, &str), app: &str, now: Moment) -> Refused {
        let (person, home) = whose;
        let issued = format!("the login code was issued at {} by wx.login of {person} in {home}", self.issued_at);
        let refused = Refused::new(rule, issued);
        let way_out = "ask for a new one with wx.login right before the exchange";
        match (rule, self.ending.as_deref()) {
            (Rule::LoginCodeUsed | Rule::LoginCodeUsedLongAgo, Some(Ending { at, by: Some(rid) })) => refused
                .and(format!("it was exchanged at {at} by request {rid}, and a login code is good for one exchange"))
                .and(
                    "two callers that share a code must share one exchange; otherwise ask for a new code with wx.login",
                ),
            (Rule::LoginCodeRevoked, Some(Ending { at, .. })) => {
                refused.and(format!("it was taken back through the control API at {at}")).and(way_out)
            }
            (Rule::LoginCodeOfOtherApp, _) => refused
                .and(format!("it was presented with the credentials of {app}"))
                .and(format!("exchange it with the appid and secret of {home}, or call wx.login in {app}")),
            _ => refused
                .and(format!("it was presented {} later; a login code lives 5m", Life::from(now.since(self.issued_at))))
                .and(way_out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact::LoginCodeKey;
    use sim::Seed;

    const HERE: Option<u32> = Some(1);

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn code() -> LoginCode {
        LoginCode { issued_at: at(0), serial: 0, app: 1, person: 0, ending: None }
    }

    fn used(by: bool) -> LoginCode {
        let rid = crate::rid::Stamp::next(&Seed::new(1).sequence("rid"), at(1)).rid;
        LoginCode { ending: Some(Box::new(Ending { at: at(1), by: by.then_some(rid) })), ..code() }
    }

    #[test]
    fn a_code_is_good_for_five_minutes() {
        for seconds in [0, 299, 300] {
            assert_eq!(code().check(HERE, at(seconds), UsedLoginCode::default()), Ok(()), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_refused_one_second_after_five_minutes() {
        assert_eq!(code().check(HERE, at(301), UsedLoginCode::default()), Err(Rule::LoginCodeExpired));
        let just_late = at(300) + Duration::from_millis(1);
        assert_eq!(code().check(HERE, just_late, UsedLoginCode::default()), Err(Rule::LoginCodeExpired));
    }

    #[test]
    fn a_code_is_good_even_when_the_clock_was_set_back() {
        assert_eq!(code().check(HERE, at(-500), UsedLoginCode::default()), Ok(()));
    }

    #[test]
    fn a_used_code_is_called_used_while_it_would_live_and_invalid_afterwards() {
        let check = |seconds, reuse| used(true).check(HERE, at(seconds), reuse).unwrap_err().errcode();
        assert_eq!(
            (check(2, UsedLoginCode::UsedWhileItLives), check(300, UsedLoginCode::UsedWhileItLives)),
            (40163, 40163)
        );
        assert_eq!(check(301, UsedLoginCode::UsedWhileItLives), 40029);
        assert_eq!((check(2, UsedLoginCode::Used), check(301, UsedLoginCode::Used)), (40163, 40163));
        assert_eq!((check(2, UsedLoginCode::Invalid), check(301, UsedLoginCode::Invalid)), (40029, 40029));
    }

    #[test]
    fn a_code_is_good_in_its_own_mini_program_only() {
        for other in [Some(2), None] {
            assert_eq!(code().check(other, at(1), UsedLoginCode::default()), Err(Rule::LoginCodeOfOtherApp));
        }
    }

    #[test]
    fn a_code_that_was_taken_back_is_invalid() {
        assert_eq!(used(false).check(HERE, at(1), UsedLoginCode::default()), Err(Rule::LoginCodeRevoked));
    }

    #[test]
    fn a_story_tells_when_where_and_by_whom() {
        let refused = code().refused(Rule::LoginCodeExpired, ("alice", "wx1"), "wx1", at(301));
        assert_eq!(
            refused.story,
            [
                "the login code was issued at 1970-01-12T13:46:40Z by wx.login of alice in wx1",
                "it was presented 5m1s later; a login code lives 5m",
                "ask for a new one with wx.login right before the exchange",
            ]
        );
    }

    #[test]
    fn a_million_live_codes_fit_into_two_hundred_mebibytes() {
        // A shard of the store holds its table at most 7/8 full and at least half of that, and each key once more in
        // the order of issue.
        let tables = (1 << 21) * (size_of::<(LoginCodeKey, LoginCode)>() + 1);
        let order = (1 << 20) * size_of::<LoginCodeKey>();
        assert!(tables + order < 200 << 20, "{} MiB", (tables + order) >> 20);
    }
}
