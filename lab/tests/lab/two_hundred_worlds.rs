//! Two hundred worlds at once behind one lab, with one appid and one client id.

use serde_json::json;

use crate::support::{Client, frozen};

/// One world's story: its clock stands `n` minutes after the others' start, so whatever it sees of another world shows.
async fn story(client: Client, n: usize) {
    let name = format!("world-{n}");
    let mobile = format!("1380000{n:04}");
    let world = client
        .world(
            &name,
            json!({ "like": frozen()["like"], "clock": frozen()["clock"],
            "wechat": { "people": { "alice": { "phone": mobile } } } }),
        )
        .await;
    world.advance(&format!("{}m", n + 1)).await;
    let now = world.get("/__admin/v1/clock").await.text("now");

    // Minted in the world, then carried by an application that knows nothing of worlds.
    let code = world.login_code(json!({})).await;
    let login = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
    assert_eq!((login.text("status").as_str(), login.header("x-mock-world")), ("USER_REGISTER", name.as_str()));
    let (pending, phone) = (login.text("state_token"), world.phone_code(json!({})).await);
    let headers = [("x-state-token", pending.as_str())];
    let bound = client.sdk("social/wechat-mobile-register-bind", &headers, json!({ "wechat_code": phone })).await;
    assert_eq!((bound.text("status").as_str(), bound.header("x-mock-world")), ("SUCCESS", name.as_str()));
    assert_eq!(bound.header("date"), world.get("/__admin/v1/clock").await.header("date"));

    // Calls that carry nothing name the world, or fall to `default`.
    let password =
        json!({ "user_name": "li.na", "password": if n.is_multiple_of(2) { "correct-horse" } else { "wrong" } });
    let by_password = world.sdk("login", &[], password).await;
    assert_eq!(by_password.status(), if n.is_multiple_of(2) { 200 } else { 400 }, "{by_password:?}");
    assert_eq!(client.get("/api/v1/oauth2/keys").await.header("x-mock-world"), "default");

    // Exhausted in one world, untouched in the next: each counts its own wrong passwords.
    for _ in 0..n % 3 {
        let wrong = world.sdk("login", &[], json!({ "user_name": "li.na", "password": "wrong" })).await;
        assert_eq!(wrong.status(), 400);
    }

    // A registered user with the mobile number of this world's alice, and of nobody else's.
    let export = world.get("/__admin/v1/world").await.json();
    let mobiles: Vec<_> = export["idaas"]["users"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|user| user["mobile"].as_str())
        .filter(|mobile| mobile.starts_with("+86-1380000"))
        .map(str::to_owned)
        .collect();
    assert_eq!(mobiles, [format!("+86-{mobile}")]);

    // Every exchange in the journal happened at this world's time, which nobody else moved.
    let page = world.get("/__admin/v1/journal?limit=1000").await.json();
    let exchanges = page["exchanges"].as_array().unwrap();
    assert!(exchanges.iter().all(|exchange| exchange["at"] == json!(now)), "{page}");
    assert_eq!(exchanges.len(), 8 + n % 3, "{page}");
    assert_eq!(world.get("/__admin/v1/clock").await.text("now"), now);
}

#[test]
fn two_hundred_worlds_in_parallel_never_see_each_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let client = Client::new();
    runtime.block_on(async {
        let mut stories = tokio::task::JoinSet::new();
        for n in 0..200 {
            stories.spawn(story(client.clone(), n));
        }
        while let Some(told) = stories.join_next().await {
            told.unwrap();
        }
        let listed = client.get("/__admin/v1/worlds").await.json();
        assert_eq!(listed["worlds"].as_array().unwrap().len(), 201);
        // `default` answered the calls for keys, and saw nothing else.
        let page = client.named("default").get("/__admin/v1/journal?limit=1000").await.json();
        let targets: Vec<_> = page["exchanges"].as_array().unwrap().iter().map(|e| e["target"].as_str()).collect();
        assert!(targets.iter().all(|target| *target == Some("/api/v1/oauth2/keys")), "{targets:?}");
        assert_eq!(targets.len(), 200);
        let clock = client.named("default").get("/__admin/v1/clock").await;
        assert_eq!(clock.text("now"), "2026-03-01T09:00:00Z");
    });
}
