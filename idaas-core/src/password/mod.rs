//! Passwords: how they are kept, and what they must be like.

mod policy;
mod stored;

pub(crate) use policy::{PasswordState, data, flaw, state};
pub(crate) use stored::{StoredPassword, problem};
