//! What encrypts bodies: GCM over AES-256 or over SM4, with a vector of twelve bytes and a tag of sixteen.

use std::fmt;

use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use aes_gcm::{AesGcm, KeyInit};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use data_encoding::BASE64;
use sm4::Sm4;

use crate::config::SymmetricAlgorithm;

/// GCM over SM4, as RFC 8998 defines it; the crate names its GCM after the cipher that most use.
type Sm4Gcm = AesGcm<Sm4, U12>;

/// A symmetric key, ready for use.
pub(super) enum Cipher {
    Aes(Box<LessSafeKey>),
    Sm4(Box<Sm4Gcm>),
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes(_) => "‹AES256_GCM›",
            Self::Sm4(_) => "‹SM4_GCM›",
        })
    }
}

impl Cipher {
    /// The length of the vector.
    pub(super) const VECTOR: usize = 12;
    /// The length of the tag.
    pub(super) const TAG: usize = 16;

    /// A key from base64 of as many bytes as the algorithm wants.
    pub(super) fn from_base64(algorithm: SymmetricAlgorithm, text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.trim().as_bytes()).ok()?;
        match algorithm {
            SymmetricAlgorithm::Aes256Gcm => {
                let key = UnboundKey::new(&AES_256_GCM, &bytes).ok()?;
                Some(Self::Aes(Box::new(LessSafeKey::new(key))))
            }
            SymmetricAlgorithm::Sm4Gcm => Sm4Gcm::new_from_slice(&bytes).ok().map(|key| Self::Sm4(Box::new(key))),
        }
    }

    /// Encrypts in place; gives the tag.
    pub(super) fn encrypt(&self, bytes: &mut [u8], covered: &[u8], iv: [u8; Self::VECTOR]) -> [u8; Self::TAG] {
        const SHORT: &str = "a body of an API is far shorter than what GCM can encrypt";
        match self {
            Self::Aes(key) => {
                let nonce = Nonce::assume_unique_for_key(iv);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(covered), bytes).expect(SHORT);
                tag.as_ref().try_into().expect("a tag of GCM has sixteen bytes")
            }
            Self::Sm4(key) => key.encrypt_inout_detached(&iv.into(), covered, bytes.into()).expect(SHORT).into(),
        }
    }

    /// Decrypts, if the tag is the one of these bytes and of what it covers besides them.
    pub(super) fn decrypt(
        &self,
        mut bytes: Vec<u8>,
        covered: &[u8],
        iv: [u8; Self::VECTOR],
        tag: [u8; Self::TAG],
    ) -> Option<Vec<u8>> {
        match self {
            Self::Aes(key) => {
                let (nonce, length) = (Nonce::assume_unique_for_key(iv), bytes.len());
                bytes.extend_from_slice(&tag);
                key.open_in_place(nonce, Aad::from(covered), &mut bytes).ok()?;
                bytes.truncate(length);
            }
            Self::Sm4(key) => {
                key.decrypt_inout_detached(&iv.into(), covered, bytes.as_mut_slice().into(), &tag.into()).ok()?;
            }
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER_PERMISSIVE;
    use proptest::prelude::*;
    use sm4::cipher::BlockCipherEncrypt;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap()
    }

    fn cipher(algorithm: SymmetricAlgorithm, key: &[u8]) -> Cipher {
        Cipher::from_base64(algorithm, &BASE64.encode(key)).unwrap()
    }

    #[test]
    fn sm4_encrypts_the_example_of_its_standard() {
        // GB/T 32907-2016, annex A.1.
        let key = hex("0123456789ABCDEFFEDCBA9876543210");
        let mut block = sm4::cipher::Block::<Sm4>::try_from(key.as_slice()).unwrap();
        Sm4::new_from_slice(&key).unwrap().encrypt_block(&mut block);
        assert_eq!(block.as_slice(), hex("681EDF34D206965E86B3E94F536E4246"));
    }

    #[test]
    fn sm4_in_gcm_gives_the_bytes_of_its_rfc() {
        // RFC 8998, appendix A.1.
        let key = cipher(SymmetricAlgorithm::Sm4Gcm, &hex("0123456789ABCDEFFEDCBA9876543210"));
        let iv = hex("00001234567800000000ABCD").try_into().unwrap();
        let covered = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let plain = hex(concat!(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD",
            "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        ));
        let mut bytes = plain.clone();
        let tag = key.encrypt(&mut bytes, &covered, iv);
        assert_eq!(
            bytes,
            hex(concat!(
                "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735",
                "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D",
            ))
        );
        assert_eq!(tag.as_slice(), hex("83DE3541E4C2B58177E065A9BF7B62EC"));
        assert_eq!(key.decrypt(bytes, &covered, iv, tag), Some(plain));
    }

    #[test]
    fn a_key_has_just_the_length_that_its_algorithm_wants() {
        for (algorithm, length) in [(SymmetricAlgorithm::Aes256Gcm, 32), (SymmetricAlgorithm::Sm4Gcm, 16)] {
            for wrong in [0, 1, 15, 16, 17, 24, 31, 32, 33] {
                let key = Cipher::from_base64(algorithm, &BASE64.encode(&vec![7; wrong]));
                assert_eq!(key.is_some(), wrong == length, "{wrong} bytes for {algorithm:?}");
            }
            assert!(Cipher::from_base64(algorithm, "é").is_none());
        }
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted_and_a_changed_bit_anywhere_is_noticed(
            is_sm4: bool, plain: Vec<u8>, covered: Vec<u8>, iv: [u8; Cipher::VECTOR], at: prop::sample::Index,
        ) {
            let key = match is_sm4 {
                true => cipher(SymmetricAlgorithm::Sm4Gcm, &[7; 16]),
                false => cipher(SymmetricAlgorithm::Aes256Gcm, &[7; 32]),
            };
            let mut bytes = plain.clone();
            let tag = key.encrypt(&mut bytes, &covered, iv);
            prop_assert_eq!(key.decrypt(bytes.clone(), &covered, iv, tag), Some(plain));
            let mut all = [&iv[..], &tag, &covered, &bytes].concat();
            let at = at.index(all.len());
            all[at] ^= 1;
            let (iv, rest) = all.split_first_chunk().unwrap();
            let (tag, rest) = rest.split_first_chunk().unwrap();
            let (covered, bytes) = rest.split_at(covered.len());
            prop_assert_eq!(key.decrypt(bytes.to_vec(), covered, *iv, *tag), None);
        }
    }
}
