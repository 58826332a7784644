//! What a lab is started with.

use std::net::IpAddr;
use std::sync::Arc;

use idaas_core::SigningKey;
use sim::Clock;
use sim::real::SystemClock;

use crate::{AuthoritySource, WorldFile};

/// What a lab is started with. The default is the ready world on the machine's clock, open to loopback names only.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The world `default`, and what a world is made from when its maker says nothing.
    pub world: WorldFile,
    /// Turns off all leniency in every world.
    pub strict: bool,
    /// How many worlds there may be.
    pub worlds: usize,
    /// How many exchanges the journal of one world keeps.
    pub journal: usize,
    /// The address under which applications reach this lab, when it is not the one they use: `https://mockwx.test`.
    pub public_url: Option<String>,
    /// Whether `X-Forwarded-For`, `-Host` and `-Proto` are believed.
    pub trust_forwarded: bool,
    /// What the control API asks for; needed when it listens beyond loopback.
    pub admin_token: Option<String>,
    /// Names other than loopback ones under which the control API may be used; `*` allows all.
    pub allow_hosts: Vec<String>,
    /// Origins, `http://localhost:5173`, whose pages get CORS answers on the vendor and device paths; `*` allows all.
    pub allow_origins: Vec<String>,
    /// The clock under the clocks of all worlds.
    pub clock: Arc<dyn Clock>,
    /// What IDaaS signs with. Absent: the published test key.
    pub key: Option<Arc<SigningKey>>,
    /// Who signs certificates for the names that the lab answers. Absent: it speaks no TLS.
    pub authority: Option<Arc<dyn AuthoritySource>>,
    /// Hosts that the forward proxy passes calls on to. Every other one that is not answered here is refused.
    pub passthrough: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            world: WorldFile::ready(),
            strict: false,
            worlds: 10_000,
            journal: 10_000,
            public_url: None,
            trust_forwarded: false,
            admin_token: None,
            allow_hosts: vec![],
            allow_origins: vec![],
            clock: Arc::new(SystemClock),
            key: None,
            authority: None,
            passthrough: vec![],
        }
    }
}

/// Who is at the other end of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Peer {
    address: Option<IpAddr>,
}

impl Peer {
    /// A caller at this address.
    pub const fn at(address: IpAddr) -> Self {
        Self { address: Some(address) }
    }

    /// A caller in the same process.
    pub const fn in_process() -> Self {
        Self { address: None }
    }

    /// The caller's address, when it came through a socket.
    pub const fn address(self) -> Option<IpAddr> {
        self.address
    }
}
