//! Planned misbehaviour: *where* (which calls) × *when* (which of them) × *what* (what goes wrong).
//!
//! A plan is plain data and knows no vendor: names of errors and of fields are texts that whoever carries a call out
//! understands. [`Faults`] holds the plans of one world and says of each call what is to happen to it; it counts, and it
//! draws from the world's seed, so that two runs with the same calls misbehave in the same way.

mod effect;
mod faults;
mod place;
mod plan;
mod when;

pub use effect::{BodyFault, Change, Delay, Effect, ErrorName, IdTokenFault, Turn};
pub use faults::{FaultRecord, Faults, Hit, NameTaken};
pub use place::{CallFacts, Place, Served};
pub use plan::FaultPlan;
pub use when::{Condition, Standing, When};
