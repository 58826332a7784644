//! What a command is told: an address and a few files in, variables out.
//!
//! Each is read by somebody: SDKs with a base URL read ours, request libraries the proxy's, TLS libraries the bundles of
//! roots, Java its options. What the user has set is kept wherever a variable can hold both.

use std::path::{Path, PathBuf};

/// Where a lab is, as a command has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// `http://127.0.0.1:17080`, or one world of it: `…/__world/NAME`.
    pub(crate) url: String,
    /// The host, without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
    /// The world that is meant, where it is not the one that answers anyway.
    pub(crate) world: Option<String>,
}

/// The files that the variables name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    /// The lab's CA and what the user trusts in Node already, for Node, which has roots of its own.
    pub(crate) extra: PathBuf,
    /// All roots, the lab's CA among them.
    pub(crate) roots: PathBuf,
    /// The same for Java.
    pub(crate) truststore: PathBuf,
    /// What Node loads first.
    pub(crate) preload: PathBuf,
}

/// The password of the truststore, which holds certificates and no secret.
pub(crate) const TRUSTSTORE_PASSWORD: &str = "changeit";

/// Names that a proxy is never asked for.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "::1"];

impl Address {
    /// The proxy: its user is the world. The password counts for nothing, but Python's requests and urllib send no user
    /// that has none.
    fn proxy(&self) -> String {
        let user = self.world.as_ref().map(|world| format!("{world}:mockwx@")).unwrap_or_default();
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("http://{user}{host}:{}", self.port)
    }
}

/// The variables of a command, in the order in which people want to read them. `before` is the environment so far.
///
/// # Errors
/// The path that no variable can hold.
pub(crate) fn variables(
    before: impl Fn(&str) -> Option<String>,
    lab: &Address,
    files: &Files,
) -> Result<Vec<(String, String)>, PathBuf> {
    let mut told: Vec<(&str, String)> = Vec::new();
    for name in ["MOCKWX_URL", "WECHAT_API_BASE_URL", "IDAAS_BASE_URL"] {
        told.push((name, lab.url.clone()));
    }
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        told.push((name, lab.proxy()));
    }
    let direct = no_proxy(&[before("NO_PROXY"), before("no_proxy")]);
    for name in ["NO_PROXY", "no_proxy"] {
        told.push((name, direct.clone()));
    }
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or_else(|| path.to_owned());
    told.push(("NODE_EXTRA_CA_CERTS", text(&files.extra)?));
    for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        told.push((name, text(&files.roots)?));
    }
    let java = java_options(lab, &text(&files.truststore)?);
    told.push(("JAVA_TOOL_OPTIONS", behind(before("JAVA_TOOL_OPTIONS"), &java)));
    let node = format!("--require={}", node_word(&text(&files.preload)?));
    told.push(("NODE_OPTIONS", behind(before("NODE_OPTIONS"), &node)));
    Ok(told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// What was there before, and more behind it; nothing twice.
fn behind(before: Option<String>, more: &str) -> String {
    match before {
        Some(before) if before.contains(more) => before,
        Some(before) => format!("{before} {more}"),
        None => more.to_owned(),
    }
}

/// The hosts that are asked directly: those of the user, and this machine.
fn no_proxy(before: &[Option<String>]) -> String {
    let mut hosts: Vec<&str> = Vec::new();
    let users = before.iter().flatten().flat_map(|list| list.split(',')).map(str::trim);
    for host in users.chain(LOOPBACK).filter(|host| !host.is_empty()) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

/// What keeps calls away from the proxy, and so from the lab: an entry of `NO_PROXY`, and the name that it holds for.
pub(crate) fn bypassed<'a>(told: &'a [(String, String)], names: &'a [String]) -> Option<(&'a str, &'a str)> {
    let (_, hosts) = told.iter().find(|(name, _)| name == "NO_PROXY")?;
    names.iter().find_map(|name| Some((hosts.split(',').find(|entry| covers(entry, name))?, name.as_str())))
}

/// Whether an entry of `NO_PROXY` holds for a name: the host itself, a domain above it, or `*`.
fn covers(entry: &str, name: &str) -> bool {
    let host = entry.split(':').next().unwrap_or_default().trim_start_matches("*.").trim_start_matches('.');
    let is_above = name.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    entry == "*" || (!host.is_empty() && is_above)
}

/// Java's way to say the same. Its options are split at blanks, and quotes hold them together.
fn java_options(lab: &Address, truststore: &str) -> String {
    let mut options: Vec<String> = Vec::new();
    for scheme in ["http", "https"] {
        options.push(format!("-D{scheme}.proxyHost={}", lab.host));
        options.push(format!("-D{scheme}.proxyPort={}", lab.port));
    }
    options.push("-Dhttp.nonProxyHosts=localhost|127.*|[::1]".to_owned());
    options.push(java_word(format!("-Djavax.net.ssl.trustStore={truststore}")));
    options.push(format!("-Djavax.net.ssl.trustStorePassword={TRUSTSTORE_PASSWORD}"));
    options.push("-Djavax.net.ssl.trustStoreType=PKCS12".to_owned());
    options.join(" ")
}

/// One option, quoted if need be.
fn java_word(option: String) -> String {
    match (option.contains([' ', '\t', '\'']), option.contains('"')) {
        (_, true) => format!("'{option}'"),
        (true, false) => format!("\"{option}\""),
        (false, false) => option,
    }
}

/// One word of `NODE_OPTIONS`, which knows double quotes, and a backslash inside them.
fn node_word(word: &str) -> String {
    if word.contains([' ', '\t', '"']) {
        format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(world: Option<&str>) -> Address {
        let path = world.map(|world| format!("/__world/{world}")).unwrap_or_default();
        Address {
            url: format!("http://127.0.0.1:17080{path}"),
            host: "127.0.0.1".to_owned(),
            port: 17080,
            world: world.map(str::to_owned),
        }
    }

    fn files(folder: &str) -> Files {
        let file = |name| Path::new(folder).join(name);
        Files {
            extra: file("extra.pem"),
            roots: file("roots.pem"),
            truststore: file("roots.p12"),
            preload: file("preload.cjs"),
        }
    }

    fn told(before: &[(&str, &str)], lab: &Address, files: &Files) -> String {
        let before = |name: &str| before.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let variables = variables(before, lab, files).unwrap();
        variables.into_iter().map(|(name, value)| format!("{name}={value}\n")).collect()
    }

    #[test]
    fn a_command_is_told_where_everything_is() {
        insta::assert_snapshot!(told(&[], &lab(None), &files("/tmp/x")), @r"
        MOCKWX_URL=http://127.0.0.1:17080
        WECHAT_API_BASE_URL=http://127.0.0.1:17080
        IDAAS_BASE_URL=http://127.0.0.1:17080
        HTTP_PROXY=http://127.0.0.1:17080
        HTTPS_PROXY=http://127.0.0.1:17080
        http_proxy=http://127.0.0.1:17080
        https_proxy=http://127.0.0.1:17080
        NO_PROXY=127.0.0.1,localhost,::1
        no_proxy=127.0.0.1,localhost,::1
        NODE_EXTRA_CA_CERTS=/tmp/x/extra.pem
        SSL_CERT_FILE=/tmp/x/roots.pem
        REQUESTS_CA_BUNDLE=/tmp/x/roots.pem
        CURL_CA_BUNDLE=/tmp/x/roots.pem
        JAVA_TOOL_OPTIONS=-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=17080 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=17080 -Dhttp.nonProxyHosts=localhost|127.*|[::1] -Djavax.net.ssl.trustStore=/tmp/x/roots.p12 -Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStoreType=PKCS12
        NODE_OPTIONS=--require=/tmp/x/preload.cjs
        ");
    }

    #[test]
    fn a_world_is_the_user_of_the_proxy() {
        let told = told(&[], &lab(Some("blue")), &files("/tmp/x"));
        assert!(told.contains("MOCKWX_URL=http://127.0.0.1:17080/__world/blue\n"), "{told}");
        assert!(told.contains("https_proxy=http://blue:mockwx@127.0.0.1:17080\n"), "{told}");
        let six = Address { host: "::1".to_owned(), ..lab(None) };
        assert_eq!(six.proxy(), "http://[::1]:17080");
    }

    #[test]
    fn what_the_user_has_set_is_kept() {
        let before = [
            ("NO_PROXY", "db.internal, localhost"),
            ("no_proxy", "10.0.0.0/8"),
            ("NODE_OPTIONS", "--max-old-space-size=4096"),
            ("JAVA_TOOL_OPTIONS", "-Xmx1g"),
        ];
        let told = told(&before, &lab(None), &files("/tmp/x"));
        assert!(told.contains("\nNO_PROXY=db.internal,localhost,10.0.0.0/8,127.0.0.1,::1\n"), "{told}");
        assert!(told.contains("\nNODE_OPTIONS=--max-old-space-size=4096 --require=/tmp/x/preload.cjs\n"), "{told}");
        assert!(told.contains("\nJAVA_TOOL_OPTIONS=-Xmx1g -Dhttp.proxyHost=127.0.0.1 "), "{told}");
    }

    #[test]
    fn being_told_twice_changes_nothing() {
        let first = told(&[], &lab(None), &files("/tmp/x"));
        let before: Vec<_> = first.lines().filter_map(|line| line.split_once('=')).collect();
        assert_eq!(told(&before, &lab(None), &files("/tmp/x")), first);
    }

    #[test]
    fn paths_with_blanks_and_quotes_stay_one_word() {
        let told = told(&[], &lab(None), &files("/tmp/my \"x\""));
        assert!(told.contains(r#"NODE_OPTIONS=--require="/tmp/my \"x\"/preload.cjs""#), "{told}");
        assert!(told.contains(r#" '-Djavax.net.ssl.trustStore=/tmp/my "x"/roots.p12' "#), "{told}");
        assert_eq!(java_word("-Da=it's".to_owned()), "\"-Da=it's\"");
    }

    #[test]
    fn an_entry_that_keeps_a_name_away_from_the_proxy_is_found() {
        let found = |hosts: &str| {
            let told = [("NO_PROXY".to_owned(), hosts.to_owned())];
            let names = ["acme.example".to_owned(), "api.weixin.qq.com".to_owned()];
            bypassed(&told, &names).map(|(entry, name)| (entry.to_owned(), name.to_owned()))
        };
        for entry in ["api.weixin.qq.com", ".qq.com", "qq.com", "*.weixin.qq.com", "com", "qq.com:443"] {
            assert_eq!(found(&format!("localhost,{entry}")), Some((entry.to_owned(), "api.weixin.qq.com".to_owned())));
        }
        assert_eq!(found("*").unwrap().1, "acme.example");
        for entry in ["", "localhost,127.0.0.1,::1", "xqq.com", "pi.weixin.qq.com", "api", "10.0.0.0/8"] {
            assert_eq!(found(entry), None, "{entry}");
        }
    }
}
