//! What kind of server this is.

use bytes::Bytes;
use http::{Response, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::call::Call;
use super::error::{ControlError, json};

/// What kind of server this is: whoever brings calls of another version can tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct About {
    /// The version of mockwx.
    version: &'static str,
    /// Whether all leniency is turned off.
    strict: bool,
    /// How many worlds there may be.
    worlds: usize,
}

pub(super) fn show(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let settings = &call.lab.settings;
    let about = About { version: env!("CARGO_PKG_VERSION"), strict: settings.strict, worlds: settings.worlds };
    Ok(json(StatusCode::OK, &about))
}
