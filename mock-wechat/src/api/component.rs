//! `GET /sns/component/jscode2session`: the exchange of a login code by a third-party platform.

use super::{Call, jscode2session, owner_of, query};
use crate::config::Component;
use crate::exchange::exchange;
use crate::refusal::{Refused, Rule};
use crate::setup::App;

/// What a platform sends in place of the secret (third-party platform login page, documented). The order of checks is
/// that of the exchange by secret.
pub(super) fn answer(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [appid, code, grant_type, component, token] =
        query(call.query, ["appid", "js_code", "grant_type", "component_appid", "component_access_token"]);
    let app = call.app(appid.as_deref())?;
    let component = component.ok_or_else(|| {
        Refused::new(Rule::ComponentAppidMissing, "there is no `component_appid` in the query")
            .and("send the appid of the third-party platform")
    })?;
    let token = token.ok_or_else(|| {
        Refused::new(Rule::TokenMissing, "there is no `component_access_token` in the query")
            .and("it is read from the query only; an `access_token` is not read")
    })?;
    let code = code.ok_or_else(jscode2session::code_missing)?;
    jscode2session::check_grant_type(call, grant_type.as_deref())?;
    check_token(call, authorised(&app, &component)?, &token)?;
    let exchanged = exchange(call.wechat, call.setup, &app, code.trim(), call.now, call.rid)?;
    Ok(jscode2session::session(&exchanged))
}

/// The platform of this appid, if the mini program has authorised it.
fn authorised<'a>(app: &'a App, appid: &str) -> Result<&'a Component, Refused> {
    let components = &app.standing.components;
    components.iter().find(|component| component.component_appid == appid).ok_or_else(|| {
        let known: Vec<_> = components.iter().map(|component| component.component_appid.as_str()).collect();
        let known = if known.is_empty() { "nobody".to_owned() } else { known.join(", ") };
        Refused::new(Rule::ComponentNotAuthorised, format!("{} has not authorised the platform `{appid}`", app.appid))
            .and(format!("it has authorised {known}: `authorised_components` in the world"))
    })
}

/// Whether the token is the platform's. That a mini program's own access_token is one of a wrong kind is inferred from
/// such answers of other APIs.
fn check_token(call: &Call<'_>, component: &Component, token: &str) -> Result<(), Refused> {
    if component.component_access_token.expose() == token {
        return Ok(());
    }
    Err(match owner_of(call.wechat, token) {
        Some(appid) => {
            Refused::new(Rule::TokenOfWrongKind, format!("this is an access_token of the mini program {appid}"))
                .and("send the component_access_token of the platform")
        }
        None => Refused::new(
            Rule::ComponentTokenUnknown,
            format!("this is not the present component_access_token of {}", component.component_appid),
        )
        .and("see `authorised_components` in the world"),
    })
}
