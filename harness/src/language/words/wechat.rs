//! WeChat's server API, as a back end calls it.

use super::{Argument, Choice, Group, Kind, Part, Word};

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
            Argument::query("js_code", "the login code").required(),
            APPID_QUERY,
            SECRET_QUERY,
            Argument::query("grant_type", "`authorization_code` by default"),
        ])
        .get("/sns/jscode2session")
        .answers(&["session_key", "openid", "unionid", "errcode", "errmsg"]),
    wechat("wechat.token", "fetches an access_token in the classic lane")
        .takes(&[APPID_QUERY, SECRET_QUERY, Argument::query("grant_type", "`client_credential` by default")])
        .get("/cgi-bin/token")
        .answers(&["access_token", "expires_in", "errcode", "errmsg"]),
    wechat("wechat.stable_token", "fetches an access_token in the stable lane")
        .takes(&[
            Argument::body("appid", "the app's own by default"),
            Argument::body("secret", "the app's own by default"),
            Argument::body("grant_type", "`client_credential` by default"),
            Argument::body("force_refresh", "whether to replace the present token").kind(Kind::Bool),
        ])
        .post("/cgi-bin/stable_token")
        .answers(&["access_token", "expires_in", "errcode", "errmsg"]),
    wechat("wechat.getuserphonenumber", "exchanges a phone code for the number")
        .takes(&[
            ACCESS_TOKEN,
            Argument::body("code", "the phone code").required(),
            Argument::body("openid", "whose code it is, to be checked"),
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
        .answers(&["errcode", "errmsg", "openid", "session_key"]),
    Word::new(Group::Local, "wechat.decrypt", "decrypts what the phone encrypted, as a back end does")
        .takes(&[
            Argument::own("session_key", "the session_key that the back end holds").required(),
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
        ]),
];

const APPID_QUERY: Argument = Argument::query("appid", "the app's own by default");
const SECRET_QUERY: Argument = Argument::query("secret", "the app's own by default");
const ACCESS_TOKEN: Argument = Argument::query("access_token", "the token that the call is made with").required();
const SESSION: &[Argument] = &[
    ACCESS_TOKEN,
    Argument::query("openid", "whose session it is").required(),
    Argument::query("signature", "the signature to send"),
    Argument::new(Part::Own, "session_key", "the session_key to sign with, in place of a ready signature"),
    Argument::query("sig_method", "`hmac_sha256` by default"),
];
const SIGNED: Choice = Choice::OneOf(&[&["signature"], &["session_key"]]);

const fn wechat(name: &'static str, about: &'static str) -> Word {
    Word::new(Group::WeChat, name, about)
}
