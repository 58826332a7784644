//! `--target`: where the worlds of a run are made.

use std::sync::Arc;
use std::time::Duration;

use super::Context;
use super::error::CliError;
use crate::run::{About, Here, NoSite, ServerSite, Site, Spawned};

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long a server may take for one call at least, however short a case's own time is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the worlds of a run are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Where {
    /// In this process.
    InProcess,
    /// On a server of the run's own.
    Spawn,
    /// On a server that runs.
    Server {
        /// Its address.
        url: String,
        /// What its control API asks for.
        admin_token: Option<String>,
    },
}

impl Where {
    /// What `--target` says.
    pub(super) fn new(text: Option<&str>, admin_token: Option<String>) -> Result<Self, CliError> {
        let admin_token = admin_token.filter(|token| !token.is_empty());
        match text {
            None | Some("in-process") => Ok(Self::InProcess),
            Some("spawn") => Ok(Self::Spawn),
            Some(url) => {
                ServerSite::new(url, admin_token.as_deref(), 0, PATIENCE).map_err(|error| {
                    CliError::flag("--target", error.to_string())
                        .hint("write `in-process`, `spawn`, or the address of a running server")
                })?;
                Ok(Self::Server { url: url.to_owned(), admin_token })
            }
        }
    }

    /// The place itself, ready to make worlds. A case has so much time.
    pub(super) async fn site(&self, timeout: Duration, context: &Context) -> Result<Arc<dyn Site>, CliError> {
        let patience = timeout.max(PATIENCE);
        match self {
            Self::InProcess => Ok(Arc::new(Here::new())),
            Self::Spawn => {
                let spawned = Spawned::start(patience)
                    .map_err(|error| CliError::surroundings(format!("the server of this run cannot start: {error}")))?;
                Ok(Arc::new(spawned))
            }
            Self::Server { url, admin_token } => {
                let run = sim::real::entropy();
                let site = ServerSite::new(url, admin_token.as_deref(), run, patience)
                    .map_err(|error| CliError::configuration(format!("--target: {error}")))?;
                if let Some(note) = note(url, &site.about().await.map_err(no_site)?) {
                    context.out.talk(&format!("note: {note}; results may differ\n"));
                }
                Ok(Arc::new(site))
            }
        }
    }
}

/// In what a server differs from this program.
fn note(url: &str, about: &About) -> Option<String> {
    match about.version.as_deref() {
        None => Some(format!("{url} is an older mockwx than this one, {VERSION}")),
        Some(version) if version != VERSION => Some(format!("{url} is mockwx {version}, this is {VERSION}")),
        Some(_) if about.strict => Some(format!("{url} was started with --strict")),
        Some(_) => None,
    }
}

fn no_site(error: NoSite) -> CliError {
    match &error {
        NoSite::Address(_) => CliError::configuration(format!("--target: {error}")),
        NoSite::Unreachable(_) => CliError::surroundings(format!("--target: {error}"))
            .hint("start a server with `mockwx serve`, or let `--target spawn` start one"),
        NoSite::Stranger { .. } => CliError::surroundings(format!("--target: {error}")),
        NoSite::Refused { status: 401, .. } => CliError::configuration(format!("--target: {error}"))
            .hint("give the token with --admin-token or MOCKWX_ADMIN_TOKEN"),
        NoSite::Refused { .. } => CliError::surroundings(format!("--target: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_word_or_an_address() {
        assert_eq!(Where::new(None, None).unwrap(), Where::InProcess);
        assert_eq!(Where::new(Some("in-process"), None).unwrap(), Where::InProcess);
        assert_eq!(Where::new(Some("spawn"), None).unwrap(), Where::Spawn);
        assert!(matches!(Where::new(Some("http://127.0.0.1:1"), None).unwrap(), Where::Server { .. }));
        for wrong in ["", "inprocess", "127.0.0.1:17080", "https://x"] {
            assert!(Where::new(Some(wrong), None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_server_that_differs_is_told() {
        let about = |version: Option<&str>, strict| About { version: version.map(str::to_owned), strict };
        let told = |about| note("http://lab:1", &about);
        assert_eq!(told(about(Some(VERSION), false)), None);
        assert_eq!(told(about(Some(VERSION), true)).unwrap(), "http://lab:1 was started with --strict");
        let other = told(about(Some("9.8.7"), false)).unwrap();
        assert_eq!(other, format!("http://lab:1 is mockwx 9.8.7, this is {VERSION}"));
        assert!(told(about(None, false)).unwrap().contains("older"));
    }
}
