//! Refusals that nothing in the call asks for: what a fault of the world brings about.

use bytes::Bytes;
use http::{Request, StatusCode};
use sim::{Note, Refusal};

use super::{Endpoint, Failure, Family, answered, caller, json, kept, owner_of, query, response};
use crate::KnownRefusal;
use crate::refusal::Rule;
use crate::rid::Stamp;
use crate::wechat::{Answer, WeChat};

/// Refuses a request as WeChat would at its path.
pub(crate) fn fail(wechat: &WeChat, request: &Request<Bytes>, known: &KnownRefusal, mut story: Vec<String>) -> Answer {
    let (setup, now) = (wechat.setup(), wechat.ground.now());
    let family = Family::of(Endpoint::of(request.uri().path()));
    let (errcode, text) = match known.of {
        Some(rule) => {
            let rule = fitting(rule, family, request);
            (rule.errcode(), rule.text())
        }
        None => (known.errcode, known.text.as_str().into()),
    };
    story.push(known.remedy.to_owned());
    let refusal = Some(Refusal { rule: known.rule.to_owned(), code: errcode.to_string(), story });
    if known.of == Some(Rule::ChunkedBody) {
        let response = response(StatusCode::PRECONDITION_FAILED, None, Bytes::new(), now);
        return Answer { response, note: Note { refusal, ..Note::default() } };
    }
    let mut stamp = Stamp::next(&wechat.sequences.rids, now);
    let rules = &setup.config.rules;
    let errmsg = family.errmsg((errcode, &text), &mut stamp, rules);
    let body = json(&Failure { errcode, errmsg: &errmsg });
    let response = answered(family, body, rules, now);
    let [token] = query(request.uri().query().unwrap_or_default(), ["access_token"]);
    if let Some(app) = token.filter(|_| family != Family::Sns).and_then(|token| owner_of(wechat, &token)) {
        wechat.requests.keep(stamp.rid, kept(request, response.body(), app, now));
    }
    Answer { response, note: Note { rid: Some(stamp.rid.to_string()), refusal, ..Note::default() } }
}

/// The rule as this call would meet it: with the caller's own address, and with the errcode of its path where the rule
/// has two.
fn fitting(rule: Rule, family: Family, request: &Request<Bytes>) -> Rule {
    match rule {
        Rule::IpNotWhitelisted(_) => Rule::IpNotWhitelisted(caller(request).to_canonical()),
        Rule::LoginCodeOfOtherApp if family == Family::Business => Rule::PhoneCodeOfOtherApp,
        other => other,
    }
}
