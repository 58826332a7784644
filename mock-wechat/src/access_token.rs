//! Access tokens: two lanes that do not know each other, and when a token is taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sim::{Expiring, Life, Moment, Seed, Sequence, Stamped, Tag};

use crate::refusal::{Refused, Rule};
use crate::rid::Rid;

/// How long a token lives: two hours (getAccessToken page, documented).
pub(crate) const LIFE: Duration = Duration::from_secs(7200);

/// In its last five minutes a stable token is replaced by the next call (getStableAccessToken page, documented).
const LAST_STRETCH: Duration = Duration::from_secs(300);

/// Two forced refreshes closer than this are one (getStableAccessToken page, documented).
const FORCED_INTERVAL: Duration = Duration::from_secs(30);

/// Forced refreshes in a day (getStableAccessToken page, documented). That a day ends at midnight in China is inferred.
const FORCED_A_DAY: u32 = 20;

/// How long a token is remembered, so that a late caller can be told what became of it.
const REMEMBERED: Duration = Duration::from_secs(86_400);
const LIMIT: usize = 100_000;

/// Characters of a token; observed mostly so since 2019. 512 are to be reserved for it (documented).
const LENGTH: usize = 136;
/// The number before the underscore grows over the years: 28 in 2019, 92 in 2025 (observed).
const PREFIX: &str = "92_";

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

    fn refused(&self, rule: Rule, app: &str, now: Moment) -> Refused {
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

/// What a lane hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    /// The token.
    pub(crate) text: Arc<str>,
    /// How long it has left.
    pub(crate) left: Duration,
}

#[derive(Debug, Default)]
struct LaneState {
    current: Option<Arc<str>>,
    previous: Option<Arc<str>>,
    last_forced: Option<Moment>,
    /// The day of the forced refreshes that were counted, and how many they were.
    forced: (i64, u32),
}

/// What a request for a token is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fetch {
    pub(crate) app: u32,
    pub(crate) now: Moment,
    pub(crate) rid: Rid,
    /// How long the replaced token goes on working.
    pub(crate) grace: Duration,
}

/// All tokens of a world.
#[derive(Debug)]
pub(crate) struct AccessTokens {
    tokens: Expiring<Arc<str>, Token>,
    lanes: Mutex<Lanes>,
    sequence: Sequence,
    tag: Tag,
}

#[derive(Debug, Default)]
struct Lanes {
    states: HashMap<(u32, Lane), LaneState>,
    issued: u32,
}

/// The day in China, counted from 1970.
fn day(now: Moment) -> i64 {
    (now.unix_seconds() + 8 * 3600) / 86_400
}

impl AccessTokens {
    /// No tokens yet.
    pub(crate) fn new(seed: Seed, tag: Tag) -> Self {
        Self {
            tokens: Expiring::new(REMEMBERED, LIMIT),
            lanes: Mutex::default(),
            sequence: seed.sequence("access_token"),
            tag,
        }
    }

    /// A new token of the classic lane.
    pub(crate) fn fetch_classic(&self, fetch: Fetch) -> Issued {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        self.rotate(&mut lanes, Lane::Classic, fetch)
    }

    /// The token of the stable lane: the present one while it has more than five minutes left, else a new one.
    pub(crate) fn fetch_stable(&self, fetch: Fetch) -> Issued {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        match self.current(&mut lanes, fetch) {
            Some(current) if current.left > LAST_STRETCH => current,
            _ => self.rotate(&mut lanes, Lane::Stable, fetch),
        }
    }

    /// A forced refresh of the stable lane. The replaced token goes on for its grace time; the one before it ends at
    /// once, so that two refreshes end a leaked token (documented as a procedure; the mechanism is inferred).
    ///
    /// # Errors
    /// Too many forced refreshes in a day, unless `unlimited`.
    pub(crate) fn fetch_forced(&self, fetch: Fetch, unlimited: bool) -> Result<Issued, Refused> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.current(&mut lanes, fetch);
        let state = lanes.states.entry((fetch.app, Lane::Stable)).or_default();
        let is_soon = state.last_forced.is_some_and(|last| fetch.now.since(last) < FORCED_INTERVAL);
        if let Some(current) = current.filter(|_| is_soon) {
            return Ok(current);
        }
        let today = day(fetch.now);
        let count = if state.forced.0 == today { state.forced.1 } else { 0 };
        if count >= FORCED_A_DAY && !unlimited {
            let story = format!(
                "stable_token was called with force_refresh {count} times today, and {FORCED_A_DAY} are allowed"
            );
            return Err(Refused::new(Rule::ForceRefreshAbuse, story)
                .and("call it without force_refresh: it hands out the present token, and a new one in time"));
        }
        state.forced = (today, count + 1);
        state.last_forced = Some(fetch.now);
        Ok(self.rotate(&mut lanes, Lane::Stable, fetch))
    }

    /// The present token of the stable lane, if it is good.
    fn current(&self, lanes: &mut Lanes, fetch: Fetch) -> Option<Issued> {
        let text = lanes.states.get(&(fetch.app, Lane::Stable))?.current.clone()?;
        let left = self.tokens.with(&*text, |token| {
            let token = token.filter(|token| token.check(fetch.now).is_ok())?;
            Some((token.issued_at + LIFE).since(fetch.now))
        })?;
        Some(Issued { text, left })
    }

    fn rotate(&self, lanes: &mut Lanes, lane: Lane, fetch: Fetch) -> Issued {
        let Fetch { app, now, rid, grace } = fetch;
        let serial = lanes.issued;
        lanes.issued = lanes.issued.wrapping_add(1);
        let text: Arc<str> = self.sequence.draw().tagged_base62_after(PREFIX, LENGTH, self.tag).into();
        let state = lanes.states.entry((app, lane)).or_default();
        if let Some(dropped) = state.previous.take() {
            self.tokens.with(&*dropped, |token| {
                if let Some(replaced) = token.and_then(|token| token.replaced.as_mut()) {
                    replaced.dies_at = replaced.dies_at.min(now);
                }
            });
        }
        if let Some(former) = state.current.replace(Arc::clone(&text)) {
            self.tokens.with(&*former, |token| {
                if let Some(token) = token {
                    // A token that had ended by itself does not come back to life by being replaced.
                    let dies_at = if token.check(now).is_ok() { now + grace } else { now };
                    token.replaced = Some(Replaced { at: now, by: rid, dies_at });
                }
            });
            state.previous = Some(former);
        }
        let token = Token { issued_at: now, serial, app, lane, replaced: None, revoked_at: None };
        self.tokens.insert(Arc::clone(&text), token, now);
        Issued { text, left: LIFE }
    }

    /// The number of the mini program for which a token speaks.
    ///
    /// # Errors
    /// A token that was never issued, or is good no longer; `name` tells an appid by its number.
    pub(crate) fn bearer(&self, text: &str, now: Moment, name: impl Fn(u32) -> Arc<str>) -> Result<u32, Refused> {
        let token = self.tokens.with(text, |token| {
            let token = token?;
            Some(token.check(now).map(|()| token.app).map_err(|rule| (rule, token.clone())))
        });
        match token {
            Some(Ok(app)) => Ok(app),
            Some(Err((rule, token))) => Err(token.refused(rule, &name(token.app), now)),
            None => Err(Refused::new(Rule::TokenUnknown, "no such access_token was issued in this world")
                .and("fetch one with stable_token or token, and send it as access_token in the query")),
        }
    }

    /// Ends all good tokens of a mini program.
    pub(crate) fn revoke_all_of(&self, app: u32, now: Moment) {
        self.tokens.each(|_, token| {
            if token.app == app {
                token.revoked_at.get_or_insert(now);
            }
        });
    }

    /// The store itself: for listing and altering.
    pub(crate) fn store(&self) -> &Expiring<Arc<str>, Token> {
        &self.tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rid::Stamp;

    const APP: u32 = 1;

    struct Fixture {
        tokens: AccessTokens,
        rids: Sequence,
        grace: Duration,
    }

    fn fixture() -> Fixture {
        let seed = Seed::new(7);
        let tokens = AccessTokens::new(seed, Tag::of("test"));
        Fixture { tokens, rids: seed.sequence("rid"), grace: Duration::from_secs(300) }
    }

    fn at(seconds: i64) -> Moment {
        // 08:00 in China.
        Moment::from_unix_seconds(1_000 * 86_400 + seconds)
    }

    impl Fixture {
        fn fetch(&self, seconds: i64) -> Fetch {
            let now = at(seconds);
            Fetch { app: APP, now, rid: Stamp::next(&self.rids, now).rid, grace: self.grace }
        }
        fn classic(&self, seconds: i64) -> Arc<str> {
            self.tokens.fetch_classic(self.fetch(seconds)).text
        }
        fn stable(&self, seconds: i64) -> (Arc<str>, u64) {
            let issued = self.tokens.fetch_stable(self.fetch(seconds));
            (issued.text, issued.left.as_secs())
        }
        fn forced(&self, seconds: i64) -> Result<Arc<str>, i32> {
            self.tokens
                .fetch_forced(self.fetch(seconds), false)
                .map(|issued| issued.text)
                .map_err(|refused| refused.rule.errcode())
        }
        fn check(&self, token: &str, seconds: i64) -> i32 {
            let bearer = self.tokens.bearer(token, at(seconds), |_| "wx1".into());
            bearer.map_or_else(|refused| refused.rule.errcode(), |_| 0)
        }
    }

    #[test]
    fn a_token_has_the_observed_shape_and_carries_its_world() {
        let token = fixture().classic(0);
        assert!(token.starts_with("92_") && token.len() == 136, "{token}");
        assert_eq!(Tag::read_base62(&token), Some(Tag::of("test")));
    }

    #[test]
    fn a_token_lives_two_hours() {
        let lab = fixture();
        let token = lab.classic(0);
        assert_eq!((lab.check(&token, 7200), lab.check(&token, 7201), lab.check("92_x", 0)), (0, 42001, 40001));
    }

    #[test]
    fn a_newer_classic_token_leaves_the_former_five_minutes() {
        let lab = fixture();
        let (first, second) = (lab.classic(0), lab.classic(100));
        assert_ne!(first, second);
        assert_eq!((lab.check(&first, 399), lab.check(&second, 399)), (0, 0));
        assert_eq!((lab.check(&first, 400), lab.check(&second, 400)), (40001, 0));
    }

    #[test]
    fn a_third_classic_token_ends_the_first_at_once() {
        let lab = fixture();
        let (first, second, third) = (lab.classic(0), lab.classic(10), lab.classic(20));
        assert_eq!((lab.check(&first, 20), lab.check(&second, 20), lab.check(&third, 20)), (40001, 0, 0));
    }

    #[test]
    fn without_grace_the_former_token_ends_at_once() {
        let lab = Fixture { grace: Duration::ZERO, ..fixture() };
        let first = lab.classic(0);
        lab.classic(10);
        assert_eq!(lab.check(&first, 10), 40001);
    }

    #[test]
    fn an_expired_token_does_not_come_back_to_life_when_it_is_replaced() {
        let lab = fixture();
        let first = lab.classic(0);
        lab.classic(8000);
        assert_eq!(lab.check(&first, 8001), 40001);
    }

    #[test]
    fn a_stable_token_stays_the_same_until_its_last_five_minutes() {
        let lab = fixture();
        let (first, left) = lab.stable(0);
        assert_eq!(left, 7200);
        assert_eq!(lab.stable(6899), (first.clone(), 301));
        let (second, left) = lab.stable(6900);
        assert!(second != first && left == 7200);
        assert_eq!((lab.check(&first, 7199), lab.check(&first, 7200), lab.check(&second, 7200)), (0, 40001, 0));
    }

    #[test]
    fn both_work_for_five_minutes_when_a_stable_token_is_replaced_near_its_end() {
        let lab = fixture();
        let (first, _) = lab.stable(0);
        lab.stable(7100);
        assert_eq!((lab.check(&first, 7399), lab.check(&first, 7400)), (0, 40001));
    }

    #[test]
    fn the_lanes_do_not_know_each_other() {
        let lab = fixture();
        let (stable, _) = lab.stable(0);
        let classic = lab.classic(1);
        lab.classic(2);
        lab.classic(3);
        assert_eq!((lab.check(&stable, 1000), lab.check(&classic, 1000)), (0, 40001));
    }

    #[test]
    fn two_forced_refreshes_within_thirty_seconds_are_one() {
        let lab = fixture();
        let (first, _) = lab.stable(0);
        let second = lab.forced(100).unwrap();
        assert_ne!(first, second);
        assert_eq!(lab.forced(129).unwrap(), second);
        assert_eq!(lab.check(&first, 130), 0);
        let third = lab.forced(130).unwrap();
        assert_ne!(third, second);
        assert_eq!((lab.check(&first, 130), lab.check(&second, 130)), (40001, 0));
    }

    #[test]
    fn the_twenty_first_forced_refresh_of_a_day_is_refused_until_midnight_in_china() {
        let lab = fixture();
        for n in 0..20 {
            lab.forced(n * 30).unwrap();
        }
        assert_eq!(lab.forced(600), Err(45009));
        assert!(lab.tokens.fetch_forced(lab.fetch(601), true).is_ok());
        assert_eq!(lab.forced(16 * 3600 - 1), Err(45009));
        assert!(lab.forced(16 * 3600).is_ok());
    }

    #[test]
    fn a_revoked_token_is_refused_and_the_stable_lane_makes_a_new_one() {
        let lab = fixture();
        let (token, _) = lab.stable(0);
        lab.tokens.revoke_all_of(APP, at(1));
        assert_eq!(lab.check(&token, 1), 40001);
        assert_ne!(lab.stable(2).0, token);
    }
}
