//! The authority of a lab, opened when somebody first wants TLS, and what it signed so far.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ResolvesServerCertUsingSni, ServerSessionMemoryCache, StoresServerSessions};
use rustls::sign::SingleCertAndKey;

use super::authority::{Authority, AuthorityError};

/// Where a lab gets its certificate authority from. It is asked the first time that somebody wants TLS, and again when
/// the authority that it gave does not cover a name that is asked for.
///
/// ```
/// use std::sync::Arc;
/// use lab::{Authority, AuthoritySource, Lab, Settings, intercepted_names};
///
/// /// Keeps an authority in a text.
/// #[derive(Debug)]
/// struct Kept(String, String);
///
/// impl AuthoritySource for Kept {
///     fn open(&self) -> Result<Authority, String> {
///         Authority::from_pem(&self.0, &self.1).map_err(|error| error.to_string())
///     }
/// }
///
/// let now = lab::Moment::parse_rfc3339("2026-03-01T09:00:00Z")?;
/// let made = Authority::make(&intercepted_names(["idaas.example"]), now)?;
/// let kept = Kept(made.chain_pem().to_owned(), made.key_pem().expose().to_owned());
/// let lab = Lab::start_with(Settings { authority: Some(Arc::new(kept)), ..Settings::default() })?;
/// // `https://api.weixin.qq.com` is now answered at `lab.address()`, with a certificate that `made` signed.
/// # drop(lab);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AuthoritySource: fmt::Debug + Send + Sync {
    /// The authority.
    ///
    /// # Errors
    /// Why there is none, as a person is to read it, and the way out.
    fn open(&self) -> Result<Authority, String>;
}

/// Why there is no certificate for a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoCertificate {
    /// Nobody gave this lab an authority.
    #[error("this lab has no certificate authority: `mockwx serve` and `mockwx exec` bring one")]
    NoAuthority,
    /// There is one, and it cannot be used.
    #[error("{0}")]
    NotOpened(String),
    /// The authority does not cover the name.
    #[error("the certificate authority cannot sign for {0}: mockwx ca renew --domain {0}")]
    NotCovered(String),
    /// It does, and something else goes wrong.
    #[error("no certificate can be made: {0}")]
    NotMade(String),
}

/// The TLS side of a lab.
#[derive(Debug)]
pub(crate) struct Tls {
    source: Option<Arc<dyn AuthoritySource>>,
    opened: Mutex<Option<Arc<Opened>>>,
}

/// An opened authority, with what it signed.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) authority: Authority,
    provider: Arc<CryptoProvider>,
    sessions: Arc<dyn StoresServerSessions>,
    configs: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tls {
    pub(crate) fn new(source: Option<Arc<dyn AuthoritySource>>) -> Self {
        Self { source, opened: Mutex::new(None) }
    }

    /// The authority, opened now if it was not yet.
    pub(crate) fn authority(&self) -> Result<Arc<Opened>, NoCertificate> {
        let mut opened = held(&self.opened);
        match &*opened {
            Some(opened) => Ok(Arc::clone(opened)),
            None => Ok(Arc::clone(opened.insert(self.open()?))),
        }
    }

    fn open(&self) -> Result<Arc<Opened>, NoCertificate> {
        let source = self.source.as_ref().ok_or(NoCertificate::NoAuthority)?;
        let authority = source.open().map_err(NoCertificate::NotOpened)?;
        Ok(Arc::new(Opened {
            authority,
            provider: Arc::new(aws_lc_rs::default_provider()),
            sessions: ServerSessionMemoryCache::new(256),
            configs: Mutex::default(),
        }))
    }

    /// How to speak TLS under a name that this lab answers.
    pub(crate) fn config(&self, name: &str) -> Result<Arc<ServerConfig>, NoCertificate> {
        let mut opened = self.authority()?;
        if !opened.authority.covers(name) {
            // Perhaps it was renewed since it was opened.
            opened = self.open()?;
            if !opened.authority.covers(name) {
                return Err(NoCertificate::NotCovered(name.to_owned()));
            }
            *held(&self.opened) = Some(Arc::clone(&opened));
        }
        opened.config(name)
    }
}

impl Opened {
    fn config(&self, name: &str) -> Result<Arc<ServerConfig>, NoCertificate> {
        let mut configs = held(&self.configs);
        if let Some(config) = configs.get(name) {
            return Ok(Arc::clone(config));
        }
        let not_made = |error: AuthorityError| NoCertificate::NotMade(error.to_string());
        let leaf = self.authority.leaf(name, &self.provider).map_err(not_made)?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| NoCertificate::NotMade(error.to_string()))?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::new(SingleCertAndKey::from(leaf)));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.session_storage = Arc::clone(&self.sessions);
        let config = Arc::new(config);
        configs.insert(name.to_owned(), Arc::clone(&config));
        Ok(config)
    }
}

/// How to say no in TLS: an alert that the client shows as `access denied`.
pub(crate) fn refusing() -> Result<Arc<ServerConfig>, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    Ok(Arc::new(builder.with_cert_resolver(Arc::new(ResolvesServerCertUsingSni::new()))))
}
