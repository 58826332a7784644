//! HTTPS in the names of WeChat and of tenants, on the port that speaks HTTP.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use lab::{Lab, RunningLab};
use rustls::{ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use crate::support::{APPID, Client, SECRET, Signer, client_config, frozen, refusals, run, settings};

type Secured = StreamOwned<ClientConnection, TcpStream>;

fn connect(lab: &RunningLab) -> TcpStream {
    let stream = TcpStream::connect(lab.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

fn secured(stream: TcpStream, config: Arc<rustls::ClientConfig>, name: &'static str) -> Secured {
    StreamOwned::new(ClientConnection::new(config, name.try_into().unwrap()).unwrap(), stream)
}

/// Says a request under a name and reads to the end of the answer.
fn ask(lab: &RunningLab, signer: &Signer, name: &'static str, request: &str) -> io::Result<String> {
    let mut stream = secured(connect(lab), signer.trusted(&[]), name);
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8(answer).unwrap())
}

fn get(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn exchange_path() -> String {
    format!("/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code=mock:alice&grant_type=authorization_code")
}

/// Plans a fault for exchanges of codes, in place of the one before.
fn plan(lab: &RunningLab, what: &str) {
    let fault =
        json!({ "where": { "endpoint": "/sns/*" }, "what": serde_json::from_str::<serde_json::Value>(what).unwrap() });
    let client = Client { lab: Arc::clone(lab.lab()), world: None };
    run(async {
        client.delete("/__admin/v1/faults").await;
        assert_eq!(client.post("/__admin/v1/faults", fault).await.status(), 201);
    });
}

#[test]
fn wechat_and_the_tenant_answer_under_their_own_names() {
    let (signer, path) = (Signer::new(), exchange_path());
    let lab = signer.start();
    for name in lab::WECHAT_NAMES {
        let answer = ask(&lab, &signer, name, &get(&path, name)).unwrap();
        assert!(answer.contains(r#""openid":"o"#), "{name}: {answer}");
    }
    let discovery = get("/api/v1/oauth2/.well-known/openid-configuration", "acme.example");
    let answer = ask(&lab, &signer, "acme.example", &discovery).unwrap();
    assert!(answer.contains(r#""issuer":"https://acme.example/api/v1/oauth2""#), "{answer}");
    assert!(answer.contains("date: Sun, 01 Mar 2026 09:00:00 GMT\r\n"), "{answer}");
}

#[test]
fn the_authority_is_not_asked_for_before_somebody_wants_tls() {
    let signer = Signer::new();
    let lab = signer.start();
    let mut stream = connect(&lab);
    stream.write_all(get("/livez", "127.0.0.1").as_bytes()).unwrap();
    assert!(io::read_to_string(stream).unwrap().ends_with("ok\n"));
    assert_eq!(signer.opened.load(Ordering::Relaxed), 0);
    for _ in 0..3 {
        ask(&lab, &signer, "api.weixin.qq.com", &get("/livez", "api.weixin.qq.com")).unwrap();
    }
    assert_eq!(signer.opened.load(Ordering::Relaxed), 1);
}

#[test]
fn the_control_api_hands_out_the_certificate() {
    let signer = Signer::new();
    let lab = signer.start();
    let client = Client { lab: Arc::clone(lab.lab()), world: None };
    let body = run(async { client.get("/__admin/v1/ca.pem").await.0.into_body() });
    assert_eq!(body, signer.authority().certificate_pem());
    let reply = run(async { Client::new().get("/__admin/v1/ca.pem").await });
    assert_eq!((reply.status(), reply.json()["error"]["code"].as_str()), (404, Some("no_authority")));
}

#[test]
fn a_chunked_post_is_refused_over_tls_too() {
    let signer = Signer::new();
    let lab = signer.start();
    let head = "POST /cgi-bin/stable_token HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n";
    let request = format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n");
    let answer = ask(&lab, &signer, "api.weixin.qq.com", &request).unwrap();
    assert!(answer.starts_with("HTTP/1.1 412 "), "{answer}");
}

/// A connection that speaks HTTP/2 as WeChat's clients would.
async fn http2_to(lab: &RunningLab, signer: &Signer) -> http2::SendRequest<Full<Bytes>> {
    let stream = tokio::net::TcpStream::connect(lab.address()).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(signer.trusted(&["h2", "http/1.1"]));
    let stream = connector.connect("api.weixin.qq.com".try_into().unwrap(), stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    sender
}

/// Asks over HTTP/2; the status and the body, if it came whole.
async fn asked(
    sender: &mut http2::SendRequest<Full<Bytes>>,
    method: &str,
    path: &str,
    body: &'static str,
) -> hyper::Result<(u16, Option<String>)> {
    let request = Request::builder().method(method).uri(format!("https://api.weixin.qq.com{path}"));
    let response = sender.send_request(request.body(body.into()).unwrap()).await?;
    assert_eq!(response.version(), http::Version::HTTP_2);
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.ok().map(|body| body.to_bytes());
    Ok((status, body.map(|body| String::from_utf8(body.to_vec()).unwrap())))
}

#[test]
fn http2_is_spoken_with_those_who_ask_for_it_and_knows_no_412() {
    let signer = Signer::new();
    let lab = signer.start();
    run(async {
        let mut sender = http2_to(&lab, &signer).await;
        let (status, body) = asked(&mut sender, "GET", &exchange_path(), "").await.unwrap();
        assert!(status == 200 && body.unwrap().contains(r#""openid":"o"#));
        let (status, body) = asked(&mut sender, "POST", "/cgi-bin/stable_token", "{}").await.unwrap();
        assert!(status == 200 && body.unwrap().contains(r#""errcode":"#));
    });
}

#[test]
fn a_body_too_long_is_refused_over_http2_once_it_was_heard_out() {
    let signer = Signer::new();
    let lab = signer.start();
    run(async {
        let mut sender = http2_to(&lab, &signer).await;
        let request = Request::post("https://acme.example/api/v2/sdk/login").body(Full::from(vec![b' '; 3_000_000]));
        let response = sender.send_request(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 413);
        response.into_body().collect().await.unwrap();
        let (status, body) = asked(&mut sender, "GET", "/livez", "").await.unwrap();
        assert_eq!((status, body.as_deref()), (200, Some("ok\n")));
    });
}

#[test]
fn a_fault_over_http2_hits_its_request_and_leaves_the_connection() {
    let signer = Signer::new();
    let lab = signer.start();
    run(async {
        let mut sender = http2_to(&lab, &signer).await;
        for (what, whole) in [(r#"{"body":"truncated"}"#, false), (r#"{"drip":"50ms"}"#, true)] {
            std::thread::scope(|scope| scope.spawn(|| plan(&lab, what)).join().unwrap());
            let (status, body) = asked(&mut sender, "GET", &exchange_path(), "").await.unwrap();
            assert_eq!((status, body.is_some()), (200, whole), "{what}");
        }
        std::thread::scope(|scope| scope.spawn(|| plan(&lab, r#"{"reset":"before"}"#)).join().unwrap());
        assert!(asked(&mut sender, "GET", &exchange_path(), "").await.is_err());
        let (status, body) = asked(&mut sender, "GET", "/livez", "").await.unwrap();
        assert_eq!((status, body.as_deref()), (200, Some("ok\n")));
    });
}

#[test]
fn faults_are_the_same_over_tls() {
    let (signer, path) = (Signer::new(), exchange_path());
    let lab = signer.start();
    let exchange = |what: &str| {
        plan(&lab, what);
        ask(&lab, &signer, "api.weixin.qq.com", &get(&path, "api.weixin.qq.com"))
    };
    assert_eq!(exchange(r#"{"reset":"after"}"#).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert!(exchange(r#"{"drip":"50ms"}"#).unwrap().ends_with('}'));
    let cut_short = exchange(r#"{"body":"truncated"}"#);
    // Without the goodbye of TLS, so that nobody takes a part for the whole.
    assert!(cut_short.is_err() || !cut_short.unwrap().ends_with('}'));
}

#[test]
fn another_name_is_refused_and_the_journal_tells_why() {
    let signer = Signer::new();
    let lab = signer.start();
    let error = ask(&lab, &signer, "example.com", &get("/", "example.com")).unwrap_err();
    assert!(error.to_string().contains("AccessDenied"), "{error}");
    assert_eq!(refusals(&lab), ["TLS example.com: tls_other_name"]);
}

#[test]
fn a_client_that_does_not_trust_us_is_told_of_in_the_journal() {
    let signer = Signer::new();
    let lab = signer.start();
    let mut stream = secured(connect(&lab), client_config(RootCertStore::empty(), &[]), "api.weixin.qq.com");
    let error = stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    drop(stream);
    // The next one is answered after the journal has the last.
    ask(&lab, &signer, "api.weixin.qq.com", &get("/livez", "api.weixin.qq.com")).unwrap();
    assert_eq!(refusals(&lab), ["TLS api.weixin.qq.com: tls_not_trusted"]);
}

#[test]
fn a_lab_without_an_authority_says_so() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let error = ask(&lab, &Signer::new(), "api.weixin.qq.com", &get("/", "a")).unwrap_err();
    assert!(error.to_string().contains("AccessDenied"), "{error}");
    assert_eq!(refusals(&lab), ["TLS api.weixin.qq.com: no_certificate"]);
}

#[test]
fn a_tenant_that_the_authority_does_not_cover_is_told_to_renew_it() {
    let signer = Signer::for_names(&lab::intercepted_names([]));
    let lab = signer.start();
    ask(&lab, &signer, "api.weixin.qq.com", &get("/livez", "api.weixin.qq.com")).unwrap();
    let error = ask(&lab, &signer, "acme.example", &get("/", "acme.example")).unwrap_err();
    assert!(error.to_string().contains("AccessDenied"), "{error}");
    assert_eq!(refusals(&lab), ["TLS acme.example: no_certificate"]);
    assert_eq!(signer.opened.load(Ordering::Relaxed), 2, "it was not looked at again");
}

#[test]
fn a_stopped_lab_cuts_what_goes_over_tls() {
    let signer = Signer::new();
    let lab = signer.start();
    let mut stream = secured(connect(&lab), signer.trusted(&[]), "api.weixin.qq.com");
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    drop(lab);
    let mut rest = Vec::new();
    // It ends, politely or not.
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.ends_with(b"ok\n"));
}
