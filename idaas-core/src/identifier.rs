//! Identifiers of users, link records and sources.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Draw, Moment, Seed};

/// The id of a user: seventeen digits of a time, then four and nine upper-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct UserId(pub String);

impl UserId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn shaped(at: Moment, draw: &mut Draw) -> String {
    format!("{}-{}-{}", at.to_digits(), draw.upper_hex(4), draw.upper_hex(9))
}

/// The id of something that was made at `at`.
pub(crate) fn made(at: Moment, mut draw: Draw) -> String {
    shaped(at, &mut draw)
}

/// The id of something declared: it depends on seed and names only, its time part too.
pub(crate) fn declared(seed: Seed, kind: &str, names: &[&str]) -> String {
    let mut draw = seed.identity(kind, names);
    // Some time in the three years from 2021: tenants are older than the tests that use them.
    let start = Moment::from_unix_seconds(1_609_459_200).unix_millis();
    let within = i64::try_from(draw.below(3 * 365 * 86_400_000)).unwrap_or(0);
    shaped(Moment::from_unix_millis(start + within), &mut draw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_id_has_the_vendors_shape_and_hangs_on_names_only() {
        let id = declared(Seed::new(7), "user", &["li"]);
        assert_eq!(id, declared(Seed::new(7), "user", &["li"]));
        assert_ne!(id, declared(Seed::new(7), "user", &["wu"]));
        let parts: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [17, 4, 9]);
        assert!(("2021"..="2023").contains(&&id[..4]), "{id}");
    }

    #[test]
    fn a_made_id_begins_with_its_time() {
        let at = Moment::parse_rfc3339("2026-03-01T09:00:00.250Z").unwrap();
        let id = made(at, Seed::new(7).sequence("user").draw());
        assert!(id.starts_with("20260301090000250-"), "{id}");
    }
}
