//! Which path is answered by which function, and the checks that come before all of them.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use http::{Method, Request};

use crate::answer::{self, Answer, Dialect, Page, Reply};
use crate::call::{self, Call, Client};
use crate::config::ApplicationType;
use crate::events::Events;
use crate::idaas::{Idaas, Setup};
use crate::language::Language;
use crate::refusal::{Refusal, Refused};
use crate::{
    bind, captcha, code_login, keys, login, logout, oauth2, password_change, password_login, profile, refresh,
    register, second_factor, send, social, tenant,
};

/// A handler that has to wait for something.
pub(crate) type Handled<'a> = Pin<Box<dyn Future<Output = Result<Reply, Refused>> + Send + 'a>>;

/// The function that answers a path.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Answers at once.
    Now(for<'a> fn(&'a Call<'a>) -> Result<Reply, Refused>),
    /// Waits for WeChat or for work done elsewhere.
    Later(for<'a> fn(&'a Call<'a>) -> Handled<'a>),
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now(_) => "Now",
            Self::Later(_) => "Later",
        })
    }
}

/// Who may call a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody; the endpoint itself may ask for credentials.
    Anybody,
    /// An application, with the device headers and its client id.
    Application,
}

/// One endpoint.
#[derive(Debug)]
pub(crate) struct Route {
    method: Method,
    /// The path; one part of it may be `{…}`, which stands for any text.
    path: &'static str,
    who: Who,
    handler: Handler,
    page: Page,
}

const fn route(method: Method, path: &'static str, who: Who, page: Page, handler: Handler) -> Route {
    Route { method, path, who, handler, page }
}

const fn post(path: &'static str, handler: Handler) -> Route {
    route(Method::POST, path, Who::Application, Page::Sdk, handler)
}

const fn get(path: &'static str, handler: Handler) -> Route {
    route(Method::GET, path, Who::Application, Page::Sdk, handler)
}

const fn open(path: &'static str, handler: Handler) -> Route {
    route(Method::GET, path, Who::Anybody, Page::Sdk, handler)
}

const fn bind_page(path: &'static str, handler: Handler) -> Route {
    route(Method::POST, path, Who::Application, Page::Bind, handler)
}

const fn tenant(method: Method, path: &'static str, handler: Handler) -> Route {
    route(method, path, Who::Anybody, Page::Tenant, handler)
}

const fn oauth2(method: Method, path: &'static str, handler: Handler) -> Route {
    route(method, path, Who::Anybody, Page::OAuth2, handler)
}

use Handler::{Later, Now};

/// Every endpoint of the tenant.
static ROUTES: &[Route] = &[
    // Mini Program.
    post("/api/v2/sdk/login/wechat-miniprogram", Later(login::by_login_code)),
    post("/api/v2/sdk/login/wechat-mini-program-mobile", Later(login::by_phone_code)),
    bind_page("/api/v2/sdk/social/wechat-mobile-bind", Later(bind::by_wechat_mobile)),
    bind_page("/api/v2/sdk/social/wechat-mobile-register-bind", Later(bind::or_register_by_wechat_mobile)),
    bind_page("/api/v2/sdk/social/bind", Now(bind::by_verify_code)),
    bind_page("/api/v2/sdk/social/register-bind", Now(bind::or_register_by_verify_code)),
    bind_page("/api/v2/sdk/social/username-password-bind", Later(bind::by_password)),
    post("/api/v2/sdk/profile/update-mobile-by-wechat", Later(profile::update_mobile)),
    // The session and its keys.
    post("/api/v2/sdk/sso/session-token/id-token", Now(refresh::refresh)),
    open("/api/v1/oauth2/keys", Now(keys::keys)),
    open("/api/v1/oauth2/.well-known/openid-configuration", Now(keys::discovery)),
    get("/api/v2/sdk/public-key", Now(keys::public_key)),
    post("/api/v2/sdk/logout", Now(logout::sdk)),
    open("/api/v1/logout", Now(logout::browser)),
    // The user's own things.
    get("/api/v2/sdk/social", Now(social::list)),
    post("/api/v2/sdk/social/unbind-account", Now(social::unbind)),
    get("/api/v2/sdk/profile", Now(profile::show)),
    // Pictures and codes.
    get("/api/v2/sdk/captcha", Now(captcha::get)),
    post("/api/v2/sdk/captcha/verify", Now(captcha::verify)),
    post("/api/v2/sdk/sms/send", Now(send::sms)),
    post("/api/v2/sdk/email/send", Now(send::email)),
    // Passwords, second factor, registration.
    post("/api/v2/sdk/login", Later(password_login::by_user_name)),
    post("/api/v2/sdk/login/auth", Later(password_login::by_identifier)),
    post("/api/v2/sdk/login/mobile-verify-code", Now(code_login::by_mobile)),
    post("/api/v2/sdk/pwd/update", Later(password_change::update)),
    get("/api/v2/sdk/pwd/skip-update", Now(password_change::skip)),
    post("/api/v2/sdk/pwd/update-by-email", Now(password_change::by_email)),
    post("/api/v2/sdk/mfa/sms", Now(second_factor::sms)),
    post("/api/v2/sdk/mfa/email", Now(second_factor::email)),
    post("/api/v2/sdk/register/mobile-verify-code", Now(register::by_mobile)),
    // The server API, for back ends.
    tenant(Method::POST, "/api/v2/tenant/token", Now(tenant::token)),
    tenant(Method::GET, "/api/v2/tenant/users", Now(tenant::users)),
    tenant(Method::POST, "/api/v2/tenant/users", Now(tenant::create_user)),
    tenant(Method::POST, "/api/v2/tenant/users/user-by-username", Now(tenant::user_by_username)),
    tenant(Method::GET, "/api/v2/tenant/users/{user_id}", Now(tenant::user)),
    tenant(Method::PUT, "/api/v2/tenant/users/{user_id}", Now(tenant::update_user)),
    tenant(Method::PUT, "/api/v2/tenant/users/{user_id}/enable", Now(tenant::enable_user)),
    tenant(Method::PUT, "/api/v2/tenant/users/{user_id}/disable", Now(tenant::disable_user)),
    tenant(Method::POST, "/api/v2/tenant/sso/session-token/refresh", Now(tenant::refresh_session)),
    tenant(Method::POST, "/api/v2/tenant/sso/session-token/sso-ticket", Now(tenant::sso_ticket)),
    tenant(Method::POST, "/api/v2/tenant/sso/sso-ticket/verify", Now(tenant::verify_ticket)),
    // OAuth2.
    oauth2(Method::GET, "/api/v1/oauth2/authorize", Now(oauth2::authorize)),
    oauth2(Method::POST, "/api/v1/oauth2/token", Later(oauth2::token)),
    oauth2(Method::GET, "/api/v1/oauth2/userinfo", Now(oauth2::userinfo)),
    oauth2(Method::POST, "/api/v1/oauth2/introspect", Now(oauth2::introspect)),
];

/// Whether a path is that of a route, and what stands where the route's path has `{…}`.
fn fits<'p>(route: &str, path: &'p str) -> Option<Option<&'p str>> {
    if route == path {
        return Some(None);
    }
    let (before, rest) = route.split_once('{')?;
    let (_, after) = rest.split_once('}')?;
    let part = path.strip_prefix(before)?.strip_suffix(after)?;
    (!part.is_empty() && !part.contains('/')).then_some(Some(part))
}

const DEVICE_HEADERS: [&str; 3] = ["X-operating-sys-version", "X-device-fingerprint", "X-agent"];

/// The route of a call, and what stands in its path where the route has `{…}`.
fn find<'p>(method: &Method, path: &'p str) -> Result<(&'static Route, Option<&'p str>), Refused> {
    let mut others = Vec::new();
    for route in ROUTES {
        let Some(parameter) = fits(route.path, path) else { continue };
        if route.method == *method {
            return Ok((route, parameter));
        }
        others.push(&route.method);
    }
    let takes = |method: &Method| others.contains(&method);
    let allowed = match (takes(&Method::GET), takes(&Method::POST), takes(&Method::PUT)) {
        (true, true, _) => "GET, POST",
        (true, _, true) => "GET, PUT",
        (true, ..) => "GET",
        (_, true, _) => "POST",
        (_, _, true) => "PUT",
        _ => {
            return Err(Refusal::NoSuchPath
                .because("the API of the tenant begins with /api/v2/sdk, /api/v2/tenant and /api/v1"));
        }
    };
    Err(Refusal::WrongMethod(allowed).into())
}

/// The application that a call comes from: device headers first, then the client id, as the service was seen to do.
fn client(setup: &Setup, request: &Request<Bytes>) -> Result<Client, Refused> {
    for name in DEVICE_HEADERS {
        if call::header(request, name).is_none() {
            return Err(
                Refusal::DeviceHeaderMissing(name).because(format!("every call needs {}", DEVICE_HEADERS.join(", ")))
            );
        }
    }
    let id = call::header(request, "X-client-id").ok_or(Refusal::ClientIdMissing)?;
    let Some((name, application)) = setup.application(id) else {
        if setup.config.applications.is_empty() && !setup.config.strict {
            return Ok(Client { id: id.to_owned(), name: None });
        }
        let known: Vec<_> = setup.config.applications.iter().map(|(name, _)| name).collect();
        return Err(Refusal::ClientUnknown.because(match known.is_empty() {
            true => "the tenant declares no application at all, and its world is strict".to_owned(),
            false => format!("its applications are: {}", known.join(", ")),
        }));
    };
    if application.kind != ApplicationType::SdkApi {
        return Err(Refusal::ApplicationNotSdk(application.kind).because(format!(
            "application `{name}`: only SDK/API serves this API, and the type can be set once only"
        )));
    }
    if !application.enabled {
        return Err(Refusal::ApplicationDisabled.because(format!("application `{name}` was saved but not enabled")));
    }
    Ok(Client { id: id.to_owned(), name: Some(name.to_owned()) })
}

impl Idaas {
    /// In which words errors are told to this call.
    pub(crate) fn dialect(&self, request: &Request<Bytes>) -> Dialect {
        let language = Language::asked(call::header(request, "X-L"));
        let page = find(request.method(), request.uri().path()).map_or(Page::Sdk, |(route, _)| route.page);
        Dialect { page, ..Dialect::of(&self.setup().config, language) }
    }

    /// Answers a call to `/api/v1` or `/api/v2`.
    ///
    /// `base` is scheme and host that the caller used, such as `http://127.0.0.1:17080`: tokens name it as their
    /// issuer when the configuration names none.
    pub async fn answer(&self, request: &Request<Bytes>, base: &str) -> Answer {
        let setup = self.setup();
        let language = Language::asked(call::header(request, "X-L"));
        let mut dialect = Dialect::of(&setup.config, language);
        let (outcome, events) = match find(request.method(), request.uri().path()) {
            Err(refused) => (Err(refused), Vec::new()),
            Ok((route, parameter)) => {
                dialect.page = route.page;
                let client = match route.who {
                    Who::Anybody => Ok(Client::default()),
                    Who::Application => client(&setup, request),
                };
                match client {
                    Err(refused) => (Err(refused), Vec::new()),
                    Ok(client) => {
                        let (path, events) = (route.path, Events::default());
                        let call =
                            Call { idaas: self, setup, request, path, parameter, base, language, client, events };
                        let outcome = match route.handler {
                            Handler::Now(handle) => handle(&call),
                            Handler::Later(handle) => handle(&call).await,
                        };
                        (outcome, call.events.into_sentences())
                    }
                }
            }
        };
        let mut answer = answer::answer(outcome, dialect, self.ground.now());
        answer.note.events = events;
        answer
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Method;
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Edition;
    use crate::scene::{LOGIN, Scene, request};

    fn refused(scene: &Scene, headers: &[(&str, &str)], body: Value) -> String {
        let answer = scene.post_with(LOGIN, headers, body);
        answer.refused();
        answer.text
    }

    #[test]
    fn each_device_header_is_needed_and_blanks_are_nothing() {
        let scene = Scene::new();
        for name in DEVICE_HEADERS {
            for value in ["", "  "] {
                assert_eq!(
                    refused(&scene, &[(name, value)], json!({ "code": "login-bob" })),
                    r#"{"error_code":"IDAAS.SDK.PARAM.0001","error_msg":"Device information is incomplete"}"#
                );
            }
        }
    }

    #[test]
    fn device_headers_come_before_the_client_id_and_that_before_the_body() {
        let scene = Scene::new();
        let code = |headers: &[(&str, &str)]| refused(&scene, headers, Value::Null);
        assert!(code(&[("X-agent", ""), ("X-client-id", "")]).contains("PARAM.0001"));
        assert!(
            code(&[("X-client-id", "")]).contains(r#""IDAAS.SDK.PARAM.0002","error_msg":"clientId cannot be empty""#)
        );
        assert!(code(&[("X-client-id", "unknown")]).contains("PARAM.0003"));
        assert!(code(&[]).contains(r#""IDAAS.SDK.COMMON.1001","error_msg":"Parameter code cannot be left blank""#));
    }

    #[test]
    fn the_employee_edition_has_its_own_codes() {
        let scene = Scene::with(|config| config.edition = Edition::Eiam);
        let code = |headers: &[(&str, &str)]| refused(&scene, headers, Value::Null);
        assert!(code(&[("X-agent", "")]).contains("\"SDK.COMMON.1003\""));
        let missing = code(&[("X-client-id", "")]);
        assert!(missing.contains(r#""SDK.COMMON.1001","error_msg":"Parameter X-client-id cannot be left blank.""#));
        assert!(code(&[("X-client-id", "unknown")]).contains("\"SDK.COMMON.1012\""));
        assert!(code(&[("X-client-id", ""), ("X-L", "")]).contains("参数X-client-id不能为空"));
    }

    #[test]
    fn any_json_body_is_read_whatever_its_content_type_and_nothing_else() {
        let scene = Scene::new();
        let send = |body: &'static [u8], content_type: &str| {
            let headers = [("content-type", content_type)];
            scene.send(request(Method::POST, LOGIN, &headers, Bytes::from_static(body)))
        };
        for content_type in ["", "text/plain", "application/json;charset=utf8", "application/x-www-form-urlencoded"] {
            assert_eq!(send(br#"{"code":"login-bob"}"#, content_type).text("status"), "SUCCESS", "{content_type}");
        }
        for body in [&b"code=login-bob"[..], b"[]", b"\"x\"", b"{", b"\xff\xfe", b"null"] {
            assert_eq!(send(body, "application/json").refused(), (400, "COMMON.1002", "body_not_json"));
        }
        assert_eq!(send(b"  ", "application/json").refused(), (400, "COMMON.1001", "field_missing"));
        assert_eq!(send(br#"{"code":null}"#, "").refused(), (400, "COMMON.1001", "field_missing"));
        assert_eq!(send(br#"{"code":"  "}"#, "").refused(), (400, "COMMON.1001", "field_missing"));
        assert_eq!(send(br#"{"code":7}"#, "").refused(), (400, "COMMON.1002", "field_format"));
        assert_eq!(send(&[b'['; 100_000], "").refused().2, "body_not_json");
    }

    #[test]
    fn an_unknown_path_is_404_and_a_wrong_method_405() {
        let scene = Scene::new();
        let answer = scene.post("/api/v2/sdk/nothing", json!({}));
        assert_eq!(answer.refused(), (404, "MOCKWX.0404", "path_unknown"));
        let answer = scene.get(LOGIN, &[]);
        assert_eq!(answer.refused(), (405, "MOCKWX.0405", "method_wrong"));
        assert_eq!(answer.headers["allow"], "POST");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]
        #[test]
        fn no_input_is_answered_with_a_server_error(
            body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60),
            field in "(code|wechat_code|mobile|email|id|user_name|password|verify_code|token|point_json|type)",
            value in ".{0,40}",
            header in "[ -~]{1,40}",
        ) {
            let scene = Scene::new();
            for route in ROUTES {
                let headers = [("X-state-token", &*header), ("session-token", &*header), ("Authorization", &*header)];
                for body in [Bytes::from(body.clone()), Bytes::from(json!({ &*field: &*value }).to_string())] {
                    let answer = scene.send(request(route.method.clone(), route.path, &headers, body));
                    let expected = match route.page {
                        Page::Sdk | Page::Bind => matches!(answer.status, 200 | 400),
                        Page::Tenant | Page::OAuth2 => matches!(answer.status, 400 | 401),
                    };
                    proptest::prop_assert!(expected, "{} {}", route.path, answer.text);
                }
            }
        }
    }

    #[test]
    fn every_path_stands_in_the_table_once() {
        let mut seen = std::collections::HashSet::new();
        for route in ROUTES {
            assert!(seen.insert((&route.method, route.path)), "{} {}", route.method, route.path);
        }
    }
}
