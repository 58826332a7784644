//! Signed and encrypted server calls: what is signed, what is authenticated, and how a call is opened and an answer
//! sealed (server API signature page, documented, where nothing else is said).

mod cipher;
mod envelope;
mod keys;
mod signature;
mod signed_answer;
mod signed_call;

pub(crate) use keys::Keys;
pub(crate) use signed_call::{Opened, Sent};

/// Scheme and host of the address that is signed, whatever address a test calls.
pub(crate) const OFFICIAL: &str = "https://api.weixin.qq.com";

/// What the tag of an encrypted body covers besides the body itself.
fn authenticated(address: &str, appid: &str, timestamp: &str, serial: &str) -> String {
    format!("{address}|{appid}|{timestamp}|{serial}")
}

/// What is signed: four lines without a line feed after the last.
///
/// The published sample verifies in this form only. One edition of the page, and one SDK, put the number of the signing
/// key before the body (observed); that form comes with the header `Wechatmp-Serial`.
fn signed(address: &str, appid: &str, timestamp: &str, serial: Option<&str>, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{address}\n{appid}\n{timestamp}\n").into_bytes();
    if let Some(serial) = serial {
        text.extend_from_slice(serial.as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(body);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_text_is_authenticated() {
        let address = format!("{OFFICIAL}/wxa/getuserriskrank");
        assert_eq!(
            authenticated(&address, "wxba6223c06417af7b", "1635927954", "fa05fe1e5bcc79b81ad5ad4b58acf787"),
            concat!(
                "https://api.weixin.qq.com/wxa/getuserriskrank|wxba6223c06417af7b|1635927954|",
                "fa05fe1e5bcc79b81ad5ad4b58acf787"
            )
        );
    }

    #[test]
    fn what_is_signed_ends_with_the_last_byte_of_the_body() {
        assert_eq!(signed("u", "a", "1", None, b"{}"), b"u\na\n1\n{}");
        assert_eq!(signed("u", "a", "1", Some("s"), b"{}"), b"u\na\n1\ns\n{}");
    }
}
