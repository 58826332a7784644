//! What each rule means, what would have worked, and who says so.

use super::Rule;

/// What a person wants to know about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The vendor's page by its name, or `observed`, or `inferred`.
    pub(crate) source: &'static str,
    /// What it means, in one line.
    pub(crate) means: &'static str,
    /// What would have worked.
    pub(crate) remedy: &'static str,
}

const fn told(source: &'static str, means: &'static str, remedy: &'static str) -> Meaning {
    Meaning { source, means, remedy }
}

const TABLE: &str = "error code table";
const LOGIN: &str = "code2Session page";
const PHONE: &str = "getPhoneNumber page";
const STABLE: &str = "getStableAccessToken page";
const TOKEN: &str = "getAccessToken page";
const CHECK: &str = "checkSessionKey page";
const RESET: &str = "resetUserSessionKey page";
const QUOTA: &str = "getApiQuota page";
const RID: &str = "getRidInfo page";
const PLATFORM: &str = "third-party platform login page";

const SIGNED: &str = "server API signature page";

const SIGN_IT: &str = "sign and encrypt the call, or turn API security off: leave `api_security` out of the world";
const NEW_LOGIN_CODE: &str = "ask for a new code with wx.login right before the exchange";
const NEW_PHONE_CODE: &str = "ask the person to tap the button again";
const NEW_TOKEN: &str = "fetch a new access_token, once, and repeat the call once";

impl Rule {
    /// What this rule means, what would have worked, and who says so.
    pub(crate) const fn meaning(self) -> Meaning {
        match self {
            Self::ChunkedBody => told(
                "observed",
                "a POST came in chunks, without `Content-Length`",
                "let the HTTP client buffer the body, so that it knows the length",
            ),
            Self::UnknownPath => told(TABLE, "the path does not exist", "compare the path with the API's page"),
            Self::WrongMethod => told(TABLE, "the API takes POST", "send a POST"),
            Self::EmptyBody => told(TABLE, "the body is empty", "send the parameters as a JSON object in the body"),
            Self::BodyNotJson => told(TABLE, "the body is not the JSON that the API takes", "send a JSON object"),
            Self::StableTokenNotJson => {
                told(STABLE, "the body is not the JSON that the API takes", "send a JSON object")
            }
            Self::InvalidArguments => told(
                TABLE,
                "a parameter is missing or malformed",
                "send all that the API needs, by the names on its page",
            ),
            Self::AppidMissing => told(TABLE, "there is no `appid`", "send `appid` where the API reads it"),
            Self::UnknownAppid => {
                told(TABLE, "nobody has this appid", "send the appid of a mini program of this world")
            }
            Self::SecretMissing => told(TABLE, "there is no `secret`", "send the AppSecret under the name `secret`"),
            Self::WrongSecret => told(TOKEN, "the secret is not the mini program's", "send the present AppSecret"),
            Self::SecretFrozen => told(
                TOKEN,
                "the AppSecret was frozen in the console",
                "unfreeze the secret in the console: `secret_frozen: false` in the world",
            ),
            Self::WrongGrantType => told(
                TOKEN,
                "`grant_type` is not the one of the API",
                "send `authorization_code` to jscode2session and `client_credential` to the token APIs",
            ),
            Self::IpNotWhitelisted(_) => told(
                "IP whitelist page",
                "the caller's address may not use the AppSecret",
                "add the address to the mini program's API IP whitelist",
            ),
            Self::LoginCodeMissing => {
                told("observed", "there is no `js_code`", "send the code of wx.login as `js_code`")
            }
            Self::MinuteLimit => told(
                LOGIN,
                "too many calls within a minute or a second",
                "wait for the next minute, and call less often",
            ),
            Self::LoginCodeUsed | Self::LoginCodeUsedLongAgo => {
                told("observed", "the login code was exchanged before", NEW_LOGIN_CODE)
            }
            Self::LoginCodeExpired => told(LOGIN, "the login code is older than five minutes", NEW_LOGIN_CODE),
            Self::LoginCodeUnknown => told(LOGIN, "nobody issued this login code", NEW_LOGIN_CODE),
            Self::LoginCodeRevoked => told("inferred", "the login code was taken back", NEW_LOGIN_CODE),
            Self::LoginCodeOfOtherApp => told(
                LOGIN,
                "the login code came from another mini program",
                "exchange it with the appid and secret of the mini program that called wx.login",
            ),
            Self::PhoneCodeUsed => told(PHONE, "the phone code was redeemed before", NEW_PHONE_CODE),
            Self::PhoneCodeExpired => told(PHONE, "the phone code is older than five minutes", NEW_PHONE_CODE),
            Self::PhoneCodeUnknown => told(PHONE, "nobody issued this phone code", NEW_PHONE_CODE),
            Self::PhoneCodeRevoked => told("inferred", "the phone code was taken back", NEW_PHONE_CODE),
            Self::PhoneCodeOfOtherApp => told(
                PHONE,
                "the phone code came from another mini program than the access_token",
                "redeem it with an access_token of the mini program whose button was tapped",
            ),
            Self::CodesMixedUp => told(
                "observed",
                "a phone code where a login code belongs, or the reverse",
                "send the code of wx.login to jscode2session, and that of a button to getuserphonenumber",
            ),
            Self::OpenidMismatch => told(
                PHONE,
                "the openid beside the phone code is another person's",
                "send the openid of the person who tapped, or none",
            ),
            Self::UnknownOpenid => told(TABLE, "nobody has this openid in the mini program", "send its own openid"),
            Self::TokenMissing => told(
                TABLE,
                "there is no access_token in the query",
                "send `access_token` in the query, never in the body or a header",
            ),
            Self::TokenUnknown => told(TABLE, "nobody issued this access_token", NEW_TOKEN),
            Self::TokenReplaced => told(
                "access_token page",
                "a newer access_token has taken the place of this one",
                "fetch tokens in one place only, or with stable_token",
            ),
            Self::TokenRevoked => told("inferred", "the access_token was taken back", NEW_TOKEN),
            Self::TokenExpired => told("access_token page", "the access_token is older than two hours", NEW_TOKEN),
            Self::TokenOfWrongKind => told(
                "observed",
                "the access_token is of a kind that this API does not take",
                "send the platform's component_access_token",
            ),
            Self::DailyQuota => told(
                TABLE,
                "the API's quota of the day is used up",
                "wait for midnight in China, or clear the quota with clear_quota",
            ),
            Self::ForceRefreshAbuse => told(
                STABLE,
                "more forced refreshes in a day than allowed",
                "call stable_token without force_refresh: it hands out the present token, and a new one in time",
            ),
            Self::WrongSigMethod => told(RESET, "`sig_method` is another", "send `hmac_sha256`"),
            Self::SessionKeyGone => {
                told(RESET, "the person has no live session_key", "call wx.login and exchange its code")
            }
            Self::StaleServerKey => {
                told(CHECK, "the session_key that signed has been replaced", "exchange the code of a newer wx.login")
            }
            Self::WrongSignature => told(
                CHECK,
                "no session_key of the person made the signature",
                "send HMAC-SHA256 of the empty text, keyed with the session_key's text, in hexadecimal",
            ),
            Self::UserBlocked => {
                told(LOGIN, "WeChat thinks this person dangerous", "tell the person; a repetition does not help")
            }
            Self::ApiUnauthorized => told(
                TABLE,
                "the mini program has no right to this API",
                "have the mini program verified and granted the API: `permissions` in the world",
            ),
            Self::EncryptedDataUnknown => told(
                "checkEncryptedData page",
                "WeChat gave no such data to this mini program in the last three days",
                "send the SHA-256 of the encryptedData text, in hexadecimal, within three days",
            ),
            Self::OpenPlatformNotBound => told(
                "getPaidUnionid page",
                "the mini program is bound to no Open Platform account",
                "bind it: `open_platform` in the world",
            ),
            Self::PaymentUnknown => told(
                "getPaidUnionid page",
                "the person made no such payment within the last five minutes",
                "ask within five minutes of the payment, with its own numbers",
            ),
            Self::AppidOfOtherApp => told(
                "clearQuota page",
                "the appid is not the one of the caller's credentials",
                "send the appid for which the credentials speak",
            ),
            Self::ClearQuotaLimit => {
                told("clearQuota page", "quotas were cleared ten times this month", "wait for the next month")
            }
            Self::CgiPathUnknown => {
                told(QUOTA, "no API has this path", "send a path such as /wxa/business/getuserphonenumber")
            }
            Self::CgiPathNotPermitted => told(
                QUOTA,
                "the quota of this API cannot be asked for",
                "ask for an API that takes an access_token; those of /sns have no daily quota to show",
            ),
            Self::RidUnknown => told(
                RID,
                "no such request is known, or it is older than seven days",
                "ask for the rid of a refused call of /cgi-bin or /wxa; those of /sns are not kept",
            ),
            Self::RidMalformed => told(RID, "this is no rid", "send the rid as it stands in an errmsg"),
            Self::RidOfOtherApp => told(
                RID,
                "the request was another mini program's",
                "ask with an access_token of the mini program that made the request",
            ),
            Self::RidTimeWrong => {
                told("inferred", "the rid is of a time that has not come yet", "send the rid as it stands in an errmsg")
            }
            Self::ComponentAppidMissing => {
                told(TABLE, "there is no `component_appid`", "send the appid of the third-party platform")
            }
            Self::ComponentNotAuthorised => told(
                PLATFORM,
                "the mini program has not authorised this third-party platform",
                "have it authorised: `authorised_components` in the world",
            ),
            Self::ComponentTokenUnknown => told(
                PLATFORM,
                "the component_access_token is not the platform's",
                "send the platform's present component_access_token",
            ),
            Self::SignedAppidMissing => {
                told(SIGNED, "API security is on, and there is no header `Wechatmp-Appid`", SIGN_IT)
            }
            Self::SignedTimeMissing => told(
                SIGNED,
                "API security is on, and there is no number of seconds in a header `Wechatmp-TimeStamp`",
                SIGN_IT,
            ),
            Self::SignatureMissing => {
                told(SIGNED, "API security is on, and there is no header `Wechatmp-Signature`", SIGN_IT)
            }
            Self::CallSignatureWrong => told(
                SIGNED,
                "the mini program's key did not sign these bytes",
                "sign address, appid, time and the body as it is sent, with RSA-PSS, SHA-256 and a salt of 32 bytes",
            ),
            Self::NotEncryptedRight => told(
                SIGNED,
                "the body cannot be decrypted, or lacks `_n`, `_appid` or `_timestamp`",
                "encrypt with AES-256-GCM over address, appid, time and the number of the symmetric key",
            ),
            Self::SignedAppidUnknown => {
                told(SIGNED, "nobody has the appid in the header", "send the appid of a mini program of this world")
            }
            Self::SignedAppidOfOtherApp => told(
                SIGNED,
                "the appid in the header is not the access_token's",
                "send the appid for which the access_token speaks",
            ),
            Self::NoSymmetricKey => told(
                SIGNED,
                "API security is on without a symmetric key",
                "set a symmetric key in the console: `api_security.symmetric_key` in the world",
            ),
            Self::NoPublicKey => told(
                SIGNED,
                "API security is on without a public key",
                "set the public key in the console: `api_security.app_key` in the world",
            ),
            Self::SignedTimeTooOld => told(
                SIGNED,
                "the call was signed more than five minutes ago, or for a time to come",
                "sign the call right before it is sent, with the right time",
            ),
            Self::SystemError => told(TABLE, "WeChat is too busy to answer", "repeat the call after a second"),
        }
    }
}
