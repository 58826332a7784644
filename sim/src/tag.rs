//! The mark by which an artefact names its world.

/// A short, checksummed function of a world's name, hidden inside the vendor's own format of an artefact.
///
/// A test mints a login code in its own world and sends it through an unchanged application; the code itself tells the
/// server which world is meant. The tag is mixed with the random part of the artefact, so that two artefacts of one
/// world have nothing visible in common, and carries a checksum, so that foreign text is not taken for a tag.
///
/// ```
/// use sim::{Seed, Tag};
/// let code = Seed::new(7).sequence("login code").draw().tagged_base62(32, Tag::of("checkout-test"));
/// assert_eq!(Tag::read_base62(&code), Some(Tag::of("checkout-test")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(u32);

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let hash = bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    // FNV's low bits are weak for short texts: one round of mixing.
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Tag {
    /// Characters that a tag takes in letters and digits, at the end of the text.
    pub const BASE62_LENGTH: usize = 9;
    /// Characters that a tag takes in hexadecimal digits, at the end of the text.
    pub const HEX_LENGTH: usize = 12;

    /// The tag of the world of this name.
    pub fn of(world: &str) -> Self {
        Self((fnv1a(world.bytes()) >> 32) as u32)
    }

    /// The tag and its checksum, mixed with the text before them: 48 bits.
    fn sealed(self, before: &[u8]) -> u64 {
        let mix = fnv1a(before.iter().copied());
        let check = fnv1a(before.iter().copied().chain(self.0.to_le_bytes())) & 0xffff;
        (u64::from(self.0) << 16 | check) ^ (mix & 0xffff_ffff_ffff)
    }

    fn opened(sealed: u64, before: &[u8]) -> Option<Self> {
        let tag = Self(((sealed ^ (fnv1a(before.iter().copied()) & 0xffff_ffff_ffff)) >> 16) as u32);
        (tag.sealed(before) == sealed).then_some(tag)
    }

    pub(crate) fn write_base62(self, text: &mut [u8]) {
        let Some(at) = text.len().checked_sub(Self::BASE62_LENGTH) else { return };
        let (before, place) = text.split_at_mut(at);
        let mut sealed = self.sealed(before);
        for byte in place {
            *byte = BASE62[(sealed % 62) as usize];
            sealed /= 62;
        }
    }

    pub(crate) fn write_hex(self, text: &mut [u8]) {
        let Some(at) = text.len().checked_sub(Self::HEX_LENGTH) else { return };
        let (before, place) = text.split_at_mut(at);
        let digits = format!("{:012x}", self.sealed(before));
        place.copy_from_slice(digits.as_bytes());
    }

    /// The tag that a text of letters and digits ends in, if it carries one.
    pub fn read_base62(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let (before, place) = text.split_at(text.len().checked_sub(Self::BASE62_LENGTH)?);
        let mut sealed = 0u64;
        for byte in place.iter().rev() {
            let digit = BASE62.iter().position(|b| b == byte)? as u64;
            sealed = sealed.checked_mul(62)?.checked_add(digit)?;
        }
        Self::opened(sealed, before)
    }

    /// The tag that a text of hexadecimal digits ends in, if it carries one.
    pub fn read_hex(text: &str) -> Option<Self> {
        let (before, place) = text.split_at_checked(text.len().checked_sub(Self::HEX_LENGTH)?)?;
        Self::opened(u64::from_str_radix(place, 16).ok()?, before.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;
    use proptest::prelude::*;

    #[test]
    fn two_codes_of_one_world_share_no_visible_part() {
        let sequence = Seed::new(7).sequence("login code");
        let (one, two) =
            (sequence.draw().tagged_base62(32, Tag::of("a")), sequence.draw().tagged_base62(32, Tag::of("a")));
        assert!(one.bytes().zip(two.bytes()).skip(23).filter(|(a, b)| a == b).count() < 3, "{one} {two}");
    }

    #[test]
    fn a_thousand_worlds_have_a_thousand_tags() {
        let tags: std::collections::HashSet<_> = (0..1000).map(|n| Tag::of(&format!("world-{n}"))).collect();
        assert_eq!(tags.len(), 1000);
    }

    proptest! {
        #[test]
        fn a_tag_is_read_back(world in ".{0,40}", seed: u64) {
            let tag = Tag::of(&world);
            let mut draw = Seed::new(seed).identity("x", &[]);
            prop_assert_eq!(Tag::read_base62(&draw.tagged_base62(32, tag)), Some(tag));
            prop_assert_eq!(Tag::read_base62(&draw.tagged_base62(22, tag)), Some(tag));
            prop_assert_eq!(Tag::read_hex(&draw.tagged_hex(64, tag)), Some(tag));
            prop_assert_eq!(Tag::read_hex(&draw.tagged_hex(32, tag)), Some(tag));
        }

        #[test]
        fn foreign_text_never_panics(text in ".*") {
            let _ = (Tag::read_base62(&text), Tag::read_hex(&text));
        }

        #[test]
        fn a_changed_character_breaks_the_tag(at in 0usize..32, seed: u64) {
            let code = Seed::new(seed).identity("x", &[]).tagged_base62(32, Tag::of("default"));
            let mut changed = code.into_bytes();
            changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_ne!(Tag::read_base62(&changed), Some(Tag::of("default")));
        }
    }
}
