//! `POST /wxa/business/checkencryptedmsg`: does encrypted data come from WeChat?

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Serialize;
use serde_json::Value;
use sim::Life;

use super::{Call, OK, json, query};
use crate::encrypted_data::KNOWN;
use crate::refusal::{Refused, Rule};

/// The third key is misspelt on the wire (documented so).
#[derive(Debug, Serialize)]
struct Checked {
    errcode: i32,
    errmsg: &'static str,
    vaild: bool,
    create_time: i64,
}

/// Knows the phone data of the last three days (checkEncryptedData page, documented).
pub(super) fn answer(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let [token] = query(call.query, ["access_token"]);
    let app = call.bearer(token.as_deref())?;
    call.check_post()?;
    call.count(&app)?;
    let text = hash_in(call)?;
    let unknown = |story: String| Refused::new(Rule::EncryptedDataUnknown, story);
    let hash: Option<[u8; 32]> =
        HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let hash = hash.ok_or_else(|| {
        unknown("`encrypted_msg_hash` is no SHA-256 in hexadecimal".to_owned())
            .and("send the SHA-256 of the encryptedData text, as it arrived, not of the bytes behind it")
    })?;
    let handed = call.wechat.handed.with(&hash, |handed| handed.copied()).ok_or_else(|| {
        unknown("WeChat has encrypted no phone data with this SHA-256 in this world".to_owned())
            .and("send the SHA-256 of the encryptedData text of a phone number button; a profile is not known here")
    })?;
    if handed.app != app.number {
        let home = call.wechat.known.apps.name(handed.app);
        return Err(unknown(format!("this data was encrypted for {home}"))
            .and(format!("ask with an access_token of {home}, not of {}", app.appid)));
    }
    let age = call.now.since(handed.at);
    if age > KNOWN {
        return Err(unknown(format!("this data was encrypted at {}, {} ago", handed.at, Life::from(age)))
            .and("ask within three days"));
    }
    Ok(json(&Checked { errcode: OK.errcode, errmsg: OK.errmsg, vaild: true, create_time: handed.at.unix_seconds() }))
}

/// The hash out of a JSON body, or out of a form: one widely used SDK posts a form.
fn hash_in(call: &Call<'_>) -> Result<String, Refused> {
    let form = std::str::from_utf8(call.body).ok().filter(|body| body.starts_with("encrypted_msg_hash="));
    if let Some([Some(hash)]) = form.map(|form| query(form, ["encrypted_msg_hash"])) {
        return Ok(hash.into_owned());
    }
    match call.json_body(Rule::BodyNotJson)?.get("encrypted_msg_hash") {
        Some(Value::String(hash)) if !hash.trim().is_empty() => Ok(hash.clone()),
        _ => Err(Refused::new(Rule::InvalidArguments, "there is no `encrypted_msg_hash` in the body")
            .and("send {\"encrypted_msg_hash\":\"…\"} with the SHA-256 of the encryptedData text")),
    }
}
