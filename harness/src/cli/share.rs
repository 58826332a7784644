//! A share of a whole, in percent.

use std::fmt;
use std::str::FromStr;

/// A share of a whole, in thousandths: `87.5%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Share(usize);

impl Share {
    /// So many of so many, rounded down: only all of them are 100 %. All of nothing is everything.
    pub(crate) fn of(some: usize, all: usize) -> Self {
        Self(some.saturating_mul(1000).checked_div(all).unwrap_or(1000))
    }

    /// In percent.
    #[expect(clippy::cast_precision_loss, reason = "it is at most a thousand")]
    pub(crate) fn percent(self) -> f64 {
        self.0 as f64 / 10.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.percent())
    }
}

/// A text that is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a share is a number from 0 to 100, such as 90 or 87.5%")]
pub(crate) struct NoShare;

impl FromStr for Share {
    type Err = NoShare;

    fn from_str(text: &str) -> Result<Self, NoShare> {
        let number = text.trim().trim_end_matches('%').trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 1 {
            return Err(NoShare);
        }
        match whole.parse::<usize>().ok().zip(part.parse::<usize>().ok()) {
            Some((whole, part)) if whole < 100 || (whole, part) == (100, 0) => Ok(Self(whole * 10 + part)),
            _ => Err(NoShare),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_up_to_a_hundred() {
        for (text, thousandths) in [("90", 900), ("87.5%", 875), (" 100 % ", 1000), ("0", 0)] {
            assert_eq!(text.parse(), Ok(Share(thousandths)), "{text}");
        }
        for wrong in ["", "%", "101", "100.1", "-1", "x", "1.", ".5", "1.25"] {
            assert_eq!(wrong.parse::<Share>(), Err(NoShare), "{wrong}");
        }
    }

    #[test]
    fn only_all_of_them_are_a_hundred_percent() {
        assert_eq!(Share::of(1999, 2000).to_string(), "99.9%");
        assert_eq!(Share::of(3, 3).to_string(), "100%");
        assert_eq!(Share::of(0, 0).to_string(), "100%");
    }
}
