//! How to trust the authority and how to stop, in the words of each system and language. Nothing here is run.

use std::path::Path;

use lab::Authority;

/// The ways, for the certificate at `path`.
pub(super) fn text(path: &Path, authority: &Authority) -> String {
    TEXT.replace("{path}", &path.display().to_string()).replace("{name}", authority.common_name())
}

const TEXT: &str = r#"The easiest is to trust nothing for good: `mockwx exec -- COMMAND` tells one command, and
leaves nothing behind. This page changes nothing; run what you want of it.

One program, for as long as its variable is set
  curl                 CURL_CA_BUNDLE='{path}'
  Node                 NODE_EXTRA_CA_CERTS='{path}'
  Python: requests     REQUESTS_CA_BUNDLE='{path}'
  Python: httpx, urllib; Go, Ruby, PHP, .NET on Linux; whatever uses OpenSSL
                       SSL_CERT_FILE='{path}'
  Java                 mockwx ca export --format pkcs12 --out mockwx.p12
                       JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=mockwx.p12 -Djavax.net.ssl.trustStorePassword=changeit'
Node trusts the usual authorities as well; the others then trust this one only. Java gets a certificate of
its own: it would not heed the limits of the other.

One JDK, for all its programs
  trust                mockwx ca export --format pkcs12 --out mockwx.p12
                       keytool -importkeystore -srckeystore mockwx.p12 -srcstorepass changeit -noprompt \
                         -destkeystore "$JAVA_HOME/lib/security/cacerts" -deststorepass changeit
  stop                 keytool -delete -cacerts -storepass changeit -alias mockwx

Debian, Ubuntu, Alpine
  trust                sudo cp '{path}' /usr/local/share/ca-certificates/mockwx.crt
                       sudo update-ca-certificates
  stop                 sudo rm /usr/local/share/ca-certificates/mockwx.crt
                       sudo update-ca-certificates --fresh

Fedora, RHEL, openEuler
  trust                sudo cp '{path}' /etc/pki/ca-trust/source/anchors/mockwx.pem
                       sudo update-ca-trust
  stop                 sudo rm /etc/pki/ca-trust/source/anchors/mockwx.pem
                       sudo update-ca-trust

macOS
  trust                security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db '{path}'
  stop                 security delete-certificate -t -c '{name}' ~/Library/Keychains/login.keychain-db

Windows
  trust                certutil -user -addstore Root "{path}"
  stop                 certutil -user -delstore Root "{name}"

Firefox
  trust                Settings, Privacy & Security, View Certificates, Authorities, Import: {path}
  stop                 the same list, `{name}`: Delete or Distrust

To be rid of the authority itself, delete its folder; the next use makes a new one.
"#;
