//! The slider picture that a person solves before a code is sent.

mod endpoints;
mod outline;
mod picture;
mod pictures;
mod scene;

pub(crate) use endpoints::{get, verify};
pub(crate) use pictures::Captchas;
pub use pictures::captcha_token_tag;
