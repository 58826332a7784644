//! Artefacts of a world: listed, and aged, expired or revoked without moving the clock.

use bytes::Bytes;
use http::{Response, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use sim::{Alter, ArtefactKind, Life, Which};

use super::answers::{Altered, ArtefactList};
use super::call::Call;
use super::error::{ControlError, json};

/// How many artefacts are listed when nobody says.
const PAGE: usize = 1000;

pub(crate) fn list(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let (kind, state) = (call.query_as::<ArtefactKind>("kind")?, call.query("state"));
    let limit = call.query_as::<usize>("limit")?.unwrap_or(PAGE);
    let mut artefacts = call.world()?.artefacts();
    artefacts.retain(|record| {
        kind.is_none_or(|kind| record.kind == kind) && state.as_deref().is_none_or(|state| record.state == state)
    });
    let artefacts = artefacts.split_off(artefacts.len().saturating_sub(limit));
    Ok(json(StatusCode::OK, &ArtefactList { artefacts }))
}

/// Which artefacts to alter, and how: one of `artefact` and `kind`, one of `by`, `expire` and `revoke`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Ageing {
    /// The artefact itself, as it was handed out.
    artefact: Option<String>,
    /// All artefacts of a kind.
    kind: Option<ArtefactKind>,
    /// As if issued this much earlier.
    by: Option<Life>,
    /// As if just expired.
    expire: bool,
    /// As if taken back.
    revoke: bool,
}

impl Ageing {
    fn which(&self) -> Result<Which, ControlError> {
        match (&self.artefact, self.kind) {
            (Some(value), None) => Ok(Which::Value(value.trim().to_owned())),
            (None, Some(kind)) => Ok(Which::Kind(kind)),
            _ => Err(ControlError::bad_request("which_artefact", "say either `artefact` or `kind`")
                .hint(r#"such as {"artefact":"0a1B…","by":"4m59s"} or {"kind":"access_token","expire":true}"#)),
        }
    }

    fn how(&self) -> Result<Alter, ControlError> {
        match (self.by, self.expire, self.revoke) {
            (Some(by), false, false) => Ok(Alter::Age(by.get())),
            (None, true, false) => Ok(Alter::Expire),
            (None, false, true) => Ok(Alter::Revoke),
            _ => Err(ControlError::bad_request("what_to_do", "say one of `by`, `expire` and `revoke`")
                .hint(r#"such as {"artefact":"0a1B…","by":"4m59s"} or {"kind":"access_token","expire":true}"#)),
        }
    }
}

pub(crate) fn age(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let ageing: Ageing = call.body()?;
    let (which, how) = (ageing.which()?, ageing.how()?);
    let world = call.world()?;
    let altered = world.alter(&which, how);
    if altered == 0 && matches!(which, Which::Value(_)) {
        return Err(ControlError::not_found(
            "unknown_artefact",
            format!("the world `{}` handed out no such artefact that can still change", world.name()),
        )
        .hint("GET /__admin/v1/artefacts lists them; one without a world's mark needs the world's name"));
    }
    Ok(json(StatusCode::OK, &Altered { altered }))
}
