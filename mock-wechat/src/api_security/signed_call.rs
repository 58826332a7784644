//! A call that came signed and encrypted.

use std::sync::Arc;

use data_encoding::BASE64;
use serde_json::{Map, Value};
use sim::{Life, Moment};

use super::envelope;
use super::keys::{AppKey, Keys, Platform, Symmetric};
use super::signature::DEFAULT_IDENTITY;
use super::{authenticated, signed};
use crate::refusal::{Refused, Rule};

/// How far the time of a call may be from WeChat's own, in seconds, before or after (inferred: the page says that an
/// old call is refused, not how old it may be).
const TOLERANCE: u64 = 300;

/// What came: the headers, by the part of their name after `Wechatmp-`, and the body.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sent<'a> {
    pub(crate) appid: Option<&'a str>,
    pub(crate) timestamp: Option<&'a str>,
    pub(crate) signature: Option<&'a str>,
    pub(crate) serial: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// A call whose signature and encryption were good.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The parameters without those that only protect the call.
    pub(crate) body: Vec<u8>,
    pub(super) appid: String,
    /// The address that was signed.
    pub(super) address: String,
    pub(super) symmetric: Arc<Symmetric>,
    pub(super) platform: Arc<Platform>,
    pub(super) deprecated: Option<Arc<Platform>>,
}

/// The headers of a call, looked at.
struct Head<'a> {
    appid: &'a str,
    timestamp: &'a str,
    seconds: i64,
    signature: &'a str,
}

impl<'a> Sent<'a> {
    /// Opens a call for the mini program `app`. `addresses` are those that the caller can have signed; `is_known` tells
    /// whether this world has a mini program.
    ///
    /// # Errors
    /// The first thing that is wrong, in this order: headers, mini program, time, keys, signature, encryption (the
    /// order is inferred).
    pub(crate) fn open(
        &self,
        keys: &Keys,
        app: &str,
        addresses: &[String],
        now: Moment,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Opened, Refused> {
        let head = self.head()?;
        head.check_app(app, is_known)?;
        head.check_time(now)?;
        let Some(symmetric) = &keys.symmetric else {
            return Err(Refused::new(Rule::NoSymmetricKey, format!("{app} has API security on and no symmetric key"))
                .and("set `api_security.symmetric_key` of the mini program in the world"));
        };
        let Some(app_key) = &keys.app else {
            return Err(Refused::new(Rule::NoPublicKey, format!("{app} has API security on and no public key"))
                .and("set `api_security.app_key` of the mini program in the world"));
        };
        let address = self.signed_address(&head, app_key, addresses)?;
        let covered = authenticated(address, head.appid, head.timestamp, &symmetric.serial);
        let plain = envelope::opened(&symmetric.cipher, self.body, &covered).map_err(|error| {
            Refused::new(Rule::NotEncryptedRight, format!("the signature is good, but {error}"))
                .and(format!("the tag has to cover the text `{covered}`"))
        })?;
        Ok(Opened {
            body: head.parameters(&plain)?,
            appid: head.appid.to_owned(),
            address: address.to_owned(),
            symmetric: Arc::clone(symmetric),
            platform: Arc::clone(&keys.platform),
            deprecated: keys.deprecated.clone(),
        })
    }

    /// The headers that every signed call has.
    fn head(&self) -> Result<Head<'a>, Refused> {
        let missing = |rule, name| {
            Refused::new(rule, format!("API security is on for this mini program, and there is no header `{name}`"))
                .and("sign and encrypt the call, or leave `api_security` out of the world")
        };
        let appid = self.appid.ok_or_else(|| missing(Rule::SignedAppidMissing, "Wechatmp-Appid"))?;
        let timestamp = self.timestamp.ok_or_else(|| missing(Rule::SignedTimeMissing, "Wechatmp-TimeStamp"))?;
        let signature = self.signature.ok_or_else(|| missing(Rule::SignatureMissing, "Wechatmp-Signature"))?;
        let seconds = timestamp.parse().map_err(|_| {
            Refused::new(Rule::SignedTimeMissing, format!("`Wechatmp-TimeStamp` is `{timestamp}`, no number"))
                .and("send the seconds since 1970")
        })?;
        Ok(Head { appid, timestamp, seconds, signature })
    }

    /// The address for which the signature is good.
    fn signed_address<'b>(
        &self,
        head: &Head<'_>,
        key: &AppKey,
        addresses: &'b [String],
    ) -> Result<&'b String, Refused> {
        let signature = BASE64.decode(head.signature.as_bytes()).unwrap_or_default();
        let serial = self.serial.filter(|serial| *serial == key.serial);
        let is_good = |address: &str, serial| {
            key.key.verifies(&signed(address, head.appid, head.timestamp, serial, self.body), &signature)
        };
        let found = addresses
            .iter()
            .find(|address| is_good(address, None) || serial.is_some_and(|serial| is_good(address, Some(serial))));
        found.ok_or_else(|| {
            let first = addresses.first().map_or("", String::as_str);
            let text = signed(first, head.appid, head.timestamp, None, self.body);
            let (lines, serial) = ([first, head.appid, head.timestamp].join("\\n"), &key.serial);
            let story = if key.key.verifies_under_the_default_identity(&text, &signature) {
                format!(
                    "the key {serial} of {} signed this call under the identity {DEFAULT_IDENTITY}, as libraries do",
                    head.appid
                )
            } else {
                format!("the key {serial} of {} did not sign this call with {}", head.appid, key.key.name())
            };
            let to_know = key.key.to_know(serial);
            Refused::new(Rule::CallSignatureWrong, story)
                .and(format!("sign `{lines}\\n` and the very bytes of the body; {to_know}"))
        })
    }
}

impl Head<'_> {
    fn check_app(&self, app: &str, is_known: impl Fn(&str) -> bool) -> Result<(), Refused> {
        let appid = self.appid;
        if appid == app {
            return Ok(());
        }
        Err(if is_known(appid) {
            Refused::new(
                Rule::SignedAppidOfOtherApp,
                format!("`Wechatmp-Appid` is {appid}, and the access_token is one of {app}"),
            )
            .and("send the appid for which the access_token speaks")
        } else {
            Refused::new(Rule::SignedAppidUnknown, format!("`Wechatmp-Appid` is `{appid}`, which nobody has"))
                .and(format!("send {app}, for which the access_token speaks"))
        })
    }

    fn check_time(&self, now: Moment) -> Result<(), Refused> {
        let apart = now.unix_seconds().abs_diff(self.seconds);
        if apart <= TOLERANCE {
            return Ok(());
        }
        let apart = std::time::Duration::from_secs(apart.min(u64::from(u32::MAX)));
        Err(Refused::new(
            Rule::SignedTimeTooOld,
            format!("`Wechatmp-TimeStamp` is {}, {} from {now}", self.seconds, Life::from(apart)),
        )
        .and("sign the call right before it is sent, by the world's clock"))
    }

    /// The parameters in a decrypted body, after a look at those that only protect the call.
    fn parameters(&self, plain: &[u8]) -> Result<Vec<u8>, Refused> {
        let wrong = |story: &str| {
            Refused::new(Rule::NotEncryptedRight, format!("the body was decrypted, but {story}"))
                .and("encrypt `_n`, `_appid` and `_timestamp` beside the parameters, the last two as in the headers")
        };
        let mut members: Map<String, Value> =
            serde_json::from_slice(plain).map_err(|_| wrong("what was in it is no JSON object"))?;
        let mut take = |name| members.shift_remove(name);
        let (nonce, appid, timestamp) = (take("_n"), take("_appid"), take("_timestamp"));
        if nonce.as_ref().and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(wrong("`_n` in it is no text, or empty"));
        }
        if appid.as_ref().and_then(Value::as_str) != Some(self.appid) {
            return Err(wrong("`_appid` in it is not the one of the header"));
        }
        if timestamp.as_ref().and_then(Value::as_i64) != Some(self.seconds) {
            return Err(wrong("`_timestamp` in it is not the number in the header"));
        }
        Ok(Value::Object(members).to_string().into_bytes())
    }
}
