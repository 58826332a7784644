//! Request ids, and the hints beside some of them.

use std::fmt;

use data_encoding::HEXLOWER;
use sim::{Draw, Moment, Sequence};

/// A request id: three groups of eight hexadecimal digits, the first the server's Unix time (observed: it equals the
/// `Date` header of published exchanges).
///
/// ```text
/// 66c69111-4157f271-729ca238
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Rid([u32; 3]);

impl fmt::Display for Rid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Rid {
    /// As it stands in an answer; each has one, so it is made without the formatter.
    pub(crate) fn text(self) -> String {
        let mut text = String::with_capacity(26);
        for (at, group) in self.0.into_iter().enumerate() {
            if at > 0 {
                text.push('-');
            }
            HEXLOWER.encode_append(&group.to_be_bytes(), &mut text);
        }
        text
    }

    /// A text that has the shape of a rid.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut groups = text.trim().split('-').map(|group| {
            let is_hex = group.len() == 8 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
            u32::from_str_radix(group, 16).ok().filter(|_| is_hex)
        });
        let rid = Self([groups.next()??, groups.next()??, groups.next()??]);
        groups.next().is_none().then_some(rid)
    }

    /// When its request was made, to the second.
    pub(crate) fn made_at(self) -> Moment {
        Moment::from_unix_seconds(i64::from(self.0[0]))
    }
}

/// The rid of one request and where its hint comes from.
#[derive(Debug)]
pub(crate) struct Stamp {
    /// The request's id.
    pub(crate) rid: Rid,
    draw: Draw,
}

impl Stamp {
    /// The stamp of a request at `now`.
    pub(crate) fn next(sequence: &Sequence, now: Moment) -> Self {
        let mut draw = sequence.draw();
        // The time is 32 bits on the wire; what overflows in the year 2106 is cut off.
        let time = (now.unix_seconds() & 0xffff_ffff) as u32;
        let [a, b, c, d, e, f, g, h] = draw.bytes::<8>();
        Self { rid: Rid([time, u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])]), draw }
    }

    /// A hint: nine characters, a hyphen, six more (observed).
    pub(crate) fn hint(&mut self) -> String {
        format!("{}-{}", self.draw.base62(9), self.draw.base62(6))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Seed;

    #[test]
    fn a_rid_begins_with_the_time_of_published_exchanges() {
        let rids = Seed::new(1).sequence("rid");
        for (seconds, start, date) in [
            (0x66c6_9111, "66c69111-", "Thu, 22 Aug 2024 01:14:57 GMT"),
            (0x64e5_d2d0, "64e5d2d0-", "Wed, 23 Aug 2023 09:35:12 GMT"),
        ] {
            let now = Moment::from_unix_seconds(seconds);
            let rid = Stamp::next(&rids, now).rid.to_string();
            assert!(rid.starts_with(start), "{rid}");
            assert_eq!((rid.len(), now.to_http_date().as_str()), (26, date));
        }
    }

    #[test]
    fn a_rid_is_read_back() {
        let now = Moment::from_unix_seconds(0x66c6_9111);
        let rid = Stamp::next(&Seed::new(1).sequence("rid"), now).rid;
        assert_eq!((Rid::parse(&rid.to_string()), rid.made_at()), (Some(rid), now));
    }

    #[test]
    fn a_hint_has_the_observed_shape() {
        let hint = Stamp::next(&Seed::new(1).sequence("rid"), Moment::default()).hint();
        let (first, second) = hint.split_once('-').unwrap();
        assert_eq!((first.len(), second.len()), (9, 6));
    }
}
