//! Values that look random and are the same in every run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::Tag;

/// The seed of a world: where each of its generated values comes from.
///
/// Two kinds of value hang on it. An [identity](Seed::identity) depends on names only, so an openid is the same
/// whichever person logs in first. A [sequence](Seed::sequence) gives the next value at each call, so the n-th login
/// code of a run is the same in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The seed with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number it was made from.
    pub const fn number(self) -> u64 {
        self.0
    }

    fn key(self, kind: &str, parts: &[&str]) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.0.to_le_bytes());
        for part in std::iter::once(&kind).chain(parts) {
            // Lengths first, so that ("ab", "c") and ("a", "bc") differ.
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part.as_bytes());
        }
        let mut key = [0; 32];
        key.copy_from_slice(context.finish().as_ref());
        key
    }

    /// What `kind` is for these names: the same at every call, in any order.
    pub fn identity(self, kind: &str, parts: &[&str]) -> Draw {
        Draw(ChaCha8Rng::from_seed(self.key(kind, parts)))
    }

    /// Values of `kind` in sequence.
    pub fn sequence(self, kind: &str) -> Sequence {
        Sequence { key: self.key(kind, &[]), next: Arc::new(AtomicU64::new(0)) }
    }
}

/// Gives one [`Draw`] after the other; safe to share between threads, copies go on with the same count.
#[derive(Debug, Clone)]
pub struct Sequence {
    key: [u8; 32],
    next: Arc<AtomicU64>,
}

impl Sequence {
    /// The next draw.
    pub fn draw(&self) -> Draw {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(self.next.fetch_add(1, Ordering::Relaxed));
        Draw(generator)
    }
}

/// A source of random-looking characters and numbers; each question takes the next ones.
#[derive(Debug)]
pub struct Draw(ChaCha8Rng);

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

impl Draw {
    /// `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A number below `bound`; zero when `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The bias of the plain remainder is under 2^-32 for the small bounds that are asked for here.
        if bound == 0 { 0 } else { self.0.next_u64() % bound }
    }

    /// A number from 0 to 1, 1 left out.
    pub fn fraction(&mut self) -> f64 {
        // 53 bits are what a double can hold exactly.
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn characters(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[(self.0.next_u32() as usize) % alphabet.len()])).collect()
    }

    /// Letters and digits.
    pub fn base62(&mut self, length: usize) -> String {
        self.characters(BASE62, length)
    }

    /// Letters, digits, `-` and `_`.
    pub fn base64url(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length.div_ceil(4) * 3];
        self.0.fill_bytes(&mut bytes);
        let mut text = BASE64URL_NOPAD.encode(&bytes);
        text.truncate(length);
        text
    }

    /// Lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length.div_ceil(2)];
        self.0.fill_bytes(&mut bytes);
        let mut text = HEXLOWER.encode(&bytes);
        text.truncate(length);
        text
    }

    /// Upper-case hexadecimal digits.
    pub fn upper_hex(&mut self, length: usize) -> String {
        self.characters(UPPER_HEX, length)
    }

    /// Decimal digits, leading zeros included.
    pub fn digits(&mut self, length: usize) -> String {
        self.characters(b"0123456789", length)
    }

    /// Base64 of `N` bytes, padded.
    pub fn base64<const N: usize>(&mut self) -> String {
        BASE64.encode(&self.bytes::<N>())
    }

    /// Letters and digits that carry a world's tag; at least [`Tag::BASE62_LENGTH`] + 4 characters.
    pub fn tagged_base62(&mut self, length: usize, tag: Tag) -> String {
        self.tagged_base62_after("", length, tag)
    }

    /// As [`tagged_base62`](Self::tagged_base62), but starting with `prefix`, which counts towards the length and may
    /// hold other ASCII characters; the tag covers it.
    pub fn tagged_base62_after(&mut self, prefix: &str, length: usize, tag: Tag) -> String {
        let mut text = prefix.to_owned();
        text.push_str(&self.base62(length.saturating_sub(prefix.len())));
        let mut text = text.into_bytes();
        tag.write_base62(&mut text);
        text.into_iter().map(char::from).collect()
    }

    /// Lower-case hexadecimal digits that carry a world's tag; at least [`Tag::HEX_LENGTH`] + 8 characters.
    pub fn tagged_hex(&mut self, length: usize, tag: Tag) -> String {
        let mut text = self.hex(length).into_bytes();
        tag.write_hex(&mut text);
        text.into_iter().map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_depends_on_seed_and_names_only() {
        let one = Seed::new(7).identity("openid", &["wx1", "alice"]).base62(28);
        let mut sequence = Seed::new(7).sequence("openid").draw();
        assert_ne!(sequence.base62(28), one);
        assert_eq!(Seed::new(7).identity("openid", &["wx1", "alice"]).base62(28), one);
        assert_ne!(Seed::new(8).identity("openid", &["wx1", "alice"]).base62(28), one);
        assert_ne!(Seed::new(7).identity("openid", &["wx", "1alice"]).base62(28), one);
    }

    #[test]
    fn the_values_of_a_seed_are_the_same_in_every_version() {
        // These bytes are a promise: snapshots in other people's repositories hang on them.
        assert_eq!(Seed::new(7).identity("openid", &["wx1", "alice"]).base62(12), "MiAMfGj6luAV");
        let sequence = Seed::new(7).sequence("login code");
        assert_eq!(
            (sequence.draw().hex(12), sequence.draw().hex(12)),
            ("7b21fb68f098".to_owned(), "1b5f8344aa50".to_owned())
        );
    }

    #[test]
    fn a_tagged_text_keeps_its_prefix() {
        let text = Seed::new(1).identity("x", &[]).tagged_base62_after("92_", 40, Tag::of("a"));
        assert!(text.starts_with("92_") && text.len() == 40, "{text}");
        assert_eq!(Tag::read_base62(&text), Some(Tag::of("a")));
    }

    #[test]
    fn each_shape_has_its_length_and_alphabet() {
        let mut draw = Seed::new(1).identity("shape", &[]);
        assert!(draw.digits(6).bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(draw.base64::<16>().len(), 24);
        assert_eq!(draw.base64url(22).len(), 22);
        assert_eq!(draw.hex(7).len(), 7);
        assert!(draw.upper_hex(9).bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        assert!((0..100).all(|_| draw.below(3) < 3));
    }
}
