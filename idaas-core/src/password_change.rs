//! The pages "Force a password change", "Skip the forced password change" and "Change the password by e-mail code".

use crate::address::Address;
use crate::answer::Reply;
use crate::api::Handled;
use crate::call::Call;
use crate::config::Edition;
use crate::grant::After;
use crate::identifier::UserId;
use crate::password::{self, StoredPassword};
use crate::refusal::{Refusal, Refused, StateTokenUse, TokenProblem};
use crate::state_token::{Pending, Reservation};
use crate::verify_code::Purpose;

/// Takes the state_token, if it belongs to a password change that `fits`.
fn reserve<'a>(
    call: &'a Call<'_>,
    fits: impl FnOnce(bool) -> Result<(), String>,
) -> Result<(Reservation<'a>, UserId), Refused> {
    let reservation = call.reserve(StateTokenUse::Password, |pending| match pending {
        Pending::Password { expired, .. } => fits(*expired),
        other => Err(format!("this path goes on from PASSWORD_WARN and PASSWORD_EXPIRED, not from {}", other.status())),
    })?;
    let Pending::Password { user, .. } = reservation.pending() else {
        return Err(Refusal::StateToken(TokenProblem::WrongFlow, StateTokenUse::Password).into());
    };
    let user = user.clone();
    Ok((reservation, user))
}

/// `POST /api/v2/sdk/pwd/update`.
///
/// A wrong old password counts like a failed login (inferred). A refused one leaves the state_token as it was.
pub(crate) fn update<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let old = body.verbatim("old_password")?;
        let new = body.verbatim("new_password")?;
        let (reservation, user) = reserve(call, |_| Ok(()))?;
        let found = call.idaas.state.users().get(&user);
        call.authenticate(found, old).await?;
        if new == old {
            return Err(Refusal::PasswordNotAllowed { why: "it is the old one" }.into());
        }
        call.allow_password(new)?;
        call.enabled_user(&user)?;
        call.set_password(&user, new);
        reservation.commit(call.now());
        call.signed_in(&user, After::Check)
    })
}

/// `GET /api/v2/sdk/pwd/skip-update`: for a password that is about to expire; one that has expired must be changed.
pub(crate) fn skip(call: &Call<'_>) -> Result<Reply, Refused> {
    let (reservation, user) = reserve(call, |expired| match expired {
        false => Ok(()),
        true => Err("the password has expired: the change can be skipped after PASSWORD_WARN only".to_owned()),
    })?;
    let reply = call.signed_in(&user, After::Check)?;
    reservation.commit(call.now());
    Ok(reply)
}

/// `POST /api/v2/sdk/pwd/update-by-email`: for a user who is logged in, with a code that was sent to the user's own
/// address.
pub(crate) fn by_email(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let code = body.text("verify_code")?;
    let password = body.verbatim("password")?;
    let user = call.enabled_user(&call.bearer()?.user)?;
    let Some(email) = user.email.as_deref().and_then(crate::address::email) else {
        return Err(Refusal::CodeWrong("none was sent").because("the user has no e-mail address"));
    };
    let purpose = match call.setup.config.edition {
        Edition::Ciam => Purpose::UpdatePassword,
        Edition::Eiam => Purpose::ChangePassword,
    };
    let proven = call.reserve_code(&Address::Email(email), purpose, code)?;
    call.allow_password(password)?;
    call.set_password(&user.id, password);
    proven.commit(call.now());
    Ok(Reply::Empty)
}

impl Call<'_> {
    /// Refuses a new password that the policy does not allow. Which code the service answers is not documented;
    /// the password policy's own number is used.
    pub(crate) fn allow_password(&self, password: &str) -> Result<(), Refused> {
        let policy = &self.setup.config.password;
        match password::flaw(policy, password) {
            None => Ok(()),
            Some(why) => Err(Refusal::PasswordNotAllowed { why }
                .because(format!("the policy: {} to {} characters", policy.min_length, policy.max_length))),
        }
    }

    fn set_password(&self, user: &UserId, password: &str) {
        let now = self.now();
        let stored = StoredPassword::set(password, self.idaas.ground.seed, &[user.as_str(), &now.to_string()]);
        self.idaas.state.users().change(user, now, |user| {
            user.password = Some(stored);
            user.password_changed_at = now;
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Edition;
    use crate::scene::{Answered, CLIENT, OTHER_CLIENT, Scene};
    use serde_json::{Value, json};
    use sim::Life;

    const LOGIN: &str = "/api/v2/sdk/login";
    const UPDATE: &str = "/api/v2/sdk/pwd/update";
    const SKIP: &str = "/api/v2/sdk/pwd/skip-update";
    const BY_EMAIL: &str = "/api/v2/sdk/pwd/update-by-email";

    fn login(scene: &Scene, password: &str) -> Answered {
        scene.post(LOGIN, json!({ "user_name": "li.na", "password": password }))
    }

    /// A tenant whose passwords live ninety days, this many days on, and the state_token of a login there.
    fn after_days(days: u64) -> (Scene, String) {
        let scene = Scene::with(|config| {
            config.captcha.required = false;
            config.password.expires_after = Some(Life::seconds(90 * 86_400));
        });
        scene.advance(days * 86_400);
        let token = login(&scene, "correct-horse").text("state_token");
        (scene, token)
    }

    fn change(old: &str, new: &str) -> Value {
        json!({ "old_password": old, "new_password": new })
    }

    fn skip(scene: &Scene, token: &str) -> Answered {
        scene.get(SKIP, &[("X-state-token", token)])
    }

    #[test]
    fn an_expired_password_is_changed_and_the_session_is_short() {
        let (scene, token) = after_days(90);
        let answer = scene.go_on(UPDATE, &token, change("correct-horse", "battery-staple"));
        assert_eq!((answer.text("status"), &answer.body["expire"]), ("SUCCESS".to_owned(), &json!(43_200)));
        assert_eq!(login(&scene, "battery-staple").text("status"), "SUCCESS");
        assert_eq!(login(&scene, "correct-horse").refused().1, "LOGIN.1005");
        let again = scene.go_on(UPDATE, &token, change("battery-staple", "correct-horse"));
        assert_eq!(again.text, r#"{"error_code":"IDAAS.SDK.PARAM.0014","error_msg":"Invalid state token"}"#);
    }

    #[test]
    fn a_change_that_is_refused_can_be_tried_again() {
        let (scene, token) = after_days(83);
        let refused = |old, new| scene.go_on(UPDATE, &token, change(old, new));
        assert_eq!(refused("wrong", "battery-staple").refused(), (400, "LOGIN.1005", "password_wrong"));
        assert_eq!(
            refused("correct-horse", "short").text,
            r#"{"error_code":"IDAAS.SDK.LOGIN.1004","error_msg":"The password does not meet the password policy"}"#
        );
        assert_eq!(refused("correct-horse", "correct-horse").refused(), (400, "LOGIN.1004", "password_not_allowed"));
        assert_eq!(refused("correct-horse", "").refused().1, "COMMON.1001");
        assert_eq!(refused("correct-horse", "battery-staple").text("status"), "SUCCESS");
    }

    #[test]
    fn wrong_old_passwords_lock_as_logins_do() {
        let (scene, token) = after_days(83);
        scene.change(|config| config.lock.failures = 2);
        assert_eq!(scene.go_on(UPDATE, &token, change("wrong", "battery-staple")).refused().1, "LOGIN.1005");
        assert_eq!(login(&scene, "wrong").refused().1, "LOGIN.1003");
        let refused = scene.go_on(UPDATE, &token, change("correct-horse", "battery-staple"));
        assert_eq!(refused.refused(), (400, "LOGIN.1003", "user_locked"));
    }

    #[test]
    fn a_warning_can_be_skipped_and_an_expired_password_cannot() {
        let (scene, token) = after_days(83);
        let answer = skip(&scene, &token);
        assert_eq!((answer.text("status"), &answer.body["expire"]), ("SUCCESS".to_owned(), &json!(43_200)));
        assert_eq!(skip(&scene, &token).refused(), (400, "PARAM.0014", "state_token_used"));
        assert_eq!(login(&scene, "correct-horse").text("status"), "PASSWORD_WARN", "the next login warns again");
        let (scene, token) = after_days(90);
        assert_eq!(skip(&scene, &token).refused(), (400, "PARAM.0014", "state_token_of_other_flow"));
    }

    #[test]
    fn a_state_token_of_another_flow_client_or_tenant_changes_no_password() {
        let (scene, token) = after_days(83);
        let body = change("correct-horse", "battery-staple");
        let social = scene.state_token("alice");
        assert_eq!(scene.go_on(UPDATE, &social, body.clone()).refused().2, "state_token_of_other_flow");
        let headers = [("X-state-token", token.as_str()), ("X-client-id", OTHER_CLIENT)];
        assert_eq!(scene.post_with(UPDATE, &headers, body.clone()).refused().2, "state_token_of_other_client");
        assert_eq!(scene.post(UPDATE, body.clone()).refused(), (400, "PARAM.0014", "state_token_missing"));
        scene.change(|config| config.edition = Edition::Eiam);
        assert_eq!(
            scene.post_with(UPDATE, &[("X-client-id", CLIENT)], body).text,
            r#"{"error_code":"SDK.COMMON.1007","error_msg":"state_token parameter error"}"#
        );
        assert_eq!(login(&scene, "correct-horse").text("status"), "PASSWORD_WARN");
    }

    #[test]
    fn a_user_who_was_disabled_meanwhile_is_denied() {
        let (scene, token) = after_days(83);
        scene.change(|config| config.users.get_mut("li").unwrap().disabled = true);
        let denied = r#"{"status":"ACCESS_DENIED"}"#;
        assert_eq!(skip(&scene, &token).text, denied);
        assert_eq!(scene.go_on(UPDATE, &token, change("correct-horse", "battery-staple")).text, denied);
    }

    #[test]
    fn a_code_in_an_e_mail_changes_the_password_of_who_is_logged_in() {
        for (edition, kind) in [(Edition::Ciam, "UPDATE_PWD_EMS"), (Edition::Eiam, "CHANGE_PWD_EMS")] {
            let scene = Scene::with(|config| (config.captcha.required, config.edition) = (false, edition));
            let bearer = format!("Bearer {}", login(&scene, "correct-horse").text("id_token"));
            let code = scene.code("li@acme.example", kind);
            let change = |code: &str, password: &str| {
                scene.post_with(
                    BY_EMAIL,
                    &[("Authorization", &bearer)],
                    json!({ "verify_code": code, "password": password }),
                )
            };
            assert_eq!(change("000000x", "battery-staple").refused(), (400, "CAPTCHA.0007", "code_wrong"));
            assert_eq!(change(&code, "short").refused().1, "LOGIN.1004");
            let answer = change(&code, "battery-staple");
            assert_eq!((answer.status, answer.text.as_str()), (200, ""));
            assert_eq!(change(&code, "battery-staple").refused().1, "CAPTCHA.0007");
            assert_eq!(login(&scene, "battery-staple").text("status"), "SUCCESS");
        }
    }

    #[test]
    fn nobody_changes_a_password_without_a_good_id_token() {
        let scene = Scene::with(|config| config.captcha.required = false);
        let body = json!({ "verify_code": "1", "password": "battery-staple" });
        assert_eq!(scene.post(BY_EMAIL, body.clone()).refused(), (400, "PARAM.0016", "id_token_missing"));
        assert_eq!(scene.post(BY_EMAIL, json!({ "password": "battery-staple" })).refused().1, "COMMON.1001");
        let bearer = format!("Bearer {}", login(&scene, "correct-horse").text("id_token"));
        scene.advance(7201);
        let answer = scene.post_with(BY_EMAIL, &[("Authorization", &bearer)], body);
        assert_eq!(answer.refused(), (400, "PARAM.0016", "id_token_expired"));
    }

    #[test]
    fn a_changed_password_survives_an_export() {
        let (scene, token) = after_days(90);
        scene.go_on(UPDATE, &token, change("correct-horse", "battery-staple"));
        let again = Scene::of(scene.idaas.config());
        assert_eq!(again.post(LOGIN, json!({ "user_name": "li.na", "password": "battery-staple" })).status, 200);
    }
}
