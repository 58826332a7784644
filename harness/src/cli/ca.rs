//! `mockwx ca`: the certificate authority of this machine.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum};
use lab::Authority;
use sim::Clock;
use sim::real::SystemClock;

use super::authority::{Keep, day};
use super::data_folder::DataFolder;
use super::error::CliError;
use super::exit::Ended;
use super::{Context, serve, trust};

/// `mockwx ca`.
#[derive(Debug, Args)]
pub(crate) struct Ca {
    #[command(subcommand)]
    what: Option<CaWord>,
}

/// What to do with the authority.
#[derive(Debug, Subcommand)]
enum CaWord {
    /// Writes its certificate, never its key, for programs that are to trust it
    Export {
        /// In which form
        #[arg(long, value_enum, default_value_t, env = "MOCKWX_FORMAT", hide_env = true)]
        format: Form,
        /// Into which file [default: stdout]
        #[arg(long, value_name = "FILE", env = "MOCKWX_OUT", hide_env = true)]
        out: Option<PathBuf>,
        /// The password of a PKCS#12 file; it protects nothing, and Java wants one
        #[arg(long, default_value = "changeit", env = "MOCKWX_PASSWORD", hide_env = true)]
        password: String,
    },
    /// Shows how to trust it and how to stop, for each system and language; it changes nothing itself
    Trust,
    /// Puts a new one in its place, with the names of the old one and of the project's world
    Renew {
        /// Another domain that it may sign for; repeatable
        #[arg(long, value_name = "NAME", env = "MOCKWX_DOMAIN", hide_env = true, value_delimiter = ',')]
        domain: Vec<String>,
        /// Leaves the old one's domains out
        #[arg(long, env = "MOCKWX_FORGET", hide_env = true, value_parser = BoolishValueParser::new())]
        forget: bool,
    },
}

/// A form of certificates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Text, for nearly everything
    #[default]
    Pem,
    /// Bytes, for Windows and Android
    Der,
    /// A truststore for Java
    Pkcs12,
}

pub(super) fn ca(args: Ca, context: &Context) -> Result<Ended, CliError> {
    let keep = Keep::new(DataFolder::find()?);
    let domain = serve::world(None, context)?.idaas.domain;
    let names = lab::intercepted_names([domain.as_str()]);
    let now = SystemClock.now();
    if let Some(CaWord::Renew { domain, forget }) = args.what {
        renew(&keep, names, domain, forget, context)?;
        return Ok(Ended::Well);
    }
    let opened = keep.kept_or_made(&names, now)?;
    if let Some(said) = opened.said {
        context.out.talk(&said);
    }
    let authority = opened.authority;
    match args.what {
        Some(CaWord::Export { format, out, password }) => {
            export(&authority, format, out.as_deref(), &password, context)?
        }
        Some(CaWord::Trust) => context.out.data(&trust::text(&keep.certificate(), &authority))?,
        _ => {
            context.out.data(&shown(&keep, &authority))?;
            let missing: Vec<_> = names.iter().filter(|name| !authority.covers(name)).collect();
            for name in missing {
                context.out.talk(&format!("warning: it cannot sign for {name}, the domain of the project's world\n"));
                context.out.talk("hint: mockwx ca renew; then tell whoever trusts the old one about the new one\n");
            }
        }
    }
    Ok(Ended::Well)
}

/// What there is to know of it.
fn shown(keep: &Keep, authority: &Authority) -> String {
    let names = authority.names().join("\n               ");
    format!(
        "The certificate authority of this machine, for tests\n\n  \
           certificate  {}\n  \
           private key  {}\n  \
           signs for    {names}\n               \
             and what is below them; for no other name and no IP address\n  \
           good from    {}\n  \
           good until   {}\n  \
           SHA-256      {}\n\n\
         `mockwx ca trust` shows how to trust it, and how to stop.\n",
        keep.certificate().display(),
        keep.key().display(),
        day(authority.begins()),
        day(authority.ends()),
        fingerprint(authority)
    )
}

/// The certificate's SHA-256 as OpenSSL, browsers and system tools print it.
fn fingerprint(authority: &Authority) -> String {
    let digest = digest::digest(&digest::SHA256, authority.certificate_der());
    let bytes: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

fn export(
    authority: &Authority,
    form: Form,
    out: Option<&Path>,
    password: &str,
    context: &Context,
) -> Result<(), CliError> {
    let bytes = match form {
        Form::Pem => authority.certificate_pem().as_bytes().to_vec(),
        Form::Der => authority.certificate_der().to_vec(),
        Form::Pkcs12 => authority
            .truststore(&[], password)
            .map_err(|error| CliError::flag("--password", format!("the truststore {error}")))?,
    };
    match out {
        Some(path) => std::fs::write(path, bytes).map_err(|error| CliError::file("write", path, &error)),
        None if form != Form::Pem && std::io::stdout().is_terminal() => {
            Err(CliError::configuration("these are bytes, which a terminal cannot show")
                .hint("name a file: --out FILE"))
        }
        None => context.out.bytes(&bytes),
    }
}

fn renew(
    keep: &Keep,
    mut names: Vec<String>,
    domains: Vec<String>,
    forget: bool,
    context: &Context,
) -> Result<(), CliError> {
    // One that is broken has no names to keep; that it is replaced is what was asked for.
    let old = keep.open().ok().flatten();
    let kept = old.iter().filter(|_| !forget).flat_map(Authority::names).cloned();
    for name in domains.into_iter().chain(kept) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let authority = keep.renew(&names, SystemClock.now())?;
    context.out.data(&shown(keep, &authority))?;
    if old.is_some() {
        context.out.talk("the old one signs nothing any more: take it out wherever it was trusted\n");
        context.out.talk("a running mockwx goes on with the old one until it is started again\n");
    }
    Ok(())
}
