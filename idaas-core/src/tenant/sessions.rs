//! The deprecated calls by which a back end prolongs a session or turns it into a ticket for another one.

use serde::Serialize;
use sim::{SessionToken, SsoTicket};

use super::answers::UserAnswer;
use crate::answer::Reply;
use crate::call::{Body, Call};
use crate::grant::After;
use crate::refusal::{Refusal, Refused, TokenProblem};
use crate::session::Ended;

/// How long a ticket is good, in seconds, as the example shows.
const TICKET_SECONDS: u64 = 300;

#[derive(Serialize)]
struct Refreshed {
    expire: u64,
    session_token: SessionToken,
}

#[derive(Serialize)]
struct Ticket {
    expire: u64,
    sso_ticket: SsoTicket,
}

/// The session_token of a body that names the user's device too: the pages require it and compare nothing.
fn session_token(body: &Body) -> Result<&str, Refused> {
    let token = body.text("session_token")?;
    for name in ["operating_sys_version", "device_ip", "device_fingerprint"] {
        body.text(name)?;
    }
    Ok(token)
}

/// "Refresh session_token" page (deprecated): `POST /api/v2/tenant/sso/session-token/refresh`. The old token ends.
pub(crate) fn refresh_session(call: &Call<'_>) -> Result<Reply, Refused> {
    let client_id = call.machine()?;
    let body = call.body()?;
    let token = session_token(&body)?;
    let (sessions, now) = (&call.idaas.state.sessions, call.now());
    let life = call.setup.config.session_life(After::Check);
    let old = sessions.end(Some(token), &client_id, Ended::Renewed, now)?;
    let session_token = sessions.open(&old.user, &client_id, life.get(), now);
    Ok(Reply::json(&Refreshed { expire: life.as_secs(), session_token }))
}

/// "Exchange session_token for sso_ticket" page (deprecated): `POST /api/v2/tenant/sso/session-token/sso-ticket`.
pub(crate) fn sso_ticket(call: &Call<'_>) -> Result<Reply, Refused> {
    let client_id = call.machine()?;
    let body = call.body()?;
    let token = session_token(&body)?;
    let session = call.idaas.state.sessions.check(Some(token), &client_id, call.now())?;
    let life = sim::Life::seconds(TICKET_SECONDS);
    let tickets = &call.idaas.state.sso_tickets;
    let ticket = tickets.issue(&client_id, Some(&session.user), life.get(), (), call.now());
    Ok(Reply::json(&Ticket { expire: TICKET_SECONDS, sso_ticket: SsoTicket::new(ticket) }))
}

/// `POST /api/v2/tenant/sso/sso-ticket/verify` (OneAccess documentation): whose ticket it is. It is good once.
pub(crate) fn verify_ticket(call: &Call<'_>) -> Result<Reply, Refused> {
    call.machine()?;
    let body = call.body()?;
    let (ticket, now) = (body.text("sso_ticket")?, call.now());
    let user = call.idaas.state.sso_tickets.with(ticket, None, now, Refusal::SsoTicket, |handout| {
        handout.use_up(now);
        handout.user.clone().ok_or(Refusal::SsoTicket(TokenProblem::Unknown))
    })?;
    let user = call.enabled_user(&user)?;
    Ok(Reply::json(&UserAnswer::of(&user, call)))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Method;
    use serde_json::{Value, json};

    use super::super::tests::{bearer, send};
    use crate::scene::{Answered, Scene, request};

    const REFRESH: &str = "/api/v2/tenant/sso/session-token/refresh";
    const TICKET: &str = "/api/v2/tenant/sso/session-token/sso-ticket";
    const VERIFY: &str = "/api/v2/tenant/sso/sso-ticket/verify";

    fn body(session_token: &str) -> Value {
        json!({
            "session_token": session_token, "operating_sys_version": "Android 10", "device_ip": "192.168.1.2",
            "device_fingerprint": "156aysdna213sc50",
        })
    }

    fn post(scene: &Scene, path: &str, body: Value) -> Answered {
        send(scene, Method::POST, path, body)
    }

    fn rule(answer: &Answered) -> &str {
        &answer.refusal.as_ref().unwrap().rule
    }

    #[test]
    fn a_refreshed_session_has_another_token_and_the_old_one_is_over() {
        let scene = Scene::new();
        let old = scene.login("bob").text("session_token");
        let answer = post(&scene, REFRESH, body(&old));
        let new = answer.text("session_token");
        assert_eq!(answer.text, format!(r#"{{"expire":43200,"session_token":"{new}"}}"#));
        assert_eq!(rule(&post(&scene, REFRESH, body(&old))), "session_token_replaced");
        let headers = [("session-token", new.as_str())];
        assert_eq!(scene.post_with("/api/v2/sdk/sso/session-token/id-token", &headers, Value::Null).status, 200);
    }

    #[test]
    fn a_ticket_tells_its_user_once() {
        let scene = Scene::new();
        let session = scene.login("bob").text("session_token");
        let answer = post(&scene, TICKET, body(&session));
        let ticket = answer.text("sso_ticket");
        assert_eq!(answer.text, format!(r#"{{"expire":300,"sso_ticket":"{ticket}"}}"#));
        assert_eq!(ticket.strip_prefix("ssoTicket-").map(str::len), Some(32));
        let verify = || post(&scene, VERIFY, json!({ "sso_ticket": ticket }));
        assert_eq!(verify().text("user_name"), "wu.jun");
        let again = verify();
        assert_eq!(
            (again.status, again.text("error_code").as_str(), rule(&again)),
            (400, "COMMON.1006", "sso_ticket_used")
        );
    }

    #[test]
    fn a_ticket_is_good_for_five_minutes() {
        let scene = Scene::new();
        let session = scene.login("bob").text("session_token");
        let ticket = || post(&scene, TICKET, body(&session)).text("sso_ticket");
        let (first, second) = (ticket(), ticket());
        scene.advance(300);
        assert_eq!(post(&scene, VERIFY, json!({ "sso_ticket": first })).status, 200);
        scene.advance(1);
        assert_eq!(rule(&post(&scene, VERIFY, json!({ "sso_ticket": second }))), "sso_ticket_expired");
        assert_eq!(rule(&post(&scene, VERIFY, json!({ "sso_ticket": "ssoTicket-x" }))), "sso_ticket_unknown");
    }

    #[test]
    fn the_device_has_to_be_named_and_a_bad_session_is_told() {
        let scene = Scene::new();
        let session = scene.login("bob").text("session_token");
        for path in [REFRESH, TICKET] {
            for name in ["session_token", "operating_sys_version", "device_ip", "device_fingerprint"] {
                let mut body = body(&session);
                body.as_object_mut().unwrap().remove(name);
                assert_eq!(post(&scene, path, body).text("error_code"), "COMMON.1001", "{name}");
            }
            assert_eq!(post(&scene, path, body("nonsense")).text("error_code"), "PARAM.0023");
            let answer = scene.send(request(Method::POST, path, &[], Bytes::from(body(&session).to_string())));
            assert_eq!((answer.status, rule(&answer)), (401, "bearer_token_missing"));
        }
        assert!(bearer(&scene).starts_with("Bearer "));
    }
}
