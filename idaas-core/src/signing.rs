//! The key that signs id_tokens.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

/// A text that is not a private RSA key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// No block of the right kind.
    #[error("there is no `BEGIN PRIVATE KEY` block")]
    NoBlock,
    /// The block cannot be decoded.
    #[error("the `PRIVATE KEY` block is not base64")]
    NotBase64,
    /// What is in it is not a key that can sign.
    #[error("the key is not an RSA key of 2048 to 8192 bits in PKCS #8")]
    NotRsa,
}

/// An RSA key that signs id_tokens, parsed once and held: parsing it for each token costs more than signing.
pub struct SigningKey {
    pair: KeyPair,
    kid: String,
    /// The encoded header of every token, with its dot.
    header: String,
    modulus: String,
    exponent: String,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Modulus and exponent out of an `RSAPublicKey` (RFC 8017): a sequence of two integers, without leading zeros.
fn public_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    /// The content of the element at the start, and what comes after it.
    fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
        let (&[first, length], rest) = der.split_first_chunk::<2>()?;
        let (length, rest) = match length {
            short @ 0..0x80 => (usize::from(short), rest),
            long => {
                let (bytes, rest) =
                    rest.split_at_checked(usize::from(long & 0x7f)).filter(|(bytes, _)| bytes.len() <= 4)?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
        };
        if first == tag { rest.split_at_checked(length) } else { None }
    }
    let (numbers, _) = element(der, 0x30)?;
    let (modulus, rest) = element(numbers, 0x02)?;
    let (exponent, _) = element(rest, 0x02)?;
    // A zero byte in front only says that the number is not negative.
    Some((modulus.strip_prefix(&[0]).unwrap_or(modulus), exponent.strip_prefix(&[0]).unwrap_or(exponent)))
}

/// A whole JWT out of what was signed and the signature.
fn whole(mut signed: String, signature: &[u8]) -> String {
    signed.push('.');
    BASE64URL_NOPAD.encode_append(signature, &mut signed);
    signed
}

/// The encoded header of the tokens of a key, with its dot.
fn header(kid: &str) -> String {
    format!("{}.", BASE64URL_NOPAD.encode(json!({ "kid": kid, "alg": "RS256" }).to_string().as_bytes()))
}

impl SigningKey {
    /// The published test key, `k1`: every world signs with it unless another is named, so tokens are the same
    /// everywhere. Its private half is public: it protects nothing.
    pub fn test_key() -> Arc<Self> {
        let key = Self::from_pem(include_str!("../keys/published-test-key.pem"), "k1");
        Arc::new(key.expect("the published test key is in this crate and is tested"))
    }

    /// The second published test key, `k2`, which signs after a planned rotation. It protects nothing either.
    pub(crate) fn second_test_key() -> Self {
        let key = Self::from_pem(include_str!("../keys/published-test-key-2.pem"), "k2");
        key.expect("the second published test key is in this crate and is tested")
    }

    /// A key from a PEM text with a `PRIVATE KEY` block (PKCS #8), under a key id.
    ///
    /// # Errors
    /// When the text holds no RSA key of 2048 to 8192 bits.
    pub fn from_pem(pem: &str, kid: &str) -> Result<Self, SigningKeyError> {
        let (_, rest) = pem.split_once("-----BEGIN PRIVATE KEY-----").ok_or(SigningKeyError::NoBlock)?;
        let (block, _) = rest.split_once("-----END PRIVATE KEY-----").ok_or(SigningKeyError::NoBlock)?;
        let text: String = block.split_ascii_whitespace().collect();
        let der = BASE64.decode(text.as_bytes()).map_err(|_| SigningKeyError::NotBase64)?;
        let pair = KeyPair::from_pkcs8(&der).map_err(|_| SigningKeyError::NotRsa)?;
        let (modulus, exponent) = public_numbers(pair.public_key().as_ref()).ok_or(SigningKeyError::NotRsa)?;
        Ok(Self {
            header: header(kid),
            kid: kid.to_owned(),
            modulus: BASE64URL_NOPAD.encode(modulus),
            exponent: BASE64URL_NOPAD.encode(exponent),
            pair,
        })
    }

    /// The id under which the key is published.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": self.modulus, "e": self.exponent })
    }

    /// The public half as base64 of its SubjectPublicKeyInfo.
    pub(crate) fn spki_base64(&self) -> String {
        use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
        let der: Result<PublicKeyX509Der<'_>, _> = self.pair.public_key().as_der();
        der.map(|der| BASE64.encode(der.as_ref())).unwrap_or_default()
    }

    /// A signed JWT (RS256) with this payload.
    pub fn sign(&self, payload: &[u8]) -> String {
        let (token, signature) = self.signed(&self.header, payload);
        whole(token, &signature)
    }

    /// A signed JWT whose header names another key.
    pub(crate) fn sign_as(&self, kid: &str, payload: &[u8]) -> String {
        let (token, signature) = self.signed(&header(kid), payload);
        whole(token, &signature)
    }

    /// A JWT in whose signature one byte is another.
    pub(crate) fn sign_badly(&self, payload: &[u8]) -> String {
        let (token, mut signature) = self.signed(&self.header, payload);
        if let Some(byte) = signature.last_mut() {
            *byte ^= 1;
        }
        whole(token, &signature)
    }

    /// What is signed, with room for the signature, and the signature.
    fn signed(&self, header: &str, payload: &[u8]) -> (String, Vec<u8>) {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let mut token = String::with_capacity(header.len() + (payload.len() + signature.len()) * 4 / 3 + 8);
        token.push_str(header);
        BASE64URL_NOPAD.encode_append(payload, &mut token);
        // The library asks for randomness for the sake of other schemes and never uses it for this one.
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .expect("a parsed key signs, and the buffer has the size it asks for");
        (token, signature)
    }

    /// Whether a JWT was signed with this key.
    pub(crate) fn verifies(&self, token: &str) -> bool {
        let Some((signed, signature)) = token.rsplit_once('.') else { return false };
        let Ok(signature) = BASE64URL_NOPAD.decode(signature.as_bytes()) else { return false };
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref());
        signed.starts_with(self.header.trim_end_matches('.')) && public.verify(signed.as_bytes(), &signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};

    #[test]
    fn an_independent_library_verifies_what_was_signed() {
        let key = SigningKey::test_key();
        let token = key.sign(br#"{"aud":"a","exp":4102444800,"sub":"s"}"#);
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!((header.kid.as_deref(), header.alg), (Some("k1"), Algorithm::RS256));
        let jwk = key.jwk();
        let public = DecodingKey::from_rsa_components(jwk["n"].as_str().unwrap(), jwk["e"].as_str().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&["a"]);
        let claims = jsonwebtoken::decode::<Value>(&token, &public, &validation).unwrap().claims;
        assert_eq!(claims["sub"], "s");
    }

    #[test]
    fn a_changed_token_does_not_verify() {
        let key = SigningKey::test_key();
        let token = key.sign(br#"{"sub":"s"}"#);
        assert!(key.verifies(&token));
        let other =
            token.replace(&BASE64URL_NOPAD.encode(br#"{"sub":"s"}"#), &BASE64URL_NOPAD.encode(br#"{"sub":"t"}"#));
        assert!(!key.verifies(&other));
        assert!(!key.verifies("a.b"));
        assert!(!key.verifies(""));
    }

    #[test]
    fn only_the_public_half_is_published() {
        let jwk = SigningKey::test_key().jwk();
        let members: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["kty", "use", "alg", "kid", "n", "e"]);
        assert_eq!(jwk["e"], "AQAB");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(SigningKey::from_pem("", "k").unwrap_err(), SigningKeyError::NoBlock);
        let text = |inner: &str| format!("-----BEGIN PRIVATE KEY-----\n{inner}\n-----END PRIVATE KEY-----");
        assert_eq!(SigningKey::from_pem(&text("é"), "k").unwrap_err(), SigningKeyError::NotBase64);
        assert_eq!(SigningKey::from_pem(&text("AAAA"), "k").unwrap_err(), SigningKeyError::NotRsa);
    }
}
