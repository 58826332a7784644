//! Whatever comes in: a clear answer, and the lab goes on.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;

use crate::support::{Client, Reply, run};

#[test]
fn what_is_no_json_is_answered_by_each_side_in_its_own_way() {
    run(async {
        let client = Client::new();
        let token = client.access_token().await;
        let path = format!("/wxa/business/getuserphonenumber?access_token={token}");
        let ways: [(&[u8], i64); 4] = [(b"", 44002), (b"{", 47001), (b"\xff\xfe", 47001), (b"[]", 47001)];
        for (body, errcode) in ways {
            let reply = client.raw(Method::POST, &path, &[], body).await;
            assert_eq!((reply.status(), &reply.json()["errcode"]), (200, &json!(errcode)), "{body:?}");
        }
        for body in [&b"{"[..], b"\xff\xfe", b"[1]", b"nonsense"] {
            let headers = [
                ("x-operating-sys-version", "a"),
                ("x-device-fingerprint", "b"),
                ("x-agent", "c"),
                ("x-client-id", crate::support::CLIENT_ID),
            ];
            let reply = client.raw(Method::POST, "/api/v2/sdk/login/wechat-miniprogram", &headers, body).await;
            assert_eq!(reply.status(), 400, "{body:?}");
            assert!(reply.text("error_code").starts_with("IDAAS.SDK.COMMON.100"), "{reply:?}");
            let reply = client.raw(Method::PUT, "/__admin/v1/clock", &[], body).await;
            assert!(["not_json", "invalid_body"].contains(&reply.error().as_str()), "{reply:?}");
        }
        let reply = client.raw(Method::PUT, "/__admin/v1/clock", &[], "{\"freeze\":true} x").await;
        assert_eq!(reply.error(), "not_json");
    });
}

#[test]
fn wrong_types_are_told_with_their_place() {
    run(async {
        let client = Client::new();
        let reply = client.post("/__admin/v1/device/login", json!({ "person": 7 })).await;
        assert_eq!(reply.message(), "person: invalid type: integer `7`, expected a string");
        let reply = client.post("/__admin/v1/device/login", json!({ "persn": "bob" })).await;
        assert_eq!(reply.message(), "persn: unknown field `persn` | did you mean `person`?");
        let reply = client.post("/__admin/v1/worlds", json!({ "name": ["a"] })).await;
        assert_eq!(reply.message(), "name: invalid type: sequence, expected a string");
        let deep = format!("{{\"wechat\":{}", "[".repeat(100_000));
        assert_eq!(client.raw(Method::PUT, "/__admin/v1/world", &[], deep).await.error(), "not_json");
        let reply = client.sdk("login/wechat-miniprogram", &[], json!({ "code": 7 })).await;
        assert_eq!(reply.status(), 400);
    });
}

#[test]
fn unknown_paths_and_methods_are_told_apart() {
    run(async {
        let client = Client::new();
        let reply = client.get("/nowhere").await;
        assert_eq!((reply.status(), reply.error().as_str()), (404, "unknown_path"));
        let reply = client.get("/__admin/v1/clok").await;
        assert_eq!(reply.message(), "the control API has no /__admin/v1/clok | did you mean /__admin/v1/clock?");
        let reply = client.post("/__admin/v1/clock", json!({})).await;
        assert_eq!((reply.status(), reply.header("allow")), (405, "GET, PUT"));
        assert_eq!(client.get("/wxa/nowhere").await.json()["errcode"], 40066);
        assert_eq!(client.get("/api/v2/nowhere").await.status(), 404);
        assert_eq!(client.get("/api/v3/sdk").await.error(), "unknown_path");
        assert_eq!(client.get("/snsx").await.error(), "unknown_path");
        assert_eq!(client.get("/").await.status(), 200);
        assert_eq!(client.get("/livez").await.0.into_body(), "ok\n");
        assert_eq!(client.post("/readyz", json!({})).await.status(), 405);
    });
}

#[test]
fn a_body_of_more_than_a_megabyte_is_refused() {
    run(async {
        let client = Client::new();
        let large = Bytes::from(vec![b' '; 1024 * 1024 + 1]);
        for (path, seq) in [("/cgi-bin/stable_token", 1), ("/api/v2/sdk/login", 2)] {
            let reply = client.raw(Method::POST, path, &[], large.clone()).await;
            assert_eq!(reply.status(), 413, "{path}");
            let page = client.get(&format!("/__admin/v1/journal?since={}", seq - 1)).await.json();
            assert_eq!(page["exchanges"][0]["refusal"]["rule"], "body_too_large");
        }
        let reply = client.raw(Method::PUT, "/__admin/v1/world", &[], large).await;
        assert_eq!((reply.status(), reply.error().as_str()), (413, "body_too_large"));
        let largest = Bytes::from(vec![b' '; 1024 * 1024]);
        assert_eq!(client.raw(Method::POST, "/__admin/v1/device/login", &[], largest).await.status(), 200);
    });
}

#[test]
fn odd_names_headers_and_paths_harm_nothing() {
    run(async {
        let client = Client::new();
        client.world("other", json!({})).await;
        let send = |request: http::request::Builder| {
            let client = client.clone();
            async move { Reply(client.send(request.body(Bytes::new()).unwrap()).await) }
        };
        let reply = send(Request::get("/livez").header("x-mock-world", [0xffu8].as_slice())).await;
        assert_eq!(reply.error(), "invalid_name");
        assert_eq!(send(Request::get("/__world/")).await.error(), "unknown_world");
        assert_eq!(send(Request::get("/__world//livez")).await.error(), "unknown_world");
        assert_eq!(send(Request::get("/__world/other")).await.status(), 200);
        assert_eq!(send(Request::get("/__world/other?x=1")).await.status(), 200);
        assert_eq!(send(Request::get("/__world/other/livez")).await.status(), 200);
        assert_eq!(send(Request::get("/__world/%6fther/livez")).await.error(), "unknown_world");
        assert_eq!(send(Request::get("/__admin/v1/explain/%ff%fe")).await.error(), "invalid_path");
        assert_eq!(send(Request::get("/__admin/v1/outbox?to=%ff")).await.status(), 200);
        let state = send(Request::post("/api/v2/sdk/social/bind").header("x-state-token", "a.b.c")).await;
        assert_eq!(state.status(), 400);
        let session = send(Request::get("/sns/jscode2session?js_code=%ff&appid=%00")).await;
        assert_eq!(session.json()["errcode"], 40013);
        assert_eq!(send(Request::get("/__admin/v1/captcha/---")).await.error(), "unknown_captcha");
    });
}
