//! The clock of a world.

use bytes::Bytes;
use http::{Response, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use sim::{Clock, Life, Moment, WorldClock};

use super::answers::ClockAnswer;
use super::call::Call;
use super::error::{ControlError, json};

/// What to do to a clock. Several at once happen in the order of the fields.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClockChange {
    /// Puts it at this time.
    set: Option<Moment>,
    /// Moves it forward by this much.
    advance: Option<Life>,
    /// Stops it.
    freeze: bool,
    /// Lets it run on.
    resume: bool,
}

impl ClockChange {
    fn check(&self) -> Result<(), ControlError> {
        let nothing = self.set.is_none() && self.advance.is_none() && !self.freeze && !self.resume;
        if nothing {
            return Err(ControlError::bad_request("nothing_to_do", "the body says nothing about the clock").hint(
                r#"such as {"advance":"5m"}, {"freeze":true}, {"set":"2026-03-01T09:00:00Z"} or {"resume":true}"#,
            ));
        }
        if self.freeze && self.resume {
            return Err(ControlError::bad_request("contradiction", "a clock cannot both freeze and resume"));
        }
        Ok(())
    }
}

fn told(clock: &WorldClock) -> Response<Bytes> {
    json(StatusCode::OK, &ClockAnswer { now: clock.now(), mode: clock.mode() })
}

pub(crate) fn read(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    Ok(told(call.world()?.clock()))
}

pub(crate) fn steer(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let change: ClockChange = call.body()?;
    change.check()?;
    let world = call.world()?;
    let clock = world.clock();
    if let Some(to) = change.set {
        clock.set(to);
    }
    if let Some(by) = change.advance {
        clock.advance(by.get());
    }
    if change.freeze {
        clock.freeze();
    }
    if change.resume {
        clock.resume();
    }
    Ok(told(clock))
}
