//! Every refusal of WeChat's servers: its rule, its errcode and its text, in one table.

mod documented;
mod every;
mod meaning;

use std::borrow::Cow;
use std::net::IpAddr;

pub(crate) use documented::{DOCUMENTED, Documented};
pub(crate) use meaning::Meaning;

/// A rule by which a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A POST without `Content-Length`.
    ChunkedBody,
    /// No such path.
    UnknownPath,
    /// GET where POST is needed.
    WrongMethod,
    /// A POST without a body.
    EmptyBody,
    /// A body that is not JSON.
    BodyNotJson,
    /// The same at `stable_token`, whose page documents another errcode for it.
    StableTokenNotJson,
    /// A field is missing or malformed.
    InvalidArguments,
    /// No appid.
    AppidMissing,
    /// An appid that nobody has.
    UnknownAppid,
    /// No secret.
    SecretMissing,
    /// Another secret than the mini program's.
    WrongSecret,
    /// Another `grant_type` than the API's, or none where it is needed.
    WrongGrantType,
    /// The caller's address is not on the mini program's list.
    IpNotWhitelisted(IpAddr),
    /// No `js_code`.
    LoginCodeMissing,
    /// More exchanges for one person within a minute than allowed.
    MinuteLimit,
    /// The login code was exchanged before.
    LoginCodeUsed,
    /// The same, told with the errcode of an invalid code.
    LoginCodeUsedLongAgo,
    /// The login code is older than five minutes.
    LoginCodeExpired,
    /// Nobody issued this login code.
    LoginCodeUnknown,
    /// The login code was taken back through the control API.
    LoginCodeRevoked,
    /// The login code came from another mini program.
    LoginCodeOfOtherApp,
    /// The phone code was redeemed before.
    PhoneCodeUsed,
    /// The phone code is older than five minutes.
    PhoneCodeExpired,
    /// Nobody issued this phone code.
    PhoneCodeUnknown,
    /// The phone code was taken back through the control API.
    PhoneCodeRevoked,
    /// The phone code came from another mini program than the access_token.
    PhoneCodeOfOtherApp,
    /// A phone code where a login code belongs, or the reverse.
    CodesMixedUp,
    /// The openid sent along with a phone code is another person's.
    OpenidMismatch,
    /// An openid that nobody has in this mini program.
    UnknownOpenid,
    /// No access_token in the query.
    TokenMissing,
    /// An access_token that was never issued.
    TokenUnknown,
    /// An access_token whose lane has a newer one for longer than the grace time.
    TokenReplaced,
    /// An access_token that was taken back.
    TokenRevoked,
    /// An access_token past its two hours.
    TokenExpired,
    /// More forced refreshes in a day than allowed.
    ForceRefreshAbuse,
    /// Another `sig_method` than `hmac_sha256`.
    WrongSigMethod,
    /// The person has no live session_key in this mini program.
    SessionKeyGone,
    /// The signature was made with a session_key that has been replaced.
    StaleServerKey,
    /// A signature that no key of the person made.
    WrongSignature,
    /// A person whom WeChat thinks dangerous.
    UserBlocked,
    /// The secret was frozen in the console.
    SecretFrozen,
    /// The mini program has no right to this API.
    ApiUnauthorized,
    /// An API was called more often in a day than its quota allows.
    DailyQuota,
    /// Encrypted data that WeChat has not given to this mini program in the last three days.
    EncryptedDataUnknown,
    /// The mini program is bound to no Open Platform account.
    OpenPlatformNotBound,
    /// No payment of this person's within the last five minutes.
    PaymentUnknown,
    /// The quota is to be cleared for another mini program than the caller's.
    AppidOfOtherApp,
    /// More quotas cleared in a month than allowed.
    ClearQuotaLimit,
    /// An API that does not exist was asked for.
    CgiPathUnknown,
    /// An API that has no quota to show was asked for.
    CgiPathNotPermitted,
    /// A request id that cannot be found.
    RidUnknown,
    /// A text that is no request id.
    RidMalformed,
    /// The request id of another mini program.
    RidOfOtherApp,
    /// A request id of a time that has not come.
    RidTimeWrong,
    /// No `component_appid`.
    ComponentAppidMissing,
    /// A third-party platform that the mini program has not authorised.
    ComponentNotAuthorised,
    /// A `component_access_token` that is not the platform's.
    ComponentTokenUnknown,
    /// A mini program's own access_token where a platform's belongs.
    TokenOfWrongKind,
    /// API security is on, and a call names no appid in its headers.
    SignedAppidMissing,
    /// The same without a time.
    SignedTimeMissing,
    /// The same without a signature.
    SignatureMissing,
    /// A signature that the mini program's key did not make.
    CallSignatureWrong,
    /// A signed call whose body cannot be decrypted, or holds the wrong things.
    NotEncryptedRight,
    /// A signed call in the name of an appid that nobody has.
    SignedAppidUnknown,
    /// A signed call in the name of another mini program than the access_token's.
    SignedAppidOfOtherApp,
    /// API security is on without a symmetric key.
    NoSymmetricKey,
    /// API security is on without a public key of the mini program's.
    NoPublicKey,
    /// A signed call whose time is more than five minutes off.
    SignedTimeTooOld,
    /// WeChat is too busy to answer.
    SystemError,
}

impl Rule {
    /// The rule's stable name, the errcode and the text before the suffix.
    ///
    /// Texts and errcodes are those of the error code tables and of published answers; the long text of 40001 is the one
    /// sent since about October 2023, the short one stands for a token that was never issued (inferred).
    const fn facts(self) -> (&'static str, i32, &'static str) {
        match self {
            Self::ChunkedBody => ("chunked_412", 412, ""),
            Self::UnknownPath => ("unknown_path", 40066, "invalid url"),
            Self::WrongMethod => ("wrong_method", 43002, "require POST method"),
            Self::EmptyBody => ("empty_body", 44002, "empty post data"),
            Self::BodyNotJson => ("body_not_json", 47001, "data format error"),
            Self::StableTokenNotJson => ("body_not_json", 43002, "require POST method"),
            Self::InvalidArguments => ("invalid_arguments", 40097, "invalid args"),
            Self::AppidMissing => ("appid_missing", 41002, "appid missing"),
            Self::UnknownAppid => ("unknown_appid", 40013, "invalid appid"),
            Self::SecretMissing => ("secret_missing", 41004, "appsecret missing"),
            Self::WrongSecret => ("secret_wrong", 40125, "invalid appsecret"),
            Self::WrongGrantType => ("wrong_grant_type", 40002, "invalid grant_type"),
            Self::IpNotWhitelisted(_) => ("ip_not_whitelisted", 40164, "invalid ip"),
            Self::LoginCodeMissing => ("login_code_missing", 41008, "missing code"),
            Self::MinuteLimit => {
                ("rate_limited", 45011, "api minute-quota reach limit, must slower, retry next minute")
            }
            Self::LoginCodeUsed => ("login_code_used", 40163, "code been used"),
            Self::LoginCodeUsedLongAgo => ("login_code_used", 40029, "invalid code"),
            Self::LoginCodeExpired => ("login_code_expired", 40029, "invalid code"),
            Self::LoginCodeUnknown => ("login_code_unknown", 40029, "invalid code"),
            Self::LoginCodeRevoked => ("login_code_revoked", 40029, "invalid code"),
            Self::LoginCodeOfOtherApp => ("code_of_other_app", 40029, "invalid code"),
            Self::PhoneCodeUsed => ("phone_code_used", 40029, "invalid code"),
            Self::PhoneCodeExpired => ("phone_code_expired", 40029, "invalid code"),
            Self::PhoneCodeUnknown => ("phone_code_unknown", 40029, "invalid code"),
            Self::PhoneCodeRevoked => ("phone_code_revoked", 40029, "invalid code"),
            Self::PhoneCodeOfOtherApp => ("code_of_other_app", 40013, "invalid appid"),
            Self::CodesMixedUp => ("codes_mixed_up", 40029, "invalid code"),
            Self::OpenidMismatch => ("openid_mismatch", 40003, "invalid openid"),
            Self::UnknownOpenid => ("unknown_openid", 40003, "invalid openid"),
            Self::TokenMissing => ("access_token_missing", 41001, "access_token missing"),
            Self::TokenUnknown => {
                ("access_token_unknown", 40001, "invalid credential, access_token is invalid or not latest")
            }
            Self::TokenReplaced => ("access_token_replaced", 40001, NOT_LATEST),
            Self::TokenRevoked => ("access_token_revoked", 40001, NOT_LATEST),
            Self::TokenExpired => ("access_token_expired", 42001, "access_token expired"),
            Self::ForceRefreshAbuse => ("force_refresh_abuse", 45009, "reach max api daily quota limit"),
            Self::WrongSigMethod => ("wrong_sig_method", 87008, "invalid sig_method"),
            Self::SessionKeyGone => ("session_key_gone", 87007, "session_key is not existd or expired"),
            Self::StaleServerKey => ("stale_server_key", 87009, "invalid signature"),
            Self::WrongSignature => ("wrong_signature", 87009, "invalid signature"),
            Self::UserBlocked => ("user_blocked", 40226, "code blocked"),
            Self::SecretFrozen => ("secret_frozen", 40243, "AppSecret已被冻结，请登录MP解冻后再次调用"),
            Self::ApiUnauthorized => ("api_unauthorized", 48001, "api unauthorized"),
            Self::DailyQuota => ("daily_quota", 45009, "reach max api daily quota limit"),
            // The page says `exit` where it means `exist`.
            Self::EncryptedDataUnknown => ("encrypted_data_unknown", 1, "data not exit"),
            Self::OpenPlatformNotBound => ("open_platform_not_bound", 89002, "open not exists"),
            Self::PaymentUnknown => ("payment_unknown", 89300, "invalid trade"),
            Self::AppidOfOtherApp => ("appid_of_other_app", 40013, "invalid appid"),
            Self::ClearQuotaLimit => {
                ("clear_quota_limit", 48006, "forbid to clear quota because of reaching the limit")
            }
            Self::CgiPathUnknown => ("cgi_path_unknown", 76021, "cgi_path not found, please check"),
            Self::CgiPathNotPermitted => {
                ("cgi_path_not_permitted", 76022, "could not use this cgi_path, no permission")
            }
            Self::RidUnknown => ("rid_unknown", 76001, "rid not found, please check"),
            Self::RidMalformed => ("rid_malformed", 76002, "rid is error"),
            Self::RidOfOtherApp => ("rid_of_other_app", 76003, "could not query this rid,no permission"),
            Self::RidTimeWrong => ("rid_time_wrong", 76004, "rid time is error"),
            Self::ComponentAppidMissing => ("component_appid_missing", 41018, "missing component_appid"),
            Self::ComponentNotAuthorised => {
                ("component_not_authorised", 61003, "component is not authorized by this account")
            }
            Self::ComponentTokenUnknown => ("component_token_unknown", 40001, NOT_LATEST),
            Self::TokenOfWrongKind => ("access_token_of_wrong_kind", 40014, "invalid access_token"),
            // Of the texts of the signature layer, only the one of 40234 was seen on the wire; the page gives symbolic names.
            Self::SignedAppidMissing => ("signed_appid_missing", 40233, "missing appid"),
            Self::SignedTimeMissing => ("signed_timestamp_missing", 40231, "missing timestamp"),
            Self::SignatureMissing => ("call_signature_missing", 40232, "missing signature"),
            Self::CallSignatureWrong => ("call_signature_wrong", 40234, "invalid signature"),
            Self::NotEncryptedRight => ("call_encryption_wrong", 40235, "invalid encryption"),
            Self::SignedAppidUnknown => ("signed_appid_unknown", 40236, "invalid appid"),
            Self::SignedAppidOfOtherApp => ("signed_appid_of_other_app", 40237, "appid does not match access_token"),
            Self::NoSymmetricKey => ("no_symmetric_key", 40238, "no symmetric key"),
            Self::NoPublicKey => ("no_public_key", 40239, "no public key"),
            Self::SignedTimeTooOld => ("signed_timestamp_too_old", 40240, "timestamp too old"),
            Self::SystemError => ("system_error", -1, "system error"),
        }
    }

    /// The stable name, in snake case.
    pub(crate) const fn name(self) -> &'static str {
        self.facts().0
    }

    /// WeChat's errcode.
    pub(crate) const fn errcode(self) -> i32 {
        self.facts().1
    }

    /// What the errmsg says before its suffix.
    pub(crate) fn text(self) -> Cow<'static, str> {
        match self {
            Self::IpNotWhitelisted(IpAddr::V4(ip)) => {
                format!("invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist").into()
            }
            Self::IpNotWhitelisted(IpAddr::V6(ip)) => format!("invalid ip {ip} ipv6 {ip}, not in whitelist").into(),
            _ => self.facts().2.into(),
        }
    }
}

const NOT_LATEST: &str = "invalid credential, access_token is invalid or not latest, could get access_token by \
     getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r";

/// A refusal: the rule, and what a person needs to know to understand it.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The rule.
    pub(crate) rule: Rule,
    /// What happened, a sentence a line.
    pub(crate) story: Vec<String>,
}

impl Refused {
    /// A refusal whose story is one line.
    pub(crate) fn new(rule: Rule, story: impl Into<String>) -> Self {
        Self { rule, story: vec![story.into()] }
    }

    /// Adds a line.
    #[must_use]
    pub(crate) fn and(mut self, line: impl Into<String>) -> Self {
        self.story.push(line.into());
        self
    }
}

impl From<Refused> for sim::Refusal {
    /// A story of one line has no way out of its own, and gets the rule's.
    fn from(mut refused: Refused) -> Self {
        if refused.story.len() < 2 {
            refused.story.push(refused.rule.meaning().remedy.to_owned());
        }
        Self { rule: refused.rule.name().to_owned(), code: refused.rule.errcode().to_string(), story: refused.story }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_refused_address_names_it_twice() {
        let rule = Rule::IpNotWhitelisted("203.0.113.7".parse().unwrap());
        assert_eq!(rule.text(), "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist");
    }

    #[test]
    fn a_story_of_one_line_gets_the_rules_own_way_out() {
        let story = |refused: Refused| sim::Refusal::from(refused).story;
        let one = Refused::new(Rule::EmptyBody, "the body is empty");
        assert_eq!(story(one), ["the body is empty", "send the parameters as a JSON object in the body"]);
        let two = Refused::new(Rule::EmptyBody, "the body is empty").and("fill it");
        assert_eq!(story(two), ["the body is empty", "fill it"]);
    }

    #[test]
    fn the_long_text_has_no_gap_in_it() {
        assert!(!NOT_LATEST.contains("  ") && NOT_LATEST.contains("by getStableAccessToken"), "{NOT_LATEST}");
    }
}
