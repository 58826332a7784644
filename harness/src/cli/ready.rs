//! `mockwx ready`.

use std::time::Duration;

use clap::Args;
use sim::Life;

use super::Context;
use super::error::CliError;
use super::exit::Ended;
use super::joined::{Joined, not_ready, ready as is_ready, until_ready};
use super::run::no_runtime;

/// How long to wait when nobody says.
const PATIENCE: Duration = Duration::from_secs(30);

/// `mockwx ready`.
#[derive(Debug, Args)]
pub(crate) struct Ready {
    /// The running server
    #[arg(long, value_name = "URL", env = "MOCKWX_URL", hide_env = true, default_value = "http://127.0.0.1:17080")]
    url: String,
    /// Waits until it is ready; without a duration: 30s
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, env = "MOCKWX_WAIT", hide_env = true)]
    wait: Option<Option<String>>,
}

pub(super) fn ready(args: &Ready, _: &Context) -> Result<Ended, CliError> {
    let server = Joined::new(&args.url, None)?.server;
    let patience = match &args.wait {
        None => None,
        Some(None) => Some(PATIENCE),
        Some(Some(given)) => {
            let life: Life = given.parse().map_err(|error| CliError::flag("--wait", format!("{error}")))?;
            Some(life.get())
        }
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    runtime.block_on(async {
        match patience {
            Some(patience) => until_ready(&server, patience).await,
            None => is_ready(&server).await.map_err(|reason| not_ready(&server, &reason)),
        }
    })?;
    Ok(Ended::Well)
}
