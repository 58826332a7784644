//! In which order the keys of scenarios, flows and steps stand: the order of the checker's tables.

use crate::check::flow::FLOW_KEYS;
use crate::check::scenario::SCENARIO_KEYS;
use crate::check::steps::STEP_KEYS;

/// The order of the keys of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As they were written: in worlds, arguments and expectations the order may say something.
    Kept,
    /// A scenario's.
    Scenario,
    /// A flow's.
    Flow,
    /// A step's: its word first.
    Step,
}

impl Order {
    /// The order of a document with these keys.
    pub(super) fn of_document<'a>(keys: impl Iterator<Item = &'a str> + Clone) -> Self {
        match () {
            () if keys.clone().any(|key| key == "scenario") => Self::Scenario,
            () if keys.clone().any(|key| key == "flow") => Self::Flow,
            () => Self::Kept,
        }
    }

    /// The order of the mappings in the list under `key`.
    pub(super) fn of_items(self, key: &str) -> Self {
        match self {
            Self::Scenario | Self::Flow if key == "steps" || key == "finally" => Self::Step,
            _ => Self::Kept,
        }
    }

    /// Where a key stands among the others; those of one rank stay as they are.
    pub(super) fn rank(self, key: &str) -> usize {
        let place = |keys: &[&str]| keys.iter().position(|known| *known == key);
        match self {
            Self::Kept => 0,
            Self::Scenario => place(SCENARIO_KEYS).unwrap_or(SCENARIO_KEYS.len()),
            Self::Flow => place(FLOW_KEYS).unwrap_or(FLOW_KEYS.len()),
            Self::Step => place(STEP_KEYS).map_or(0, |place| place + 1),
        }
    }
}
