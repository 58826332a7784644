//! HTTPS under the vendors' own names: who signs for them, and for which.

mod authority;
mod leaf;
mod names;
mod source;
mod truststore;

pub use authority::{Authority, AuthorityError, AuthorityKey};
pub(crate) use names::normal;
pub use names::{WECHAT_NAMES, intercepted_names};
pub use source::AuthoritySource;
pub(crate) use source::{NoCertificate, Tls, refusing};
pub use truststore::truststore;
