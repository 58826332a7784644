//! The names of our own headers, and of those that the journal keeps.
//!
//! They are made while compiling: looking a header up by a text parses that text first, which for a short answer is a
//! notable part of its cost.

use http::HeaderName;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

/// The id under which an exchange stands in the journal; on every answer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-mock-request-id");
/// The world that is meant, or that answered.
pub(crate) const WORLD: HeaderName = HeaderName::from_static("x-mock-world");
/// Who asks, when it is not who usually does.
pub(crate) const CALLER: HeaderName = HeaderName::from_static("x-mock-caller");
/// The address that the caller claims to come from.
pub(crate) const CALLER_ADDRESS: HeaderName = HeaderName::from_static("x-mock-caller-address");

/// The request headers that the journal keeps.
pub(crate) static KEPT: [HeaderName; 9] = [
    HeaderName::from_static("x-client-id"),
    HeaderName::from_static("x-operating-sys-version"),
    HeaderName::from_static("x-device-fingerprint"),
    HeaderName::from_static("x-agent"),
    HeaderName::from_static("x-l"),
    HeaderName::from_static("x-state-token"),
    HeaderName::from_static("session-token"),
    AUTHORIZATION,
    CONTENT_TYPE,
];
