//! `GET /cgi-bin/token` and `POST /cgi-bin/stable_token`: the two lanes of access tokens.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Call, json, query, secret_missing};
use crate::refusal::{Refused, Rule};
use crate::setup::App;
use crate::token_lane::{Fetch, Issued};

#[derive(Debug, Serialize)]
struct Token<'a> {
    access_token: &'a str,
    expires_in: u64,
}

/// The classic lane: each call a new token.
pub(super) fn token(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [appid, secret, grant_type] = query(call.query, ["appid", "secret", "grant_type"]);
    let app = call.app(appid.as_deref())?;
    let secret = secret.ok_or_else(secret_missing)?;
    check_grant_type(grant_type.as_deref())?;
    call.check_address(&app)?;
    call.check_secret(&app, &secret)?;
    speaks_for(call, &app)?;
    Ok(issued(&call.wechat.access_tokens.fetch_classic(fetch(call, &app))))
}

/// The stable lane: the same token until shortly before its end.
pub(super) fn stable_token(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let body = call.json_body(Rule::StableTokenNotJson)?;
    let app = call.app(text(&body, "appid")?)?;
    let secret = text(&body, "secret")?.ok_or_else(secret_missing)?;
    check_grant_type(text(&body, "grant_type")?)?;
    let is_forced = match body.get("force_refresh") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(forced)) => *forced,
        Some(_) => return Err(Refused::new(Rule::BodyNotJson, "`force_refresh` is neither true nor false")),
    };
    call.check_address(&app)?;
    call.check_secret(&app, secret)?;
    speaks_for(call, &app)?;
    let (tokens, fetch) = (&call.wechat.access_tokens, fetch(call, &app));
    let token =
        if is_forced { tokens.fetch_forced(fetch, !call.setup.config.limits)? } else { tokens.fetch_stable(fetch) };
    Ok(issued(&token))
}

/// What remains to be checked of a caller whose secret is right.
fn speaks_for(call: &Call<'_>, app: &App) -> Result<(), Refused> {
    call.is_of(app.appid.clone());
    call.check_frozen(app)?;
    call.count(app)
}

fn fetch(call: &Call<'_>, app: &App) -> Fetch {
    let grace = call.setup.config.rules.access_token_grace.get();
    Fetch { app: app.number, now: call.now, rid: call.rid, grace }
}

fn issued(issued: &Issued) -> Vec<u8> {
    json(&Token { access_token: issued.text.text(), expires_in: issued.left.as_secs() })
}

/// A text in the body; an empty one is none.
fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refused> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(Refused::new(Rule::BodyNotJson, format!("`{name}` is not a text"))),
    }
}

fn check_grant_type(grant_type: Option<&str>) -> Result<(), Refused> {
    let story = match grant_type {
        Some("client_credential") => return Ok(()),
        Some(other) => format!("`grant_type` is `{other}`"),
        None => "there is no `grant_type`".to_owned(),
    };
    Err(Refused::new(Rule::WrongGrantType, story).and("the token APIs take `client_credential`, without an s"))
}
