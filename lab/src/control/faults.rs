//! Planned misbehaviour of a world: planned, listed with its counts, and taken back.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::answers::{Cleared, FaultList};
use super::call::Call;
use super::error::{ControlError, json};
use crate::fault::Fault;

pub(crate) fn list(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    Ok(json(StatusCode::OK, &FaultList { faults: call.world()?.faults().list() }))
}

pub(crate) fn plan(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let fault: Fault = call.body()?;
    Ok(json(StatusCode::CREATED, &call.world()?.plan(&fault).map_err(ControlError::fault)?))
}

pub(crate) fn clear_all(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    Ok(json(StatusCode::OK, &Cleared { cleared: call.world()?.faults().clear_all() }))
}

pub(crate) fn clear(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let world = call.world()?;
    if world.faults().clear(&call.parameter) {
        return Ok(json(StatusCode::OK, &Cleared { cleared: 1 }));
    }
    let names: Vec<String> = world.faults().list().into_iter().map(|fault| fault.name).collect();
    let hint = match crate::suggest::nearest(&call.parameter, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "none is planned".to_owned(),
        None => format!("planned are: {}", names.join(", ")),
    };
    let message = format!("the world `{}` has no fault named `{}`", world.name(), call.parameter);
    Err(ControlError::not_found("unknown_fault", message).hint(hint))
}
