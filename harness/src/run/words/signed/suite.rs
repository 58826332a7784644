//! The algorithms that a mini program can choose: AES or SM4 encrypts, RSA or SM2 signs.

use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use aes_gcm::{AesGcm, KeyInit};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;
use serde_json::Value;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::pkcs8::DecodePrivateKey;
use sm4::Sm4;

/// What encrypts bodies.
pub(super) enum Cipher {
    Aes(Box<LessSafeKey>),
    Sm4(Box<AesGcm<Sm4, U12>>),
}

/// What signs calls.
pub(super) enum Pair {
    Rsa(Box<KeyPair>),
    Sm2(Box<SigningKey>),
}

/// What verifies answers.
pub(super) enum Public {
    Rsa(Vec<u8>),
    Sm2(Box<VerifyingKey>),
}

fn member<'a>(key: &'a Value, name: &str) -> Option<&'a str> {
    key.get(name).and_then(Value::as_str)
}

fn aes(bytes: &[u8]) -> Option<Cipher> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(|key| Cipher::Aes(Box::new(LessSafeKey::new(key))))
}

impl Cipher {
    /// The symmetric key of a world.
    pub(super) fn of(key: &Value) -> Option<Self> {
        let bytes = BASE64.decode(member(key, "key")?.trim().as_bytes()).ok()?;
        match member(key, "algorithm") {
            Some("SM4_GCM") => AesGcm::new_from_slice(&bytes).ok().map(|key| Self::Sm4(Box::new(key))),
            _ => aes(&bytes),
        }
    }

    /// A key for a world that has none, so that the world can refuse the call.
    pub(super) fn made_up() -> Option<Self> {
        aes(&[0; 32])
    }

    /// Encrypts in place; gives the tag.
    pub(super) fn encrypt(&self, bytes: &mut [u8], covered: &[u8], iv: [u8; 12]) -> Option<[u8; 16]> {
        match self {
            Self::Aes(key) => {
                let nonce = Nonce::assume_unique_for_key(iv);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(covered), bytes).ok()?;
                tag.as_ref().try_into().ok()
            }
            Self::Sm4(key) => key.encrypt_inout_detached(&iv.into(), covered, bytes.into()).ok().map(Into::into),
        }
    }

    /// Decrypts, if the tag fits.
    pub(super) fn decrypt(&self, mut bytes: Vec<u8>, covered: &[u8], iv: [u8; 12], tag: [u8; 16]) -> Option<Vec<u8>> {
        match self {
            Self::Aes(key) => {
                bytes.extend_from_slice(&tag);
                let nonce = Nonce::assume_unique_for_key(iv);
                key.open_in_place(nonce, Aad::from(covered), &mut bytes).ok().map(|plain| plain.to_vec())
            }
            Self::Sm4(key) => {
                let data = bytes.as_mut_slice().into();
                key.decrypt_inout_detached(&iv.into(), covered, data, &tag.into()).ok()?;
                Some(bytes)
            }
        }
    }
}

impl Pair {
    /// A key of a world, if its private half is there.
    pub(super) fn of(key: &Value) -> Option<Self> {
        let pem = member(key, "private_key")?;
        let block = pem.split_once("-----BEGIN PRIVATE KEY-----")?.1.split_once("-----END PRIVATE KEY-----")?.0;
        let der = BASE64.decode(block.split_ascii_whitespace().collect::<String>().as_bytes()).ok()?;
        match member(key, "algorithm") {
            Some("SM2withSM3") => {
                let secret = sm2::SecretKey::from_pkcs8_der(&der).ok()?;
                SigningKey::new(member(key, "sn")?, &secret).ok().map(|key| Self::Sm2(Box::new(key)))
            }
            _ => KeyPair::from_pkcs8(&der).ok().map(|pair| Self::Rsa(Box::new(pair))),
        }
    }

    /// The half that verifies.
    pub(super) fn public(&self) -> Public {
        match self {
            Self::Rsa(pair) => Public::Rsa(pair.public_key().as_ref().to_vec()),
            Self::Sm2(key) => Public::Sm2(Box::new(key.verifying_key().clone())),
        }
    }

    /// A signature: RSA-PSS with a salt of thirty-two bytes, or SM2 in DER under the number of the key.
    pub(super) fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
                Some(signature)
            }
            Self::Sm2(key) => in_der(key, text),
        }
    }

    /// A signature under the identity that libraries of SM2 take where none is given; none of a key of RSA.
    pub(super) fn sign_under_the_default_identity(&self, text: &[u8]) -> Option<Vec<u8>> {
        let Self::Sm2(key) = self else { return None };
        in_der(&SigningKey::from_bytes("1234567812345678", &key.to_bytes()).ok()?, text)
    }
}

fn in_der(key: &SigningKey, text: &[u8]) -> Option<Vec<u8>> {
    key.try_sign(text).ok().map(|signature: Signature| signature.to_der().as_bytes().to_vec())
}

impl Public {
    /// Whether the key made a signature.
    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key).verify(text, signature).is_ok(),
            Self::Sm2(key) => {
                Signature::from_der(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
            }
        }
    }
}
