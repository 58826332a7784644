//! The beginning of TLS: which certificate a client is shown, and what is kept for those who wonder why it went wrong.

use std::io;

use http::HeaderValue;
use rustls::AlertDescription::{BadCertificate, CertificateExpired, CertificateUnknown, DecryptError, UnknownCA};
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::lab::Lab;
use crate::proxy::Unanswered;
use crate::tls;

/// What TLS begins with: a record of the kind `handshake`. No HTTP request begins so.
pub(crate) const HANDSHAKE: u8 = 0x16;

/// Shakes hands under the name that the client asks for, else under `host`; and says whether it speaks HTTP/2 then.
pub(crate) async fn handshake<S>(
    lab: &Lab,
    io: S,
    host: Option<String>,
    world: Option<&HeaderValue>,
) -> io::Result<(TlsStream<S>, bool)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let start = LazyConfigAcceptor::new(Acceptor::default(), io).await?;
    let name = start.client_hello().server_name().map(str::to_owned).or(host);
    let target = name.clone().unwrap_or_else(|| "(no name)".to_owned());
    let note = |why: Unanswered| lab.unanswered(world, "TLS", &target, 0, why);
    let config = match name.as_deref().map(|name| lab.is_answered(name).then(|| lab.tls.config(name))) {
        Some(Some(Ok(config))) => config,
        other => {
            match other {
                Some(Some(Err(why))) => note(Unanswered::no_certificate(&why)),
                Some(None) => note(Unanswered::other_name(&target)),
                _ => note(Unanswered::no_name()),
            };
            tls::refusing().map_err(io::Error::other)?
        }
    };
    match start.into_stream(config).await {
        Ok(stream) => {
            let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            Ok((stream, is_h2))
        }
        Err(error) => {
            if is_distrust(&error) {
                note(Unanswered::not_trusted(&target));
            }
            Err(error)
        }
    }
}

/// Whether a client broke off because it does not know who signed.
fn is_distrust(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    matches!(
        error,
        Some(rustls::Error::AlertReceived(
            UnknownCA | BadCertificate | CertificateUnknown | CertificateExpired | DecryptError
        ))
    )
}
