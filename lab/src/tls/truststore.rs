//! The authority as a file that Java trusts.

use p12_keystore::{Certificate, KeyStore, KeyStoreEntry};

use super::authority::{Authority, AuthorityError};

/// What a password has to be worth that stands beside the file: nothing in it is secret.
const ITERATIONS: u32 = 2_000;

impl Authority {
    /// A PKCS#12 file that Java reads as a list of trusted certificates: the root of this authority under the alias
    /// `mockwx`, and the others, DER each, under `system-1`, `system-2` and so on. Others that cannot be read are left out: Java
    /// could not read them either.
    ///
    /// ```
    /// # let now = lab::Moment::parse_rfc3339("2026-03-01T09:00:00Z")?;
    /// # let authority = lab::Authority::make(&["acme.example".to_owned()], now)?;
    /// let file = authority.truststore(&[], "changeit")?;
    /// assert!(!file.is_empty());
    /// // java -Djavax.net.ssl.trustStore=FILE -Djavax.net.ssl.trustStorePassword=changeit …
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the password has characters that PKCS#12 cannot take.
    pub fn truststore(&self, others: &[Vec<u8>], password: &str) -> Result<Vec<u8>, AuthorityError> {
        truststore(self.root(), others, password)
    }
}

/// The same for an authority that is elsewhere, such as a running lab's: the last certificate of its
/// [`chain_pem`](Authority::chain_pem), DER.
///
/// # Errors
/// When the certificate cannot be read, or the password has characters that PKCS#12 cannot take.
pub fn truststore(certificate: &[u8], others: &[Vec<u8>], password: &str) -> Result<Vec<u8>, AuthorityError> {
    let not_made = |error: p12_keystore::error::Error| AuthorityError::NotMade(error.to_string());
    let own = Certificate::from_der(certificate).map_err(not_made)?;
    let mut store = KeyStore::new();
    store.add_entry("mockwx", KeyStoreEntry::Certificate(own));
    let readable = others.iter().filter_map(|der| Certificate::from_der(der).ok());
    for (index, certificate) in readable.enumerate() {
        store.add_entry(&format!("system-{}", index + 1), KeyStoreEntry::Certificate(certificate));
    }
    let writer = store.writer(password).encryption_iterations(ITERATIONS).mac_iterations(ITERATIONS);
    writer.write().map_err(not_made)
}
