//! What the phone encrypts for the back end: `encryptedData` and `iv`.

use std::time::Duration;

use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::digest;
use aws_lc_rs::iv::FixedLength;
use data_encoding::BASE64;
use sim::{Moment, Stamped};

use crate::compact::KeyBytes;

/// How long WeChat knows phone data that it encrypted (checkEncryptedData page, documented).
pub(crate) const KNOWN: Duration = Duration::from_secs(3 * 86_400);

/// How long it is remembered here, so that a late caller can be told that it was late.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(4 * 86_400);

/// How much is remembered at once; the oldest go first.
pub(crate) const LIMIT: usize = 100_000;

/// Phone data that was encrypted for a mini program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handed {
    /// When.
    pub(crate) at: Moment,
    /// The number of the mini program.
    pub(crate) app: u32,
}

impl Stamped for Handed {
    fn issued_at(&self) -> Moment {
        self.at
    }
}

/// The SHA-256 by which a back end asks for encrypted data: of the base64 text, as it arrived.
pub(crate) fn hash(encrypted_data: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, encrypted_data.as_bytes()).as_ref());
    hash
}

/// An encrypted text and the vector it was encrypted with, both in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EncryptedData {
    /// AES-128-CBC with PKCS#7 padding (signature page, documented).
    pub(crate) encrypted_data: String,
    /// The initial vector, a new one for each call.
    pub(crate) iv: String,
}

/// Encrypts `plain` under the session_key.
pub(crate) fn encrypt(plain: &str, key: &KeyBytes, iv: [u8; 16]) -> EncryptedData {
    let mut bytes = plain.as_bytes().to_vec();
    let key = UnboundCipherKey::new(&AES_128, key.bytes()).expect("sixteen bytes are an AES-128 key");
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    PaddedBlockEncryptingKey::cbc_pkcs7(key)
        .and_then(|key| key.less_safe_encrypt(&mut bytes, context))
        .expect("CBC with a key and a vector of the right length cannot fail");
    EncryptedData { encrypted_data: BASE64.encode(&bytes), iv: BASE64.encode(&iv) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::cipher::{DecryptionContext, PaddedBlockDecryptingKey};
    use proptest::prelude::*;

    fn decrypt(data: &EncryptedData, key: &KeyBytes) -> String {
        let iv: [u8; 16] = BASE64.decode(data.iv.as_bytes()).unwrap().try_into().unwrap();
        let mut bytes = BASE64.decode(data.encrypted_data.as_bytes()).unwrap();
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, key.bytes()).unwrap()).unwrap();
        let plain = key.decrypt(&mut bytes, DecryptionContext::Iv128(FixedLength::from(iv))).unwrap();
        String::from_utf8(plain.to_vec()).unwrap()
    }

    #[test]
    fn the_published_sample_is_decrypted_and_encrypted_again() {
        let published = EncryptedData {
            encrypted_data: concat!(
                "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4l",
                "GOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInN",
                "lxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/",
                "r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7Xjf",
                "hQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
            )
            .to_owned(),
            iv: "r7BXXKkLb8qrSNn05n0qiA==".to_owned(),
        };
        let key: [u8; 16] = BASE64.decode(b"tiihtNczf5v6AKRyjwEUhQ==").unwrap().try_into().unwrap();
        let key = KeyBytes::from(key);
        let plain = decrypt(&published, &key);
        assert!(plain.starts_with(r#"{"openId":"oGZUI0egBJY1zhBYw2KhdUfwVJJE","nickName":"Band","#), "{plain}");
        let end = concat!(
            r#""unionId":"ocMvos6NjeKLIBqg5Mr9QjxrP1FA","watermark":{"timestamp":1477314187,"#,
            r#""appid":"wx4f4bc4dec97d474b"}}"#
        );
        assert!(plain.ends_with(end), "{plain}");
        let iv = BASE64.decode(published.iv.as_bytes()).unwrap().try_into().unwrap();
        assert_eq!(encrypt(&plain, &key, iv), published);
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted(plain in ".{0,80}", key: [u8; 16], iv: [u8; 16]) {
            let key = KeyBytes::from(key);
            prop_assert_eq!(decrypt(&encrypt(&plain, &key, iv), &key), plain);
        }
    }
}
