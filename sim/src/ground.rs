//! What everything in one world stands on.

use std::sync::Arc;

use crate::{Clock, FixedClock, Moment, Seed, Tag, WorldClock};

/// What everything in one world stands on: its clock, its seed, and the tag that its artefacts carry.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The world's clock. Copies are the same clock.
    pub clock: WorldClock,
    /// Where every generated value of the world comes from.
    pub seed: Seed,
    /// What the world's artefacts carry, so that a call finds its world.
    pub tag: Tag,
}

impl Ground {
    /// The ground of the world `name`.
    pub fn new(name: &str, seed: u64, clock: WorldClock) -> Self {
        Self { clock, seed: Seed::new(seed), tag: Tag::of(name) }
    }

    /// A ground whose clock stands at `at`: what tests of a rule start from.
    pub fn frozen(name: &str, seed: u64, at: Moment) -> Self {
        Self::new(name, seed, WorldClock::frozen(Arc::new(FixedClock(at)), at))
    }

    /// What time it is in the world.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}
