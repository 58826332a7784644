//! Signed and encrypted calls on the wire: headers and bodies in, headers and bodies out.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderValue, Method, Request, Response};

use super::{Call, Endpoint, query};
use crate::api_security::{OFFICIAL, Opened, Sent};
use crate::refusal::Refused;

/// The APIs that take signed and encrypted calls (those whose page says so, and those that an SDK lists). Login, tokens
/// and session keys are not among them.
const fn is_covered(endpoint: Endpoint) -> bool {
    matches!(
        endpoint,
        Endpoint::GetUserPhoneNumber
            | Endpoint::CheckEncryptedMsg
            | Endpoint::ClearQuota
            | Endpoint::QuotaGet
            | Endpoint::RidGet
    )
}

/// Opens a call, if the mini program that calls has API security on and the API is one that takes signed calls.
///
/// A call that is refused before it comes to signatures is left as it is: its token, its right to the API and its method
/// are looked at first, and these refusals are plain (inferred). So are those of the signature layer itself, which cannot
/// know for whom to encrypt.
pub(super) fn open(
    call: &Call<'_>,
    request: &Request<Bytes>,
    endpoint: Option<Endpoint>,
) -> Result<Option<Opened>, Refused> {
    let Some(endpoint) = endpoint.filter(|endpoint| is_covered(*endpoint)) else { return Ok(None) };
    let [token] = query(call.query, ["access_token"]);
    let Ok(app) = call.bearer(token.as_deref()) else { return Ok(None) };
    let is_granted = endpoint != Endpoint::GetUserPhoneNumber || app.standing.permissions.phone_number;
    let Some(keys) = app.keys.as_ref().filter(|_| is_granted && call.method == Method::POST) else { return Ok(None) };
    let header = |name: &str| {
        let text = request.headers().get(name)?.to_str().ok()?;
        Some(text.trim()).filter(|text| !text.is_empty())
    };
    let sent = Sent {
        appid: header("wechatmp-appid"),
        timestamp: header("wechatmp-timestamp"),
        signature: header("wechatmp-signature"),
        serial: header("wechatmp-serial"),
        body: call.body,
    };
    sent.open(keys, &app.appid, &addresses(request), call.now, |appid| call.setup.declares(appid)).map(Some)
}

/// The addresses that a caller can have signed: WeChat's own, or the one that was called, under either scheme, since TLS
/// may end before it gets here (inferred; a client whose base address is configured signs that one).
fn addresses(request: &Request<Bytes>) -> Vec<String> {
    let path = request.uri().path();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(http::uri::Authority::as_str).or(host);
    let called = host.into_iter().flat_map(|host| ["http", "https"].map(|scheme| format!("{scheme}://{host}{path}")));
    std::iter::once(format!("{OFFICIAL}{path}")).chain(called).collect()
}

/// Encrypts and signs the answer to an opened call, whether it is a refusal or not.
pub(super) fn seal(call: &Call<'_>, opened: &Opened, mut response: Response<Bytes>) -> Response<Bytes> {
    let sealed = opened.seal(response.body(), call.now, call.wechat.sequences.sealed_answers.draw());
    let deprecated = sealed.deprecated.into_iter().flat_map(|seal| {
        [("wechatmp-serial-deprecated", seal.serial), ("wechatmp-signature-deprecated", seal.signature)]
    });
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, sealed.body.len().into());
    for (name, value) in [
        ("wechatmp-appid", sealed.appid),
        ("wechatmp-timestamp", sealed.timestamp),
        ("wechatmp-serial", sealed.seal.serial),
        ("wechatmp-signature", sealed.seal.signature),
    ]
    .into_iter()
    .chain(deprecated)
    {
        let value = HeaderValue::try_from(value).expect("visible ASCII characters: a world is checked for them");
        headers.insert(name, value);
    }
    *response.body_mut() = sealed.body.into();
    response
}
