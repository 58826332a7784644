//! `GET /sns/jscode2session`: a login code for a session.

use serde::Serialize;

use super::{Call, json, query};
use crate::compact::IdText;
use crate::exchange::{Exchanged, exchange};
use crate::refusal::{Refused, Rule};

/// No errcode on success (observed, though the documented example shows one); no `unionid` for an app that is bound to
/// no Open Platform account.
#[derive(Debug, Serialize)]
struct Session<'a> {
    session_key: &'a str,
    openid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<&'a str>,
}

/// The order of checks is inferred; it agrees with every published answer.
pub(super) fn answer(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [appid, secret, code, grant_type] = query(call.query, ["appid", "secret", "js_code", "grant_type"]);
    let app = call.app(appid.as_deref())?;
    let secret = secret.ok_or_else(super::secret_missing)?;
    let code = code.ok_or_else(code_missing)?;
    check_grant_type(call, grant_type.as_deref())?;
    let rules = &call.setup.config.rules;
    if rules.ip_whitelist_covers_jscode2session {
        call.check_address(&app)?;
    }
    call.check_secret(&app, &secret)?;
    let exchanged = exchange(call.wechat, call.setup, &app, code.trim(), call.now, call.rid)?;
    Ok(session(&exchanged))
}

/// The answer to a good exchange.
pub(super) fn session(exchanged: &Exchanged) -> Vec<u8> {
    json(&Session {
        session_key: &exchanged.session_key.text(),
        openid: exchanged.openid.text(),
        unionid: exchanged.unionid.as_ref().map(IdText::text),
    })
}

pub(super) fn code_missing() -> Refused {
    Refused::new(Rule::LoginCodeMissing, "there is no `js_code` in the query")
        .and("send the code of wx.login as `js_code`; a parameter called `code` is not read")
}

pub(super) fn check_grant_type(call: &Call<'_>, grant_type: Option<&str>) -> Result<(), Refused> {
    let is_needed = call.setup.config.strict || call.setup.config.rules.grant_type_required;
    let story = match grant_type {
        Some("authorization_code") => return Ok(()),
        None if !is_needed => return Ok(()),
        Some(other) => format!("`grant_type` is `{other}`"),
        None => "there is no `grant_type` in the query".to_owned(),
    };
    Err(Refused::new(Rule::WrongGrantType, story).and("jscode2session takes `authorization_code`"))
}
