//! The call itself and the preparation behind it.

use super::error::{KnownError, Source::*, row};
use crate::config::{ApplicationType, Scenario};
use crate::refusal::Refusal as R;

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::NoSuchPath,
        Made,
        "nothing is served at this path",
        "compare it letter by letter: the two Mini Program logins are spelled `wechat-miniprogram` and \
         `wechat-mini-program-mobile`",
    ),
    row(R::WrongMethod("POST"), Made, "the path takes another method", "use the method that `Allow` names"),
    row(
        R::DeviceHeaderMissing("X-agent"),
        Documented,
        "one of the three device headers is missing or blank",
        "send X-operating-sys-version, X-device-fingerprint and X-agent with each call",
    ),
    row(
        R::ClientIdMissing,
        Documented,
        "the header X-client-id is missing or blank",
        "send the ClientId of the application as X-client-id",
    ),
    row(
        R::ClientUnknown,
        Documented,
        "no application of the tenant has this client id",
        "send the ClientId of an application of this tenant, or declare it under `idaas.applications`",
    ),
    row(
        R::ApplicationDisabled,
        Inferred,
        "the application was saved but not enabled",
        "enable the application: `enabled: true`",
    ),
    row(
        R::ApplicationNotSdk(ApplicationType::Oidc),
        Inferred,
        "the application's authentication integration is not SDK/API",
        "use an application of the type SDK/API; the type can be set once only",
    ),
    row(R::BodyNotJson, Documented, "the body is not a JSON object", "send a JSON object, and not a form or a list"),
    row(
        R::FieldMissing("code"),
        Documented,
        "a field that the call needs is missing, null or blank",
        "send the field that the message names, as a string that is not blank",
    ),
    row(
        R::FieldFormat("mobile"),
        Documented,
        "a field has the wrong type or format",
        "send the field that the message names in the form that its page shows",
    ),
    row(
        R::FieldUnusable { name: "type", why: "it is not a purpose of a code" },
        Documented,
        "a field has a value that this call cannot use",
        "change the field that the message names",
    ),
    row(
        R::NoSource,
        Documented,
        "the tenant has no WeChat authentication source",
        "declare one under `idaas.sources`, of the login scenario Mini Program authorization login",
    ),
    row(
        R::SourceNotEnabled,
        Documented,
        "no WeChat source is enabled in the application's login configuration",
        "name a source under the application's `sources`",
    ),
    row(
        R::SourceOfOtherScenario(Scenario::PcScan),
        Inferred,
        "the source is for another login scenario",
        "make a source of the scenario Mini Program authorization login",
    ),
    row(
        R::SourceIncomplete,
        Inferred,
        "the source has no AppID or no AppSecret",
        "set `appid` and `secret` of the source",
    ),
];
