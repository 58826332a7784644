//! Worlds served: each a sealed WeChat and a sealed tenant with a clock of its own, all behind one address.
//!
//! [`Lab`] is one function from a request to an answer: the vendors' paths, and the control API under `/__admin/v1`. A
//! call finds its world by the name that it gives, else by the artefact that it carries, else by its host name, else
//! by its appid or client id. [`serve`] puts a lab behind a socket; a test inside the same program calls
//! [`Lab::answer`] and needs none.
//!
//! # In a test of your own
//!
//! [`Lab::start`] serves the ready world on a free port of the loopback address, from a thread of its own: it suits a
//! plain `#[test]` as well as an async one, and it stops when it is dropped. WeChat and IDaaS are both at its
//! [`url`](RunningLab::url); that is what the application under test is told. The phone is in your hands:
//!
//! ```
//! use std::io::{Write, read_to_string};
//! use std::net::{SocketAddr, TcpStream};
//!
//! // Stands for the application under test: it asks WeChat whose code it was handed.
//! fn exchange(wechat: SocketAddr, code: &str) -> std::io::Result<String> {
//!     let app = "appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef";
//!     let mut stream = TcpStream::connect(wechat)?;
//!     write!(stream, "GET /sns/jscode2session?{app}&js_code={code} HTTP/1.0\r\n\r\n")?;
//!     read_to_string(stream)
//! }
//!
//! let lab = lab::Lab::start()?;
//! let code = lab.world().login_code("alice")?;
//! let answer = exchange(lab.address(), &code)?;
//! assert!(answer.contains(r#""openid":"o"#), "{answer}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Time is yours.** A login code lives five minutes. Nobody has to wait for them:
//!
//! ```
//! use std::time::Duration;
//! # use std::io::{Write, read_to_string};
//! # use std::net::{SocketAddr, TcpStream};
//! # fn exchange(wechat: SocketAddr, code: &str) -> std::io::Result<String> {
//! #     let app = "appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef";
//! #     let mut stream = TcpStream::connect(wechat)?;
//! #     write!(stream, "GET /sns/jscode2session?{app}&js_code={code} HTTP/1.0\r\n\r\n")?;
//! #     read_to_string(stream)
//! # }
//!
//! let lab = lab::Lab::start()?;
//! let world = lab.world();
//! world.freeze();
//! let code = world.login_code("alice")?;
//!
//! world.advance(Duration::from_secs(5 * 60 + 1));
//! let answer = exchange(lab.address(), &code)?;
//! assert!(answer.contains(r#""errcode":40029"#), "{answer}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **One lab, a world for each test.** Worlds cannot notice each other, so tests that run at the same time can share a
//! lab and an application, and still each have their own clock, faults and people. The application needs no other
//! address: a code tells which world it is of.
//!
//! ```
//! use std::sync::LazyLock;
//! use std::time::Duration;
//! # use std::io::{Write, read_to_string};
//! # use std::net::{SocketAddr, TcpStream};
//! # fn exchange(wechat: SocketAddr, code: &str) -> std::io::Result<String> {
//! #     let app = "appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef";
//! #     let mut stream = TcpStream::connect(wechat)?;
//! #     write!(stream, "GET /sns/jscode2session?{app}&js_code={code} HTTP/1.0\r\n\r\n")?;
//! #     read_to_string(stream)
//! # }
//! use lab::{Lab, RunningLab};
//!
//! static LAB: LazyLock<RunningLab> = LazyLock::new(|| Lab::start().expect("a lab starts"));
//!
//! let (mine, yours) = (LAB.fresh_world()?, LAB.fresh_world()?);
//! let (my_code, your_code) = (mine.login_code("alice")?, yours.login_code("alice")?);
//!
//! mine.advance(Duration::from_secs(5 * 60 + 1));
//! assert!(exchange(LAB.address(), &my_code)?.contains(r#""errcode":40029"#));
//! assert!(exchange(LAB.address(), &your_code)?.contains(r#""openid":"o"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`RunningWorld`] has the rest: phone codes, faults, artefacts that expire, a base URL of its own. What it has not,
//! the control API has, at `/__admin/v1` of the same address. [`Lab::start_with`] begins with another world or clock.
//!
//! # What is absent
//!
//! Deliberately: any rule of WeChat or IDaaS. Those stand in `mock-wechat` and `idaas-core`; here they
//! are given worlds, a clock, a way to each other, and a journal.

mod base;
mod carried;
mod connection;
mod control;
mod exchange;
mod fault;
mod guard;
mod handshake;
mod headers;
mod known;
mod lab;
mod like;
mod lingering;
mod people;
mod proxy;
mod request_id;
mod running;
mod running_world;
mod sent;
mod serve;
mod settings;
mod suggest;
mod tls;
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
pub use running::{RunningLab, StartError};
pub use running_world::{CodeError, FaultError, RunningWorld, WorldError};
pub use serve::{Drain, listen, serve, serve_marked};
pub use settings::{Peer, Settings};
/// What the handles of a running lab speak of.
pub use sim::{ConfigProblem, Moment};
pub use tls::{Authority, AuthorityError, AuthorityKey, AuthoritySource, WECHAT_NAMES, intercepted_names, truststore};
pub use world_file::{ClockStart, Limits, WorldFile};
