//! The keys of signed and encrypted server calls, in a world file.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::ConfigProblem;

use super::well_formed;
use crate::api_security::Keys;

/// "API security" in a mini program's console: from here on the APIs that take signed and encrypted calls take no
/// others (server API signature page, documented).
///
/// Each key names its algorithm, as in the console: AES or SM4 encrypts, RSA or SM2 signs, in any combination.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApiSecurity {
    /// The key that encrypts calls and answers. Left out: every signed call is refused with 40238.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symmetric_key: Option<SymmetricKey>,
    /// The key that signs the calls. Left out: every signed call is refused with 40239.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_key: Option<AppKey>,
    /// The key with which WeChat signs its answers. Left out: a published test key of `app_key`'s algorithm, which protects
    /// nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_key: Option<PlatformKey>,
    /// The key of the certificate before, while WeChat changes from one to the next: answers are then signed with it,
    /// too, in `Wechatmp-Serial-Deprecated` and `Wechatmp-Signature-Deprecated` (documented). Left out: no change is
    /// under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated_platform_key: Option<PlatformKey>,
}

/// What encrypts calls and answers (documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum SymmetricAlgorithm {
    /// AES-256 in GCM.
    #[default]
    #[serde(rename = "AES256_GCM")]
    Aes256Gcm,
    /// SM4 in GCM.
    #[serde(rename = "SM4_GCM")]
    Sm4Gcm,
}

/// What signs calls and answers (documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum SignatureAlgorithm {
    /// RSA-PSS with SHA-256 for both digests and a salt of thirty-two bytes.
    #[default]
    #[serde(rename = "RSAwithSHA256")]
    RsaWithSha256,
    /// SM2 with SM3; the identity of the signer is the number of the key.
    #[serde(rename = "SM2withSM3")]
    Sm2WithSm3,
}

/// The number of the published platform keys.
const PUBLISHED_SERIAL: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

impl ApiSecurity {
    /// Names the published test keys where a key was left to the world, so that an export shows every key.
    pub(crate) fn fill_in(&mut self) {
        if let Some(app) = self.app_key.as_mut().filter(|app| app.public_key.is_none() && app.private_key.is_none()) {
            app.private_key = Some(KeyText::new(match app.algorithm {
                SignatureAlgorithm::RsaWithSha256 => include_str!("../../keys/published-app-key.pem"),
                SignatureAlgorithm::Sm2WithSm3 => include_str!("../../keys/published-app-key-sm2.pem"),
            }));
        }
        let algorithm = self.app_key.as_ref().map(|app| app.algorithm).unwrap_or_default();
        self.platform_key.get_or_insert_with(|| PlatformKey {
            sn: PUBLISHED_SERIAL.to_owned(),
            algorithm,
            private_key: KeyText::new(match algorithm {
                SignatureAlgorithm::RsaWithSha256 => include_str!("../../keys/published-platform-key.pem"),
                SignatureAlgorithm::Sm2WithSm3 => include_str!("../../keys/published-platform-key-sm2.pem"),
            }),
        });
    }

    /// Everything that is wrong with the keys and their numbers.
    pub(super) fn problems(&self) -> Vec<ConfigProblem> {
        let serials = [
            ("symmetric_key", self.symmetric_key.as_ref().map(|key| &key.sn)),
            ("app_key", self.app_key.as_ref().map(|key| &key.sn)),
            ("platform_key", self.platform_key.as_ref().map(|key| &key.sn)),
            ("deprecated_platform_key", self.deprecated_platform_key.as_ref().map(|key| &key.sn)),
        ];
        let serials = serials.into_iter().filter(|(_, serial)| serial.is_some_and(|serial| !well_formed(serial)));
        let mut whole = self.clone();
        whole.fill_in();
        let keys = Keys::parse(&whole).err().unwrap_or_default().into_iter();
        serials
            .map(|(key, _)| ConfigProblem::new([key, "sn"], "a key's number is 1 to 128 visible ASCII characters"))
            .chain(keys.map(|problem| ConfigProblem::new(problem.place, problem.message).hint(problem.hint)))
            .collect()
    }
}

/// A symmetric key and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SymmetricKey {
    /// The key's number in the console; it is part of what is authenticated.
    pub sn: String,
    /// What the key is for. Default `AES256_GCM`.
    #[serde(default)]
    pub algorithm: SymmetricAlgorithm,
    /// Base64 of thirty-two bytes for `AES256_GCM`, of sixteen for `SM4_GCM`.
    pub key: KeyText,
}

/// A mini program's own key, and its number. With neither half given, it is a published test key, which protects
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppKey {
    /// The key's number in the console. SM2 signs under it; with RSA, only callers need it that send it as
    /// `Wechatmp-Serial`.
    pub sn: String,
    /// What the key is for. Default `RSAwithSHA256`.
    #[serde(default)]
    pub algorithm: SignatureAlgorithm,
    /// The half that the console knows, in PEM with `BEGIN PUBLIC KEY`: an RSA key of 2048 to 8192 bits, or a key on the
    /// curve of SM2. Left out: the public half of `private_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The half that only the back end has, in PEM with `BEGIN PRIVATE KEY` (PKCS #8). It is there for scenarios, which
    /// sign calls with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key: Option<KeyText>,
}

/// The key of WeChat's platform certificate, and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformKey {
    /// The certificate's number in the console, which is not the serial number inside the certificate. Answers carry it
    /// as `Wechatmp-Serial`, and SM2 signs under it.
    pub sn: String,
    /// What the key is for. Default `RSAwithSHA256`.
    #[serde(default)]
    pub algorithm: SignatureAlgorithm,
    /// An RSA key of 2048 to 8192 bits or a key on the curve of SM2, in PEM with `BEGIN PRIVATE KEY` (PKCS #8).
    pub private_key: KeyText,
}

/// The text of a key that is not for everybody's eyes.
///
/// It has no `Display`, and its `Debug` prints its name: only [`expose`](Self::expose) shows the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct KeyText(String);

impl KeyText {
    /// Takes a text as one.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹KeyText›")
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, problems};

    #[test]
    fn what_is_wrong_with_the_keys_is_told_with_its_place_and_the_way_to_a_good_one() {
        let config: Config = serde_json::from_value(serde_json::json!({
            "mini_programs": [
                { "appid": "wx1" },
                { "appid": "wx2", "api_security": {
                    "symmetric_key": { "sn": "", "key": "AAAA" },
                    "platform_key": { "sn": "é", "private_key": "none" },
                } },
            ],
        }))
        .unwrap();
        let told: Vec<String> = problems(&config).iter().map(ToString::to_string).collect();
        let at = "mini_programs.1.api_security";
        assert_eq!(
            told,
            [
                format!("{at}.symmetric_key.sn: a key's number is 1 to 128 visible ASCII characters"),
                format!("{at}.platform_key.sn: a key's number is 1 to 128 visible ASCII characters"),
                format!("{at}.symmetric_key.key: the key is not base64 of thirty-two bytes"),
                format!(
                    "{at}.platform_key.private_key: the key is no RSA key of 2048 to 8192 bits in a PEM block of the \
                     right name"
                ),
            ]
        );
    }
}
