//! `GET /wxa/getpaidunionid`: a person's unionid, for whoever was just paid by that person.

use std::time::Duration;

use serde::Serialize;
use sim::Moment;

use super::session::account_of;
use super::{Call, OK, json, query};
use crate::config::Payment;
use crate::refusal::{Refused, Rule};

/// How long after a payment the unionid can be asked for (getPaidUnionid page, documented).
const LIFE: Duration = Duration::from_secs(300);

/// The unionid stands first (documented so).
#[derive(Debug, Serialize)]
struct Unionid<'a> {
    unionid: &'a str,
    errcode: i32,
    errmsg: &'static str,
}

/// By which numbers a payment is asked for.
#[derive(Debug, Clone, Copy)]
enum Asked<'a> {
    Transaction(&'a str),
    Order(&'a str, &'a str),
}

impl Asked<'_> {
    fn is_for(self, payment: &Payment) -> bool {
        match self {
            Self::Transaction(id) => payment.transaction_id.as_deref() == Some(id),
            Self::Order(mch_id, out_trade_no) => {
                payment.mch_id.as_deref() == Some(mch_id) && payment.out_trade_no.as_deref() == Some(out_trade_no)
            }
        }
    }
}

/// Payments are those that the world declares for the person. The order of checks is inferred.
pub(super) fn answer(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [token, openid, transaction, mch_id, out_trade_no] =
        query(call.query, ["access_token", "openid", "transaction_id", "mch_id", "out_trade_no"]);
    let app = call.bearer(token.as_deref())?;
    call.count(&app)?;
    let missing = |story: &str| {
        Refused::new(Rule::InvalidArguments, story)
            .and("needed are access_token, openid, and transaction_id or mch_id with out_trade_no")
    };
    let openid = openid.ok_or_else(|| missing("there is no `openid` in the query"))?;
    let asked = match (&transaction, &mch_id, &out_trade_no) {
        (Some(id), _, _) => Asked::Transaction(id),
        (None, Some(mch_id), Some(out_trade_no)) => Asked::Order(mch_id, out_trade_no),
        _ => return Err(missing("the query names no payment")),
    };
    let (_, person) = account_of(call, &app, &openid)?;
    let name = call.wechat.known.people.name(person);
    let unionid = call
        .wechat
        .accounts
        .with((app.number, &app.appid), (person, &name), |mut open| open.unionid(&app))
        .ok_or_else(|| {
        Refused::new(Rule::OpenPlatformNotBound, format!("{} is bound to no Open Platform account", app.appid))
            .and("bind it: `open_platform` of the mini program in the world")
    })?;
    let people = call.setup.people();
    let payments = people.iter().find(|known| known.number == person).map_or(&[][..], |known| &known.payments);
    check_paid(payments.iter().find(|payment| asked.is_for(payment)), &name, call.now)?;
    Ok(json(&Unionid { unionid: unionid.text(), errcode: OK.errcode, errmsg: OK.errmsg }))
}

/// Whether it was paid, and not too long ago.
fn check_paid(payment: Option<&Payment>, person: &str, now: Moment) -> Result<(), Refused> {
    let Some(payment) = payment else {
        return Err(Refused::new(Rule::PaymentUnknown, format!("{person} made no such payment"))
            .and("see `payments` of the person in the world"));
    };
    let paid_at = payment.paid_at;
    if paid_at > now {
        return Err(Refused::new(Rule::PaymentUnknown, format!("{person} will pay at {paid_at}; it is {now} now"))
            .and("ask once it is paid"));
    }
    if now.since(paid_at) > LIFE {
        return Err(Refused::new(Rule::PaymentUnknown, format!("{person} paid at {paid_at}; it is {now} now"))
            .and("ask within five minutes of the payment"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    #[test]
    fn a_payment_is_good_for_five_minutes_from_when_it_was_made() {
        let payment = Payment { transaction_id: None, mch_id: None, out_trade_no: None, paid_at: at(0) };
        let rule = |seconds| check_paid(Some(&payment), "alice", at(seconds)).map_err(|refused| refused.rule);
        let unknown = Err(Rule::PaymentUnknown);
        assert_eq!([-1, 0, 300, 301].map(rule), [unknown, Ok(()), Ok(()), unknown]);
    }

    #[test]
    fn a_payment_is_asked_for_by_the_services_number_or_the_merchants_two() {
        let text = |text: &str| Some(text.to_owned());
        let payment = Payment { transaction_id: text("t"), mch_id: text("m"), out_trade_no: text("o"), paid_at: at(0) };
        assert!(Asked::Transaction("t").is_for(&payment) && Asked::Order("m", "o").is_for(&payment));
        for other in [Asked::Transaction("x"), Asked::Order("m", "x"), Asked::Order("x", "o")] {
            assert!(!other.is_for(&payment), "{other:?}");
        }
    }
}
