//! What only a socket shows.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use lab::{Lab, Settings};
use serde_json::Value;

use crate::support::{frozen, settings};

/// A lab on a port; everything ends when it is dropped.
struct Server {
    running: lab::RunningLab,
}

impl Server {
    fn start() -> Self {
        Self { running: Lab::start_with(settings(frozen())).unwrap() }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.running.url().trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// Sends bytes, ends the sending side, reads to the end.
    fn tell(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[test]
fn an_answer_has_a_length_a_date_of_its_world_and_is_not_chunked() {
    let server = Server::start();
    let answer = server.tell(b"GET /api/v1/oauth2/keys HTTP/1.1\r\nHost: acme.example\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-length: "), "{answer}");
    assert!(answer.contains("date: Sun, 01 Mar 2026 09:00:00 GMT\r\n"), "{answer}");
    assert!(!answer.contains("transfer-encoding"), "{answer}");
}

#[test]
fn a_chunked_post_to_wechat_is_refused_with_412_and_nothing_else() {
    let server = Server::start();
    let answer = server.tell(
        b"POST /cgi-bin/stable_token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 412 Precondition Failed\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    // IDaaS takes one.
    let answer = server
        .tell(b"POST /api/v2/sdk/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Server::start();
    let one = b"POST /__admin/v1/device/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}".repeat(50);
    let answers = server.tell(&one);
    let codes: Vec<&str> = answers.split("\"code\":\"").skip(1).map(|rest| &rest[..32]).collect();
    assert_eq!(codes.len(), 50);
    let distinct: std::collections::HashSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), 50);
}

#[test]
fn a_body_too_long_is_refused_announced_or_not() {
    let server = Server::start();
    let announced =
        server.tell(b"POST /__admin/v1/worlds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n");
    assert!(announced.starts_with("HTTP/1.1 413 "), "{announced}");
    let mut chunked =
        b"POST /api/v2/sdk/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..20 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend(std::iter::repeat_n(b' ', 0x10000));
        chunked.extend_from_slice(b"\r\n");
    }
    let mut stream = server.connect();
    // The server may close before it has read everything.
    let _ = stream.write_all(&chunked);
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert!(server.tell(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

#[test]
fn headers_too_long_or_wrong_are_refused() {
    let server = Server::start();
    let long = format!("GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(200_000));
    let mut stream = server.connect();
    let _ = stream.write_all(long.as_bytes());
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
    for wrong in [
        &b"NONSENSE\r\n\r\n"[..],
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01",
    ] {
        let answer = server.tell(wrong);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    assert!(server.tell(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_client_that_asks_before_it_sends_is_told_to_go_on() {
    let server = Server::start();
    let mut stream = server.connect();
    stream
        .write_all(b"POST /__admin/v1/device/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        .unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}

#[test]
fn a_stopped_server_finishes_what_it_has_begun() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (address, served) = runtime.block_on(async {
        let listener = lab::listen(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let lab = Arc::new(Lab::new(Settings::default()).unwrap());
        let served = tokio::spawn(lab::serve(listener, lab, async { drop(stopped.await) }));
        (address, served)
    });
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // One whole exchange, so that the server is known to have taken the connection; then half a request.
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut buffer = [0; 4096];
    let mut seen = String::new();
    while !seen.ends_with("ok\n") {
        let read = stream.read(&mut buffer).unwrap();
        seen.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    stream
        .write_all(b"POST /__admin/v1/device/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        .unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    stop.send(()).unwrap();
    let drain = runtime.block_on(served).unwrap();
    assert!(TcpStream::connect(address).is_err(), "it still listens");
    let drained = runtime.spawn(drain.within(Duration::from_secs(10)));
    stream.write_all(b"{}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["errMsg"], "login:ok");
    assert!(runtime.block_on(drained).unwrap());
}

#[test]
fn a_dropped_lab_frees_its_port() {
    let server = Server::start();
    let address = server.running.url().trim_start_matches("http://").to_owned();
    let mut held_open = server.connect();
    drop(server);
    assert_eq!(held_open.read(&mut [0; 1]).unwrap_or(0), 0, "a connection outlived its lab");
    assert!(TcpStream::connect(address).is_err());
}

/// Serves a world in which the next exchange goes wrong; what a client on a socket gets of it.
fn exchanged(what: &str) -> std::io::Result<String> {
    let server = Server::start();
    let fault = format!(r#"{{"where":{{"endpoint":"/sns/*"}},"what":{what}}}"#);
    let planned = server.tell(
        format!(
            "POST /__admin/v1/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{fault}",
            fault.len()
        )
        .as_bytes(),
    );
    assert!(planned.starts_with("HTTP/1.1 201 "), "{planned}");
    let mut stream = server.connect();
    stream
        .write_all(
            b"GET /sns/jscode2session?appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef&js_code=mock:alice HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn a_reset_is_a_reset_to_a_client_on_a_socket() {
    for what in [r#"{"reset":"before"}"#, r#"{"reset":"after"}"#] {
        let error = exchanged(what).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{what}");
    }
}

#[test]
fn a_truncated_answer_promises_more_than_it_brings() {
    let answer = exchanged(r#"{"body":"truncated"}"#).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let length: usize = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert_eq!(body.len(), length / 2, "{answer}");
}

#[test]
fn a_dripping_answer_arrives_whole() {
    let answer = exchanged(r#"{"drip":"100ms"}"#).unwrap();
    assert!(answer.contains(r#""openid":"o"#) && answer.ends_with('}'), "{answer}");
}

#[test]
fn a_silent_server_keeps_the_connection_open_without_a_word() {
    let server = Server::start();
    let fault = r#"{"where":{"endpoint":"/sns/*"},"what":{"hang":"before"}}"#;
    server.tell(
        format!(
            "POST /__admin/v1/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{fault}",
            fault.len()
        )
        .as_bytes(),
    );
    let mut stream = server.connect();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    stream.write_all(b"GET /sns/jscode2session HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{error}");
}

#[test]
fn a_door_says_what_its_callers_leave_out() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(async { lab::listen(([127, 0, 0, 1], 0).into()).unwrap() });
    let address = listener.local_addr().unwrap();
    let lab = Arc::new(Lab::new(settings(frozen())).unwrap());
    let mark = |headers: &mut http::HeaderMap| {
        headers.entry("x-mock-world").or_insert(http::HeaderValue::from_static("elsewhere"));
    };
    runtime.spawn(async move { lab::serve_marked(listener, lab, mark, std::future::pending()).await });
    let ask = |header: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(format!("GET /cgi-bin/token HTTP/1.1\r\nHost: a\r\n{header}\r\n").as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = ask("");
    assert!(answer.contains("there is no world `elsewhere`"), "{answer}");
    let answer = ask("X-Mock-World: default\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
