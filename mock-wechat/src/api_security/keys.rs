//! The keys of a mini program and of the platform, parsed once and held.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256};
use data_encoding::BASE64;

use super::envelope::AesKey;
use crate::config::{self, ApiSecurity};

/// The keys with which calls for one mini program are opened and answers sealed.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(super) symmetric: Option<Arc<Symmetric>>,
    pub(super) app: Option<AppKey>,
    pub(super) platform: Arc<Platform>,
    /// The platform key before, during a change.
    pub(super) deprecated: Option<Arc<Platform>>,
}

/// What encrypts calls and answers.
#[derive(Debug)]
pub(super) struct Symmetric {
    pub(super) serial: String,
    pub(super) key: AesKey,
}

/// What a mini program's signatures are verified with.
pub(super) struct AppKey {
    pub(super) serial: String,
    key: ParsedPublicKey,
}

/// What signs answers.
pub(super) struct Platform {
    pub(super) serial: String,
    pair: KeyPair,
}

/// A key of a world file that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyProblem {
    /// The keys under `api_security` that lead to it.
    pub(crate) place: [&'static str; 2],
    /// What is wrong with it.
    pub(crate) message: &'static str,
    /// How to make one.
    pub(crate) hint: &'static str,
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppKey").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("serial", &self.serial).finish_non_exhaustive()
    }
}

/// The bytes of the first block of this kind in a PEM text.
fn block(pem: &str, kind: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {kind}-----"))?;
    let (block, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    let text: String = block.split_ascii_whitespace().collect();
    BASE64.decode(text.as_bytes()).ok()
}

/// The key pair in a PEM text.
fn pair(pem: &str) -> Option<KeyPair> {
    KeyPair::from_pkcs8(&block(pem, "PRIVATE KEY")?).ok()
}

const fn not_rsa(place: [&'static str; 2], hint: &'static str) -> KeyProblem {
    KeyProblem { place, message: "the key is no RSA key of 2048 to 8192 bits in a PEM block of the right name", hint }
}

impl AppKey {
    /// A key of which one half is given, the public one if both are.
    fn of(app: &config::AppKey) -> Result<Self, KeyProblem> {
        let (name, hint) = ("public_key", "`openssl pkey -in private.pem -pubout` prints it");
        let public = |der: &[u8], name, hint| {
            ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, der).map_err(|_| not_rsa(["app_key", name], hint))
        };
        let key = match (&app.public_key, &app.private_key) {
            (Some(pem), _) => public(&block(pem, "PUBLIC KEY").unwrap_or_default(), name, hint)?,
            (None, pem) => {
                let (name, hint) = ("private_key", "`openssl genpkey -algorithm RSA` makes one");
                let pair = pem.as_ref().and_then(|pem| pair(pem.expose()));
                let pair = pair.ok_or_else(|| not_rsa(["app_key", name], hint))?;
                public(pair.public_key().as_ref(), name, hint)?
            }
        };
        Ok(Self { serial: app.sn.clone(), key })
    }

    /// Whether the key made a signature: RSA-PSS with SHA-256 for both digests and a salt of thirty-two bytes.
    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(signed, signature).is_ok()
    }
}

impl Symmetric {
    fn of(symmetric: &config::SymmetricKey) -> Result<Self, KeyProblem> {
        let key = AesKey::from_base64(symmetric.key.expose()).ok_or(KeyProblem {
            place: ["symmetric_key", "key"],
            message: "the key is not base64 of thirty-two bytes",
            hint: "`openssl rand -base64 32` makes one",
        })?;
        Ok(Self { serial: symmetric.sn.clone(), key })
    }
}

impl Platform {
    fn of(key: &config::PlatformKey, name: &'static str, hint: &'static str) -> Result<Self, KeyProblem> {
        let pair = pair(key.private_key.expose()).ok_or_else(|| not_rsa([name, "private_key"], hint))?;
        Ok(Self { serial: key.sn.clone(), pair })
    }

    /// A signature, another one each time: the salt comes from the library, as it has to, not from the world's seed.
    pub(super) fn sign(&self, signed: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed, &mut signature)
            .expect("a parsed key signs, and the buffer has the size it asks for");
        signature
    }
}

impl Keys {
    /// Parses the keys of a world file in which nothing is left to be filled in.
    ///
    /// # Errors
    /// Every key that is none.
    pub(crate) fn parse(security: &ApiSecurity) -> Result<Self, Vec<KeyProblem>> {
        let symmetric = security.symmetric_key.as_ref().map(Symmetric::of).transpose();
        let app = security.app_key.as_ref().map(AppKey::of).transpose();
        let platform = |key: &Option<config::PlatformKey>, name, hint| {
            key.as_ref().map(|key| Platform::of(key, name, hint)).transpose()
        };
        let hint = "`openssl genpkey -algorithm RSA` makes one; left out, a published test key signs";
        let current = platform(&security.platform_key, "platform_key", hint);
        let hint = "`openssl genpkey -algorithm RSA` makes one; left out, no change of certificates is under way";
        let deprecated = platform(&security.deprecated_platform_key, "deprecated_platform_key", hint);
        match (symmetric, app, current, deprecated) {
            (Ok(symmetric), Ok(app), Ok(Some(platform)), Ok(deprecated)) => Ok(Self {
                symmetric: symmetric.map(Arc::new),
                app,
                platform: Arc::new(platform),
                deprecated: deprecated.map(Arc::new),
            }),
            (symmetric, app, current, deprecated) => {
                let problems = [symmetric.err(), app.err(), current.err(), deprecated.err()];
                Err(problems.into_iter().flatten().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::KeyText;

    fn security() -> ApiSecurity {
        let mut security = ApiSecurity {
            symmetric_key: Some(config::SymmetricKey {
                sn: "s".to_owned(),
                key: KeyText::new("otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY="),
            }),
            app_key: Some(config::AppKey {
                sn: "a".to_owned(),
                public_key: Some(include_str!("../../keys/published-platform-key.pub.pem").to_owned()),
                private_key: None,
            }),
            platform_key: None,
            deprecated_platform_key: None,
        };
        security.fill_in();
        security
    }

    #[test]
    fn the_published_key_signs_what_its_public_half_verifies() {
        let keys = Keys::parse(&security()).unwrap();
        let app = keys.app.unwrap();
        let signature = keys.platform.sign(b"text");
        assert!(app.verifies(b"text", &signature) && !app.verifies(b"texts", &signature));
        assert_ne!(keys.platform.sign(b"text"), signature, "the salt is another each time");
    }

    #[test]
    fn keys_that_are_none_are_told_all_at_once() {
        let mut wrong = security();
        wrong.symmetric_key.as_mut().unwrap().key = KeyText::new("AAAA");
        wrong.app_key.as_mut().unwrap().public_key =
            Some("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".to_owned());
        wrong.platform_key = Some(config::PlatformKey { sn: "p".to_owned(), private_key: KeyText::new("") });
        wrong.deprecated_platform_key = wrong.platform_key.clone();
        let places: Vec<_> = Keys::parse(&wrong).unwrap_err().iter().map(|problem| problem.place).collect();
        let [current, deprecated] = ["platform_key", "deprecated_platform_key"].map(|name| [name, "private_key"]);
        assert_eq!(places, [["symmetric_key", "key"], ["app_key", "public_key"], current, deprecated]);
    }

    #[test]
    fn the_public_half_of_a_private_key_need_not_be_given() {
        let mut halves = security();
        let app = halves.app_key.as_mut().unwrap();
        (app.public_key, app.private_key) = (None, halves.platform_key.as_ref().map(|key| key.private_key.clone()));
        let keys = Keys::parse(&halves).unwrap();
        assert!(keys.app.unwrap().verifies(b"text", &keys.platform.sign(b"text")));
        halves.app_key.as_mut().unwrap().private_key = Some(KeyText::new("none"));
        assert_eq!(Keys::parse(&halves).unwrap_err()[0].place, ["app_key", "private_key"]);
    }

    #[test]
    fn no_key_shows_itself_in_a_debug_text() {
        let shown = format!("{:?} {:?}", security(), Keys::parse(&security()).unwrap());
        assert!(shown.contains("‹KeyText›") && !shown.contains("otUpng"), "{shown}");
    }
}
