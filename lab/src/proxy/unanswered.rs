//! What a client gets that asked for what is not to be had here: a short reason at once, and the whole story in the
//! journal.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use hyper::ext::ReasonPhrase;
use sim::Refusal;

use crate::headers::REQUEST_ID;
use crate::lab::Lab;
use crate::tls::NoCertificate;

/// Why a call is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unanswered {
    rule: &'static str,
    /// A few words, for clients that show nothing but the first line of an answer.
    short: String,
    /// A sentence each; the last one is the way out.
    story: Vec<String>,
}

impl Unanswered {
    fn new(rule: &'static str, short: impl Into<String>, story: impl IntoIterator<Item = String>) -> Self {
        Self { rule, short: short.into(), story: story.into_iter().collect() }
    }

    /// The proxy was asked for a host that it does not answer for.
    pub(super) fn refused(host: &str) -> Self {
        Self::new(
            "proxy_refused",
            format!("mockwx passes nothing on to {host}"),
            [
                format!(
                    "{host} is neither a name of WeChat's nor the domain of a tenant here, and mockwx passes nothing on"
                ),
                "so no test reaches the internet unnoticed: nobody was connected to".to_owned(),
                format!(
                    "to let calls to {host} through, start mockwx with --passthrough {host}; to keep the client from \
                     asking, set NO_PROXY={host}"
                ),
            ],
        )
    }

    /// The host may be passed on to, and cannot be reached.
    pub(super) fn not_reached(host: &str, why: &str) -> Self {
        Self::new(
            "passthrough_failed",
            format!("mockwx cannot reach {host}"),
            [
                format!("--passthrough lets calls to {host} through, and it cannot be reached: {why}"),
                "see whether this machine reaches it without mockwx".to_owned(),
            ],
        )
    }

    /// A call came back to where it was passed on.
    pub(super) fn going_round(host: &str) -> Self {
        Self::new(
            "passthrough_loop",
            format!("{host} leads back to mockwx"),
            [
                format!("--passthrough lets calls to {host} through, and its address is that of mockwx itself"),
                format!("take {host} out of the hosts file, or leave --passthrough {host} out"),
            ],
        )
    }

    /// A call over `https:` that a client does not make through a tunnel.
    pub(super) fn no_tunnel(host: &str) -> Self {
        Self::new(
            "passthrough_without_tunnel",
            "mockwx passes https on by CONNECT only",
            [
                format!("the client sent a call to https://{host} to the proxy as a whole, which could read all of it"),
                format!("let the client use CONNECT for https, or set NO_PROXY={host}"),
            ],
        )
    }

    /// The client names a world to the proxy in a way that makes no sense.
    pub(super) fn senseless_world() -> Self {
        Self::new(
            "proxy_credentials",
            "the proxy's user name is to be a world",
            [
                "the credentials for the proxy are not `Basic` ones with the name of a world as user name".to_owned(),
                "such as http_proxy=http://shop:any@127.0.0.1:17080 for the world `shop`, or none for `default`"
                    .to_owned(),
            ],
        )
    }

    /// The client names a world that there is not.
    pub(super) fn unknown_world(message: &str, hint: Option<&str>) -> Self {
        let hint = hint.map(str::to_owned);
        Self::new("unknown_world", message.replace('`', ""), [message.to_owned()].into_iter().chain(hint))
    }

    /// The request to the proxy names no host, or no port.
    pub(super) fn no_destination() -> Self {
        Self::new(
            "proxy_no_destination",
            "no host and port to connect to",
            ["a proxy is asked with `CONNECT host:port`, or with a whole http:// or https:// address".to_owned()],
        )
    }

    /// There is no certificate for the name.
    pub(crate) fn no_certificate(why: &NoCertificate) -> Self {
        let why = why.to_string();
        let mut lines = why.lines();
        let short = format!("mockwx: {}", lines.next().unwrap_or_default());
        Self::new("no_certificate", short, why.lines().map(|line| line.trim().to_owned()))
    }

    /// A client speaks TLS to a host that is not answered here.
    pub(crate) fn other_name(name: &str) -> Self {
        Self::new(
            "tls_other_name",
            format!("mockwx does not answer as {name}"),
            [
                format!(
                    "a client spoke TLS to {name}, which is neither a name of WeChat's nor the domain of a tenant here"
                ),
                "if the hosts file leads it here, take it out; a tenant's domain stands in its world: `idaas.domain`"
                    .to_owned(),
            ],
        )
    }

    /// A client speaks TLS and names no host.
    pub(crate) fn no_name() -> Self {
        Self::new(
            "tls_no_name",
            "the client names no host",
            [
                "a client spoke TLS to a bare address, for which there can be no certificate here".to_owned(),
                "use http:// for the address of mockwx; https:// is for the names of WeChat and of tenants".to_owned(),
            ],
        )
    }

    /// A client breaks off because it does not know who signed.
    pub(crate) fn not_trusted(name: &str) -> Self {
        Self::new(
            "tls_not_trusted",
            "the client does not trust the certificate",
            [
                format!(
                    "a client asked for {name}, was shown a certificate of mockwx's own authority, and does not trust it"
                ),
                "`mockwx exec -- COMMAND` tells clients to; `mockwx ca trust` shows how to do it by hand".to_owned(),
            ],
        )
    }

    /// The whole of it for the client, which may show no more than its first line.
    pub(super) fn response(&self, status: StatusCode, rid: &str) -> Response<Bytes> {
        let text = format!("mockwx: {}\n\nmockwx explain {rid}\n", self.story.join("\n"));
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if let Ok(rid) = HeaderValue::from_str(rid) {
            headers.insert(REQUEST_ID, rid);
        }
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            headers.insert(header::PROXY_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"world\""));
        }
        // Many clients show the reason phrase of a failed CONNECT and nothing else.
        if let Ok(reason) = ReasonPhrase::try_from(self.short.as_bytes()) {
            response.extensions_mut().insert(reason);
        }
        response
    }
}

impl Lab {
    /// Writes down what was not answered, in the journal of the world that the client named or of `default`; gives
    /// back the request id that tells the story.
    pub(crate) fn unanswered(
        &self,
        world: Option<&HeaderValue>,
        method: &str,
        target: &str,
        status: u16,
        why: Unanswered,
    ) -> String {
        let named = world.and_then(|name| self.worlds.get(name.to_str().ok()?));
        let world = named.unwrap_or_else(|| self.worlds.default());
        let code = if status == 0 { "tls_alert".to_owned() } else { status.to_string() };
        let refusal = Refusal { rule: why.rule.to_owned(), code, story: why.story };
        world.unanswered(method, target, status, refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_who_and_why_and_the_way_out() {
        let response = Unanswered::refused("example.com").response(StatusCode::FORBIDDEN, "1-2-3");
        let text = std::str::from_utf8(response.body()).unwrap();
        for told in ["mockwx", "example.com", "--passthrough example.com", "NO_PROXY=example.com", "explain 1-2-3"] {
            assert!(text.contains(told), "{told}: {text}");
        }
        let reason = response.extensions().get::<ReasonPhrase>().unwrap();
        assert_eq!(reason.as_bytes(), b"mockwx passes nothing on to example.com");
    }

    #[test]
    fn a_missing_certificate_tells_the_way_out() {
        let why = Unanswered::no_certificate(&NoCertificate::NotCovered("acme.example".to_owned()));
        assert!(why.story[0].contains("mockwx ca renew --domain acme.example"), "{why:?}");
    }
}
