//! Durations as people write them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration as people write it: `5m`, `4m59s`, `1h30m`, `250ms`, `3d`.
///
/// ```
/// use sim::Life;
/// let life: Life = "4m59s".parse().unwrap();
/// assert_eq!(life.get().as_secs(), 299);
/// assert_eq!(life.to_string(), "4m59s");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Life(Duration);

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a duration such as 5m, 4m59s, 1h30m or 250ms")]
pub struct LifeError {
    text: String,
}

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
/// A thousand years: beyond any clock a world can show, and far from overflowing.
const LONGEST_MILLIS: u64 = 1000 * 366 * 86_400_000;

impl Life {
    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The duration itself.
    pub const fn get(self) -> Duration {
        self.0
    }

    /// Whole seconds: what `expires_in` and `expire` fields carry.
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }
}

impl From<Duration> for Life {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl FromStr for Life {
    type Err = LifeError;

    /// Numbers with a unit, largest unit first, each unit at most once, no blanks.
    fn from_str(text: &str) -> Result<Self, LifeError> {
        let error = || LifeError { text: text.to_owned() };
        let (mut rest, mut total, mut next_unit) = (text.trim(), 0u64, 0);
        if rest.is_empty() {
            return Err(error());
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
            let count: u64 = rest[..digits].parse().map_err(|_| error())?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let at = UNITS[next_unit..].iter().position(|(name, _)| *name == &rest[..letters]).ok_or_else(error)?;
            let (_, millis) = UNITS[next_unit + at];
            next_unit += at + 1;
            rest = &rest[letters..];
            total = count.checked_mul(millis).and_then(|part| total.checked_add(part)).ok_or_else(error)?;
        }
        if total > LONGEST_MILLIS { Err(error()) } else { Ok(Self(Duration::from_millis(total))) }
    }
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if rest == 0 {
            return f.write_str("0s");
        }
        for (name, millis) in UNITS {
            if rest >= millis {
                write!(f, "{}{name}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Life {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Life {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Life {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^([0-9]+(d|h|ms|m|s))+$",
            "description": "A duration such as 5m, 4m59s, 1h30m or 250ms.",
            "examples": ["5m", "4m59s", "1h30m", "250ms"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_come_largest_first_and_once() {
        assert_eq!("1h30m".parse::<Life>().unwrap().as_secs(), 5400);
        assert_eq!("250ms".parse::<Life>().unwrap().get(), Duration::from_millis(250));
        for wrong in ["", "5", "m", "5x", "1s1m", "1m1m", "-5m", "5 m", "99999999999999999999s", "900000000d", "五m"] {
            assert!(wrong.parse::<Life>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in 0u64..LONGEST_MILLIS) {
            let life = Life::from(Duration::from_millis(millis));
            prop_assert_eq!(life.to_string().parse::<Life>().unwrap(), life);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = text.parse::<Life>();
        }
    }
}
