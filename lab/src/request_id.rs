//! The id that every answer carries in `X-Mock-Request-Id`, so that `explain` can tell its story.

use std::sync::atomic::{AtomicU64, Ordering};

use sim::{Ground, Moment};

/// Numbers the answers of one world in the shape of WeChat's rid: `66c69111-4157f271-729ca238`.
///
/// It is drawn for every answer on the hot path, so it is a mixed counter and not a [`sim::Sequence`].
#[derive(Debug)]
pub(crate) struct RequestIds {
    key: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(world: &str, ground: &Ground) -> Self {
        let key = u64::from_le_bytes(ground.seed.identity("request id", &[world]).bytes());
        Self { key, next: AtomicU64::new(1) }
    }

    /// The next one: the world's time in hexadecimal, then two groups of eight digits.
    pub(crate) fn next(&self, now: Moment) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        // The finalizer of SplitMix64: neighbours in, nothing alike out, and never the same twice.
        let mut mixed = self.key.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        format!("{:08x}-{:08x}-{:08x}", now.unix_seconds() as u32, (mixed >> 32) as u32, mixed as u32)
    }
}

/// The first request id in a text: a bare one, or WeChat's `invalid code, rid: 66c69111-4157f271-729ca238`.
pub(crate) fn found_in(text: &str) -> Option<&str> {
    const LENGTH: usize = 26;
    let is_id = |bytes: &[u8]| {
        bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 17 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let at = text.as_bytes().windows(LENGTH).position(is_id)?;
    text.get(at..at + LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_begin_with_the_time_and_never_repeat() {
        let now = Moment::from_unix_seconds(0x66c6_9111);
        let ids = RequestIds::new("a", &Ground::frozen("a", 7, now));
        let drawn: std::collections::HashSet<_> = (0..1000).map(|_| ids.next(now)).collect();
        assert_eq!(drawn.len(), 1000);
        assert!(drawn.iter().all(|id| id.starts_with("66c69111-") && found_in(id) == Some(id)));
        let again = RequestIds::new("a", &Ground::frozen("a", 7, now));
        assert!(drawn.contains(&again.next(now)));
        let other = RequestIds::new("b", &Ground::frozen("b", 7, now));
        assert!(!drawn.contains(&other.next(now)), "worlds of one seed must not share ids");
    }

    #[test]
    fn an_id_is_found_in_a_whole_message() {
        let message = "invalid code hint: [mGhbWV0sf-LxnVma] rid: 65f3e9f7-77cf1a1c-0dd74a0e";
        assert_eq!(found_in(message), Some("65f3e9f7-77cf1a1c-0dd74a0e"));
        assert_eq!(found_in("invalid code, 日本語日本語日本語"), None);
    }
}
