//! Where the worlds of a run are made: in this process, on a server of the run's own, or on one that runs already.

mod here;
mod server;
mod spawned;
#[cfg(test)]
mod tests;
mod world;

use std::fmt;

use lab::WorldFile;
use sim::ConfigProblem;

use super::target::{BoxFuture, Target, Unreachable};

pub use self::here::Here;
pub(crate) use self::here::settings;
pub use self::server::{About, NoSite, ServerSite};
pub use self::spawned::Spawned;

/// Where the worlds of a run are made, each for one case.
pub trait Site: Send + Sync + fmt::Debug {
    /// Makes a sealed world.
    ///
    /// # Errors
    /// When it cannot be made.
    fn open(&self, world: WorldFile) -> BoxFuture<'_, Result<Box<dyn Target>, NotMade>>;

    /// Whether services under test can run in front of its worlds. Those live in this process then, behind a door for
    /// each service.
    fn takes_services(&self) -> bool {
        true
    }

    /// Takes away what is left of the worlds that were made, those of cases too that somebody stopped. Gives back the
    /// names of worlds that are still there, each with the reason.
    fn clear(&self) -> BoxFuture<'_, Vec<(String, String)>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

/// Why a world was not made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotMade {
    /// Its world file is wrong.
    #[error("its world cannot be made: {}", told(.0))]
    Invalid(Vec<ConfigProblem>),
    /// The server does not make it.
    #[error("its world cannot be made: {0}")]
    Refused(String),
    /// There is no server.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

fn told(problems: &[ConfigProblem]) -> String {
    let told: Vec<String> = problems
        .iter()
        .map(|problem| match &problem.hint {
            Some(hint) => format!("{problem} ({hint})"),
            None => problem.to_string(),
        })
        .collect();
    told.join("; ")
}
