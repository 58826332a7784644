//! The pages "Login by username and password" and "Login by identifier and password", and the check of a password
//! that other calls share with them.

use std::sync::Arc;

use crate::address::Address;
use crate::answer::Reply;
use crate::api::Handled;
use crate::call::Call;
use crate::config::Edition;
use crate::directory::{Directory, User};
use crate::grant::After;
use crate::identifier::UserId;
use crate::password::{self, PasswordState};
use crate::refusal::{Refusal, Refused};
use crate::state_token::Pending;

/// `POST /api/v2/sdk/login`.
pub(crate) fn by_user_name<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(login(call, |users, name| users.by_user_name(name)))
}

/// `POST /api/v2/sdk/login/auth`: `user_name` holds a user name, a mobile number or an e-mail address.
pub(crate) fn by_identifier<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(login(call, |users, name| {
        users.by_user_name(name).or_else(|| match Address::read(name)? {
            Address::Mobile(mobile) => users.by_mobile(&mobile),
            Address::Email(email) => users.by_email(&email),
        })
    }))
}

async fn login(call: &Call<'_>, find: fn(&Directory, &str) -> Option<Arc<User>>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let name = body.text("user_name")?;
    let password = body.verbatim("password")?;
    let user = find(&call.idaas.state.users(), name);
    let user = call.authenticate(user, password).await?;
    // A disabled user is told so only once the password was right.
    call.enabled_user(&user)?;
    if let Some((pending, data)) = call.password_state(&user) {
        return Ok(call.pending(pending, data.as_deref()));
    }
    if call.needs_second_factor() {
        return Ok(call.pending(Pending::Mfa { user }, None));
    }
    call.signed_in(&user, After::Login)
}

impl Call<'_> {
    /// The user of a user name and password. Wrong ones are counted, and lock the user in the end.
    pub(crate) async fn check_password(&self, user_name: &str, password: &str) -> Result<UserId, Refused> {
        let user = self.idaas.state.users().by_user_name(user_name);
        self.authenticate(user, password).await
    }

    /// Checks a password: first whether the user is locked, then the password itself. Whether the user is disabled or
    /// the password has expired is not asked.
    ///
    /// That nobody of the name exists is answered like a wrong password, so that it cannot be told from outside
    /// (inferred from the text of that answer, which names both).
    pub(crate) async fn authenticate(&self, user: Option<Arc<User>>, password: &str) -> Result<UserId, Refused> {
        let policy = &self.setup.config.lock;
        let locks = &self.idaas.state.locks;
        let Some(user) = user else {
            return Err(Refusal::UserNameUnknown { left: policy.failures.checked_sub(1) }.into());
        };
        locks.check(&user.id, self.now())?;
        let right = match &user.password {
            Some(stored) => stored.verify(password).await,
            None => false,
        };
        if right {
            locks.succeed(&user.id, self.now())?;
            return Ok(user.id.clone());
        }
        let refused = locks.fail(&user.id, policy, self.now()).because(format!("user `{}`", user.user_name));
        Err(match user.password {
            Some(_) => refused,
            None => refused.because("the user has no password, so that no password is right"),
        })
    }

    /// What follows when a user's password is about to expire or has expired, and its `data`.
    pub(crate) fn password_state(&self, user: &UserId) -> Option<(Pending, Option<String>)> {
        let policy = &self.setup.config.password;
        let changed_at = self.idaas.state.users().get(user)?.password_changed_at;
        let expired = match password::state(policy, changed_at, self.now()) {
            PasswordState::Good => return None,
            PasswordState::Warn => false,
            PasswordState::Expired => true,
        };
        Some((Pending::Password { expired, user: user.clone() }, Some(password::data(policy))))
    }

    /// Whether a password alone is not enough. Only the employee edition documents a second factor.
    fn needs_second_factor(&self) -> bool {
        let config = &self.setup.config;
        let own = self.setup.application(&self.client.id).and_then(|(_, application)| application.mfa);
        config.edition == Edition::Eiam && own.unwrap_or(config.mfa.required)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Edition;
    use crate::scene::{Answered, Scene};
    use serde_json::json;
    use sim::Life;

    const LOGIN: &str = "/api/v2/sdk/login";
    const AUTH: &str = "/api/v2/sdk/login/auth";

    fn login(scene: &Scene, password: &str) -> Answered {
        scene.post(LOGIN, json!({ "user_name": "li.na", "password": password }))
    }

    #[test]
    fn the_right_password_opens_a_session() {
        let answer = login(&Scene::new(), "correct-horse");
        assert_eq!(
            answer.text,
            json!({
                "status": "SUCCESS", "session_token": answer.text("session_token"), "expire": 432_000,
                "id_token": answer.text("id_token"),
            })
            .to_string()
        );
        assert_eq!(answer.text("session_token").len(), 32);
    }

    #[test]
    fn only_the_unified_login_takes_other_identifiers_than_the_user_name() {
        let scene = Scene::new();
        for name in ["13800138000", "+86-13800138000", "LI@acme.example", " li.na "] {
            let body = json!({ "user_name": name, "password": "correct-horse" });
            assert_eq!(scene.post(AUTH, body.clone()).text("status"), "SUCCESS", "{name}");
            assert_eq!(scene.post(LOGIN, body).status == 200, name == " li.na ", "{name}");
        }
    }

    #[test]
    fn wrong_passwords_are_counted_down_to_a_lock_that_ends_by_itself() {
        let scene = Scene::with(|config| config.lock.failures = 3);
        assert_eq!(
            login(&scene, "wrong").text,
            r#"{"error_code":"IDAAS.SDK.LOGIN.1005","error_msg":"Invalid username or password. Remaining login attempts: 2"}"#
        );
        let chinese = scene.post_with(LOGIN, &[("X-L", "")], json!({ "user_name": "li.na", "password": "wrong" }));
        assert_eq!(
            chinese.text,
            r#"{"error_code":"IDAAS.SDK.LOGIN.1005","error_msg":"无效的用户名或密码。 剩余登录尝试次数:1"}"#
        );
        assert_eq!(login(&scene, "wrong").refused(), (400, "LOGIN.1003", "user_locked"));
        scene.advance(61);
        assert_eq!(
            login(&scene, "correct-horse").text,
            r#"{"error_code":"IDAAS.SDK.LOGIN.1003","error_msg":"The user has been locked due to too many unsuccessful login attempts. It will be unlocked in 28 minutes and 59 seconds"}"#
        );
        scene.advance(1739);
        assert_eq!(login(&scene, "correct-horse").text("status"), "SUCCESS");
    }

    #[test]
    fn a_success_starts_the_count_anew() {
        let scene = Scene::new();
        assert!(login(&scene, "wrong").text.contains("attempts: 9"));
        assert!(login(&scene, "wrong").text.contains("attempts: 8"));
        assert_eq!(login(&scene, "correct-horse").status, 200);
        assert!(login(&scene, "wrong").text.contains("attempts: 9"));
    }

    #[test]
    fn a_tenant_without_a_lock_counts_nothing_down() {
        let scene = Scene::with(|config| config.lock.failures = 0);
        for name in ["li.na", "nobody"] {
            let answer = scene.post(LOGIN, json!({ "user_name": name, "password": "wrong" }));
            assert_eq!(
                answer.text,
                r#"{"error_code":"IDAAS.SDK.LOGIN.1005","error_msg":"Invalid username or password."}"#
            );
        }
    }

    #[test]
    fn an_unknown_name_and_a_user_without_password_look_like_a_wrong_password() {
        let scene = Scene::new();
        let answer = |name: &str| scene.post(LOGIN, json!({ "user_name": name, "password": "correct-horse" }));
        assert_eq!(answer("nobody").refused(), (400, "LOGIN.1005", "user_name_unknown"));
        assert_eq!(answer("wu.jun").refused(), (400, "LOGIN.1005", "password_wrong"));
    }

    #[test]
    fn blanks_in_a_password_count() {
        assert_eq!(login(&Scene::new(), "correct-horse ").refused().1, "LOGIN.1005");
    }

    #[test]
    fn the_employee_edition_has_its_own_prefix_and_session_life() {
        let scene = Scene::with(|config| config.edition = Edition::Eiam);
        assert!(login(&scene, "wrong").text.starts_with(r#"{"error_code":"SDK.LOGIN.1005""#));
        assert_eq!(login(&scene, "correct-horse").body["expire"], 604_800);
    }

    #[test]
    fn a_disabled_user_with_the_right_password_is_denied_without_tokens() {
        let scene = Scene::with(|config| config.users.get_mut("li").unwrap().disabled = true);
        let answer = login(&scene, "correct-horse");
        assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"status":"ACCESS_DENIED"}"#));
        assert_eq!(login(&scene, "wrong").refused().1, "LOGIN.1005");
    }

    #[test]
    fn an_ageing_password_warns_and_then_expires() {
        let scene = Scene::with(|config| config.password.expires_after = Some(Life::seconds(90 * 86_400)));
        assert_eq!(login(&scene, "correct-horse").text("status"), "SUCCESS");
        scene.advance(83 * 86_400);
        let answer = login(&scene, "correct-horse");
        let data = r#"{"maxLength":18,"minLength":8,"regEx":"^.{8,18}$"}"#;
        assert_eq!(
            answer.text,
            json!({ "status": "PASSWORD_WARN", "state_token": answer.text("state_token"), "data": data }).to_string()
        );
        scene.advance(7 * 86_400);
        assert_eq!(login(&scene, "correct-horse").text("status"), "PASSWORD_EXPIRED");
    }

    #[test]
    fn a_user_can_be_declared_with_an_old_password() {
        let scene = Scene::with(|config| {
            config.password.expires_after = Some(Life::seconds(90 * 86_400));
            let li = config.users.get_mut("li").unwrap();
            li.password_changed_at = Some(sim::Moment::parse_rfc3339("2025-01-01T00:00:00Z").unwrap());
        });
        assert_eq!(login(&scene, "correct-horse").text("status"), "PASSWORD_EXPIRED");
    }

    #[test]
    fn each_field_is_asked_for() {
        let scene = Scene::new();
        let refused = |body| scene.post(LOGIN, body).text("error_msg");
        assert_eq!(refused(json!({ "password": "x" })), "Parameter user_name cannot be left blank");
        assert_eq!(refused(json!({ "user_name": "li.na", "password": "" })), "Parameter password cannot be left blank");
        assert_eq!(refused(json!({ "user_name": 7, "password": "x" })), "The user_name parameter format is incorrect");
    }

    #[test]
    fn an_expensive_hash_is_checked_too() {
        // `correct-horse` at 512 KiB and two passes.
        let hash = {
            use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
            let params = Params::new(512, 2, 1, None).unwrap();
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            hasher.hash_password_with_salt(b"correct-horse", b"0123456789abcdef").unwrap().to_string()
        };
        let scene = Scene::with(|config| {
            config.users.get_mut("li").unwrap().password = Some(sim::Password::new(hash));
        });
        assert_eq!(login(&scene, "correct-horse").text("status"), "SUCCESS");
        assert_eq!(login(&scene, "wrong").refused().1, "LOGIN.1005");
    }
}
