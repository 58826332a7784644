//! The same world, the same calls: the same bytes.

use bytes::Bytes;
use serde_json::json;

use crate::support::{Client, Reply, frozen, run};

fn whole(reply: &Reply) -> (u16, Vec<(String, Vec<u8>)>, Bytes) {
    let headers = reply.0.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    (reply.status(), headers.collect(), reply.0.body().clone())
}

async fn story(client: &Client) -> Vec<(u16, Vec<(String, Vec<u8>)>, Bytes)> {
    let mut told = Vec::new();
    let login = client.post("/__admin/v1/device/login", json!({})).await;
    let code = login.text("code");
    told.push(whole(&login));
    let first = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
    let pending = first.text("state_token");
    told.push(whole(&first));
    told.push(whole(&client.exchange(&code).await));
    let phone = client.phone_code(json!({})).await;
    let headers = [("x-state-token", pending.as_str())];
    let bound = client.sdk("social/wechat-mobile-register-bind", &headers, json!({ "wechat_code": phone })).await;
    told.push(whole(&bound));
    client.advance("1s").await;
    let info = client.post("/__admin/v1/device/user-info", json!({})).await;
    told.push(whole(&info));
    told.push(whole(&client.get("/__admin/v1/world").await));
    told.push(whole(&client.get("/__admin/v1/journal?reveal=true").await));
    told
}

#[test]
fn two_labs_answer_the_same_calls_with_the_same_bytes() {
    run(async {
        let one = story(&Client::new()).await;
        let other = story(&Client::new()).await;
        assert_eq!(one, other);
    });
}

#[test]
fn a_reset_world_begins_again() {
    run(async {
        let client = Client::new();
        let one = story(&client).await;
        assert_eq!(client.post("/__admin/v1/world/reset", json!({})).await.status(), 200);
        assert_eq!(story(&client).await, one);
    });
}

#[test]
fn another_seed_gives_other_identities() {
    run(async {
        let client = Client::new();
        let other = client.world("other", json!({ "like": "ready", "clock": frozen()["clock"], "seed": 2 })).await;
        let openid = |client: Client| async move {
            let code = client.login_code(json!({ "person": "carol" })).await;
            client.exchange(&code).await.text("openid")
        };
        let default = openid(client.named("default")).await;
        assert_ne!(openid(other).await, default);
        assert_eq!(openid(client.world("third", frozen()).await).await, default);
    });
}
