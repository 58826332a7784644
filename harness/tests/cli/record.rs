//! `record`: a session driven by hand becomes a scenario that replays.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, Served, snapshot};

const PROJECT: &str = "world: { like: bind, clock: { start: 2026-03-01T09:00:00Z } }\n";
const SDK: [&str; 4] = [
    "X-client-id: nTo1eRIub60vPb54WeE6aojPwYwImtl4",
    "X-operating-sys-version: iOS 17",
    "X-device-fingerprint: my-own-phone",
    "X-agent: Mozilla/5.0",
];

/// One call as any client makes it; gives back the answer's body.
fn call(served: &Served, request: &str, headers: &[&str], body: &str) -> String {
    let address = served.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let text = format!(
        "{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn field(body: &str, name: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}")).to_owned()
}

/// A first visit, a phone number, an hour, a refresh, a code that is used up, and a call that no word makes.
fn drive(sandbox: &Sandbox, served: &Served) {
    let url = &served.url;
    let code = sandbox.stdout(&format!("code --person alice --url {url}"));
    let body = format!(r#"{{"code":"{}"}}"#, code.trim());
    let login = "POST /api/v2/sdk/login/wechat-miniprogram";
    let pending = field(&call(served, login, &SDK, &body), "state_token");
    let phone = sandbox.stdout(&format!("code --phone --person alice --url {url}"));
    let header = format!("X-state-token: {pending}");
    let with_state = [&SDK[..], &[&header]].concat();
    let bind = call(
        served,
        "POST /api/v2/sdk/social/wechat-mobile-bind",
        &with_state,
        &format!(r#"{{"wechat_code":"{}"}}"#, phone.trim()),
    );
    let session = field(&bind, "session_token");
    sandbox.stdout(&format!("clock advance 29m --url {url}"));
    let header = format!("session-token: {session}");
    let with_session = [&SDK[..], &[&header]].concat();
    call(served, "POST /api/v2/sdk/sso/session-token/id-token", &with_session, "");
    call(served, login, &SDK, &body);
    let token = call(
        served,
        "GET /cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef",
        &[],
        "",
    );
    let token = field(&token, "access_token");
    call(served, &format!("POST /wxa/no/such/call?access_token={token}"), &[], r#"{"a":[1]}"#);
}

#[test]
fn a_session_driven_by_hand_becomes_a_scenario_that_replays_green() {
    let sandbox = Sandbox::new().file("mockwx.yaml", PROJECT);
    let served = sandbox.serve("");
    drive(&sandbox, &served);
    let told = sandbox.run(&format!("record --url {} session.yaml --name A.visit", served.url));
    snapshot!(format!("{told}-----\n{}", sandbox.read("session.yaml")));
    assert_eq!(sandbox.code("check session.yaml"), 0);
    assert_eq!(sandbox.code("run session.yaml"), 0);
    // Nothing that was handed out stands in the file.
    let artefacts = sandbox.stdout(&format!("journal --reveal --format json --url {}", served.url));
    let artefacts: Value = serde_json::from_str(&artefacts).unwrap();
    let text = sandbox.read("session.yaml");
    for exchange in artefacts["exchanges"].as_array().unwrap() {
        for name in ["code", "state_token", "session_token", "id_token", "access_token", "session_key"] {
            for secret in [&exchange["answer"][name], &exchange["request"][name]] {
                assert!(secret.as_str().is_none_or(|secret| !text.contains(secret)), "{name} in {text}");
            }
        }
    }
}

#[test]
fn messages_pictures_and_other_peoples_codes_are_looked_up_again() {
    let sandbox = Sandbox::new().file("mockwx.yaml", PROJECT);
    let served = sandbox.serve("");
    let url = &served.url;
    let picture = call(&served, "GET /api/v2/sdk/captcha", &SDK, "");
    let token = field(&picture, "token");
    let answer: Value =
        serde_json::from_str(&call(&served, &format!("GET /__admin/v1/captcha/{token}"), &[], "")).unwrap();
    let point = format!(r#"{{"x":{:.1},"y":5.0}}"#, answer["x"].as_f64().unwrap());
    let solved = call(
        &served,
        "POST /api/v2/sdk/captcha/verify",
        &SDK,
        &json!({ "token": token, "sender": "13800138000", "point_json": point }).to_string(),
    );
    let proof = field(&solved, "captcha_token");
    let sent = call(
        &served,
        "POST /api/v2/sdk/sms/send",
        &SDK,
        &json!({ "mobile": "13800138000", "type": "LOGIN_SMS", "captcha_token": proof }).to_string(),
    );
    assert_eq!(sent, "");
    let outbox: Value = serde_json::from_str(&sandbox.stdout(&format!("outbox --format json --url {url}"))).unwrap();
    let code = outbox["messages"][0]["verify_code"].as_str().unwrap().to_owned();
    call(
        &served,
        "POST /api/v2/sdk/login/mobile-verify-code",
        &SDK,
        &format!(r#"{{"mobile":"13800138000","verify_code":"{code}"}}"#),
    );
    // A secret that is not the app's own, and a token from nowhere.
    call(&served, "GET /cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=5ecre7", &[], "");
    call(&served, "GET /api/v2/sdk/profile", &[&SDK[..], &["Authorization: Bearer eyJ.from.nowhere"]].concat(), "");
    let told = sandbox.run(&format!("record --url {url} --out session.yaml"));
    let text = sandbox.read("session.yaml");
    snapshot!(format!("{told}-----\n{text}"));
    assert!(!text.contains("5ecre7") && !text.contains("from.nowhere") && !text.contains(&code), "{text}");
}

#[test]
fn a_world_of_ones_own_is_written_out_or_named() {
    let world = "seed: 9\nwechat:\n  mini_programs:\n    - { appid: wx00000000000000aa, secret: 5ecre75ecre75ecre75ecre75ecre7aa }\n  people:\n    dora: { phone: \"+86 13500135000\" }\n";
    let sandbox =
        Sandbox::new().file("worlds/mine.yaml", world).file("mockwx.yaml", "world: { like: worlds/mine.yaml }\n");
    let served = sandbox.serve("");
    sandbox.stdout(&format!("code --url {}", served.url));
    let told = sandbox.stdout(&format!("record --url {}", served.url));
    assert!(told.contains("seed: 9") && told.contains("dora") && !told.contains("5ecre7"), "{told}");
    let told = sandbox.run(&format!("record a.yaml --like worlds/mine.yaml --url {}", served.url));
    assert!(told.starts_with("exit 0\n"), "{told}");
    assert!(sandbox.read("a.yaml").contains("world: { like: worlds/mine.yaml }\n"));
}

#[test]
fn nothing_to_record_and_a_file_that_is_there_are_told() {
    let sandbox = Sandbox::new().file("a.yaml", "x");
    let served = sandbox.serve("");
    snapshot!(sandbox.run(&format!("record --url {}", served.url)), @r"
    exit 4
    ----- stderr
    error: nobody has called this world from outside
    hint: drive it by hand first; `mockwx journal` shows what came in
    ");
    snapshot!(sandbox.run(&format!("record a.yaml --url {}", served.url)), @r"
    exit 2
    ----- stderr
    error: a.yaml is there already
    hint: name another file, or take that one away
    ");
    assert_eq!(sandbox.read("a.yaml"), "x");
}
