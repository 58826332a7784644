//! Worlds described, exported, replaced and changed.

use serde_json::{Value, json};

use crate::support::{APPID, Client, frozen, run};

#[test]
fn two_mini_programs_of_one_appid_are_refused_with_the_place() {
    run(async {
        let apps = json!([{ "appid": "wx1" }, { "appid": "wx1" }]);
        let client = Client::new();
        let reply = client.put("/__admin/v1/world", json!({ "wechat": { "mini_programs": apps } })).await;
        assert_eq!(reply.status(), 400);
        let error = &reply.json()["error"];
        assert_eq!(error["code"], "invalid_world");
        assert_eq!(error["problems"][0]["path"], "wechat.mini_programs.1.appid");
        assert!(error["message"].as_str().unwrap().starts_with("wechat.mini_programs.1.appid: two mini programs"));
        // The world is as it was.
        assert_eq!(client.get("/__admin/v1/world").await.json()["wechat"]["mini_programs"][0]["appid"], APPID);
    });
}

/// What a body for `PUT /__admin/v1/world` is told.
async fn told(client: &Client, world: Value) -> String {
    client.put("/__admin/v1/world", world).await.message()
}

#[test]
fn each_mistake_is_told_with_its_place_and_the_way_out() {
    run(async {
        let client = Client::new();
        assert_eq!(told(&client, json!({ "sed": 7 })).await, "sed: unknown field `sed` | did you mean `seed`?");
        let world = json!({ "wechat": { "mini_programs": [{ "app_id": "wx1" }] } });
        assert_eq!(
            told(&client, world).await,
            "wechat.mini_programs.0.app_id: unknown field `app_id` | did you mean `appid`?"
        );
        let world = json!({ "idaas": { "users": { "wu": { "wechat": ["alicia"] } } }, "like": "ready" });
        assert!(told(&client, world).await.starts_with("idaas.users.wu.wechat.0: "));
        let world = json!({ "clock": { "running": true } });
        assert!(told(&client, world).await.starts_with("clock.running: there is no `start` to run from"));
        let world = json!({ "strict": true, "like": "ready", "idaas": { "sources": { "wechat": { "appid": "wx0123456789abcdee" } } } });
        assert_eq!(
            told(&client, world).await,
            "idaas.sources.wechat.appid: the world has no mini program `wx0123456789abcdee` | did you mean `wx0123456789abcdef`?"
        );
        assert!(
            told(&client, json!({ "clock": { "start": "yesterday" } }))
                .await
                .starts_with("clock.start: `yesterday` is not a time")
        );
        assert!(
            told(&client, json!({ "limits": "offf" }))
                .await
                .starts_with("limits: unknown variant `offf` | did you mean `off`?")
        );
        assert!(told(&client, json!([])).await.starts_with("the body is a list"));
        assert_eq!(
            told(&client, json!({ "like": "redy" })).await,
            "like: there is no shipped world `redy` | did you mean `ready`?"
        );
        let problems =
            lab::WorldFile::from_json(json!({ "wechat": { "mini_programs": [{ "appid": "" }, { "appid": "" }] } }))
                .unwrap()
                .problems();
        assert!(problems.len() > 2, "{problems:?}");
    });
}

#[test]
fn every_shipped_world_is_valid_and_known() {
    for name in lab::shipped_worlds() {
        let file = lab::WorldFile::shipped(name).unwrap();
        assert_eq!(file.problems(), [], "{name}");
    }
    assert_eq!(lab::WorldFile::ready().wechat.mini_programs[0].appid, APPID);
}

#[test]
fn an_export_makes_the_same_world_again() {
    run(async {
        let client = Client::new();
        // Something has happened: a user came to be, and a link.
        let code = client.login_code(json!({})).await;
        let pending = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await.text("state_token");
        let phone = client.phone_code(json!({})).await;
        let headers = [("x-state-token", pending.as_str())];
        client.sdk("social/wechat-mobile-register-bind", &headers, json!({ "wechat_code": phone })).await;
        client.advance("5m").await;

        let export = client.get("/__admin/v1/world").await.json();
        let copy = client.world("copy", export.clone()).await;
        assert_eq!(copy.get("/__admin/v1/world").await.json(), export);
        assert_eq!(client.put("/__admin/v1/world", export.clone()).await.status(), 200);
        assert_eq!(client.named("default").get("/__admin/v1/world").await.json(), export);
        // The link came along: alice's next login is silent.
        let code = copy.login_code(json!({})).await;
        assert_eq!(copy.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await.text("status"), "SUCCESS");
        assert_eq!(export["clock"]["start"], "2026-03-01T09:05:00Z");
    });
}

#[test]
fn the_switches_that_stand_once_for_both_sides_survive_an_export() {
    run(async {
        let client = Client::new();
        let world = json!({ "like": "ready", "strict": true, "limits": "off", "clock": frozen()["clock"] });
        let strict = client.world("strict", world).await;
        let export = strict.get("/__admin/v1/world").await.json();
        assert_eq!((&export["strict"], &export["limits"]), (&json!(true), &json!("off")));
        assert_eq!(strict.patch("/__admin/v1/world", json!({ "strict": false, "limits": "on" })).await.status(), 200);
        let export = strict.get("/__admin/v1/world").await.json();
        assert_eq!((&export["strict"], &export["limits"]), (&Value::Null, &Value::Null));
        assert_ne!(export["idaas"]["strict"], json!(true));
    });
}

#[test]
fn a_change_keeps_what_was_handed_out() {
    run(async {
        let client = Client::new();
        let code = client.login_code(json!({})).await;
        let policy = json!({ "idaas": { "sources": { "wechat": { "when_not_associated": "bind" } } } });
        assert_eq!(client.patch("/__admin/v1/world", policy).await.status(), 200);
        let login = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!(login.text("status"), "SOCIAL_BIND");
        let person = json!({ "wechat": { "people": { "dave": { "phone": "13500135000" } } },
                             "idaas": { "users": { "dave": { "wechat": ["dave"] } } } });
        assert_eq!(client.patch("/__admin/v1/world", person).await.status(), 200);
        let code = client.login_code(json!({ "person": "dave" })).await;
        assert_eq!(
            client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await.text("status"),
            "SUCCESS"
        );
    });
}

#[test]
fn a_change_that_is_wrong_changes_nothing() {
    run(async {
        let client = Client::new();
        let before = client.get("/__admin/v1/world").await.json();
        let wrong = json!({ "wechat": { "people": { "dave": { "phone": "13500135000" } } },
                            "idaas": { "applications": { "shop": { "type": "oidc" } } } });
        let reply = client.patch("/__admin/v1/world", wrong).await;
        assert!(reply.message().starts_with("idaas.applications.shop.type: "), "{reply:?}");
        assert_eq!(client.patch("/__admin/v1/world", json!({ "seed": 9 })).await.error(), "invalid_world");
        assert_eq!(client.patch("/__admin/v1/world", json!({ "like": "ready" })).await.error(), "invalid_world");
        assert_eq!(
            client.patch("/__admin/v1/world", json!({ "idaas": { "domian": "x" } })).await.error(),
            "invalid_world"
        );
        assert_eq!(client.get("/__admin/v1/world").await.json(), before);
    });
}

#[test]
fn an_empty_world_welcomes_any_appid_and_client_id() {
    run(async {
        let client = Client::new();
        let empty = client.world("empty", json!({ "idaas": { "sources": { "wechat": {} } } })).await;
        let code = empty.login_code(json!({})).await;
        let login = empty.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!(login.text("status"), "USER_REGISTER", "{login:?}");
        let strict = client.world("strict", json!({ "strict": true })).await;
        let refused = strict.sdk("login/wechat-miniprogram", &[], json!({ "code": "x" })).await;
        assert_eq!(refused.status(), 400);
    });
}
