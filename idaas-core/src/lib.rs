//! IDaaS's side: login, bind, tokens and sessions of one tenant.
//!
//! [`Idaas`] is one world's tenant: a function from an HTTP request to an answer, with everything it remembers. It
//! knows WeChat only through the trait [`WeChat`], whose real implementation, [`HttpWeChat`], calls WeChat's own paths
//! over a [`Transport`]. Time and generated values come from the [`sim::Ground`] that it is made on.
//!
//! ```
//! use std::sync::Arc;
//! use bytes::Bytes;
//! use idaas_core::{BoxFuture, Config, HttpWeChat, Idaas, SigningKey, Transport, Unreachable};
//! use sim::{Ground, Moment};
//!
//! /// A network on which nobody answers.
//! #[derive(Debug)]
//! struct Nowhere;
//! impl Transport for Nowhere {
//!     fn send(&self, _: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, Unreachable>> {
//!         Box::pin(async { Err(Unreachable::Other("no route to host".to_owned())) })
//!     }
//! }
//!
//! let ground = Ground::frozen("default", 7, Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap());
//! let wechat = Arc::new(HttpWeChat::new(Arc::new(Nowhere), ground.clock.clone()));
//! let idaas = Idaas::new(Config::default(), ground, SigningKey::test_key(), wechat).unwrap();
//!
//! let request = http::Request::get("/api/v1/oauth2/keys").body(Bytes::new()).unwrap();
//! let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! let answer = runtime.block_on(idaas.answer(&request, "http://127.0.0.1:17080"));
//! assert_eq!(answer.response.status(), 200);
//! assert!(answer.response.body().starts_with(br#"{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"k1""#));
//! ```

mod address;
mod answer;
mod api;
mod artefacts;
mod bind;
mod call;
mod captcha;
mod client_credentials;
mod code_login;
pub mod config;
mod directory;
mod error_code;
mod events;
mod grant;
mod handouts;
mod http_wechat;
mod id_token;
mod idaas;
mod identifier;
mod jwt;
mod key_ring;
mod keys;
mod known_error;
mod language;
mod lock;
mod login;
mod logout;
mod mobile;
mod oauth2;
mod outbox;
mod password;
mod password_change;
mod password_login;
mod profile;
mod refresh;
mod refusal;
mod register;
#[cfg(test)]
mod scene;
mod second_factor;
mod send;
mod session;
mod signing;
mod social;
mod source;
mod state;
mod state_token;
mod tenant;
mod token_fault;
mod verify_code;
mod wechat;

pub use address::Channel;
pub use answer::Answer;
pub use captcha::captcha_token_tag;
pub use config::Config;
pub use events::Events;
pub use http_wechat::{HttpWeChat, Patience, Transport, Unreachable};
pub use idaas::Idaas;
pub use identifier::UserId;
pub use jwt::{id_token_tag, session_token_tag, state_token_tag};
pub use known_error::{KnownError, Source, known_error, refusals};
pub use language::Language;
pub use mobile::{Mobile, MobileError};
pub use outbox::Message;
pub use signing::{SigningKey, SigningKeyError};
pub use wechat::{App, BoxFuture, Errand, WeChat, WeChatFailure, WeChatIdentity, WeChatPhone};
