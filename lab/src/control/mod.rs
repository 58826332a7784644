//! The control API: what tests, people and clients do to worlds from outside.

mod about;
mod answers;
mod artefacts;
mod authority;
mod call;
mod clock;
mod device;
mod error;
mod explain;
mod faults;
mod journal;
mod openapi;
mod outbox;
mod routes;
mod world;
mod worlds;

use std::cell::OnceCell;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::Lab;
use crate::base::Base;
use crate::lab::put_date;
use crate::suggest;
use crate::world::World;

use call::Call;
pub(crate) use error::{ControlError, json};
pub use openapi::openapi;
use routes::ROUTES;

/// Answers a call of the control API that was let through. A refusal, too, bears the date of the world that was named.
pub(crate) fn answer(
    lab: &Lab,
    request: &Request<Bytes>,
    named: Option<Arc<World>>,
    base: &Base,
) -> Result<Response<Bytes>, ControlError> {
    let Some(world) = named.clone() else { return answered(lab, request, named, base) };
    Ok(answered(lab, request, named, base).unwrap_or_else(|error| {
        let mut response = error.into_response();
        put_date(&mut response, sim::Clock::now(world.clock()));
        response
    }))
}

fn answered(
    lab: &Lab,
    request: &Request<Bytes>,
    named: Option<Arc<World>>,
    base: &Base,
) -> Result<Response<Bytes>, ControlError> {
    let path = request.uri().path();
    let mut others = Vec::new();
    for route in ROUTES {
        let Some(parameter) = route.parameter_in(path) else { continue };
        if route.method != *request.method() {
            others.push(route.method.as_str());
            continue;
        }
        let call =
            Call { lab, request, named, base, route, parameter: percent_decoded(parameter)?, chosen: OnceCell::new() };
        call.check_query()?;
        let mut response = (route.run)(&call)?;
        if let Some(world) = call.chosen.into_inner() {
            world.mark(&mut response);
        }
        return Ok(response);
    }
    if !others.is_empty() {
        return Err(ControlError::method(request.method(), path, &others));
    }
    let known = ROUTES.iter().map(|route| route.path);
    let hint = match suggest::nearest(path, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "GET /__admin/v1/openapi.json tells all paths".to_owned(),
    };
    Err(ControlError::not_found("unknown_path", format!("the control API has no {path}")).hint(hint))
}

fn percent_decoded(text: &str) -> Result<String, ControlError> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| ControlError::bad_request("invalid_path", "the path is not UTF-8"))
}
