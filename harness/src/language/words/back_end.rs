//! The identity service's server API and OAuth2, as a customer's back end and a browser call them.

use super::{Argument, Artefact, Group, Kind, Part, Word};

const TOKEN: &[&str] = &["access_token", "token_type", "expires_in", "error_code", "error_msg"];
const USER: &[&str] = &[
    "user_id",
    "user_name",
    "external_id",
    "name",
    "email",
    "mobile",
    "org_id",
    "disabled",
    "locked",
    "created_at",
    "updated_at",
    "error_code",
    "error_msg",
];
const CHANGED: &[&str] = &["user_id", "error_code", "error_msg"];

pub(super) const WORDS: &[Word] = &[
    idaas("idaas.tenant_token", "gets a back end's access_token for the server API")
        .takes(&[CLIENT_SECRET, Argument::new(Part::Form, "grant_type", "`client_credentials` by default")])
        .post("/api/v2/tenant/token")
        .answers(TOKEN)
        .gives(&[("access_token", Artefact::TenantToken)]),
    idaas("idaas.users", "lists the tenant's users")
        .takes(&[
            ACCESS_TOKEN,
            Argument::query("offset", "the index of the page, from 0").kind(Kind::Number),
            Argument::query("limit", "users on a page, 10 to 100").kind(Kind::Number),
            Argument::query("org_id", "only those of this organisation"),
            Argument::query("updated_at_greater", "only those that changed after this time, in milliseconds"),
        ])
        .get("/api/v2/tenant/users")
        .answers(&["total", "users", "error_code", "error_msg"]),
    idaas("idaas.create_user", "creates a user")
        .takes(&[
            ACCESS_TOKEN,
            Argument::body("user_name", "the user name").required(),
            Argument::body("name", "the name"),
            Argument::body("pwd", "the password"),
            Argument::body("mobile", "the mobile number"),
            Argument::body("email", "the e-mail address"),
            Argument::body("external_id", "the user's id in the customer's own system"),
            Argument::body("org_id", "the organisation"),
        ])
        .post("/api/v2/tenant/users")
        .answers(CHANGED),
    idaas("idaas.user_by_username", "reads a user by the user name")
        .takes(&[ACCESS_TOKEN, Argument::body("user_name", "the user name").required()])
        .post("/api/v2/tenant/users/user-by-username")
        .answers(USER),
    idaas("idaas.user", "reads a user by the id")
        .takes(&[ACCESS_TOKEN, USER_ID])
        .get("/api/v2/tenant/users/{user_id}")
        .answers(USER),
    idaas("idaas.update_user", "changes a user; what is left out stays as it is")
        .takes(&[
            ACCESS_TOKEN,
            USER_ID,
            Argument::body("user_name", "the user name"),
            Argument::body("name", "the name"),
            Argument::body("mobile", "the mobile number"),
            Argument::body("email", "the e-mail address"),
            Argument::body("external_id", "the user's id in the customer's own system"),
            Argument::body("org_id", "the organisation"),
        ])
        .put("/api/v2/tenant/users/{user_id}")
        .answers(CHANGED),
    idaas("idaas.enable_user", "enables a user")
        .takes(&[ACCESS_TOKEN, USER_ID])
        .put("/api/v2/tenant/users/{user_id}/enable")
        .answers(CHANGED),
    idaas("idaas.disable_user", "disables a user")
        .takes(&[ACCESS_TOKEN, USER_ID])
        .put("/api/v2/tenant/users/{user_id}/disable")
        .answers(CHANGED),
    idaas("idaas.session_token_refresh", "prolongs a user's session as a back end (deprecated)")
        .takes(SESSION)
        .post("/api/v2/tenant/sso/session-token/refresh")
        .answers(&["expire", "session_token", "error_code", "error_msg"])
        .gives(&[("session_token", Artefact::SessionToken)]),
    idaas("idaas.sso_ticket", "exchanges a session_token for a ticket (deprecated)")
        .takes(SESSION)
        .post("/api/v2/tenant/sso/session-token/sso-ticket")
        .answers(&["expire", "sso_ticket", "error_code", "error_msg"])
        .gives(&[("sso_ticket", Artefact::SsoTicket)]),
    idaas("idaas.sso_ticket_verify", "asks whose a ticket is")
        .takes(&[ACCESS_TOKEN, Argument::body("sso_ticket", "the ticket").wants(Artefact::SsoTicket).required()])
        .post("/api/v2/tenant/sso/sso-ticket/verify")
        .answers(USER),
    idaas("idaas.authorize", "authorizes as a browser does; its answer are the parameters that the browser takes back")
        .takes(&[
            Argument::query("response_type", "`code` by default"),
            Argument::query("client_id", "the application's own by default"),
            Argument::query("redirect_uri", "where the browser goes; `https://app.example/callback` by default"),
            Argument::query("scope", "`get_user_info` by default"),
            Argument::query("state", "what the browser brings back unchanged"),
            Argument::query("login_hint", "the user who agrees: user name, mobile or e-mail"),
            Argument::query("code_challenge", "what a `code_verifier` has to fit"),
            Argument::query("code_challenge_method", "`S256` or `plain`"),
        ])
        .get("/api/v1/oauth2/authorize")
        .answers(&["code", "state", "error", "error_description"])
        .gives(&[("code", Artefact::AuthorizationCode)]),
    idaas("idaas.oauth2_token", "redeems an authorization code, or refreshes")
        .takes(&[
            CLIENT_SECRET,
            Argument::new(
                Part::Form,
                "grant_type",
                "`refresh_token` when there is one, else `authorization_code`, by default",
            ),
            Argument::new(Part::Form, "code", "the authorization code").wants(Artefact::AuthorizationCode),
            Argument::new(Part::Form, "redirect_uri", "that of the authorization; the same default"),
            Argument::new(Part::Form, "code_verifier", "what the code_challenge was made of"),
            Argument::new(Part::Form, "refresh_token", "the refresh_token").wants(Artefact::RefreshToken),
            Argument::new(Part::Form, "username", "the user name, for the password grant"),
            Argument::new(Part::Form, "password", "the password, for the password grant"),
        ])
        .post("/api/v1/oauth2/token")
        .answers(&[
            "access_token",
            "token_type",
            "expires_in",
            "refresh_token",
            "scope",
            "id_token",
            "error",
            "error_description",
        ])
        .gives(&[
            ("access_token", Artefact::UserToken),
            ("refresh_token", Artefact::RefreshToken),
            ("id_token", Artefact::IdToken),
        ]),
    idaas("idaas.userinfo", "reads the user of an access_token")
        .takes(&[USER_TOKEN])
        .get("/api/v1/oauth2/userinfo")
        .answers(&["id", "userName", "name", "email", "mobile", "error", "error_description"]),
    idaas("idaas.introspect", "asks whether an access_token is good")
        .takes(&[CLIENT_SECRET, Argument::new(Part::Form, "token", "the access_token").required()])
        .post("/api/v1/oauth2/introspect")
        .answers(&["active", "scope", "client_id", "username", "token_type", "exp", "iat", "sub", "error"]),
];

const SESSION: &[Argument] = &[
    ACCESS_TOKEN,
    Argument::body("session_token", "the session_token").wants(Artefact::SessionToken).required(),
    Argument::body("operating_sys_version", "the user's system; that of the other words by default"),
    Argument::body("device_ip", "the user's address; `192.168.1.2` by default"),
    Argument::body("device_fingerprint", "the user's device; that of the other words by default"),
    Argument::body("agent", "the user's agent"),
];
const ACCESS_TOKEN: Argument = BEARER.wants(Artefact::TenantToken);
const USER_TOKEN: Argument = BEARER.wants(Artefact::UserToken);
const BEARER: Argument = Argument::new(Part::Bearer, "access_token", "the access_token").required();
const USER_ID: Argument = Argument::new(Part::Path, "user_id", "the user's id").required();
const CLIENT_SECRET: Argument = Argument::own("client_secret", "the application's own by default");

const fn idaas(name: &'static str, about: &'static str) -> Word {
    Word::new(Group::Idaas, name, about)
}
