//! Logging out.

use http::HeaderValue;

use crate::answer::Reply;
use crate::call::Call;
use crate::refusal::{Refusal, Refused};
use crate::session::Ended;

/// `POST /api/v2/sdk/logout`, an extension of the emulator: no page of the vendor confirms the path. It ends the session
/// in the header `session-token`, or all sessions that the user of a Bearer id_token has with the application.
pub(crate) fn sdk(call: &Call<'_>) -> Result<Reply, Refused> {
    let sessions = &call.idaas.state.sessions;
    let token = call.header("session-token");
    if token.is_none() && call.header("Authorization").is_some() {
        let bearer = call.bearer()?;
        sessions.end_all(&bearer.user, Some(&call.client.id), call.now());
    } else {
        sessions.end(token, &call.client.id, Ended::LoggedOut, call.now())?;
    }
    Ok(Reply::Empty)
}

/// `GET /api/v1/logout?redirect_url=…&client_id=…`: the global logout of a browser. It ends the session that the call
/// names, if it names one, in all applications of its user, and sends the browser on.
pub(crate) fn browser(call: &Call<'_>) -> Result<Reply, Refused> {
    let named = call.header("session-token").map(str::to_owned).or_else(|| call.query("session_token"));
    if let Some(token) = named {
        let sessions = &call.idaas.state.sessions;
        if let Some(user) = sessions.user_of(&token) {
            sessions.end_all(&user, None, call.now());
        }
    }
    let Some(to) = call.query("redirect_url") else { return Ok(Reply::Empty) };
    let refuse = |why| Refused::from(Refusal::FieldUnusable { name: "redirect_url", why });
    if !to.starts_with("http://") && !to.starts_with("https://") {
        return Err(refuse("it must be an http or https address"));
    }
    let to = HeaderValue::from_str(&to).map_err(|_| refuse("it holds characters that no address has"))?;
    Ok(Reply::Redirect(to))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::scene::Scene;

    const SDK: &str = "/api/v2/sdk/logout";
    const REFRESH: &str = "/api/v2/sdk/sso/session-token/id-token";

    #[test]
    fn after_a_logout_there_is_nothing_to_refresh() {
        for by_bearer in [false, true] {
            let scene = Scene::new();
            let login = scene.login("bob");
            let (session, bearer) = (login.text("session_token"), format!("Bearer {}", login.text("id_token")));
            let header =
                if by_bearer { ("Authorization", bearer.as_str()) } else { ("session-token", session.as_str()) };
            let answer = scene.post_with(SDK, &[header], Value::Null);
            assert_eq!((answer.status, answer.text.as_str()), (200, ""));
            let refresh = scene.post_with(REFRESH, &[("session-token", &session)], Value::Null);
            assert_eq!(refresh.refused(), (400, "PARAM.0023", "session_token_revoked"));
        }
    }

    #[test]
    fn a_logout_needs_something_to_end() {
        let scene = Scene::new();
        assert_eq!(scene.post(SDK, Value::Null).refused(), (400, "PARAM.0023", "session_token_missing"));
    }

    #[test]
    fn a_browser_is_sent_on_after_its_logout() {
        let scene = Scene::new();
        let session = scene.login("bob").text("session_token");
        let path = "/api/v1/logout?redirect_url=https%3A%2F%2Fshop.example%2Fbye&client_id=x";
        let answer = scene.get(path, &[("session-token", &session)]);
        assert_eq!((answer.status, answer.headers["location"].as_bytes()), (302, &b"https://shop.example/bye"[..]));
        let refresh = scene.post_with(REFRESH, &[("session-token", &session)], Value::Null);
        assert_eq!(refresh.refused().2, "session_token_revoked");
        assert_eq!(scene.get("/api/v1/logout", &[]).status, 200);
        let script = scene.get("/api/v1/logout?redirect_url=javascript:alert(1)", &[]);
        assert_eq!(script.refused(), (400, "COMMON.1006", "field_unusable"));
        let split = scene.get("/api/v1/logout?redirect_url=http://a%0d%0aSet-Cookie:x", &[]);
        assert_eq!(split.refused().2, "field_unusable");
    }
}
