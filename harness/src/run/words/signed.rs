//! A back end that signs and encrypts its calls of WeChat's server API, and checks the answers.

mod suite;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use data_encoding::BASE64;
use http::Response;
use serde_json::{Map, Value, json};

use self::suite::{Cipher, Pair, Public};
use crate::run::call::{Call, Unsendable};
use crate::run::cast::MiniProgram;
use crate::run::session::Trouble;

const OFFICIAL: &str = "https://api.weixin.qq.com";

/// The keys of a back end.
pub(super) struct Signer {
    appid: String,
    cipher: Cipher,
    symmetric_serial: String,
    pair: Pair,
    /// The public half of the key with which WeChat signs.
    platform: Public,
}

/// A call that was signed: what its answer has to be about.
pub(super) struct Signed {
    signer: Signer,
    address: String,
}

/// What is to be wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoiled {
    Nothing,
    /// The signature is another.
    Signature,
    /// The body was changed after it was signed.
    Body,
    /// The tag of the encrypted body does not fit, and the signature is good.
    Encryption,
    /// The signature is under the identity that libraries of SM2 take where none is given.
    Identity,
}

impl From<Option<&str>> for Spoiled {
    fn from(word: Option<&str>) -> Self {
        match word {
            Some("signature") => Self::Signature,
            Some("body") => Self::Body,
            Some("encryption") => Self::Encryption,
            Some("identity") => Self::Identity,
            _ => Self::Nothing,
        }
    }
}

const NO_KEYS: Unsendable = Unsendable::Argument {
    name: "signed",
    wanted: "left out: the mini program has no `api_security` in the world, or an app_key without its private half",
};

const NO_IDENTITY: Unsendable =
    Unsendable::Argument { name: "spoiled", wanted: "another word: only a key of SM2 signs under an identity" };

/// Bytes that are the same for the same text: two runs send the same, and no two bodies share a vector.
fn bytes_of<const N: usize>(text: &str) -> [u8; N] {
    let hash = digest(&SHA256, text.as_bytes());
    std::array::from_fn(|at| hash.as_ref().get(at).copied().unwrap_or_default())
}

impl Signer {
    /// The keys of a mini program. Where the world has none that a console could have, one is made up, so that the
    /// world can refuse the call.
    pub(super) fn of(app: &MiniProgram) -> Result<Self, Unsendable> {
        let security = app.api_security.as_ref().ok_or(NO_KEYS)?;
        let pair = |name: &str| Pair::of(security.get(name)?);
        let platform = pair("platform_key").ok_or(NO_KEYS)?.public();
        let symmetric = security.get("symmetric_key").filter(|key| !key.is_null());
        let has_app_key = security.get("app_key").is_some_and(|key| !key.is_null());
        let serial = symmetric.and_then(|key| key.get("sn")).and_then(Value::as_str).unwrap_or_default();
        Ok(Self {
            appid: app.appid.clone(),
            cipher: symmetric.map_or_else(Cipher::made_up, Cipher::of).ok_or(NO_KEYS)?,
            symmetric_serial: serial.to_owned(),
            pair: pair(if has_app_key { "app_key" } else { "platform_key" }).ok_or(NO_KEYS)?,
            platform,
        })
    }

    /// Encrypts and signs a call whose body is a JSON object (server API signature page).
    pub(super) fn sign(self, call: &mut Call, timestamp: i64, spoiled: Spoiled) -> Result<Signed, Unsendable> {
        let signed = Signed { address: format!("{OFFICIAL}{}", call.path()), signer: self };
        let signer = &signed.signer;
        let plain: Map<String, Value> = serde_json::from_slice(call.body()).unwrap_or_default();
        let nonce = BASE64.encode(&bytes_of::<16>(&format!("{timestamp} {plain:?}")));
        let mut members = Map::new();
        members.insert("_n".to_owned(), nonce.into());
        members.insert("_appid".to_owned(), signer.appid.as_str().into());
        members.insert("_timestamp".to_owned(), timestamp.into());
        members.extend(plain);
        let plain = Value::Object(members).to_string();
        let (iv, mut data) = (bytes_of::<12>(&plain), plain.into_bytes());
        let covered = signed.covered(&timestamp.to_string());
        let mut tag = signer.cipher.encrypt(&mut data, covered.as_bytes(), iv).ok_or(NO_KEYS)?;
        if let Some(byte) = tag.first_mut().filter(|_| spoiled == Spoiled::Encryption) {
            *byte ^= 1;
        }
        let body = json!({ "iv": BASE64.encode(&iv), "data": BASE64.encode(&data), "authtag": BASE64.encode(&tag) });
        let mut body = body.to_string();
        let text = signed.text(&timestamp.to_string(), body.as_bytes());
        let mut signature = match spoiled {
            Spoiled::Identity => signer.pair.sign_under_the_default_identity(&text).ok_or(NO_IDENTITY)?,
            _ => signer.pair.sign(&text).ok_or(NO_KEYS)?,
        };
        if let Some(byte) = signature.last_mut().filter(|_| spoiled == Spoiled::Signature) {
            *byte ^= 1;
        }
        if spoiled == Spoiled::Body {
            body.push(' ');
        }
        call.set_header("Wechatmp-Appid", &signer.appid)?;
        call.set_header("Wechatmp-TimeStamp", &timestamp.to_string())?;
        call.set_header("Wechatmp-Signature", &BASE64.encode(&signature))?;
        call.set_body(body, "application/json");
        Ok(signed)
    }
}

impl Signed {
    /// What the tag of an encrypted body covers besides it.
    fn covered(&self, timestamp: &str) -> String {
        format!("{}|{}|{timestamp}|{}", self.address, self.signer.appid, self.signer.symmetric_serial)
    }

    /// What is signed.
    fn text(&self, timestamp: &str, body: &[u8]) -> Vec<u8> {
        let mut text = format!("{}\n{}\n{timestamp}\n", self.address, self.signer.appid).into_bytes();
        text.extend_from_slice(body);
        text
    }

    /// The answer as it would be without signatures. A plain refusal, which has none, is left as it is; a plain success is
    /// not WeChat's.
    pub(super) fn read(&self, mut answer: Response<Bytes>) -> Result<Response<Bytes>, Trouble> {
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !answer.headers().contains_key("wechatmp-signature") {
            let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            return match body.get("errcode").and_then(Value::as_i64) {
                Some(errcode) if errcode != 0 => Ok(answer),
                _ => Err(Trouble::NotGenuine("it is no refusal, and nobody signed it")),
            };
        }
        let (timestamp, signature) = (header("wechatmp-timestamp"), header("wechatmp-signature"));
        let signature = BASE64.decode(signature.as_bytes()).unwrap_or_default();
        if !self.signer.platform.verifies(&self.text(timestamp, answer.body()), &signature) {
            return Err(Trouble::NotGenuine("its signature is not WeChat's"));
        }
        let plain = self.decrypted(answer.body(), timestamp).ok_or(Trouble::NotGenuine("it cannot be decrypted"))?;
        *answer.body_mut() = plain.into();
        Ok(answer)
    }

    fn decrypted(&self, body: &[u8], timestamp: &str) -> Option<Vec<u8>> {
        let envelope: Value = serde_json::from_slice(body).ok()?;
        let bytes = |name: &str| BASE64.decode(envelope.get(name)?.as_str()?.as_bytes()).ok();
        let (iv, tag) = (bytes("iv")?.try_into().ok()?, bytes("authtag")?.try_into().ok()?);
        let plain = self.signer.cipher.decrypt(bytes("data")?, self.covered(timestamp).as_bytes(), iv, tag)?;
        let mut members: Map<String, Value> = serde_json::from_slice(&plain).ok()?;
        for name in ["_n", "_appid", "_timestamp"] {
            members.shift_remove(name)?;
        }
        Some(Value::Object(members).to_string().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use http::Method;

    use super::*;

    fn pem() -> String {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(der.as_ref()))
    }

    const SM2: &str = concat!(
        "-----BEGIN PRIVATE KEY-----\n",
        "MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgXwARnDb03wCUC7S4\n",
        "dietP0PW6nWfMXr/bp19zKMwgDuhRANCAAT/17nCLRixV/LTQxNCsN71yTe6bAHX\n",
        "Mia9SZa0oPbEjU6WrFHAsHBsTpnrnvZ9033B7kIUTu1PO5vBth3dapKb\n",
        "-----END PRIVATE KEY-----\n",
    );

    fn app(security: Value) -> MiniProgram {
        MiniProgram { appid: "wx1".to_owned(), secret: "s".to_owned(), api_security: Some(security) }
    }

    /// One key for both sides, so that a signed call can be read like an answer.
    fn app_of_one_key() -> MiniProgram {
        let key = json!({ "sn": "1", "private_key": pem() });
        let symmetric = json!({ "sn": "2", "key": BASE64.encode(&[7; 32]) });
        app(json!({ "symmetric_key": symmetric, "app_key": key, "platform_key": key }))
    }

    /// The same in the second suite of algorithms.
    fn app_of_one_sm_key() -> MiniProgram {
        let key = json!({ "sn": "1", "algorithm": "SM2withSM3", "private_key": SM2 });
        let symmetric = json!({ "sn": "2", "algorithm": "SM4_GCM", "key": BASE64.encode(&[7; 16]) });
        app(json!({ "symmetric_key": symmetric, "app_key": key, "platform_key": key }))
    }

    fn call() -> Call {
        Call::json(Method::POST, "/wxa/business/getuserphonenumber", &json!({ "code": "c" }))
    }

    /// A signed call, turned round.
    fn echoed(app: &MiniProgram, spoiled: Spoiled) -> (Signed, Response<Bytes>) {
        let mut call = call();
        let signed = Signer::of(app).unwrap().sign(&mut call, 1_772_355_600, spoiled).unwrap();
        let (head, body) = call.build().unwrap().into_parts();
        let mut answer = Response::new(body);
        *answer.headers_mut() = head.headers;
        (signed, answer)
    }

    #[test]
    fn what_was_signed_and_encrypted_is_read_again() {
        for app in [app_of_one_key(), app_of_one_sm_key()] {
            let (signed, answer) = echoed(&app, Spoiled::Nothing);
            assert_eq!(signed.read(answer).unwrap().body().as_ref(), br#"{"code":"c"}"#);
        }
    }

    #[test]
    fn an_answer_that_is_not_genuine_is_no_answer() {
        let not_signed = "the answer is not genuine: its signature is not WeChat's";
        for (app, spoiled, told) in [
            (app_of_one_key(), Spoiled::Signature, not_signed),
            (app_of_one_key(), Spoiled::Body, not_signed),
            (app_of_one_key(), Spoiled::Encryption, "the answer is not genuine: it cannot be decrypted"),
            (app_of_one_sm_key(), Spoiled::Signature, not_signed),
            (app_of_one_sm_key(), Spoiled::Identity, not_signed),
            (app_of_one_sm_key(), Spoiled::Body, not_signed),
            (app_of_one_sm_key(), Spoiled::Encryption, "the answer is not genuine: it cannot be decrypted"),
        ] {
            let (signed, answer) = echoed(&app, spoiled);
            assert_eq!(signed.read(answer).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn sm2_signs_the_same_call_alike_and_only_sm2_signs_under_an_identity() {
        let signature = |_| {
            let (_, answer) = echoed(&app_of_one_sm_key(), Spoiled::Nothing);
            answer.headers()["wechatmp-signature"].clone()
        };
        let [first, second] = [0, 1].map(signature);
        assert_eq!(first, second);
        let signed = Signer::of(&app_of_one_key()).unwrap().sign(&mut call(), 1_772_355_600, Spoiled::Identity);
        assert_eq!(signed.err(), Some(NO_IDENTITY));
    }

    #[test]
    fn a_plain_refusal_is_read_as_it_is_and_a_plain_success_is_not_genuine() {
        let (signed, mut answer) = echoed(&app_of_one_key(), Spoiled::Nothing);
        answer.headers_mut().clear();
        *answer.body_mut() = Bytes::from_static(br#"{"errcode":40233}"#);
        assert_eq!(signed.read(answer.clone()).unwrap().body().as_ref(), br#"{"errcode":40233}"#);
        *answer.body_mut() = Bytes::from_static(br#"{"errcode":0}"#);
        let told = signed.read(answer).unwrap_err().to_string();
        assert_eq!(told, "the answer is not genuine: it is no refusal, and nobody signed it");
    }

    #[test]
    fn without_keys_nothing_can_be_signed() {
        let off = MiniProgram { api_security: None, ..app(json!({})) };
        let public_only =
            json!({ "app_key": { "sn": "1", "public_key": "" }, "platform_key": { "private_key": pem() } });
        for app in [off, app(json!({})), app(public_only)] {
            assert_eq!(Signer::of(&app).err(), Some(NO_KEYS));
        }
    }
}
