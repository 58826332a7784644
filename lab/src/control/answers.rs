//! What the control API answers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sim::{ArtefactRecord, ClockMode, FaultRecord, Moment, Party, Refusal};

/// What a device call hands its callback; its fields are those of the vendor's page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct DeviceAnswer(pub(crate) BTreeMap<String, Value>);

/// A clock.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ClockAnswer {
    /// The world's time.
    pub(crate) now: Moment,
    /// How the clock goes.
    pub(crate) mode: ClockMode,
}

/// Where a world is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WorldAddress {
    /// Its name.
    pub(crate) name: String,
    /// Its base URL: every path of the lab, in this world.
    pub(crate) url: String,
}

/// One world in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WorldSummary {
    /// Its name.
    pub(crate) name: String,
    /// Its base URL.
    pub(crate) url: String,
    /// Its time.
    pub(crate) now: Moment,
    /// How its clock goes.
    pub(crate) mode: ClockMode,
    /// How many exchanges there were.
    pub(crate) exchanges: u64,
}

/// All worlds.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WorldList {
    /// In the order in which they came to be.
    pub(crate) worlds: Vec<WorldSummary>,
}

/// Part of a world file: maps are merged key by key, `null` takes a key away, lists are replaced.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
pub(crate) struct PartOfAWorld(#[expect(dead_code, reason = "only its schema is used")] BTreeMap<String, Value>);

/// Artefacts that were handed out.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ArtefactList {
    /// In the order in which they were issued.
    pub(crate) artefacts: Vec<ArtefactRecord>,
}

/// What came of an ageing.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Altered {
    /// How many artefacts were altered.
    pub(crate) altered: usize,
}

/// One exchange.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExchangeAnswer {
    /// Its number in the world.
    pub(crate) seq: u64,
    /// The world's time when it was answered.
    pub(crate) at: Moment,
    /// Who asked.
    pub(crate) from: Party,
    /// Who answered.
    pub(crate) to: Party,
    /// The HTTP method; `CALL` for a device's call.
    pub(crate) method: String,
    /// Path and query; for a device's call its name.
    pub(crate) target: String,
    /// The request headers that matter to the party that answered.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    /// The request's body: JSON where it is, text where it is not.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) request: Value,
    /// The HTTP status; 0 when nothing came back.
    pub(crate) status: u16,
    /// The answer's body: JSON where it is, text where it is not.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) answer: Value,
    /// The id by which `explain` knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rid: Option<String>,
    /// What the party did on the way to its answer: repeated calls, waits, tokens fetched anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) events: Vec<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refusal: Option<Refusal>,
    /// What planned faults did to it, a sentence each, beginning with the fault's name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) faults: Vec<String>,
}

/// Planned faults.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FaultList {
    /// In the order in which they were planned.
    pub(crate) faults: Vec<FaultRecord>,
}

/// What came of clearing faults.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Cleared {
    /// How many were taken back.
    pub(crate) cleared: usize,
}

/// Part of a journal.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JournalPage {
    /// The number of the newest exchange: where the next page goes on.
    pub(crate) last: u64,
    /// The world's time.
    pub(crate) now: Moment,
    /// Oldest first.
    pub(crate) exchanges: Vec<ExchangeAnswer>,
}

/// The story of one answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Explanation {
    /// The request id.
    pub(crate) rid: String,
    /// The world it happened in.
    pub(crate) world: String,
    /// The rule that refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<String>,
    /// What the answer said: `40163`, `COMMON.1007`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// What happened, a sentence a line.
    pub(crate) story: Vec<String>,
    /// The exchange itself.
    pub(crate) exchange: ExchangeAnswer,
}

/// Messages that IDaaS sent.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Outbox {
    /// Newest first.
    pub(crate) messages: Vec<idaas_core::Message>,
}

/// The answer of a slider picture.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CaptchaAnswer {
    /// How far to the right the piece belongs, in pixels.
    pub(crate) x: f64,
}
