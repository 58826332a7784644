//! Which worlds the artefacts in a call come from.

use std::borrow::Cow;

use bytes::Bytes;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::Request;
use serde_json::Value;
use sim::{ArtefactKind, Tag};

/// The tags that a call carries, in the order of their weight.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    /// Tags of everything but access tokens: codes first, then tokens.
    pub(crate) artefacts: Vec<(ArtefactKind, Tag)>,
    /// The tag of the access token, which may come from another world than the rest.
    pub(crate) access_token: Option<Tag>,
}

/// The tag in an artefact's own text, if there is one: in letters and digits, in hexadecimal, or in a JWT's `jti`.
pub(crate) fn tag_of(text: &str) -> Option<Tag> {
    // A solved slider picture is its token, three hyphens and the place: `token---{"x":237.0,"y":5.0}`.
    let text = text.trim();
    let text = text.split_once("---").map_or(text, |(token, _)| token);
    let mut parts = text.split('.');
    if let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) {
        let claims = BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        return tag_of_plain(claims.get("jti")?.as_str()?);
    }
    tag_of_plain(text)
}

fn tag_of_plain(text: &str) -> Option<Tag> {
    Tag::read_hex(text).or_else(|| Tag::read_base62(text))
}

/// Fields of JSON bodies that carry an artefact, heaviest first.
const FIELDS: [(&str, ArtefactKind); 9] = [
    ("code", ArtefactKind::LoginCode),
    ("wechat_code", ArtefactKind::PhoneCode),
    ("wchat_code", ArtefactKind::PhoneCode),
    ("state_token", ArtefactKind::StateToken),
    ("session_token", ArtefactKind::SessionToken),
    ("id_token", ArtefactKind::IdToken),
    ("captcha_token", ArtefactKind::CaptchaToken),
    ("token", ArtefactKind::CaptchaToken),
    // The control API's way to name one.
    ("artefact", ArtefactKind::LoginCode),
];

const HEADERS: [(&str, ArtefactKind); 3] = [
    ("x-state-token", ArtefactKind::StateToken),
    ("session-token", ArtefactKind::SessionToken),
    ("authorization", ArtefactKind::IdToken),
];

impl Carried {
    /// What this call carries.
    pub(crate) fn by(request: &Request<Bytes>) -> Self {
        let mut carried = Self::default();
        carried.take_query(request.uri().query().unwrap_or_default());
        carried.take_body(request.body());
        carried.take_headers(request);
        carried
    }

    fn take(&mut self, kind: ArtefactKind, text: &str) {
        self.artefacts.extend(tag_of(text).map(|tag| (kind, tag)));
    }

    fn take_query(&mut self, query: &str) {
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "js_code" => self.take(ArtefactKind::LoginCode, &value),
                "access_token" => self.access_token = tag_of(&value),
                "session_token" => self.take(ArtefactKind::SessionToken, &value),
                "id_token" | "id_token_hint" => self.take(ArtefactKind::IdToken, &value),
                _ => {}
            }
        }
    }

    fn take_body(&mut self, body: &Bytes) {
        // Cheap first: a body that is no JSON object carries nothing that is known here.
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return;
        }
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return };
        for (name, kind) in FIELDS {
            if let Some(text) = fields.get(name).and_then(Value::as_str) {
                self.take(kind, text);
            }
        }
    }

    fn take_headers(&mut self, request: &Request<Bytes>) {
        for (name, kind) in HEADERS {
            if let Some(text) = request.headers().get(name).and_then(|value| value.to_str().ok()) {
                self.take(kind, text.strip_prefix("Bearer ").unwrap_or(text));
            }
        }
    }
}

/// The client id of HTTP Basic credentials.
fn basic_client(request: &Request<Bytes>) -> Option<String> {
    let encoded = request.headers().get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = BASE64.decode(encoded.trim().as_bytes()).ok()?;
    Some(std::str::from_utf8(&decoded).ok()?.split_once(':')?.0.to_owned())
}

/// The appid or client id that a call names: in a header, the query or the body.
pub(crate) fn app_named<'a>(request: &'a Request<Bytes>) -> Option<Cow<'a, str>> {
    if let Some(client_id) = request.headers().get("x-client-id").and_then(|value| value.to_str().ok()) {
        return Some(client_id.trim().into());
    }
    let query = request.uri().query().unwrap_or_default();
    let of_query = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "appid" || name == "client_id")
        .map(|(_, value)| value);
    of_query.or_else(|| basic_client(request).map(Cow::Owned)).or_else(|| {
        let body: Value = serde_json::from_slice(request.body()).ok()?;
        Some(body.get("appid")?.as_str()?.to_owned().into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Seed;

    fn drawn(world: &str) -> (String, String) {
        let sequence = Seed::new(1).sequence("x");
        let tag = Tag::of(world);
        (sequence.draw().tagged_base62(32, tag), sequence.draw().tagged_hex(64, tag))
    }

    #[test]
    fn a_tag_is_read_in_letters_hexadecimal_jti_and_captcha_tokens() {
        let (letters, hex) = drawn("a");
        let payload = BASE64URL_NOPAD.encode(format!(r#"{{"jti":"{letters}"}}"#).as_bytes());
        for text in
            [&letters, &hex, &format!(" {letters}"), &format!("e30.{payload}.sig"), &format!("{hex}---{{\"x\":1.0}}")]
        {
            assert_eq!(tag_of(text), Some(Tag::of("a")), "{text}");
        }
        for text in ["", "code", "a.b.c", "e30..", "mock:bob", "---", "..", "日本語日本語日本語日本語"] {
            assert_eq!(tag_of(text), None, "{text}");
        }
    }

    #[test]
    fn the_access_token_stands_apart() {
        let ((code, _), (token, _)) = (drawn("a"), drawn("b"));
        let request = Request::post(format!("/wxa/business/getuserphonenumber?access_token={token}"))
            .body(Bytes::from(format!(r#"{{"code":"{code}"}}"#)))
            .unwrap();
        let carried = Carried::by(&request);
        assert_eq!(carried.artefacts, [(ArtefactKind::LoginCode, Tag::of("a"))]);
        assert_eq!(carried.access_token, Some(Tag::of("b")));
    }

    #[test]
    fn headers_count_and_junk_does_not() {
        let (token, _) = drawn("a");
        let request = Request::post("/api/v2/sdk/social/bind")
            .header("X-State-Token", token.as_str())
            .header("Authorization", [0xff, 0xfe].as_slice())
            .body(Bytes::from_static(b"\xff{"))
            .unwrap();
        assert_eq!(Carried::by(&request).artefacts, [(ArtefactKind::StateToken, Tag::of("a"))]);
    }

    #[test]
    fn the_app_is_found_in_header_query_or_body() {
        let get = Request::get("/cgi-bin/token?appid=wx1").body(Bytes::new()).unwrap();
        assert_eq!(app_named(&get).as_deref(), Some("wx1"));
        let post = Request::post("/cgi-bin/stable_token").body(Bytes::from_static(b"{\"appid\":\"wx2\"}")).unwrap();
        assert_eq!(app_named(&post).as_deref(), Some("wx2"));
        let sdk = Request::get("/api/v2/sdk/captcha").header("X-client-id", "abc").body(Bytes::new()).unwrap();
        assert_eq!(app_named(&sdk).as_deref(), Some("abc"));
        for (credentials, client) in [("Basic YWJjOnM=", Some("abc")), ("Basic é", None), ("Basic YWJj", None)] {
            let token = Request::post("/api/v2/tenant/token").header("Authorization", credentials.as_bytes());
            assert_eq!(app_named(&token.body(Bytes::new()).unwrap()).as_deref(), client);
        }
    }
}
