//! What a run tells: to people on a terminal and in a browser, to CI, to programs.
//!
//! All of it is written from one [`RunResult`](crate::run::RunResult), in which no secret is left, and which can be read
//! back from the reports for programs.

mod diagram;
mod difference;
mod github;
mod html;
mod json;
pub mod jsonl;
mod junit;
mod mermaid;
mod problems;
mod progress;
mod read;
mod status;
mod tap;
mod terminal;
mod words;

pub use self::diagram::{Diagram, Event, EventKind};
pub use self::github::{annotations, summary};
pub use self::html::html;
pub use self::json::json;
pub use self::junit::junit;
pub use self::mermaid::mermaid;
pub use self::problems::{problem_annotations, problems_json};
pub use self::progress::{Progress, ProgressKind};
pub use self::read::{NoReport, read};
pub use self::tap::tap;
pub use self::terminal::Terminal;
