//! An encrypted body: AES-256-GCM with a vector of twelve bytes and a tag of sixteen.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

const TAG: usize = 16;

/// A body as it is on the wire; every member is base64.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Envelope {
    pub(super) iv: String,
    pub(super) data: String,
    pub(super) authtag: String,
}

/// Why an encrypted body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotOpened {
    /// Not the three members.
    #[error("the body is no JSON object with the texts `iv`, `data` and `authtag`")]
    NoEnvelope,
    /// A member that cannot be decoded.
    #[error("`iv` is not base64 of twelve bytes, `authtag` not of sixteen, or `data` not base64 at all")]
    NotBase64,
    /// The tag is not the one of these bytes under this key.
    #[error("`authtag` does not fit: the key, the authenticated text or the body is another")]
    WrongTag,
}

/// A symmetric key, ready for use.
#[derive(Debug)]
pub(super) struct AesKey(LessSafeKey);

impl AesKey {
    /// A key from base64 of thirty-two bytes.
    pub(super) fn from_base64(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.trim().as_bytes()).ok()?;
        UnboundKey::new(&AES_256_GCM, &bytes).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// What is in an encrypted body.
    pub(super) fn open(&self, body: &[u8], authenticated: &str) -> Result<Vec<u8>, NotOpened> {
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| NotOpened::NoEnvelope)?;
        let decode = |text: &str| BASE64.decode(text.as_bytes()).map_err(|_| NotOpened::NotBase64);
        let iv: [u8; 12] = decode(&envelope.iv)?.try_into().map_err(|_| NotOpened::NotBase64)?;
        let tag: [u8; TAG] = decode(&envelope.authtag)?.try_into().map_err(|_| NotOpened::NotBase64)?;
        let mut bytes = decode(&envelope.data)?;
        bytes.extend_from_slice(&tag);
        let nonce = Nonce::assume_unique_for_key(iv);
        let plain = self.0.open_in_place(nonce, Aad::from(authenticated), &mut bytes);
        plain.map(|plain| plain.to_vec()).map_err(|_| NotOpened::WrongTag)
    }

    /// Encrypts a body.
    pub(super) fn seal(&self, plain: &[u8], authenticated: &str, iv: [u8; 12]) -> Envelope {
        let mut bytes = plain.to_vec();
        let nonce = Nonce::assume_unique_for_key(iv);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(authenticated), &mut bytes)
            .expect("a body of an API is far shorter than what GCM can encrypt");
        Envelope { iv: BASE64.encode(&iv), data: BASE64.encode(&bytes), authtag: BASE64.encode(tag.as_ref()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AUTHENTICATED: &str = "https://api.weixin.qq.com/wxa/getuserriskrank|wxba6223c06417af7b|1635927954|\
        fa05fe1e5bcc79b81ad5ad4b58acf787";
    const PLAIN: &str = concat!(
        r#"{"_n":"o89QaPVsRu1yppIZzvSZc4","_appid":"wxba6223c06417af7b","_timestamp":1635927954,"#,
        r#""appid":"wxba6223c06417af7b","openid":"oEWzBfmdLqhFS2mTXCo2E4Y9gJAM","scene":0,"client_ip":"127.0.0.1"}"#
    );

    fn key() -> AesKey {
        AesKey::from_base64("otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY=").unwrap()
    }

    fn sample() -> Envelope {
        key().seal(PLAIN.as_bytes(), AUTHENTICATED, BASE64.decode(b"fmW/zNxXlytUZBgj").unwrap().try_into().unwrap())
    }

    fn body(envelope: &Envelope) -> Vec<u8> {
        serde_json::to_vec(envelope).unwrap()
    }

    #[test]
    fn the_published_sample_has_its_published_tag_and_length() {
        let sample = sample();
        assert_eq!((sample.iv.as_str(), sample.authtag.as_str()), ("fmW/zNxXlytUZBgj", "5qeM/2vZv+6KtScN94IpMg=="));
        assert_eq!(body(&sample).len(), 324);
        assert_eq!(key().open(&body(&sample), AUTHENTICATED).unwrap(), PLAIN.as_bytes());
    }

    #[test]
    fn a_changed_byte_anywhere_does_not_fit_the_tag() {
        let swap = |text: &str| format!("{}{}", if text.starts_with('A') { 'B' } else { 'A' }, &text[1..]);
        for change in [
            Envelope { iv: swap(&sample().iv), ..sample() },
            Envelope { data: swap(&sample().data), ..sample() },
            Envelope { authtag: swap(&sample().authtag), ..sample() },
        ] {
            assert_eq!(key().open(&body(&change), AUTHENTICATED), Err(NotOpened::WrongTag), "{change:?}");
        }
        assert_eq!(key().open(&body(&sample()), "another text"), Err(NotOpened::WrongTag));
    }

    #[test]
    fn what_is_no_envelope_is_told_apart_from_one_that_is_not_base64() {
        for none in [&b""[..], b"[]", b"{}", br#"{"code":"x"}"#, br#"{"iv":1,"data":"","authtag":""}"#] {
            assert_eq!(key().open(none, ""), Err(NotOpened::NoEnvelope));
        }
        for change in [
            Envelope { iv: "AAAA".to_owned(), ..sample() },
            Envelope { data: "é".to_owned(), ..sample() },
            Envelope { authtag: "AAAA".to_owned(), ..sample() },
        ] {
            assert_eq!(key().open(&body(&change), AUTHENTICATED), Err(NotOpened::NotBase64), "{change:?}");
        }
    }

    #[test]
    fn a_key_has_thirty_two_bytes() {
        for wrong in ["", "x", "AAAA", "otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLYA"] {
            assert!(AesKey::from_base64(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, iv in ".{0,20}", data in ".{0,40}", authtag in ".{0,28}") {
            let _ = key().open(&bytes, AUTHENTICATED);
            let _ = key().open(&body(&Envelope { iv, data, authtag }), AUTHENTICATED);
        }

        #[test]
        fn what_is_sealed_is_opened(plain: Vec<u8>, iv: [u8; 12], authenticated in ".{0,40}") {
            let sealed = body(&key().seal(&plain, &authenticated, iv));
            prop_assert_eq!(key().open(&sealed, &authenticated).unwrap(), plain);
        }
    }
}
