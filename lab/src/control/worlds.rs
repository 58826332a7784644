//! Making, listing and deleting worlds.

use bytes::Bytes;
use http::{Response, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::answers::{WorldAddress, WorldList, WorldSummary};
use super::call::Call;
use super::error::{ControlError, json};
use super::world::parsed;
use crate::WorldFile;
use crate::base::Base;
use crate::world::World;
use crate::worlds::check_name;

/// A world to be made.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewWorld {
    /// 1 to 63 characters out of a-z, 0-9 and `-`. Absent: one that no world has.
    name: Option<String>,
    /// Its world file. Absent: as the default world was started.
    #[schemars(with = "Option<WorldFile>")]
    world: Option<Value>,
}

pub(super) fn address(base: &Base, world: &World) -> WorldAddress {
    WorldAddress { name: world.name().to_owned(), url: base.of_world(world.name()) }
}

fn summary(base: &Base, world: &World) -> WorldSummary {
    let clock = world.clock();
    let WorldAddress { name, url } = address(base, world);
    WorldSummary { name, url, now: sim::Clock::now(clock), mode: clock.mode(), exchanges: world.journal().last() }
}

pub(crate) fn list(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let worlds = call.lab.worlds.all().iter().map(|world| summary(call.base, world)).collect();
    Ok(json(StatusCode::OK, &WorldList { worlds }))
}

pub(crate) fn create(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let new: NewWorld = call.body()?;
    let name = match new.name {
        Some(name) => name,
        None => call.lab.worlds.fresh_name(),
    };
    check_name(&name)?;
    let file = match new.world {
        Some(value) => parsed(value).map_err(|error| error.under("world"))?,
        None => call.lab.settings.world.clone(),
    };
    let world = call.lab.worlds.add(call.lab.build(&name, file)?)?;
    Ok(json(StatusCode::CREATED, &address(call.base, &world)))
}

pub(crate) fn show(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    Ok(json(StatusCode::OK, &summary(call.base, &*call.lab.worlds.named(&call.parameter)?)))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    call.lab.worlds.remove(&call.parameter)?;
    Ok(super::error::nothing())
}
