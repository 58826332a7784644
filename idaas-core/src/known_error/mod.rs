//! The refusals as a table: walked for documentation and coverage, asked for by name or code when a fault is planned.

mod calls;
mod codes;
mod error;
mod oauth2;
mod tenant;
#[cfg(test)]
mod tests;
mod tokens;
mod troubles;
mod users;
mod wechat;

pub(crate) use error::remedy_of;
pub use error::{KnownError, Source, known_error, refusals};
