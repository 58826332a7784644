//! Whom a client of the proxy wants to reach, and whether it may.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::Uri;
use http::uri::Scheme;

use crate::guard;
use crate::lab::Lab;
use crate::tls;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    /// In lower case, without a dot at its end and without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The lab answers.
    Here,
    /// Someone allowed it to be passed on.
    Elsewhere,
    /// Nowhere.
    Refused,
}

impl Destination {
    /// The destination of a request's URI; none when it names no host, or an unknown scheme without a port.
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let usual = || match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
            Some(scheme) if *scheme == Scheme::HTTP => Some(80),
            _ => None,
        };
        let port = uri.port_u16().or_else(usual)?;
        (!host.is_empty()).then_some(Self { host, port })
    }

    /// Whether it is the address at which the lab itself listens, by one of the names that mean this machine.
    fn is(&self, own: SocketAddr) -> bool {
        let is_own_address = || self.host.parse::<IpAddr>().is_ok_and(|address| address == own.ip());
        self.port == own.port() && (guard::is_loopback(&self.host) || is_own_address())
    }
}

impl Lab {
    /// Whether the lab answers under this name: one of WeChat's, or the domain of one of its tenants.
    pub(crate) fn is_answered(&self, name: &str) -> bool {
        let Some(name) = tls::normal(name) else { return false };
        let is_tenants = |domain: &str| tls::normal(domain).is_some_and(|domain| domain == name);
        crate::WECHAT_NAMES.contains(&name.as_str())
            || self.worlds.first(|world| is_tenants(&world.idaas().domain())).is_some()
    }

    /// Where a call that came to `own` goes.
    pub(super) fn way(&self, to: &Destination, own: SocketAddr) -> Way {
        let listed =
            |hosts: &[String]| hosts.iter().any(|host| guard::without_port(host).eq_ignore_ascii_case(&to.host));
        let is_here =
            self.is_answered(&to.host) || to.is(own) || (to.port == own.port() && listed(&self.settings.allow_hosts));
        match is_here {
            true => Way::Here,
            false if listed(&self.settings.passthrough) => Way::Elsewhere,
            false => Way::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn to(uri: &str) -> Option<String> {
        Destination::of(&uri.parse().unwrap()).map(|destination| destination.to_string())
    }

    #[test]
    fn a_destination_has_a_port_said_or_usual() {
        assert_eq!(to("https://API.weixin.qq.com./sns").as_deref(), Some("api.weixin.qq.com:443"));
        assert_eq!(to("http://acme.example/").as_deref(), Some("acme.example:80"));
        assert_eq!(to("acme.example:8443").as_deref(), Some("acme.example:8443"));
        assert_eq!(to("http://[::1]:80/").as_deref(), Some("[::1]:80"));
        for none in ["/sns", "acme.example", "ftp://acme.example/"] {
            assert_eq!(to(none), None, "{none}");
        }
    }

    #[test]
    fn only_names_of_ours_our_own_address_and_listed_hosts_are_let_through() {
        let settings = Settings {
            allow_hosts: vec!["mockwx".to_owned()],
            passthrough: vec!["Registry.example".to_owned()],
            ..Settings::default()
        };
        let lab = Lab::new(settings).unwrap();
        let own = SocketAddr::from(([127, 0, 0, 1], 17080));
        let way = |uri: &str| lab.way(&Destination::of(&uri.parse().unwrap()).unwrap(), own);
        let tenant = format!("https://{}/api/v2", lab.worlds.default().idaas().domain());
        for here in [
            "https://api.weixin.qq.com/",
            "http://hk.api.weixin.qq.com:8080/",
            &tenant,
            "http://127.0.0.1:17080/",
            "http://shop.localhost:17080/",
            "http://mockwx:17080/",
        ] {
            assert_eq!(way(here), Way::Here, "{here}");
        }
        assert_eq!(way("https://registry.example/"), Way::Elsewhere);
        for refused in [
            "https://example.com/",
            "http://127.0.0.1:80/",
            "http://localhost/",
            "http://mockwx/",
            "http://[::1]:1/",
            "https://weixin.qq.com/",
            "https://x.registry.example/",
        ] {
            assert_eq!(way(refused), Way::Refused, "{refused}");
        }
    }
}
