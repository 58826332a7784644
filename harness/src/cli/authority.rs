//! The certificate authority of the user: made once, kept in the data folder, renewed when it has ended.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lab::{Authority, AuthorityError, AuthoritySource};
use sim::real::SystemClock;
use sim::{Clock, Moment};

use super::Context;
use super::data_folder::{DataFolder, refuse_mode};
use super::error::CliError;
use super::surroundings::Output;
use crate::problem::Style;

/// The authority's key with its certificates before it, in one file: so no two of them can ever be mixed up.
const KEY: &str = "ca-key.pem";
/// The certificate alone: what may be shown, copied and trusted.
const CERTIFICATE: &str = "ca.pem";
const BEGIN_KEY: &str = "-----BEGIN PRIVATE KEY-----";

/// The authority of the user for these names. It is made when there is none, and made anew when it has ended; both are
/// told on stderr.
///
/// # Errors
/// When it does not cover all of the names, when it is broken or open to others, and when it cannot be kept.
pub(super) fn open_or_make(context: &Context, names: &[String]) -> Result<Authority, CliError> {
    let opened = Keep::new(DataFolder::find()?).open_or_make(names, SystemClock.now())?;
    if let Some(said) = opened.said {
        context.out.talk(&said);
    }
    Ok(opened.authority)
}

/// The same for a server, which asks when somebody wants TLS and not before.
pub(super) fn when_wanted(context: &Context, names: Vec<String>) -> Arc<dyn AuthoritySource> {
    Arc::new(WhenWanted { names, out: context.out })
}

#[derive(Debug)]
struct WhenWanted {
    names: Vec<String>,
    out: Output,
}

impl AuthoritySource for WhenWanted {
    /// A name that is not covered keeps only those from TLS who ask for it: the lab tells them.
    fn open(&self) -> Result<Authority, String> {
        let opened =
            DataFolder::find().and_then(|folder| Keep::new(folder).kept_or_made(&self.names, SystemClock.now()));
        let opened = opened.map_err(|error| {
            let told = error.render(self.out.talk_style);
            self.out.talk(&told);
            error.render(Style::Plain).trim_end().trim_start_matches("error: ").to_owned()
        })?;
        if let Some(said) = opened.said {
            self.out.talk(&said);
        }
        Ok(opened.authority)
    }
}

/// Where an authority is kept.
#[derive(Debug, Clone)]
pub(super) struct Keep {
    folder: DataFolder,
}

/// An authority, and what its user has to be told about how it came here.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) authority: Authority,
    pub(super) said: Option<String>,
}

impl Keep {
    pub(super) fn new(folder: DataFolder) -> Self {
        Self { folder }
    }

    /// The file with the certificate alone.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.file(CERTIFICATE)
    }

    /// The file with the key.
    pub(super) fn key(&self) -> PathBuf {
        self.folder.file(KEY)
    }

    /// The authority for these names: the one that is kept, if it covers them, or a new one.
    pub(super) fn open_or_make(&self, names: &[String], now: Moment) -> Result<Opened, CliError> {
        let Opened { authority, said } = self.kept_or_made(names, now)?;
        Ok(Opened { authority: covering(authority, names)?, said })
    }

    /// The authority that is kept, whatever it covers; a new one for these names where there is none.
    pub(super) fn kept_or_made(&self, names: &[String], now: Moment) -> Result<Opened, CliError> {
        if let Some(authority) = self.open()?.filter(|authority| now < authority.ends()) {
            self.publish(&authority)?;
            return Ok(Opened { authority, said: None });
        }
        self.folder.make()?;
        let _locked = self.lock()?;
        // Another process may have been faster.
        let ended = match self.open()? {
            Some(authority) if now < authority.ends() => return Ok(Opened { authority, said: None }),
            other => other,
        };
        let mut all = names.to_vec();
        all.extend(ended.iter().flat_map(Authority::names).filter(|name| !names.contains(name)).cloned());
        let authority = Authority::make(&all, now).map_err(|error| not_made(&error))?;
        self.write(&authority)?;
        let place = self.certificate().display().to_string();
        let said = match ended {
            None => format!(
                "mockwx made a certificate authority for tests on this machine: {place}\n  \
                 it can sign for {} only, until {}; `mockwx ca` tells more\n",
                authority.names().join(", "),
                day(authority.ends())
            ),
            Some(ended) => format!(
                "mockwx made its certificate authority anew, since it ended on {}: {place}\n  \
                 whoever was told to trust the old one has to be told again: `mockwx ca trust`\n",
                day(ended.ends())
            ),
        };
        Ok(Opened { authority, said: Some(said) })
    }

    /// Puts a new authority for these names in the place of whatever is kept.
    pub(super) fn renew(&self, names: &[String], now: Moment) -> Result<Authority, CliError> {
        self.folder.make()?;
        let _locked = self.lock()?;
        let authority = Authority::make(names, now).map_err(|error| not_made(&error))?;
        self.write(&authority)?;
        Ok(authority)
    }

    /// The authority that is kept, ended or not; none when there is none.
    pub(super) fn open(&self) -> Result<Option<Authority>, CliError> {
        let path = self.key();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(broken(&path, &error)),
            Err(error) => return Err(CliError::file("read", &path, &error)),
        };
        refuse_mode(&path, 0o077, "can be read by other users", "if nobody has copied it: chmod 600")?;
        let (certificate, key) = text.split_at(text.find(BEGIN_KEY).unwrap_or(text.len()));
        let authority = Authority::from_pem(certificate, key).map_err(|error| broken(&path, &error))?;
        Ok(Some(authority))
    }

    /// Keeps all other processes from making one, until the file is dropped.
    fn lock(&self) -> Result<File, CliError> {
        let path = self.folder.file("ca.lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        file.and_then(|file| file.lock().map(|()| file)).map_err(|error| CliError::file("lock", &path, &error))
    }

    fn write(&self, authority: &Authority) -> Result<(), CliError> {
        let all = format!("{}{}", authority.chain_pem(), authority.key_pem().expose());
        replace(&self.key(), &all, Readers::Owner)?;
        self.publish(authority)
    }

    /// Sees to it that the file with the certificate alone has this one.
    fn publish(&self, authority: &Authority) -> Result<(), CliError> {
        let path = self.certificate();
        if fs::read(&path).is_ok_and(|kept| kept == authority.certificate_pem().as_bytes()) {
            return Ok(());
        }
        replace(&path, authority.certificate_pem(), Readers::All)
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    Owner,
    All,
}

/// Writes a file at once and whole. Until it has its name it is its owner's alone.
fn replace(path: &Path, text: &str, readers: Readers) -> Result<(), CliError> {
    let failed = |error: io::Error| CliError::file("write", path, &error);
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(path)).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    if readers == Readers::All {
        open_to_all(file.as_file()).map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// Lets all users of the machine read a file that its owner alone could read.
#[cfg(unix)]
fn open_to_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Elsewhere a file has the rights of its folder, and who may look into that may read it.
#[cfg(not(unix))]
fn open_to_all(_: &File) -> io::Result<()> {
    Ok(())
}

/// The authority, if it may sign for all of the names.
fn covering(authority: Authority, names: &[String]) -> Result<Authority, CliError> {
    let missing: Vec<_> = names.iter().filter(|name| !authority.covers(name)).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(authority);
    }
    let flags: String = missing.iter().map(|name| format!(" --domain {name}")).collect();
    Err(CliError::configuration(format!(
        "the certificate authority of this machine cannot sign for {}",
        missing.join(", ")
    ))
    .hint(format!("mockwx ca renew{flags}; then tell whoever trusted the old one about the new one")))
}

fn not_made(error: &AuthorityError) -> CliError {
    let told = CliError::configuration(format!("the certificate authority cannot be made: {error}"));
    match error {
        AuthorityError::BadName(_) => {
            told.hint("a domain of your own, whole; it covers all that is below it, so no `com`")
        }
        _ => told,
    }
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::surroundings(format!("{} is broken: {error}", path.display()))
        .hint("mockwx ca renew makes a new one; then tell whoever trusted the old one about it")
}

/// `2027-03-01`.
pub(super) fn day(moment: Moment) -> String {
    moment.to_string().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn keep(folder: &tempfile::TempDir) -> Keep {
        Keep::new(DataFolder::at(folder.path().join("data")))
    }

    fn now() -> Moment {
        Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap()
    }

    fn names(domains: &[&str]) -> Vec<String> {
        lab::intercepted_names(domains.iter().copied())
    }

    /// What a person reads, without the folder's own name.
    fn told(error: &CliError, keep: &Keep) -> String {
        error.render(Style::Plain).replace(&keep.folder.path().display().to_string(), "…")
    }

    #[test]
    fn it_is_made_once_and_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let made = keep(&folder).open_or_make(&names(&["acme.example"]), now()).unwrap();
        assert!(made.said.unwrap().contains("acme.example only, until 2027-03-01"));
        let again = keep(&folder).open_or_make(&names(&["acme.example"]), now()).unwrap();
        assert_eq!(again.said, None);
        assert_eq!(again.authority.certificate_der(), made.authority.certificate_der());
        assert_eq!(fs::read_to_string(keep(&folder).certificate()).unwrap(), made.authority.certificate_pem());
    }

    #[test]
    fn ten_processes_at_once_get_the_same_one() {
        let folder = tempfile::tempdir().unwrap();
        let open = || keep(&folder).open_or_make(&names(&[]), now()).unwrap();
        let opened: Vec<Opened> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..10).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(opened.iter().filter(|opened| opened.said.is_some()).count(), 1);
        let first = opened[0].authority.certificate_der();
        assert!(opened.iter().all(|opened| opened.authority.certificate_der() == first));
    }

    #[test]
    fn a_certificate_that_was_taken_away_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let made = keep(&folder).open_or_make(&names(&[]), now()).unwrap();
        fs::remove_file(keep(&folder).certificate()).unwrap();
        keep(&folder).open_or_make(&names(&[]), now()).unwrap();
        assert_eq!(fs::read_to_string(keep(&folder).certificate()).unwrap(), made.authority.certificate_pem());
    }

    #[test]
    fn a_domain_that_is_not_covered_is_told_how_to_be() {
        let folder = tempfile::tempdir().unwrap();
        keep(&folder).open_or_make(&names(&["acme.example"]), now()).unwrap();
        let error = keep(&folder).open_or_make(&names(&["other.example"]), now()).unwrap_err();
        insta::assert_snapshot!(told(&error, &keep(&folder)), @r"
        error: the certificate authority of this machine cannot sign for other.example
        hint: mockwx ca renew --domain other.example; then tell whoever trusted the old one about the new one
        ");
    }

    #[test]
    fn an_ended_one_is_made_anew_with_the_names_of_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let old = keep(&folder).open_or_make(&names(&["acme.example"]), now()).unwrap().authority;
        let later = old.ends() + Duration::from_secs(1);
        let new = keep(&folder).open_or_make(&names(&["other.example"]), later).unwrap();
        assert!(new.said.unwrap().contains("it ended on 2027-03-01"));
        assert!(new.authority.covers("acme.example") && new.authority.covers("other.example"));
        assert!(new.authority.ends() > later);
    }

    #[test]
    fn a_broken_one_is_told_and_left_for_its_owner_to_renew() {
        let folder = tempfile::tempdir().unwrap();
        let keep = keep(&folder);
        keep.open_or_make(&names(&[]), now()).unwrap();
        let whole = fs::read_to_string(keep.key()).unwrap();
        fs::write(keep.key(), &whole[..whole.len() - 100]).unwrap();
        let error = keep.open_or_make(&names(&[]), now()).unwrap_err();
        insta::assert_snapshot!(told(&error, &keep), @r"
        error: …/ca-key.pem is broken: the private key cannot be read
        hint: mockwx ca renew makes a new one; then tell whoever trusted the old one about it
        ");
        keep.renew(&names(&[]), now()).unwrap();
        assert!(keep.open().unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone_and_not_used_otherwise() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let keep = keep(&folder);
        keep.open_or_make(&names(&[]), now()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(keep.folder.path()), mode(&keep.key()), mode(&keep.certificate())], [0o700, 0o600, 0o644]);
        fs::set_permissions(keep.key(), fs::Permissions::from_mode(0o640)).unwrap();
        let error = keep.open_or_make(&names(&[]), now()).unwrap_err();
        insta::assert_snapshot!(told(&error, &keep), @r"
        error: …/ca-key.pem can be read by other users: its mode is 0640
        hint: if nobody has copied it: chmod 600 '…/ca-key.pem'
        ");
    }
}
