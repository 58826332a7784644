//! A phone number as world files write it and as WeChat sends it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A phone number: `+86 13800138000`, `+86-13800138000`, or `13800138000` for a number of mainland China.
///
/// ```
/// use mock_wechat::Phone;
/// let abroad: Phone = "+852 61234567".parse().unwrap();
/// assert_eq!((abroad.country_code(), abroad.pure()), ("852", "61234567"));
/// assert_eq!(abroad.as_sent(), "+85261234567");
/// let at_home: Phone = "13800138000".parse().unwrap();
/// assert_eq!(at_home.as_sent(), "13800138000");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    country_code: Box<str>,
    pure: Box<str>,
}

/// A text that is no phone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a phone number such as +86 13800138000")]
pub struct PhoneError {
    text: String,
}

const MAINLAND: &str = "86";

impl Phone {
    /// The area code without `+`: `86`.
    pub fn country_code(&self) -> &str {
        &self.country_code
    }

    /// The number without area code: WeChat's `purePhoneNumber`.
    pub fn pure(&self) -> &str {
        &self.pure
    }

    /// WeChat's `phoneNumber`: without area code in mainland China, and with it elsewhere (getPhoneNumber page,
    /// documented). That the area code comes with a `+` is inferred; no observed answer shows a foreign number.
    pub fn as_sent(&self) -> Cow<'_, str> {
        if &*self.country_code == MAINLAND {
            Cow::Borrowed(&self.pure)
        } else {
            Cow::Owned(format!("+{}{}", self.country_code, self.pure))
        }
    }

    /// How world files write it: `+86 13800138000`.
    pub fn written(&self) -> String {
        format!("+{} {}", self.country_code, self.pure)
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let error = || PhoneError { text: text.to_owned() };
        let trimmed = text.trim();
        let (country_code, pure) = match trimmed.strip_prefix('+') {
            None => (MAINLAND, trimmed),
            Some(rest) => match rest.split_once([' ', '-']) {
                Some(parts) => parts,
                // Area codes have no fixed length, so only the one with numbers of fixed length can do without a gap.
                None => (MAINLAND, rest.strip_prefix(MAINLAND).filter(|pure| pure.len() == 11).ok_or_else(error)?),
            },
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // Mobile numbers of mainland China all look alike, so a digit too many or too few is seen there.
        let is_long_enough = match country_code {
            MAINLAND => pure.len() == 11 && pure.starts_with('1'),
            _ => (4..=15).contains(&pure.len()),
        };
        let good = (1..=4).contains(&country_code.len())
            && is_long_enough
            && digits(country_code)
            && digits(pure)
            && !country_code.starts_with('0');
        if good { Ok(Self { country_code: country_code.into(), pure: pure.into() }) } else { Err(error()) }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹Phone›")
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written())
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Phone;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a phone number such as +86 13800138000")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Phone, E> {
                text.parse().map_err(E::custom)
            }

            // Without quotes and gap it is a number to YAML, too, and a `+` before it is lost.
            fn visit_u64<E: Error>(self, number: u64) -> Result<Phone, E> {
                let text = number.to_string();
                format!("+{text}").parse().or_else(|_| self.visit_str(&text))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Phone, E> {
                match u64::try_from(number) {
                    Ok(number) => self.visit_u64(number),
                    Err(_) => self.visit_str(&number.to_string()),
                }
            }
        }

        deserializer.deserialize_any(Text)
    }
}

impl JsonSchema for Phone {
    fn schema_name() -> Cow<'static, str> {
        "Phone".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "description": "A phone number such as `+86 13800138000`; without area code it is one of mainland China."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ways_to_write_one_number_agree() {
        for text in ["+86 13800138000", "+86-13800138000", "13800138000", "+8613800138000", " 13800138000 "] {
            assert_eq!(text.parse::<Phone>().unwrap().written(), "+86 13800138000", "{text}");
        }
        for number in ["13800138000", "8613800138000"] {
            assert_eq!(serde_json::from_str::<Phone>(number).unwrap().written(), "+86 13800138000", "{number}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_an_example() {
        for text in [
            "",
            "+",
            "138",
            "+852 ",
            "+85261234567",
            "+0 1234567",
            "12a45678",
            "+86 138 0013 8000",
            "-5",
            "1380013800",
            "23800138000",
        ] {
            assert!(text.parse::<Phone>().is_err(), "{text}");
        }
        let error = serde_json::from_value::<Phone>("call me".into()).unwrap_err();
        assert_eq!(error.to_string(), "`call me` is not a phone number such as +86 13800138000");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(country in "[1-79][0-9]{0,3}", pure in "[0-9]{4,15}") {
            let phone: Phone = format!("+{country} {pure}").parse().unwrap();
            prop_assert_eq!(phone.written().parse::<Phone>().unwrap(), phone);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = text.parse::<Phone>();
        }
    }
}
