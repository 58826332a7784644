//! A first visit from the phone to a verified id_token, and what the lab tells about it afterwards.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::support::{APPID, CLIENT_ID, Client, run};

/// Checks a token as an application does: with the keys that are served, and nothing else.
async fn verified(client: &Client, id_token: &str) -> Value {
    let keys: JwkSet = serde_json::from_value(client.get("/api/v1/oauth2/keys").await.json()).unwrap();
    let kid = jsonwebtoken::decode_header(id_token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[CLIENT_ID]);
    // The world's clock stands in its own year; what it says is checked by the caller.
    validation.validate_exp = false;
    jsonwebtoken::decode::<Value>(id_token, &key, &validation).unwrap().claims
}

#[test]
fn a_first_visit_registers_and_later_visits_are_silent() {
    run(async {
        let client = Client::new();
        let code = client.login_code(json!({})).await;
        let first = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!(first.text("status"), "USER_REGISTER");
        let pending = first.text("state_token");

        let phone = client.phone_code(json!({})).await;
        let headers = [("x-state-token", pending.as_str())];
        let bound = client.sdk("social/wechat-mobile-register-bind", &headers, json!({ "wechat_code": phone })).await;
        assert_eq!((bound.text("status").as_str(), bound.json()["expire"].clone()), ("SUCCESS", json!(432_000)));

        let claims = verified(&client, &bound.text("id_token")).await;
        assert_eq!(claims["iss"], "http://127.0.0.1:17080/api/v1/oauth2");
        assert_eq!(claims["iat"], 1_772_355_600);
        let api: Value = serde_json::from_str(claims["api"].as_str().unwrap()).unwrap();
        assert_eq!(api["mobile"], "+86-13800138000");

        client.advance("61s").await;
        let code = client.login_code(json!({})).await;
        let second = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!(second.text("status"), "SUCCESS");

        client.advance("29m").await;
        let session = second.text("session_token");
        let refreshed =
            client.sdk("sso/session-token/id-token", &[("session-token", session.as_str())], json!({})).await;
        assert_ne!(refreshed.text("id_token"), second.text("id_token"));
        let again = verified(&client, &refreshed.text("id_token")).await;
        assert_eq!(again["sub"], claims["sub"]);
    });
}

#[test]
fn the_journal_tells_who_asked_whom_and_hides_every_secret() {
    run(async {
        let client = Client::new();
        let code = client.login_code(json!({})).await;
        let first = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        let page = client.get("/__admin/v1/journal").await.json();
        let told: Vec<_> = page["exchanges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| format!("{} {}→{} {}", e["seq"], e["from"], e["to"], e["target"]).replace('"', ""))
            .collect();
        assert_eq!(
            told,
            [
                "1 device→wechat wx.login".to_owned(),
                format!(
                    "2 idaas→wechat /sns/jscode2session?appid={APPID}&secret=‹app secret 1›&js_code=‹login code 1›\
                     &grant_type=authorization_code"
                ),
                "3 mini_program→idaas /api/v2/sdk/login/wechat-miniprogram".to_owned(),
            ]
        );
        let shown = client.get("/__admin/v1/journal?reveal=true&from=idaas").await.0.into_body();
        let text = String::from_utf8(shown.to_vec()).unwrap();
        assert!(text.contains(&code) && text.contains("\"last\":3"), "{text}");
        let masked = page.to_string();
        assert!(!masked.contains(&code) && !masked.contains(&first.text("state_token")), "{masked}");
    });
}

#[test]
fn the_journal_hides_the_keys_of_signed_calls_wherever_they_turn_up() {
    run(async {
        let client = Client::new();
        let security = json!({
            "symmetric_key": { "sn": "1", "algorithm": "SM4_GCM", "key": "otUpngOjU+nVQaWJIC3D/w==" },
            "app_key": { "sn": "2", "algorithm": "SM2withSM3" },
        });
        let apps = json!([{ "appid": APPID, "secret": "5ec4e7", "api_security": security }]);
        client.patch("/__admin/v1/world", json!({ "wechat": { "mini_programs": apps } })).await;
        let app = client.get("/__admin/v1/world").await.json()["wechat"]["mini_programs"][0].clone();
        let pem = app["api_security"]["app_key"]["private_key"].as_str().unwrap();
        let line = pem.lines().nth(2).unwrap();
        client.get(&format!("/sns/jscode2session?appid={APPID}&secret=otUpngOjU%2BnVQaWJIC3D%2Fw%3D%3D")).await;
        client.post("/cgi-bin/stable_token", json!({ "appid": APPID, "secret": line, "grant_type": pem })).await;
        let page = client.get("/__admin/v1/journal").await.json();
        let told = page["exchanges"].to_string();
        assert!(told.contains("secret=‹api key 1›") && told.contains(r#""grant_type":"‹api key 2›""#), "{told}");
        assert!(!told.contains(line), "{told}");
    });
}

#[test]
fn a_refusal_is_explained_by_its_rid_or_by_the_whole_message() {
    run(async {
        let client = Client::new();
        let code = client.login_code(json!({})).await;
        assert!(client.exchange(&code).await.json()["openid"].is_string());
        let refused = client.exchange(&code).await;
        let errmsg = refused.text("errmsg");
        let rid = refused.header("x-mock-request-id").to_owned();
        assert!(errmsg.ends_with(&rid), "{errmsg} {rid}");

        let asked = percent_encoding::utf8_percent_encode(&errmsg, percent_encoding::NON_ALPHANUMERIC);
        let told = client.get(&format!("/__admin/v1/explain/{asked}")).await.json();
        assert_eq!((&told["rid"], &told["code"]), (&json!(rid), &json!("40163")));
        assert_eq!(told["rule"], "login_code_used");
        assert_eq!(told["world"], "default");
        let story = told["story"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>();
        assert!(story[0].starts_with("back_end asked wechat at 2026-03-01T09:00:00Z: GET /sns/jscode2session"));
        assert!(story.join("\n").contains("2026-03-01T09:00:00Z"), "{story:?}");
        assert!(!told.to_string().contains(&code));

        let login = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        let rid = login.header("x-mock-request-id").to_owned();
        let told = client.get(&format!("/__admin/v1/explain/{rid}")).await.json();
        assert_eq!(told["code"], "LOGIN.1001");
        assert_eq!(client.get("/__admin/v1/explain/00000000-00000000-00000000").await.error(), "unknown_rid");
        assert_eq!(client.get("/__admin/v1/explain/hello").await.error(), "no_rid");
    });
}

#[test]
fn an_answer_of_any_world_is_explained_unless_two_worlds_have_it() {
    run(async {
        let client = Client::new();
        let other = client.world("other", crate::support::frozen()).await;
        let refused = other.sdk("login/wechat-miniprogram", &[], json!({})).await;
        let path = format!("/__admin/v1/explain/{}", refused.header("x-mock-request-id"));
        assert_eq!(client.get(&path).await.text("world"), "other");

        // The twin of the same seed and time answers its first call with the same rid.
        let twin = client.world("twin", crate::support::frozen()).await;
        let rids = [other.exchange("x").await, twin.exchange("x").await]
            .map(|reply| reply.header("x-mock-request-id").to_owned());
        assert_eq!(rids[0], rids[1]);
        let path = format!("/__admin/v1/explain/{}", rids[0]);
        assert_eq!(client.get(&path).await.error(), "ambiguous_rid");
        assert_eq!(twin.get(&path).await.text("world"), "twin");
    });
}

#[test]
fn idaas_notices_when_wechat_is_down() {
    run(async {
        let client = Client::new();
        let code = client.login_code(json!({})).await;
        assert_eq!(client.patch("/__admin/v1/world", json!({ "wechat": { "down": true } })).await.status(), 200);
        let refused = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert!(refused.text("error_code").ends_with("LOGIN.1001"), "{refused:?}");
        let page = client.get("/__admin/v1/journal?from=idaas&to=wechat").await.json();
        let failed = &page["exchanges"][0];
        assert_eq!((&failed["status"], &failed["refusal"]["rule"]), (&json!(0), &json!("wechat_down")));

        // Who calls WeChat directly gets what a gateway before a dead server says.
        assert_eq!(client.exchange(&code).await.status(), 502);

        client.patch("/__admin/v1/world", json!({ "wechat": { "down": null } })).await;
        let back = client.sdk("login/wechat-miniprogram", &[], json!({ "code": code })).await;
        assert_eq!(back.text("status"), "USER_REGISTER");
    });
}
