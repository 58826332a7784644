//! Certificates that a command trusts already: those of the system, or what the user's own variables name instead.
//!
//! OpenSSL, requests and curl take a bundle in the place of their roots, not beside them. So a bundle of ours has to hold
//! the others as well, or a command could reach nobody but the lab.

use std::fs;
use std::path::Path;

use rustls_native_certs::load_native_certs;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// Certificates, DER each, none of them twice.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Roots(Vec<Vec<u8>>);

/// Variables that name a bundle or a folder of certificates. `SSL_CERT_FILE` and `SSL_CERT_DIR` are not among them: what
/// asks the system heeds them.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

impl Roots {
    /// The system's, and those that the environment `before` names. What could not be read is told in `warnings`.
    pub(crate) fn trusted_already(before: impl Fn(&str) -> Option<String>, warnings: &mut Vec<String>) -> Self {
        let native = load_native_certs();
        // What is wrong with one of a system's certificates is nobody's business as long as there are others.
        if native.certs.is_empty() {
            warnings.extend(native.errors.iter().map(|error| format!("no root certificates were found: {error}")));
        }
        let mut roots = Self::default();
        native.certs.iter().for_each(|certificate| roots.add(certificate));
        for name in BUNDLES {
            roots.add_named(name, &before, warnings);
        }
        roots
    }

    /// Those that one variable names.
    pub(crate) fn named(name: &str, before: impl Fn(&str) -> Option<String>, warnings: &mut Vec<String>) -> Self {
        let mut roots = Self::default();
        roots.add_named(name, &before, warnings);
        roots
    }

    fn add_named(&mut self, name: &str, before: &impl Fn(&str) -> Option<String>, warnings: &mut Vec<String>) {
        let Some(path) = before(name) else { return };
        match read(Path::new(&path)) {
            Ok(found) => found.iter().for_each(|certificate| self.add(certificate)),
            Err(error) => warnings.push(format!("{name} names {path}, which cannot be read: {error}")),
        }
    }

    /// Adds a certificate, DER.
    pub(crate) fn add(&mut self, certificate: &[u8]) {
        if !self.0.iter().any(|known| known == certificate) {
            self.0.push(certificate.to_vec());
        }
    }

    /// The certificates, DER each.
    pub(crate) fn as_slice(&self) -> &[Vec<u8>] {
        &self.0
    }

    /// All of them as PEM.
    pub(crate) fn to_pem(&self) -> String {
        self.0.iter().map(|certificate| pem(certificate)).collect()
    }
}

/// The certificates of a file, or of all files in a folder.
fn read(path: &Path) -> std::io::Result<Vec<CertificateDer<'static>>> {
    if !path.is_dir() {
        return Ok(certificates(&fs::read(path)?));
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        // A folder of certificates has links to them, and whatever else lies there.
        if let Ok(bytes) = fs::read(entry?.path()) {
            found.extend(certificates(&bytes));
        }
    }
    Ok(found)
}

/// The certificates in a PEM text; what is none of them is left out.
pub(crate) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}

/// One certificate as PEM.
fn pem(certificate: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(certificate);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> String {
        let now = sim::Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap();
        let names = lab::intercepted_names([]);
        lab::Authority::make(&names, now).unwrap().certificate_pem().replace("\r\n", "\n")
    }

    #[test]
    fn certificates_go_through_pem_unharmed() {
        let (a, b) = (one(), one());
        let mut roots = Roots::default();
        certificates(format!("# a comment\n{a}{b}{a}").as_bytes()).iter().for_each(|der| roots.add(der));
        assert_eq!(roots.as_slice().len(), 2);
        assert_eq!(roots.to_pem(), format!("{a}{b}"));
    }

    #[test]
    fn a_variable_names_a_file_or_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("corp.pem");
        fs::write(&file, one()).unwrap();
        fs::write(folder.path().join("README"), "not a certificate").unwrap();
        for path in [file.as_path(), folder.path()] {
            let mut warnings = Vec::new();
            let found = Roots::named("X", |name| (name == "X").then(|| path.display().to_string()), &mut warnings);
            assert_eq!((found.as_slice().len(), warnings.len()), (1, 0), "{}", path.display());
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let mut warnings = Vec::new();
        let found = Roots::named("X", |_| Some("/no/such.pem".to_owned()), &mut warnings);
        assert_eq!(found, Roots::default());
        assert!(warnings[0].starts_with("X names /no/such.pem, which cannot be read: "), "{warnings:?}");
    }
}
