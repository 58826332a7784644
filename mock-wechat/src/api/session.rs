//! `GET /wxa/checksession` and `GET /wxa/resetusersessionkey`: is the back end's session_key still good?

use std::sync::Arc;

use serde::Serialize;

use super::{Call, OK, json, query};
use crate::account::Key;
use crate::refusal::{Refused, Rule};
use crate::session_key::check_signature;
use crate::setup::App;

#[derive(Debug, Serialize)]
struct NewKey<'a> {
    errcode: i32,
    errmsg: &'static str,
    openid: &'a str,
    session_key: &'a str,
}

/// Says whether the signature was made with the live key.
pub(super) fn check(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    check_key(call)?;
    Ok(json(&OK))
}

/// The same, and puts a new key in its place.
pub(super) fn reset(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let (app, account, openid) = check_key(call)?;
    let name = call.wechat.known.people.name(account.1);
    let rules = &call.setup.config.rules;
    let key = call
        .wechat
        .accounts
        .with((app.number, &app.appid), (account.1, &name), |mut open| open.reset_key(rules, call.now))
        // Another call may have ended the key between the two looks.
        .ok_or_else(|| {
            Refused::new(Rule::SessionKeyGone, format!("{name} has no live session_key in {}", app.appid))
        })?;
    Ok(json(&NewKey { errcode: OK.errcode, errmsg: OK.errmsg, openid: &openid, session_key: &key.text() }))
}

/// All checks that the two APIs share. That an unknown openid and a dead key have errcodes of their own is inferred.
fn check_key(call: &Call<'_>) -> Result<(Arc<App>, Key, String), Refused> {
    let [token, openid, signature, method] = query(call.query, ["access_token", "openid", "signature", "sig_method"]);
    let app = call.bearer(token.as_deref())?;
    call.count(&app)?;
    let missing = |name: &str| {
        Refused::new(Rule::InvalidArguments, format!("there is no `{name}` in the query"))
            .and("needed are access_token, openid, signature and sig_method")
    };
    let openid = openid.ok_or_else(|| missing("openid"))?;
    let signature = signature.ok_or_else(|| missing("signature"))?;
    let method = method.ok_or_else(|| missing("sig_method"))?;
    if method != "hmac_sha256" {
        return Err(
            Refused::new(Rule::WrongSigMethod, format!("`sig_method` is `{method}`")).and("it is `hmac_sha256`")
        );
    }
    let (wechat, now) = (call.wechat, call.now);
    let account = account_of(call, &app, &openid)?;
    let rules = &call.setup.config.rules;
    let person = wechat.known.people.name(account.1);
    wechat
        .accounts
        .look(account, |account| {
            let Some(session) = account.session.as_ref() else {
                return Err(Refused::new(Rule::SessionKeyGone, format!("{person} never logged in to {}", app.appid))
                    .and("call wx.login and exchange its code"));
            };
            if !session.is_live(rules.session_key_life, now) {
                let story =
                    format!("the session_key of {person} in {} was last used at {}", app.appid, session.used_at);
                let end = match session.revoked_at {
                    Some(at) => format!("it was taken back through the control API at {at}"),
                    None => format!("it lives {} from its last use; it is {now} now", rules.session_key_life),
                };
                return Err(Refused::new(Rule::SessionKeyGone, story)
                    .and(end)
                    .and("call wx.login and exchange its code"));
            }
            let former = account.former.iter().map(|former| &former.session.key);
            check_signature(&signature, &session.key, former).map_err(|(rule, guess)| {
                let story = format!(
                    "the session_key of {person} in {} came to be at {}; the signature was not made with it",
                    app.appid, session.made_at
                );
                let refused = Refused::new(rule, story);
                refused.and(guess.unwrap_or(
                    "it is HMAC-SHA256 of the empty text, keyed with the session_key's text, in hexadecimal",
                ))
            })?;
            account.live_session(rules, now);
            Ok(())
        })
        .unwrap_or_else(|| Err(Refused::new(Rule::SessionKeyGone, "the account is gone")))?;
    Ok((app, account, openid.into_owned()))
}

/// Whose openid this is in the mini program of the access_token.
pub(super) fn account_of(call: &Call<'_>, app: &App, openid: &str) -> Result<Key, Refused> {
    let wechat = call.wechat;
    match wechat.accounts.find(openid, app, call.setup.people()) {
        Some(account) if account.0 == app.number => Ok(account),
        Some((home, person)) => {
            let (home, person) = (wechat.known.apps.name(home), wechat.known.people.name(person));
            Err(Refused::new(Rule::UnknownOpenid, format!("this is the openid of {person} in {home}"))
                .and(format!("the access_token is one of {}; a person has an openid per mini program", app.appid))
                .and(format!("send the openid of {person} in {}, or an access_token of {home}", app.appid)))
        }
        None => Err(Refused::new(Rule::UnknownOpenid, format!("nobody has this openid in {}", app.appid))
            .and("it is the `openid` that jscode2session answers")),
    }
}
