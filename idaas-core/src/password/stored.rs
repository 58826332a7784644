//! A password as it is kept: an Argon2 hash in PHC form.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use sim::{Ground, Password, Seed};

/// How a PHC string begins; a declared password that does not is one in clear.
const PHC: &str = "$argon2";
/// Memory (KiB) times passes up to which a hash is checked where the call runs: well under a millisecond.
const CHEAP: u64 = 256;
/// The most memory a declared hash may ask for, in KiB.
const MOST_MEMORY: u32 = 1 << 20;
/// The most passes a declared hash may ask for.
const MOST_PASSES: u32 = 64;

/// A password as it is kept.
///
/// Passwords in clear, of a world file or set by a call, are hashed at the algorithm's minimum cost: they protect
/// nothing. A declared PHC string is checked at its own cost.
#[derive(Debug, Clone)]
pub(crate) struct StoredPassword {
    kept: Kept,
}

#[derive(Clone)]
enum Kept {
    /// Declared in clear. It is hashed when it is first asked for: a world of a thousand users starts as fast as an
    /// empty one.
    Declared {
        text: Password,
        salt: [u8; 16],
        hash: Arc<OnceLock<String>>,
    },
    Hash(String),
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹Password›")
    }
}

fn hash(text: &str, salt: &[u8; 16]) -> String {
    let params =
        Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None).expect("the minimum is allowed");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(text.as_bytes(), salt)
        .expect("salt and parameters are within the algorithm's limits")
        .to_string()
}

fn matches(hash: &str, candidate: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(candidate.as_bytes(), &hash).is_ok())
}

fn cost(hash: &str) -> Option<Params> {
    Params::try_from(&PasswordHash::new(hash).ok()?).ok()
}

/// What is wrong with a declared password, if anything: one that looks like a PHC string must be one.
pub(crate) fn problem(text: &str) -> Option<String> {
    if !text.starts_with(PHC) {
        return None;
    }
    match cost(text) {
        None => Some("this begins like a PHC string of Argon2 and is none".to_owned()),
        Some(params) if params.m_cost() > MOST_MEMORY || params.t_cost() > MOST_PASSES => {
            Some(format!("this hash costs too much: at most m={MOST_MEMORY} and t={MOST_PASSES} are taken"))
        }
        Some(_) => PasswordHash::new(text)
            .is_ok_and(|hash| hash.salt.is_none() || hash.hash.is_none())
            .then(|| "this PHC string has no salt or no hash".to_owned()),
    }
}

impl StoredPassword {
    /// A password as a world file declares it, in clear or as a PHC string; `key` is its owner's key there.
    pub(crate) fn declared(text: &Password, ground: &Ground, key: &str) -> Self {
        let kept = if text.expose().starts_with(PHC) {
            Kept::Hash(text.expose().to_owned())
        } else {
            let salt = ground.seed.identity("password salt", &[key]).bytes();
            Kept::Declared { text: text.clone(), salt, hash: Arc::default() }
        };
        Self { kept }
    }

    /// A password that a call sets; `names` make its salt its own.
    pub(crate) fn set(text: &str, seed: Seed, names: &[&str]) -> Self {
        Self { kept: Kept::Hash(hash(text, &seed.identity("set password salt", names).bytes())) }
    }

    /// The password as a world file declares it: the declared text, or a PHC string.
    pub(crate) fn export(&self) -> Password {
        match &self.kept {
            Kept::Declared { text, .. } => text.clone(),
            Kept::Hash(hash) => Password::new(hash.as_str()),
        }
    }

    fn hash(&self) -> &str {
        match &self.kept {
            Kept::Declared { text, salt, hash: kept } => kept.get_or_init(|| hash(text.expose(), salt)),
            Kept::Hash(hash) => hash,
        }
    }

    /// Whether `candidate` is this password. An expensive hash is checked on a thread of its own, so that other calls
    /// go on meanwhile.
    pub(crate) async fn verify(&self, candidate: &str) -> bool {
        let hash = self.hash();
        let cheap = cost(hash).is_none_or(|cost| u64::from(cost.m_cost()) * u64::from(cost.t_cost()) <= CHEAP);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if !cheap => {
                let (hash, candidate) = (hash.to_owned(), candidate.to_owned());
                // The thread can only fail to answer when the whole program is stopping.
                runtime.spawn_blocking(move || matches(&hash, &candidate)).await.unwrap_or(false)
            }
            _ => matches(hash, candidate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hash of `correct-horse` that is checked on a thread of its own.
    fn expensive() -> Password {
        let params = Params::new(1024, 2, 1, None).unwrap();
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"correct-horse", b"0123456789abcdef");
        Password::new(hash.unwrap().to_string())
    }

    fn ground(seed: u64) -> Ground {
        Ground::frozen("default", seed, sim::Moment::default())
    }

    /// Whether it takes the right password, and whether it takes one with a blank more.
    fn both_ways(stored: &StoredPassword) -> (bool, bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { (stored.verify("correct-horse").await, stored.verify("correct-horse ").await) })
    }

    #[test]
    fn a_password_in_clear_is_hashed_at_minimum_cost_and_exported_as_it_was() {
        let stored = StoredPassword::declared(&Password::new("correct-horse"), &ground(7), "li");
        assert_eq!(both_ways(&stored), (true, false));
        assert!(stored.hash().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", stored.hash());
        assert_eq!(stored.export().expose(), "correct-horse");
        assert_eq!(format!("{stored:?}"), "StoredPassword { kept: ‹Password› }");
    }

    #[test]
    fn a_declared_hash_is_checked_at_its_own_cost() {
        let stored = StoredPassword::declared(&expensive(), &ground(7), "li");
        assert_eq!(both_ways(&stored), (true, false));
        assert_eq!(stored.export(), expensive());
        assert_eq!(problem(expensive().expose()), None);
    }

    #[test]
    fn a_set_password_is_exported_as_a_hash_that_can_be_declared() {
        let stored = StoredPassword::set("correct-horse", Seed::new(7), &["id", "2026"]);
        let again = StoredPassword::declared(&stored.export(), &ground(8), "other");
        assert_eq!(both_ways(&again), (true, false));
        assert_ne!(stored.hash(), StoredPassword::set("correct-horse", Seed::new(7), &["id", "2027"]).hash());
    }

    #[test]
    fn a_hash_that_is_none_or_costs_too_much_is_found_before_it_is_used() {
        for text in
            ["$argon2", "$argon2id$v=19$", "$argon2id$v=19$m=8,t=1,p=1", "$argon2x$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAA"]
        {
            assert!(problem(text).is_some(), "{text}");
        }
        let costly = expensive().expose().replace("m=1024", "m=4000000");
        assert!(problem(&costly).unwrap().contains("costs too much"));
        assert_eq!(problem("plain $argon2"), None);
    }
}
