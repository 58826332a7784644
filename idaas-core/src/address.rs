//! Where a code is sent to: a mobile number or an e-mail address.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::Body;
use crate::mobile::Mobile;
use crate::refusal::{Refusal, Refused};

/// By what a code travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// SMS.
    Sms,
    /// E-mail.
    Email,
}

/// Where a code is sent to, in the one form in which addresses are compared.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    Mobile(Mobile),
    /// In lower case.
    Email(String),
}

/// The most characters of an e-mail address that can be delivered.
const LONGEST_EMAIL: usize = 254;

/// An e-mail address as addresses are compared; none when the text is not one.
pub(crate) fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.split_once('@')?;
    let strange = |c: char| c.is_whitespace() || c.is_control() || c == '@';
    let good = !local.is_empty() && !domain.is_empty() && !domain.contains('@');
    (good && text.len() <= LONGEST_EMAIL && !local.contains(strange) && !domain.contains(strange))
        .then(|| text.to_lowercase())
}

impl Address {
    /// Either of the two, told apart by the `@`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text.contains('@') {
            true => email(text).map(Self::Email),
            false => text.parse().ok().map(Self::Mobile),
        }
    }

    /// By what a code reaches it.
    pub(crate) const fn channel(&self) -> Channel {
        match self {
            Self::Mobile(_) => Channel::Sms,
            Self::Email(_) => Channel::Email,
        }
    }

    /// The address itself: `+86-13800138000`, `li@acme.example`.
    pub(crate) fn expose(&self) -> &str {
        match self {
            Self::Mobile(mobile) => mobile.expose(),
            Self::Email(email) => email,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹Address›")
    }
}

impl Body {
    /// The mobile number that must be there.
    pub(crate) fn mobile(&self) -> Result<Mobile, Refused> {
        let text = self.text("mobile")?;
        text.parse().map_err(|_| {
            Refusal::FieldFormat("mobile").because("a mobile number is 11 digits, or +86-… with its area code")
        })
    }

    /// The e-mail address that must be there.
    pub(crate) fn email(&self) -> Result<String, Refused> {
        let text = self.text("email")?;
        email(text).ok_or_else(|| Refusal::FieldFormat("email").because("an e-mail address has one @ and no blanks"))
    }

    /// The mobile number, or else the e-mail address; one of the two must be there.
    pub(crate) fn address(&self) -> Result<Address, Refused> {
        match self.optional_text("mobile")? {
            None if self.optional_text("email")?.is_some() => self.email().map(Address::Email),
            _ => self.mobile().map(Address::Mobile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_spellings_of_one_address_are_equal() {
        assert_eq!(Address::read("13800138000"), Address::read("+86-13800138000"));
        assert_eq!(Address::read(" Li@Acme.example"), Address::read("li@acme.example"));
        assert_ne!(Address::read("13800138000"), Address::read("13900139000"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "@", "li@", "@acme", "li@a@b", "l i@acme", "li@ac me", "abc"] {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = Address::read(&text);
        }
    }
}
