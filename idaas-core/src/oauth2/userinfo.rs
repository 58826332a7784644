//! What an access_token tells: the user, to whoever holds it; its state, to a back end.

use serde::Serialize;

use super::SCOPE;
use crate::answer::Reply;
use crate::call::Call;
use crate::refusal::{Refusal, Refused, TokenProblem};

/// The members that were observed, in their order; those that are not known are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserInfo<'a> {
    id: &'a str,
    user_name: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<&'a str>,
}

/// `GET /api/v1/oauth2/userinfo` with a Bearer access_token.
pub(crate) fn userinfo(call: &Call<'_>) -> Result<Reply, Refused> {
    let (_, user) = call.bearer_token()?;
    let id = user.ok_or_else(|| {
        Refusal::BearerToken(TokenProblem::WrongFlow).because("it is a back end's own token, of no user")
    })?;
    let user = call.idaas.state.users().get(&id).filter(|user| !user.disabled);
    let user = user.ok_or_else(|| Refusal::BearerToken(TokenProblem::UserGone).because(format!("user {id}")))?;
    Ok(Reply::json(&UserInfo {
        id: user.id.as_str(),
        user_name: &user.user_name,
        name: &user.name,
        email: user.email.as_deref(),
        mobile: user.mobile.as_ref().map(|mobile| mobile.expose()),
    }))
}

/// RFC 7662.
#[derive(Serialize, Default)]
struct Introspection<'a> {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

/// `POST /api/v1/oauth2/introspect`: a form with `token`, credentials in HTTP Basic. Only access_tokens are known to it.
pub(crate) fn introspect(call: &Call<'_>) -> Result<Reply, Refused> {
    call.back_end()?;
    let token = call.form("token").ok_or(Refusal::FieldMissing("token"))?;
    let tokens = &call.idaas.state.bearer_tokens;
    let good = tokens.with(&token, None, call.now(), Refusal::BearerToken, |handout| {
        Ok((handout.client_id.clone(), handout.user.clone(), handout.issued_at, handout.expires_at()))
    });
    // Why a token is not active is nobody's business (RFC 7662, section 2.2).
    let Ok((client_id, user, issued_at, expires_at)) = good else {
        return Ok(Reply::json(&Introspection::default()));
    };
    let user = user.and_then(|id| call.idaas.state.users().get(&id));
    Ok(Reply::json(&Introspection {
        active: true,
        scope: user.as_ref().map(|_| SCOPE),
        client_id: Some(&client_id),
        username: user.as_ref().map(|user| user.user_name.as_str()),
        token_type: Some("Bearer"),
        exp: Some(expires_at.unix_seconds()),
        iat: Some(issued_at.unix_seconds()),
        sub: user.as_ref().map(|user| user.id.as_str()),
    }))
}
