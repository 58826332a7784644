//! Binding a WeChat identity to a user: by WeChat mobile, by mobile or e-mail with a code, by password.

use crate::address::Address;
use crate::answer::Reply;
use crate::api::Handled;
use crate::call::{Body, Call};
use crate::config::{MobileToBindNotFound, VerifyBy};
use crate::directory::NewUser;
use crate::grant::After;
use crate::identifier::UserId;
use crate::login;
use crate::refusal::{Refusal, Refused, StateTokenUse};
use crate::state_token::{Pending, Reservation};
use crate::verify_code::Purpose;
use crate::wechat::WeChatIdentity;

/// Which of the two kinds of bind a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An existing user is bound.
    Bind,
    /// An existing user is bound, or a new one registered.
    RegisterBind,
}

/// Takes the state_token, if it belongs to a bind of this kind.
fn reserve<'a>(call: &'a Call<'_>, kind: Kind) -> Result<Reservation<'a>, Refused> {
    let lenient = call.setup.config.rules.bind_with_register_token;
    call.reserve(StateTokenUse::Social, |pending| match (kind, pending) {
        (Kind::Bind, Pending::Social { register: false, .. }) => Ok(()),
        (Kind::Bind, Pending::Social { register: true, .. }) if lenient => Ok(()),
        (Kind::RegisterBind, Pending::Social { register: true, .. }) => Ok(()),
        (Kind::Bind, other) => Err(format!("this path goes on from SOCIAL_BIND, not from {}", other.status())),
        (Kind::RegisterBind, other) => {
            Err(format!("this path goes on from USER_REGISTER, not from {}", other.status()))
        }
    })
}

/// Source and identity that a flow began with.
fn social<'a>(reservation: &'a Reservation<'_>) -> Result<(&'a str, &'a WeChatIdentity), Refused> {
    match reservation.pending() {
        Pending::Social { source, identity, .. } => Ok((source, identity)),
        _ => Err(Refusal::StateToken(crate::refusal::TokenProblem::WrongFlow, StateTokenUse::Social).into()),
    }
}

/// The phone code: the parameter table and the example of the page disagree about its name, so both are read.
pub(crate) fn wechat_code(body: &Body) -> Result<&str, Refused> {
    if let Some(code) = body.optional_text("wechat_code")? {
        return Ok(code);
    }
    match body.optional_text("wchat_code")? {
        Some(code) => Ok(code),
        None => Err(Refusal::FieldMissing("wechat_code").into()),
    }
}

/// Links the identity of the flow to a user, uses the state_token up, and signs the user in.
fn complete(call: &Call<'_>, reservation: Reservation<'_>, user: &UserId) -> Result<Reply, Refused> {
    call.enabled_user(user)?;
    link(call, &reservation, user)?;
    reservation.commit(call.now());
    call.signed_in(user, After::Login)
}

fn link(call: &Call<'_>, reservation: &Reservation<'_>, user: &UserId) -> Result<(), Refused> {
    let (source, identity) = social(reservation)?;
    let match_attribute = call.source_named(source)?.source.match_attribute;
    let one_per_user = call.setup.config.rules.one_link_per_user;
    let mut users = call.idaas.state.users();
    if users.linked(identity, match_attribute).is_some_and(|owner| owner.id != *user) {
        return Err(Refusal::IdentityTaken.into());
    }
    Ok(users.link(user, identity, source, one_per_user, call.now())?)
}

/// The user that `find` gives, or a new one; linked, signed in.
fn complete_or_register(
    call: &Call<'_>,
    reservation: Reservation<'_>,
    found: Option<UserId>,
    new: NewUser,
) -> Result<Reply, Refused> {
    if let Some(user) = found {
        return complete(call, reservation, &user);
    }
    if !call.setup.config.registration.allowed {
        return Err(Refusal::RegistrationClosed.into());
    }
    let (source, identity) = social(&reservation)?;
    let match_attribute = call.source_named(source)?.source.match_attribute;
    let now = call.now();
    let user = {
        let mut users = call.idaas.state.users();
        if users.linked(identity, match_attribute).is_some() {
            return Err(Refusal::IdentityTaken.into());
        }
        let user = users.create(new, now)?;
        users.link(&user.id, identity, source, false, now)?;
        user
    };
    reservation.commit(now);
    call.signed_in(&user.id, After::Login)
}

/// "Bind user by WeChat mobile" page: `POST /api/v2/sdk/social/wechat-mobile-bind`.
pub(crate) fn by_wechat_mobile<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let code = wechat_code(&body)?;
        let reservation = reserve(call, Kind::Bind)?;
        let ready = call.source_named(social(&reservation)?.0)?;
        let mobile = login::mobile_of_code(call, &ready, code).await?;
        let found = call.idaas.state.users().by_mobile(&mobile);
        match (found, call.setup.config.rules.mobile_to_bind_not_found) {
            (Some(user), _) => complete(call, reservation, &user.id),
            (None, MobileToBindNotFound::UserNotFound) => Err(Refusal::UserNotFound("this mobile number").into()),
            (None, MobileToBindNotFound::SocialBind) => {
                let pending = reservation.pending().clone();
                reservation.commit(call.now());
                let data = login::bind_data(call);
                Ok(call.pending(pending, data.as_deref()))
            }
        }
    })
}

/// "Bind or register by WeChat mobile" page: `POST /api/v2/sdk/social/wechat-mobile-register-bind`.
pub(crate) fn or_register_by_wechat_mobile<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let code = wechat_code(&body)?;
        let reservation = reserve(call, Kind::RegisterBind)?;
        let ready = call.source_named(social(&reservation)?.0)?;
        let mobile = login::mobile_of_code(call, &ready, code).await?;
        let found = call.idaas.state.users().by_mobile(&mobile).map(|user| user.id.clone());
        complete_or_register(call, reservation, found, NewUser { mobile: Some(mobile), ..NewUser::default() })
    })
}

/// The address in the body, if the tenant takes its kind as a proof, and the code that proves it. The two alternative
/// bodies are `mobile` with `verify_code` and `email` with `verify_code`.
fn proof(call: &Call<'_>) -> Result<(Address, String), Refused> {
    let body = call.body()?;
    let address = body.address()?;
    let code = body.text("verify_code")?.to_owned();
    let (means, name) = match address {
        Address::Mobile(_) => (VerifyBy::Phone, "mobile"),
        Address::Email(_) => (VerifyBy::Email, "email"),
    };
    if !call.setup.config.registration.verify_by.contains(&means) {
        return Err(Refusal::VerifyMeansOff(name).into());
    }
    Ok((address, code))
}

fn owner(call: &Call<'_>, address: &Address) -> Option<UserId> {
    let users = call.idaas.state.users();
    let user = match address {
        Address::Mobile(mobile) => users.by_mobile(mobile),
        Address::Email(email) => users.by_email(email),
    };
    user.map(|user| user.id.clone())
}

/// "Bind user by mobile or e-mail" page: `POST /api/v2/sdk/social/bind`.
pub(crate) fn by_verify_code(call: &Call<'_>) -> Result<Reply, Refused> {
    let (address, code) = proof(call)?;
    let reservation = reserve(call, Kind::Bind)?;
    let proven = call.reserve_code(&address, Purpose::Bind, &code)?;
    let user = owner(call, &address).ok_or(match address {
        Address::Mobile(_) => Refusal::UserNotFound("this mobile number"),
        Address::Email(_) => Refusal::UserNotFound("this e-mail address"),
    })?;
    let reply = complete(call, reservation, &user)?;
    proven.commit(call.now());
    Ok(reply)
}

/// "Bind or register by mobile or e-mail" page: `POST /api/v2/sdk/social/register-bind`.
pub(crate) fn or_register_by_verify_code(call: &Call<'_>) -> Result<Reply, Refused> {
    let (address, code) = proof(call)?;
    let reservation = reserve(call, Kind::RegisterBind)?;
    let proven = call.reserve_code(&address, Purpose::Register, &code)?;
    let found = owner(call, &address);
    let new = match address {
        Address::Mobile(mobile) => NewUser { mobile: Some(mobile), ..NewUser::default() },
        Address::Email(email) => NewUser { email: Some(email), ..NewUser::default() },
    };
    let reply = complete_or_register(call, reservation, found, new)?;
    proven.commit(call.now());
    Ok(reply)
}

/// "Bind user by username and password" page: `POST /api/v2/sdk/social/username-password-bind`.
pub(crate) fn by_password<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let user_name = body.text("user_name")?;
        let password = body.verbatim("password")?;
        let reservation = reserve(call, Kind::Bind)?;
        let user = call.check_password(user_name, password).await?;
        if call.setup.config.rules.password_state_on_bind {
            // The link is made first: a password change ends in SUCCESS, and nothing would bind the user after it.
            if let Some((pending, data)) = call.password_state(&user) {
                call.enabled_user(&user)?;
                link(call, &reservation, &user)?;
                reservation.commit(call.now());
                return Ok(call.pending(pending, data.as_deref()));
            }
        }
        complete(call, reservation, &user)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::config::{MatchAttribute, MobileToBindNotFound, Policy, VerifyBy};
    use crate::scene::{OTHER_CLIENT, Scene};

    const WECHAT_MOBILE: &str = "/api/v2/sdk/social/wechat-mobile-bind";
    const WECHAT_MOBILE_REGISTER: &str = "/api/v2/sdk/social/wechat-mobile-register-bind";
    const BIND: &str = "/api/v2/sdk/social/bind";
    const PASSWORD: &str = "/api/v2/sdk/social/username-password-bind";

    fn li() -> Value {
        json!({ "wechat_code": "phone-13800138000" })
    }

    fn nobody() -> Value {
        json!({ "wechat_code": "phone-13700137000" })
    }

    #[test]
    fn after_a_bind_the_next_login_is_silent() {
        let scene = Scene::policy(Policy::Bind);
        let answer = scene.go_on(WECHAT_MOBILE, &scene.state_token("alice"), li());
        assert_eq!((answer.text("status").as_str(), &answer.body["expire"]), ("SUCCESS", &json!(432_000)));
        assert_eq!(scene.login("alice").text("status"), "SUCCESS");
    }

    #[test]
    fn both_spellings_of_the_phone_code_are_read_and_wechat_code_wins() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let missing = scene.go_on(WECHAT_MOBILE, &token, json!({}));
        assert_eq!(missing.refused(), (400, "COMMON.1001", "field_missing"));
        assert!(missing.text("error_msg").contains("wechat_code"));
        let both = json!({ "wechat_code": "nonsense", "wchat_code": "phone-13800138000" });
        assert_eq!(scene.go_on(WECHAT_MOBILE, &token, both).refused().1, "LOGIN.1001");
        let answer = scene.go_on(WECHAT_MOBILE, &token, json!({ "wchat_code": "phone-13800138000" }));
        assert_eq!(answer.text("status"), "SUCCESS");
    }

    #[test]
    fn a_failed_bind_leaves_the_state_token_usable_and_a_success_uses_it_up() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let failed = scene.go_on(WECHAT_MOBILE, &token, nobody());
        assert_eq!(failed.refused(), (400, "COMMON.1013", "user_not_found"));
        assert_eq!(scene.go_on(WECHAT_MOBILE, &token, li()).text("status"), "SUCCESS");
        let again = scene.go_on(WECHAT_MOBILE, &token, li());
        assert_eq!(again.refused(), (400, "COMMON.1007", "state_token_used"));
        assert_eq!(again.text, r#"{"error_code":"IDAAS.SDK.COMMON.1007","error_msg":"state_token parameter error"}"#);
        let story = again.refusal.unwrap().story.join("\n");
        assert!(story.contains("used up at 2026-03-01T09:00:00Z by /api/v2/sdk/social/wechat-mobile-bind"), "{story}");
    }

    #[test]
    fn matched_by_unionid_a_person_who_is_bound_in_one_app_binds_to_nobody_else_in_another() {
        let scene = Scene::with(|config| {
            let source = config.sources.get_mut("wechat").unwrap();
            (source.when_not_associated, source.match_attribute) = (Policy::Bind, MatchAttribute::Unionid);
        });
        let (here, there) = (scene.state_token("alice"), scene.state_token("alice@kiosk"));
        assert_eq!(scene.go_on(WECHAT_MOBILE, &here, li()).text("status"), "SUCCESS");
        let wu = json!({ "wechat_code": "phone-13900139000" });
        assert_eq!(scene.go_on(WECHAT_MOBILE, &there, wu).refused(), (400, "COMMON.1006", "identity_taken"));
        assert_eq!(scene.go_on(WECHAT_MOBILE, &there, li()).text("status"), "SUCCESS");
    }

    #[test]
    fn a_state_token_lives_ten_minutes() {
        let scene = Scene::policy(Policy::Bind);
        let (first, second) = (scene.state_token("alice"), scene.state_token("alice"));
        scene.advance(600);
        assert_eq!(scene.go_on(WECHAT_MOBILE, &first, li()).text("status"), "SUCCESS");
        scene.advance(1);
        let late = scene.go_on(WECHAT_MOBILE, &second, li());
        assert_eq!(late.refused(), (400, "COMMON.1007", "state_token_expired"));
    }

    #[test]
    fn a_state_token_is_bound_to_its_client_id() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let headers = [("X-state-token", token.as_str()), ("X-client-id", OTHER_CLIENT)];
        let answer = scene.post_with(WECHAT_MOBILE, &headers, li());
        assert_eq!(answer.refused(), (400, "COMMON.1007", "state_token_of_other_client"));
        assert_eq!(scene.go_on(WECHAT_MOBILE, &token, li()).text("status"), "SUCCESS");
    }

    #[test]
    fn a_state_token_is_bound_to_its_device_only_when_the_tenant_says_so() {
        let bind = |bound| {
            let scene = Scene::with(|config| {
                config.rules.state_token_bound_to_device = bound;
                config.sources.get_mut("wechat").unwrap().when_not_associated = Policy::Bind;
            });
            let token = scene.state_token("alice");
            let headers = [("X-state-token", token.as_str()), ("X-device-fingerprint", "another")];
            scene.post_with(WECHAT_MOBILE, &headers, li())
        };
        assert_eq!(bind(false).text("status"), "SUCCESS");
        assert_eq!(bind(true).refused(), (400, "COMMON.1007", "state_token_of_other_device"));
    }

    #[test]
    fn what_is_no_state_token_is_refused() {
        let scene = Scene::policy(Policy::Bind);
        assert_eq!(scene.post(WECHAT_MOBILE, li()).refused(), (400, "COMMON.1007", "state_token_missing"));
        for token in ["nonsense", "a.b.c", "..", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA"] {
            assert_eq!(scene.go_on(WECHAT_MOBILE, token, li()).refused(), (400, "COMMON.1007", "state_token_unknown"));
        }
        let mut changed = scene.state_token("alice");
        changed.insert(60, 'A');
        assert_eq!(scene.go_on(WECHAT_MOBILE, &changed, li()).refused().2, "state_token_unknown");
    }

    #[test]
    fn the_field_is_checked_before_the_state_token() {
        let scene = Scene::policy(Policy::Bind);
        assert_eq!(scene.post(WECHAT_MOBILE, json!({})).refused().1, "COMMON.1001");
    }

    #[test]
    fn each_kind_of_state_token_goes_on_at_its_own_paths() {
        let scene = Scene::policy(Policy::Bind);
        let answer = scene.go_on(WECHAT_MOBILE_REGISTER, &scene.state_token("alice"), li());
        assert_eq!(answer.refused(), (400, "COMMON.1007", "state_token_of_other_flow"));

        let scene = Scene::policy(Policy::BindOrRegister);
        let answer = scene.go_on(WECHAT_MOBILE, &scene.state_token("alice"), li());
        assert_eq!(answer.refused(), (400, "COMMON.1007", "state_token_of_other_flow"));

        let lenient = Scene::with(|config| config.rules.bind_with_register_token = true);
        let answer = lenient.go_on(WECHAT_MOBILE, &lenient.state_token("alice"), li());
        assert_eq!(answer.text("status"), "SUCCESS");
    }

    #[test]
    fn a_bind_by_an_unknown_number_may_answer_social_bind_again() {
        let scene = Scene::with(|config| {
            config.rules.mobile_to_bind_not_found = MobileToBindNotFound::SocialBind;
            config.sources.get_mut("wechat").unwrap().when_not_associated = Policy::Bind;
        });
        let answer = scene.go_on(WECHAT_MOBILE, &scene.state_token("alice"), nobody());
        assert_eq!((answer.status, answer.text("status").as_str()), (200, "SOCIAL_BIND"));
        let answer = scene.go_on(WECHAT_MOBILE, &answer.text("state_token"), li());
        assert_eq!(answer.text("status"), "SUCCESS");
    }

    #[test]
    fn bind_or_register_links_the_owner_of_the_number_or_makes_a_user() {
        let scene = Scene::new();
        let before = scene.idaas.config().users.len();
        let bound = scene.go_on(WECHAT_MOBILE_REGISTER, &scene.state_token("alice"), li());
        assert_eq!((bound.text("status").as_str(), scene.idaas.config().users.len()), ("SUCCESS", before));
        let registered = scene.go_on(WECHAT_MOBILE_REGISTER, &scene.state_token("carol"), nobody());
        assert_eq!((registered.text("status").as_str(), scene.idaas.config().users.len()), ("SUCCESS", before + 1));
        assert_eq!(scene.login("carol").text("status"), "SUCCESS");
    }

    #[test]
    fn nobody_registers_where_registration_is_closed() {
        let scene = Scene::with(|config| config.registration.allowed = false);
        let answer = scene.go_on(WECHAT_MOBILE_REGISTER, &scene.state_token("alice"), nobody());
        assert_eq!(answer.refused(), (400, "COMMON.1006", "registration_closed"));
    }

    #[test]
    fn one_wechat_identity_belongs_to_one_user() {
        let scene = Scene::new();
        let (first, second) = (scene.state_token("alice"), scene.state_token("alice"));
        assert_eq!(scene.go_on(WECHAT_MOBILE_REGISTER, &first, li()).text("status"), "SUCCESS");
        let answer = scene.go_on(WECHAT_MOBILE_REGISTER, &second, json!({ "wechat_code": "phone-13900139000" }));
        assert_eq!(answer.refused(), (400, "COMMON.1006", "identity_taken"));
        assert_eq!(scene.go_on(WECHAT_MOBILE_REGISTER, &second, nobody()).refused().2, "identity_taken");
        assert_eq!(scene.go_on(WECHAT_MOBILE_REGISTER, &second, li()).text("status"), "SUCCESS", "the same user again");
    }

    #[test]
    fn a_user_may_have_several_wechat_accounts_unless_the_tenant_says_one() {
        let bind = |one| {
            let scene = Scene::with(|config| config.rules.one_link_per_user = one);
            scene.go_on(
                WECHAT_MOBILE_REGISTER,
                &scene.state_token("alice"),
                json!({ "wechat_code": "phone-13900139000" }),
            )
        };
        assert_eq!(bind(false).text("status"), "SUCCESS");
        assert_eq!(bind(true).refused(), (400, "COMMON.1006", "user_already_linked"));
    }

    #[test]
    fn a_disabled_user_is_not_bound() {
        let scene = Scene::with(|config| config.users.get_mut("li").unwrap().disabled = true);
        let token = scene.state_token("alice");
        let answer = scene.go_on(WECHAT_MOBILE_REGISTER, &token, li());
        assert_eq!(answer.text, r#"{"status":"ACCESS_DENIED"}"#);
        assert_eq!(scene.login("alice").text("status"), "USER_REGISTER");
    }

    #[test]
    fn a_bind_by_code_needs_an_address_that_the_tenant_verifies() {
        let scene = Scene::with(|config| {
            config.registration.verify_by = vec![VerifyBy::Phone];
            config.sources.get_mut("wechat").unwrap().when_not_associated = Policy::Bind;
        });
        let token = scene.state_token("alice");
        let refused = |body: Value| {
            let answer = scene.go_on(BIND, &token, body);
            let (_, code, rule) = answer.refused();
            (code.to_owned(), rule.to_owned())
        };
        let rule = |code: &str, rule: &str| (code.to_owned(), rule.to_owned());
        assert_eq!(refused(json!({})), rule("COMMON.1001", "field_missing"));
        assert_eq!(refused(json!({ "mobile": "13800138000" })), rule("COMMON.1001", "field_missing"));
        assert_eq!(refused(json!({ "mobile": "x", "verify_code": "1" })), rule("COMMON.1002", "field_format"));
        let email = json!({ "email": "li@acme.example", "verify_code": "123456" });
        assert_eq!(refused(email), rule("COMMON.1006", "verify_means_off"));
        let wrong = json!({ "mobile": "13800138000", "verify_code": "000000" });
        assert_eq!(refused(wrong), rule("CAPTCHA.0007", "code_wrong"));
    }

    #[test]
    fn a_user_is_bound_by_name_and_password() {
        let scene = Scene::policy(Policy::Bind);
        let token = scene.state_token("alice");
        let wrong = json!({ "user_name": "li.na", "password": "wrong" });
        assert_eq!(scene.go_on(PASSWORD, &token, wrong).refused(), (400, "LOGIN.1005", "password_wrong"));
        let right = json!({ "user_name": "li.na", "password": "correct-horse" });
        assert_eq!(scene.go_on(PASSWORD, &token, right).text("status"), "SUCCESS");
        assert_eq!(scene.login("alice").text("status"), "SUCCESS");
    }

    #[test]
    fn the_employee_edition_prints_the_long_prefix_on_the_bind_pages_unless_strict() {
        let code = |strict| {
            let scene = Scene::with(|config| {
                config.edition = crate::config::Edition::Eiam;
                if strict {
                    config.rules.sdk_prefix = crate::config::SdkPrefix::Strict;
                }
            });
            let missing = scene.go_on(WECHAT_MOBILE, "nonsense", json!({})).text("error_code");
            (scene.go_on(WECHAT_MOBILE, "nonsense", li()).text("error_code"), missing)
        };
        let (token, field) = code(false);
        assert_eq!((token.as_str(), field.as_str()), ("IDAAS.SDK.COMMON.1007", "SDK.COMMON.1001"));
        assert_eq!(code(true).0, "SDK.COMMON.1007");
    }
}
