//! Planned misbehaviour, applied: from a plan in a file to an answer that is late, spoiled or lost.

mod carrier;
mod catalogue;
mod facts;
mod file;
mod spoil;

pub(crate) use carrier::{Answered, Plan};
pub use carrier::{Dripped, Lost};
pub use catalogue::{CATALOGUE, Misfortune};
pub use file::Fault;
