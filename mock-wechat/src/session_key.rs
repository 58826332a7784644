//! Session keys: how long one lives, when it is replaced, and what is signed with it.

use aws_lc_rs::{digest, hmac};
use data_encoding::HEXLOWER;
use sim::{Life, Moment};

use crate::Rotation;
use crate::compact::KeyBytes;
use crate::refusal::Rule;

/// The key that a person and a mini program share at present.
///
/// There is at most one. It changes when a code is *requested*, not when it is exchanged, and the phone uses the new
/// one at once; so a back end that holds the former key fails until it exchanges the new code (signature page and
/// wx.checkSession page, documented).
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The key.
    pub(crate) key: KeyBytes,
    /// When it came to be.
    pub(crate) made_at: Moment,
    /// When it was last used; its life counts from here.
    pub(crate) used_at: Moment,
    /// When it was taken back through the control API, if it was.
    pub(crate) revoked_at: Option<Moment>,
}

impl Session {
    /// A key that is new at `now`.
    pub(crate) fn new(key: KeyBytes, now: Moment) -> Self {
        Self { key, made_at: now, used_at: now, revoked_at: None }
    }

    /// Whether the key is still good.
    pub(crate) fn is_live(&self, life: Life, now: Moment) -> bool {
        self.revoked_at.is_none() && now.since(self.used_at) <= life.get()
    }

    /// Whether `wx.login` replaces the key.
    pub(crate) fn is_replaced_by_login(&self, life: Life, rotation: Rotation, now: Moment) -> bool {
        !self.is_live(life, now) || rotation.is_due(now.since(self.made_at))
    }

    /// Prolongs the key's life: it was used.
    pub(crate) fn touch(&mut self, now: Moment) {
        self.used_at = self.used_at.max(now);
    }
}

/// The signature that session APIs take: HMAC-SHA256 of the empty text, in lower-case hexadecimal. The key is the
/// session_key's *text*, not its bytes (checkSessionKey page; the published sample proves it).
pub(crate) fn signature(key: &KeyBytes) -> String {
    hmac_of(key.text().as_bytes(), b"")
}

fn hmac_of(key: &[u8], message: &[u8]) -> String {
    HEXLOWER.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref())
}

/// The `signature` of `wx.getUserInfo`: SHA-1 of the raw data followed by the session_key's text (signature page).
pub(crate) fn signature_of_data(raw_data: &str, key: &KeyBytes) -> String {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    context.update(raw_data.as_bytes());
    context.update(key.text().as_bytes());
    HEXLOWER.encode(context.finish().as_ref())
}

/// Whether `signature` was made with the live key; `former` are the keys before it. A wrong one comes with a guess at
/// the mistake, where it can be recognised.
pub(crate) fn check_signature<'a>(
    given: &str,
    live: &KeyBytes,
    former: impl IntoIterator<Item = &'a KeyBytes>,
) -> Result<(), (Rule, Option<&'static str>)> {
    if given == signature(live) {
        return Ok(());
    }
    if former.into_iter().any(|key| given == signature(key)) {
        let guess = "it was made with a session_key that has been replaced; exchange the code of a newer wx.login";
        return Err((Rule::StaleServerKey, Some(guess)));
    }
    let text = live.text();
    let guess = if given == hmac_of(live.bytes(), b"") {
        Some("it was made with the decoded session_key; the key is the base64 text as it was received")
    } else if given == hmac_of(b"", text.as_bytes()) {
        Some("key and message were swapped; the key is the session_key, the message is empty")
    } else if given.eq_ignore_ascii_case(&signature(live)) {
        Some("it is written in capitals; lower-case hexadecimal digits are expected")
    } else if given.len() == 40 {
        Some("forty characters look like the SHA-1 signature of wx.getUserInfo; HMAC-SHA256 is expected")
    } else {
        None
    };
    Err((Rule::WrongSignature, guess))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64;
    use std::time::Duration;

    const LIFE: Life = Life::seconds(3 * 86_400);
    const MINUTE: Rotation = Rotation::After(Life::seconds(60));

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn key(text: &str) -> KeyBytes {
        <[u8; 16]>::try_from(BASE64.decode(text.as_bytes()).unwrap()).unwrap().into()
    }

    #[test]
    fn the_published_signature_of_raw_data_is_made() {
        let raw_data = concat!(
            r#"{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","#,
            r#""avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAj"#,
            r#"AtpujxyzYsrztuuICqIM5ibXQ/0"}"#
        );
        let signature = signature_of_data(raw_data, &key("HyVFkGl5F5OQWJZZaNzBBg=="));
        assert_eq!(signature, "75e81ceda165f4ffa64f4068af58c64b8f54b88c");
    }

    #[test]
    fn the_published_session_signatures_are_made_with_the_keys_text() {
        let key = key("o0q0otL8aEzpcZL/FT9WsQ==");
        assert_eq!(signature(&key), "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128");
        assert_eq!(
            hmac_of(key.text().as_bytes(), br#"{"foo":"bar"}"#),
            "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b"
        );
        assert!(hmac_of(key.bytes(), br#"{"foo":"bar"}"#).starts_with("bfa68836"));
    }

    #[test]
    fn a_key_lives_three_days_from_its_last_use() {
        let mut session = Session::new([1; 16].into(), at(0));
        assert!(session.is_live(LIFE, at(3 * 86_400)));
        assert!(!session.is_live(LIFE, at(3 * 86_400 + 1)));
        session.touch(at(86_400));
        assert!(session.is_live(LIFE, at(4 * 86_400)));
    }

    #[test]
    fn a_login_replaces_a_key_older_than_a_minute() {
        let session = Session::new([1; 16].into(), at(0));
        assert!(!session.is_replaced_by_login(LIFE, MINUTE, at(60)));
        assert!(session.is_replaced_by_login(LIFE, MINUTE, at(61)));
        assert!(session.is_replaced_by_login(LIFE, Rotation::Always, at(0)));
        assert!(!session.is_replaced_by_login(LIFE, Rotation::Never, at(86_400)));
        assert!(session.is_replaced_by_login(LIFE, Rotation::Never, at(0) + LIFE.get() + Duration::from_millis(1)));
    }

    #[test]
    fn a_key_that_was_taken_back_is_not_live() {
        let session = Session { revoked_at: Some(at(1)), ..Session::new([1; 16].into(), at(0)) };
        assert!(!session.is_live(LIFE, at(1)) && session.is_replaced_by_login(LIFE, Rotation::Never, at(1)));
    }

    #[test]
    fn the_usual_mistakes_with_signatures_are_recognised() {
        let (live, old) = (KeyBytes::from([1; 16]), KeyBytes::from([2; 16]));
        let check = |given: &str| check_signature(given, &live, [&old]);
        assert_eq!(check(&signature(&live)), Ok(()));
        assert_eq!(check(&signature(&old)).unwrap_err().0, Rule::StaleServerKey);
        for (given, word) in [
            (hmac_of(live.bytes(), b""), "decoded"),
            (hmac_of(b"", live.text().as_bytes()), "swapped"),
            (signature(&live).to_uppercase(), "capitals"),
            ("0".repeat(40), "SHA-1"),
        ] {
            let (rule, guess) = check(&given).unwrap_err();
            assert!(rule == Rule::WrongSignature && guess.unwrap().contains(word), "{word}");
        }
        assert_eq!(check("nonsense"), Err((Rule::WrongSignature, None)));
    }
}
