//! Who may use the control API: loopback names and listed ones, so that no web page reaches it through a name that
//! suddenly points at 127.0.0.1 (DNS rebinding), and the holder of the admin token where there is one.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};

use crate::control::ControlError;

/// Who may use the control API.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    pub(crate) admin_token: Option<String>,
    pub(crate) hosts: Vec<String>,
    pub(crate) origins: Vec<String>,
}

/// The host of `host:port`, without port and brackets.
pub(crate) fn without_port(authority: &str) -> &str {
    let authority = authority.trim();
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => match authority.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => authority,
        },
    }
}

/// Whether a name can only mean the machine itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The host of an origin, `http://localhost:3000`.
fn host_of(origin: &str) -> Option<&str> {
    let (_, authority) = origin.split_once("://")?;
    Some(without_port(authority.split('/').next().unwrap_or(authority)))
}

/// The host that a call was sent to.
pub(crate) fn host(request: &Request<Bytes>) -> Option<&str> {
    request.uri().authority().map(http::uri::Authority::as_str).or_else(|| text(request.headers(), header::HOST))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Compares without telling by its duration where two texts differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

impl Guard {
    fn knows_host(&self, host: &str) -> bool {
        is_loopback(host)
            || self.hosts.iter().any(|allowed| allowed == "*" || without_port(allowed).eq_ignore_ascii_case(host))
    }

    /// Whether pages of this origin were let in by name; they get CORS answers on the vendor and device paths.
    pub(crate) fn lists_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == "*" || allowed.trim_end_matches('/').eq_ignore_ascii_case(origin))
    }

    /// Lets a call of the control API through, or says why not.
    pub(crate) fn check(&self, request: &Request<Bytes>) -> Result<(), ControlError> {
        // A browser always sends a Host; a program without one is not a page that was led astray.
        if let Some(host) = host(request).map(without_port).filter(|host| !self.knows_host(host)) {
            return Err(ControlError::new(
                StatusCode::FORBIDDEN,
                "host_not_allowed",
                format!("the control API is not served under the name `{host}`"),
            )
            .hint(format!("use http://127.0.0.1, or start with --allow-host {host}")));
        }
        if let Some(origin) = text(request.headers(), header::ORIGIN) {
            let known = host_of(origin).is_some_and(|host| self.knows_host(host)) || self.lists_origin(origin);
            if !known {
                return Err(ControlError::new(
                    StatusCode::FORBIDDEN,
                    "origin_not_allowed",
                    format!("pages of `{origin}` may not use the control API"),
                )
                .hint(format!("start with --allow-origin {origin}")));
            }
        }
        let Some(token) = &self.admin_token else { return Ok(()) };
        let given =
            request.headers().get("x-mock-admin-token").and_then(|value| value.to_str().ok()).or_else(|| {
                text(request.headers(), header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "))
            });
        match given {
            Some(given) if same(given.trim(), token) => Ok(()),
            given => Err(ControlError::new(
                StatusCode::UNAUTHORIZED,
                "admin_token",
                if given.is_some() { "the admin token is wrong" } else { "the control API needs the admin token here" },
            )
            .hint("send it as `Authorization: Bearer …` or `X-Mock-Admin-Token: …`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(guard: &Guard, headers: &[(&str, &str)]) -> Result<(), &'static str> {
        let mut request = Request::get("/__admin/v1/clock");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard.check(&request.body(Bytes::new()).unwrap()).map_err(|error| error.error.code)
    }

    #[test]
    fn loopback_names_are_let_through_and_others_are_not() {
        let guard = Guard::default();
        for host in ["127.0.0.1:17080", "localhost", "LOCALHOST:1", "[::1]:80", "shop.localhost:17080", "127.9.9.9"] {
            assert_eq!(checked(&guard, &[("host", host)]), Ok(()), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:17080", "localhost.evil.example:80"] {
            assert_eq!(checked(&guard, &[("host", host)]), Err("host_not_allowed"), "{host}");
        }
    }

    #[test]
    fn a_listed_name_opens_the_control_api_to_a_compose_network() {
        let guard = Guard { hosts: vec!["mockwx".to_owned()], ..Guard::default() };
        assert_eq!(checked(&guard, &[("host", "mockwx:17080")]), Ok(()));
        assert_eq!(checked(&guard, &[("host", "other:17080")]), Err("host_not_allowed"));
    }

    #[test]
    fn pages_of_foreign_origins_are_kept_out() {
        let guard = Guard { origins: vec!["https://h5.example".to_owned()], ..Guard::default() };
        assert_eq!(checked(&guard, &[("host", "localhost"), ("origin", "http://localhost:5173")]), Ok(()));
        assert_eq!(checked(&guard, &[("host", "localhost"), ("origin", "https://h5.example")]), Ok(()));
        for origin in ["https://evil.example", "null", "https://localhost.evil.example"] {
            assert_eq!(checked(&guard, &[("host", "localhost"), ("origin", origin)]), Err("origin_not_allowed"));
        }
    }

    #[test]
    fn the_admin_token_is_asked_for_where_there_is_one() {
        let guard = Guard { admin_token: Some("s3cret".to_owned()), ..Guard::default() };
        assert_eq!(checked(&guard, &[]), Err("admin_token"));
        assert_eq!(checked(&guard, &[("x-mock-admin-token", "s3cre")]), Err("admin_token"));
        assert_eq!(checked(&guard, &[("x-mock-admin-token", "s3cret")]), Ok(()));
        assert_eq!(checked(&guard, &[("authorization", "Bearer s3cret")]), Ok(()));
    }
}
