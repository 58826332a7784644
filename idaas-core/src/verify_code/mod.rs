//! The codes in SMS and e-mails: sent for one purpose to one address, and checked by the call that they are for.

mod codes;
mod purpose;

pub(crate) use codes::{ReservedCode, VerifyCodes};
pub(crate) use purpose::Purpose;
