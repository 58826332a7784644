//! WeChat over HTTP: the calls that a good back end makes, at their real paths, with the patience that it has.

mod answers;
mod client;
mod line;
#[cfg(test)]
mod tests;
mod token_store;

pub use client::HttpWeChat;
pub use line::{Patience, Transport, Unreachable};
