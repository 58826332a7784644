//! The user's own profile.

use serde_json::{Map, Value};

use crate::answer::Reply;
use crate::api::Handled;
use crate::call::Call;
use crate::refusal::{Refusal, Refused};
use crate::{bind, login};

/// The user's attributes: `GET /api/v2/sdk/profile`, known from the OneAccess documentation. Unknown ones are left out.
pub(crate) fn show(call: &Call<'_>) -> Result<Reply, Refused> {
    let bearer = call.bearer()?;
    let user = call.idaas.state.users().get(&bearer.user).ok_or(Refusal::UserNotFound("this id any more"))?;
    let mut profile = Map::new();
    profile.insert("user_name".to_owned(), user.user_name.clone().into());
    profile.insert("name".to_owned(), user.name.clone().into());
    let mut attributes = user.attributes.clone();
    if let Some(image) = attributes.shift_remove("head_img") {
        profile.insert("head_img".to_owned(), image);
    }
    let email = user.email.clone().map(Value::from);
    let mobile = user.mobile.as_ref().map(|mobile| Value::from(mobile.expose()));
    profile.extend(
        [("email", email), ("mobile", mobile)].into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))),
    );
    profile.extend(attributes);
    Ok(Reply::json(&profile))
}

/// "Update mobile by WeChat" page: `POST /api/v2/sdk/profile/update-mobile-by-wechat`.
pub(crate) fn update_mobile<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let code = bind::wechat_code(&body)?;
        let bearer = call.bearer()?;
        let ready = call.source()?;
        let mobile = login::mobile_of_code(call, &ready, code).await?;
        call.idaas.state.users().set_mobile(&bearer.user, mobile, call.now())?;
        Ok(Reply::Empty)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::scene::Scene;

    const PROFILE: &str = "/api/v2/sdk/profile";
    const UPDATE: &str = "/api/v2/sdk/profile/update-mobile-by-wechat";

    #[test]
    fn a_profile_shows_what_is_known_of_the_user() {
        let scene = Scene::with(|config| {
            let wu = config.users.get_mut("wu").unwrap();
            wu.attributes.insert("attr_gender".to_owned(), json!("male"));
            wu.attributes.insert("head_img".to_owned(), json!("https://acme.example/wu.png"));
        });
        let bearer = format!("Bearer {}", scene.login("bob").text("id_token"));
        assert_eq!(
            scene.get(PROFILE, &[("Authorization", &bearer)]).text,
            r#"{"user_name":"wu.jun","name":"wu.jun","head_img":"https://acme.example/wu.png","mobile":"+86-13900139000","attr_gender":"male"}"#
        );
    }

    #[test]
    fn a_mobile_from_wechat_replaces_the_old_one() {
        let scene = Scene::new();
        let bearer = format!("Bearer {}", scene.login("bob").text("id_token"));
        let headers = [("Authorization", bearer.as_str())];
        let answer = scene.post_with(UPDATE, &headers, json!({ "wchat_code": "phone-13700137000" }));
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        assert!(!answer.headers.contains_key("content-type"));
        assert_eq!(scene.get(PROFILE, &headers).body["mobile"], "+86-13700137000");
        let login = |code: &str| scene.post(crate::scene::MOBILE_LOGIN, json!({ "code": code }));
        assert_eq!(login("phone-13700137000").text("status"), "SUCCESS");
        assert_eq!(login("phone-13900139000").refused().1, "COMMON.1013");
    }

    #[test]
    fn a_mobile_of_another_user_is_refused_and_ones_own_is_not() {
        let scene = Scene::new();
        let bearer = format!("Bearer {}", scene.login("bob").text("id_token"));
        let update =
            |code: &str| scene.post_with(UPDATE, &[("Authorization", &bearer)], json!({ "wechat_code": code }));
        assert_eq!(update("phone-13800138000").refused(), (400, "COMMON.1006", "attribute_taken"));
        assert_eq!(update("phone-13900139000").status, 200);
        assert_eq!(update("nonsense").refused(), (400, "LOGIN.1001", "wechat_refused"));
    }
}
