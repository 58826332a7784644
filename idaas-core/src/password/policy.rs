//! What a password must be like, and how long it is good.

use serde::Serialize;
use sim::Moment;

use crate::config::{CharacterClass, PasswordPolicy};

impl CharacterClass {
    fn has(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::LowerCase => c.is_ascii_lowercase(),
            Self::UpperCase => c.is_ascii_uppercase(),
            Self::Special => !c.is_ascii_alphanumeric(),
        }
    }

    /// The class as a regular expression writes it.
    const fn expression(self) -> &'static str {
        match self {
            Self::Digit => "[0-9]",
            Self::LowerCase => "[a-z]",
            Self::UpperCase => "[A-Z]",
            Self::Special => "[^0-9A-Za-z]",
        }
    }

    const fn lack(self) -> &'static str {
        match self {
            Self::Digit => "it has no digit",
            Self::LowerCase => "it has no lower-case letter",
            Self::UpperCase => "it has no upper-case letter",
            Self::Special => "it has only letters and digits",
        }
    }
}

/// Why a password is not allowed; none when it is.
pub(crate) fn flaw(policy: &PasswordPolicy, password: &str) -> Option<&'static str> {
    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    if length < policy.min_length {
        return Some("it is too short");
    }
    if length > policy.max_length {
        return Some("it is too long");
    }
    policy.needs.iter().find(|class| !password.chars().any(|c| class.has(c))).map(|class| class.lack())
}

/// The members that the pages show, in the order in which they show them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    max_length: u32,
    min_length: u32,
    reg_ex: String,
}

/// The policy as JSON text: `data` of an answer that asks for another password.
pub(crate) fn data(policy: &PasswordPolicy) -> String {
    let (min_length, max_length) = (policy.min_length, policy.max_length);
    let needs: String = policy.needs.iter().map(|class| format!("(?=.*{})", class.expression())).collect();
    let data = Data { max_length, min_length, reg_ex: format!("^{needs}.{{{min_length},{max_length}}}$") };
    serde_json::to_string(&data).expect("numbers and a text have a JSON form")
}

/// Whether a password is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordState {
    /// It is.
    Good,
    /// It will expire soon.
    Warn,
    /// It has expired.
    Expired,
}

/// The state of a password that was set at `changed_at`.
pub(crate) fn state(policy: &PasswordPolicy, changed_at: Moment, now: Moment) -> PasswordState {
    let Some(life) = policy.expires_after else { return PasswordState::Good };
    let end = changed_at + life.get();
    if now >= end {
        PasswordState::Expired
    } else if now >= end - policy.warn_before.get() {
        PasswordState::Warn
    } else {
        PasswordState::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sim::Life;

    #[test]
    fn length_counts_characters_and_both_ends_are_allowed() {
        let policy = PasswordPolicy::default();
        assert_eq!(flaw(&policy, "1234567"), Some("it is too short"));
        assert_eq!(flaw(&policy, "12345678"), None);
        assert_eq!(flaw(&policy, "密码密码密码密码"), None);
        assert_eq!(flaw(&policy, "123456789012345678"), None);
        assert_eq!(flaw(&policy, "1234567890123456789"), Some("it is too long"));
    }

    #[test]
    fn each_demanded_class_must_be_there() {
        use CharacterClass::{Digit, LowerCase, Special, UpperCase};
        let policy = PasswordPolicy { needs: vec![Digit, LowerCase, UpperCase, Special], ..PasswordPolicy::default() };
        assert_eq!(flaw(&policy, "aA-aA-aA-"), Some("it has no digit"));
        assert_eq!(flaw(&policy, "1A-1A-1A-"), Some("it has no lower-case letter"));
        assert_eq!(flaw(&policy, "1a-1a-1a-"), Some("it has no upper-case letter"));
        assert_eq!(flaw(&policy, "1aA1aA1aA"), Some("it has only letters and digits"));
        assert_eq!(flaw(&policy, "1aA-1aA-"), None);
        assert_eq!(
            data(&policy),
            r#"{"maxLength":18,"minLength":8,"regEx":"^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[^0-9A-Za-z]).{8,18}$"}"#
        );
    }

    #[test]
    fn a_password_warns_before_it_expires() {
        let day = 86_400;
        let policy = PasswordPolicy {
            expires_after: Some(Life::seconds(90 * day)),
            warn_before: Life::seconds(7 * day),
            ..PasswordPolicy::default()
        };
        let set = Moment::from_unix_seconds(1_000_000);
        let at = |seconds: u64| state(&policy, set, set + std::time::Duration::from_secs(seconds));
        assert_eq!(at(83 * day - 1), PasswordState::Good);
        assert_eq!(at(83 * day), PasswordState::Warn);
        assert_eq!(at(90 * day - 1), PasswordState::Warn);
        assert_eq!(at(90 * day), PasswordState::Expired);
        assert_eq!(state(&PasswordPolicy::default(), set, set + Life::seconds(9999 * day).get()), PasswordState::Good);
    }

    proptest! {
        #[test]
        fn no_password_makes_it_panic(password in ".*", min: u32, max: u32) {
            let policy = PasswordPolicy { min_length: min, max_length: max, ..PasswordPolicy::default() };
            let _ = flaw(&policy, &password);
        }
    }
}
