//! What goes wrong.

use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ConfigProblem, Draw, Life};

/// What goes wrong with a call that is hit: one disturbance, with a `delay` beside it if wanted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Effect {
    /// An error of the vendor, by the name of its rule or by its number: `login_code_used`, `40029`, `COMMON.1007`. It
    /// is answered in place of the call, which leaves no trace; with `consume: true` the call is carried out first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorName>,
    /// An HTTP status with an empty body, in place of the call; with `consume: true` the call is carried out first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Carries the call out before `error` or `status` takes the place of its answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub consume: bool,
    /// Answers late, by the world's clock: a frozen one is moved on, on a running one the caller really waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// Closes the connection without an answer, before or after the call was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<Turn>,
    /// Never answers, before or after the call was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang: Option<Turn>,
    /// Spoils the body of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyFault>,
    /// Sends the answer byte by byte, over this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drip: Option<Life>,
    /// Another `Content-Type` than the answer's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The field of the answer that `is` changes: `unionid`, `phone_info.countryCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What becomes of `field`.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub is: Option<Change>,
    /// Makes the id_token of the answer a wrong one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<IdTokenFault>,
}

/// A null that is written is a change to null, and not a change that is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Change>, D::Error> {
    Change::deserialize(deserializer).map(Some)
}

/// Before or after a call is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Nothing has happened yet: a code is still good.
    Before,
    /// Everything has happened: a code is used up, and the answer is lost.
    After,
}

/// How a body is spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyFault {
    /// There is none.
    Empty,
    /// It breaks off in the middle, and so does the connection.
    Truncated,
    /// It is complete, and no JSON.
    Malformed,
}

/// What is wrong with an id_token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenFault {
    /// Its life is over.
    Expired,
    /// Its life has not begun.
    NotYetValid,
    /// Another issuer.
    WrongIssuer,
    /// Another audience.
    WrongAudience,
    /// A key id that the key set does not have.
    UnknownKid,
    /// A signature that does not fit.
    BadSignature,
    /// As long as the fault is planned, the tenant signs with another key; the key set shows both.
    KeyRotated,
}

impl IdTokenFault {
    /// The word for it in a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::UnknownKid => "unknown_kid",
            Self::BadSignature => "bad_signature",
            Self::KeyRotated => "key_rotated",
        }
    }
}

/// What becomes of a field of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is not there.
    Absent,
    /// It is null.
    Null,
    /// It stands there under another name.
    Renamed(String),
    /// It is a number where it was a text.
    AsNumber,
    /// It is a text where it was something else.
    AsText,
}

/// The written form of a [`Change`] that needs more than a word.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renamed: Option<String>,
    #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Number,
    Text,
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (renamed, kind) = match self {
            Self::Absent => return serializer.serialize_str("absent"),
            Self::Null => return serializer.serialize_str("null"),
            Self::Renamed(to) => (Some(to.clone()), None),
            Self::AsNumber => (None, Some(Kind::Number)),
            Self::AsText => (None, Some(Kind::Text)),
        };
        WrittenChange { renamed, kind }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> de::Visitor<'de> for Written {
            type Value = Change;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`absent`, `null`, { renamed: NAME } or { as: number }")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Change, E> {
                match text {
                    "absent" => Ok(Change::Absent),
                    "null" => Ok(Change::Null),
                    other => Err(E::unknown_variant(other, &["absent", "null"])),
                }
            }
            fn visit_unit<E: de::Error>(self) -> Result<Change, E> {
                Ok(Change::Null)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Change, A::Error> {
                let written = WrittenChange::deserialize(de::value::MapAccessDeserializer::new(map))?;
                match written {
                    WrittenChange { renamed: Some(to), kind: None } if !to.is_empty() => Ok(Change::Renamed(to)),
                    WrittenChange { renamed: None, kind: Some(Kind::Number) } => Ok(Change::AsNumber),
                    WrittenChange { renamed: None, kind: Some(Kind::Text) } => Ok(Change::AsText),
                    _ => Err(de::Error::custom("say either { renamed: NAME } or { as: number }")),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for Change {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Change".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What becomes of the field: `absent`, `null`, { renamed: NAME }, { as: number } or { as: text }.",
            "anyOf": [
                { "enum": ["absent", "null", null] },
                {
                    "type": "object",
                    "additionalProperties": false,
                    "minProperties": 1,
                    "maxProperties": 1,
                    "properties": { "renamed": { "type": "string" }, "as": { "enum": ["number", "text"] } }
                }
            ]
        })
    }
}

/// The name of an error, or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorName(pub String);

impl Serialize for ErrorName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ErrorName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl de::Visitor<'_> for Name {
            type Value = ErrorName;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name or the number of an error, such as login_code_used or 40029")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ErrorName, E> {
                Ok(ErrorName(text.trim().to_owned()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<ErrorName, E> {
                Ok(ErrorName(number.to_string()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<ErrorName, E> {
                Ok(ErrorName(number.to_string()))
            }
        }
        deserializer.deserialize_any(Name)
    }
}

impl JsonSchema for ErrorName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ErrorName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "examples": ["login_code_used", 40029, "COMMON.1007"] })
    }
}

/// How late an answer comes: always as late (`3s`), anything between two times, or log-normal, which is how real
/// servers are late: mostly a little, now and then a lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Delay {
    /// Always as late.
    Fixed(Life),
    /// Every time between the two is equally likely.
    Uniform {
        /// The shortest.
        from: Life,
        /// The longest.
        to: Life,
    },
    /// The logarithm of the time is normally distributed.
    LogNormal {
        /// Half of the answers come earlier.
        median: Life,
        /// The spread: 0 is none, 1 a lot.
        sigma: f64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDelay {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Life>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Life>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    median: Option<Life>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sigma: Option<f64>,
}

impl Serialize for Delay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = WrittenDelay { from: None, to: None, median: None, sigma: None };
        match *self {
            Self::Fixed(life) => return life.serialize(serializer),
            Self::Uniform { from, to } => (written.from, written.to) = (Some(from), Some(to)),
            Self::LogNormal { median, sigma } => (written.median, written.sigma) = (Some(median), Some(sigma)),
        }
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> de::Visitor<'de> for Written {
            type Value = Delay;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as 3s, { from: 1s, to: 10s } or { median: 300ms, sigma: 0.5 }")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Delay, E> {
                text.parse().map(Delay::Fixed).map_err(E::custom)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Delay, A::Error> {
                let written = WrittenDelay::deserialize(de::value::MapAccessDeserializer::new(map))?;
                match written {
                    WrittenDelay { from: Some(from), to: Some(to), median: None, sigma: None } if from <= to => {
                        Ok(Delay::Uniform { from, to })
                    }
                    WrittenDelay { from: None, to: None, median: Some(median), sigma: Some(sigma) }
                        if (0.0..=5.0).contains(&sigma) =>
                    {
                        Ok(Delay::LogNormal { median, sigma })
                    }
                    _ => Err(de::Error::custom(
                        "a delay is { from: 1s, to: 10s }, the shorter one first, or { median: 300ms, sigma: 0.5 } \
                         with a sigma from 0 to 5",
                    )),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for Delay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Delay".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let life = generator.subschema_for::<Life>();
        json_schema!({
            "description": "How late: `3s`, { from: 1s, to: 10s } or { median: 300ms, sigma: 0.5 }.",
            "anyOf": [
                life,
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": { "from": life, "to": life, "median": life, "sigma": { "type": "number" } }
                }
            ]
        })
    }
}

/// No answer of a mock is later than this.
const LATEST: Duration = Duration::from_secs(3600);

impl Delay {
    /// How late the next answer is.
    pub fn draw(self, mut draw: Draw) -> Duration {
        let late = match self {
            Self::Fixed(life) => life.get(),
            Self::Uniform { from, to } => {
                let width = u64::try_from((to.get() - from.get()).as_millis()).unwrap_or(u64::MAX - 1);
                from.get() + Duration::from_millis(draw.below(width + 1))
            }
            Self::LogNormal { median, sigma } => {
                // Box and Muller; the first number is never 0, so the logarithm is one.
                let (u, v) = (1.0 - draw.fraction(), draw.fraction());
                let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
                let seconds = median.get().as_secs_f64() * (sigma * normal).exp();
                Duration::from_millis((seconds * 1000.0).clamp(0.0, LATEST.as_millis() as f64) as u64)
            }
        };
        late.min(LATEST)
    }
}

impl Effect {
    /// The disturbance beside a delay, as the key that asks for it.
    pub(super) fn disturbances(&self) -> Vec<&'static str> {
        [
            ("error", self.error.is_some()),
            ("status", self.status.is_some()),
            ("reset", self.reset.is_some()),
            ("hang", self.hang.is_some()),
            ("body", self.body.is_some()),
            ("drip", self.drip.is_some()),
            ("content_type", self.content_type.is_some()),
            ("field", self.field.is_some()),
            ("id_token", self.id_token.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, is_given)| is_given.then_some(key))
        .collect()
    }

    /// Whether it takes the place of whatever would have been answered, so that two of them cannot hit one call.
    pub(super) fn is_exclusive(&self) -> bool {
        self.error.is_some()
            || self.status.is_some()
            || self.reset.is_some()
            || self.hang.is_some()
            || self.body.is_some()
            || self.drip.is_some()
    }

    pub(super) fn problems(&self) -> Vec<ConfigProblem> {
        let mut problems = Vec::new();
        let mut tell = |key: &str, message: String| problems.push(ConfigProblem::new(["what", key], message));
        match self.disturbances()[..] {
            [first, second, ..] => {
                tell(second, format!("a fault is one disturbance, and `{first}` is given beside it; plan two faults"));
            }
            [] if self.delay.is_none() => {
                problems.push(
                    ConfigProblem::new(["what"], "nothing goes wrong here")
                        .hint("say `error`, `status`, `delay`, `reset`, `hang`, `body`, `drip`, `content_type`, `field` or `id_token`"),
                );
                return problems;
            }
            _ => {}
        }
        if self.consume && self.error.is_none() && self.status.is_none() {
            tell("consume", "only `error` and `status` can come after the call was carried out".to_owned());
        }
        if self.status.is_some_and(|status| !(200..=599).contains(&status)) {
            tell("status", "an HTTP status of an answer lies between 200 and 599".to_owned());
        }
        if self.field.is_some() != self.is.is_some() {
            tell("is", "`field` and `is` go together: { field: unionid, is: absent }".to_owned());
        }
        if self.field.as_deref() == Some("") {
            tell("field", "the field needs a name".to_owned());
        }
        problems
    }
}
