//! Reading JWTs without trusting them.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sim::Tag;

/// The payload of a JWT, signature unchecked.
pub(crate) fn payload<T: DeserializeOwned>(token: &str) -> Option<T> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?).ok()
}

#[derive(Deserialize)]
struct Jti {
    jti: String,
}

/// The `jti` of a JWT, signature unchecked.
pub(crate) fn jti(token: &str) -> Option<String> {
    payload::<Jti>(token.trim()).map(|claims| claims.jti)
}

fn tag_in_jti(token: &str) -> Option<Tag> {
    Tag::read_base62(&jti(token)?)
}

/// The world that an id_token names in its `jti`. The signature is not checked: this is for finding the world, which
/// then checks it.
pub fn id_token_tag(token: &str) -> Option<Tag> {
    tag_in_jti(token)
}

/// The world that a state_token names in its `jti`. The signature is not checked.
pub fn state_token_tag(token: &str) -> Option<Tag> {
    tag_in_jti(token)
}

/// The world that a session_token names.
pub fn session_token_tag(token: &str) -> Option<Tag> {
    Tag::read_base62(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*", other in "[A-Za-z0-9_.-]{0,80}") {
            let _ = (id_token_tag(&text), session_token_tag(&text), state_token_tag(&other), session_token_tag(&other));
        }
    }
}
