//! How often an API may be called: in a day, and in a short while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sim::Moment;

use crate::refusal::{Refused, Rule};
use crate::setup::App;

/// Times that quotas may be cleared in a month (clearQuota page, documented). That a month is one of China is inferred.
const CLEARED_A_MONTH: u32 = 10;

/// How far China's clocks are ahead.
const CHINA: Duration = Duration::from_secs(8 * 3600);

/// An API whose calls are counted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Api {
    pub(crate) path: &'static str,
    /// Calls in a day, unless the mini program says otherwise.
    pub(crate) daily: u64,
    /// Calls in a stretch of so many seconds.
    pub(crate) rate: Rate,
}

/// Calls in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) calls: u64,
    pub(crate) seconds: u32,
}

const fn api(path: &'static str, daily: u64, calls: u64, seconds: u32) -> Api {
    Api { path, daily, rate: Rate { calls, seconds } }
}

/// The APIs whose calls are counted.
///
/// 500 000 a day and 10 000 a minute for stable_token and 60 000 a minute for resetusersessionkey are on their pages;
/// 300 a second for getuserphonenumber was told by WeChat's staff. All other figures are inferred: a quota of a day
/// grows with the mini program.
pub(crate) const APIS: &[Api] = &[
    api("/cgi-bin/token", 500_000, 10_000, 60),
    api("/cgi-bin/stable_token", 500_000, 10_000, 60),
    api("/wxa/business/getuserphonenumber", 10_000_000, 300, 1),
    api("/wxa/checksession", 10_000_000, 60_000, 60),
    api("/wxa/resetusersessionkey", 10_000_000, 60_000, 60),
    api("/wxa/business/checkencryptedmsg", 10_000_000, 60_000, 60),
    api("/wxa/getpaidunionid", 10_000_000, 60_000, 60),
    api("/cgi-bin/openapi/quota/get", 10_000_000, 60_000, 60),
    api("/cgi-bin/openapi/rid/get", 10_000_000, 60_000, 60),
];

/// The API of this path, if its calls are counted.
pub(crate) fn find(path: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.path == path)
}

/// Calls so far.
#[derive(Debug, Default)]
struct Used {
    day: i64,
    today: u64,
    stretch: i64,
    lately: u64,
}

#[derive(Debug, Default)]
struct Cleared {
    month: String,
    times: u32,
}

#[derive(Debug, Default)]
struct Counts {
    used: HashMap<(u32, &'static str), Used>,
    cleared: HashMap<u32, Cleared>,
}

/// The calls of all mini programs.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Mutex<Counts>);

/// What a mini program has of an API today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) daily: u64,
    pub(crate) used: u64,
}

/// The day in China, counted from 1970.
fn day(now: Moment) -> i64 {
    (now + CHINA).unix_seconds() / 86_400
}

fn daily(app: &App, api: &Api) -> u64 {
    app.standing.quotas.get(api.path).copied().unwrap_or(api.daily)
}

impl Quotas {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more call. A refused one is not counted (inferred).
    ///
    /// # Errors
    /// Too many calls today, or just now; never where limits are not `enforced`.
    pub(crate) fn take(&self, app: &App, api: &'static Api, now: Moment, enforced: bool) -> Result<(), Refused> {
        let mut counts = self.counts();
        let used = counts.used.entry((app.number, api.path)).or_default();
        let (today, stretch) = (day(now), now.unix_seconds().div_euclid(i64::from(api.rate.seconds)));
        if used.day != today {
            (used.day, used.today) = (today, 0);
        }
        if used.stretch != stretch {
            (used.stretch, used.lately) = (stretch, 0);
        }
        let limit = daily(app, api);
        if enforced && used.today >= limit {
            let story =
                format!("{} called {} {} times today, and {limit} are allowed", app.appid, api.path, used.today);
            return Err(Refused::new(Rule::DailyQuota, story)
                .and("the day ends at midnight in China; clear_quota begins a new one at once")
                .and(
                    "`quotas` of the mini program sets another figure, and `limits: off` in the world lifts this rule",
                ));
        }
        if enforced && used.lately >= api.rate.calls {
            let Rate { calls, seconds } = api.rate;
            let story = format!("{} called {} more than {calls} times within {seconds}s of {now}", app.appid, api.path);
            return Err(Refused::new(Rule::MinuteLimit, story)
                .and("wait, and call less often; `limits: off` in the world lifts this rule"));
        }
        used.today += 1;
        used.lately += 1;
        Ok(())
    }

    /// What a mini program has of an API today.
    pub(crate) fn left(&self, app: &App, api: &'static Api, now: Moment) -> Left {
        let counts = self.counts();
        let used = counts.used.get(&(app.number, api.path)).filter(|used| used.day == day(now));
        Left { daily: daily(app, api), used: used.map_or(0, |used| used.today) }
    }

    /// Begins a new day for all APIs of a mini program.
    ///
    /// # Errors
    /// Too often in this month, unless limits are not `enforced`.
    pub(crate) fn clear(&self, app: &App, now: Moment, enforced: bool) -> Result<(), Refused> {
        let mut counts = self.counts();
        let month = (now + CHINA).to_digits()[..6].to_owned();
        let cleared = counts.cleared.entry(app.number).or_default();
        if cleared.month != month {
            *cleared = Cleared { month, times: 0 };
        }
        if enforced && cleared.times >= CLEARED_A_MONTH {
            let story = format!("the quotas of {} were cleared {CLEARED_A_MONTH} times this month", app.appid);
            return Err(Refused::new(Rule::ClearQuotaLimit, story)
                .and("the month ends at midnight in China; `limits: off` in the world lifts this rule"));
        }
        cleared.times += 1;
        counts.used.retain(|(number, _), _| *number != app.number);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::setup::{Known, Setup};
    use sim::Seed;
    use std::sync::Arc;

    const PHONE: &str = "/wxa/business/getuserphonenumber";

    fn app(quotas: &str) -> Arc<App> {
        let text = format!(r#"{{"mini_programs":[{{"appid":"wx1","quotas":{quotas}}}]}}"#);
        let config: Config = serde_json::from_str(&text).unwrap();
        let setup = Setup::new(config, &Known::default(), Seed::new(7)).unwrap();
        Arc::clone(&setup.apps()[0])
    }

    /// Seconds after midnight in China, the first of a month.
    fn at(seconds: i64) -> Moment {
        Moment::parse_rfc3339("2026-03-01T00:00:00+08:00").unwrap() + Duration::from_secs(seconds.unsigned_abs())
    }

    fn take(quotas: &Quotas, app: &App, path: &str, seconds: i64) -> i32 {
        let taken = quotas.take(app, find(path).unwrap(), at(seconds), true);
        taken.map_or_else(|refused| refused.rule.errcode(), |()| 0)
    }

    #[test]
    fn three_hundred_phone_calls_fit_into_a_second() {
        let (quotas, app) = (Quotas::default(), app("{}"));
        assert_eq!((0..310).filter(|_| take(&quotas, &app, PHONE, 0) == 0).count(), 300);
        assert_eq!((take(&quotas, &app, PHONE, 0), take(&quotas, &app, PHONE, 1)), (45011, 0));
        assert_eq!(take(&quotas, &app, "/wxa/checksession", 0), 0);
        quotas.take(&app, find(PHONE).unwrap(), at(1), false).unwrap();
    }

    #[test]
    fn ten_thousand_tokens_fit_into_a_minute() {
        for path in ["/cgi-bin/token", "/cgi-bin/stable_token"] {
            let (quotas, app) = (Quotas::default(), app("{}"));
            assert_eq!((0..10_001).filter(|_| take(&quotas, &app, path, 59) == 0).count(), 10_000);
            assert_eq!(take(&quotas, &app, path, 60), 0);
        }
    }

    #[test]
    fn half_a_million_stable_tokens_fit_into_a_day() {
        let (quotas, app) = (Quotas::default(), app("{}"));
        let path = "/cgi-bin/stable_token";
        assert_eq!((0..500_000).filter(|n| take(&quotas, &app, path, n / 10_000 * 60) == 0).count(), 500_000);
        assert_eq!((take(&quotas, &app, path, 86_399), take(&quotas, &app, path, 86_400)), (45009, 0));
    }

    #[test]
    fn a_quota_of_ones_own_holds_until_midnight_in_china() {
        let (quotas, app) = (Quotas::default(), app(r#"{"/wxa/business/getuserphonenumber":2}"#));
        assert_eq!([0, 0, 0].map(|_| take(&quotas, &app, PHONE, 0)), [0, 0, 45009]);
        assert_eq!(quotas.left(&app, find(PHONE).unwrap(), at(0)), Left { daily: 2, used: 2 });
        assert_eq!(take(&quotas, &app, PHONE, 86_399), 45009);
        assert_eq!(quotas.left(&app, find(PHONE).unwrap(), at(86_400)), Left { daily: 2, used: 0 });
        assert_eq!(take(&quotas, &app, PHONE, 86_400), 0);
    }

    #[test]
    fn a_cleared_quota_is_whole_again() {
        let (quotas, app) = (Quotas::default(), app(r#"{"/wxa/business/getuserphonenumber":1}"#));
        assert_eq!([0, 0].map(|_| take(&quotas, &app, PHONE, 0)), [0, 45009]);
        quotas.clear(&app, at(0), true).unwrap();
        assert_eq!(take(&quotas, &app, PHONE, 0), 0);
    }

    #[test]
    fn quotas_are_cleared_ten_times_in_a_month() {
        let (quotas, app) = (Quotas::default(), app("{}"));
        let clear = |seconds, enforced| {
            quotas.clear(&app, at(seconds), enforced).map_or_else(|refused| refused.rule.errcode(), |()| 0)
        };
        assert_eq!((0..10).map(|_| clear(0, true)).sum::<i32>(), 0);
        let month = 31 * 86_400;
        assert_eq!((clear(0, true), clear(month - 1, true), clear(month - 1, false)), (48006, 48006, 0));
        assert_eq!(clear(month, true), 0);
    }
}
