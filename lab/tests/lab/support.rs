//! A lab, and short ways to ask it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use lab::{Lab, Peer, Settings};
use serde_json::{Value, json};

pub(crate) const APPID: &str = "wx0123456789abcdef";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const CLIENT_ID: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";
/// Where the clocks of worlds in tests stand.
pub(crate) const START: &str = "2026-03-01T09:00:00Z";

/// Runs a story that waits for answers.
pub(crate) fn run<F: Future>(story: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story)
}

/// The ready world, its clock standing.
pub(crate) fn frozen() -> Value {
    json!({ "like": "ready", "clock": { "start": START } })
}

pub(crate) fn settings(world: Value) -> Settings {
    Settings { world: lab::WorldFile::from_json(world).unwrap(), ..Settings::default() }
}

/// A lab to ask, in the name of one world or of none.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) lab: Arc<Lab>,
    pub(crate) world: Option<String>,
}

impl Client {
    /// A lab whose default world is the ready one, its clock standing.
    pub(crate) fn new() -> Self {
        Self::with(settings(frozen()))
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self { lab: Arc::new(Lab::new(settings).unwrap()), world: None }
    }

    /// The same lab, every call naming this world.
    pub(crate) fn named(&self, world: &str) -> Self {
        Self { lab: Arc::clone(&self.lab), world: Some(world.to_owned()) }
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.lab.answer(request, Peer::in_process()).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:17080");
        if let Some(world) = &self.world {
            request = request.header("x-mock-world", world);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply(self.send(request.body(body).unwrap()).await)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, &[], Bytes::new()).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.ask(Method::GET, path, headers, Bytes::new()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.ask(Method::DELETE, path, &[], Bytes::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::POST, path, &[], body.to_string().into()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::PUT, path, &[], body.to_string().into()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::PATCH, path, &[], body.to_string().into()).await
    }

    pub(crate) async fn raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        self.ask(method, path, headers, body.into()).await
    }

    /// A call of the IDaaS SDK, device headers and client id included.
    pub(crate) async fn sdk(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Reply {
        let mut all = vec![
            ("x-operating-sys-version", "Android 10"),
            ("x-device-fingerprint", "156aysdna213sc50"),
            ("x-agent", "test/1"),
            ("x-client-id", CLIENT_ID),
        ];
        all.extend_from_slice(headers);
        self.ask(Method::POST, &format!("/api/v2/sdk/{path}"), &all, body.to_string().into()).await
    }

    /// What `wx.login` gives.
    pub(crate) async fn login_code(&self, body: Value) -> String {
        self.post("/__admin/v1/device/login", body).await.text("code")
    }

    /// What the phone button gives.
    pub(crate) async fn phone_code(&self, body: Value) -> String {
        self.post("/__admin/v1/device/phone-number", body).await.text("code")
    }

    pub(crate) async fn exchange(&self, code: &str) -> Reply {
        self.get(&format!(
            "/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code={code}&grant_type=authorization_code"
        ))
        .await
    }

    pub(crate) async fn access_token(&self) -> String {
        let path = format!("/cgi-bin/token?grant_type=client_credential&appid={APPID}&secret={SECRET}");
        self.get(&path).await.text("access_token")
    }

    pub(crate) async fn advance(&self, by: &str) {
        assert_eq!(self.put("/__admin/v1/clock", json!({ "advance": by })).await.status(), 200);
    }

    /// Makes a world and names it.
    pub(crate) async fn world(&self, name: &str, world: Value) -> Self {
        let reply = self.post("/__admin/v1/worlds", json!({ "name": name, "world": world })).await;
        assert_eq!(reply.status(), 201, "{reply:?}");
        self.named(name)
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply(pub(crate) Response<Bytes>);

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap_or_else(|_| panic!("not JSON: {:?}", self.0))
    }

    /// A member that is a text.
    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        let body = self.json();
        body[member].as_str().unwrap_or_else(|| panic!("no text `{member}` in {body}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.0.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a control API's error.
    #[track_caller]
    pub(crate) fn error(&self) -> String {
        let body = self.json();
        body["error"]["code"].as_str().unwrap_or_else(|| panic!("no error in {body}")).to_owned()
    }

    /// The message of a control API's error with its hint.
    #[track_caller]
    pub(crate) fn message(&self) -> String {
        let error = &self.json()["error"];
        match error["hint"].as_str() {
            Some(hint) => format!("{} | {hint}", error["message"].as_str().unwrap()),
            None => error["message"].as_str().unwrap().to_owned(),
        }
    }
}

/// An authority for WeChat's names and the domain of the ready world, that counts how often it was asked for.
#[derive(Debug)]
pub(crate) struct Signer {
    authority: (String, String),
    pub(crate) opened: std::sync::atomic::AtomicUsize,
}

impl Signer {
    pub(crate) fn new() -> Arc<Self> {
        Self::for_names(&lab::intercepted_names(["acme.example"]))
    }

    pub(crate) fn for_names(names: &[String]) -> Arc<Self> {
        // The machine's time: that is what the clients of these tests go by.
        let made = lab::Authority::make(names, sim::Clock::now(&sim::real::SystemClock)).unwrap();
        let authority = (made.chain_pem().to_owned(), made.key_pem().expose().to_owned());
        Arc::new(Self { authority, opened: 0.into() })
    }

    pub(crate) fn authority(&self) -> lab::Authority {
        lab::Authority::from_pem(&self.authority.0, &self.authority.1).unwrap()
    }

    /// A lab with this authority, its clock standing, on a port.
    pub(crate) fn start(self: &Arc<Self>) -> lab::RunningLab {
        self.start_with(settings(frozen()))
    }

    pub(crate) fn start_with(self: &Arc<Self>, settings: Settings) -> lab::RunningLab {
        let authority: Arc<dyn lab::AuthoritySource> = Arc::<Self>::clone(self);
        Lab::start_with(Settings { authority: Some(authority), ..settings }).unwrap()
    }

    /// How a client speaks TLS that trusts this authority and no other.
    pub(crate) fn trusted(&self, protocols: &[&str]) -> Arc<rustls::ClientConfig> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.authority().certificate_der().to_vec().into()).unwrap();
        client_config(roots, protocols)
    }
}

/// How a client speaks TLS that trusts these.
pub(crate) fn client_config(roots: rustls::RootCertStore, protocols: &[&str]) -> Arc<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Arc::new(config)
}

impl lab::AuthoritySource for Signer {
    fn open(&self) -> Result<lab::Authority, String> {
        self.opened.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(self.authority())
    }
}

/// The refusals in the journal of a running lab's default world: `target: rule`.
pub(crate) fn refusals(lab: &lab::RunningLab) -> Vec<String> {
    let client = Client { lab: Arc::clone(lab.lab()), world: None };
    let page = run(async { client.get("/__admin/v1/journal").await.json() });
    let exchanges = page["exchanges"].as_array().unwrap().iter();
    let told = exchanges.filter(|exchange| exchange["refusal"].is_object()).map(|exchange| {
        assert_eq!(exchange["to"], "elsewhere");
        format!(
            "{} {}: {}",
            exchange["method"].as_str().unwrap(),
            exchange["target"].as_str().unwrap(),
            exchange["refusal"]["rule"].as_str().unwrap()
        )
    });
    told.collect()
}
