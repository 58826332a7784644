//! A store of things that live for a while under a world's own clock.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Moment;

/// Something with a moment from which its life counts.
pub trait Stamped {
    /// When its life began; ageing an artefact moves this back.
    fn issued_at(&self) -> Moment;
}

/// A sharded map whose entries are forgotten some time after they were issued, under the clock of their world.
///
/// Rules look at an entry under its shard's lock ([`with`](Self::with)), so a take-once is atomic: of a hundred
/// callers that present one code, one sees it unused. Nothing ticks: each insert drops what has become old, so a
/// store costs nothing while nobody uses it, and a frozen clock keeps everything.
#[derive(Debug)]
pub struct Expiring<K, V> {
    shards: Vec<Mutex<Shard<K, V>>>,
    hasher: BuildHasherDefault<DefaultHasher>,
    keep: Duration,
    limit: usize,
}

#[derive(Debug)]
struct Shard<K, V> {
    entries: HashMap<K, V>,
    /// Keys in the order of their issue: all entries of a store live equally long, so the front is the next to go.
    order: VecDeque<K>,
}

const SHARDS: usize = 16;

impl<K: Hash + Eq + Clone, V: Stamped> Expiring<K, V> {
    /// Forgets an entry `keep` after it was issued, and the oldest once there are more than `limit`.
    pub fn new(keep: Duration, limit: usize) -> Self {
        let shards =
            (0..SHARDS).map(|_| Mutex::new(Shard { entries: HashMap::new(), order: VecDeque::new() })).collect();
        // A key falls into the same shard in every run: which old entries an insert drops decides whether a late caller
        // is told that its code has expired or that nobody knows it.
        Self { shards, hasher: BuildHasherDefault::new(), keep, limit: limit.div_ceil(SHARDS).max(1) }
    }

    fn shard<Q: Hash + ?Sized>(&self, key: &Q) -> MutexGuard<'_, Shard<K, V>> {
        let at = (self.hasher.hash_one(key) >> 57) as usize % SHARDS;
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an entry in, and drops what is too old by now.
    pub fn insert(&self, key: K, value: V, now: Moment) {
        let mut shard = self.shard(&key);
        while let Some(oldest) = shard.order.front() {
            let gone = match shard.entries.get(oldest) {
                Some(entry) => shard.entries.len() >= self.limit || now.since(entry.issued_at()) > self.keep,
                None => true,
            };
            if !gone {
                break;
            }
            if let Some(oldest) = shard.order.pop_front() {
                shard.entries.remove(&oldest);
            }
        }
        if shard.entries.insert(key.clone(), value).is_none() {
            shard.order.push_back(key);
        }
    }

    /// Looks at an entry, or at its absence, and may change it; nobody else sees it meanwhile.
    pub fn with<Q, R>(&self, key: &Q, look: impl FnOnce(Option<&mut V>) -> R) -> R
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        look(self.shard(key).entries.get_mut(key))
    }

    /// Takes an entry out.
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.shard(key).entries.remove(key)
    }

    /// Looks at every entry, shard by shard, in no particular order.
    pub fn each(&self, mut look: impl FnMut(&K, &mut V)) {
        for shard in &self.shards {
            for (key, value) in &mut shard.lock().unwrap_or_else(PoisonError::into_inner).entries {
                look(key, value);
            }
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).entries.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Debug)]
    struct Entry {
        issued_at: Moment,
        used: bool,
    }

    impl Stamped for Entry {
        fn issued_at(&self) -> Moment {
            self.issued_at
        }
    }

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(seconds)
    }

    fn entry(seconds: i64) -> Entry {
        Entry { issued_at: at(seconds), used: false }
    }

    #[test]
    fn what_is_old_goes_when_something_new_comes() {
        let store = Expiring::new(Duration::from_secs(600), 1_000_000);
        for n in 0..1000 {
            store.insert(n, entry(0), at(0));
        }
        for n in 1000..2000 {
            store.insert(n, entry(700), at(700));
        }
        assert_eq!(store.len(), 1000);
        assert!(store.with(&5, |entry| entry.is_none()));
    }

    #[test]
    fn a_store_is_bounded_while_its_clock_stands() {
        let store = Expiring::new(Duration::from_secs(600), 160);
        for n in 0..10_000 {
            store.insert(n, entry(0), at(0));
        }
        assert!(store.len() <= 160, "{}", store.len());
    }

    #[test]
    fn one_of_a_hundred_callers_takes_an_entry() {
        let store = Expiring::new(Duration::from_secs(600), 1000);
        store.insert("code".to_owned(), entry(0), at(0));
        let winners = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..100 {
                scope.spawn(|| {
                    let won = store.with("code", |entry| entry.is_some_and(|e| !std::mem::replace(&mut e.used, true)));
                    winners.fetch_add(usize::from(won), Ordering::Relaxed);
                });
            }
        });
        assert_eq!(winners.into_inner(), 1);
    }

    #[test]
    fn a_removed_entry_is_gone_and_its_place_can_be_taken_again() {
        let store = Expiring::new(Duration::from_secs(600), 1000);
        store.insert(1, entry(0), at(0));
        assert!(store.remove(&1).is_some());
        assert!(store.is_empty());
        store.insert(1, entry(1), at(1));
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn the_same_calls_leave_the_same_entries() {
        let kept = || {
            let store = Expiring::new(Duration::from_secs(600), 1000);
            (0..100).for_each(|n| store.insert(n, entry(0), at(0)));
            (100..110).for_each(|n| store.insert(n, entry(700), at(700)));
            (0..110).filter(|n| store.with(n, |entry| entry.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(kept(), kept());
    }
}
