//! The certificate authority that signs for the intercepted names, and can sign for no others.

use std::fmt;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use sim::Moment;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::names;

/// Who stands in every certificate.
pub(super) const ORGANIZATION: &str = "mockwx, for tests on this machine";
/// How long an authority signs.
const LIFE: Duration = Duration::from_secs(365 * 86_400);
/// How far the clocks of two machines, or of a machine and its containers, may be apart.
const SLACK: Duration = Duration::from_secs(86_400);

/// A certificate authority for a few names. It is plain data: whoever makes one keeps it.
///
/// The certificate itself says for which names it may sign (critical name constraints): those DNS names and what is
/// below them, and no IP address. A client that trusts it is no easier to lie to about any other name, even by
/// someone who has the key.
///
/// Java does not look at what a trusted certificate says about names, only at what those below it say. So for Java there
/// is a second certificate of the same authority, with the same limits, below a root whose key was thrown away when it
/// had signed that one thing; [`truststore`](Self::truststore) has that root.
///
/// ```
/// use lab::{Authority, Moment, intercepted_names};
///
/// let names = intercepted_names(["acme.example"]);
/// let authority = Authority::make(&names, Moment::parse_rfc3339("2026-03-01T09:00:00Z")?)?;
/// assert!(authority.covers("api.weixin.qq.com") && authority.covers("acme.example"));
/// assert!(!authority.covers("example.com"));
/// assert_eq!(authority.ends().to_string(), "2027-03-01T09:00:00Z");
///
/// let again = Authority::from_pem(authority.chain_pem(), authority.key_pem().expose())?;
/// assert_eq!(again.names(), names);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Authority {
    chain: String,
    /// Where the certificate ends that the others stand behind.
    own: usize,
    der: Vec<u8>,
    key: AuthorityKey,
    below: Option<Below>,
    common_name: String,
    names: Vec<String>,
    begins: Moment,
    ends: Moment,
    issuer: Issuer<'static, KeyPair>,
}

/// The authority below a root, for clients that take no limits from what they trust.
#[derive(Debug)]
struct Below {
    /// The authority's own certificate again, signed by the root.
    cross: Vec<u8>,
    root: Vec<u8>,
}

/// The private key of an authority, as PEM. It has no `Display`, and its `Debug` prints its name.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorityKey(String);

impl AuthorityKey {
    /// The key itself, to be kept where nobody else can read it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AuthorityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹AuthorityKey›")
    }
}

/// Why there is no authority, or none that can do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// An authority without a name would be free to sign for all.
    #[error("there is no name to sign for")]
    NoName,
    /// A text that is no DNS name, or one so short that half the internet is below it.
    #[error("`{0}` is not a DNS name such as login.acme.example")]
    BadName(String),
    /// A name that the authority cannot sign for.
    #[error("the certificate authority cannot sign for {0}")]
    NotCovered(String),
    /// A certificate that cannot be read.
    #[error("the certificate cannot be read: {0}")]
    BadCertificate(String),
    /// A certificate of some other kind.
    #[error("the certificate is not one that mockwx made: {0}")]
    Foreign(&'static str),
    /// A key that cannot be read.
    #[error("the private key cannot be read")]
    BadKey,
    /// A key that belongs to another certificate.
    #[error("the private key is not the one of the certificate")]
    KeyOfAnother,
    /// The library that makes certificates or truststores does not.
    #[error("it cannot be made: {0}")]
    NotMade(String),
}

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> Self {
        Self::NotMade(error.to_string())
    }
}

/// Lets a certificate be good from one moment to another, to the second.
pub(super) fn set_life(params: &mut CertificateParams, from: Moment, to: Moment) {
    let date = |moment: Moment| date_time_ymd(1970, 1, 1) + moment.since(Moment::default());
    (params.not_before, params.not_after) = (date(from), date(to));
}

impl Authority {
    /// A new authority for these names, with a key of its own: ECDSA on P-256, for one year. Its key comes from the
    /// entropy of the machine, since it has to be a secret.
    ///
    /// # Errors
    /// When there is no name, or one that no certificate can be for.
    pub fn make(names: &[String], now: Moment) -> Result<Self, AuthorityError> {
        if names.is_empty() {
            return Err(AuthorityError::NoName);
        }
        let normal = |name: &String| names::normal(name).ok_or_else(|| AuthorityError::BadName(name.clone()));
        let names = names.iter().map(normal).collect::<Result<Vec<_>, _>>()?;
        let mut subject = DistinguishedName::new();
        subject.push(DnType::OrganizationName, ORGANIZATION);
        subject.push(DnType::CommonName, format!("mockwx test CA of {}", day(now)));
        let mut params = CertificateParams::default();
        params.distinguished_name = subject;
        set_life(&mut params, now - SLACK, now + LIFE);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: names.into_iter().map(GeneralSubtree::DnsName).collect(),
            excluded_subtrees: vec![
                GeneralSubtree::IpAddress(CidrSubnet::V4([0; 4], [0; 4])),
                GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])),
            ],
        });
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let (root, cross) = below_a_root(&params, &key, now)?;
        Self::from_pem(&format!("{}{}{}", certificate.pem(), cross.pem(), root.pem()), &key.serialize_pem())
    }

    /// The authority of its certificates, as [`chain_pem`](Self::chain_pem) has them, and its private key, both PEM.
    ///
    /// # Errors
    /// When one of them cannot be read or is broken, when they do not belong together, or when the certificate is not
    /// limited to names.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, AuthorityError> {
        let bad = |error: &dyn fmt::Display| AuthorityError::BadCertificate(error.to_string());
        let (rest, pem) = parse_x509_pem(certificate.as_bytes()).map_err(|error| bad(&error))?;
        let (_, parsed) = X509Certificate::from_der(&pem.contents).map_err(|error| bad(&error))?;
        if !parsed.is_ca() {
            return Err(AuthorityError::Foreign("it may not sign for others"));
        }
        let names = permitted(&parsed).ok_or(AuthorityError::Foreign("it is not limited to a few names"))?;
        let validity = parsed.validity();
        let moment = |time: x509_parser::time::ASN1Time| Moment::from_unix_seconds(time.timestamp());
        let (begins, ends) = (moment(validity.not_before), moment(validity.not_after));
        let pair = KeyPair::from_pem(key).map_err(|_| AuthorityError::BadKey)?;
        if rcgen::PublicKeyData::subject_public_key_info(&pair) != parsed.public_key().raw {
            return Err(AuthorityError::KeyOfAnother);
        }
        let common_name = parsed.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
        let common_name = common_name.unwrap_or_default().to_owned();
        let below = match rest.trim_ascii() {
            [] => None,
            rest => {
                let (rest, cross) = parse_x509_pem(rest).map_err(|error| bad(&error))?;
                let (_, root) = parse_x509_pem(rest).map_err(|error| bad(&error))?;
                Some(Below { cross: cross.contents, root: root.contents })
            }
        };
        let der = pem.contents.clone();
        let issuer = Issuer::from_ca_cert_der(&der.as_slice().into(), pair)?;
        let (chain, own) = (certificate.to_owned(), certificate.len() - rest.len());
        let key = AuthorityKey(key.to_owned());
        Ok(Self { chain, own, der, key, below, common_name, names, begins, ends, issuer })
    }

    /// The certificate as PEM: what clients are told to trust.
    pub fn certificate_pem(&self) -> &str {
        &self.chain[..self.own]
    }

    /// The certificate, and what there is behind it for Java, as PEM: what is to be kept.
    pub fn chain_pem(&self) -> &str {
        &self.chain
    }

    /// The certificate as DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.der
    }

    /// The private key as PEM.
    pub fn key_pem(&self) -> &AuthorityKey {
        &self.key
    }

    /// What it is called in lists of certificates: `mockwx test CA of 2026-03-01`.
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// The names that it may sign for, in the order in which they were given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it may sign for a name: one of its names, or one below it.
    pub fn covers(&self, name: &str) -> bool {
        let Some(name) = names::normal(name) else { return false };
        let below = |parent: &String| name.strip_suffix(parent.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.names.iter().any(|own| *own == name || below(own))
    }

    /// When its certificate begins to be good.
    pub fn begins(&self) -> Moment {
        self.begins
    }

    /// When its certificate ends to be good.
    pub fn ends(&self) -> Moment {
        self.ends
    }

    /// What a server shows beside a leaf.
    pub(super) fn shown(&self) -> &[u8] {
        self.below.as_ref().map_or(&self.der, |below| &below.cross)
    }

    /// What a client is to trust that takes no limits from it.
    pub(super) fn root(&self) -> &[u8] {
        self.below.as_ref().map_or(&self.der, |below| &below.root)
    }

    pub(super) fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }
}

/// A root, and the authority's certificate signed by it. The key of the root ends here: it never signs again.
fn below_a_root(
    authority: &CertificateParams,
    key: &KeyPair,
    now: Moment,
) -> Result<(rcgen::Certificate, rcgen::Certificate), AuthorityError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, ORGANIZATION);
    params.distinguished_name.push(DnType::CommonName, format!("mockwx test root of {}, without a key", day(now)));
    (params.not_before, params.not_after) = (authority.not_before, authority.not_after);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let root_key = KeyPair::generate()?;
    let root = params.self_signed(&root_key)?;
    let mut cross = authority.clone();
    cross.use_authority_key_identifier_extension = true;
    let cross = cross.signed_by(key, &Issuer::from_params(&params, &root_key))?;
    Ok((root, cross))
}

/// `2026-03-01`.
fn day(moment: Moment) -> String {
    moment.to_string().chars().take(10).collect()
}

/// The DNS names that a certificate may sign for; none when it may sign for any.
fn permitted(certificate: &X509Certificate<'_>) -> Option<Vec<String>> {
    let constraints = certificate.name_constraints().ok()??;
    let permitted = constraints.value.permitted_subtrees.as_ref()?;
    let names: Vec<String> = permitted
        .iter()
        .filter_map(|subtree| match subtree.base {
            GeneralName::DNSName(name) => Some(name.to_owned()),
            _ => None,
        })
        .collect();
    (constraints.critical && !names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Moment {
        Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap()
    }

    fn made(names: &[&str]) -> Result<Authority, AuthorityError> {
        Authority::make(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), now())
    }

    #[test]
    fn an_authority_covers_its_names_and_what_is_below_them() {
        let authority = made(&["api.weixin.qq.com", "Acme.Example"]).unwrap();
        assert_eq!(authority.names(), ["api.weixin.qq.com", "acme.example"]);
        for covered in ["api.weixin.qq.com", "API.weixin.qq.com.", "login.acme.example"] {
            assert!(authority.covers(covered), "{covered}");
        }
        for other in ["qq.com", "weixin.qq.com", "evilacme.example", "acme.example.evil.example", "127.0.0.1", ""] {
            assert!(!authority.covers(other), "{other}");
        }
    }

    #[test]
    fn the_certificate_permits_its_names_and_excludes_every_address() {
        let authority = made(&["acme.example"]).unwrap();
        let (_, certificate) = X509Certificate::from_der(authority.certificate_der()).unwrap();
        let constraints = certificate.name_constraints().unwrap().unwrap();
        assert!(constraints.critical);
        let excluded = constraints.value.excluded_subtrees.as_ref().unwrap();
        let all_of = |length: usize| excluded.iter().any(|tree| tree.base == GeneralName::IPAddress(&vec![0; length]));
        assert!(all_of(8) && all_of(32), "an address and its mask, of both versions: {excluded:?}");
        assert_eq!(permitted(&certificate).unwrap(), ["acme.example"]);
    }

    #[test]
    fn an_authority_needs_names_that_are_long_enough() {
        assert_eq!(made(&[]).unwrap_err(), AuthorityError::NoName);
        for bad in ["cn", "127.0.0.1", "*.acme.example", ""] {
            assert_eq!(made(&["acme.example", bad]).unwrap_err(), AuthorityError::BadName(bad.to_owned()));
        }
    }

    #[test]
    fn an_authority_lasts_a_year_and_began_a_day_ago() {
        let authority = made(&["acme.example"]).unwrap();
        assert_eq!(authority.begins().to_string(), "2026-02-28T09:00:00Z");
        assert_eq!(authority.ends().to_string(), "2027-03-01T09:00:00Z");
    }

    #[test]
    fn what_was_kept_is_read_back_only_if_it_is_whole() {
        let (one, other) = (made(&["acme.example"]).unwrap(), made(&["acme.example"]).unwrap());
        let (certificate, key) = (one.chain_pem(), one.key_pem().expose());
        assert_eq!(Authority::from_pem(certificate, key).unwrap().certificate_der(), one.certificate_der());
        let mixed = Authority::from_pem(certificate, other.key_pem().expose());
        assert_eq!(mixed.unwrap_err(), AuthorityError::KeyOfAnother);
        assert_eq!(Authority::from_pem(certificate, &key[..key.len() / 2]).unwrap_err(), AuthorityError::BadKey);
        let half = Authority::from_pem(&certificate[..certificate.len() / 2], key);
        assert!(matches!(half.unwrap_err(), AuthorityError::BadCertificate(_)));
    }

    #[test]
    fn its_own_certificate_stands_first_and_alone_is_enough() {
        let authority = made(&["acme.example"]).unwrap();
        let own = authority.certificate_pem();
        assert!(own.ends_with("-----END CERTIFICATE-----\n") && own.matches("BEGIN").count() == 1, "{own}");
        assert_eq!(authority.chain_pem().matches("BEGIN CERTIFICATE").count(), 3);
        let alone = Authority::from_pem(own, authority.key_pem().expose()).unwrap();
        assert_eq!((alone.shown(), alone.root()), (alone.certificate_der(), alone.certificate_der()));
        let (_, cross) = X509Certificate::from_der(authority.shown()).unwrap();
        assert_eq!(permitted(&cross).unwrap(), ["acme.example"]);
    }

    #[test]
    fn a_certificate_without_limits_is_not_taken_for_one_of_ours() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        let plain = params.self_signed(&key).unwrap().pem();
        let error = Authority::from_pem(&plain, &key.serialize_pem()).unwrap_err();
        assert_eq!(error, AuthorityError::Foreign("it may not sign for others"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let free = params.self_signed(&key).unwrap().pem();
        let error = Authority::from_pem(&free, &key.serialize_pem()).unwrap_err();
        assert_eq!(error, AuthorityError::Foreign("it is not limited to a few names"));
    }

    #[test]
    fn the_key_does_not_show_itself() {
        let told = format!("{:?}", made(&["acme.example"]).unwrap());
        assert!(told.contains("‹AuthorityKey›") && !told.contains("PRIVATE"), "{told}");
    }
}
