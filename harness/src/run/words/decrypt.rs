//! `wechat.decrypt`: what a back end does with `encryptedData` and `iv` of a phone. Nobody is asked.

use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use data_encoding::BASE64;
use serde_json::{Map, Value};

use crate::language::{Answer, Failure};
use crate::run::call::{Arguments, text};

/// Its refusals are those of Tencent's sample code for decryption, by number and name.
pub(super) fn say(arguments: &Arguments) -> Answer {
    let given = |name: &str| arguments.get(name).map(text).unwrap_or_default();
    match decrypted(&given("session_key"), &given("encryptedData"), &given("iv")) {
        Ok(fields) => Answer { fields, ..Answer::default() },
        Err(Undecipherable { number, name, message }) => {
            let failure = Failure::new([name.to_owned(), number.to_string()], Some(number), message);
            Answer { fields: Value::Object(Map::new()), failure: Some(failure), ..Answer::default() }
        }
    }
}

/// Why a back end cannot read what a phone encrypted.
#[derive(Debug, PartialEq, Eq)]
struct Undecipherable {
    number: i64,
    name: &'static str,
    message: &'static str,
}

const ILLEGAL_KEY: Undecipherable =
    Undecipherable { number: -41001, name: "illegal_key", message: "the session_key is not base64 of sixteen bytes" };
const ILLEGAL_IV: Undecipherable =
    Undecipherable { number: -41002, name: "illegal_iv", message: "the iv is not base64 of sixteen bytes" };
const ILLEGAL_BUFFER: Undecipherable = Undecipherable {
    number: -41003,
    name: "illegal_buffer",
    message: "what comes out is no JSON: it was encrypted with another session_key, or changed on its way",
};
const NOT_BASE64: Undecipherable =
    Undecipherable { number: -41004, name: "not_base64", message: "the encryptedData is not base64" };

/// AES-128-CBC with PKCS#7 padding, key and vector in base64 (signature page).
fn decrypted(session_key: &str, data: &str, iv: &str) -> Result<Value, Undecipherable> {
    let sixteen = |text: &str| <[u8; 16]>::try_from(BASE64.decode(text.as_bytes()).ok()?).ok();
    let key = sixteen(session_key).ok_or(ILLEGAL_KEY)?;
    let iv = sixteen(iv).ok_or(ILLEGAL_IV)?;
    let mut bytes = BASE64.decode(data.as_bytes()).map_err(|_| NOT_BASE64)?;
    let key = UnboundCipherKey::new(&AES_128, &key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
    let plain = key.and_then(|key| key.decrypt(&mut bytes, DecryptionContext::Iv128(FixedLength::from(iv))));
    // A wrong key leaves a padding that fits once in 256 times, and then the text is garbage.
    serde_json::from_slice(plain.map_err(|_| ILLEGAL_BUFFER)?).map_err(|_| ILLEGAL_BUFFER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "tiihtNczf5v6AKRyjwEUhQ==";
    const IV: &str = "r7BXXKkLb8qrSNn05n0qiA==";
    const PUBLISHED: &str = concat!(
        "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4l",
        "GOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInN",
        "lxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/",
        "r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7Xjf",
        "hQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
    );

    #[test]
    fn the_published_sample_is_read() {
        let plain = decrypted(KEY, PUBLISHED, IV).unwrap();
        assert_eq!(plain["openId"], "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
        assert_eq!(plain["watermark"]["appid"], "wx4f4bc4dec97d474b");
    }

    #[test]
    fn what_cannot_be_read_is_told_by_the_samples_numbers() {
        let number = |key, data: &str, iv| decrypted(key, data, iv).unwrap_err().number;
        assert_eq!(number("tiihtNczf5v6AKRyjwEUh===", PUBLISHED, IV), -41001);
        assert_eq!(number(KEY, PUBLISHED, "r7BXXKkLb8qrSNn05n0q"), -41002);
        assert_eq!(number("HyVFkGl5F5OQWJZZaNzBBg==", PUBLISHED, IV), -41003);
        assert_eq!(number(KEY, &PUBLISHED[..PUBLISHED.len() - 4], IV), -41003);
        assert_eq!(number(KEY, "", IV), -41003);
        assert_eq!(number(KEY, &PUBLISHED.replace('+', " "), IV), -41004);
    }
}
