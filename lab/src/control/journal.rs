//! The journal of a world, masked unless it is asked to show.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;
use sim::{Clock, Exchange, Mask, Party};

use super::answers::{ExchangeAnswer, JournalPage};
use super::call::Call;
use super::error::{ControlError, json};
use crate::world::World;

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
    let mut exchanges: Vec<_> = found.into_iter().map(plain).collect();
    hide(call, &world, &mut exchanges)?;
    Ok(json(StatusCode::OK, &JournalPage { last: world.journal().last(), now: world.clock().now(), exchanges }))
}

pub(crate) fn clear(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    call.world()?.journal().clear();
    Ok(super::error::nothing())
}

/// Puts names in the place of the world's secrets, unless the call asks to see them.
pub(super) fn hide(call: &Call<'_>, world: &World, exchanges: &mut [ExchangeAnswer]) -> Result<(), ControlError> {
    if call.query_as::<bool>("reveal")?.unwrap_or(false) {
        return Ok(());
    }
    let mut texts = Vec::new();
    exchanges.iter_mut().for_each(|exchange| each_text(exchange, &mut |text| texts.push(text.clone())));
    let mask = Mask::for_texts(world.secrets(), texts.iter().map(String::as_str));
    exchanges.iter_mut().for_each(|exchange| each_text(exchange, &mut |text| *text = mask.apply(text)));
    Ok(())
}

/// An exchange as it was: bodies as JSON where they are.
pub(super) fn plain(exchange: Exchange) -> ExchangeAnswer {
    ExchangeAnswer {
        seq: exchange.seq,
        at: exchange.at,
        from: exchange.from,
        to: exchange.to,
        method: exchange.method,
        target: exchange.target,
        headers: exchange.headers.into_iter().collect(),
        request: body(&exchange.request),
        status: exchange.status,
        answer: body(&exchange.answer),
        rid: exchange.note.rid,
        events: exchange.note.events,
        refusal: exchange.note.refusal,
        faults: exchange.note.faults,
    }
}

fn body(bytes: &Bytes) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
}

/// Shows every text in which a secret may stand.
fn each_text(exchange: &mut ExchangeAnswer, look: &mut impl FnMut(&mut String)) {
    look(&mut exchange.target);
    exchange.headers.values_mut().for_each(&mut *look);
    each_text_in(&mut exchange.request, look);
    each_text_in(&mut exchange.answer, look);
    exchange.faults.iter_mut().for_each(&mut *look);
    exchange.events.iter_mut().for_each(&mut *look);
    exchange.refusal.iter_mut().flat_map(|refusal| &mut refusal.story).for_each(look);
}

fn each_text_in(value: &mut Value, look: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text_in(item, look)),
        Value::Object(map) => map.values_mut().for_each(|value| each_text_in(value, look)),
        _ => {}
    }
}
