//! The people of a world, in the order in which they were written.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use sim::Moment;

use super::{Phone, is_default};

/// A WeChat user.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Person {
    /// The phone number bound to the account; none at all: the phone buttons find nothing to hand out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Several numbers, the usual one first; in place of `phone`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// The nickname, shown where WeChat still shows one. Left out: the person's name in this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The address of the avatar, shown where WeChat still shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// The number that the quick button hands out though the person no longer has it: it was verified once, and not
    /// again. The real-time button hands out the present one (getPhoneNumber page, documented).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quick_phone: Option<Phone>,
    /// What the phone runs; on some platforms failures have other texts.
    #[serde(skip_serializing_if = "is_default")]
    pub platform: Platform,
    /// The person has not agreed to the mini program's privacy terms: the phone buttons fail with errno 104 (observed).
    #[serde(skip_serializing_if = "is_default")]
    pub privacy_not_agreed: bool,
    /// WeChat thinks the person dangerous: the exchange of a login code is refused with 40226 (code2Session page,
    /// documented).
    #[serde(skip_serializing_if = "is_default")]
    pub blocked: bool,
    /// What the person has paid, for `getpaidunionid`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
}

/// What a phone runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// An iPhone.
    #[default]
    Ios,
    /// An Android phone.
    Android,
    /// The developer tools, whose texts are those of an iPhone.
    Devtools,
}

/// A payment, as the payment service numbers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The payment service's own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mch_id: Option<String>,
    /// The merchant's number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// When it was paid.
    pub paid_at: Moment,
}

impl Payment {
    /// Whether it can be asked for.
    pub(crate) fn is_named(&self) -> bool {
        self.transaction_id.is_some() || (self.mch_id.is_some() && self.out_trade_no.is_some())
    }
}

impl Person {
    /// All numbers, the usual one first.
    pub fn numbers(&self) -> impl Iterator<Item = &Phone> {
        self.phone.iter().chain(&self.phones)
    }
}

/// The people of a world by name, in the order in which they were written: the first one is who taps when nobody is
/// named.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct People(Vec<(String, Person)>);

impl People {
    /// Names with people, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.0.iter().map(|(name, person)| (name.as_str(), person))
    }

    /// The person of this name.
    pub fn get(&self, name: &str) -> Option<&Person> {
        self.iter().find(|(known, _)| *known == name).map(|(_, person)| person)
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<N: Into<String>> FromIterator<(N, Person)> for People {
    /// The last of two entries with one name counts, at the place of the first.
    fn from_iter<T: IntoIterator<Item = (N, Person)>>(entries: T) -> Self {
        let mut people: Vec<(String, Person)> = Vec::new();
        for (name, person) in entries {
            let name = name.into();
            match people.iter_mut().find(|(known, _)| *known == name) {
                Some(entry) => entry.1 = person,
                None => people.push((name, person)),
            }
        }
        Self(people)
    }
}

impl Serialize for People {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for People {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = People;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("people by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<People, A::Error> {
                let mut people = Vec::new();
                let mut known = std::collections::HashSet::new();
                while let Some((name, person)) = map.next_entry::<String, Person>()? {
                    if !known.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("two people are called `{name}`")));
                    }
                    people.push((name, person));
                }
                Ok(People(people))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

impl JsonSchema for People {
    fn schema_name() -> Cow<'static, str> {
        "People".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let person = generator.subschema_for::<Person>();
        json_schema!({
            "type": "object",
            "description": "People by name; the first one is who taps when nobody is named.",
            "additionalProperties": person
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_keep_their_order() {
        let text = r#"{"zoe":{"phone":"+86 13800138000"},"adam":{"phones":["+852 61234567"],"nickname":"A"}}"#;
        let people: People = serde_json::from_str(text).unwrap();
        assert_eq!(people.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["zoe", "adam"]);
        assert_eq!(serde_json::to_string(&people).unwrap(), text);
        assert_eq!(people.get("adam").unwrap().numbers().count(), 1);
        assert!(people.get("eve").is_none() && people.len() == 2 && !people.is_empty());
    }

    #[test]
    fn two_people_of_one_name_are_refused() {
        let error = serde_json::from_str::<People>(r#"{"bob":{},"bob":{}}"#).unwrap_err();
        assert!(error.to_string().starts_with("two people are called `bob`"), "{error}");
    }
}
