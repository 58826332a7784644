//! `POST /cgi-bin/clear_quota`, its second version, and `POST /cgi-bin/openapi/quota/get`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Call, Endpoint, OK, json, query};
use crate::quota::{Rate, find};
use crate::refusal::{Refused, Rule};
use crate::setup::App;

#[derive(Debug, Serialize)]
struct Told {
    errcode: i32,
    errmsg: &'static str,
    quota: Quota,
    rate_limit: RateLimit,
    component_rate_limit: RateLimit,
}

#[derive(Debug, Serialize)]
struct Quota {
    daily_limit: u64,
    used: u64,
    remain: u64,
}

#[derive(Debug, Default, Serialize)]
struct RateLimit {
    call_count: u64,
    refresh_second: u32,
}

impl From<Rate> for RateLimit {
    fn from(Rate { calls, seconds }: Rate) -> Self {
        Self { call_count: calls, refresh_second: seconds }
    }
}

/// Clears the quotas of the caller's own mini program.
pub(super) fn clear(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [token] = query(call.query, ["access_token"]);
    let app = call.bearer(token.as_deref())?;
    let body = call.json_body(Rule::BodyNotJson)?;
    match text(&body, "appid") {
        Some(appid) if *appid == *app.appid => {}
        Some(appid) => {
            return Err(Refused::new(
                Rule::AppidOfOtherApp,
                format!("the access_token is one of {}, and the quotas of `{appid}` are to be cleared", app.appid),
            )
            .and("send the appid for which the access_token speaks"));
        }
        None => {
            return Err(Refused::new(Rule::InvalidArguments, "there is no `appid` in the body")
                .and("send {\"appid\":\"…\"} with the appid for which the access_token speaks"));
        }
    }
    cleared(call, &app)
}

/// Clears them for whoever knows the secret. The page puts both parameters into the body; one SDK puts them into the
/// query, so that either is read.
pub(super) fn clear_with_secret(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    call.check_post()?;
    let [appid, secret] = query(call.query, ["appid", "appsecret"]);
    let is_in_query = appid.is_some() || secret.is_some();
    let body = if is_in_query { Map::new() } else { call.json_body(Rule::BodyNotJson)? };
    let app = call.app(appid.as_deref().or(text(&body, "appid")))?;
    let secret = secret.as_deref().or(text(&body, "appsecret")).ok_or_else(|| {
        Refused::new(Rule::SecretMissing, "there is no `appsecret`")
            .and("here the parameter is called `appsecret`, not `secret`")
    })?;
    call.check_address(&app)?;
    call.check_secret(&app, secret)?;
    call.is_of(app.appid.clone());
    call.check_frozen(&app)?;
    cleared(call, &app)
}

fn cleared(call: &Call<'_>, app: &App) -> Result<Vec<u8>, Refused> {
    call.wechat.quotas.clear(app, call.now, call.setup.config.limits)?;
    Ok(json(&OK))
}

/// Tells the quota of one API. Those of `/sns` have none to tell (getApiQuota page, documented).
pub(super) fn get(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [token] = query(call.query, ["access_token"]);
    let app = call.bearer(token.as_deref())?;
    call.check_post()?;
    call.count(&app)?;
    let body = call.json_body(Rule::BodyNotJson)?;
    let path = text(&body, "cgi_path").ok_or_else(|| {
        Refused::new(Rule::InvalidArguments, "there is no `cgi_path` in the body")
            .and("send {\"cgi_path\":\"/wxa/business/getuserphonenumber\"}")
    })?;
    let Some(api) = find(path) else {
        return Err(match Endpoint::of(path) {
            Some(_) => Refused::new(Rule::CgiPathNotPermitted, format!("{path} has no daily quota to tell"))
                .and("ask for an API that takes an access_token"),
            None => Refused::new(Rule::CgiPathUnknown, format!("WeChat has no {path} here"))
                .and("send the path with its first slash, without host and query"),
        });
    };
    let left = call.wechat.quotas.left(&app, api, call.now);
    let quota = Quota { daily_limit: left.daily, used: left.used, remain: left.daily.saturating_sub(left.used) };
    let rate_limit = api.rate.into();
    // No platform acts here, so that it has nothing (inferred).
    let component_rate_limit = RateLimit::default();
    Ok(json(&Told { errcode: OK.errcode, errmsg: OK.errmsg, quota, rate_limit, component_rate_limit }))
}

/// A text in the body; an empty one is none.
fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}
