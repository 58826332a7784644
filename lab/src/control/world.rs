//! One world as a whole: exported, replaced, changed, put back to its seed.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::call::Call;
use super::error::{ControlError, json};
use super::worlds::address;
use crate::WorldFile;

/// The world file in a body, with `like` followed to a shipped world.
pub(super) fn parsed(value: Value) -> Result<WorldFile, ControlError> {
    WorldFile::from_json(value).map_err(|problem| ControlError::world_file(vec![problem]))
}

pub(crate) fn export(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let world = call.world()?;
    match call.query_as::<bool>("beginning")?.unwrap_or(false) {
        true => Ok(json(StatusCode::OK, world.file())),
        false => Ok(json(StatusCode::OK, &world.export())),
    }
}

pub(crate) fn replace(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let file = parsed(call.body()?)?;
    let old = call.world()?;
    let world = call.lab.worlds.replace(call.lab.build(old.name(), file)?)?;
    Ok(json(StatusCode::OK, &address(call.base, &world)))
}

pub(crate) fn change(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let world = call.world()?;
    world.change(call.body()?, call.lab.settings.strict).map_err(ControlError::world_file)?;
    Ok(json(StatusCode::OK, &address(call.base, &world)))
}

pub(crate) fn reset(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let old = call.world()?;
    let world = call.lab.worlds.replace(call.lab.build(old.name(), old.file().clone())?)?;
    Ok(json(StatusCode::OK, &address(call.base, &world)))
}
