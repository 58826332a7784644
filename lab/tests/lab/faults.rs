//! Planned faults: they hit what they name, in the world they are planned in, and leave nothing behind.

use serde_json::{Value, json};

use crate::support::{Client, frozen, run, settings};

const FAULTS: &str = "/__admin/v1/faults";

async fn plan(client: &Client, fault: Value) -> Value {
    let reply = client.post(FAULTS, fault).await;
    assert_eq!(reply.status(), 201, "{reply:?}");
    reply.json()
}

/// Forty exchanges of which every other is refused, by chance; the journal of it.
async fn unlucky(seed: u64) -> String {
    let client = Client::with(settings(json!({
        "like": "ready", "clock": frozen()["clock"], "seed": seed,
        "faults": [{ "what": { "error": -1 }, "when": { "probability": 0.5 } }],
    })));
    for _ in 0..40 {
        let code = client.login_code(json!({})).await;
        client.exchange(&code).await;
    }
    client.get("/__admin/v1/journal?limit=1000&reveal=true").await.json().to_string()
}

/// Which of the exchanges in a journal were refused.
fn pattern(journal: &str) -> Vec<bool> {
    let journal: Value = serde_json::from_str(journal).unwrap();
    let exchanges = journal["exchanges"].as_array().unwrap().iter().filter(|e| e["method"] == "GET");
    exchanges.map(|exchange| exchange["refusal"].is_object()).collect()
}

#[test]
fn chance_comes_from_the_seed_to_the_last_byte_of_the_journal() {
    run(async {
        let (one, again, other) = (unlucky(7).await, unlucky(7).await, unlucky(8).await);
        assert_eq!(one, again);
        assert_ne!(pattern(&one), pattern(&other));
        let hit = pattern(&one).iter().filter(|hit| **hit).count();
        assert!((8..=32).contains(&hit), "{hit} of 40");
    });
}

/// One world's story: its own clock, its own fault, nobody else's.
async fn story(client: Client, n: usize) {
    let name = format!("world-{n}");
    let world = client.world(&name, frozen()).await;
    world.advance(&format!("{}m", n + 1)).await;
    let errcode = [-1, 40029, 45011, 40226, 40163][n % 5];
    plan(&world, json!({ "when": { "next": n % 3 + 1 }, "what": { "error": errcode } })).await;
    for call in 0..4 {
        let code = world.login_code(json!({})).await;
        // The application names no world: the code does.
        let answer = client.exchange(&code).await;
        let wanted = if call <= n % 3 { json!(errcode) } else { Value::Null };
        assert_eq!(answer.json()["errcode"], wanted, "call {call} of {name}: {answer:?}");
    }
    let listed = world.get(FAULTS).await.json();
    assert_eq!((&listed["faults"][0]["applied"], &listed["faults"][0]["spent"]), (&json!(n % 3 + 1), &json!(true)));
}

#[test]
fn two_hundred_worlds_each_have_their_own_fault() {
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
        let default = client.named("default");
        assert_eq!(default.get(FAULTS).await.json()["faults"], json!([]));
        let code = default.login_code(json!({})).await;
        assert!(default.exchange(&code).await.json()["openid"].is_string());
    });
}

#[test]
fn after_clearing_a_world_answers_as_if_there_had_never_been_a_fault() {
    run(async {
        let plain = Client::new();
        let faulty = Client::new();
        for fault in [
            json!({ "what": { "error": 40029 } }),
            json!({ "what": { "field": "openid", "is": "absent" } }),
            json!({ "what": { "delay": "3s" } }),
            json!({ "where": { "party": "idaas" }, "what": { "id_token": "key_rotated" } }),
        ] {
            plan(&faulty, fault).await;
        }
        let keys = faulty.get("/api/v1/oauth2/keys").await.json();
        assert_eq!((keys["keys"][0]["kid"].as_str(), keys["keys"][1]["kid"].as_str()), (Some("k2"), Some("k1")));
        assert_eq!(plain.get("/api/v1/oauth2/keys").await.json()["keys"].as_array().unwrap().len(), 1);
        assert_eq!(faulty.delete(FAULTS).await.json(), json!({ "cleared": 4 }));
        for client in [&plain, &faulty] {
            client.delete("/__admin/v1/journal").await;
            // Where the delay of the key set left the other clock.
            client.put("/__admin/v1/clock", json!({ "set": "2026-03-01T10:00:00Z" })).await;
        }
        for client in [&plain, &faulty] {
            client.login_code(json!({ "person": "bob" })).await;
        }
        let told = async |client: &Client| {
            let code = client.login_code(json!({ "person": "bob" })).await;
            let login = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
            let keys = client.get("/api/v1/oauth2/keys").await;
            let journal = client.get("/__admin/v1/journal?reveal=true").await;
            let export = client.get("/__admin/v1/world").await;
            [login.0.body().clone(), keys.0.body().clone(), journal.0.body().clone(), export.0.body().clone()]
        };
        assert_eq!(told(&plain).await, told(&faulty).await);
    });
}

#[test]
fn a_fault_stands_in_the_journal_and_in_the_story_of_its_answer() {
    run(async {
        let client = Client::new();
        plan(&client, json!({ "name": "tired", "when": { "next": 1 }, "what": { "error": "login_code_used" } })).await;
        let code = client.login_code(json!({})).await;
        let answer = client.exchange(&code).await;
        assert_eq!(answer.json()["errcode"], 40163);
        let journal = client.get("/__admin/v1/journal?path=/sns").await.json();
        let exchange = &journal["exchanges"][0];
        assert_eq!(exchange["refusal"]["rule"], "login_code_used");
        assert_eq!(
            exchange["faults"],
            json!(["tired: answered in place of the one who was asked; the call was not carried out"])
        );
        let told = client.get(&format!("/__admin/v1/explain/{}", answer.header("x-mock-request-id"))).await.json();
        let story = told["story"].as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n");
        assert!(story.contains("the planned fault `tired` answered with login_code_used"), "{story}");
        // Refused without being carried out: the code is good still.
        assert!(client.exchange(&code).await.json()["openid"].is_string());
    });
}

#[test]
fn an_answer_that_is_lost_has_used_up_the_code() {
    run(async {
        let client = Client::new();
        plan(&client, json!({ "preset": "lost_reply" })).await;
        let code = client.login_code(json!({})).await;
        let lost = client.exchange(&code).await;
        assert_eq!(lab::Lost::of(&lost.0), Some(lab::Lost::Reset));
        assert_eq!(client.exchange(&code).await.json()["errcode"], 40163);
        let journal = client.get("/__admin/v1/journal?path=/sns").await.json();
        assert_eq!(journal["exchanges"][0]["status"], 0);
        assert_eq!(journal["exchanges"][0]["refusal"]["rule"], "fault_reset");
    });
}

#[test]
fn a_delay_moves_a_clock_that_stands() {
    run(async {
        let client = Client::new();
        plan(&client, json!({ "where": { "endpoint": "/sns/*" }, "what": { "delay": "3s" } })).await;
        let code = client.login_code(json!({})).await;
        assert!(client.exchange(&code).await.json()["openid"].is_string());
        assert_eq!(client.get("/__admin/v1/clock").await.text("now"), "2026-03-01T09:00:03Z");
    });
}

#[test]
fn idaas_gives_up_on_a_silent_wechat_after_its_own_patience() {
    run(async {
        let client = Client::new();
        plan(&client, json!({ "where": { "caller": "idaas" }, "what": { "hang": "before" } })).await;
        let code = client.login_code(json!({ "person": "bob" })).await;
        let login = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!(login.json()["error_code"], "IDAAS.SDK.LOGIN.1001");
        assert_eq!(client.get("/__admin/v1/clock").await.text("now"), "2026-03-01T09:00:05Z");
        // The back end's own calls are not IDaaS's.
        assert!(client.exchange(&code).await.json()["openid"].is_string());
    });
}

#[test]
fn faults_of_a_world_file_are_there_from_the_start_and_after_a_reset() {
    run(async {
        let client = Client::with(settings(json!({
            "like": "ready", "clock": frozen()["clock"],
            "faults": [{ "preset": "user_blocked", "where": { "person": "bob" } }],
        })));
        let errcode = async |person: &str| {
            let code = client.login_code(json!({ "person": person })).await;
            client.exchange(&code).await.json()["errcode"].clone()
        };
        assert_eq!((errcode("bob").await, errcode("alice").await), (json!(40226), Value::Null));
        client.delete(FAULTS).await;
        assert_eq!(errcode("bob").await, Value::Null);
        client.post("/__admin/v1/world/reset", json!({})).await;
        assert_eq!(errcode("bob").await, json!(40226));
        let changed = client.patch("/__admin/v1/world", json!({ "faults": [] })).await;
        assert_eq!((changed.status(), errcode("bob").await), (200, Value::Null));
    });
}

#[test]
fn what_cannot_be_planned_is_refused_with_its_place() {
    run(async {
        let client = Client::new();
        let told = async |fault: Value| {
            let reply = client.post(FAULTS, fault).await;
            (reply.status(), reply.error(), reply.message())
        };
        let refused = |message: &str| (400, "invalid_fault".to_owned(), message.to_owned());
        assert_eq!(
            told(json!({ "preset": "lost_replay" })).await,
            refused("preset: there is no preset `lost_replay` | did you mean `lost_reply`?")
        );
        assert_eq!(
            told(json!({ "preset": "login_code_race" })).await,
            refused(
                "preset: `login_code_race` needs no fault: it comes about by itself | send two exchanges of one code at once"
            )
        );
        assert_eq!(
            told(json!({ "when": { "next": 0 }, "what": { "status": 500 } })).await,
            refused("when.next: a fault of the next 0 calls never happens")
        );
        assert_eq!(
            told(json!({ "waht": {} })).await,
            (400, "invalid_body".to_owned(), "waht: unknown field `waht` | did you mean `what`?".to_owned())
        );
        plan(&client, json!({ "name": "a", "what": { "status": 500 } })).await;
        assert_eq!(
            told(json!({ "name": "a", "what": { "status": 500 } })).await,
            refused(
                "name: a fault named `a` is planned already | give this one another name, or clear the other first"
            )
        );
        let missing = client.delete(&format!("{FAULTS}/b")).await;
        assert_eq!((missing.status(), missing.error()), (404, "unknown_fault".to_owned()));
        let file = client.post("/__admin/v1/worlds", json!({ "world": { "faults": [{ "what": {} }] } })).await;
        assert_eq!(file.message().split(" | ").next(), Some("faults.0.what: nothing goes wrong here"));
        assert_eq!(client.get(FAULTS).await.json()["faults"].as_array().unwrap().len(), 1);
    });
}
