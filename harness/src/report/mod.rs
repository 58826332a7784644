//! What a run tells: to people on a terminal, to CI as JUnit, to programs as JSON.
//!
//! All of it is written from one [`RunResult`](crate::run::RunResult), in which no secret is left.

mod json;
mod junit;
mod progress;
mod status;
mod terminal;

pub use self::json::json;
pub use self::junit::junit;
pub use self::progress::{Progress, ProgressKind};
pub use self::terminal::Terminal;
