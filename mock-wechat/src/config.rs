//! WeChat's part of a world file.

mod api_security;
mod people;
mod phone;
mod rules;
mod standing;

use std::collections::BTreeMap;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{AppSecret, ConfigProblem};

use crate::quota;

pub use api_security::{
    ApiSecurity, AppKey, KeyText, PlatformKey, SignatureAlgorithm, SymmetricAlgorithm, SymmetricKey,
};
pub use people::{Payment, People, Person, Platform};
pub use phone::Phone;
pub use rules::{Profile, Rotation, Rules, UsedLoginCode};
pub(crate) use standing::Standing;
use standing::is_default;
pub use standing::{Component, Permissions, PrivacyGuide};

/// One world's WeChat: its mini programs, its people, and the behaviour that Tencent's pages leave open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The mini programs. None at all: any appid and secret is welcome, unless the world is strict.
    pub mini_programs: Vec<MiniProgram>,
    /// The people who have WeChat, by name. None at all: one built-in person, `alice`.
    pub people: People,
    /// WeChat cannot be reached: calls to its servers find nobody there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub down: bool,
    /// Behaviour that Tencent's pages leave open, or that differs between observations.
    pub rules: Rules,
    /// No leniency: an unknown appid is refused even while none is declared, and `grant_type` is required. Not a key
    /// of its own in a world file: it follows the world's `strict`.
    #[serde(skip)]
    #[schemars(skip)]
    pub strict: bool,
    /// Whether rate limits and quotas are enforced. Not a key of its own in a world file: it follows the world's
    /// `limits`.
    #[serde(skip, default = "enforced")]
    #[schemars(skip)]
    pub limits: bool,
}

fn enforced() -> bool {
    true
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mini_programs: Vec::new(),
            people: People::default(),
            down: false,
            rules: Rules::default(),
            strict: false,
            limits: true,
        }
    }
}

/// A mini program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MiniProgram {
    /// Its AppID: `wx` and sixteen hexadecimal digits in the real world; any text without blanks here.
    pub appid: String,
    /// Its AppSecret. Left out: made from the world's seed, and shown in an export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<AppSecret>,
    /// The Open Platform account that it is bound to, by a name of your own: apps of one account see the same unionid
    /// for a person. Left out: the app is not bound, and no unionid is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_platform: Option<String>,
    /// Which version of the app runs on the phone; `wx.getAccountInfoSync` tells it.
    #[serde(default)]
    pub env_version: EnvVersion,
    /// The version number that is online; empty outside `release`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The addresses that may call the APIs that take the AppSecret: `203.0.113.7`, `203.0.113.*` or
    /// `203.0.113.0/24`. Left out: any (documented: the switch is optional for mini programs). A test says from where it
    /// calls with the header `X-Mock-Caller-Address`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_whitelist: Option<Vec<String>>,
    /// The AppSecret was frozen in the console: the APIs that fetch access_tokens or clear quotas with it are refused
    /// with 40243 (getAccessToken page, documented).
    #[serde(default, skip_serializing_if = "is_default")]
    pub secret_frozen: bool,
    /// What the account has been granted; everything where nothing is said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub permissions: Permissions,
    /// What the account's privacy guide declares; everything where nothing is said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub privacy_guide: PrivacyGuide,
    /// How often each of the two phone buttons may succeed; it is counted when the person has agreed, whatever becomes
    /// of the code (getPhoneNumber page, documented: 1000 without charge, more are bought). Left out: enough was bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_quota: Option<u32>,
    /// How often an API may be called in a day, by its path: `{ /wxa/business/getuserphonenumber: 5 }`. An API that is
    /// left out has the quota that `openapi/quota/get` tells.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quotas: BTreeMap<String, u64>,
    /// The third-party platforms that may act for the mini program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorised_components: Vec<Component>,
    /// Signed and encrypted server calls, with their keys. Left out: the mode is off, and calls come as plain JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_security: Option<ApiSecurity>,
}

impl MiniProgram {
    /// A mini program with this appid and secret, bound to no Open Platform account.
    pub fn new(appid: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            appid: appid.into(),
            secret: Some(AppSecret::new(secret)),
            open_platform: None,
            env_version: EnvVersion::default(),
            version: String::new(),
            ip_whitelist: None,
            secret_frozen: false,
            permissions: Permissions::default(),
            privacy_guide: PrivacyGuide::default(),
            phone_quota: None,
            quotas: BTreeMap::new(),
            authorised_components: Vec::new(),
            api_security: None,
        }
    }
}

/// Which version of a mini program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnvVersion {
    /// The developer's own.
    #[default]
    Develop,
    /// Given to testers.
    Trial,
    /// Published.
    Release,
}

/// Whether an entry of an IP whitelist names this address.
pub(crate) fn whitelisted(entry: &str, address: IpAddr) -> bool {
    let IpAddr::V4(address) = address.to_canonical() else {
        return entry.parse::<IpAddr>().is_ok_and(|entry| entry == address);
    };
    let bits = address.to_bits();
    if let Some((network, length)) = entry.split_once('/') {
        let (Ok(network), Ok(length)) = (network.parse::<std::net::Ipv4Addr>(), length.parse::<u32>()) else {
            return false;
        };
        return length <= 32 && bits.checked_shr(32 - length) == network.to_bits().checked_shr(32 - length);
    }
    if let Some(start) = entry.strip_suffix(".*") {
        return format!("{start}.0").parse::<std::net::Ipv4Addr>().is_ok_and(|start| start.to_bits() >> 8 == bits >> 8);
    }
    entry.parse::<IpAddr>().is_ok_and(|entry| entry.to_canonical() == IpAddr::V4(address))
}

fn well_formed(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Everything that is wrong with a configuration as a whole; what is wrong with one value was said when it was read.
pub(crate) fn problems(config: &Config) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    for (at, app) in config.mini_programs.iter().enumerate() {
        let place = |key: &str| ["mini_programs".to_owned(), at.to_string(), key.to_owned()];
        if !well_formed(&app.appid) {
            let message = "an appid is 1 to 128 visible ASCII characters";
            problems.push(ConfigProblem::new(place("appid"), message).hint("for example wx0123456789abcdef"));
        }
        if config.mini_programs[..at].iter().any(|other| other.appid == app.appid) {
            let message = format!("two mini programs have the appid `{}`", app.appid);
            problems
                .push(ConfigProblem::new(place("appid"), message).hint("remove one, or give it an appid of its own"));
        }
        if app.secret.as_ref().is_some_and(|secret| !well_formed(secret.expose())) {
            let message = "a secret is 1 to 128 visible ASCII characters";
            problems.push(ConfigProblem::new(place("secret"), message).hint("leave it out to have one made"));
        }
        if app.open_platform.as_deref() == Some("") {
            let message = "an Open Platform account needs a name";
            problems.push(
                ConfigProblem::new(place("open_platform"), message).hint("leave it out for an app that is not bound"),
            );
        }
        for entry in app.ip_whitelist.iter().flatten() {
            if !is_whitelist_entry(entry) {
                let message =
                    format!("`{entry}` is no address, no range such as 203.0.113.* and no network in CIDR form");
                problems.push(ConfigProblem::new(place("ip_whitelist"), message));
            }
        }
        for path in app.quotas.keys().filter(|path| quota::find(path).is_none()) {
            let message = format!("no API with a daily quota has the path `{path}`");
            let known: Vec<_> = quota::APIS.iter().map(|api| api.path).collect();
            problems.push(ConfigProblem::new(place("quotas"), message).hint(format!("there is {}", known.join(", "))));
        }
        if let Some(security) = &app.api_security {
            let wrong = security.problems().into_iter();
            problems.extend(
                wrong.map(|problem| problem.under("api_security").under(&at.to_string()).under("mini_programs")),
            );
        }
    }
    for (name, person) in config.people.iter() {
        let place = |key: &str| ["people".to_owned(), name.to_owned(), key.to_owned()];
        if name.is_empty() || name.len() > 128 || name.trim() != name {
            let message = "a person's name has 1 to 128 characters and no blanks around it";
            problems.push(ConfigProblem::new(["people".to_owned(), name.to_owned()], message));
        }
        if person.phone.is_some() && !person.phones.is_empty() {
            let message = "both `phone` and `phones` are given";
            problems.push(
                ConfigProblem::new(place("phones"), message).hint("list all numbers in `phones`, the usual one first"),
            );
        }
        for payment in person.payments.iter().filter(|payment| !payment.is_named()) {
            let message = format!("the payment of {} has no number to ask for it by", payment.paid_at);
            problems.push(
                ConfigProblem::new(place("payments"), message)
                    .hint("give it a `transaction_id`, or a `mch_id` and an `out_trade_no`"),
            );
        }
    }
    problems
}

fn is_whitelist_entry(entry: &str) -> bool {
    if let Some((network, length)) = entry.split_once('/') {
        return network.parse::<std::net::Ipv4Addr>().is_ok() && length.parse::<u32>().is_ok_and(|length| length <= 32);
    }
    match entry.strip_suffix(".*") {
        Some(start) => format!("{start}.0").parse::<std::net::Ipv4Addr>().is_ok(),
        None => entry.parse::<IpAddr>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_all_at_once_with_its_place() {
        let config: Config = serde_json::from_value(serde_json::json!({
            "mini_programs": [
                { "appid": "wx1", "secret": "" },
                { "appid": "wx1", "open_platform": "", "ip_whitelist": ["nowhere"] },
                { "appid": "w x", "quotas": { "/sns/jscode2session": 1 } },
            ],
            "people": {
                "bob": {
                    "phone": "13800138000",
                    "phones": ["13800138000"],
                    "payments": [{ "mch_id": "1", "paid_at": "2026-03-01T09:00:00Z" }],
                },
            },
        }))
        .unwrap();
        let told: Vec<String> = problems(&config).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "mini_programs.0.secret: a secret is 1 to 128 visible ASCII characters",
                "mini_programs.1.appid: two mini programs have the appid `wx1`",
                "mini_programs.1.open_platform: an Open Platform account needs a name",
                "mini_programs.1.ip_whitelist: `nowhere` is no address, no range such as 203.0.113.* and no network in CIDR form",
                "mini_programs.2.appid: an appid is 1 to 128 visible ASCII characters",
                "mini_programs.2.quotas: no API with a daily quota has the path `/sns/jscode2session`",
                "people.bob.phones: both `phone` and `phones` are given",
                "people.bob.payments: the payment of 2026-03-01T09:00:00Z has no number to ask for it by",
            ]
        );
    }

    #[test]
    fn a_whitelist_takes_addresses_ranges_and_networks() {
        let address = "203.0.113.7".parse().unwrap();
        for entry in ["203.0.113.7", "203.0.113.*", "203.0.113.0/24", "0.0.0.0/0", "203.0.113.7/32"] {
            assert!(is_whitelist_entry(entry) && whitelisted(entry, address), "{entry}");
            assert!(whitelisted(entry, "::ffff:203.0.113.7".parse().unwrap()), "{entry}");
        }
        for entry in ["203.0.113.8", "203.0.114.*", "203.0.112.0/24", "::1"] {
            assert!(is_whitelist_entry(entry) && !whitelisted(entry, address), "{entry}");
        }
        assert!(whitelisted("::1", "::1".parse().unwrap()));
        for entry in ["", "203.0.113", "203.0.*", "203.0.113.0/33", "a/8"] {
            assert!(!is_whitelist_entry(entry) && !whitelisted(entry, address), "{entry}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let wrong = serde_json::from_str::<Config>(r#"{"rules":{"hint":false}}"#).unwrap_err();
        assert!(wrong.to_string().starts_with("unknown field `hint`"), "{wrong}");
    }

    #[test]
    fn strictness_and_limits_are_the_worlds_own_keys() {
        assert!(serde_json::from_str::<Config>(r#"{"strict":true}"#).is_err());
        let config: Config = serde_json::from_str("{}").unwrap();
        assert!(!config.strict && config.limits);
        assert_eq!(config, Config::default());
    }
}
