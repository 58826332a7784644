//! Worlds served: each a sealed WeChat and a sealed tenant with a clock of its own, all behind one address.
//!
//! [`Lab`] is one function from a request to an answer: the vendors' paths, and the control API under `/__admin/v1`. A
//! call finds its world by the name that it gives, else by the artefact that it carries, else by its host name, else
//! by its appid or client id. [`serve`] puts a lab behind a socket; a test inside the same program calls
//! [`Lab::answer`] and needs none.
//!
//! What is deliberately absent: any rule of WeChat or IDaaS. Those stand in `mock-wechat` and `idaas-core`; here they
//! are given worlds, a clock, a way to each other, and a journal.

mod base;
mod carried;
mod control;
mod fault;
mod guard;
mod headers;
mod known;
mod lab;
mod like;
mod lingering;
mod people;
mod request_id;
mod running;
mod sent;
mod serve;
mod settings;
mod suggest;
mod transport;
mod world;
mod world_file;
mod worlds;

pub use control::openapi;
pub use fault::{CATALOGUE, Dripped, Fault, Lost, Misfortune};
/// What IDaaS signs with, for [`Settings`].
pub use idaas_core::SigningKey;
pub use known::{KnownRefusal, known_refusals};
pub use lab::{BODY_LIMIT, Lab};
pub use like::{overridden, shipped_worlds};
pub use running::RunningLab;
pub use serve::{Drain, listen, serve, serve_marked};
pub use settings::{Peer, Settings};
pub use world_file::{ClockStart, Limits, WorldFile};
