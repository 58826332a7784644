//! Artefacts as the stores keep them: a few bytes in place, and no way to see them by accident.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};

macro_rules! hidden {
    ($($(#[$doc:meta])* $name:ident($inner:ty) as $shown:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name($inner);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($shown)
            }
        }
    )*};
}

hidden! {
    /// A login code: 32 letters and digits.
    LoginCodeKey([u8; 32]) as "‹LoginCode›";
    /// A phone code: the bytes behind its 64 hexadecimal digits.
    PhoneCodeKey([u8; 32]) as "‹PhoneCode›";
    /// The sixteen bytes of a session_key.
    KeyBytes([u8; 16]) as "‹SessionKey›";
    /// An openid or unionid: 28 letters, digits, `-` and `_`, the first an `o` (observed).
    IdText([u8; 28]) as "‹OpenId›";
    /// An access_token; copies share the text.
    TokenText(Arc<str>) as "‹AccessToken›";
}

impl LoginCodeKey {
    /// A text that has the shape of a login code.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes))
    }

    /// The code as it was handed out.
    pub(crate) fn text(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

impl PhoneCodeKey {
    /// A text that has the shape of a phone code.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// The code as it was handed out.
    pub(crate) fn text(&self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl KeyBytes {
    /// The key itself, to encrypt with.
    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key as it is handed out: base64, 24 characters.
    pub(crate) fn text(&self) -> String {
        BASE64.encode(&self.0)
    }
}

impl From<[u8; 16]> for KeyBytes {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl IdText {
    /// A text that has the length of an identifier.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_ascii() { text.as_bytes().try_into().ok().map(Self) } else { None }
    }

    /// The identifier as it is handed out.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an identifier is made of ASCII characters")
    }
}

impl TokenText {
    /// The token as it is handed out.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl From<String> for TokenText {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Borrow<str> for TokenText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sim::Seed;

    #[test]
    fn nothing_shows_itself() {
        let code = LoginCodeKey::parse(&"a".repeat(32));
        let token = TokenText::from("92_secret".to_owned());
        let shown = format!("{code:?} {:?} {token:?}", KeyBytes::from([1; 16]));
        assert_eq!(shown, "Some(‹LoginCode›) ‹SessionKey› ‹AccessToken›");
    }

    #[test]
    fn codes_are_read_and_written_back() {
        let mut draw = Seed::new(7).sequence("x").draw();
        let (login, phone) = (draw.base62(32), draw.hex(64));
        assert_eq!(LoginCodeKey::parse(&login).unwrap().text(), login);
        assert_eq!(PhoneCodeKey::parse(&phone).unwrap().text(), phone);
        assert!(PhoneCodeKey::parse(&phone.to_uppercase()).is_none());
    }

    proptest! {
        #[test]
        fn a_text_of_another_shape_is_none_of_them(text in "\\PC{0,40}|[a-z0-9]{27,33}!|[0-9a-f]{62}|[0-9a-f]{66}") {
            prop_assert_eq!(LoginCodeKey::parse(&text).map(|key| key.text() == text).unwrap_or(true), true);
            prop_assert!(PhoneCodeKey::parse(&text).is_none());
            prop_assert_eq!(IdText::parse(&text).map(|id| id.text() == text).unwrap_or(true), true);
        }
    }
}
