//! One function from a request to an answer, for everything on the one port.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use idaas_core::SigningKey;
use mock_wechat::CallerAddress;
use sim::{Clock, ConfigProblem, ErrorName, Moment, Note, Party, Refusal};

use crate::base::Base;
use crate::carried::{self, Carried};
use crate::control::{self, ControlError};
use crate::fault::Answered;
use crate::guard::{self, Guard};
use crate::headers;
use crate::settings::{Peer, Settings};
use crate::tls::Tls;
use crate::transport;
use crate::world::World;
use crate::worlds::{self, Worlds};

/// The longest body that is read: 1 MiB.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Marks a request whose body was too long to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oversized;

/// Worlds behind one address: WeChat, IDaaS and the control API of each.
///
/// ```
/// # async fn run() {
/// use lab::{Lab, Peer, Settings};
///
/// let lab = Lab::new(Settings::default()).expect("the ready world is valid");
/// let request = http::Request::post("/__admin/v1/device/login").body("{}".into()).unwrap();
/// let answer = lab.answer(request, Peer::in_process()).await;
/// assert!(answer.body().starts_with(br#"{"errMsg":"login:ok","code":""#));
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run());
/// ```
#[derive(Debug)]
pub struct Lab {
    pub(crate) settings: Settings,
    pub(crate) worlds: Worlds,
    pub(crate) key: Arc<SigningKey>,
    pub(crate) tls: Tls,
    guard: Guard,
}

/// The world that a call is for.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) world: Arc<World>,
    /// The world that issued the access token, when it is another one.
    pub(crate) issuer: Option<Arc<World>>,
}

/// Whose paths a path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    WeChat,
    Idaas,
    Control,
    Nobody,
}

impl Side {
    fn of(path: &str) -> Self {
        let under =
            |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if under("/sns") || under("/cgi-bin") || under("/wxa") {
            Self::WeChat
        } else if under("/api/v1") || under("/api/v2") {
            Self::Idaas
        } else if under("/__admin/v1") {
            Self::Control
        } else {
            Self::Nobody
        }
    }
}

impl Lab {
    /// A lab with its default world.
    ///
    /// # Errors
    /// Everything that is wrong in the world file of the default world.
    pub fn new(settings: Settings) -> Result<Self, Vec<ConfigProblem>> {
        let key = settings.key.clone().unwrap_or_else(SigningKey::test_key);
        let guard = Guard {
            admin_token: settings.admin_token.clone(),
            hosts: settings
                .allow_hosts
                .iter()
                .cloned()
                .chain(settings.public_url.as_deref().and_then(Base::host_of))
                .collect(),
            origins: settings.allow_origins.clone(),
        };
        let default = World::new(worlds::DEFAULT, settings.world.clone(), &settings, &key)?;
        let tls = Tls::new(settings.authority.clone());
        Ok(Self { worlds: Worlds::new(default, settings.worlds), settings, key, tls, guard })
    }

    /// A sealed world that is not (yet) in this lab.
    pub(crate) fn sealed(&self, name: &str, file: crate::WorldFile) -> Result<World, Vec<ConfigProblem>> {
        World::new(name, file, &self.settings, &self.key)
    }

    /// The same for the control API.
    pub(crate) fn build(&self, name: &str, file: crate::WorldFile) -> Result<World, ControlError> {
        self.sealed(name, file).map_err(ControlError::world_file)
    }

    /// Answers a call: the vendors' paths, the control API, and the two questions about health.
    ///
    /// It never fails and never panics: what goes wrong inside is answered with status 500 and says that it is a bug.
    pub async fn answer(&self, request: Request<Bytes>, peer: Peer) -> Response<Bytes> {
        caught(self.answered(request, peer)).await.unwrap_or_else(|| {
            let error = ControlError::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", "this is a bug in mockwx");
            error.hint("please report the call and what the server printed; the server goes on").into_response()
        })
    }

    async fn answered(&self, request: Request<Bytes>, peer: Peer) -> Response<Bytes> {
        let origin = self.listed_origin(&request);
        let mut response = match (&origin, is_preflight(&request)) {
            (Some(_), true) => preflight(&request),
            _ => self.routed(request, peer).await.unwrap_or_else(ControlError::into_response),
        };
        if let Some(origin) = origin {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-mock-request-id"));
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        if !response.headers().contains_key(header::DATE) {
            put_date(&mut response, self.worlds.default().clock().now());
        }
        response
    }

    async fn routed(&self, mut request: Request<Bytes>, peer: Peer) -> Result<Response<Bytes>, ControlError> {
        let (named, prefix) = self.take_name(&mut request)?;
        let side = Side::of(request.uri().path());
        let oversized = request.body().len() > BODY_LIMIT || request.extensions().get::<Oversized>().is_some();
        if oversized && !matches!(side, Side::WeChat | Side::Idaas) {
            return Err(ControlError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "a body may have 1 MiB"));
        }
        match side {
            Side::WeChat | Side::Idaas if oversized => {
                *request.body_mut() = Bytes::new();
                let chosen = self.choose(&request, named)?;
                Ok(chosen.world.finish(&request, caller(&request, side), callee(side), too_large(), too_large_note()))
            }
            Side::WeChat => {
                let Chosen { world, issuer } = self.choose(&request, named)?;
                if let Some(address) = self.address_of(&request, peer) {
                    request.extensions_mut().insert(CallerAddress(address));
                }
                if world.wechat().is_down() {
                    let (from, note) = (caller(&request, side), transport::down());
                    return Ok(world.finish(&request, from, Party::WeChat, bad_gateway(), note));
                }
                let from = caller(&request, side);
                let answer = || Answered::from(world.wechat().answer(&request, issuer.as_deref().map(World::wechat)));
                let Answered { response, note } = match world.plan_for(&request, (from, Party::WeChat)) {
                    None => answer(),
                    Some(plan) => {
                        let fail = |error: &ErrorName, story| {
                            let known = mock_wechat::known_error(&error.0)?;
                            Some(world.wechat().fail(&request, &known, story).into())
                        };
                        let answered = plan.carried(fail, async || answer()).await;
                        world.late_by(plan.lateness()).await;
                        answered
                    }
                };
                Ok(world.finish(&request, from, Party::WeChat, response, note))
            }
            Side::Idaas => {
                let world = self.choose(&request, named)?.world;
                let base = Base::of(&request, &self.settings, prefix);
                let from = caller(&request, side);
                let Answered { response, note } = match world.plan_for(&request, (from, Party::Idaas)) {
                    None => world.idaas().answer(&request, base.as_str()).await.into(),
                    Some(plan) => {
                        if let Some(fault) = plan.id_token() {
                            request.extensions_mut().insert(fault);
                        }
                        let fail = |error: &ErrorName, story| {
                            let known = idaas_core::known_error(&error.0)?;
                            Some(world.idaas().fail(&request, known, story).into())
                        };
                        let answer = async || world.idaas().answer(&request, base.as_str()).await.into();
                        let answered = plan.carried(fail, answer).await;
                        world.late_by(plan.lateness()).await;
                        answered
                    }
                };
                Ok(world.finish(&request, from, Party::Idaas, response, note))
            }
            Side::Control => {
                self.guard.check(&request)?;
                let base = Base::of(&request, &self.settings, None);
                control::answer(self, &request, named, &base)
            }
            Side::Nobody => {
                let mut response = self.plain(&request).unwrap_or_else(ControlError::into_response);
                if let Some(world) = named {
                    put_date(&mut response, world.clock().now());
                }
                Ok(response)
            }
        }
    }

    /// The world that a call names by header or path; the path's prefix is taken off.
    fn take_name(&self, request: &mut Request<Bytes>) -> Result<(Option<Arc<World>>, Option<String>), ControlError> {
        let of_path = match request.uri().path().strip_prefix("/__world/") {
            Some(rest) => {
                let name = rest.split('/').next().unwrap_or(rest).to_owned();
                *request.uri_mut() = without_prefix(request.uri(), "/__world/".len() + name.len())?;
                Some(name)
            }
            None => None,
        };
        let of_header = match request.headers().get(headers::WORLD) {
            Some(value) => Some(value.to_str().map_err(|_| {
                ControlError::bad_request("invalid_name", "X-Mock-World is not a name")
                    .hint("a name has 1 to 63 characters out of a-z, 0-9 and `-`")
            })?),
            None => None,
        };
        let name = match (&of_path, of_header) {
            (Some(path), Some(header)) if path != header => {
                return Err(ControlError::bad_request(
                    "two_worlds_named",
                    format!("the path names the world `{path}`, X-Mock-World names `{header}`"),
                ));
            }
            (Some(path), _) => path.as_str(),
            (None, Some(header)) => header,
            (None, None) => return Ok((None, None)),
        };
        Ok((Some(self.worlds.named(name)?), of_path))
    }

    /// Which world answers a call; the first of these that fits: the one that it names, the one whose artefact it
    /// carries, the one of its host name, for a key set the one that rotates its key, the first that declares its app,
    /// `default`.
    pub(crate) fn choose(&self, request: &Request<Bytes>, named: Option<Arc<World>>) -> Result<Chosen, ControlError> {
        if let Some(only) = self.worlds.only() {
            return Ok(Chosen { world: named.unwrap_or(only), issuer: None });
        }
        let carried = Carried::by(request);
        let issuer = carried.access_token.and_then(|tag| self.worlds.by_tag(tag));
        let world = match named {
            Some(named) => named,
            None => match self.of_artefacts(&carried)? {
                Some(world) => world,
                None => match &issuer {
                    Some(issuer) => Arc::clone(issuer),
                    None => self
                        .of_host(request)
                        .or_else(|| self.of_keys(request))
                        .or_else(|| self.of_app(request))
                        .unwrap_or_else(|| self.worlds.default()),
                },
            },
        };
        let issuer = issuer.filter(|issuer| !Arc::ptr_eq(issuer, &world));
        Ok(Chosen { world, issuer })
    }

    fn of_artefacts(&self, carried: &Carried) -> Result<Option<Arc<World>>, ControlError> {
        let mut found = carried.artefacts.iter().filter_map(|(kind, tag)| Some((*kind, self.worlds.by_tag(*tag)?)));
        let Some((kind, world)) = found.next() else { return Ok(None) };
        match found.find(|(_, other)| !Arc::ptr_eq(other, &world)) {
            None => Ok(Some(world)),
            Some((other_kind, other)) => Err(ControlError::new(
                StatusCode::CONFLICT,
                "artefacts_of_two_worlds",
                format!(
                    "this call carries a {} of the world `{}` and a {} of the world `{}`",
                    kind.words(),
                    world.name(),
                    other_kind.words(),
                    other.name()
                ),
            )
            .hint("worlds cannot notice each other; take both from one world")),
        }
    }

    fn of_host(&self, request: &Request<Bytes>) -> Option<Arc<World>> {
        let host = guard::without_port(guard::host(request)?).to_ascii_lowercase();
        self.worlds.get(host.strip_suffix(".localhost")?)
    }

    /// The world whose key set has the keys of all: all tenants sign with one key, and one that rotates it publishes the
    /// next one, too.
    fn of_keys(&self, request: &Request<Bytes>) -> Option<Arc<World>> {
        (request.uri().path() == KEYS).then(|| self.worlds.first(World::rotates_its_key)).flatten()
    }

    fn of_app(&self, request: &Request<Bytes>) -> Option<Arc<World>> {
        let app = carried::app_named(request)?;
        self.worlds.first(|world| world.declares(&app))
    }

    /// The address that a call came from, as WeChat's address list would see it: as a test says it, else as a trusted
    /// proxy does, else that of the socket.
    fn address_of(&self, request: &Request<Bytes>, peer: Peer) -> Option<std::net::IpAddr> {
        let said =
            request.headers().get(headers::CALLER_ADDRESS).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        if said.is_some() {
            return said;
        }
        let forwarded = || {
            let value = request.headers().get("x-forwarded-for")?.to_str().ok()?;
            value.split(',').next()?.trim().parse().ok()
        };
        if self.settings.trust_forwarded { forwarded().or(peer.address()) } else { peer.address() }
    }

    /// The origin of a page that was let in by name, on a path that such pages may use.
    fn listed_origin(&self, request: &Request<Bytes>) -> Option<HeaderValue> {
        if self.settings.allow_origins.is_empty() {
            return None;
        }
        let value = request.headers().get(header::ORIGIN)?;
        let path = request.uri().path();
        let path = path.strip_prefix("/__world/").and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or(path);
        let open = matches!(Side::of(path), Side::WeChat | Side::Idaas)
            || path.starts_with("/__admin/v1/device/")
            || path == WX_SCRIPT_PATH;
        (open && self.guard.lists_origin(value.to_str().ok()?)).then(|| value.clone())
    }

    /// The few paths beside the vendors' and the control API.
    fn plain(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, ControlError> {
        let path = request.uri().path();
        let (text, content_type) = match path {
            "/livez" | "/readyz" => ("ok\n", "text/plain; charset=utf-8"),
            "/" | "/__admin" | "/__admin/" => (WELCOME, "text/plain; charset=utf-8"),
            WX_SCRIPT_PATH => (WX_SCRIPT, "text/javascript; charset=utf-8"),
            _ => {
                return Err(ControlError::not_found("unknown_path", format!("nothing is served at {path}"))
                    .hint("WeChat is at /sns, /cgi-bin and /wxa, IDaaS at /api/v1 and /api/v2, the control API at /__admin/v1"));
            }
        };
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return Err(ControlError::method(request.method(), path, &["GET"]));
        }
        let mut response = Response::new(Bytes::from_static(text.as_bytes()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Ok(response)
    }
}

/// Where pages of an H5 build find their `wx`.
const WX_SCRIPT_PATH: &str = "/__admin/wx.js";
const WX_SCRIPT: &str = include_str!("../../clients/js/dist/wx.js");

/// Where a tenant publishes its keys.
const KEYS: &str = "/api/v1/oauth2/keys";

const WELCOME: &str = "mockwx: an offline WeChat and an offline IDaaS\n\
\n\
WeChat        /sns/jscode2session, /cgi-bin/token, /cgi-bin/stable_token, /wxa/business/getuserphonenumber …\n\
IDaaS         /api/v2/sdk/…, /api/v2/tenant/…, /api/v1/oauth2/…\n\
control API   /__admin/v1/openapi.json says what it can do\n\
H5 pages      <script src=\"http://127.0.0.1:17080/__admin/wx.js\"></script>\n\
other worlds  any of the above under /__world/{name}/\n\
\n\
a login code  curl -X POST http://127.0.0.1:17080/__admin/v1/device/login\n";

/// What a future gives, or nothing when it panics: one call that meets a bug must not take the others with it.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Err(_) => Poll::Ready(None),
    })
    .await
}

pub(crate) fn put_date(response: &mut Response<Bytes>, now: Moment) {
    if let Ok(date) = HeaderValue::from_str(&now.to_http_date()) {
        response.headers_mut().insert(header::DATE, date);
    }
}

fn without_prefix(uri: &Uri, length: usize) -> Result<Uri, ControlError> {
    let whole = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let rest = whole.get(length..).unwrap_or_default();
    let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    let mut parts = uri.clone().into_parts();
    let rest = rest.try_into().map_err(|_| ControlError::bad_request("invalid_path", "the path makes no sense"))?;
    parts.path_and_query = Some(rest);
    Uri::from_parts(parts).map_err(|_| ControlError::bad_request("invalid_path", "the path makes no sense"))
}

/// Who asks: as the caller says, else who usually does.
fn caller(request: &Request<Bytes>, side: Side) -> Party {
    match request.headers().get(headers::CALLER).map(HeaderValue::as_bytes) {
        Some(b"mini-program") => Party::MiniProgram,
        Some(b"back-end") => Party::BackEnd,
        _ if side == Side::Idaas && request.uri().path().starts_with("/api/v2/sdk") => Party::MiniProgram,
        _ => Party::BackEnd,
    }
}

const fn callee(side: Side) -> Party {
    match side {
        Side::Idaas => Party::Idaas,
        _ => Party::WeChat,
    }
}

/// Neither vendor documents what a body of more than a megabyte meets: it is their web server that answers.
fn too_large() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"413 Request Entity Too Large\n"));
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// A WeChat that is down takes no connection. The address here is shared with IDaaS and other worlds, so its caller is
/// told what a gateway before a dead server tells.
fn bad_gateway() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

fn too_large_note() -> Note {
    let story = vec!["the body has more than 1 MiB".to_owned()];
    Note {
        refusal: Some(Refusal { rule: "body_too_large".to_owned(), code: "413".to_owned(), story }),
        ..Note::default()
    }
}

fn is_preflight(request: &Request<Bytes>) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What a page of a listed origin is told before it calls: whatever method and headers it asked for.
fn preflight(request: &Request<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    if let Some(asked) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_one_call_and_nothing_else() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(caught(async { 7 })), Some(7));
        let bug = async {
            tokio::task::yield_now().await;
            assert!(std::hint::black_box(false), "a bug");
        };
        assert_eq!(runtime.block_on(caught(bug)), None);
    }
}
