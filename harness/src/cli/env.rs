//! `mockwx env`.

use clap::Args;

use super::Context;
use super::data_folder::DataFolder;
use super::environment::variables_of;
use super::error::CliError;
use super::exit::Ended;
use super::joined::{Joined, not_ready, ready};
use super::run::no_runtime;
use crate::exec::environment::Address;
use crate::exec::files::Told;
use crate::exec::shell::Format;

/// `mockwx env`.
#[derive(Debug, Args)]
pub(crate) struct Env {
    /// The running server, or one world of it
    #[arg(long, value_name = "URL", env = "MOCKWX_URL", hide_env = true, default_value = "http://127.0.0.1:17080")]
    url: String,
    /// What its control API asks for
    #[arg(long, value_name = "TOKEN", env = "MOCKWX_ADMIN_TOKEN", hide_env = true, hide_env_values = true)]
    admin_token: Option<String>,
    /// How to write them
    #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
    format: Format,
}

pub(super) fn env(args: &Env, context: &Context) -> Result<Ended, CliError> {
    let joined = Joined::new(&args.url, args.admin_token.as_deref())?;
    let data = DataFolder::find()?;
    data.make()?;
    let folder = data.file("env").join(folder_name(&joined.address));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let told = runtime.block_on(async {
        ready(&joined.server).await.map_err(|reason| not_ready(&joined.server, &reason))?;
        let names = joined.names().await?;
        std::fs::create_dir_all(&folder).map_err(|error| CliError::file("make the folder", &folder, &error))?;
        let authority = joined.authority().await?;
        let lab = Told { address: &joined.address, names: &names, authority: &authority };
        variables_of(&lab, &folder, context)
    })?;
    context.out.data(&args.format.write(&told))?;
    Ok(Ended::Well)
}

/// One folder for each lab and world: asked again, it has the same files.
fn folder_name(address: &Address) -> String {
    let host: String =
        address.host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let world = address.world.as_ref().map(|world| format!("-{world}")).unwrap_or_default();
    format!("{host}-{}{world}", address.port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_world_of_each_lab_has_a_folder() {
        let name = |url: &str| folder_name(&Joined::new(url, None).unwrap().address);
        assert_eq!(name("http://127.0.0.1:17080"), "127.0.0.1-17080");
        assert_eq!(name("http://127.0.0.1:17080/__world/blue"), "127.0.0.1-17080-blue");
        assert_eq!(name("http://[::1]:1"), "__1-1");
    }
}
