//! Behaviour that Tencent's pages leave open.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sim::Life;

/// Behaviour that Tencent's pages leave open, or that differs between observations. Each default is what was observed
/// most, or what agrees with most observations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// What the second exchange of a login code is told. Default `used_while_it_lives` (both errcodes are observed;
    /// WeChat's staff list reuse among the causes of 40029).
    pub used_login_code: UsedLoginCode,
    /// Whether `getuserphonenumber` checks that code and `openid` belong together when an `openid` is sent: 40003
    /// otherwise, and the code stays good. Default false (one edition of the page documents the field, another lacks it).
    pub phone_code_checks_openid: bool,
    /// Whether `jscode2session` needs its `grant_type`: 40002 without one. Default false, but true in a strict world
    /// (documented as required; calls without it were observed to work).
    pub grant_type_required: bool,
    /// Whether a mini program's `ip_whitelist` covers `jscode2session`, too. Default false (documented; a refusal of
    /// that API was observed, with the suffix of `/sns`).
    pub ip_whitelist_covers_jscode2session: bool,
    /// Whether refusals of `/wxa/business` with 40029, 40013, 47001 or 44002 carry a `hint: […]`. Default true
    /// (observed until 2024; missing from later observations of other errcodes).
    pub hints: bool,
    /// How long a session_key lives after it was last used. Default `3d` (undisclosed, prolonged by use; WeChat's staff
    /// once named three days).
    pub session_key_life: Life,
    /// When `wx.login` replaces the session_key: `always`, `never`, or only when the key is older than a duration.
    /// Default `1m` (documented: a minimum interval exists; its length is inferred).
    pub session_key_rotation: Rotation,
    /// How long an access_token goes on working once its lane has a newer one. Default `5m`, down to `0s` (documented
    /// as "within five minutes"; reports vary).
    pub access_token_grace: Life,
    /// Whether a new secret of a mini program ends the access_tokens that were fetched with the old one. Default false
    /// (inferred).
    pub new_secret_revokes_access_tokens: bool,
    /// Whether `/` in answers is written `\/`. Default false (both are observed in session_keys).
    pub escape_slashes: bool,
    /// Whose nickname and avatar `wx.getUserProfile` shows. Default `anonymous` (documented for versions published
    /// since 2022-11-08).
    pub user_profile: Profile,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            used_login_code: UsedLoginCode::default(),
            phone_code_checks_openid: false,
            grant_type_required: false,
            ip_whitelist_covers_jscode2session: false,
            hints: true,
            session_key_life: Life::seconds(3 * 86_400),
            session_key_rotation: Rotation::After(Life::seconds(60)),
            access_token_grace: Life::seconds(300),
            new_secret_revokes_access_tokens: false,
            escape_slashes: false,
            user_profile: Profile::default(),
        }
    }
}

/// What the second exchange of a login code is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsedLoginCode {
    /// 40163 `code been used` within the code's five minutes, 40029 `invalid code` afterwards.
    #[default]
    UsedWhileItLives,
    /// 40163 as long as the code is remembered.
    Used,
    /// 40029 at once.
    Invalid,
}

/// Whose nickname and avatar `wx.getUserProfile` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Nobody's: `微信用户` and a grey avatar.
    #[default]
    Anonymous,
    /// The person's own, as in versions published before 2022-11-08.
    Own,
}

/// When `wx.login` replaces the session_key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// At each login: what a test of stale keys wants.
    Always,
    /// Only once the key has expired.
    Never,
    /// When the key is older than this.
    After(Life),
}

impl Rotation {
    /// Whether a key of this age is replaced.
    pub(crate) fn is_due(self, age: Duration) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::After(life) => age > life.get(),
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Never => f.write_str("never"),
            Self::After(life) => life.fmt(f),
        }
    }
}

impl Serialize for Rotation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rotation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => text.parse().map(Self::After).map_err(|_| {
                de::Error::custom(format_args!("`{text}` is not `always`, `never` or a duration such as 1m"))
            }),
        }
    }
}

impl JsonSchema for Rotation {
    fn schema_name() -> Cow<'static, str> {
        "Rotation".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^(always|never|([0-9]+(d|h|ms|m|s))+)$",
            "description": "`always`, `never`, or the age from which on a key is replaced, such as 1m."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_of_the_defaults_is_read_back() {
        let text = serde_json::to_string(&Rules::default()).unwrap();
        assert_eq!(serde_json::from_str::<Rules>(&text).unwrap(), Rules::default());
        assert!(text.contains(r#""session_key_rotation":"1m""#), "{text}");
    }

    #[test]
    fn a_rotation_is_a_word_or_an_age() {
        let read = |text: &str| serde_json::from_value::<Rotation>(text.into());
        assert!(read("always").unwrap().is_due(Duration::ZERO));
        assert!(!read("never").unwrap().is_due(Duration::MAX));
        let minute = read("60s").unwrap();
        assert!(!minute.is_due(Duration::from_secs(60)) && minute.is_due(Duration::from_millis(60_001)));
        let error = read("often").unwrap_err();
        assert_eq!(error.to_string(), "`often` is not `always`, `never` or a duration such as 1m");
    }
}
