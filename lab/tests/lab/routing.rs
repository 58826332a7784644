//! How a call finds its world.

use serde_json::json;

use crate::support::{APPID, Client, SECRET, frozen, run};

/// A lab with a second world, `other`, an hour ahead.
async fn two_worlds() -> (Client, Client) {
    let client = Client::new();
    let other = client.world("other", frozen()).await;
    other.advance("1h").await;
    (client, other)
}

#[test]
fn a_name_in_header_or_path_comes_first() {
    run(async {
        let (client, other) = two_worlds().await;
        let code = other.login_code(json!({})).await;
        // The code is of `other`, the call is for `default`: there the code is unknown.
        let named = client.named("default").exchange(&code).await;
        assert_eq!((named.json()["errcode"].as_i64(), named.header("x-mock-world")), (Some(40029), "default"));
        let by_path = client.get("/__world/other/__admin/v1/clock").await;
        assert_eq!(by_path.text("now"), "2026-03-01T10:00:00Z");
        let both = client.named("default").get("/__world/other/__admin/v1/clock").await;
        assert_eq!((both.status(), both.error().as_str()), (400, "two_worlds_named"));
    });
}

#[test]
fn a_world_that_is_not_there_is_told_with_those_that_are() {
    run(async {
        let (client, _) = two_worlds().await;
        let reply = client.get("/__world/otter/sns/jscode2session").await;
        assert_eq!(
            (reply.status(), reply.message()),
            (404, "there is no world `otter` | did you mean `other`?".to_owned())
        );
        let reply = client.named("elsewhere").get("/api/v1/oauth2/keys").await;
        assert_eq!(
            reply.message(),
            "there is no world `elsewhere` | there are default, other; make one with POST /__admin/v1/worlds"
        );
    });
}

#[test]
fn codes_and_tokens_lead_a_call_to_their_world() {
    run(async {
        let (client, other) = two_worlds().await;
        let code = other.login_code(json!({})).await;
        let login = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!((login.text("status").as_str(), login.header("x-mock-world")), ("USER_REGISTER", "other"));
        let (pending, phone) = (login.text("state_token"), other.phone_code(json!({})).await);
        let headers = [("x-state-token", pending.as_str())];
        let bound = client.sdk("social/wechat-mobile-register-bind", &headers, json!({ "wechat_code": phone })).await;
        assert_eq!(bound.header("x-mock-world"), "other");
        let session = bound.text("session_token");
        let refreshed = client.sdk("sso/session-token/id-token", &[("session-token", &session)], json!({})).await;
        assert_eq!(refreshed.header("x-mock-world"), "other");
        let bearer = format!("Bearer {}", refreshed.text("id_token"));
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-operating-sys-version", "a"),
            ("x-device-fingerprint", "b"),
            ("x-agent", "c"),
            ("x-client-id", crate::support::CLIENT_ID),
        ];
        let profile = client.get_with("/api/v2/sdk/profile", &headers).await;
        assert_eq!((profile.status(), profile.header("x-mock-world")), (200, "other"));
        // The date of an answer is the date of its world.
        assert_eq!(profile.header("date"), "Sun, 01 Mar 2026 10:00:00 GMT");
    });
}

#[test]
fn a_captcha_token_leads_to_its_world() {
    run(async {
        let (client, other) = two_worlds().await;
        let headers = [
            ("x-operating-sys-version", "a"),
            ("x-device-fingerprint", "b"),
            ("x-agent", "c"),
            ("x-client-id", crate::support::CLIENT_ID),
        ];
        let token = other.get_with("/api/v2/sdk/captcha", &headers).await.text("token");
        let x = client.get(&format!("/__admin/v1/captcha/{token}")).await.json()["x"].clone();
        let point = format!("{{\"x\":{x},\"y\":5.0}}");
        let body = json!({ "token": token, "point_json": point, "sender": "13800138000" });
        let solved = client.sdk("captcha/verify", &[], body).await;
        assert_eq!((solved.status(), solved.header("x-mock-world")), (200, "other"), "{solved:?}");
        let captcha = solved.text("captcha_token");
        let body = json!({ "mobile": "13800138000", "type": "LOGIN_SMS", "captcha_token": captcha });
        let sent = client.sdk("sms/send", &[], body).await;
        assert_eq!((sent.status(), sent.header("x-mock-world")), (200, "other"), "{sent:?}");
        let outbox = |client: Client| async move { client.get("/__admin/v1/outbox?to=13800138000").await.json() };
        assert_eq!(outbox(other).await["messages"].as_array().unwrap().len(), 1);
        assert_eq!(outbox(client.clone()).await["messages"].as_array().unwrap().len(), 0);
        assert_eq!(client.get("/__admin/v1/captcha/abc").await.error(), "unknown_captcha");
    });
}

#[test]
fn artefacts_of_two_worlds_in_one_call_are_refused() {
    run(async {
        let (client, other) = two_worlds().await;
        let code = client.named("default").login_code(json!({})).await;
        let pending = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await.text("state_token");
        let phone = other.phone_code(json!({})).await;
        let headers = [("x-state-token", pending.as_str())];
        let mixed = client.sdk("social/wechat-mobile-register-bind", &headers, json!({ "wechat_code": phone })).await;
        assert_eq!(
            (mixed.status(), mixed.message()),
            (
                409,
                "this call carries a phone code of the world `other` and a state token of the world `default` | \
                 worlds cannot notice each other; take both from one world"
                    .to_owned()
            )
        );
    });
}

#[test]
fn an_access_token_is_shared_by_appid_and_judged_by_its_own_clock() {
    run(async {
        let (client, other) = two_worlds().await;
        let token = client.named("default").access_token().await;
        let ask = |code: String, token: String| {
            let client = client.clone();
            async move {
                let path = format!("/wxa/business/getuserphonenumber?access_token={token}");
                client.post(&path, json!({ "code": code })).await
            }
        };
        let phone = other.phone_code(json!({})).await;
        let got = ask(phone, token.clone()).await;
        assert_eq!((got.json()["errcode"].as_i64(), got.header("x-mock-world")), (Some(0), "other"), "{got:?}");
        // Two hours later in `other` the token is as good as before; in `default`, which issued it, it ends.
        other.advance("2h1s").await;
        assert_eq!(ask(other.phone_code(json!({})).await, token.clone()).await.json()["errcode"], 0);
        client.named("default").advance("2h1s").await;
        assert_eq!(ask(other.phone_code(json!({})).await, token).await.json()["errcode"], 42001);
    });
}

#[test]
fn a_host_name_names_a_world_unless_something_weightier_does() {
    run(async {
        let (client, _) = two_worlds().await;
        let request = |host: &str| {
            http::Request::get("/__admin/v1/clock").header("host", host).body(bytes::Bytes::new()).unwrap()
        };
        let reply = crate::support::Reply(client.send(request("other.localhost:17080")).await);
        assert_eq!(reply.text("now"), "2026-03-01T10:00:00Z");
        let reply = crate::support::Reply(client.send(request("nobody.localhost:17080")).await);
        assert_eq!(reply.text("now"), "2026-03-01T09:00:00Z");
    });
}

#[test]
fn the_first_world_that_declares_an_app_answers_for_it() {
    run(async {
        let (client, _) = two_worlds().await;
        let apps = json!([{ "appid": "wxfedcba9876543210", "secret": SECRET }]);
        client
            .world(
                "third",
                json!({ "like": "ready", "wechat": { "mini_programs": apps, "people": {} },
            "idaas": { "sources": { "wechat": { "appid": "wxfedcba9876543210" } },
                       "applications": { "shop": { "client_id": "third-client" } } } }),
            )
            .await;
        let path = |appid: &str| format!("/cgi-bin/token?grant_type=client_credential&appid={appid}&secret={SECRET}");
        assert_eq!(client.get(&path("wxfedcba9876543210")).await.header("x-mock-world"), "third");
        // Both `default` and `other` declare this one.
        assert_eq!(client.get(&path(APPID)).await.header("x-mock-world"), "default");
        let headers = [("x-client-id", "third-client")];
        assert_eq!(client.get_with("/api/v2/sdk/captcha", &headers).await.header("x-mock-world"), "third");
        let device = client.post("/__admin/v1/device/login", json!({ "appid": "wxfedcba9876543210" })).await;
        assert_eq!(device.header("x-mock-world"), "third");
    });
}

#[test]
fn keys_without_a_world_verify_the_tokens_of_every_world() {
    run(async {
        let (client, other) = two_worlds().await;
        // Only `other` rotates its key.
        let rotation = json!({ "where": { "party": "idaas" }, "what": { "id_token": "key_rotated" } });
        assert_eq!(other.post("/__admin/v1/faults", rotation).await.status(), 201);
        let union = client.get("/api/v1/oauth2/keys").await.json();
        assert_eq!(union["keys"].as_array().map(Vec::len), Some(2));
        for world in [&client.named("default"), &other] {
            for key in world.get("/api/v1/oauth2/keys").await.json()["keys"].as_array().unwrap() {
                assert!(union["keys"].as_array().unwrap().contains(key));
            }
        }
    });
}

#[test]
fn vendor_paths_never_look_at_the_host() {
    run(async {
        let client = Client::new();
        for host in ["api.weixin.qq.com", "acme.bccastle.com", "10.0.0.7:80", "not a host"] {
            let request = http::Request::get("/api/v1/oauth2/keys").header("host", host).body(bytes::Bytes::new());
            assert_eq!(client.send(request.unwrap()).await.status(), 200, "{host}");
        }
    });
}
