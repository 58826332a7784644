//! The identity service: one word per endpoint, named by the last part of its path.

use super::{Argument, Artefact, Choice, Group, Kind, Part, Word};

/// What every word of the identity service takes.
pub(super) const COMMON: &[Argument] = &[
    Argument::own(
        "application",
        "the application that calls, by its name in the world or its client id; the world's first when it is left out",
    )
    .kind(Kind::Application),
    Argument::own("headers", "headers to send besides, or in place of, the usual ones; null leaves one out")
        .kind(Kind::Headers),
];

/// What a login can answer.
const LOGIN: &[&str] =
    &["status", "session_token", "expire", "id_token", "state_token", "data", "error_code", "error_msg"];
const LOGGED_IN: &[(&str, Artefact)] = &[
    ("session_token", Artefact::SessionToken),
    ("id_token", Artefact::IdToken),
    ("state_token", Artefact::StateToken),
];
const ERROR: &[&str] = &["error_code", "error_msg"];

pub(super) const WORDS: &[Word] =
    &[
        idaas("idaas.login", "logs in: with a login code of the Mini Program, or with user name and password")
            .takes(&[
                Argument::body("code", "the login code: the call goes to `/login/wechat-miniprogram`")
                    .wants(Artefact::LoginCode),
                Argument::body("user_name", "the user name: the call goes to `/login`"),
                Argument::body("password", "the password"),
            ])
            .choice(Choice::OneOf(&[&["code"], &["user_name", "password"]]))
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.wechat_miniprogram", "logs in with a login code of the Mini Program")
            .takes(&[Argument::body("code", "the login code").wants(Artefact::LoginCode).required()])
            .post("/api/v2/sdk/login/wechat-miniprogram")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.wechat_mini_program_mobile", "logs in by the phone number, with a phone code of either button")
            .takes(&[Argument::body("code", "the phone code").wants(Artefact::PhoneCode).required()])
            .post("/api/v2/sdk/login/wechat-mini-program-mobile")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.auth", "logs in with any identifier and a password")
            .takes(&[Argument::body("user_name", "user name, mobile or e-mail").required(), PASSWORD])
            .post("/api/v2/sdk/login/auth")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.mobile_verify_code", "logs in with mobile and SMS code")
            .takes(&[MOBILE, VERIFY_CODE])
            .post("/api/v2/sdk/login/mobile-verify-code")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.wechat_mobile_bind", "binds the WeChat identity to the user of the phone number")
            .takes(WECHAT_BIND)
            .choice(WECHAT_CODES)
            .post("/api/v2/sdk/social/wechat-mobile-bind")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas(
            "idaas.wechat_mobile_register_bind",
            "binds the WeChat identity to the user of the phone number, who is created if need be",
        )
        .takes(WECHAT_BIND)
        .choice(WECHAT_CODES)
        .post("/api/v2/sdk/social/wechat-mobile-register-bind")
        .answers(LOGIN)
        .gives(LOGGED_IN),
        idaas("idaas.bind", "binds the WeChat identity to the user of a mobile or e-mail, proved by a code")
            .takes(BIND)
            .choice(MOBILE_OR_EMAIL)
            .post("/api/v2/sdk/social/bind")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.register_bind", "the same as `idaas.bind`, the user created if need be")
            .takes(BIND)
            .choice(MOBILE_OR_EMAIL)
            .post("/api/v2/sdk/social/register-bind")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.username_password_bind", "binds the WeChat identity to the user of a user name and password")
            .takes(&[STATE_TOKEN, Argument::body("user_name", "the user name").required(), PASSWORD])
            .post("/api/v2/sdk/social/username-password-bind")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.update_mobile_by_wechat", "sets the user's mobile from WeChat")
            .takes(&[ID_TOKEN, WECHAT_CODE, WCHAT_CODE])
            .choice(WECHAT_CODES)
            .post("/api/v2/sdk/profile/update-mobile-by-wechat")
            .answers(ERROR),
        idaas("idaas.captcha", "gets a slider picture")
            .get("/api/v2/sdk/captcha")
            .answers(&[
                "token",
                "secretKey",
                "originalImageBase64",
                "jigsawImageBase64",
                "result",
                "error_code",
                "error_msg",
            ])
            .gives(&[("token", Artefact::PictureToken)]),
        idaas("idaas.captcha_verify", "solves a slider picture")
            .also(&["idaas.verify"])
            .takes(&[
                Argument::body("token", "the picture's token").wants(Artefact::PictureToken).required(),
                Argument::own("x", "how far the piece is moved; sent as `point_json`").kind(Kind::Number),
                Argument::body("point_json", "the point as JSON text, in place of `x`"),
                Argument::body("sender", "the mobile or e-mail that the code will go to").required(),
            ])
            .choice(Choice::OneOf(&[&["x"], &["point_json"]]))
            .post("/api/v2/sdk/captcha/verify")
            .answers(&["captcha_token", "error_code", "error_msg"])
            .gives(&[("captcha_token", Artefact::CaptchaToken)]),
        idaas("idaas.sms_send", "sends a code by SMS")
            .takes(&[MOBILE, TYPE, CAPTCHA_TOKEN])
            .post("/api/v2/sdk/sms/send")
            .answers(ERROR),
        idaas("idaas.email_send", "sends a code by e-mail")
            .takes(&[Argument::body("email", "the e-mail address").required(), TYPE, CAPTCHA_TOKEN])
            .post("/api/v2/sdk/email/send")
            .answers(ERROR),
        idaas("idaas.refresh", "gets a fresh id_token for a session_token")
            .also(&["idaas.id_token"])
            .takes(&[Argument::header("session_token", "session-token", "the session_token")
                .wants(Artefact::SessionToken)
                .required()])
            .post("/api/v2/sdk/sso/session-token/id-token")
            .answers(&["session_token", "expire", "id_token", "error_code", "error_msg"])
            .gives(&[("session_token", Artefact::SessionToken), ("id_token", Artefact::IdToken)]),
        idaas("idaas.keys", "reads the public signing keys").get("/api/v1/oauth2/keys").answers(&["keys"]),
        idaas("idaas.discovery", "reads the discovery document")
            .get("/api/v1/oauth2/.well-known/openid-configuration")
            .answers(&[
                "issuer",
                "authorization_endpoint",
                "token_endpoint",
                "userinfo_endpoint",
                "introspection_endpoint",
                "jwks_uri",
                "response_types_supported",
                "scopes_supported",
            ]),
        idaas("idaas.claims", "fetches the keys, verifies an id_token and shows its claims, `api` decoded")
            .takes(&[Argument::own("id_token", "the id_token").wants(Artefact::IdToken).required()])
            .answers(&["iss", "aud", "exp", "iat", "nbf", "jti", "sub", "api"]),
        idaas("idaas.register_mobile_verify_code", "registers a user with mobile and SMS code")
            .takes(REGISTER)
            .post("/api/v2/sdk/register/mobile-verify-code")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.pwd_update", "changes an expired or expiring password")
            .takes(&[
                STATE_TOKEN,
                Argument::body("old_password", "the present password").required(),
                Argument::body("new_password", "the new password").required(),
            ])
            .post("/api/v2/sdk/pwd/update")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.skip_update", "skips the change of an expiring password")
            .takes(&[STATE_TOKEN])
            .get("/api/v2/sdk/pwd/skip-update")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.update_by_email", "changes the password by an e-mail code")
            .takes(&[ID_TOKEN, VERIFY_CODE, PASSWORD])
            .post("/api/v2/sdk/pwd/update-by-email")
            .answers(ERROR),
        idaas("idaas.mfa_sms", "gives the second factor by SMS code")
            .takes(&[STATE_TOKEN, MOBILE, VERIFY_CODE])
            .post("/api/v2/sdk/mfa/sms")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.mfa_email", "gives the second factor by e-mail code")
            .takes(&[STATE_TOKEN, Argument::body("email", "the e-mail address").required(), VERIFY_CODE])
            .post("/api/v2/sdk/mfa/email")
            .answers(LOGIN)
            .gives(LOGGED_IN),
        idaas("idaas.social", "lists the user's bound social accounts")
            .takes(&[ID_TOKEN])
            .get("/api/v2/sdk/social")
            .answers(&["social", "error_code", "error_msg"]),
        idaas("idaas.unbind_account", "unbinds a social account")
            .takes(&[ID_TOKEN, Argument::body("id", "the record's id, from `idaas.social`").required()])
            .post("/api/v2/sdk/social/unbind-account")
            .answers(ERROR),
        idaas("idaas.profile", "reads the user's own profile")
            .takes(&[ID_TOKEN])
            .get("/api/v2/sdk/profile")
            .answers(&["user_name", "name", "head_img", "email", "mobile", "error_code", "error_msg"]),
        idaas("idaas.public_key", "reads the application's public key").get("/api/v2/sdk/public-key").answers(&[
            "public_key",
            "error_code",
            "error_msg",
        ]),
        idaas(
            "idaas.logout",
            "logs the user out; with `redirect_url` or `client_id` as a browser does, by `/api/v1/logout`",
        )
        .takes(&[
            Argument::own("session_token", "the session to end").wants(Artefact::SessionToken),
            Argument::own("id_token", "the user to log out of the application").wants(Artefact::IdToken),
            Argument::query("redirect_url", "where the browser goes next"),
            Argument::query("client_id", "the application that the browser comes from; its own client id by default"),
        ])
        .get("/api/v1/logout")
        .answers(ERROR),
    ];

const STATE_TOKEN: Argument =
    Argument::header("state_token", "X-state-token", "the state_token of the previous answer")
        .wants(Artefact::StateToken)
        .required();
const ID_TOKEN: Argument =
    Argument::new(Part::Bearer, "id_token", "the user's id_token").wants(Artefact::IdToken).required();
const PASSWORD: Argument = Argument::body("password", "the password").required();
const MOBILE: Argument = Argument::body("mobile", "the mobile number").required();
const VERIFY_CODE: Argument = Argument::body("verify_code", "the code that came by SMS or e-mail").required();
const TYPE: Argument =
    Argument::body("type", "what the code is for: `BIND_MOBILE_SMS`, `LOGIN_SMS`, `REGISTER_EMS` …").required();
const CAPTCHA_TOKEN: Argument =
    Argument::body("captcha_token", "the proof of a solved slider picture").wants(Artefact::CaptchaToken).required();
const WECHAT_CODE: Argument = Argument::body("wechat_code", "the phone code").wants(Artefact::PhoneCode);
const WCHAT_CODE: Argument =
    Argument::body("wchat_code", "the phone code, by the other name that the vendor's page has for it")
        .wants(Artefact::PhoneCode);
/// Both names at once are a call that some clients make.
const WECHAT_CODES: Choice = Choice::AtLeastOneOf(&[&["wechat_code"], &["wchat_code"]]);
const WECHAT_BIND: &[Argument] = &[STATE_TOKEN, WECHAT_CODE, WCHAT_CODE];
const BIND: &[Argument] = &[
    STATE_TOKEN,
    Argument::body("mobile", "the mobile number"),
    Argument::body("email", "the e-mail address"),
    VERIFY_CODE,
];
const MOBILE_OR_EMAIL: Choice = Choice::OneOf(&[&["mobile"], &["email"]]);
const REGISTER: &[Argument] = &[
    MOBILE,
    VERIFY_CODE,
    Argument::body("user_name", "the user name"),
    Argument::body("name", "the name"),
    Argument::body("email", "the e-mail address"),
    Argument::body("pwd", "the password"),
    Argument::body("head_img", "the picture's address"),
    Argument::body("attr_gender", "`male`, `female` or `unknown`"),
    Argument::body("attr_birthday", "`1992-02-17`"),
    Argument::body("attr_nick_name", "the nickname"),
    Argument::body("mailing_address", "the postal address"),
    Argument::body("zip_code", "the postal code"),
    Argument::body("first_name", "the first name"),
    Argument::body("middle_name", "the middle name"),
    Argument::body("last_name", "the last name"),
    Argument::body("industry", "the industry"),
    Argument::body("extension", "the tenant's own attributes").kind(Kind::Mapping),
];

const fn idaas(name: &'static str, about: &'static str) -> Word {
    Word::new(Group::Idaas, name, about)
}
