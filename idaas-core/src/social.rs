//! The WeChat accounts that a user is linked to.

use serde::Serialize;

use crate::answer::Reply;
use crate::call::Call;
use crate::refusal::Refused;

/// One record, members in the order of the vendor's table. Two WeChat identifiers are stored for each link; which is
/// which is inferred: `socialUid` the unionid where there is one, `socialChannelId` the openid.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: String,
    user_id: String,
    social_type: &'static str,
    social_uid: String,
    social_channel_id: String,
    social_nickname: Option<String>,
    social_head_image: Option<String>,
    social_account_details: Option<String>,
    idp_id: String,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
struct Records {
    social: Vec<Record>,
}

/// "List bound social accounts" page: `GET /api/v2/sdk/social`.
pub(crate) fn list(call: &Call<'_>) -> Result<Reply, Refused> {
    let bearer = call.bearer()?;
    let users = call.idaas.state.users();
    let social = users.links_of(&bearer.user).map(|link| {
        let source = call.setup.config.sources.get(&link.source);
        Record {
            id: link.id.clone(),
            user_id: link.user.0.clone(),
            social_type: "weixin",
            social_uid: link.unionid.as_ref().map_or(link.openid.expose(), |unionid| unionid.expose()).to_owned(),
            social_channel_id: link.openid.expose().to_owned(),
            social_nickname: None,
            social_head_image: None,
            social_account_details: None,
            idp_id: source.and_then(|source| source.id.clone()).unwrap_or_default(),
            created_at: link.created_at.to_plain(),
            updated_at: link.created_at.to_plain(),
        }
    });
    Ok(Reply::json(&Records { social: social.collect() }))
}

/// "Unbind social account" page: `POST /api/v2/sdk/social/unbind-account`, with the id of a record.
pub(crate) fn unbind(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let record = body.text("id")?;
    let bearer = call.bearer()?;
    call.idaas.state.users().unlink(&bearer.user, record)?;
    Ok(Reply::Empty)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::scene::{Answered, OTHER_CLIENT, Scene};

    const LIST: &str = "/api/v2/sdk/social";
    const UNBIND: &str = "/api/v2/sdk/social/unbind-account";

    fn bearer(answer: &Answered) -> String {
        format!("Bearer {}", answer.text("id_token"))
    }

    #[test]
    fn a_record_has_the_vendors_members_in_the_vendors_order() {
        let scene = Scene::new();
        let answer = scene.get(LIST, &[("Authorization", &bearer(&scene.login("bob")))]);
        let record = &answer.body["social"][0];
        let members: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            members,
            [
                "id",
                "userId",
                "socialType",
                "socialUid",
                "socialChannelId",
                "socialNickname",
                "socialHeadImage",
                "socialAccountDetails",
                "idpId",
                "createdAt",
                "updatedAt"
            ]
        );
        assert_eq!((&record["socialUid"], &record["socialChannelId"]), (&json!("u-bob"), &json!("o-bob")));
        assert_eq!((&record["socialType"], &record["socialNickname"]), (&json!("weixin"), &Value::Null));
        assert_eq!(record["createdAt"], "2026-03-01 09:00:00.000");
        assert_eq!(record["idpId"].as_str().unwrap().len(), 32);
    }

    #[test]
    fn after_unbinding_the_next_login_asks_to_bind_again() {
        let scene = Scene::new();
        let bearer = bearer(&scene.login("bob"));
        let headers = [("Authorization", bearer.as_str())];
        let id = scene.get(LIST, &headers).body["social"][0]["id"].clone();
        let unknown = scene.post_with(UNBIND, &headers, json!({ "id": "no-such-record" }));
        assert_eq!(unknown.refused(), (400, "COMMON.1006", "social_record_unknown"));
        let answer = scene.post_with(UNBIND, &headers, json!({ "id": id }));
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert_eq!(scene.get(LIST, &headers).text, r#"{"social":[]}"#);
        assert_eq!(scene.login("bob").text("status"), "USER_REGISTER");
    }

    #[test]
    fn what_is_no_good_id_token_is_refused() {
        let scene = Scene::new();
        let token = bearer(&scene.login("bob"));
        let refused = |headers: &[(&str, &str)]| {
            let answer = scene.get(LIST, headers);
            let (status, code, rule) = answer.refused();
            assert_eq!((status, code), (400, "PARAM.0016"));
            rule.to_owned()
        };
        assert_eq!(refused(&[]), "id_token_missing");
        assert_eq!(refused(&[("Authorization", "Bearer nonsense")]), "id_token_unknown");
        assert_eq!(refused(&[("Authorization", &token), ("X-client-id", OTHER_CLIENT)]), "id_token_of_other_client");
        let shorter = &token[..token.len() - 4];
        assert_eq!(refused(&[("Authorization", shorter)]), "id_token_unknown");
        assert_eq!(scene.get(LIST, &[("authorization", &token.replace("Bearer", "bearer"))]).status, 200);
        scene.advance(7200);
        assert_eq!(scene.get(LIST, &[("Authorization", &token)]).status, 200);
        scene.advance(1);
        assert_eq!(refused(&[("Authorization", &token)]), "id_token_expired");
    }
}
