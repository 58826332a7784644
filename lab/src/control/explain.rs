//! Why an answer was what it was.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::answers::Explanation;
use super::call::Call;
use super::error::{ControlError, json};
use super::journal::{hide, plain};
use crate::request_id;

pub(crate) fn explain(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let Some(rid) = request_id::found_in(&call.parameter) else {
        return Err(ControlError::bad_request("no_rid", format!("there is no request id in `{}`", call.parameter))
            .hint("such as 66c69111-4157f271-729ca238, from an errmsg or from the X-Mock-Request-Id header"));
    };
    let rid = rid.to_ascii_lowercase();
    let worlds = match &call.named {
        Some(named) => vec![std::sync::Arc::clone(named)],
        None => call.lab.worlds.all(),
    };
    let mut found = worlds.iter().filter_map(|world| Some((world, world.journal().by_rid(&rid)?)));
    let Some((world, exchange)) = found.next() else {
        return Err(ControlError::not_found("unknown_rid", format!("no answer carried the request id {rid}"))
            .hint("the journal keeps the newest exchanges of each world; a reset or deleted world keeps none"));
    };
    // Worlds of one seed and one time number their answers alike.
    if let Some((other, _)) = found.next() {
        let message =
            format!("both `{}` and `{}` have an answer with the request id {rid}", world.name(), other.name());
        return Err(ControlError::new(StatusCode::CONFLICT, "ambiguous_rid", message)
            .hint("name the world that is meant, such as with the header X-Mock-World"));
    }
    let mut exchange = [plain(exchange)];
    hide(call, world, &mut exchange)?;
    let [exchange] = exchange;
    let mut story = vec![format!(
        "{} asked {} at {}: {} {}",
        exchange.from.name(),
        exchange.to.name(),
        exchange.at,
        exchange.method,
        exchange.target
    )];
    story.extend(exchange.faults.iter().map(|fault| format!("planned fault {fault}")));
    story.extend(exchange.events.iter().cloned());
    let refusal = exchange.refusal.clone();
    match &refusal {
        Some(refusal) => {
            story.extend(refusal.story.iter().cloned());
            story.push(format!("rule {} → {}", refusal.rule, refusal.code));
        }
        None => story.push(format!("it was answered with {} and not refused", exchange.status)),
    }
    let (rule, code) = refusal.map(|refusal| (refusal.rule, refusal.code)).unzip();
    Ok(json(StatusCode::OK, &Explanation { rid, world: world.name().to_owned(), rule, code, story, exchange }))
}
