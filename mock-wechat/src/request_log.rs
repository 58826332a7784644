//! Requests that were answered, for whoever asks with a rid what became of one.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sim::{Expiring, Moment, Stamped};

use crate::refusal::{Refused, Rule};
use crate::rid::Rid;

/// How long a request is kept (getRidInfo page, documented).
pub(crate) const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// How many are kept at once; the oldest go first.
const LIMIT: usize = 10_000;

/// A request and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) at: Moment,
    /// The appid of the mini program that made it.
    pub(crate) app: Arc<str>,
    /// The query: what the page calls its URL parameters.
    pub(crate) query: String,
    pub(crate) request: Bytes,
    pub(crate) response: Bytes,
    pub(crate) caller: IpAddr,
}

impl Stamped for Answered {
    fn issued_at(&self) -> Moment {
        self.at
    }
}

/// The requests of a world to `/cgi-bin` and `/wxa`.
#[derive(Debug)]
pub(crate) struct RequestLog(Expiring<Rid, Answered>);

impl Default for RequestLog {
    fn default() -> Self {
        Self(Expiring::new(KEPT, LIMIT))
    }
}

impl RequestLog {
    /// Keeps a request.
    pub(crate) fn keep(&self, rid: Rid, answered: Answered) {
        let now = answered.at;
        self.0.insert(rid, answered, now);
    }

    /// The request of this rid, for the mini program that made it.
    ///
    /// # Errors
    /// No rid, an unknown one, one older than seven days, or one of another mini program.
    pub(crate) fn find(&self, text: &str, app: &str, now: Moment) -> Result<Answered, Refused> {
        let Some(rid) = Rid::parse(text) else {
            return Err(Refused::new(Rule::RidMalformed, format!("`{text}` is no rid"))
                .and("a rid is three groups of eight hexadecimal digits, as at the end of an errmsg"));
        };
        let made_at = rid.made_at();
        if made_at.unix_seconds() > now.unix_seconds() {
            return Err(Refused::new(Rule::RidTimeWrong, format!("this rid is one of {made_at}, and it is {now} now"))
                .and("the first group of a rid is the time of its request; send the rid as it was told"));
        }
        let is_old = now.since(made_at) > KEPT;
        match self.0.with(&rid, |answered| answered.cloned()).filter(|_| !is_old) {
            Some(answered) if *answered.app == *app => Ok(answered),
            Some(answered) => Err(Refused::new(
                Rule::RidOfOtherApp,
                format!("this request of {} was made by {}", answered.at, answered.app),
            )
            .and(format!("ask with an access_token of {}, not of {app}", answered.app))),
            None if is_old => Err(Refused::new(Rule::RidUnknown, format!("this rid is one of {made_at}"))
                .and(format!("a request is kept for seven days; it is {now} now"))
                .and("ask within seven days")),
            None => Err(Refused::new(Rule::RidUnknown, "no request of this rid is kept in this world")
                .and("requests to /sns are not kept, nor those of which nobody knows the mini program")
                .and("ask for the rid of a call to /cgi-bin or /wxa with good credentials")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rid::Stamp;
    use sim::Seed;

    fn at(seconds: u64) -> Moment {
        Moment::from_unix_seconds(1_772_355_600) + Duration::from_secs(seconds)
    }

    fn log() -> (RequestLog, String) {
        let (log, rid) = (RequestLog::default(), Stamp::next(&Seed::new(7).sequence("rid"), at(0)).rid);
        let (app, caller) = ("wx1".into(), "203.0.113.7".parse().unwrap());
        let (query, request, response) = ("a=1".to_owned(), Bytes::new(), Bytes::new());
        log.keep(rid, Answered { at: at(0), app, query, request, response, caller });
        (log, rid.to_string())
    }

    #[test]
    fn a_request_is_kept_for_seven_days() {
        let (log, rid) = log();
        let rule = |seconds| log.find(&rid, "wx1", at(seconds)).map(|found| found.query).map_err(|no| no.rule);
        assert_eq!((rule(7 * 86_400), rule(7 * 86_400 + 1)), (Ok("a=1".to_owned()), Err(Rule::RidUnknown)));
    }

    #[test]
    fn each_wrong_rid_has_its_rule() {
        let (log, rid) = log();
        let rule = |rid: &str, app| log.find(rid, app, at(1)).unwrap_err().rule;
        assert_eq!(rule(&rid, "wx2"), Rule::RidOfOtherApp);
        assert_eq!(rule("69a40010-00000000-00000000", "wx1"), Rule::RidUnknown);
        assert_eq!(rule("69a40012-00000000-00000000", "wx1"), Rule::RidTimeWrong);
        for malformed in ["", "x", "69a40010", "69a40010-00000000-0000000g", "69a40010-00000000-00000000-00000000"] {
            assert_eq!(rule(malformed, "wx1"), Rule::RidMalformed, "{malformed}");
        }
    }
}
