//! Programs that know of no mock, under `mockwx exec`: they call `https://api.weixin.qq.com` and are answered by the lab.

use std::net::TcpListener;

use crate::exec::{command, with};
use crate::sandbox::{Sandbox, told};

/// Every way in which Node itself opens a TLS connection, in an ES module, a CommonJS one and a worker thread.
const NODE: &str = r#"
import https, { get } from 'node:https';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import tls, { connect } from 'node:tls';
import { Worker, isMainThread } from 'node:worker_threads';

const url = 'https://api.weixin.qq.com/sns/jscode2session';
const expect = (what, text) => {
  if (!text.includes('"errcode":41002')) throw new Error(`${what}: ${text}`);
  console.log(`${isMainThread ? '' : 'worker '}${what}`);
};
const body = (stream, done) => {
  let text = '';
  stream.on('data', (data) => (text += data)).on('end', () => done(text));
};
const got = (get, options) =>
  new Promise((done, failed) => get(url, options, (answer) => body(answer, done)).on('error', failed));
const raw = (open) =>
  new Promise((done, failed) => {
    const socket = open(() => socket.write(`GET ${new URL(url).pathname} HTTP/1.0\r\nHost: api.weixin.qq.com\r\n\r\n`));
    socket.on('error', failed);
    body(socket, done);
  });

expect('fetch', await (await fetch(url)).text());
expect('https', await got(https.get, {}));
expect('https, imported by name', await got(get, {}));
expect('https, required', await got(createRequire(import.meta.url)('https').get, {}));
// It stays open, and must not keep the program.
expect('https, kept alive', await got(get, { agent: new https.Agent({ keepAlive: true }) }));
expect('tls, options', await raw((ready) => tls.connect({ host: 'API.weixin.qq.com', port: 443 }, ready)));
expect('tls, port and host', await raw((ready) => connect(443, 'api.weixin.qq.com', { servername: 'api.weixin.qq.com' }, ready)));
expect('http2', await new Promise((done, failed) => {
  const session = http2.connect('https://api.weixin.qq.com').on('error', failed);
  body(session.request({ ':path': '/sns/jscode2session' }), (text) => session.close(() => done(text)));
}));
if (isMainThread) await new Promise((done) => new Worker(new URL(import.meta.url)).on('exit', done));
"#;

const NODE_SAID: &str = "\
fetch
https
https, imported by name
https, required
https, kept alive
tls, options
tls, port and host
http2
";

fn expected() -> String {
    let worker: String = NODE_SAID.lines().map(|line| format!("worker {line}\n")).collect();
    format!("exit 0\n----- stdout\n{NODE_SAID}{worker}")
}

#[test]
fn every_tls_connection_of_node_finds_the_lab() {
    let sandbox = Sandbox::new().file("app.mjs", NODE);
    assert_eq!(told(with(&sandbox, "", &["node", "app.mjs"]).output().unwrap()), expected());
}

#[test]
fn node_finds_the_world_that_was_joined() {
    let sandbox = Sandbox::new().file("app.mjs", NODE);
    let served = sandbox.serve("");
    let blue = format!("{}/__world/blue", served.url);
    let ask = |url: &str, words: &str| {
        String::from_utf8(sandbox.command(words).env("MOCKWX_URL", url).output().unwrap().stdout).unwrap()
    };
    assert_eq!(ask(&served.url, "world create blue"), format!("{blue}\n"));
    let output = with(&sandbox, "", &["node", "app.mjs"]).env("MOCKWX_URL", &blue).output().unwrap();
    assert_eq!(told(output), expected());
    assert_eq!(ask(&blue, "journal").matches("appid_missing").count(), 2 * NODE_SAID.lines().count());
    assert_eq!(ask(&served.url, "journal"), "");
}

#[test]
fn node_reaches_all_other_names_by_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let program = format!(
        "const s = require('tls').connect({{ host: '127.0.0.1', port: {port}, servername: 'api.weixin.qq.com' }});\
         s.on('error', () => process.exit(3));"
    );
    let sandbox = Sandbox::new().file("app.cjs", &program);
    let asked = std::thread::spawn(move || drop(listener.accept().unwrap()));
    let output = with(&sandbox, "", &["node", "app.cjs"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    asked.join().unwrap();
}

#[test]
fn a_private_folder_with_blanks_and_quotes_is_no_obstacle() {
    let sandbox = Sandbox::new().file("app.mjs", NODE);
    let temporary = sandbox.path().join("it's \"my\" folder");
    std::fs::create_dir(&temporary).unwrap();
    let mut command = with(&sandbox, "", &["node", "app.mjs"]);
    command.env("TMPDIR", temporary).env("NODE_OPTIONS", "--max-old-space-size=256");
    assert_eq!(told(command.output().unwrap()), expected());
}

#[test]
fn curl_finds_the_lab_and_nobody_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let sandbox = Sandbox::new();
    let script = format!(
        "curl -sS https://api.weixin.qq.com/sns/jscode2session; echo; \
         curl -sS -o /dev/null -w '%{{http_code}}\\n' --noproxy '' http://127.0.0.1:{port}/; \
         curl -sS https://shop.example/ || echo no"
    );
    let output = command(&sandbox, "", &script).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains("\"errcode\":41002"), "{said}");
    assert_eq!(lines[1..], ["403", "no"]);
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
