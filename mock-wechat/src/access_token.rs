//! Access tokens: when one is taken, and when not.

use std::time::Duration;

use sim::{Life, Moment, Stamped};

use crate::refusal::{Refused, Rule};
use crate::rid::Rid;

/// How long a token lives: two hours (getAccessToken page, documented).
pub(crate) const LIFE: Duration = Duration::from_secs(7200);

/// The two APIs that issue tokens. Their tokens never end each other (getStableAccessToken page, documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// `GET /cgi-bin/token`: each call makes a new token.
    Classic,
    /// `POST /cgi-bin/stable_token`: the same token until shortly before its end.
    Stable,
}

impl Lane {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Classic => "token",
            Self::Stable => "stable_token",
        }
    }
}

/// What is known about a token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// When its life began.
    pub(crate) issued_at: Moment,
    /// Its place in the order of issue.
    pub(crate) serial: u32,
    /// The number of the mini program.
    pub(crate) app: u32,
    /// Where it was fetched.
    pub(crate) lane: Lane,
    /// The newer token that took its place, if there is one.
    pub(crate) replaced: Option<Replaced>,
    /// When it was taken back, if it was.
    pub(crate) revoked_at: Option<Moment>,
}

/// How a token was replaced.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replaced {
    /// When the newer token was issued.
    pub(crate) at: Moment,
    /// By which request.
    pub(crate) by: Rid,
    /// From when on this one is refused.
    pub(crate) dies_at: Moment,
}

impl Stamped for Token {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl Token {
    /// Whether a call with this token is heard.
    ///
    /// The newest token of a lane is good for its two hours; the one before it until its grace time is over, even past
    /// its two hours; all others not at all.
    pub(crate) fn check(&self, now: Moment) -> Result<(), Rule> {
        match self.replaced {
            _ if self.revoked_at.is_some() => Err(Rule::TokenRevoked),
            Some(replaced) if now >= replaced.dies_at => Err(Rule::TokenReplaced),
            Some(_) => Ok(()),
            None if now.since(self.issued_at) > LIFE => Err(Rule::TokenExpired),
            None => Ok(()),
        }
    }

    /// Its last good moment.
    pub(crate) fn expires_at(&self) -> Moment {
        match self.replaced {
            Some(replaced) => replaced.dies_at - Duration::from_millis(1),
            None => self.issued_at + LIFE,
        }
    }

    /// `live`, `expired`, `replaced` or `revoked`. A token within its grace time is live.
    pub(crate) fn state(&self, now: Moment) -> &'static str {
        match self.check(now) {
            Ok(()) => "live",
            Err(Rule::TokenRevoked) => "revoked",
            Err(Rule::TokenReplaced) => "replaced",
            Err(_) => "expired",
        }
    }

    /// The refusal of this token by `rule`, told to a person; `app` is its appid.
    pub(crate) fn refused(&self, rule: Rule, app: &str, now: Moment) -> Refused {
        let lane = self.lane.name();
        let refused =
            Refused::new(rule, format!("the access_token was issued at {} by {lane} for {app}", self.issued_at));
        match (rule, self.replaced, self.revoked_at) {
            (Rule::TokenReplaced, Some(replaced), _) => refused
                .and(format!("request {} fetched a newer one with {lane} at {}", replaced.by, replaced.at))
                .and(format!("this one was good until {}; it is {now} now", replaced.dies_at))
                .and("fetch tokens in one place only, or use stable_token, which hands out the same one to all"),
            (Rule::TokenRevoked, _, Some(at)) => {
                refused.and(format!("it was taken back at {at}")).and("fetch a new one")
            }
            _ => refused
                .and(format!(
                    "it was presented {} later; an access_token lives 2h",
                    Life::from(now.since(self.issued_at))
                ))
                .and("fetch a new one; treat 40001, 40014 and 42001 alike: refresh once, retry once"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rid::Stamp;
    use sim::Seed;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn token(dies_after: Option<i64>) -> Token {
        let by = Stamp::next(&Seed::new(1).sequence("rid"), at(0)).rid;
        let replaced = dies_after.map(|seconds| Replaced { at: at(0), by, dies_at: at(seconds) });
        Token { issued_at: at(0), serial: 0, app: 1, lane: Lane::Classic, replaced, revoked_at: None }
    }

    #[test]
    fn a_token_is_refused_one_second_after_two_hours() {
        assert_eq!(token(None).check(at(7200)), Ok(()));
        assert_eq!(token(None).check(at(7201)), Err(Rule::TokenExpired));
    }

    #[test]
    fn a_replaced_token_is_good_until_its_grace_time_is_over() {
        assert_eq!(token(Some(7400)).check(at(7399)), Ok(()));
        assert_eq!(token(Some(7400)).check(at(7400)), Err(Rule::TokenReplaced));
        assert_eq!(token(Some(7400)).check(token(Some(7400)).expires_at()), Ok(()));
    }

    #[test]
    fn a_token_that_was_taken_back_is_good_no_longer_whatever_else_holds() {
        let revoked = Token { revoked_at: Some(at(1)), ..token(Some(7400)) };
        assert_eq!((revoked.check(at(1)), revoked.state(at(1))), (Err(Rule::TokenRevoked), "revoked"));
    }

    #[test]
    fn a_story_names_the_request_that_fetched_the_newer_token() {
        let story = token(Some(300)).refused(Rule::TokenReplaced, "wx1", at(301)).story;
        assert_eq!(story[0], "the access_token was issued at 1970-01-12T13:46:40Z by token for wx1");
        assert!(story[1].starts_with("request 000f4240-") && story[1].contains("fetched a newer one"), "{story:?}");
    }
}
