//! The address that a caller used, for links and for the issuer of tokens.

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::exchange::Secure;
use crate::guard;
use crate::settings::Settings;

/// Scheme and host that a caller used, and the path of the world that it named: `http://127.0.0.1:17080/__world/a`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    text: String,
    /// Where the world's path begins.
    root: usize,
}

fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// Whether a text can be a host and a port: what comes from a header ends up in tokens and links.
fn is_authority(text: &str) -> bool {
    text.len() <= 255 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
}

impl Base {
    /// The lab's public address; else what a trusted proxy says; else the `Host` of the call.
    pub(crate) fn of(request: &Request<Bytes>, settings: &Settings, world: Option<String>) -> Self {
        let mut text = match &settings.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => {
                let forwarded = |name| settings.trust_forwarded.then(|| first(request.headers(), name)).flatten();
                let own = if request.extensions().get::<Secure>().is_some() { "https" } else { "http" };
                let scheme = forwarded("x-forwarded-proto").filter(|scheme| *scheme == "https").unwrap_or(own);
                let host = forwarded("x-forwarded-host").or_else(|| guard::host(request));
                format!("{scheme}://{}", host.filter(|host| is_authority(host)).unwrap_or("localhost"))
            }
        };
        let root = text.len();
        if let Some(world) = world {
            text.push_str("/__world/");
            text.push_str(&world);
        }
        Self { text, root }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of a world under this one.
    pub(crate) fn of_world(&self, name: &str) -> String {
        format!("{}/__world/{name}", &self.text[..self.root])
    }

    /// The host in an address.
    pub(crate) fn host_of(url: &str) -> Option<String> {
        let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next()?;
        Some(guard::without_port(authority).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(settings: &Settings, headers: &[(&str, &str)]) -> String {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Base::of(&request.body(Bytes::new()).unwrap(), settings, None).text
    }

    #[test]
    fn forwarded_headers_count_only_when_they_are_trusted() {
        let headers =
            [("host", "127.0.0.1:17080"), ("x-forwarded-host", "acme.test, b"), ("x-forwarded-proto", "https")];
        assert_eq!(base(&Settings::default(), &headers), "http://127.0.0.1:17080");
        let trusting = Settings { trust_forwarded: true, ..Settings::default() };
        assert_eq!(base(&trusting, &headers), "https://acme.test");
        let public = Settings { public_url: Some("https://mockwx.test/".to_owned()), ..Settings::default() };
        assert_eq!(base(&public, &headers), "https://mockwx.test");
    }

    #[test]
    fn a_call_over_tls_is_answered_with_links_over_tls() {
        let mut request = Request::get("/").header("host", "acme.example").body(Bytes::new()).unwrap();
        request.extensions_mut().insert(Secure);
        assert_eq!(Base::of(&request, &Settings::default(), None).text, "https://acme.example");
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        assert_eq!(base(&Settings::default(), &[("host", "a\"b")]), "http://localhost");
        assert_eq!(base(&Settings::default(), &[]), "http://localhost");
    }

    #[test]
    fn a_named_world_is_part_of_the_base() {
        let request = Request::get("/").header("host", "localhost:1").body(Bytes::new()).unwrap();
        let base = Base::of(&request, &Settings::default(), Some("a".to_owned()));
        assert_eq!(base.as_str(), "http://localhost:1/__world/a");
        assert_eq!(base.of_world("b"), "http://localhost:1/__world/b");
    }
}
