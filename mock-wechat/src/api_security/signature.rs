//! What signs and what verifies: RSA-PSS with SHA-256 for both digests and a salt of thirty-two bytes, or SM2 with SM3.
//!
//! The identity that SM2 signs under is the number of the key (documented). How a signature of SM2 is written is not
//! said: one SDK, and WeChat Pay, write it as ASN.1 DER (observed), so answers come in it. Of calls the 64 bytes of both
//! numbers are taken, too; no text can be both.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256};
use data_encoding::BASE64;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use sm2::pkcs8::{AssociatedOid, DecodePrivateKey, DecodePublicKey, ObjectIdentifier, PrivateKeyInfoRef};
use sm2::{PublicKey, SecretKey, Sm2, dsa};

use crate::config::SignatureAlgorithm;

/// The identity of the standard's own examples, with which libraries sign that are told no other.
pub(super) const DEFAULT_IDENTITY: &str = "1234567812345678";

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// A key that makes signatures.
pub(super) enum SigningKey {
    Rsa(Box<KeyPair>),
    Sm2(Box<dsa::SigningKey>),
}

/// A key that signatures are verified with.
pub(super) enum VerifyingKey {
    Rsa(Box<ParsedPublicKey>),
    Sm2(Box<dsa::VerifyingKey>),
}

/// Why a text is no key of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// It is a sound key of this other algorithm.
    Of(SignatureAlgorithm),
    /// It is a key on another curve.
    OtherCurve,
    /// It is no PEM block of the right name with a sound key in it.
    Unreadable,
}

/// The bytes of the first block of this kind in a PEM text.
fn block(pem: &str, kind: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {kind}-----"))?;
    let (block, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    let text: String = block.split_ascii_whitespace().collect();
    BASE64.decode(text.as_bytes()).ok()
}

/// What a key is instead, once it is no key of `wanted`.
fn instead(algorithm: Option<AlgorithmIdentifierRef<'_>>, wanted: SignatureAlgorithm) -> NoKey {
    let Some(algorithm) = algorithm else { return NoKey::Unreadable };
    let is_sm2 = algorithm.parameters_oid() == Ok(Sm2::OID);
    match (algorithm.oid, wanted) {
        (RSA, SignatureAlgorithm::Sm2WithSm3) => NoKey::Of(SignatureAlgorithm::RsaWithSha256),
        (ELLIPTIC_CURVE, SignatureAlgorithm::RsaWithSha256) if is_sm2 => NoKey::Of(SignatureAlgorithm::Sm2WithSm3),
        (ELLIPTIC_CURVE, SignatureAlgorithm::Sm2WithSm3) if !is_sm2 => NoKey::OtherCurve,
        _ => NoKey::Unreadable,
    }
}

impl SigningKey {
    /// The key in a PEM block `PRIVATE KEY`; `serial` is its number.
    pub(super) fn from_pem(algorithm: SignatureAlgorithm, pem: &str, serial: &str) -> Result<Self, NoKey> {
        let der = block(pem, "PRIVATE KEY").ok_or(NoKey::Unreadable)?;
        let key = match algorithm {
            SignatureAlgorithm::RsaWithSha256 => KeyPair::from_pkcs8(&der).ok().map(|pair| Self::Rsa(Box::new(pair))),
            SignatureAlgorithm::Sm2WithSm3 => {
                let secret = SecretKey::from_pkcs8_der(&der).ok();
                let key = secret.and_then(|secret| dsa::SigningKey::new(serial, &secret).ok());
                key.map(|key| Self::Sm2(Box::new(key)))
            }
        };
        key.ok_or_else(|| {
            let info = PrivateKeyInfoRef::try_from(der.as_slice());
            instead(info.ok().map(|info| info.algorithm), algorithm)
        })
    }

    /// The half that verifies.
    pub(super) fn public(&self) -> Option<VerifyingKey> {
        match self {
            Self::Rsa(pair) => VerifyingKey::rsa(pair.public_key().as_ref()),
            Self::Sm2(key) => Some(VerifyingKey::Sm2(Box::new(key.verifying_key().clone()))),
        }
    }

    /// A signature. RSA's is another each time: the salt comes from the library, as it has to, not from the world's seed.
    /// SM2's follows from the key and the text (RFC 6979).
    pub(super) fn sign(&self, signed: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed, &mut signature)
                    .expect("a parsed key signs, and the buffer has the size it asks for");
                signature
            }
            Self::Sm2(key) => key.sign(signed).to_der().as_bytes().to_vec(),
        }
    }
}

impl VerifyingKey {
    fn rsa(der: &[u8]) -> Option<Self> {
        ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, der).ok().map(|key| Self::Rsa(Box::new(key)))
    }

    /// The key in a PEM block `PUBLIC KEY`; `serial` is its number.
    pub(super) fn from_pem(algorithm: SignatureAlgorithm, pem: &str, serial: &str) -> Result<Self, NoKey> {
        let der = block(pem, "PUBLIC KEY").ok_or(NoKey::Unreadable)?;
        let key = match algorithm {
            SignatureAlgorithm::RsaWithSha256 => Self::rsa(&der),
            SignatureAlgorithm::Sm2WithSm3 => {
                let public = PublicKey::from_public_key_der(&der).ok();
                let key = public.and_then(|public| dsa::VerifyingKey::new(serial, public).ok());
                key.map(|key| Self::Sm2(Box::new(key)))
            }
        };
        key.ok_or_else(|| {
            let info = SubjectPublicKeyInfoRef::try_from(der.as_slice());
            instead(info.ok().map(|info| info.algorithm), algorithm)
        })
    }

    /// Whether the key made a signature.
    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key.verify_sig(signed, signature).is_ok(),
            Self::Sm2(key) => verifies(key, signed, signature),
        }
    }

    /// Whether the key made a signature, but under the identity that libraries take where none is given.
    pub(super) fn verifies_under_the_default_identity(&self, signed: &[u8], signature: &[u8]) -> bool {
        let Self::Sm2(key) = self else { return false };
        dsa::VerifyingKey::from_affine(DEFAULT_IDENTITY, *key.as_affine())
            .is_ok_and(|key| verifies(&key, signed, signature))
    }

    /// What makes the signatures, by name.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RSA-PSS",
            Self::Sm2(_) => "SM2",
        }
    }

    /// What a signer has to know besides the text; `serial` is the number of the key.
    pub(super) fn to_know(&self, serial: &str) -> String {
        match self {
            Self::Rsa(_) => "the salt has 32 bytes".to_owned(),
            Self::Sm2(_) => format!("the identity is the number of the key, `{serial}`"),
        }
    }
}

fn verifies(key: &dsa::VerifyingKey, signed: &[u8], signature: &[u8]) -> bool {
    let signatures = [dsa::Signature::from_der(signature), dsa::Signature::from_slice(signature)];
    signatures.into_iter().flatten().any(|signature| key.verify(signed, &signature).is_ok())
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹SigningKey›")
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹VerifyingKey›")
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXUPPER;
    use proptest::prelude::*;

    use super::*;

    const PRIVATE: &str = include_str!("../../keys/published-app-key-sm2.pem");
    const PUBLIC: &str = include_str!("../../keys/published-app-key-sm2.pub.pem");
    const SERIAL: &str = "97845f6ed842ea860df6fdf65941ff56";

    fn private(serial: &str) -> SigningKey {
        SigningKey::from_pem(SignatureAlgorithm::Sm2WithSm3, PRIVATE, serial).unwrap()
    }

    fn public(serial: &str) -> VerifyingKey {
        VerifyingKey::from_pem(SignatureAlgorithm::Sm2WithSm3, PUBLIC, serial).unwrap()
    }

    #[test]
    fn the_example_of_sm2s_standard_verifies() {
        // GB/T 32918.5-2017, annex A.2: the key, the identity, the text and both numbers.
        let hex = |text: &str| HEXUPPER.decode(text.as_bytes()).unwrap();
        let point = hex(concat!(
            "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020",
            "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
        ));
        let signature = hex(concat!(
            "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
            "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
        ));
        let key = dsa::VerifyingKey::from_sec1_bytes(DEFAULT_IDENTITY, &point).unwrap();
        assert!(verifies(&key, b"message digest", &signature));
        assert!(!verifies(&key, b"message digests", &signature));
        let private = hex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
        assert_eq!(
            dsa::SigningKey::from_slice(DEFAULT_IDENTITY, &private).unwrap().verifying_key().as_affine(),
            key.as_affine()
        );
    }

    #[test]
    fn a_signature_that_openssl_made_verifies() {
        // `openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:…` with the published key.
        let signature =
            "MEYCIQDfzjl+u+N4+chORtuLmhi1sqTUOiqycqF8mXczb9BYIwIhAKiRgOX0fR9cvZwYDDg2vy1Jc+A8d0tANgQor7K4c9+t";
        let signature = BASE64.decode(signature.as_bytes()).unwrap();
        assert!(public(SERIAL).verifies(b"u\na\n1\n{}", &signature));
        assert!(!public("another").verifies(b"u\na\n1\n{}", &signature));
    }

    #[test]
    fn sm2_signs_under_the_number_of_the_key_and_the_same_text_always_alike() {
        let signature = private(SERIAL).sign(b"text");
        assert_eq!(private(SERIAL).sign(b"text"), signature);
        assert!(public(SERIAL).verifies(b"text", &signature));
        assert!(!public("another").verifies(b"text", &signature), "the number is part of it");
        assert!(!public(SERIAL).verifies_under_the_default_identity(b"text", &signature));
        let by_default = private(DEFAULT_IDENTITY).sign(b"text");
        assert!(public(SERIAL).verifies_under_the_default_identity(b"text", &by_default));
        assert!(!public(SERIAL).verifies(b"text", &by_default));
    }

    #[test]
    fn sm2_signs_in_der_and_verifies_both_numbers_in_64_bytes_as_well() {
        let signature = private(SERIAL).sign(b"text");
        assert_eq!((signature[0], usize::from(signature[1])), (0x30, signature.len() - 2));
        let bytes = dsa::Signature::from_der(&signature).unwrap().to_bytes();
        assert!(public(SERIAL).verifies(b"text", &bytes));
        for wrong in [&[][..], &bytes[1..], &signature[1..], &[bytes.as_slice(), &[0]].concat(), &[0; 64]] {
            assert!(!public(SERIAL).verifies(b"text", wrong), "{wrong:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_sm2_signed_verifies_and_a_changed_bit_anywhere_is_noticed(
            text: Vec<u8>, serial in "[!-~]{1,128}", at: prop::sample::Index,
        ) {
            let mut signature = private(&serial).sign(&text);
            prop_assert!(public(&serial).verifies(&text, &signature));
            let at = at.index(signature.len() * 8);
            signature[at / 8] ^= 1 << (at % 8);
            prop_assert!(!public(&serial).verifies(&text, &signature));
        }

        #[test]
        fn no_signature_and_no_key_make_it_panic(signature: Vec<u8>, der: Vec<u8>) {
            prop_assert!(!public(SERIAL).verifies(b"text", &signature));
            let pem = |kind: &str| format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----", BASE64.encode(&der));
            for algorithm in [SignatureAlgorithm::RsaWithSha256, SignatureAlgorithm::Sm2WithSm3] {
                prop_assert!(SigningKey::from_pem(algorithm, &pem("PRIVATE KEY"), SERIAL).is_err());
                prop_assert!(VerifyingKey::from_pem(algorithm, &pem("PUBLIC KEY"), SERIAL).is_err());
            }
        }
    }
}
