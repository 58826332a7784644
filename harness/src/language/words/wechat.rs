//! WeChat's server API, as a back end calls it.

use super::{Argument, Artefact, Choice, Group, Kind, Part, Word};

/// What every word of WeChat's server API takes.
pub(super) const COMMON: &[Argument] = &[
    Argument::own(
        "app",
        "the mini program whose appid and secret are sent, by appid; the world's first when it is left out",
    )
    .kind(Kind::App),
    Argument::own("headers", "headers to send besides, or in place of, the usual ones; null leaves one out")
        .kind(Kind::Headers),
];

pub(super) const WORDS: &[Word] = &[
    wechat("wechat.jscode2session", "exchanges a login code for openid and session_key")
        .takes(&[
            Argument::query("js_code", "the login code").wants(Artefact::LoginCode).required(),
            APPID_QUERY,
            SECRET_QUERY,
            Argument::query("grant_type", "`authorization_code` by default"),
        ])
        .get("/sns/jscode2session")
        .answers(&["session_key", "openid", "unionid", "errcode", "errmsg"])
        .gives(WHO),
    wechat("wechat.token", "fetches an access_token in the classic lane")
        .takes(&[APPID_QUERY, SECRET_QUERY, Argument::query("grant_type", "`client_credential` by default")])
        .get("/cgi-bin/token")
        .answers(&["access_token", "expires_in", "errcode", "errmsg"])
        .gives(TOKEN),
    wechat("wechat.stable_token", "fetches an access_token in the stable lane")
        .takes(&[
            Argument::body("appid", "the app's own by default"),
            Argument::body("secret", "the app's own by default"),
            Argument::body("grant_type", "`client_credential` by default"),
            Argument::body("force_refresh", "whether to replace the present token").kind(Kind::Bool),
        ])
        .post("/cgi-bin/stable_token")
        .answers(&["access_token", "expires_in", "errcode", "errmsg"])
        .gives(TOKEN),
    wechat("wechat.getuserphonenumber", "exchanges a phone code for the number")
        .takes(&[
            ACCESS_TOKEN,
            Argument::body("code", "the phone code").wants(Artefact::PhoneCode).required(),
            Argument::body("openid", "whose code it is, to be checked").wants(Artefact::Openid),
            SIGNED_CALL,
            SPOILED,
            SIGNED_AGO,
        ])
        .post("/wxa/business/getuserphonenumber")
        .answers(&["errcode", "errmsg", "phone_info"]),
    wechat("wechat.checksession", "asks whether a session_key is still good")
        .takes(SESSION)
        .choice(SIGNED)
        .get("/wxa/checksession")
        .answers(&["errcode", "errmsg"]),
    wechat("wechat.resetusersessionkey", "replaces a session_key")
        .takes(SESSION)
        .choice(SIGNED)
        .get("/wxa/resetusersessionkey")
        .answers(&["errcode", "errmsg", "openid", "session_key"])
        .gives(&[("openid", Artefact::Openid), ("session_key", Artefact::SessionKey)]),
    wechat("wechat.checkencryptedmsg", "asks whether encrypted phone data came from WeChat")
        .takes(&[
            ACCESS_TOKEN,
            Argument::body("encrypted_msg_hash", "the SHA-256 of the encryptedData text, in hexadecimal"),
            Argument::own("encryptedData", "the encrypted data itself, in place of a ready hash"),
            SIGNED_CALL,
            SPOILED,
            SIGNED_AGO,
        ])
        .choice(Choice::OneOf(&[&["encrypted_msg_hash"], &["encryptedData"]]))
        .post("/wxa/business/checkencryptedmsg")
        .answers(&["errcode", "errmsg", "vaild", "create_time"]),
    wechat("wechat.getpaidunionid", "asks for the unionid of somebody who has just paid")
        .takes(&[
            ACCESS_TOKEN,
            Argument::query("openid", "who has paid").wants(Artefact::Openid).required(),
            Argument::query("transaction_id", "the payment service's number of the payment"),
            Argument::query("mch_id", "the merchant's number"),
            Argument::query("out_trade_no", "the merchant's number of the order"),
        ])
        .get("/wxa/getpaidunionid")
        .answers(&["unionid", "errcode", "errmsg"])
        .gives(&[("unionid", Artefact::Unionid)]),
    wechat("wechat.clear_quota", "begins the day's quotas of all APIs anew")
        .takes(&[ACCESS_TOKEN, Argument::body("appid", "the app's own by default"), SIGNED_CALL, SPOILED, SIGNED_AGO])
        .post("/cgi-bin/clear_quota")
        .answers(&["errcode", "errmsg"]),
    wechat("wechat.clear_quota_v2", "begins the day's quotas of all APIs anew, with the secret")
        .takes(&[
            Argument::body("appid", "the app's own by default"),
            Argument::body("appsecret", "the app's own by default"),
        ])
        .post("/cgi-bin/clear_quota/v2")
        .answers(&["errcode", "errmsg"]),
    wechat("wechat.quota_get", "asks how often an API was and may be called today")
        .takes(&[
            ACCESS_TOKEN,
            Argument::body("cgi_path", "the API's path, with its first slash").required(),
            SIGNED_CALL,
            SPOILED,
            SIGNED_AGO,
        ])
        .post("/cgi-bin/openapi/quota/get")
        .answers(&["errcode", "errmsg", "quota", "rate_limit", "component_rate_limit"]),
    wechat("wechat.rid_get", "asks what became of a request")
        .takes(&[
            ACCESS_TOKEN,
            Argument::body("rid", "the request's id, as an errmsg tells it").required(),
            SIGNED_CALL,
            SPOILED,
            SIGNED_AGO,
        ])
        .post("/cgi-bin/openapi/rid/get")
        .answers(&["errcode", "errmsg", "request"]),
    wechat("wechat.component_jscode2session", "exchanges a login code as a third-party platform")
        .takes(&[
            Argument::query("js_code", "the login code").wants(Artefact::LoginCode).required(),
            APPID_QUERY,
            Argument::query("grant_type", "`authorization_code` by default"),
            Argument::query("component_appid", "the platform's appid").required(),
            Argument::query("component_access_token", "the platform's token").required(),
        ])
        .get("/sns/component/jscode2session")
        .answers(&["session_key", "openid", "unionid", "errcode", "errmsg"])
        .gives(WHO),
    Word::new(Group::Local, "wechat.decrypt", "decrypts what the phone encrypted, as a back end does")
        .takes(&[
            Argument::own("session_key", "the session_key that the back end holds")
                .wants(Artefact::SessionKey)
                .required(),
            Argument::own("encryptedData", "the encrypted text, as it arrived").required(),
            Argument::own("iv", "the initial vector, as it arrived").required(),
        ])
        .answers(&[
            "openId",
            "unionId",
            "nickName",
            "gender",
            "language",
            "city",
            "province",
            "country",
            "avatarUrl",
            "phoneNumber",
            "purePhoneNumber",
            "countryCode",
            "watermark",
        ])
        .gives(&[("openId", Artefact::Openid), ("unionId", Artefact::Unionid)]),
];

const APPID_QUERY: Argument = Argument::query("appid", "the app's own by default");
const SECRET_QUERY: Argument = Argument::query("secret", "the app's own by default");
const ACCESS_TOKEN: Argument =
    Argument::query("access_token", "the token that the call is made with").wants(Artefact::WeChatToken).required();
const WHO: &[(&str, Artefact)] =
    &[("session_key", Artefact::SessionKey), ("openid", Artefact::Openid), ("unionid", Artefact::Unionid)];
const TOKEN: &[(&str, Artefact)] = &[("access_token", Artefact::WeChatToken)];
const SIGNED_CALL: Argument = Argument::own(
    "signed",
    "whether the call is encrypted and signed with the mini program's keys in the world, and the answer checked",
)
.kind(Kind::Bool);
const SPOILED: Argument = Argument::own("spoiled", "what is wrong with a signed call").kind(Kind::OneOf(&[
    "signature",
    "body",
    "encryption",
    "identity",
]));
const SIGNED_AGO: Argument = Argument::own("signed_ago", "how long ago a signed call was signed").kind(Kind::Duration);
const SESSION: &[Argument] = &[
    ACCESS_TOKEN,
    Argument::query("openid", "whose session it is").wants(Artefact::Openid).required(),
    Argument::query("signature", "the signature to send"),
    Argument::new(Part::Own, "session_key", "the session_key to sign with, in place of a ready signature")
        .wants(Artefact::SessionKey),
    Argument::query("sig_method", "`hmac_sha256` by default"),
];
const SIGNED: Choice = Choice::OneOf(&[&["signature"], &["session_key"]]);

const fn wechat(name: &'static str, about: &'static str) -> Word {
    Word::new(Group::WeChat, name, about)
}
