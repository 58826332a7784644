//! What a world is made of: time, seeded identity, secrets that mask themselves, planned faults, and the journal.
//!
//! This crate promises *sameness*: the same seed, the same names and the same calls in sequence give the same values,
//! on every machine and in every run. It knows no vendor and speaks no HTTP, and nothing in it (but [`real`]) looks at
//! the machine it runs on.
//!
//! ```
//! use sim::{Ground, Moment};
//!
//! let ground = Ground::frozen("default", 7, Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap());
//! let first = ground.seed.identity("openid", &["wx0123456789abcdef", "alice"]).base62(28);
//! let again = ground.seed.identity("openid", &["wx0123456789abcdef", "alice"]).base62(28);
//! assert_eq!(first, again);
//! ```

mod artefact;
mod clock;
mod expiring;
mod fault;
mod ground;
mod journal;
mod life;
mod mask;
mod moment;
pub mod real;
mod record;
mod seed;
mod tag;

pub use artefact::{
    AccessToken, AppSecret, ArtefactKind, AuthorizationCode, BearerToken, CaptchaToken, ClientSecret, IdToken,
    LoginCode, OpenId, Password, PhoneCode, PhoneNumber, RefreshToken, SessionKey, SessionToken, SsoTicket, StateToken,
    UnionId, VerifyCode,
};
pub use clock::{Clock, ClockMode, FixedClock, WorldClock};
pub use expiring::{Expiring, Stamped};
pub use fault::{
    BodyFault, CallFacts, Change, Condition, Delay, Effect, ErrorName, FaultPlan, FaultRecord, Faults, Hit,
    IdTokenFault, NameTaken, Place, Served, Standing, Turn, When,
};
pub use ground::Ground;
pub use journal::{Exchange, Header, Journal, Note, Party, Refusal};
pub use life::{Life, LifeError};
pub use mask::Mask;
pub use moment::{Moment, MomentError};
pub use record::{Alter, ArtefactRecord, ConfigProblem, Which};
pub use seed::{Draw, Seed, Sequence};
pub use tag::Tag;
