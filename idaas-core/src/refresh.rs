//! A new id_token for a session: `POST /api/v2/sdk/sso/session-token/id-token`.

use sim::SessionToken;

use crate::answer::Reply;
use crate::call::Call;
use crate::config::RefreshExpire;
use crate::refusal::{Refusal, Refused, TokenProblem};
use crate::session::Ended;

/// "Refresh id_token by session_token" page. With automatic renewal the session_token is replaced, else it stays, and
/// so does its end.
pub(crate) fn refresh(call: &Call<'_>) -> Result<Reply, Refused> {
    let token = call.header("session-token");
    let config = &call.setup.config;
    let sessions = &call.idaas.state.sessions;
    let now = call.now();
    let session = sessions.check(token, &call.client.id, now)?;
    let user = call
        .idaas
        .state
        .users()
        .get(&session.user)
        .filter(|user| !user.disabled)
        .ok_or_else(|| Refusal::SessionToken(TokenProblem::UserGone).because(format!("user {}", session.user)))?;
    let life = session.life;
    if config.tokens.auto_renewal {
        // Of two refreshes at once with one token, one ends it here and the other is refused.
        sessions.end(token, &call.client.id, Ended::Renewed, now)?;
        let new = sessions.open(&user.id, &call.client.id, life, now);
        return Ok(call.tokens(None, &user, &new, life.as_secs()));
    }
    let expire = match config.rules.refresh_expire {
        RefreshExpire::Configured => life.as_secs(),
        RefreshExpire::Remaining => session.expires_at().since(now).as_secs(),
    };
    Ok(call.tokens(None, &user, &SessionToken::new(token.unwrap_or_default()), expire))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use sim::Life;

    use crate::config::{Edition, RefreshExpire};
    use crate::scene::{Answered, OTHER_CLIENT, Scene};

    const REFRESH: &str = "/api/v2/sdk/sso/session-token/id-token";

    fn refresh(scene: &Scene, token: &str) -> Answered {
        scene.post_with(REFRESH, &[("session-token", token)], Value::Null)
    }

    #[test]
    fn a_refresh_gives_a_new_id_token_and_asks_nobody() {
        let scene = Scene::new();
        let login = scene.login("bob");
        let asked = scene.wechat.calls.lock().unwrap().len();
        scene.advance(60);
        let answer = refresh(&scene, &login.text("session_token"));
        let members: Vec<_> = answer.body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["session_token", "expire", "id_token"]);
        assert_eq!(answer.text("session_token"), login.text("session_token"));
        assert_eq!(answer.body["expire"], 432_000);
        assert_ne!(answer.text("id_token"), login.text("id_token"));
        assert_eq!(scene.wechat.calls.lock().unwrap().len(), asked);
    }

    #[test]
    fn without_automatic_renewal_a_session_keeps_its_end() {
        let scene = Scene::new();
        let token = scene.login("bob").text("session_token");
        scene.advance(432_000);
        assert_eq!(refresh(&scene, &token).status, 200);
        scene.advance(1);
        assert_eq!(refresh(&scene, &token).refused(), (400, "PARAM.0023", "session_token_expired"));
    }

    #[test]
    fn with_automatic_renewal_the_old_session_token_dies() {
        let scene = Scene::with(|config| config.tokens.auto_renewal = true);
        let old = scene.login("bob").text("session_token");
        scene.advance(400_000);
        let new = refresh(&scene, &old);
        assert_ne!(new.text("session_token"), old);
        assert_eq!(refresh(&scene, &old).refused(), (400, "PARAM.0023", "session_token_replaced"));
        scene.advance(400_000);
        assert_eq!(refresh(&scene, &new.text("session_token")).status, 200);
    }

    #[test]
    fn expire_is_the_configured_life_or_what_is_left_of_it() {
        let expire = |mode| {
            let scene = Scene::with(|config| {
                config.rules.refresh_expire = mode;
                config.tokens.session = Some(Life::seconds(1000));
            });
            let token = scene.login("bob").text("session_token");
            scene.advance(300);
            refresh(&scene, &token).body["expire"].clone()
        };
        assert_eq!(expire(RefreshExpire::Configured), 1000);
        assert_eq!(expire(RefreshExpire::Remaining), 700);
    }

    #[test]
    fn what_is_no_session_token_is_refused() {
        let scene = Scene::new();
        assert_eq!(scene.post(REFRESH, json!({})).refused(), (400, "PARAM.0023", "session_token_missing"));
        assert_eq!(refresh(&scene, "nonsense").refused(), (400, "PARAM.0023", "session_token_unknown"));
        let token = scene.login("bob").text("session_token");
        let headers = [("session-token", token.as_str()), ("X-client-id", OTHER_CLIENT)];
        let answer = scene.post_with(REFRESH, &headers, Value::Null);
        assert_eq!(answer.refused(), (400, "PARAM.0023", "session_token_of_other_client"));
    }

    #[test]
    fn a_user_who_was_disabled_gets_no_new_id_token() {
        let scene = Scene::new();
        let token = scene.login("bob").text("session_token");
        scene.change(|config| config.users.get_mut("wu").unwrap().disabled = true);
        assert_eq!(refresh(&scene, &token).refused(), (400, "PARAM.0023", "session_token_user_gone"));
    }

    #[test]
    fn the_employee_edition_has_its_own_code_and_a_week() {
        let scene = Scene::with(|config| config.edition = Edition::Eiam);
        assert_eq!(scene.login("bob").body["expire"], 604_800);
        let answer = refresh(&scene, "nonsense");
        assert_eq!(answer.text("error_code"), "SDK.COMMON.1005");
    }

    #[test]
    fn of_many_refreshes_at_once_with_automatic_renewal_one_wins() {
        let scene = Scene::with(|config| config.tokens.auto_renewal = true);
        let token = scene.login("bob").text("session_token");
        let won = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..20).map(|_| scope.spawn(|| refresh(&scene, &token).status)).collect();
            calls.into_iter().filter_map(|call| (call.join().unwrap() == 200).then_some(())).count()
        });
        assert_eq!(won, 1);
    }
}
