//! The page "Login by mobile and SMS verification code".

use crate::address::Address;
use crate::answer::Reply;
use crate::call::Call;
use crate::directory::NewUser;
use crate::grant::After;
use crate::refusal::{Refusal, Refused};
use crate::verify_code::Purpose;

/// `POST /api/v2/sdk/login/mobile-verify-code`.
///
/// A number that nobody has is registered where the tenant's registration settings say so (documented), and else
/// refused as an unknown user (inferred).
pub(crate) fn by_mobile(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let mobile = body.mobile()?;
    let code = body.text("verify_code")?;
    let proven = call.reserve_code(&Address::Mobile(mobile.clone()), Purpose::Login, code)?;
    let user = {
        let registration = &call.setup.config.registration;
        let mut users = call.idaas.state.users();
        match users.by_mobile(&mobile) {
            Some(user) => user,
            None if registration.allowed && registration.by_code_login => {
                users.create(NewUser { mobile: Some(mobile), ..NewUser::default() }, call.now())?
            }
            None => {
                return Err(Refusal::UserNotFound("this mobile number")
                    .because("`registration: { by_code_login: true }` would register it"));
            }
        }
    };
    let reply = call.signed_in(&user.id, After::Login)?;
    proven.commit(call.now());
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use crate::scene::{Answered, Scene, request};
    use serde_json::json;

    const LOGIN: &str = "/api/v2/sdk/login/mobile-verify-code";

    fn scene() -> Scene {
        Scene::with(|config| config.captcha.required = false)
    }

    fn login(scene: &Scene, mobile: &str, code: &str) -> Answered {
        scene.post(LOGIN, json!({ "mobile": mobile, "verify_code": code }))
    }

    #[test]
    fn a_code_from_an_sms_opens_a_session_once() {
        let scene = scene();
        let code = scene.code("13800138000", "LOGIN_SMS");
        let answer = login(&scene, "+86-13800138000", &code);
        assert_eq!((answer.text("status"), &answer.body["expire"]), ("SUCCESS".to_owned(), &json!(432_000)));
        assert_eq!(
            login(&scene, "13800138000", &code).text,
            r#"{"error_code":"IDAAS.SDK.CAPTCHA.0007","error_msg":"Incorrect verification code"}"#
        );
    }

    #[test]
    fn a_code_is_good_for_five_minutes() {
        let (early, late) = (scene(), scene());
        let (one, two) = (early.code("13800138000", "LOGIN_SMS"), late.code("13800138000", "LOGIN_SMS"));
        early.advance(300);
        late.advance(301);
        assert_eq!(login(&early, "13800138000", &one).status, 200);
        assert_eq!(login(&late, "13800138000", &two).refused(), (400, "CAPTCHA.0007", "code_wrong"));
    }

    #[test]
    fn a_code_of_another_type_or_number_is_wrong() {
        let scene = scene();
        let code = scene.code("13800138000", "BIND_MOBILE_SMS");
        assert_eq!(login(&scene, "13800138000", &code).refused().1, "CAPTCHA.0007");
        let code = scene.code("13900139000", "LOGIN_SMS");
        assert_eq!(login(&scene, "13800138000", &code).refused().1, "CAPTCHA.0007");
    }

    #[test]
    fn a_number_that_nobody_has_is_refused_or_registered_as_the_tenant_is_set() {
        let scene = scene();
        let code = scene.code("13700137000", "LOGIN_SMS");
        assert_eq!(login(&scene, "13700137000", &code).refused(), (400, "COMMON.1013", "user_not_found"));
        scene.change(|config| config.registration.by_code_login = true);
        assert_eq!(
            login(&scene, "13700137000", &code).text("status"),
            "SUCCESS",
            "the refusal left the code as it was"
        );
        let again = {
            scene.advance(60);
            scene.code("13700137000", "LOGIN_SMS")
        };
        assert_eq!(login(&scene, "13700137000", &again).text("status"), "SUCCESS");
        assert_eq!(scene.idaas.config().users.iter().count(), 3);
    }

    #[test]
    fn a_disabled_user_is_denied() {
        let scene = scene();
        scene.change(|config| config.users.get_mut("li").unwrap().disabled = true);
        let code = scene.code("13800138000", "LOGIN_SMS");
        assert_eq!(login(&scene, "13800138000", &code).text, r#"{"status":"ACCESS_DENIED"}"#);
    }

    #[test]
    fn one_of_a_hundred_callers_logs_in_with_a_code() {
        let scene = Scene::with(|config| (config.captcha.required, config.limits) = (false, false));
        let body =
            json!({ "mobile": "13800138000", "verify_code": scene.code("13800138000", "LOGIN_SMS") }).to_string();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
        let won = runtime.block_on(async {
            let call = || {
                let (scene, body) = (scene.clone(), body.clone());
                tokio::spawn(
                    async move { scene.send_later(request(http::Method::POST, LOGIN, &[], body.into())).await },
                )
            };
            let calls: Vec<_> = (0..100).map(|_| call()).collect();
            let mut won = 0;
            for call in calls {
                won += usize::from(call.await.unwrap().status == 200);
            }
            won
        });
        assert_eq!(won, 1);
    }
}
