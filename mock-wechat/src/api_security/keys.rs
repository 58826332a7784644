//! The keys of a mini program and of the platform, parsed once and held.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256};
use data_encoding::BASE64;

use super::envelope::AesKey;
use crate::config::ApiSecurity;

/// The number of the published platform key.
const PUBLISHED_SERIAL: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

/// The keys with which calls for one mini program are opened and answers sealed.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(super) symmetric: Option<Arc<Symmetric>>,
    pub(super) app: Option<AppKey>,
    pub(super) platform: Arc<Platform>,
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

impl AppKey {
    /// Whether the key made a signature: RSA-PSS with SHA-256 for both digests and a salt of thirty-two bytes.
    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(signed, signature).is_ok()
    }
}

impl Platform {
    fn from_pem(serial: &str, pem: &str) -> Option<Self> {
        let pair = KeyPair::from_pkcs8(&block(pem, "PRIVATE KEY")?).ok()?;
        Some(Self { serial: serial.to_owned(), pair })
    }

    /// The published platform key: answers of every world are signed with it unless another is named. It protects
    /// nothing.
    fn published() -> Self {
        let key = Self::from_pem(PUBLISHED_SERIAL, include_str!("../../keys/published-platform-key.pem"));
        key.expect("the published platform key is in this crate and is tested")
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
    /// Parses the keys of a world file.
    ///
    /// # Errors
    /// Every key that is none.
    pub(crate) fn parse(security: &ApiSecurity) -> Result<Self, Vec<KeyProblem>> {
        let mut problems = Vec::new();
        let symmetric = security.symmetric_key.as_ref().and_then(|symmetric| {
            let key = AesKey::from_base64(symmetric.key.expose());
            if key.is_none() {
                problems.push(KeyProblem {
                    place: ["symmetric_key", "key"],
                    message: "the key is not base64 of thirty-two bytes",
                    hint: "`openssl rand -base64 32` makes one",
                });
            }
            key.map(|key| Arc::new(Symmetric { serial: symmetric.sn.clone(), key }))
        });
        let app = security.app_key.as_ref().and_then(|app| {
            let key = block(&app.public_key, "PUBLIC KEY")
                .and_then(|der| ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, der).ok());
            if key.is_none() {
                problems.push(KeyProblem {
                    place: ["app_key", "public_key"],
                    message: "the key is no RSA key in a `BEGIN PUBLIC KEY` block",
                    hint: "`openssl pkey -in private.pem -pubout` prints it",
                });
            }
            key.map(|key| AppKey { serial: app.sn.clone(), key })
        });
        let platform = match &security.platform_key {
            None => Some(Platform::published()),
            Some(key) => Platform::from_pem(&key.sn, key.private_key.expose()),
        };
        match platform {
            Some(platform) if problems.is_empty() => Ok(Self { symmetric, app, platform: Arc::new(platform) }),
            Some(_) => Err(problems),
            None => {
                problems.push(KeyProblem {
                    place: ["platform_key", "private_key"],
                    message: "the key is no RSA key of 2048 to 8192 bits in a `BEGIN PRIVATE KEY` block",
                    hint: "`openssl genpkey -algorithm RSA` makes one; left out, a published test key signs",
                });
                Err(problems)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, KeyText};

    fn security() -> ApiSecurity {
        ApiSecurity {
            symmetric_key: Some(config::SymmetricKey {
                sn: "s".to_owned(),
                key: KeyText::new("otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY="),
            }),
            app_key: Some(config::AppKey {
                sn: "a".to_owned(),
                public_key: include_str!("../../keys/published-platform-key.pub.pem").to_owned(),
            }),
            platform_key: None,
        }
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
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".into();
        wrong.platform_key = Some(config::PlatformKey { sn: "p".to_owned(), private_key: KeyText::new("") });
        let places: Vec<_> = Keys::parse(&wrong).unwrap_err().iter().map(|problem| problem.place).collect();
        assert_eq!(places, [["symmetric_key", "key"], ["app_key", "public_key"], ["platform_key", "private_key"]]);
    }

    #[test]
    fn no_key_shows_itself_in_a_debug_text() {
        let shown = format!("{:?} {:?}", security(), Keys::parse(&security()).unwrap());
        assert!(shown.contains("‹KeyText›") && !shown.contains("otUpng"), "{shown}");
    }
}
