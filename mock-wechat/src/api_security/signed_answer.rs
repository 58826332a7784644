//! An answer of WeChat's, encrypted and signed.

use data_encoding::BASE64;
use serde_json::Value;
use sim::{Draw, Moment};

use super::envelope::Envelope;
use super::keys::Platform;
use super::signed_call::Opened;
use super::{authenticated, signed};

/// An answer as it is on the wire.
#[derive(Debug)]
pub(crate) struct SignedAnswer {
    pub(crate) body: Vec<u8>,
    pub(crate) appid: String,
    pub(crate) timestamp: String,
    pub(crate) seal: Seal,
    /// The seal of the platform key before, during a change.
    pub(crate) deprecated: Option<Seal>,
}

/// A signature and the number of its key.
#[derive(Debug)]
pub(crate) struct Seal {
    pub(crate) serial: String,
    pub(crate) signature: String,
}

impl Opened {
    /// Seals the answer to this call: `answer` is the JSON object that an unencrypted call would get. Its address is
    /// the one that the caller signed, its time the world's.
    pub(crate) fn seal(&self, answer: &[u8], now: Moment, mut draw: Draw) -> SignedAnswer {
        let timestamp = now.unix_seconds().to_string();
        let members = answer.strip_prefix(b"{").unwrap_or(answer);
        // Sixteen bytes in base64 without padding have 22 characters, as in the published sample.
        let nonce = draw.base62(22);
        let appid = Value::from(self.appid.as_str());
        let mut plain = format!(r#"{{"_n":"{nonce}","_appid":{appid},"_timestamp":{timestamp},"#).into_bytes();
        plain.extend_from_slice(members);
        let covered = authenticated(&self.address, &self.appid, &timestamp, &self.symmetric.serial);
        let envelope = Envelope::seal(&self.symmetric.cipher, &plain, &covered, draw.bytes());
        let body = serde_json::to_vec(&envelope).expect("three texts are JSON");
        let text = signed(&self.address, &self.appid, &timestamp, None, &body);
        let seal = |platform: &Platform| Seal {
            serial: platform.serial.clone(),
            signature: BASE64.encode(&platform.key.sign(&text)),
        };
        let (current, deprecated) = (seal(&self.platform), self.deprecated.as_deref().map(seal));
        SignedAnswer { body, appid: self.appid.clone(), timestamp, seal: current, deprecated }
    }
}
