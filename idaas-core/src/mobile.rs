//! Mobile numbers in the one form in which IDaaS stores and compares them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A mobile number as IDaaS stores it: `+86-13800138000`, area code, hyphen, number.
///
/// A number without an area code is Chinese. Blanks and a hyphen between area code and number are both read.
///
/// ```
/// use idaas_core::Mobile;
/// let plain: Mobile = "13800138000".parse().unwrap();
/// assert_eq!(plain, "+86 13800138000".parse().unwrap());
/// assert_eq!(plain.expose(), "+86-13800138000");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mobile(String);

/// A text that is not a mobile number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a mobile number such as +86-13800138000 or 13800138000")]
pub struct MobileError;

impl Mobile {
    /// A number from WeChat's two fields.
    ///
    /// # Errors
    /// When either is not made of digits.
    pub fn of(country_code: &str, number: &str) -> Result<Self, MobileError> {
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if digits(country_code, 4) && digits(number, 15) && number.len() >= 4 {
            Ok(Self(format!("+{country_code}-{number}")))
        } else {
            Err(MobileError)
        }
    }

    /// The number itself, in the stored form.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number without its area code.
    pub fn number(&self) -> &str {
        self.0.split_once('-').map_or(self.0.as_str(), |(_, number)| number)
    }
}

impl FromStr for Mobile {
    type Err = MobileError;

    fn from_str(text: &str) -> Result<Self, MobileError> {
        let text = text.trim();
        match text.strip_prefix('+') {
            None => Self::of("86", text),
            Some(rest) => match rest.split_once(['-', ' ']) {
                Some((code, number)) => Self::of(code, number.trim()),
                // Without a mark between the two only the Chinese area code can be told from the number.
                None => Self::of("86", rest.strip_prefix("86").ok_or(MobileError)?),
            },
        }
    }
}

impl fmt::Debug for Mobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹Mobile›")
    }
}

impl Serialize for Mobile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Mobile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Mobile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mobile number such as +86-13800138000")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Mobile, E> {
                text.parse().map_err(E::custom)
            }
            // An unquoted 13800138000 is a number to YAML.
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Mobile, E> {
                number.to_string().parse().map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Mobile, E> {
                number.to_string().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Text)
    }
}

impl JsonSchema for Mobile {
    fn schema_name() -> Cow<'static, str> {
        "Mobile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "description": "A mobile number such as +86-13800138000; without an area code it is Chinese."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_spellings_of_one_number_are_equal() {
        for text in ["13800138000", "+86-13800138000", "+86 13800138000", "+8613800138000", " 13800138000 "] {
            assert_eq!(text.parse::<Mobile>().unwrap().expose(), "+86-13800138000", "{text}");
        }
        assert_eq!("+852 61234567".parse::<Mobile>().unwrap().expose(), "+852-61234567");
        assert_eq!("+852-61234567".parse::<Mobile>().unwrap().number(), "61234567");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "+", "abc", "+86", "+85261234567", "12-34", "1380013800013800", "١٣٨٠٠١٣٨٠٠٠"] {
            assert!(text.parse::<Mobile>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_does_not_show_itself() {
        assert_eq!(format!("{:?}", "13800138000".parse::<Mobile>()), "Ok(‹Mobile›)");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = text.parse::<Mobile>();
        }

        #[test]
        fn the_stored_form_reads_as_itself(code in "[1-9][0-9]{0,3}", number in "[0-9]{4,15}") {
            let mobile = Mobile::of(&code, &number).unwrap();
            prop_assert_eq!(mobile.expose().parse::<Mobile>().unwrap(), mobile);
        }
    }
}
