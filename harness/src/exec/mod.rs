//! A command beside a lab: what `mockwx exec` runs, and what it leaves behind, which is nothing.
//!
//! [`environment`] is the whole of what a command is told: a pure function from an address and a few [`files`] to
//! variables, which [`shell`] writes for people who start their commands themselves. [`roots`] are the certificates that
//! stay trusted, `preload.cjs` is what Node loads first. [`child`] starts the command in a process group of its own, by
//! way of [`start`], `terminal` lends that group the keyboard, [`watchdog`] ends it when this program cannot any more,
//! and [`refused`] tells what the vendors said no to.

pub(crate) mod child;
pub(crate) mod environment;
pub(crate) mod files;
pub(crate) mod refused;
pub(crate) mod roots;
pub(crate) mod shell;
#[cfg(unix)]
mod signals;
pub(crate) mod start;
#[cfg(unix)]
mod terminal;
pub(crate) mod watchdog;

pub(crate) use self::child::{Child, NotStarted, Plan};
