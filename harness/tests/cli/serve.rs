//! `serve`: how it starts, what it refuses, how it stops.

use std::io::Write;

use crate::sandbox::{Sandbox, snapshot};

#[test]
fn the_port_file_is_there_once_the_server_is_ready() {
    let sandbox = Sandbox::new().file("port", "1\n");
    let served = sandbox.serve("--port-file port");
    let port = sandbox.read("port");
    assert_eq!(format!("http://127.0.0.1:{}", port.trim()), served.url);
    assert_eq!(served.stop(), Some(0));
}

#[test]
fn a_port_in_use_exits_with_5() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    let address = served.url.strip_prefix("http://").unwrap();
    snapshot!(sandbox.run(&format!("serve --listen {address}")));
}

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    snapshot!(Sandbox::new().run("serve --listen 0.0.0.0:17080"), @r"
    exit 2
    ----- stderr
    error: 0.0.0.0:17080 can be reached from other machines, and whoever reaches it could read and change everything
    hint: protect the control API with --admin-token, or listen on 127.0.0.1
    ");
}

#[test]
fn a_world_file_that_is_wrong_exits_with_3() {
    let world = "wechat:\n  mini_programs:\n    - { appid: wx0123456789abcdef, secret: 0123456789abcdef0123456789abcdef, sekret: x }\n";
    let sandbox = Sandbox::new().file("world.yaml", world);
    let told = sandbox.run("serve --world world.yaml");
    assert!(told.starts_with("exit 3\n"), "{told}");
    assert!(told.contains("world.yaml:3:"), "{told}");
}

#[test]
fn the_world_and_the_defaults_come_from_the_project_file() {
    let world = "seed: 9\nwechat:\n  people:\n    dora: { phone: \"+86 13500135000\" }\n";
    let project = "world: { like: worlds/mine.yaml }\nserve: { port_file: here }\n";
    let sandbox = Sandbox::new().file("worlds/mine.yaml", world).file("mockwx.yaml", project);
    let served = sandbox.serve("");
    assert!(!sandbox.read("here").is_empty());
    let export = sandbox.stdout(&format!("world --url {}", served.url));
    assert!(export.contains("\"dora\"") && export.contains("\"seed\": 9"), "{export}");
}

#[test]
fn an_admin_token_is_asked_for_and_given() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("--admin-token s3cret");
    assert_eq!(sandbox.code(&format!("clock --url {}", served.url)), 2);
    assert_eq!(sandbox.code(&format!("clock --url {} --admin-token s3cret", served.url)), 0);
}

#[test]
fn a_key_file_without_a_key_is_refused() {
    let sandbox = Sandbox::new().file("key.pem", "no key\n");
    let told = sandbox.run("serve --keys key.pem");
    assert!(told.starts_with("exit 2\n"), "{told}");
    assert!(told.contains("hint: an RSA key"), "{told}");
    assert_eq!(sandbox.code("serve --keys nowhere.pem"), 5);
}

#[test]
fn what_cannot_be_passed_on_to_is_told_before_anything_starts() {
    let sandbox = Sandbox::new();
    snapshot!(sandbox.run("serve --passthrough https://registry.example.com"), @r"
    exit 2
    ----- stderr
    error: --passthrough: `https://registry.example.com` is no host
    hint: a name alone, such as registry.example.com, without a scheme, a port or a wildcard
    ");
    snapshot!(sandbox.run("serve --passthrough API.weixin.qq.com"), @r"
    exit 2
    ----- stderr
    error: --passthrough: mockwx answers as API.weixin.qq.com itself
    hint: to reach the real one, keep the client from asking mockwx: set NO_PROXY for it
    ");
}

#[test]
fn the_authority_is_made_when_somebody_asks_for_it_and_not_before() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve("");
    let data = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    let kept = sandbox.path().join("home").join(data).join("mockwx/ca.pem");
    let get = |path: &str| {
        let mut stream = std::net::TcpStream::connect(served.url.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        std::io::read_to_string(stream).unwrap()
    };
    assert!(get("/livez").ends_with("ok\n"));
    assert!(!kept.exists());
    let answer = get("/__admin/v1/ca.pem");
    assert!(answer.contains("-----BEGIN CERTIFICATE-----") && !answer.contains("PRIVATE"), "{answer}");
    assert_eq!(answer.split_once("\r\n\r\n").unwrap().1, std::fs::read_to_string(kept).unwrap());
}
