//! The files that a command's variables name.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use super::environment::{Address, Files, TRUSTSTORE_PASSWORD};
use super::roots::{Roots, certificates};

/// What Node loads before anything else.
const PRELOAD: &str = include_str!("preload.cjs");

/// A lab, as the files have to know it.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    /// Where it is.
    pub(crate) address: &'a Address,
    /// The names that it answers.
    pub(crate) names: &'a [String],
    /// The certificate of its authority, and behind it, if there is one, the one that Java is to trust, PEM.
    pub(crate) authority: &'a str,
}

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotWritten {
    /// What the lab gave out as its certificate is none.
    #[error("the lab's certificate authority has no certificate that can be read")]
    NoCertificate,
    /// Java's file cannot be made.
    #[error("the truststore for Java cannot be made: {0}")]
    Truststore(#[from] lab::AuthorityError),
    /// One cannot be written.
    #[error("cannot write {0}: {1}")]
    File(String, io::Error),
}

/// Writes them into a folder. `before` is the environment so far, whose certificates stay trusted; what of it could not
/// be read is told in `warnings`.
pub(crate) fn write(
    folder: &Path,
    told: &Told<'_>,
    before: impl Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> Result<Files, NotWritten> {
    let certificates = certificates(told.authority.as_bytes());
    let [own, ..] = certificates.as_slice() else { return Err(NotWritten::NoCertificate) };
    // Java takes no limits from what it trusts: it gets what stands above them.
    let for_java = certificates.last().unwrap_or(own);
    let mut extra = Roots::named("NODE_EXTRA_CA_CERTS", &before, warnings);
    let mut roots = Roots::trusted_already(&before, warnings);
    let truststore = lab::truststore(for_java, roots.as_slice(), TRUSTSTORE_PASSWORD)?;
    extra.add(own);
    roots.add(own);
    let Address { host, port, world, .. } = told.address;
    let lab = json!({ "names": told.names, "host": host, "port": port, "world": world });
    let file = |name: &str| folder.join(name);
    let files = Files {
        extra: file("extra.pem"),
        roots: file("roots.pem"),
        truststore: file("roots.p12"),
        preload: file("preload.cjs"),
    };
    put(&files.extra, extra.to_pem())?;
    put(&files.roots, roots.to_pem())?;
    put(&files.truststore, truststore)?;
    put(&file("preload.json"), format!("{lab:#}\n"))?;
    put(&files.preload, PRELOAD)?;
    Ok(files)
}

/// Writes a file at once, if it is not there already as it should be: somebody may be reading it.
fn put(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), NotWritten> {
    if fs::read(path).is_ok_and(|there| there == bytes.as_ref()) {
        return Ok(());
    }
    let whole = path.with_extension("new");
    let written = fs::write(&whole, bytes).and_then(|()| fs::rename(&whole, path));
    written.map_err(|error| NotWritten::File(path.display().to_string(), error))
}
