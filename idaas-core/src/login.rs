//! Logging in from a Mini Program: by a login code, or by a phone code.

use serde::Serialize;

use crate::answer::Reply;
use crate::api::Handled;
use crate::call::Call;
use crate::config::{MobileNotFound, PendingData, Policy, VerifyBy};
use crate::directory::NewUser;
use crate::grant::After;
use crate::identifier::UserId;
use crate::mobile::Mobile;
use crate::refusal::{Refusal, Refused};
use crate::source::Ready;
use crate::state_token::Pending;
use crate::wechat::WeChatIdentity;

/// The `data` of a pending bind: which proofs of an address the tenant takes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Flow {
    social_bind_or_register_flow: Vec<&'static str>,
}

/// "Mini Program login" page: `POST /api/v2/sdk/login/wechat-miniprogram`.
pub(crate) fn by_login_code<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let code = body.text("code")?;
        let ready = call.source()?;
        let asked = call.idaas.wechat.code_to_session(ready.errand(call), code).await;
        let identity = asked.map_err(|failure| ready.failed(failure))?;
        let linked = call.idaas.state.users().linked(&identity, ready.source.match_attribute);
        match linked {
            Some(user) => {
                call.refuse_locked_for_wechat(&user.id)?;
                call.signed_in(&user.id, After::Login)
            }
            None => not_associated(call, &ready, identity),
        }
    })
}

impl Call<'_> {
    /// Refuses a user whom failed passwords have locked, where the tenant is set to do so for WeChat logins too.
    fn refuse_locked_for_wechat(&self, user: &UserId) -> Result<(), Refused> {
        match self.setup.config.lock.blocks_wechat_login {
            true => self.idaas.state.locks.check(user, self.now()),
            false => Ok(()),
        }
    }
}

/// What the source's policy says when nobody is linked.
fn not_associated(call: &Call<'_>, ready: &Ready, identity: WeChatIdentity) -> Result<Reply, Refused> {
    let register = match ready.source.when_not_associated {
        Policy::Bind => false,
        Policy::BindOrRegister => true,
        Policy::Create => return create(call, ready, &identity),
        Policy::Fail => {
            return Err(Refusal::NotBound
                .because(format!("the policy of source `{}` is `when_not_associated: fail`", ready.name)));
        }
    };
    let data = bind_data(call);
    Ok(call.pending(Pending::Social { register, source: ready.name.clone(), identity }, data.as_deref()))
}

/// `data` of `SOCIAL_BIND` and `USER_REGISTER`.
pub(crate) fn bind_data(call: &Call<'_>) -> Option<String> {
    let config = &call.setup.config;
    let flow = config.registration.verify_by.iter().map(|by| match by {
        VerifyBy::Phone => "VERIFY_PHONE",
        VerifyBy::Email => "VERIFY_EMAIL",
    });
    match config.rules.pending_data {
        PendingData::Null => None,
        PendingData::Flow => serde_json::to_string(&Flow { social_bind_or_register_flow: flow.collect() }).ok(),
    }
}

fn create(call: &Call<'_>, ready: &Ready, identity: &WeChatIdentity) -> Result<Reply, Refused> {
    let now = call.now();
    let user = {
        let mut users = call.idaas.state.users();
        // Two first logins of one person at once: the second finds the user that the first has made.
        match users.linked(identity, ready.source.match_attribute) {
            Some(user) => user,
            None => {
                let user = users.create(NewUser::default(), now)?;
                users.link(&user.id, identity, &ready.name, false, now)?;
                user
            }
        }
    };
    call.signed_in(&user.id, After::Login)
}

/// "Mini Program phone number login" page: `POST /api/v2/sdk/login/wechat-mini-program-mobile`. It takes codes of both
/// phone buttons; no openid takes part.
pub(crate) fn by_phone_code<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let body = call.body()?;
        let code = body.text("code")?;
        let ready = call.source()?;
        let mobile = mobile_of_code(call, &ready, code).await?;
        let found = call.idaas.state.users().by_mobile(&mobile);
        let user = match (found, call.setup.config.rules.mobile_not_found) {
            (Some(user), _) => {
                call.refuse_locked_for_wechat(&user.id)?;
                user
            }
            (None, MobileNotFound::UserNotFound) => return Err(Refusal::UserNotFound("this mobile number").into()),
            (None, MobileNotFound::NotBound) => return Err(Refusal::MobileNotBound.into()),
            (None, MobileNotFound::Register) => {
                let new = NewUser { mobile: Some(mobile), ..NewUser::default() };
                call.idaas.state.users().create(new, call.now())?
            }
        };
        call.signed_in(&user.id, After::Login)
    })
}

/// The mobile number that a phone code stands for.
pub(crate) async fn mobile_of_code(call: &Call<'_>, ready: &Ready, code: &str) -> Result<Mobile, Refused> {
    let asked = call.idaas.wechat.phone_number(ready.errand(call), code).await;
    let phone = asked.map_err(|failure| ready.failed(failure))?;
    Mobile::of(&phone.country_code, &phone.number)
        .map_err(|_| Refusal::WeChatUnreadable.because("the number in WeChat's answer is not made of digits"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::config::{MatchAttribute, MobileNotFound, PendingData, Policy, Scenario, VerifyBy};
    use crate::scene::{CLIENT, LOGIN, MOBILE_LOGIN, Scene};

    #[test]
    fn a_linked_person_is_logged_in_at_once() {
        let scene = Scene::new();
        let answer = scene.login("bob");
        assert_eq!((answer.status, answer.text("status").as_str()), (200, "SUCCESS"));
        let members: Vec<_> = answer.body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["status", "session_token", "expire", "id_token"]);
        assert_eq!(answer.body["expire"], 432_000);
        assert_eq!(answer.text("session_token").len(), 32);
        assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
        assert_eq!(answer.headers["date"], "Sun, 01 Mar 2026 09:00:00 GMT");
    }

    #[test]
    fn blanks_around_a_code_are_cut_off() {
        assert_eq!(Scene::new().post(LOGIN, json!({ "code": " login-bob" })).text("status"), "SUCCESS");
    }

    #[test]
    fn the_policy_decides_what_a_stranger_gets() {
        let status = |policy| Scene::policy(policy).login("alice");
        let bind = status(Policy::Bind);
        assert_eq!((bind.status, bind.text("status").as_str()), (200, "SOCIAL_BIND"));
        assert_eq!(bind.text("data"), r#"{"socialBindOrRegisterFlow":["VERIFY_PHONE","VERIFY_EMAIL"]}"#);
        assert_eq!(bind.body.as_object().unwrap().len(), 3);
        assert_eq!(status(Policy::BindOrRegister).text("status"), "USER_REGISTER");
        assert_eq!(status(Policy::Create).text("status"), "SUCCESS");
        assert_eq!(status(Policy::Fail).refused(), (400, "LOGIN.1002", "user_not_bound"));
    }

    #[test]
    fn a_created_user_is_the_same_at_the_next_login() {
        let scene = Scene::policy(Policy::Create);
        let before = scene.idaas.config().users.len();
        scene.login("alice");
        scene.login("alice");
        assert_eq!(scene.idaas.config().users.len(), before + 1);
    }

    #[test]
    fn data_mirrors_the_ways_to_verify_or_is_null() {
        let scene = Scene::with(|config| config.registration.verify_by = vec![VerifyBy::Phone]);
        assert_eq!(scene.login("alice").text("data"), r#"{"socialBindOrRegisterFlow":["VERIFY_PHONE"]}"#);
        let scene = Scene::with(|config| config.rules.pending_data = PendingData::Null);
        let answer = scene.login("alice");
        assert!(answer.text.ends_with(r#","data":null}"#), "{}", answer.text);
    }

    #[test]
    fn a_code_that_wechat_refuses_is_an_error_of_the_interface() {
        let answer = Scene::new().post(LOGIN, json!({ "code": "nonsense" }));
        assert_eq!(answer.refused(), (400, "LOGIN.1001", "wechat_refused"));
        assert_eq!(
            answer.text,
            r#"{"error_code":"IDAAS.SDK.LOGIN.1001","error_msg":"Error calling interface wechat miniprogram"}"#
        );
        let story = answer.refusal.unwrap().story.join("\n");
        assert!(story.contains("40029 invalid code, rid: 66c69111-4157f271-729ca238"), "{story}");
    }

    #[test]
    fn the_error_is_chinese_unless_english_is_asked_for() {
        let answer = Scene::new().post_with(LOGIN, &[("X-L", "")], json!({ "code": "nonsense" }));
        assert_eq!(
            answer.text,
            r#"{"error_code":"IDAAS.SDK.LOGIN.1001","error_msg":"调用 wechat miniprogram 接口出错"}"#
        );
    }

    #[test]
    fn an_unreachable_wechat_is_an_error_of_the_interface() {
        let scene = Scene::new();
        *scene.wechat.down.lock().unwrap() = true;
        assert_eq!(scene.login("bob").refused(), (400, "LOGIN.1001", "wechat_unreachable"));
    }

    #[test]
    fn a_disabled_user_is_denied_without_tokens() {
        let scene = Scene::with(|config| config.users.get_mut("wu").unwrap().disabled = true);
        let answer = scene.login("bob");
        assert_eq!(answer.text, r#"{"status":"ACCESS_DENIED"}"#);
        assert_eq!(answer.refused(), (200, "ACCESS_DENIED", "user_disabled"));
    }

    #[test]
    fn each_missing_preparation_is_refused_by_its_own_rule() {
        let refused = |change: fn(&mut crate::Config)| {
            let answer = Scene::with(change).login("bob");
            let (status, code, rule) = answer.refused();
            (status, code.to_owned(), rule.to_owned())
        };
        let rule = |code: &str, rule: &str| (400, code.to_owned(), rule.to_owned());
        fn shop(config: &mut crate::Config) -> &mut crate::config::Application {
            config.applications.get_mut("shop").unwrap()
        }
        fn wechat(config: &mut crate::Config) -> &mut crate::config::Source {
            config.sources.get_mut("wechat").unwrap()
        }
        let oidc = crate::config::ApplicationType::Oidc;
        assert_eq!(oidc.words(), "OIDC");
        assert_eq!(
            refused(|config| shop(config).kind = crate::config::ApplicationType::Oidc),
            rule("COMMON.1009", "application_not_sdk_api")
        );
        assert_eq!(refused(|config| shop(config).enabled = false), rule("PARAM.0003", "application_disabled"));
        assert_eq!(refused(|config| shop(config).sources = Some(vec![])), rule("COMMON.1009", "source_not_enabled"));
        assert_eq!(
            refused(|config| wechat(config).scenario = Scenario::PcScan),
            rule("COMMON.1009", "source_of_other_scenario")
        );
        assert_eq!(
            refused(|config| {
                config.sources = Default::default();
                shop(config).sources = None;
                config.applications.get_mut("desk").unwrap().sources = None;
            }),
            rule("COMMON.1009", "source_missing")
        );
        assert_eq!(refused(|config| wechat(config).secret = None), rule("COMMON.1009", "source_incomplete"));
        assert_eq!(
            refused(|config| wechat(config).appid = Some("wxffffffffffffffff".to_owned())),
            rule("LOGIN.1001", "wechat_refused")
        );
        assert_eq!(
            refused(|config| wechat(config).secret = Some(sim::AppSecret::new("wrong"))),
            rule("LOGIN.1001", "wechat_refused")
        );
    }

    #[test]
    fn a_missing_field_comes_before_a_missing_source() {
        let scene = Scene::with(|config| config.applications.get_mut("shop").unwrap().sources = Some(vec![]));
        assert_eq!(scene.post(LOGIN, json!({})).refused(), (400, "COMMON.1001", "field_missing"));
    }

    #[test]
    fn a_unionid_finds_the_user_across_apps_when_the_source_says_so() {
        let with = |match_attribute| {
            Scene::with(|config| {
                config.sources.get_mut("wechat").unwrap().match_attribute = match_attribute;
                let link = json!([{ "openid": "o-alice-in-another-app", "unionid": "u-alice" }]);
                config.users.get_mut("wu").unwrap().wechat = serde_json::from_value(link).unwrap();
            })
        };
        assert_eq!(with(MatchAttribute::Openid).login("alice").text("status"), "USER_REGISTER");
        assert_eq!(with(MatchAttribute::Unionid).login("alice").text("status"), "SUCCESS");
    }

    #[test]
    fn a_phone_code_logs_in_the_user_who_has_the_number() {
        let answer = Scene::new().post(MOBILE_LOGIN, json!({ "code": "phone-13800138000" }));
        assert_eq!((answer.text("status").as_str(), &answer.body["expire"]), ("SUCCESS", &Value::from(432_000)));
    }

    #[test]
    fn what_a_number_without_a_user_gets_is_configured() {
        let login = |rule| {
            let scene = Scene::with(|config| config.rules.mobile_not_found = rule);
            (scene.post(MOBILE_LOGIN, json!({ "code": "phone-13700137000" })), scene)
        };
        assert_eq!(login(MobileNotFound::UserNotFound).0.refused(), (400, "COMMON.1013", "user_not_found"));
        assert_eq!(login(MobileNotFound::NotBound).0.refused(), (400, "LOGIN.1002", "mobile_not_bound"));
        let (answer, scene) = login(MobileNotFound::Register);
        assert_eq!(answer.text("status"), "SUCCESS");
        let users = scene.idaas.config().users;
        assert!(users.iter().any(|(_, user)| user.user_name.as_deref() == Some("13700137000")));
    }

    #[test]
    fn a_login_code_is_no_phone_code_and_the_other_way_round() {
        let scene = Scene::new();
        assert_eq!(scene.post(MOBILE_LOGIN, json!({ "code": "login-bob" })).refused().1, "LOGIN.1001");
        assert_eq!(scene.post(LOGIN, json!({ "code": "phone-13800138000" })).refused().1, "LOGIN.1001");
    }

    #[test]
    fn without_declared_applications_any_client_id_is_welcome_unless_strict() {
        let undeclared = |strict| {
            Scene::with(|config| {
                config.applications = Default::default();
                config.strict = strict;
            })
        };
        let headers = [("X-client-id", "whatever")];
        let login = |scene: &Scene| scene.post_with(LOGIN, &headers, json!({ "code": "login-bob" }));
        assert_eq!(login(&undeclared(false)).text("status"), "SUCCESS");
        assert_eq!(login(&undeclared(true)).refused(), (400, "PARAM.0003", "client_id_unknown"));
        assert!(Scene::new().idaas.declares(CLIENT) && !Scene::new().idaas.declares("whatever"));
    }

    #[test]
    fn an_application_that_lists_no_sources_has_all_of_them_unless_strict() {
        let silent = |strict| {
            Scene::with(|config| {
                config.applications.get_mut("shop").unwrap().sources = None;
                config.strict = strict;
            })
        };
        assert_eq!(silent(false).login("bob").text("status"), "SUCCESS");
        assert_eq!(silent(true).login("bob").refused().2, "source_not_enabled");
    }
}
