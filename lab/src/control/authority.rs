//! The certificate of the lab's authority, for clients to trust.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::call::Call;
use super::error::ControlError;
use crate::tls::NoCertificate;

/// The media type of a certificate as PEM.
pub(super) const PEM: &str = "application/x-pem-file";

pub(super) fn show(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    let opened = call.lab.tls.authority().map_err(|error| match error {
        NoCertificate::NoAuthority => ControlError::not_found("no_authority", "this lab has no certificate authority")
            .hint("`mockwx serve` and `mockwx exec` bring one; in Rust, `Settings::authority`"),
        error => ControlError::new(StatusCode::SERVICE_UNAVAILABLE, "authority_not_opened", error.to_string()),
    })?;
    let chain = call.query_as::<bool>("chain")?.unwrap_or(false);
    let authority = &opened.authority;
    let pem = if chain { authority.chain_pem() } else { authority.certificate_pem() };
    let mut response = Response::new(Bytes::from(pem.to_owned()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PEM));
    Ok(response)
}
