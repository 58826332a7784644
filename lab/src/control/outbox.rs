//! What IDaaS would have sent to people: messages and pictures.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::answers::{CaptchaAnswer, Outbox};
use super::call::Call;
use super::error::{ControlError, json};
use crate::carried;

pub(crate) fn read(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let mut messages = call.world()?.idaas().outbox();
    if let Some(to) = call.query("to") {
        // An unescaped `+` arrives as a blank.
        let to = if to.starts_with(' ') { format!("+{}", to.trim_start()) } else { to };
        messages.retain(|message| message.is_to(&to));
    }
    Ok(json(StatusCode::OK, &Outbox { messages }))
}

pub(crate) fn captcha(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let token = call.parameter.split_once("---").map_or(call.parameter.as_str(), |(token, _)| token);
    let world = match (&call.named, carried::tag_of(token).and_then(|tag| call.lab.worlds.by_tag(tag))) {
        (None, Some(tagged)) => tagged,
        _ => call.world()?,
    };
    match world.idaas().captcha_answer(token) {
        Some(x) => Ok(json(StatusCode::OK, &CaptchaAnswer { x })),
        None => Err(ControlError::not_found("unknown_captcha", "no slider picture of this token is open")
            .hint("GET /api/v2/sdk/captcha makes one; it can be solved for a while and once")),
    }
}
