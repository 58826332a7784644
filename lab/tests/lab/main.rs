//! The lab from outside: through [`lab::Lab::answer`], and in one module through a socket.
#![expect(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod bad_input;
mod control;
mod faults;
mod first_login;
mod openapi;
mod proxy;
mod routing;
mod running;
mod sameness;
mod served;
mod support;
mod tls;
mod two_hundred_worlds;
mod world_files;
mod wx_script;
