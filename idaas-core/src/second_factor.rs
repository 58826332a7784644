//! The pages "Second factor by SMS" and "Second factor by e-mail" of the employee edition.

use crate::address::Address;
use crate::answer::Reply;
use crate::call::{Body, Call};
use crate::grant::After;
use crate::refusal::{Refusal, Refused, StateTokenUse, TokenProblem};
use crate::state_token::Pending;
use crate::verify_code::Purpose;

/// `POST /api/v2/sdk/mfa/sms`.
pub(crate) fn sms(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let mobile = Address::Mobile(body.mobile()?);
    confirm(call, &body, &mobile, "mobile")
}

/// `POST /api/v2/sdk/mfa/email`.
pub(crate) fn email(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let email = Address::Email(body.email()?);
    confirm(call, &body, &email, "email")
}

/// Signs a user in whose password was right. The address must be the user's own: which refusal another one gets is
/// inferred.
fn confirm(call: &Call<'_>, body: &Body, address: &Address, name: &'static str) -> Result<Reply, Refused> {
    let code = body.text("verify_code")?;
    let reservation = call.reserve(StateTokenUse::Password, |pending| match pending {
        Pending::Mfa { .. } => Ok(()),
        other => Err(format!("this path goes on from MFA_AUTH, not from {}", other.status())),
    })?;
    let Pending::Mfa { user } = reservation.pending() else {
        return Err(Refusal::StateToken(TokenProblem::WrongFlow, StateTokenUse::Password).into());
    };
    let user = call.enabled_user(user)?;
    let own = match address {
        Address::Mobile(mobile) => user.mobile.as_ref() == Some(mobile),
        Address::Email(email) => user.email.as_deref().and_then(crate::address::email).as_ref() == Some(email),
    };
    if !own {
        return Err(Refusal::FieldUnusable { name, why: "it is not that of the user who logs in" }.into());
    }
    let proven = call.reserve_code(address, Purpose::SecondFactor, code)?;
    let reply = call.signed_in(&user.id, After::Check)?;
    proven.commit(call.now());
    reservation.commit(call.now());
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use crate::config::Edition;
    use crate::scene::{Answered, OTHER_CLIENT, Scene};
    use serde_json::json;

    const SMS: &str = "/api/v2/sdk/mfa/sms";
    const EMAIL: &str = "/api/v2/sdk/mfa/email";

    fn scene() -> Scene {
        Scene::with(|config| {
            (config.edition, config.captcha.required, config.mfa.required) = (Edition::Eiam, false, true);
        })
    }

    fn login(scene: &Scene) -> Answered {
        scene.post("/api/v2/sdk/login", json!({ "user_name": "li.na", "password": "correct-horse" }))
    }

    #[test]
    fn a_password_alone_asks_for_a_second_factor() {
        let answer = login(&scene());
        assert_eq!(answer.text, json!({ "status": "MFA_AUTH", "state_token": answer.text("state_token") }).to_string());
    }

    #[test]
    fn a_code_to_ones_own_mobile_or_e_mail_completes_the_login_once() {
        for (path, name, to, kind) in
            [(SMS, "mobile", "13800138000", "MFA_AUTH_SMS"), (EMAIL, "email", "LI@acme.example", "MFA_AUTH_EMS")]
        {
            let scene = scene();
            let token = login(&scene).text("state_token");
            let body = json!({ name: to, "verify_code": scene.code(to, kind) });
            let answer = scene.go_on(path, &token, body.clone());
            assert_eq!((answer.text("status"), &answer.body["expire"]), ("SUCCESS".to_owned(), &json!(43_200)));
            assert_eq!(scene.go_on(path, &token, body).refused(), (400, "COMMON.1007", "state_token_used"));
        }
    }

    #[test]
    fn a_code_to_somebody_elses_mobile_is_no_second_factor() {
        let scene = scene();
        let token = login(&scene).text("state_token");
        let code = scene.code("13900139000", "MFA_AUTH_SMS");
        let answer = scene.go_on(SMS, &token, json!({ "mobile": "13900139000", "verify_code": code }));
        assert_eq!(answer.refused(), (400, "COMMON.1006", "field_unusable"));
    }

    #[test]
    fn a_wrong_code_can_be_tried_again() {
        let scene = scene();
        let token = login(&scene).text("state_token");
        let code = scene.code("13800138000", "MFA_AUTH_SMS");
        let confirm = |code: &str| scene.go_on(SMS, &token, json!({ "mobile": "13800138000", "verify_code": code }));
        assert_eq!(confirm("x").text, r#"{"error_code":"SDK.CAPTCHA.0007","error_msg":"Incorrect verification code"}"#);
        assert_eq!(confirm(&code).text("status"), "SUCCESS");
    }

    #[test]
    fn only_a_login_that_waits_for_it_takes_a_second_factor() {
        let scene = scene();
        let body = json!({ "mobile": "13800138000", "verify_code": scene.code("13800138000", "MFA_AUTH_SMS") });
        let social = scene.state_token("alice");
        assert_eq!(
            scene.go_on(SMS, &social, body.clone()).refused(),
            (400, "COMMON.1007", "state_token_of_other_flow")
        );
        assert_eq!(scene.post(SMS, body).refused().2, "state_token_missing");
    }

    #[test]
    fn an_application_can_differ_from_its_tenant() {
        let scene = scene();
        scene.change(|config| config.applications.get_mut("desk").unwrap().mfa = Some(false));
        let body = json!({ "user_name": "li.na", "password": "correct-horse" });
        let desk = scene.post_with("/api/v2/sdk/login", &[("X-client-id", OTHER_CLIENT)], body);
        assert_eq!((desk.text("status"), login(&scene).text("status")), ("SUCCESS".to_owned(), "MFA_AUTH".to_owned()));
    }
}
