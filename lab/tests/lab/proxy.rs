//! The forward proxy: our names are answered, all others are refused.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use lab::{Lab, RunningLab, Settings};
use rustls::{ClientConnection, StreamOwned};

use crate::support::{APPID, SECRET, Signer, frozen, refusals, settings};

fn connect(lab: &RunningLab) -> TcpStream {
    let stream = TcpStream::connect(lab.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Sends bytes and reads to the end.
fn tell(lab: &RunningLab, request: &str) -> String {
    let mut stream = connect(lab);
    stream.write_all(request.as_bytes()).unwrap();
    io::read_to_string(stream).unwrap()
}

/// Asks for a tunnel; the head of the answer, and the stream behind it.
fn tunnel(lab: &RunningLab, target: &str, headers: &str) -> (String, TcpStream) {
    let mut stream = connect(lab);
    write!(stream, "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{headers}\r\n").unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    (String::from_utf8(head).unwrap(), stream)
}

fn exchange_path() -> String {
    format!("/sns/jscode2session?appid={APPID}&secret={SECRET}&js_code=mock:alice&grant_type=authorization_code")
}

/// `shop:` as credentials for the proxy.
const AS_SHOP: &str = "Proxy-Authorization: Basic c2hvcDo=\r\n";

#[test]
fn a_tunnel_to_wechat_leads_to_the_lab_with_tls_inside() {
    let signer = Signer::new();
    let lab = signer.start();
    let (head, stream) = tunnel(&lab, "api.weixin.qq.com:443", "");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let client = ClientConnection::new(signer.trusted(&[]), "api.weixin.qq.com".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, stream);
    let path = exchange_path();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n\r\n").unwrap();
    let answer = io::read_to_string(stream).unwrap();
    assert!(answer.contains(r#""openid":"o"#), "{answer}");
}

#[test]
fn a_tunnel_to_port_80_needs_no_tls_and_no_authority() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let (head, mut stream) = tunnel(&lab, "api.weixin.qq.com:80", "");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let path = exchange_path();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n\r\n").unwrap();
    let answer = io::read_to_string(stream).unwrap();
    assert!(answer.contains(r#""openid":"o"#), "{answer}");
}

#[test]
fn a_whole_address_is_answered_with_either_scheme() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let path = "/api/v1/oauth2/.well-known/openid-configuration";
    for scheme in ["http", "https"] {
        let answer = tell(
            &lab,
            &format!("GET {scheme}://acme.example{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
        );
        assert!(answer.contains(&format!(r#""issuer":"{scheme}://acme.example/api/v1/oauth2""#)), "{answer}");
    }
}

#[test]
fn the_labs_own_address_is_answered_through_itself() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let port = lab.address().port();
    let answer =
        tell(&lab, &format!("GET http://localhost:{port}/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    assert!(answer.ends_with("ok\n"), "{answer}");
    let (head, mut stream) = tunnel(&lab, &format!("127.0.0.1:{port}"), "");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    assert!(io::read_to_string(stream).unwrap().ends_with("ok\n"));
}

#[test]
fn every_other_host_is_refused_and_never_connected_to() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    for (request, target) in [
        (format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"), "127.0.0.1"),
        (
            format!("GET http://me:secret@{address}/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"),
            "127.0.0.1",
        ),
        (
            "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n".to_owned(),
            "example.com",
        ),
    ] {
        let answer = tell(&lab, &request);
        let first = format!("HTTP/1.1 403 mockwx passes nothing on to {target}\r\n");
        assert!(answer.starts_with(&first), "{answer}");
        for told in [format!("--passthrough {target}"), format!("NO_PROXY={target}"), "mockwx explain ".to_owned()] {
            assert!(answer.contains(&told), "{told}: {answer}");
        }
    }
    other.set_nonblocking(true).unwrap();
    assert_eq!(other.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock, "somebody connected");
    let expected = [
        format!("CONNECT {address}: proxy_refused"),
        format!("GET http://{address}/: proxy_refused"),
        "CONNECT example.com:443: proxy_refused".to_owned(),
    ];
    assert_eq!(refusals(&lab), expected);
}

#[test]
fn the_user_name_chooses_the_world() {
    let signer = Signer::new();
    let lab = signer.start();
    let world = |headers: &str| {
        let answer = tell(
            &lab,
            &format!(
                "GET http://api.weixin.qq.com{} HTTP/1.1\r\nHost: a\r\n{headers}Connection: close\r\n\r\n",
                exchange_path()
            ),
        );
        answer.split("x-mock-world: ").nth(1).and_then(|rest| rest.lines().next()).map(str::to_owned).ok_or(answer)
    };
    assert!(world(AS_SHOP).unwrap_err().contains("there is no world `shop`"));
    let (head, _) = tunnel(&lab, "api.weixin.qq.com:443", AS_SHOP);
    assert!(head.starts_with("HTTP/1.1 404 there is no world shop\r\n"), "{head}");
    let file = lab::WorldFile::shipped("bind").unwrap();
    lab.new_world("shop", file).unwrap();
    assert_eq!(world(AS_SHOP).unwrap(), "shop");
    assert_eq!(world("").unwrap(), "default");
    // Who names a world in the request means that one.
    assert_eq!(world(&format!("{AS_SHOP}X-Mock-World: default\r\n")).unwrap(), "default");
    let (head, mut stream) = tunnel(&lab, "api.weixin.qq.com:80", AS_SHOP);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let path = exchange_path();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n\r\n").unwrap();
    let answer = io::read_to_string(stream).unwrap();
    assert!(answer.contains("x-mock-world: shop\r\n"), "{answer}");
}

#[test]
fn requests_that_make_no_sense_to_a_proxy_are_told_so() {
    let lab = Lab::start_with(settings(frozen())).unwrap();
    let (head, _) = tunnel(&lab, "api.weixin.qq.com:443", "Proxy-Authorization: Bearer x\r\n");
    assert!(head.starts_with("HTTP/1.1 407 ") && head.contains("proxy-authenticate: Basic"), "{head}");
    let (head, _) = tunnel(&lab, "api.weixin.qq.com:443", "");
    assert!(head.starts_with("HTTP/1.1 502 mockwx: this lab has no certificate authority"), "{head}");
    let (_, mut stream) = tunnel(&lab, "api.weixin.qq.com:80", "");
    stream.write_all(b"CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let answer = io::read_to_string(stream).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("no tunnel in a tunnel"), "{answer}");
}

/// A lab that passes calls on to one host.
fn passing(host: &str) -> RunningLab {
    Lab::start_with(Settings { passthrough: vec![host.to_owned()], ..settings(frozen()) }).unwrap()
}

#[test]
fn a_host_that_someone_named_is_reached_through_a_tunnel() {
    let lab = passing("127.0.0.1");
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let (head, mut client) = tunnel(&lab, &host.local_addr().unwrap().to_string(), "");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let (mut server, _) = host.accept().unwrap();
    client.write_all(b"ping").unwrap();
    let mut heard = [0; 4];
    server.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"ping");
    server.write_all(b"pong").unwrap();
    drop(server);
    assert_eq!(io::read_to_string(client).unwrap(), "pong");
    assert_eq!(refusals(&lab), [""; 0]);
}

#[test]
fn a_host_that_someone_named_gets_the_request_as_if_there_were_no_proxy() {
    let lab = passing("127.0.0.1");
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = host.local_addr().unwrap();
    let asked = std::thread::scope(|scope| {
        let heard = scope.spawn(|| {
            let (mut server, _) = host.accept().unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(b"\r\n\r\n{}") {
                let mut byte = [0];
                server.read_exact(&mut byte).unwrap();
                heard.push(byte[0]);
            }
            server.write_all(b"HTTP/1.1 201 Made\r\nContent-Length: 3\r\n\r\nyes").unwrap();
            String::from_utf8(heard).unwrap()
        });
        let request = format!(
            "POST http://{address}/a?b HTTP/1.1\r\nHost: x\r\n{AS_SHOP}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        );
        let answer = tell(&lab, &request);
        assert!(answer.starts_with("HTTP/1.1 201 ") && answer.ends_with("yes"), "{answer}");
        heard.join().unwrap()
    });
    assert!(asked.starts_with("POST /a?b HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("host: {address}\r\n")) && asked.contains("via: 1.1 mockwx\r\n"), "{asked}");
    assert!(!asked.contains("proxy-authorization"), "{asked}");
}

#[test]
fn a_host_that_cannot_be_reached_is_told_apart_from_one_that_is_refused() {
    let lab = passing("127.0.0.1");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (head, _) = tunnel(&lab, &gone.to_string(), "");
    assert!(head.starts_with("HTTP/1.1 502 mockwx cannot reach 127.0.0.1\r\n"), "{head}");
    assert_eq!(refusals(&lab), [format!("CONNECT {gone}: passthrough_failed")]);
}

#[test]
fn nothing_goes_round_in_circles() {
    // Another way to write the loopback address, which is none of the lab's own names.
    let lab = passing("::ffff:127.0.0.1");
    let port = lab.address().port();
    let (head, _) = tunnel(&lab, &format!("[::ffff:127.0.0.1]:{port}"), "");
    assert!(head.starts_with("HTTP/1.1 508 "), "{head}");
    let lab = passing("example.com");
    let answer =
        tell(&lab, "GET http://example.com/ HTTP/1.1\r\nHost: a\r\nVia: 1.1 mockwx\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 508 "), "{answer}");
}

#[test]
fn a_stopped_lab_ends_its_tunnels() {
    let lab = passing("127.0.0.1");
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    let (_, mut client) = tunnel(&lab, &host.local_addr().unwrap().to_string(), "");
    let (mut server, _) = host.accept().unwrap();
    server.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    drop(lab);
    assert_eq!(client.read(&mut [0; 1]).unwrap_or(0), 0);
    assert_eq!(server.read(&mut [0; 1]).unwrap_or(0), 0);
}
