//! Whoever asks a world cannot tell where it is.

use bytes::Bytes;
use http::{Method, Request, Response};
use lab::{Lost, WorldFile};
use serde_json::json;

use super::{Here, ServerSite, Site, Spawned};
use crate::run::case::pinned;
use crate::run::remote::Remote;
use crate::run::target::{Target, Unreachable};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

fn run<F: Future>(story: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story)
}

async fn both() -> (Spawned, [Box<dyn Target>; 2]) {
    let spawned = Spawned::start(PATIENCE).unwrap();
    let world = || pinned(WorldFile::ready());
    let worlds = [Here::new().open(world()).await.unwrap(), spawned.open(world()).await.unwrap()];
    (spawned, worlds)
}

fn call(method: Method, path: &str, body: impl ToString) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    request.body(body.to_string().into()).unwrap()
}

/// An answer as text, without what is different in every world: its name, its address, and ids made from the name.
fn seen(answered: Result<Response<Bytes>, Unreachable>) -> String {
    let answer = match answered {
        Ok(answer) => answer,
        Err(Unreachable { lost, .. }) => return format!("{lost:?}"),
    };
    let mut headers: Vec<_> = answer
        .headers()
        .iter()
        .map(|(name, value)| match name.as_str() {
            "x-mock-world" | "x-mock-request-id" => format!("{name}: …"),
            _ => format!("{name}: {}", value.to_str().unwrap()),
        })
        .collect();
    headers.sort();
    let body = String::from_utf8(answer.body().to_vec()).unwrap();
    let body = body.split("rid").next().unwrap().to_owned();
    format!("{}\n{}\n\n{body}", answer.status(), headers.join("\n"))
}

#[test]
fn status_headers_and_body_are_the_same_in_process_and_over_a_socket() {
    run(async {
        let (_server, worlds) = both().await;
        let calls = [
            (Method::GET, "/sns/jscode2session?appid=wx0123456789abcdef", json!({})),
            (Method::HEAD, "/cgi-bin/token", json!({})),
            (Method::POST, "/api/v2/sdk/login", json!({ "code": "nonsense" })),
            (Method::GET, "/api/v1/oauth2/keys", json!({})),
            (Method::GET, "/__admin/v1/clock", json!({})),
            (Method::PUT, "/__admin/v1/clock", json!({ "advance": "5m" })),
            (Method::PUT, "/__admin/v1/clock", json!({ "advanse": "5m" })),
            (Method::GET, "/__admin/v1/nothing", json!({})),
            (Method::DELETE, "/__admin/v1/journal", json!({})),
            (Method::HEAD, "/livez", json!({})),
            (Method::OPTIONS, "/nowhere", json!({})),
            (Method::POST, "/sns/jscode2session", json!("x".repeat(lab::BODY_LIMIT + 1))),
        ];
        for (method, path, body) in calls {
            let [here, there] = &worlds;
            let here = seen(here.send(call(method.clone(), path, &body)).await);
            let there = seen(there.send(call(method.clone(), path, &body)).await);
            assert_eq!(here, there, "{method} {path}");
        }
    });
}

#[test]
fn what_a_fault_does_to_the_connection_is_the_same_outcome() {
    run(async {
        let (_server, worlds) = both().await;
        for world in &worlds {
            for (what, lost) in [
                (json!({ "reset": "before" }), Some(Lost::Reset)),
                (json!({ "hang": "before" }), Some(Lost::Silence)),
                (json!({ "hang": "after" }), Some(Lost::Silence)),
                (json!({ "body": "truncated" }), Some(Lost::Middle)),
                (json!({ "drip": "20ms" }), None),
                (json!({ "delay": "20s" }), None),
                (json!({ "reset": "after" }), Some(Lost::Reset)),
            ] {
                let fault = json!({ "where": { "endpoint": "/cgi-bin/token" }, "when": { "next": 1 }, "what": what });
                let planned = world.send(call(Method::POST, "/__admin/v1/faults", &fault)).await.unwrap();
                assert_eq!(planned.status(), 201, "{planned:?}");
                let outcome = world.send(call(Method::GET, "/cgi-bin/token", "")).await;
                assert_eq!(outcome.err().and_then(|unreachable| unreachable.lost), lost, "{fault} {world:?}");
            }
        }
    });
}

#[test]
fn a_world_is_gone_once_it_is_closed_and_the_rest_at_the_end_of_the_run() {
    run(async {
        let spawned = Spawned::start(PATIENCE).unwrap();
        let server = Remote::new(&spawned.url(), None, None).unwrap();
        let listed = async || {
            let asked = server.send(call(Method::GET, "/__admin/v1/worlds", "")).await.unwrap();
            let list: serde_json::Value = serde_json::from_slice(asked.body()).unwrap();
            let names = list["worlds"].as_array().unwrap().iter().map(|world| world["name"].as_str().unwrap());
            names.map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        let first = spawned.open(WorldFile::ready()).await.unwrap();
        drop(spawned.open(WorldFile::ready()).await.unwrap());
        assert_eq!(listed().await, "default run-00000000-1 run-00000000-2");
        first.close().await;
        assert_eq!(listed().await, "default run-00000000-2");
        assert_eq!(spawned.clear().await, []);
        assert_eq!(listed().await, "default");
    });
}

#[test]
fn a_name_that_another_run_has_taken_is_passed_over() {
    run(async {
        let spawned = Spawned::start(PATIENCE).unwrap();
        let same = ServerSite::new(&spawned.url(), None, 0, PATIENCE).unwrap();
        let theirs = spawned.open(WorldFile::ready()).await.unwrap();
        let ours = same.open(WorldFile::ready()).await.unwrap();
        assert!(format!("{theirs:?}").contains("run-00000000-1") && format!("{ours:?}").contains("run-00000000-2"));
        same.clear().await;
        assert_eq!(theirs.send(call(Method::GET, "/__admin/v1/clock", "")).await.unwrap().status(), 200);
    });
}

#[test]
fn a_world_file_that_the_server_refuses_is_told_in_its_words() {
    run(async {
        let spawned = Spawned::start(PATIENCE).unwrap();
        let mut world = WorldFile::ready();
        world.faults.push(lab::Fault { preset: Some("rainy_day".to_owned()), ..lab::Fault::default() });
        let told = spawned.open(world).await.unwrap_err().to_string();
        assert!(
            told.starts_with("its world cannot be made: http://127.0.0.1:") && told.contains("rainy_day"),
            "{told}"
        );
        assert_eq!(spawned.clear().await, []);
    });
}
