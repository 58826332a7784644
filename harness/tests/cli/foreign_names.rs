//! Whoever has the key of the authority still cannot lie about other names: four clients refuse what it signs for them.
//!
//! The leaves are right in all else, so that nothing but the name can be what a client refuses; and each client takes a
//! leaf for WeChat's name. Java, which takes no limits from what it trusts, refuses them by its own truststore.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};

use crate::sandbox::Sandbox;

/// A folder with an authority that the program made: `ca.pem`, and its key in `ca-key.pem`.
fn authority() -> Sandbox {
    let sandbox = Sandbox::new();
    let made = sandbox.command("ca").env("MOCKWX_DATA_DIR", sandbox.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    sandbox
}

/// A leaf for these names, signed with the authority's key, in a file with its own key behind it.
fn leaf(sandbox: &Sandbox, file: &str, names: &[&str]) -> PathBuf {
    let both = sandbox.read("ca-key.pem");
    let key = &both[both.find("-----BEGIN PRIVATE KEY-----").unwrap()..];
    let issuer = Issuer::from_ca_cert_pem(&both, KeyPair::from_pem(key).unwrap()).unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "a forger");
    let year = 365 * std::time::Duration::from_secs(86_400);
    let now = rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_millis(now().unix_millis().unsigned_abs());
    (params.not_before, params.not_after) = (now - std::time::Duration::from_secs(3600), now + year / 2);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let own = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&own, &issuer).unwrap();
    let path = sandbox.path().join(file);
    fs::write(&path, format!("{}{}", certificate.pem(), own.serialize_pem())).unwrap();
    path
}

fn now() -> sim::Moment {
    sim::Clock::now(&sim::real::SystemClock)
}

/// What a client says to a leaf for a name: nothing when it takes it.
type Client = fn(&Sandbox, leaf: &PathBuf, name: &str) -> Result<(), String>;

/// Runs a program; what it wrote when it did not like what it saw.
fn ran(mut command: Command) -> Result<(), String> {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&told).into_owned()) }
}

fn openssl(sandbox: &Sandbox, leaf: &PathBuf, name: &str) -> Result<(), String> {
    let which = if name.parse::<IpAddr>().is_ok() { "-verify_ip" } else { "-verify_hostname" };
    let mut command = Command::new("openssl");
    command.args(["verify", "-x509_strict", "-no-CApath", "-purpose", "sslserver", which, name, "-CAfile"]);
    command.arg(sandbox.path().join("ca.pem")).arg(leaf);
    ran(command)
}

fn rustls(sandbox: &Sandbox, leaf: &PathBuf, name: &str) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(sandbox.path().join("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let leaf = CertificateDer::from_pem_file(leaf).unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let time = UnixTime::since_unix_epoch(now().since(sim::Moment::default()));
    let taken = verifier.verify_server_cert(&leaf, &[], &name, &[], time);
    taken.map(drop).map_err(|error| match error {
        Error::InvalidCertificate(CertificateError::Other(why)) => why.to_string(),
        other => other.to_string(),
    })
}

/// Shakes hands with itself in memory.
const PYTHON: &str = r#"
import ssl, sys
ca, leaf, name = sys.argv[1:]
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(leaf)
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client.verify_flags |= ssl.VERIFY_X509_STRICT
client.load_verify_locations(ca)
up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
one = client.wrap_bio(down, up, server_hostname=name)
other = server.wrap_bio(up, down, server_side=True)
for _ in range(4):
    for side in (one, other):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as error:
            sys.exit(error.verify_message)
assert one.version()
"#;

fn python(sandbox: &Sandbox, leaf: &PathBuf, name: &str) -> Result<(), String> {
    let mut command = Command::new("python3");
    command.args(["-c", PYTHON]).arg(sandbox.path().join("ca.pem")).arg(leaf).arg(name);
    ran(command)
}

/// Shakes hands with itself over the loopback address.
const NODE: &str = r#"
const { readFileSync } = require("node:fs");
const tls = require("node:tls");
const [ca, leaf, name] = process.argv.slice(1);
const pem = readFileSync(leaf);
const server = tls.createServer({ key: pem, cert: pem }, (socket) => socket.end()).on("tlsClientError", () => {});
server.listen(0, "127.0.0.1", () => {
  const isAddress = require("node:net").isIP(name);
  const named = isAddress ? { host: name } : { host: "127.0.0.1", servername: name };
  const client = tls.connect({ port: server.address().port, ca: readFileSync(ca), ...named });
  client.on("secureConnect", () => process.exit(0));
  client.on("error", (error) => { console.log(error.message); process.exit(1); });
});
"#;

fn node(sandbox: &Sandbox, leaf: &PathBuf, name: &str) -> Result<(), String> {
    let mut command = Command::new("node");
    command.args(["-e", NODE]).arg(sandbox.path().join("ca.pem")).arg(leaf).arg(name);
    ran(command)
}

/// Each client, and what it says when a name is not one of those that the authority may sign for.
const CLIENTS: [(&str, Client, [&str; 2]); 4] = [
    ("OpenSSL", openssl, ["permitted subtree violation", "excluded subtree violation"]),
    ("rustls", rustls, ["NameConstraintViolation", "NameConstraintViolation"]),
    ("Python", python, ["permitted subtree violation", "excluded subtree violation"]),
    ("Node", node, ["permitted subtree violation", "excluded subtree violation"]),
];

#[test]
fn every_client_takes_a_leaf_for_wechat() {
    let sandbox = authority();
    for name in ["api.weixin.qq.com", "hk.api.weixin.qq.com", "acme.example"] {
        let leaf = leaf(&sandbox, "leaf.pem", &[name]);
        for (client, takes, _) in CLIENTS {
            assert_eq!(takes(&sandbox, &leaf, name), Ok(()), "{client}, {name}");
        }
    }
}

#[test]
fn no_client_takes_a_leaf_for_another_name() {
    let sandbox = authority();
    for name in ["example.com", "weixin.qq.com", "mp.weixin.qq.com", "localhost"] {
        let leaf = leaf(&sandbox, "leaf.pem", &[name]);
        for (client, takes, [says, _]) in CLIENTS {
            let said = takes(&sandbox, &leaf, name).expect_err(&format!("{client} takes {name}"));
            assert!(said.contains(says), "{client}, {name}: {said}");
        }
    }
}

#[test]
fn no_client_takes_a_leaf_for_an_address() {
    let sandbox = authority();
    // Node connects to what it verifies, and the loopback address is all that is sure to be there.
    let leaf = leaf(&sandbox, "leaf.pem", &["127.0.0.1"]);
    for (client, takes, [_, says]) in CLIENTS {
        let said = takes(&sandbox, &leaf, "127.0.0.1").expect_err(&format!("{client} takes an address"));
        assert!(said.contains(says), "{client}: {said}");
    }
}

#[test]
fn a_good_name_does_not_carry_a_bad_one_along() {
    let sandbox = authority();
    let leaf = leaf(&sandbox, "leaf.pem", &["api.weixin.qq.com", "example.com", "10.0.0.1"]);
    for (client, takes, says) in CLIENTS {
        let said = takes(&sandbox, &leaf, "api.weixin.qq.com").expect_err(client);
        assert!(says.iter().any(|says| said.contains(says)), "{client}: {said}");
    }
}

/// Verifies a chain with a truststore, as a client of Java's does.
const JAVA: &str = r#"
import java.io.*;
import java.security.KeyStore;
import java.security.cert.*;
import javax.net.ssl.*;

public class Verify {
    public static void main(String[] arguments) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(arguments[0])) {
            store.load(in, "changeit".toCharArray());
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        try (InputStream in = new FileInputStream(arguments[1])) {
            X509Certificate[] chain =
                CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new X509Certificate[0]);
            ((X509TrustManager) factory.getTrustManagers()[0]).checkServerTrusted(chain, "ECDHE_ECDSA");
        } catch (CertificateException refused) {
            System.out.println(refused);
            System.exit(1);
        }
    }
}
"#;

#[test]
fn java_takes_wechats_leaf_and_no_other() {
    let sandbox = authority().file("Verify.java", JAVA);
    let mut export = sandbox.command("ca export --format pkcs12 --out trust.p12");
    assert!(export.env("MOCKWX_DATA_DIR", sandbox.path()).status().unwrap().success());
    let java = |names: &[&str], others: &[CertificateDer<'_>]| {
        // All that a forger could send along: the certificates that stand beside the key.
        let leaf = CertificateDer::from_pem_file(leaf(&sandbox, "leaf.pem", names)).unwrap();
        let chain: Vec<u8> = [leaf].iter().chain(others).flat_map(|one| one.to_vec()).collect();
        fs::write(sandbox.path().join("chain.der"), chain).unwrap();
        let mut command = Command::new("java");
        command.args(["Verify.java", "trust.p12", "chain.der"]).current_dir(sandbox.path());
        ran(command)
    };
    let kept: Vec<_> =
        CertificateDer::pem_file_iter(sandbox.path().join("ca-key.pem")).unwrap().map(Result::unwrap).collect();
    let (own, below) = (&kept[..1], &kept[1..]);
    assert_eq!(java(&["api.weixin.qq.com"], below), Ok(()));
    for (name, says) in [("example.com", "name constraints"), ("127.0.0.1", "name constraints")] {
        let said = java(&[name], below).expect_err(name);
        assert!(said.contains(says), "{name}: {said}");
        assert!(java(&[name], own).is_err(), "{name}");
    }
}
