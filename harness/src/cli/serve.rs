//! `mockwx serve`.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lab::{Lab, Settings, SigningKey, WorldFile};
use tokio::net::TcpListener;

use super::args::Serve;
use super::error::CliError;
use super::exit::Ended;
use super::run::no_runtime;
use super::signals::Signals;
use super::{Context, authority};
use crate::check::check_world_file;

/// Where a server listens when nobody says.
const DEFAULT: &str = "127.0.0.1:17080";
/// The key id of a key of one's own: not that of the test key, so that nobody's cache mixes up the two.
const KID: &str = "k2";
/// How long a stopping server waits for answers that are on their way.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn serve(args: Serve, context: &Context) -> Result<Ended, CliError> {
    let file = &context.project.serve;
    let address = address(args.listen.as_deref().or(file.listen.as_deref()).unwrap_or(DEFAULT))?;
    let port_file = args.port_file.clone().or_else(|| file.port_file.clone().map(PathBuf::from));
    let settings = settings(args, context)?;
    if !address.ip().is_loopback() && settings.admin_token.is_none() {
        return Err(CliError::configuration(format!(
            "{address} can be reached from other machines, and whoever reaches it could read and change everything"
        ))
        .hint("protect the control API with --admin-token, or listen on 127.0.0.1"));
    }
    if let Some(path) = &port_file {
        // Whoever waits for the file must not find the port of an earlier server.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(CliError::file("replace", path, &error));
            }
            _ => {}
        }
    }
    let lab = Lab::new(settings).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        CliError::invalid_world(told.join("; "))
    })?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
    let ended = runtime.block_on(async {
        let listener = lab::listen(address).map_err(|error| not_bound(address, &error))?;
        let signals = Signals::listen().map_err(|error| no_runtime(&error))?;
        let bound = listener.local_addr().map_err(|error| not_bound(address, &error))?;
        if let Some(path) = &port_file {
            write_port(path, bound.port())?;
        }
        context.out.data(&welcome(bound))?;
        until_stopped(listener, lab, signals, context).await;
        Ok(Ended::Well)
    });
    runtime.shutdown_background();
    ended
}

/// Serves until a signal comes; then answers what is on its way, unless a second one comes.
async fn until_stopped(listener: TcpListener, lab: Lab, mut signals: Signals, context: &Context) {
    let drain = lab::serve(listener, Arc::new(lab), signals.next()).await;
    context.out.talk("stopping: answering what is on its way; Ctrl-C stops at once\n");
    // Dropping the drain cuts off what is left.
    let _ = signals.unless(drain.within(PATIENCE)).await;
}

fn settings(args: Serve, context: &Context) -> Result<Settings, CliError> {
    let file = &context.project.serve;
    let or_file = |given: Vec<String>, file: &[String]| if given.is_empty() { file.to_vec() } else { given };
    let keys = args.keys.or_else(|| file.keys.clone().map(PathBuf::from));
    let world = world(args.world.as_deref(), context)?;
    let names = lab::intercepted_names([world.idaas.domain.as_str()]);
    Ok(Settings {
        world,
        strict: context.switch("strict", args.strict, file.strict),
        public_url: args.public_url.or_else(|| file.public_url.clone()),
        trust_forwarded: context.switch("trust_forwarded", args.trust_forwarded, file.trust_forwarded),
        admin_token: args.admin_token.or_else(|| file.admin_token.clone()).filter(|token| !token.is_empty()),
        allow_hosts: or_file(args.allow_host, &file.allow_host),
        allow_origins: or_file(args.allow_origin, &file.allow_origin),
        key: keys.map(|path| signing_key(&path)).transpose()?,
        passthrough: passthrough(or_file(args.passthrough, &file.passthrough), &names)?,
        authority: Some(authority::when_wanted(context, names)),
        ..Settings::default()
    })
}

/// Hosts that calls are passed on to. What mockwx answers itself is none.
pub(super) fn passthrough(hosts: Vec<String>, names: &[String]) -> Result<Vec<String>, CliError> {
    for host in &hosts {
        let is_bare = !host.is_empty() && !host.contains(['/', ':', '*', ' ', '@']);
        if !is_bare && host.parse::<std::net::IpAddr>().is_err() {
            return Err(CliError::configuration(format!("--passthrough: `{host}` is no host"))
                .hint("a name alone, such as registry.example.com, without a scheme, a port or a wildcard"));
        }
        if names.iter().any(|name| name.eq_ignore_ascii_case(host)) {
            return Err(CliError::configuration(format!("--passthrough: mockwx answers as {host} itself"))
                .hint("to reach the real one, keep the client from asking mockwx: set NO_PROXY for it"));
        }
    }
    Ok(hosts)
}

/// The default world: of the flag, of the project file, or the ready one.
pub(super) fn world(given: Option<&Path>, context: &Context) -> Result<WorldFile, CliError> {
    let file = match (given, context.project.world()) {
        (Some(path), _) => check_world_file(path).map_err(CliError::invalid)?.file.clone(),
        (None, Some(world)) => world.file.clone(),
        (None, None) => return Ok(WorldFile::ready()),
    };
    WorldFile::from_json(file).map_err(|problem| CliError::invalid_world(problem.to_string()))
}

pub(super) fn signing_key(path: &Path) -> Result<Arc<SigningKey>, CliError> {
    let pem = std::fs::read_to_string(path).map_err(|error| CliError::file("read", path, &error))?;
    SigningKey::from_pem(&pem, KID).map(Arc::new).map_err(|error| {
        CliError::configuration(format!("--keys: {}: {error}", path.display()))
            .hint("an RSA key in PKCS#8 is wanted: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
    })
}

pub(super) fn address(text: &str) -> Result<SocketAddr, CliError> {
    let numeric = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    numeric.parse().map_err(|_| {
        CliError::configuration(format!("--listen: `{text}` is no address"))
            .hint("such as 127.0.0.1:17080, or 127.0.0.1:0 for a free port")
    })
}

pub(super) fn not_bound(address: SocketAddr, error: &io::Error) -> CliError {
    let told = CliError::surroundings(format!("cannot listen on {address}: {error}"));
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            told.hint("perhaps another mockwx runs; stop it, or pick a free port with --listen 127.0.0.1:0")
        }
        io::ErrorKind::PermissionDenied => told.hint("ports below 1024 need rights; pick a higher one"),
        _ => told,
    }
}

/// Writes the port so that whoever sees the file sees all of it.
fn write_port(path: &Path, port: u16) -> Result<(), CliError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let whole = path.with_file_name(name);
    std::fs::write(&whole, format!("{port}\n"))
        .and_then(|()| std::fs::rename(&whole, path))
        .map_err(|error| CliError::file("write", path, &error))
}

fn welcome(bound: SocketAddr) -> String {
    let mut shown = bound;
    if bound.ip().is_unspecified() {
        shown.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{shown}");
    let flag = if url == format!("http://{DEFAULT}") { String::new() } else { format!(" --url {url}") };
    format!(
        "mockwx is ready at {url}\n\n  a login code     mockwx code{flag}\n  a phone code     mockwx code --phone{flag}\n  \
         all it can do    {url}/__admin/v1/openapi.json\n\nCtrl-C stops it.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_host_and_a_port() {
        assert_eq!(address("localhost:0").unwrap().to_string(), "127.0.0.1:0");
        assert!(address("[::1]:80").is_ok());
        for wrong in ["", "17080", "example.com:80", "127.0.0.1"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
