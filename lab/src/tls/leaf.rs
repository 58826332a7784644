//! A certificate for one intercepted name.

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use super::authority::{Authority, AuthorityError, ORGANIZATION, set_life};
use super::names;

impl Authority {
    /// A certificate for a name, good as long as the authority's, with its key and what stands between it and
    /// what clients trust.
    pub(crate) fn leaf(&self, name: &str, provider: &CryptoProvider) -> Result<CertifiedKey, AuthorityError> {
        let not_covered = || AuthorityError::NotCovered(name.to_owned());
        let name = names::normal(name).filter(|name| self.covers(name)).ok_or_else(not_covered)?;
        let mut params = CertificateParams::new([name])?;
        let mut subject = DistinguishedName::new();
        subject.push(DnType::OrganizationName, ORGANIZATION);
        params.distinguished_name = subject;
        set_life(&mut params, self.begins(), self.ends());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // A key for each name: the serial number comes from it, and no two certificates may share theirs.
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, self.issuer())?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(|error| AuthorityError::NotMade(error.to_string()))?;
        let chain = vec![certificate.der().clone(), CertificateDer::from(self.shown().to_vec())];
        Ok(CertifiedKey::new(chain, key))
    }
}
