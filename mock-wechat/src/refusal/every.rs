//! The list of all rules.

use std::net::{IpAddr, Ipv4Addr};

use super::Rule;

/// Lists every rule, in the order in which one of several with the same name or errcode is found. A rule that is
/// forgotten here does not compile.
macro_rules! every_rule {
    ($($rule:ident $(($example:expr))?),+ $(,)?) => {
        impl Rule {
            /// Every rule, with an example of what it carries.
            pub(crate) const ALL: &[Self] = &[$(Self::$rule $(($example))?),+];
        }
        const _: fn(Rule) = |rule| match rule { $(Rule::$rule { .. } => ()),+ };
    };
}

every_rule![
    ChunkedBody,
    UnknownPath,
    WrongMethod,
    EmptyBody,
    BodyNotJson,
    StableTokenNotJson,
    InvalidArguments,
    AppidMissing,
    UnknownAppid,
    SecretMissing,
    WrongSecret,
    SecretFrozen,
    WrongGrantType,
    // An address that is kept for documentation.
    IpNotWhitelisted(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7))),
    LoginCodeMissing,
    MinuteLimit,
    LoginCodeUsed,
    LoginCodeUsedLongAgo,
    LoginCodeExpired,
    LoginCodeUnknown,
    LoginCodeRevoked,
    LoginCodeOfOtherApp,
    PhoneCodeUsed,
    PhoneCodeExpired,
    PhoneCodeUnknown,
    PhoneCodeRevoked,
    PhoneCodeOfOtherApp,
    CodesMixedUp,
    OpenidMismatch,
    UnknownOpenid,
    TokenMissing,
    TokenUnknown,
    TokenReplaced,
    TokenRevoked,
    TokenExpired,
    TokenOfWrongKind,
    DailyQuota,
    ForceRefreshAbuse,
    WrongSigMethod,
    SessionKeyGone,
    StaleServerKey,
    WrongSignature,
    UserBlocked,
    ApiUnauthorized,
    EncryptedDataUnknown,
    OpenPlatformNotBound,
    PaymentUnknown,
    AppidOfOtherApp,
    ClearQuotaLimit,
    CgiPathUnknown,
    CgiPathNotPermitted,
    RidUnknown,
    RidMalformed,
    RidOfOtherApp,
    RidTimeWrong,
    ComponentAppidMissing,
    ComponentNotAuthorised,
    ComponentTokenUnknown,
    SignedAppidMissing,
    SignedTimeMissing,
    SignatureMissing,
    CallSignatureWrong,
    NotEncryptedRight,
    SignedAppidUnknown,
    SignedAppidOfOtherApp,
    NoSymmetricKey,
    NoPublicKey,
    SignedTimeTooOld,
    SystemError,
];
