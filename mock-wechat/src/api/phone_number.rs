//! `POST /wxa/business/getuserphonenumber`: a phone code for a phone number.

use serde::Serialize;
use serde_json::Value;

use super::{Call, OK, json, query};
use crate::phone_info::{PhoneInfo, Watermark};
use crate::redeem::redeem;
use crate::refusal::{Refused, Rule};
use crate::setup::App;

#[derive(Debug, Serialize)]
struct PhoneNumber<'a> {
    errcode: i32,
    errmsg: &'static str,
    phone_info: PhoneInfo<'a>,
}

/// The access_token comes before everything else, so that a call refused for it leaves the code good.
pub(super) fn answer(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [token] = query(call.query, ["access_token"]);
    let app = call.bearer(token.as_deref())?;
    check_granted(&app)?;
    call.check_post()?;
    call.count(&app)?;
    let body = call.json_body(Rule::BodyNotJson)?;
    let code = match body.get("code") {
        Some(Value::String(code)) if !code.trim().is_empty() => code.trim(),
        Some(_) => {
            return Err(Refused::new(Rule::InvalidArguments, "`code` in the body is not a text, or empty")
                .and("send {\"code\":\"…\"} with the code of a phone number button"));
        }
        None => {
            return Err(Refused::new(Rule::InvalidArguments, "there is no `code` in the body")
                .and("send {\"code\":\"…\"} with the code of a phone number button"));
        }
    };
    let openid = body.get("openid").and_then(Value::as_str);
    let openid = openid.filter(|openid| call.setup.config.rules.phone_code_checks_openid && !openid.is_empty());
    let redeemed = redeem(call.wechat, call.setup, &app, code, openid, call.now, call.rid)?;
    let watermark = Watermark::new(&app.appid, redeemed.issued_at);
    let phone_info = PhoneInfo::new(&redeemed.phone, watermark);
    Ok(json(&PhoneNumber { errcode: OK.errcode, errmsg: OK.errmsg, phone_info }))
}

/// Whether the account has the phone number component (observed for personal and unverified accounts).
fn check_granted(app: &App) -> Result<(), Refused> {
    if app.standing.permissions.phone_number {
        return Ok(());
    }
    Err(Refused::new(Rule::ApiUnauthorized, format!("{} has not been granted the phone number component", app.appid))
        .and("have the account verified, and `permissions` set in the world"))
}
