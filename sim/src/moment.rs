//! A point in time, to the millisecond.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in a world's time, to the millisecond.
///
/// It is a plain number inside, so that rules compare and subtract it freely. In files and answers it is an RFC 3339
/// text in UTC, `2026-03-01T09:00:00Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(i64);

/// A text that is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a time such as 2026-03-01T09:00:00Z")]
pub struct MomentError {
    text: String,
}

/// 9999-12-31T23:59:59.999Z: the last time that four digits of a year can write.
const LAST_MILLIS: i64 = 253_402_300_799_999;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Moment {
    /// The moment this many milliseconds after 1970-01-01T00:00:00Z, kept within the years 1970 to 9999.
    pub const fn from_unix_millis(millis: i64) -> Self {
        if millis < 0 {
            Self(0)
        } else if millis > LAST_MILLIS {
            Self(LAST_MILLIS)
        } else {
            Self(millis)
        }
    }

    /// The moment this many seconds after 1970-01-01T00:00:00Z, kept within the years 1970 to 9999.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self::from_unix_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z: what tokens and watermarks carry.
    pub const fn unix_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Reads an RFC 3339 time with any offset.
    ///
    /// # Errors
    /// A text that is not a time, or one outside the years 1970 to 9999.
    pub fn parse_rfc3339(text: &str) -> Result<Self, MomentError> {
        let error = || MomentError { text: text.to_owned() };
        let millis = text.trim().parse::<jiff::Timestamp>().map_err(|_| error())?.as_millisecond();
        if (0..=LAST_MILLIS).contains(&millis) { Ok(Self(millis)) } else { Err(error()) }
    }

    /// Year, month, day, hour, minute, second and millisecond in UTC.
    fn civil(self) -> (i64, u32, u32, u32, u32, u32, u32) {
        // Days to civil date, by the well-known era arithmetic: no table, no loop, and cheap enough for every answer.
        let (days, rest) = (self.0 / 86_400_000, self.0 % 86_400_000);
        let z = days + 719_468;
        let era = z / 146_097;
        let doe = z - era * 146_097;
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        let seconds = rest / 1000;
        (
            year,
            month as u32,
            day as u32,
            (seconds / 3600) as u32,
            (seconds / 60 % 60) as u32,
            (seconds % 60) as u32,
            (rest % 1000) as u32,
        )
    }

    /// The form of an HTTP `Date` header: `Sun, 01 Mar 2026 09:00:00 GMT`.
    pub fn to_http_date(self) -> String {
        let (year, month, day, h, m, s, _) = self.civil();
        // Every answer has one, and the formatter would take a tenth of what a short answer costs.
        let mut text = String::with_capacity(29);
        text.push_str(DAYS[(self.0 / 86_400_000 % 7) as usize]);
        text.push_str(", ");
        push_two_digits(&mut text, day);
        text.push(' ');
        text.push_str(MONTHS[month as usize - 1]);
        text.push(' ');
        push_two_digits(&mut text, (year / 100) as u32);
        push_two_digits(&mut text, (year % 100) as u32);
        for (before, number) in [(' ', h), (':', m), (':', s)] {
            text.push(before);
            push_two_digits(&mut text, number);
        }
        text.push_str(" GMT");
        text
    }

    /// Seventeen digits, year to millisecond: how IDaaS begins its identifiers.
    pub fn to_digits(self) -> String {
        let (year, month, day, h, m, s, ms) = self.civil();
        format!("{year:04}{month:02}{day:02}{h:02}{m:02}{s:02}{ms:03}")
    }

    /// `2026-03-01 09:00:00.000`: how IDaaS writes times in JSON, without a zone.
    pub fn to_plain(self) -> String {
        let (year, month, day, h, m, s, ms) = self.civil();
        format!("{year:04}-{month:02}-{day:02} {h:02}:{m:02}:{s:02}.{ms:03}")
    }
}

/// RFC 3339 in UTC, with milliseconds only where there are any.
/// `07`.
fn push_two_digits(text: &mut String, number: u32) {
    for digit in [number / 10, number % 10] {
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, h, m, s, ms) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}")?;
        if ms != 0 {
            write!(f, ".{ms:03}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Later by a duration; stops at the end of the year 9999.
impl Add<Duration> for Moment {
    type Output = Moment;
    fn add(self, by: Duration) -> Moment {
        Moment::from_unix_millis(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Earlier by a duration; stops at 1970.
impl Sub<Duration> for Moment {
    type Output = Moment;
    fn sub(self, by: Duration) -> Moment {
        Moment::from_unix_millis(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse_rfc3339(&text).map_err(de::Error::custom)
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A time in RFC 3339, such as 2026-03-01T09:00:00Z."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_date_of_a_published_exchange_is_written_as_http_writes_it() {
        assert_eq!(Moment::from_unix_seconds(0x66c6_9111).to_http_date(), "Thu, 22 Aug 2024 01:14:57 GMT");
        assert_eq!(Moment::from_unix_seconds(0x64e5_d2d0).to_http_date(), "Wed, 23 Aug 2023 09:35:12 GMT");
    }

    #[test]
    fn an_offset_is_read_and_the_zone_is_utc_when_written() {
        let moment = Moment::parse_rfc3339("2026-03-01T17:00:00.250+08:00").unwrap();
        assert_eq!(moment.to_string(), "2026-03-01T09:00:00.250Z");
        assert_eq!(moment.to_digits(), "20260301090000250");
        assert_eq!(moment.to_plain(), "2026-03-01 09:00:00.250");
    }

    #[test]
    fn a_text_that_is_no_time_is_refused_with_an_example() {
        let error = Moment::parse_rfc3339("yesterday").unwrap_err();
        assert_eq!(error.to_string(), "`yesterday` is not a time such as 2026-03-01T09:00:00Z");
    }

    proptest! {
        #[test]
        fn every_moment_is_written_as_jiff_writes_it(millis in 0..LAST_MILLIS) {
            let ours = Moment::from_unix_millis(millis);
            let theirs = jiff::Timestamp::from_millisecond(millis).unwrap();
            prop_assert_eq!(Moment::parse_rfc3339(&ours.to_string()).unwrap(), ours);
            prop_assert_eq!(ours.to_http_date(), theirs.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
            prop_assert_eq!(ours.to_string().parse::<jiff::Timestamp>().unwrap(), theirs);
        }

        #[test]
        fn adding_then_subtracting_returns(millis in 0..LAST_MILLIS / 2, by in 0u64..1_000_000_000) {
            let moment = Moment::from_unix_millis(millis);
            let by = Duration::from_millis(by);
            prop_assert_eq!(moment + by - by, moment);
            prop_assert_eq!((moment + by).since(moment), by);
        }
    }
}
