//! The keys of a mini program and of the platform, parsed once and held.

use std::sync::Arc;

use data_encoding::BASE64;

use super::cipher::Cipher;
use super::signature::{NoKey, SigningKey, VerifyingKey};
use crate::config::{self, ApiSecurity, SignatureAlgorithm, SymmetricAlgorithm};

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
    pub(super) cipher: Cipher,
}

/// What a mini program's signatures are verified with.
#[derive(Debug)]
pub(super) struct AppKey {
    pub(super) serial: String,
    pub(super) key: VerifyingKey,
}

/// What signs answers.
#[derive(Debug)]
pub(super) struct Platform {
    pub(super) serial: String,
    pub(super) key: SigningKey,
}

/// A key of a world file that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyProblem {
    /// The keys under `api_security` that lead to it.
    pub(crate) place: [&'static str; 2],
    /// What is wrong with it.
    pub(crate) message: &'static str,
    /// How to make one.
    pub(crate) hint: String,
}

impl KeyProblem {
    /// A text that is no key of an algorithm; `hint` is the way to one.
    fn signature(place: [&'static str; 2], algorithm: SignatureAlgorithm, no_key: NoKey, hint: &str) -> Self {
        let (message, hint) = match (algorithm, no_key) {
            (SignatureAlgorithm::RsaWithSha256, NoKey::Of(_)) => (
                "the key is one of SM2, and its `algorithm` is RSAwithSHA256",
                "write `algorithm: SM2withSM3` beside it",
            ),
            (SignatureAlgorithm::RsaWithSha256, _) => {
                ("the key is no RSA key of 2048 to 8192 bits in a PEM block of the right name", hint)
            }
            (SignatureAlgorithm::Sm2WithSm3, NoKey::Of(_)) => {
                ("the key is one of RSA, and its `algorithm` is SM2withSM3", "leave `algorithm` out")
            }
            (SignatureAlgorithm::Sm2WithSm3, NoKey::OtherCurve) => {
                ("the key is on another curve than that of SM2", hint)
            }
            (SignatureAlgorithm::Sm2WithSm3, NoKey::Unreadable) => {
                ("the key is no SM2 key in a PEM block of the right name", hint)
            }
        };
        Self { place, message, hint: hint.to_owned() }
    }

    /// A text that is no symmetric key.
    fn symmetric(key: &config::SymmetricKey) -> Self {
        let length = BASE64.decode(key.key.expose().trim().as_bytes()).map_or(0, |bytes| bytes.len());
        let (message, hint) = match (key.algorithm, length) {
            (SymmetricAlgorithm::Aes256Gcm, 16) => (
                "the key has sixteen bytes, and AES256_GCM wants thirty-two",
                "for SM4 write `algorithm: SM4_GCM` beside it",
            ),
            (SymmetricAlgorithm::Aes256Gcm, _) => {
                ("the key is not base64 of thirty-two bytes", "`openssl rand -base64 32` makes one")
            }
            (SymmetricAlgorithm::Sm4Gcm, 32) => {
                ("the key has thirty-two bytes, and SM4_GCM wants sixteen", "for AES leave `algorithm` out")
            }
            (SymmetricAlgorithm::Sm4Gcm, _) => {
                ("the key is not base64 of sixteen bytes", "`openssl rand -base64 16` makes one")
            }
        };
        Self { place: ["symmetric_key", "key"], message, hint: hint.to_owned() }
    }
}

/// How a private key of an algorithm is made.
const fn made(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaWithSha256 => "`openssl genpkey -algorithm RSA` makes one",
        SignatureAlgorithm::Sm2WithSm3 => "`openssl genpkey -algorithm SM2` makes one",
    }
}

impl AppKey {
    /// A key of which one half is given, the public one if both are.
    fn of(app: &config::AppKey) -> Result<Self, KeyProblem> {
        let problem = |name, hint| move |no_key| KeyProblem::signature(["app_key", name], app.algorithm, no_key, hint);
        let key = match (&app.public_key, &app.private_key) {
            (Some(pem), _) => VerifyingKey::from_pem(app.algorithm, pem, &app.sn)
                .map_err(problem("public_key", "`openssl pkey -in private.pem -pubout` prints it"))?,
            (None, pem) => {
                let pem = pem.as_ref().map_or("", config::KeyText::expose);
                let pair = SigningKey::from_pem(app.algorithm, pem, &app.sn);
                pair.and_then(|pair| pair.public().ok_or(NoKey::Unreadable))
                    .map_err(problem("private_key", made(app.algorithm)))?
            }
        };
        Ok(Self { serial: app.sn.clone(), key })
    }
}

impl Symmetric {
    fn of(symmetric: &config::SymmetricKey) -> Result<Self, KeyProblem> {
        let cipher = Cipher::from_base64(symmetric.algorithm, symmetric.key.expose());
        let cipher = cipher.ok_or_else(|| KeyProblem::symmetric(symmetric))?;
        Ok(Self { serial: symmetric.sn.clone(), cipher })
    }
}

impl Platform {
    fn of(key: &config::PlatformKey, name: &'static str, left_out: &str) -> Result<Self, KeyProblem> {
        let parsed = SigningKey::from_pem(key.algorithm, key.private_key.expose(), &key.sn);
        let parsed = parsed.map_err(|no_key| {
            let hint = format!("{}; left out, {left_out}", made(key.algorithm));
            KeyProblem::signature([name, "private_key"], key.algorithm, no_key, &hint)
        })?;
        Ok(Self { serial: key.sn.clone(), key: parsed })
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
        let platform = |key: &Option<config::PlatformKey>, name, left_out| {
            key.as_ref().map(|key| Platform::of(key, name, left_out)).transpose()
        };
        let current = platform(&security.platform_key, "platform_key", "a published test key signs");
        let deprecated = &security.deprecated_platform_key;
        let deprecated = platform(deprecated, "deprecated_platform_key", "no change of certificates is under way");
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
    use serde_json::json;

    use super::*;

    const RSA: &str = include_str!("../../keys/published-app-key.pem");
    const RSA_PUBLIC: &str = include_str!("../../keys/published-app-key.pub.pem");
    const SM2: &str = include_str!("../../keys/published-app-key-sm2.pem");
    const SM2_PUBLIC: &str = include_str!("../../keys/published-app-key-sm2.pub.pem");
    /// On the curve P-256.
    const OTHER_CURVE: &str = concat!(
        "-----BEGIN PUBLIC KEY-----\n",
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcrxG1eBmMhEKmBI9LoNgU+JxXAdy\n",
        "rmVyUC69HjnBPQI6rCDU4Lu6DNYWccyXfwfa2wiC89ZQHXPVBV0VDzbLlQ==\n-----END PUBLIC KEY-----\n"
    );

    fn security(value: serde_json::Value) -> ApiSecurity {
        let mut security: ApiSecurity = serde_json::from_value(value).unwrap();
        security.fill_in();
        security
    }

    /// What is told of the one key that is none.
    fn told(value: serde_json::Value) -> (String, String) {
        let problems = Keys::parse(&security(value)).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        (format!("{}: {}", problem.place.join("."), problem.message), problem.hint.clone())
    }

    #[test]
    fn the_published_keys_sign_what_their_public_halves_verify_in_either_suite() {
        for (algorithm, platform) in [
            ("RSAwithSHA256", include_str!("../../keys/published-platform-key.pub.pem")),
            ("SM2withSM3", include_str!("../../keys/published-platform-key-sm2.pub.pem")),
        ] {
            let keys = Keys::parse(&security(json!({ "app_key": { "sn": "a", "algorithm": algorithm } }))).unwrap();
            let sn = keys.platform.serial.as_str();
            let public = json!({ "app_key": { "sn": sn, "algorithm": algorithm, "public_key": platform } });
            let public = Keys::parse(&security(public)).unwrap().app.unwrap().key;
            let signature = keys.platform.key.sign(b"text");
            assert!(public.verifies(b"text", &signature) && !public.verifies(b"texts", &signature), "{algorithm}");
            assert!(!keys.app.unwrap().key.verifies(b"text", &signature), "{algorithm}: two keys are published");
        }
    }

    #[test]
    fn the_published_app_keys_are_two_halves_of_one() {
        for (algorithm, public) in [("RSAwithSHA256", RSA_PUBLIC), ("SM2withSM3", SM2_PUBLIC)] {
            let mut halves = security(json!({ "app_key": { "sn": "a", "algorithm": algorithm } }));
            let private = halves.app_key.as_mut().unwrap().private_key.take().unwrap();
            let private = SigningKey::from_pem(halves.app_key.as_ref().unwrap().algorithm, private.expose(), "a");
            halves.app_key.as_mut().unwrap().public_key = Some(public.to_owned());
            let app = Keys::parse(&halves).unwrap().app.unwrap();
            assert!(app.key.verifies(b"text", &private.unwrap().sign(b"text")), "{algorithm}");
        }
    }

    #[test]
    fn keys_that_are_none_are_told_all_at_once() {
        let none = json!({ "sn": "p", "private_key": "" });
        let wrong = security(json!({
            "symmetric_key": { "sn": "s", "key": "AAAA" },
            "app_key": { "sn": "a", "public_key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" },
            "platform_key": none,
            "deprecated_platform_key": none,
        }));
        let places: Vec<_> = Keys::parse(&wrong).unwrap_err().iter().map(|problem| problem.place).collect();
        let [current, deprecated] = ["platform_key", "deprecated_platform_key"].map(|name| [name, "private_key"]);
        assert_eq!(places, [["symmetric_key", "key"], ["app_key", "public_key"], current, deprecated]);
    }

    #[test]
    fn a_sound_key_of_the_other_algorithm_is_told_with_the_word_that_makes_it_good() {
        let app = |algorithm: &str, half: &str, pem: &str| {
            told(json!({ "app_key": { "sn": "a", "algorithm": algorithm, half: pem } }))
        };
        for (half, rsa, sm2) in [("public_key", RSA_PUBLIC, SM2_PUBLIC), ("private_key", RSA, SM2)] {
            let (message, hint) = app("SM2withSM3", half, rsa);
            assert_eq!(message, format!("app_key.{half}: the key is one of RSA, and its `algorithm` is SM2withSM3"));
            assert_eq!(hint, "leave `algorithm` out");
            let (message, hint) = app("RSAwithSHA256", half, sm2);
            assert_eq!(message, format!("app_key.{half}: the key is one of SM2, and its `algorithm` is RSAwithSHA256"));
            assert_eq!(hint, "write `algorithm: SM2withSM3` beside it");
        }
    }

    #[test]
    fn a_key_that_is_no_sm2_key_is_told_with_the_way_to_one() {
        let app =
            |half: &str, pem: &str| told(json!({ "app_key": { "sn": "a", "algorithm": "SM2withSM3", half: pem } }));
        let (message, hint) = app("public_key", OTHER_CURVE);
        assert_eq!(message, "app_key.public_key: the key is on another curve than that of SM2");
        assert_eq!(hint, "`openssl pkey -in private.pem -pubout` prints it");
        let unreadable = "the key is no SM2 key in a PEM block of the right name";
        for pem in ["", SM2, &SM2_PUBLIC.replace("MFkw", "MFkx")] {
            assert_eq!(app("public_key", pem).0, format!("app_key.public_key: {unreadable}"));
        }
        for pem in ["", SM2_PUBLIC, &SM2.replace("PRIVATE", "EC PRIVATE")] {
            let (message, hint) = app("private_key", pem);
            assert_eq!(message, format!("app_key.private_key: {unreadable}"));
            assert_eq!(hint, "`openssl genpkey -algorithm SM2` makes one");
        }
    }

    #[test]
    fn a_platform_key_of_sm2_that_is_none_is_told_with_what_happens_without_it() {
        let none = json!({ "sn": "p", "algorithm": "SM2withSM3", "private_key": "none" });
        for (name, left_out) in [
            ("platform_key", "a published test key signs"),
            ("deprecated_platform_key", "no change of certificates is under way"),
        ] {
            let (message, hint) = told(json!({ name: none }));
            assert_eq!(message, format!("{name}.private_key: the key is no SM2 key in a PEM block of the right name"));
            assert_eq!(hint, format!("`openssl genpkey -algorithm SM2` makes one; left out, {left_out}"));
        }
    }

    #[test]
    fn a_symmetric_key_of_the_other_length_is_told_with_the_word_that_makes_it_good() {
        let symmetric = |algorithm: &str, length: usize| {
            let key = BASE64.encode(&vec![7; length]);
            told(json!({ "symmetric_key": { "sn": "s", "algorithm": algorithm, "key": key } }))
        };
        for (algorithm, length, message, hint) in [
            ("AES256_GCM", 16, "the key has sixteen bytes, and AES256_GCM wants thirty-two", "`algorithm: SM4_GCM`"),
            ("AES256_GCM", 24, "the key is not base64 of thirty-two bytes", "`openssl rand -base64 32`"),
            ("SM4_GCM", 32, "the key has thirty-two bytes, and SM4_GCM wants sixteen", "leave `algorithm` out"),
            ("SM4_GCM", 15, "the key is not base64 of sixteen bytes", "`openssl rand -base64 16`"),
        ] {
            let (told, way) = symmetric(algorithm, length);
            assert_eq!(told, format!("symmetric_key.key: {message}"));
            assert!(way.contains(hint), "{way}");
        }
    }

    #[test]
    fn the_public_half_of_a_private_key_need_not_be_given() {
        for (algorithm, private) in [("RSAwithSHA256", RSA), ("SM2withSM3", SM2)] {
            let key = json!({ "sn": "k", "algorithm": algorithm, "private_key": private });
            let keys = Keys::parse(&security(json!({ "app_key": key, "platform_key": key }))).unwrap();
            assert!(keys.app.unwrap().key.verifies(b"text", &keys.platform.key.sign(b"text")), "{algorithm}");
        }
        let (message, _) = told(json!({ "app_key": { "sn": "a", "private_key": "none" } }));
        assert!(message.starts_with("app_key.private_key: "), "{message}");
    }

    #[test]
    fn no_key_shows_itself_in_a_debug_text() {
        for (symmetric, signature, key) in [
            ("AES256_GCM", "RSAwithSHA256", "otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY="),
            ("SM4_GCM", "SM2withSM3", "otUpngOjU+nVQaWJIC3D/w=="),
        ] {
            let security = security(json!({
                "symmetric_key": { "sn": "s", "algorithm": symmetric, "key": key },
                "app_key": { "sn": "a", "algorithm": signature },
            }));
            let shown = format!("{security:?} {:?}", Keys::parse(&security).unwrap());
            assert!(shown.contains("‹KeyText›") && !shown.contains("otUpng") && !shown.contains("BEGIN"), "{shown}");
        }
    }
}
