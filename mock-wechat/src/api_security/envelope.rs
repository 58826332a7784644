//! An encrypted body on the wire.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::cipher::Cipher;

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

impl Envelope {
    /// Encrypts a body.
    pub(super) fn seal(cipher: &Cipher, plain: &[u8], authenticated: &str, iv: [u8; Cipher::VECTOR]) -> Self {
        let mut bytes = plain.to_vec();
        let tag = cipher.encrypt(&mut bytes, authenticated.as_bytes(), iv);
        Self { iv: BASE64.encode(&iv), data: BASE64.encode(&bytes), authtag: BASE64.encode(&tag) }
    }
}

/// What is in an encrypted body.
pub(super) fn opened(cipher: &Cipher, body: &[u8], authenticated: &str) -> Result<Vec<u8>, NotOpened> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| NotOpened::NoEnvelope)?;
    let decode = |text: &str| BASE64.decode(text.as_bytes()).map_err(|_| NotOpened::NotBase64);
    let iv = decode(&envelope.iv)?.try_into().map_err(|_| NotOpened::NotBase64)?;
    let tag = decode(&envelope.authtag)?.try_into().map_err(|_| NotOpened::NotBase64)?;
    let data = decode(&envelope.data)?;
    cipher.decrypt(data, authenticated.as_bytes(), iv, tag).ok_or(NotOpened::WrongTag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::SymmetricAlgorithm;

    const AUTHENTICATED: &str = "https://api.weixin.qq.com/wxa/getuserriskrank|wxba6223c06417af7b|1635927954|\
        fa05fe1e5bcc79b81ad5ad4b58acf787";
    const PLAIN: &str = concat!(
        r#"{"_n":"o89QaPVsRu1yppIZzvSZc4","_appid":"wxba6223c06417af7b","_timestamp":1635927954,"#,
        r#""appid":"wxba6223c06417af7b","openid":"oEWzBfmdLqhFS2mTXCo2E4Y9gJAM","scene":0,"client_ip":"127.0.0.1"}"#
    );

    fn key() -> Cipher {
        Cipher::from_base64(SymmetricAlgorithm::Aes256Gcm, "otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY=").unwrap()
    }

    fn sample() -> Envelope {
        let iv = BASE64.decode(b"fmW/zNxXlytUZBgj").unwrap().try_into().unwrap();
        Envelope::seal(&key(), PLAIN.as_bytes(), AUTHENTICATED, iv)
    }

    fn body(envelope: &Envelope) -> Vec<u8> {
        serde_json::to_vec(envelope).unwrap()
    }

    #[test]
    fn the_published_sample_has_its_published_tag_and_length() {
        let sample = sample();
        assert_eq!((sample.iv.as_str(), sample.authtag.as_str()), ("fmW/zNxXlytUZBgj", "5qeM/2vZv+6KtScN94IpMg=="));
        assert_eq!(body(&sample).len(), 324);
        assert_eq!(opened(&key(), &body(&sample), AUTHENTICATED).unwrap(), PLAIN.as_bytes());
    }

    #[test]
    fn a_changed_byte_anywhere_does_not_fit_the_tag() {
        let swap = |text: &str| format!("{}{}", if text.starts_with('A') { 'B' } else { 'A' }, &text[1..]);
        for change in [
            Envelope { iv: swap(&sample().iv), ..sample() },
            Envelope { data: swap(&sample().data), ..sample() },
            Envelope { authtag: swap(&sample().authtag), ..sample() },
        ] {
            assert_eq!(opened(&key(), &body(&change), AUTHENTICATED), Err(NotOpened::WrongTag), "{change:?}");
        }
        assert_eq!(opened(&key(), &body(&sample()), "another text"), Err(NotOpened::WrongTag));
    }

    #[test]
    fn what_is_no_envelope_is_told_apart_from_one_that_is_not_base64() {
        for none in [&b""[..], b"[]", b"{}", br#"{"code":"x"}"#, br#"{"iv":1,"data":"","authtag":""}"#] {
            assert_eq!(opened(&key(), none, ""), Err(NotOpened::NoEnvelope));
        }
        for change in [
            Envelope { iv: "AAAA".to_owned(), ..sample() },
            Envelope { data: "é".to_owned(), ..sample() },
            Envelope { authtag: "AAAA".to_owned(), ..sample() },
        ] {
            assert_eq!(opened(&key(), &body(&change), AUTHENTICATED), Err(NotOpened::NotBase64), "{change:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, iv in ".{0,20}", data in ".{0,40}", authtag in ".{0,28}") {
            let _ = opened(&key(), &bytes, AUTHENTICATED);
            let _ = opened(&key(), &body(&Envelope { iv, data, authtag }), AUTHENTICATED);
        }
    }
}
