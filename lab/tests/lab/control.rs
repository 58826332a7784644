//! The control API, call by call.

use http::Method;
use serde_json::{Value, json};

use crate::support::{APPID, Client, START, frozen, run, settings};

#[test]
fn a_clock_is_read_and_steered() {
    run(async {
        let client = Client::new();
        let clock = |reply: crate::support::Reply| (reply.text("now"), reply.text("mode"));
        let put = |body: Value| {
            let client = client.clone();
            async move { client.put("/__admin/v1/clock", body).await }
        };
        assert_eq!(clock(client.get("/__admin/v1/clock").await), (START.to_owned(), "frozen".to_owned()));
        assert_eq!(clock(put(json!({ "advance": "5m" })).await).0, "2026-03-01T09:05:00Z");
        assert_eq!(clock(put(json!({ "set": "2026-03-01T17:00:00+08:00" })).await).0, START);
        assert_eq!(clock(put(json!({ "resume": true })).await).1, "offset");
        assert_eq!(clock(put(json!({ "set": START, "freeze": true })).await).1, "frozen");

        assert_eq!(put(json!({})).await.error(), "nothing_to_do");
        assert_eq!(put(json!({ "freeze": true, "resume": true })).await.error(), "contradiction");
        assert_eq!(
            put(json!({ "advanse": "5m" })).await.message(),
            "advanse: unknown field `advanse` | did you mean `advance`?"
        );
        assert_eq!(
            put(json!({ "advance": "5" })).await.message(),
            "advance: `5` is not a duration such as 5m, 4m59s, 1h30m or 250ms"
        );
    });
}

#[test]
fn a_server_tells_its_version_and_how_it_was_started() {
    run(async {
        let client = Client::with(lab::Settings { strict: true, worlds: 7, ..settings(frozen()) });
        let about = client.get("/__admin/v1/about").await.json();
        assert_eq!(about, json!({ "version": env!("CARGO_PKG_VERSION"), "strict": true, "worlds": 7 }));
    });
}

#[test]
fn a_refusal_bears_the_date_of_the_world_that_was_named() {
    run(async {
        let client = Client::new();
        let later = json!({ "clock": { "start": "2030-01-01T00:00:00Z" } });
        let reply = client.world("later", later).await.get("/__admin/v1/nothing").await;
        assert_eq!((reply.status(), reply.header("date")), (404, "Tue, 01 Jan 2030 00:00:00 GMT"));
    });
}

#[test]
fn a_clock_without_a_start_is_the_machines() {
    run(async {
        let machine = sim::Moment::parse_rfc3339("2030-01-01T00:00:00Z").unwrap();
        let clock = std::sync::Arc::new(sim::FixedClock(machine));
        let client = Client::with(lab::Settings { clock, ..settings(json!({ "like": "ready" })) });
        let reply = client.get("/__admin/v1/clock").await;
        assert_eq!((reply.text("now"), reply.text("mode")), ("2030-01-01T00:00:00Z".to_owned(), "real".to_owned()));
        let running = json!({ "clock": { "start": START, "running": true } });
        let reply = client.world("running", running).await.get("/__admin/v1/clock").await;
        assert_eq!((reply.text("now"), reply.text("mode")), (START.to_owned(), "offset".to_owned()));
    });
}

#[test]
fn worlds_are_made_listed_and_deleted() {
    run(async {
        let client = Client::new();
        let made = client.post("/__admin/v1/worlds", json!({ "name": "a" })).await;
        assert_eq!(
            (made.status(), made.json()),
            (201, json!({ "name": "a", "url": "http://127.0.0.1:17080/__world/a" }))
        );
        assert_eq!(client.post("/__admin/v1/worlds", json!({})).await.text("name"), "w1");
        let again = client.post("/__admin/v1/worlds", json!({ "name": "a" })).await;
        assert_eq!((again.status(), again.error().as_str()), (409, "world_exists"));
        for name in ["", "A", "a b", "ä", "a/b", &"a".repeat(64)] {
            assert_eq!(client.post("/__admin/v1/worlds", json!({ "name": name })).await.error(), "invalid_name");
        }
        let wrong = client.post("/__admin/v1/worlds", json!({ "name": "b", "world": { "sed": 1 } })).await;
        assert_eq!(wrong.message(), "world.sed: unknown field `sed` | did you mean `seed`?");

        let listed = client.get("/__admin/v1/worlds").await.json();
        let names: Vec<_> = listed["worlds"].as_array().unwrap().iter().map(|world| world["name"].clone()).collect();
        assert_eq!(names, ["default", "a", "w1"]);
        assert_eq!(client.get("/__admin/v1/worlds/a").await.json()["now"], START);
        assert_eq!(client.delete("/__admin/v1/worlds/a").await.status(), 204);
        assert_eq!(client.delete("/__admin/v1/worlds/a").await.status(), 404);
        assert_eq!(client.get("/__admin/v1/worlds/a").await.error(), "unknown_world");
        assert_eq!(client.delete("/__admin/v1/worlds/default").await.error(), "default_world");
    });
}

#[test]
fn the_number_of_worlds_is_bounded() {
    run(async {
        let client = Client::with(lab::Settings { worlds: 3, ..settings(frozen()) });
        for _ in 0..2 {
            assert_eq!(client.post("/__admin/v1/worlds", json!({})).await.status(), 201);
        }
        assert_eq!(client.post("/__admin/v1/worlds", json!({})).await.error(), "too_many_worlds");
        client.delete("/__admin/v1/worlds/w1").await;
        assert_eq!(client.post("/__admin/v1/worlds", json!({})).await.status(), 201);
    });
}

#[test]
fn the_phone_does_what_the_phone_does() {
    run(async {
        let client = Client::new();
        let login = client.post("/__admin/v1/device/login", json!({})).await.json();
        assert_eq!(login["errMsg"], "login:ok");
        assert_eq!(login["code"].as_str().unwrap().len(), 32);
        // No body at all is as good as `{}`.
        assert_eq!(client.raw(Method::POST, "/__admin/v1/device/login", &[], "").await.status(), 200);
        let code = login["code"].as_str().unwrap();
        client.exchange(code).await;
        let event = client.post("/__admin/v1/device/phone-number", json!({})).await.json();
        assert_eq!(event["errMsg"], "getPhoneNumber:ok");
        assert_eq!(event["code"].as_str().unwrap().len(), 64);
        assert!(event["encryptedData"].is_string() && event["iv"].is_string());
        let event = client.post("/__admin/v1/device/phone-number", json!({ "realtime": true })).await.json();
        assert!(event["code"].is_string() && event["encryptedData"].is_null(), "{event}");
        assert_eq!(client.post("/__admin/v1/device/check-session", json!({})).await.text("errMsg"), "checkSession:ok");
        let info = client.post("/__admin/v1/device/user-info", json!({})).await.json();
        assert!(["rawData", "signature", "encryptedData", "iv"].iter().all(|key| info[key].is_string()), "{info}");
        let profile = client.post("/__admin/v1/device/user-profile", json!({})).await;
        assert_eq!(profile.text("errMsg"), "getUserProfile:ok");
        let account = client.post("/__admin/v1/device/account-info", json!({})).await.json();
        assert_eq!(account["miniProgram"]["appId"], APPID);

        assert_eq!(
            client.post("/__admin/v1/device/login", json!({ "person": "alicia" })).await.error(),
            "unknown_person"
        );
        assert_eq!(client.post("/__admin/v1/device/login", json!({ "appid": "wx1" })).await.error(), "unknown_appid");
        let other = client.post("/__admin/v1/device/phone-number", json!({ "phone": "10086" })).await;
        assert_eq!(other.error(), "unknown_phone");
    });
}

#[test]
fn an_artefact_is_listed_aged_expired_and_revoked() {
    run(async {
        let client = Client::new();
        let age = |body: Value| {
            let client = client.clone();
            async move { client.post("/__admin/v1/artefacts/age", body).await }
        };
        let (fresh, old) = (client.login_code(json!({})).await, client.login_code(json!({})).await);
        assert_eq!(age(json!({ "artefact": fresh, "by": "4m59s" })).await.json(), json!({ "altered": 1 }));
        assert_eq!(age(json!({ "artefact": old, "by": "5m1s" })).await.json(), json!({ "altered": 1 }));
        assert!(client.exchange(&fresh).await.json()["openid"].is_string());
        assert_eq!(client.exchange(&old).await.json()["errcode"], 40029);

        let token = client.access_token().await;
        assert_eq!(age(json!({ "kind": "access_token", "expire": true })).await.json(), json!({ "altered": 1 }));
        let phone = client.phone_code(json!({})).await;
        let path = format!("/wxa/business/getuserphonenumber?access_token={token}");
        assert_eq!(client.post(&path, json!({ "code": phone })).await.json()["errcode"], 42001);

        let listed = client.get("/__admin/v1/artefacts?kind=login_code&state=used").await.json();
        let values: Vec<_> = listed["artefacts"].as_array().unwrap().iter().map(|a| a["value"].clone()).collect();
        assert_eq!(values, [json!(fresh)]);
        let code = client.login_code(json!({})).await;
        assert_eq!(age(json!({ "artefact": code, "revoke": true })).await.json(), json!({ "altered": 1 }));
        assert_eq!(client.exchange(&code).await.json()["errcode"], 40029);

        assert_eq!(age(json!({ "artefact": "nothing", "expire": true })).await.error(), "unknown_artefact");
        assert_eq!(age(json!({ "kind": "access_token", "expire": true, "revoke": true })).await.error(), "what_to_do");
        assert_eq!(age(json!({ "expire": true })).await.error(), "which_artefact");
        let wrong = age(json!({ "kind": "acces_token", "expire": true })).await;
        assert_eq!(wrong.message(), "kind: unknown variant `acces_token` | did you mean `access_token`?");
        let wrong = client.get("/__admin/v1/artefacts?kind=acces_token").await;
        assert_eq!(wrong.message(), "`kind`: unknown variant `acces_token` | did you mean `access_token`?");
    });
}

#[test]
fn an_artefact_of_another_world_is_aged_where_it_lives() {
    run(async {
        let client = Client::new();
        let other = client.world("other", frozen()).await;
        let code = other.login_code(json!({})).await;
        let aged = client.post("/__admin/v1/artefacts/age", json!({ "artefact": code, "by": "6m" })).await;
        assert_eq!(aged.json(), json!({ "altered": 1 }));
        assert_eq!(other.exchange(&code).await.json()["errcode"], 40029);
    });
}

#[test]
fn the_journal_is_read_in_pages_and_cleared() {
    run(async {
        let client = Client::with(lab::Settings { journal: 5, ..settings(frozen()) });
        for _ in 0..8 {
            client.login_code(json!({})).await;
        }
        client.get("/sns/jscode2session").await;
        let seqs = |page: Value| {
            page["exchanges"].as_array().unwrap().iter().map(|e| e["seq"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        let read = |query: &'static str| {
            let client = client.clone();
            async move { client.get(&format!("/__admin/v1/journal{query}")).await }
        };
        assert_eq!(seqs(read("").await.json()), [5, 6, 7, 8, 9]);
        assert_eq!(seqs(read("?since=7").await.json()), [8, 9]);
        assert_eq!(seqs(read("?limit=2").await.json()), [8, 9]);
        assert_eq!(seqs(read("?from=back_end").await.json()), [9]);
        assert_eq!(seqs(read("?path=/sns").await.json()), [9]);
        assert_eq!(read("?sinse=7").await.message(), "unknown query parameter `sinse` | did you mean `since`?");
        assert_eq!(read("?since=x").await.error(), "invalid_parameter");
        assert_eq!(read("?from=nobody").await.error(), "invalid_parameter");
        assert_eq!(client.delete("/__admin/v1/journal").await.status(), 204);
        let now = client.get("/__admin/v1/clock").await.json()["now"].clone();
        assert_eq!(read("").await.json(), json!({ "last": 9, "now": now, "exchanges": [] }));
    });
}

#[test]
fn the_caller_may_say_who_it_is() {
    run(async {
        let client = Client::new();
        client.get("/api/v1/oauth2/keys").await;
        client.get_with("/api/v1/oauth2/keys", &[("x-mock-caller", "mini-program")]).await;
        let page = client.get("/__admin/v1/journal").await.json();
        let from: Vec<_> = page["exchanges"].as_array().unwrap().iter().map(|e| e["from"].clone()).collect();
        assert_eq!(from, ["back_end", "mini_program"]);
    });
}

#[test]
fn the_control_api_is_for_loopback_names_and_the_admin() {
    run(async {
        let client = Client::with(lab::Settings { admin_token: Some("s3cret".to_owned()), ..settings(frozen()) });
        let refused = client.get("/__admin/v1/clock").await;
        assert_eq!((refused.status(), refused.error().as_str()), (401, "admin_token"));
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        assert_eq!(client.get_with("/__admin/v1/clock", &[("authorization", "Bearer s3cret")]).await.status(), 200);
        assert_eq!(client.get("/readyz").await.status(), 200);
        let evil = client.get_with("/__admin/v1/clock", &[("origin", "https://evil.example")]).await;
        assert_eq!((evil.status(), evil.error().as_str()), (403, "origin_not_allowed"));
    });
}

#[test]
fn pages_of_a_listed_origin_get_cors_answers() {
    run(async {
        let origin = "http://192.168.1.7:5173";
        let client = Client::with(lab::Settings { allow_origins: vec![origin.to_owned()], ..settings(frozen()) });
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-client-id"),
        ];
        let preflight = client.raw(Method::OPTIONS, "/api/v2/sdk/login/wechat-miniprogram", &asked, "").await;
        assert_eq!((preflight.status(), preflight.header("access-control-allow-headers")), (204, "x-client-id"));
        let login =
            client.raw(Method::POST, "/__world/default/__admin/v1/device/login", &[("origin", origin)], "").await;
        assert_eq!((login.status(), login.header("access-control-allow-origin")), (200, origin));
        let other = client.get_with("/api/v1/oauth2/keys", &[("origin", "https://other.example")]).await;
        assert_eq!(other.header("access-control-allow-origin"), "");
        let control = client.get_with("/__admin/v1/world", &[("origin", origin)]).await;
        assert_eq!((control.status(), control.header("access-control-allow-origin")), (200, ""));
    });
}
