//! Which world a client of the proxy names: `http://shop@127.0.0.1:17080` is the proxy of the world `shop`.

use data_encoding::BASE64;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// Credentials that make no sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Senseless;

/// Takes what is meant for the proxy out of the headers; gives back the world that the user name names. The password
/// counts for nothing.
pub(super) fn take_world(headers: &mut HeaderMap) -> Result<Option<HeaderValue>, Senseless> {
    headers.remove(PROXY_CONNECTION);
    let Some(credentials) = headers.remove(PROXY_AUTHORIZATION) else { return Ok(None) };
    let name = name(&credentials).ok_or(Senseless)?;
    if name.is_empty() { Ok(None) } else { HeaderValue::try_from(name).map(Some).map_err(|_| Senseless) }
}

fn name(credentials: &HeaderValue) -> Option<String> {
    let (scheme, encoded) = credentials.to_str().ok()?.split_once(' ')?;
    let decoded = BASE64.decode(encoded.trim().as_bytes()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    Some(text.split_once(':').map_or(text.as_str(), |(name, _)| name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(credentials: &str) -> Result<Option<String>, Senseless> {
        let mut headers = HeaderMap::new();
        headers.insert(PROXY_AUTHORIZATION, credentials.parse().unwrap());
        let world = take_world(&mut headers);
        assert!(headers.is_empty());
        world.map(|world| world.map(|name| name.to_str().unwrap().to_owned()))
    }

    #[test]
    fn the_user_name_is_the_world_and_the_password_nothing() {
        for (text, name) in
            [("shop:", Some("shop")), ("shop:secret:x", Some("shop")), ("shop", Some("shop")), (":", None)]
        {
            assert_eq!(
                world(&format!("Basic {}", BASE64.encode(text.as_bytes()))),
                Ok(name.map(str::to_owned)),
                "{text}"
            );
        }
        assert_eq!(take_world(&mut HeaderMap::new()), Ok(None));
        let broken = BASE64.encode(b"a\nb:");
        for senseless in ["Basic ?", "Bearer c2hvcDo=", "c2hvcDo=", "Basic /w==", &format!("basic {broken}")] {
            assert_eq!(world(senseless), Err(Senseless), "{senseless}");
        }
    }
}
