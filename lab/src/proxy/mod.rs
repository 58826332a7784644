//! The forward proxy: names that the lab answers are answered, all others are refused, unless someone named them.

mod connect;
mod credentials;
mod destination;
mod passed;
mod tunnel;
mod unanswered;

pub(crate) use connect::{Routed, connect, no_tunnel_in_a_tunnel, route};
pub(crate) use tunnel::{Asked, Tunnel, begun};
pub(crate) use unanswered::Unanswered;
