//! The journal of a world, masked unless it is asked to show.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;
use sim::{Exchange, Mask, Party, Refusal};

use super::answers::{ExchangeAnswer, JournalPage};
use super::call::Call;
use super::error::{ControlError, json};

/// How many exchanges are shown when nobody says.
const PAGE: usize = 200;

pub(crate) fn read(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let world = call.world()?;
    let since = call.query_as::<u64>("since")?.unwrap_or(0);
    let limit = call.query_as::<usize>("limit")?.unwrap_or(PAGE);
    let (from, to) = (call.query_as::<Party>("from")?, call.query_as::<Party>("to")?);
    let (path, rid) = (call.query("path"), call.query("rid"));
    let fits = |exchange: &Exchange| {
        from.is_none_or(|from| exchange.from == from)
            && to.is_none_or(|to| exchange.to == to)
            && path.as_deref().is_none_or(|path| exchange.target.starts_with(path))
            && rid.as_deref().is_none_or(|rid| exchange.note.rid.as_deref() == Some(rid))
    };
    let mut found: Vec<_> = world.journal().after(since).into_iter().filter(fits).collect();
    let found = found.split_off(found.len().saturating_sub(limit));
    let mask = mask(call, &world)?;
    let exchanges = found.into_iter().map(|exchange| shown(exchange, &mask)).collect();
    Ok(json(StatusCode::OK, &JournalPage { last: world.journal().last(), exchanges }))
}

pub(crate) fn clear(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    call.world()?.journal().clear();
    Ok(super::error::nothing())
}

/// What hides the world's secrets, or nothing at all when the call asks to see them.
pub(super) fn mask(call: &Call<'_>, world: &crate::world::World) -> Result<Mask, ControlError> {
    let reveal = call.query_as::<bool>("reveal")?.unwrap_or(false);
    Ok(if reveal { Mask::new([]) } else { Mask::new(world.secrets()) })
}

/// An exchange as it is told: bodies as JSON where they are, every text through the mask.
pub(super) fn shown(exchange: Exchange, mask: &Mask) -> ExchangeAnswer {
    ExchangeAnswer {
        seq: exchange.seq,
        at: exchange.at,
        from: exchange.from,
        to: exchange.to,
        method: exchange.method,
        target: mask.apply(&exchange.target),
        headers: exchange.headers.into_iter().map(|(name, value)| (name, mask.apply(&value))).collect(),
        request: body(&exchange.request, mask),
        status: exchange.status,
        answer: body(&exchange.answer, mask),
        rid: exchange.note.rid,
        refusal: exchange
            .note
            .refusal
            .map(|refusal| Refusal { story: refusal.story.iter().map(|line| mask.apply(line)).collect(), ..refusal }),
    }
}

fn body(bytes: &Bytes, mask: &Mask) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => masked(value, mask),
        Err(_) => mask.apply(&String::from_utf8_lossy(bytes)).into(),
    }
}

fn masked(value: Value, mask: &Mask) -> Value {
    match value {
        Value::String(text) => mask.apply(&text).into(),
        Value::Array(items) => items.into_iter().map(|item| masked(item, mask)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, masked(value, mask))).collect(),
        other => other,
    }
}
