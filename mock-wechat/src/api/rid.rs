//! `POST /cgi-bin/openapi/rid/get`: what became of a request.

use serde::Serialize;
use serde_json::Value;

use super::{Call, OK, json, query};
use crate::refusal::{Refused, Rule};

#[derive(Debug, Serialize)]
struct Told<'a> {
    errcode: i32,
    errmsg: &'static str,
    request: Request<'a>,
}

/// `request_url` is the query alone, as in the page's example.
#[derive(Debug, Serialize)]
struct Request<'a> {
    invoke_time: i64,
    cost_in_ms: u64,
    request_url: &'a str,
    request_body: &'a str,
    response_body: &'a str,
    client_ip: String,
}

/// Tells a request of the last seven days to the mini program that made it; those to `/sns` are not kept (getRidInfo
/// page, documented).
pub(super) fn answer(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [token] = query(call.query, ["access_token"]);
    let app = call.bearer(token.as_deref())?;
    call.check_post()?;
    call.count(&app)?;
    let body = call.json_body(Rule::BodyNotJson)?;
    let rid = body.get("rid").and_then(Value::as_str).filter(|rid| !rid.trim().is_empty()).ok_or_else(|| {
        Refused::new(Rule::InvalidArguments, "there is no `rid` in the body")
            .and("send {\"rid\":\"…\"} with the rid of an errmsg")
    })?;
    let answered = call.wechat.requests.find(rid, &app.appid, call.now)?;
    Ok(json(&Told {
        errcode: OK.errcode,
        errmsg: OK.errmsg,
        request: Request {
            invoke_time: answered.at.unix_seconds(),
            // A world's time does not pass while it answers.
            cost_in_ms: 0,
            request_url: &answered.query,
            request_body: &String::from_utf8_lossy(&answered.request),
            response_body: &String::from_utf8_lossy(&answered.response),
            client_ip: answered.caller.to_canonical().to_string(),
        },
    }))
}
