//! Errcodes that WeChat documents and that no rule of this world comes to by itself: for faults that ask for them.

use super::{Meaning, NOT_LATEST};

/// An errcode of WeChat's tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Documented {
    /// The stable name, in snake case.
    pub(crate) name: &'static str,
    /// WeChat's errcode.
    pub(crate) errcode: i32,
    /// What the errmsg says before its suffix.
    pub(crate) text: &'static str,
    /// What a person wants to know about it.
    pub(crate) meaning: Meaning,
}

const fn row(
    name: &'static str,
    errcode: i32,
    text: &'static str,
    (source, means, remedy): (&'static str, &'static str, &'static str),
) -> Documented {
    Documented { name, errcode, text, meaning: Meaning { source, means, remedy } }
}

const TABLE: &str = "error code table";
const COMPONENT: &str = "third-party platform error codes";
const NEW_IP: &str = "getStableAccessToken page";
const NOT_SERVED: &str = "nothing on the caller's side: the API that answers it is not served here";

/// The table. The first rows stand for errcodes that several rules share: whoever asks for 40029 by its number has no
/// rule in mind.
pub(crate) const DOCUMENTED: &[Documented] = &[
    row(
        "invalid_code",
        40029,
        "invalid code",
        (
            "code2Session page",
            "a login or phone code that is not good",
            "ask for a new code, and use it once within five minutes",
        ),
    ),
    row(
        "invalid_openid",
        40003,
        "invalid openid",
        (TABLE, "an openid that is not good in this mini program", "send the openid that jscode2session answered"),
    ),
    row(
        "invalid_credential",
        40001,
        NOT_LATEST,
        (TABLE, "an access_token that is not good", "fetch a new access_token, once, and repeat the call once"),
    ),
    row(
        "invalid_signature",
        87009,
        "invalid signature",
        (
            "checkSessionKey page",
            "a signature that the live session_key did not make",
            "exchange the code of a new wx.login",
        ),
    ),
    row(
        "invalid_template_id",
        40037,
        "invalid template_id",
        (TABLE, "a subscribe message of a template that does not exist", NOT_SERVED),
    ),
    row(
        "signed_serial_missing",
        40230,
        "missing serial",
        (
            "server API signature page",
            "a signed call without the number of its key; never asked for here, since other pages name no such header",
            "send the number of the key as `Wechatmp-Serial`",
        ),
    ),
    row("https_required", 43003, "require https", (TABLE, "the call came without TLS", "call by https")),
    row(
        "message_refused_by_user",
        43101,
        "user refuse to accept the msg",
        (
            "observed",
            "the person refused the subscribe message",
            "ask the person again, with wx.requestSubscribeMessage",
        ),
    ),
    row(
        "api_forbidden",
        48004,
        "api forbidden for irregularities",
        (TABLE, "the API is banned for this account", "read the reason in the console, and appeal there"),
    ),
    row(
        "user_unauthorized",
        50001,
        "user unauthorized",
        (TABLE, "the person has not granted this API", "ask the person for the grant"),
    ),
    row(
        "user_limited",
        50002,
        "user limited",
        (TABLE, "the account is frozen, migrated or cancelled", "look into the console for the account's state"),
    ),
    row(
        "token_api_forbidden",
        50004,
        "禁止使用 token 接口",
        (
            "getAccessToken page",
            "the account may not fetch access_tokens",
            "look into the console for the account's state",
        ),
    ),
    row(
        "account_frozen",
        50007,
        "账号已冻结",
        ("getAccessToken page", "the account is frozen", "look into the console for the account's state"),
    ),
    row(
        "component_ip_not_registered",
        61004,
        "access clientip is not registered, not in ip-white-list",
        (TABLE, "the platform's server calls from an unknown address", "add the address to the platform's list"),
    ),
    row(
        "component_ticket_expired",
        61005,
        "component ticket is expired",
        (COMPONENT, "the platform's ticket is too old", "wait for the next component_verify_ticket"),
    ),
    row(
        "component_ticket_invalid",
        61006,
        "component ticket is invalid",
        (COMPONENT, "the platform's ticket is wrong", "use the newest component_verify_ticket"),
    ),
    row(
        "component_api_unauthorized",
        61007,
        "api is unauthorized to component",
        (TABLE, "the mini program granted the platform other rights than this API's", "have the right set granted"),
    ),
    row(
        "refresh_token_invalid",
        61023,
        "refresh_token is invalid",
        (COMPONENT, "the authorizer_refresh_token is not the newest", "have the platform authorised again"),
    ),
    row(
        "component_token_required",
        61024,
        "must use api(api_component_token) to get token for component acct",
        (COMPONENT, "a platform's account asked for a mini program's token", "fetch it with api_component_token"),
    ),
    row(
        "ip_awaits_confirmation",
        89503,
        "此次调用需要管理员确认，请耐心等候",
        (NEW_IP, "a call from a new address waits for the administrator", "have the administrator confirm it"),
    ),
    row(
        "ip_refused_for_a_day",
        89506,
        "该IP调用请求已被公众号管理员拒绝，请24小时后再试，建议调用前与管理员沟通确认",
        (NEW_IP, "the administrator refused the address twice", "ask the administrator, and try again after 24 hours"),
    ),
    row(
        "ip_refused_for_an_hour",
        89507,
        "该IP调用请求已被公众号管理员拒绝，请1小时后再试，建议调用前与管理员沟通确认",
        (NEW_IP, "the administrator refused the address", "ask the administrator, and try again after an hour"),
    ),
];
