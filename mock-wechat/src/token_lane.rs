//! The two lanes in which access tokens are issued.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sim::{Expiring, Moment, Seed, Sequence, Tag};

use crate::access_token::{LIFE, Lane, Replaced, Token};
use crate::compact::TokenText;
use crate::refusal::{Refused, Rule};
use crate::rid::Rid;

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

/// What a lane hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    /// The token.
    pub(crate) text: TokenText,
    /// How long it has left.
    pub(crate) left: Duration,
}

#[derive(Debug, Default)]
struct LaneState {
    current: Option<TokenText>,
    previous: Option<TokenText>,
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
    tokens: Expiring<TokenText, Token>,
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
        let left = self.tokens.with(text.text(), |token| {
            let token = token.filter(|token| token.check(fetch.now).is_ok())?;
            Some((token.issued_at + LIFE).since(fetch.now))
        })?;
        Some(Issued { text, left })
    }

    fn rotate(&self, lanes: &mut Lanes, lane: Lane, fetch: Fetch) -> Issued {
        let Fetch { app, now, rid, grace } = fetch;
        let serial = lanes.issued;
        lanes.issued = lanes.issued.wrapping_add(1);
        let text = TokenText::from(self.sequence.draw().tagged_base62_after(PREFIX, LENGTH, self.tag));
        let state = lanes.states.entry((app, lane)).or_default();
        if let Some(dropped) = state.previous.take() {
            self.tokens.with(dropped.text(), |token| {
                if let Some(replaced) = token.and_then(|token| token.replaced.as_mut()) {
                    replaced.dies_at = replaced.dies_at.min(now);
                }
            });
        }
        if let Some(former) = state.current.replace(text.clone()) {
            self.tokens.with(former.text(), |token| {
                if let Some(token) = token {
                    // A token that had ended by itself does not come back to life by being replaced.
                    let dies_at = if token.check(now).is_ok() { now + grace } else { now };
                    token.replaced = Some(Replaced { at: now, by: rid, dies_at });
                }
            });
            state.previous = Some(former);
        }
        let token = Token { issued_at: now, serial, app, lane, replaced: None, revoked_at: None };
        self.tokens.insert(text.clone(), token, now);
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
    pub(crate) fn store(&self) -> &Expiring<TokenText, Token> {
        &self.tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rid::Stamp;
    use proptest::prelude::*;

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
        fn classic(&self, seconds: i64) -> TokenText {
            self.tokens.fetch_classic(self.fetch(seconds)).text
        }
        fn stable(&self, seconds: i64) -> (TokenText, u64) {
            let issued = self.tokens.fetch_stable(self.fetch(seconds));
            (issued.text, issued.left.as_secs())
        }
        fn forced(&self, seconds: i64) -> Result<TokenText, i32> {
            self.tokens
                .fetch_forced(self.fetch(seconds), false)
                .map(|issued| issued.text)
                .map_err(|refused| refused.rule.errcode())
        }
        fn check(&self, token: &TokenText, seconds: i64) -> i32 {
            let bearer = self.tokens.bearer(token.text(), at(seconds), |_| "wx1".into());
            bearer.map_or_else(|refused| refused.rule.errcode(), |_| 0)
        }
    }

    #[test]
    fn a_token_has_the_observed_shape_and_carries_its_world() {
        let token = fixture().classic(0);
        let token = token.text();
        assert!(token.starts_with("92_") && token.len() == 136, "{token}");
        assert_eq!(Tag::read_base62(token), Some(Tag::of("test")));
    }

    #[test]
    fn a_token_lives_two_hours() {
        let lab = fixture();
        let token = lab.classic(0);
        assert_eq!(
            (lab.check(&token, 7200), lab.check(&token, 7201), lab.check(&"92_x".to_owned().into(), 0)),
            (0, 42001, 40001)
        );
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

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Wait(i64),
        Classic,
        Stable,
        Forced,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..4000i64).prop_map(Step::Wait),
            (0..40i64).prop_map(Step::Wait),
            Just(Step::Classic),
            Just(Step::Stable),
            Just(Step::Forced),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_fetched_is_good_and_at_most_two_tokens_of_a_lane_are(steps in proptest::collection::vec(step(), 1..60)) {
            let lab = fixture();
            let (mut seconds, mut seen) = (0, HashMap::<Lane, Vec<TokenText>>::new());
            for step in steps {
                let (lane, issued) = match step {
                    Step::Wait(by) => {
                        seconds += by;
                        continue;
                    }
                    Step::Classic => (Lane::Classic, lab.tokens.fetch_classic(lab.fetch(seconds))),
                    Step::Stable => (Lane::Stable, lab.tokens.fetch_stable(lab.fetch(seconds))),
                    Step::Forced => (Lane::Stable, lab.tokens.fetch_forced(lab.fetch(seconds), true).unwrap()),
                };
                prop_assert_eq!(lab.check(&issued.text, seconds), 0);
                prop_assert!(issued.left <= LIFE && (issued.left > LAST_STRETCH || matches!(step, Step::Forced)));
                let tokens = seen.entry(lane).or_default();
                tokens.retain(|token| *token != issued.text);
                tokens.push(issued.text);
                for tokens in seen.values() {
                    let good = tokens.iter().filter(|token| lab.check(token, seconds) == 0).count();
                    prop_assert!(good <= 2, "{} are good", good);
                }
            }
        }
    }
}
