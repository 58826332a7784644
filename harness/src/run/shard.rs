//! One part of the cases, for one of several machines.

use std::str::FromStr;

use sim::Seed;

use super::result::CaseId;

/// One of several parts of all cases: `2/5`.
///
/// Which part a case is in follows from its file and its name alone: a case that is added moves no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    number: u64,
    /// How many parts there are.
    of: u64,
}

/// What is no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard")]
pub struct ShardError(String);

impl Shard {
    /// Whether a case is in this part.
    pub fn takes(self, case: &CaseId) -> bool {
        let file = case.file();
        self.has(file.strip_prefix("./").unwrap_or(&file), &case.full_name())
    }

    fn has(self, file: &str, name: &str) -> bool {
        let mut drawn = Seed::new(0).identity("shard", &[file, name]);
        u64::from_le_bytes(drawn.bytes()) % self.of == self.number - 1
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let wrong = || ShardError(text.to_owned());
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let number: u64 = number.trim().parse().map_err(|_| wrong())?;
        let of: u64 = of.trim().parse().map_err(|_| wrong())?;
        if (1..=of).contains(&number) { Ok(Self { number, of }) } else { Err(wrong()) }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shard_is_one_of_several() {
        assert_eq!("2/5".parse::<Shard>().unwrap().to_string(), "2/5");
        for wrong in ["", "2", "0/5", "6/5", "1/0", "a/b", "-1/2", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_case_stays_where_it_is_from_one_version_to_the_next() {
        let number = |name: &str| (1..=7).find(|number| Shard { number: *number, of: 7 }.has("a.yaml", name));
        let numbers: Vec<_> = ["one", "two", "three", "four", "five"].into_iter().filter_map(number).collect();
        assert_eq!(numbers, [6, 5, 3, 2, 1]);
    }

    proptest! {
        #[test]
        fn every_case_is_in_exactly_one_shard(file in ".*", name in ".*", of in 1_u64..50) {
            let taken = (1..=of).filter(|number| Shard { number: *number, of }.has(&file, &name)).count();
            prop_assert_eq!(taken, 1);
        }
    }
}
