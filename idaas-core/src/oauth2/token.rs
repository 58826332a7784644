//! The token endpoint.

use serde::Serialize;
use sim::{BearerToken, IdToken, RefreshToken};

use super::SCOPE;
use crate::answer::Reply;
use crate::api::Handled;
use crate::call::Call;
use crate::client_credentials::BackEnd;
use crate::identifier::UserId;
use crate::refusal::{Refusal, Refused, TokenProblem};

#[derive(Serialize)]
struct Tokens {
    access_token: BearerToken,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: RefreshToken,
    scope: &'static str,
    id_token: IdToken,
}

/// `POST /api/v1/oauth2/token`: a form, credentials in HTTP Basic (observed).
pub(crate) fn token<'a>(call: &'a Call<'a>) -> Handled<'a> {
    Box::pin(async move {
        let back_end = call.back_end()?;
        let field = |name: &'static str| call.form(name).ok_or(Refusal::FieldMissing(name));
        match field("grant_type")?.as_str() {
            "authorization_code" => {
                let user = redeem(call, &back_end, &field("code")?)?;
                tokens(call, &back_end, &user, None)
            }
            "refresh_token" => {
                let text = field("refresh_token")?;
                let user = refresh(call, &back_end, &text)?;
                tokens(call, &back_end, &user, Some(text))
            }
            "password" if !back_end.password_grant => Err(Refusal::PasswordGrant.into()),
            "password" => {
                let (name, password) = (field("username")?, field("password")?);
                let user = call.check_password(&name, &password).await?;
                tokens(call, &back_end, &user, None)
            }
            other => Err(Refusal::GrantTypeUnsupported.because(format!("it is `{other}`"))),
        }
    })
}

/// Whom an authorization code stands for. It is used up when everything fits; of many callers at once one gets it.
fn redeem(call: &Call<'_>, back_end: &BackEnd, code: &str) -> Result<UserId, Refused> {
    let (redirect_uri, verifier) = (call.form("redirect_uri"), call.form("code_verifier"));
    let (codes, now) = (&call.idaas.state.authorization_codes, call.now());
    codes.with(code, Some(&back_end.client_id), now, Refusal::AuthorizationCode, |handout| {
        handout.detail.check(redirect_uri.as_deref(), verifier.as_deref())?;
        handout.use_up(now);
        handout.user.clone().ok_or(Refusal::AuthorizationCode(TokenProblem::Unknown))
    })
}

/// Whom a refresh_token stands for; it stays good until its own end.
fn refresh(call: &Call<'_>, back_end: &BackEnd, text: &str) -> Result<UserId, Refused> {
    let tokens = &call.idaas.state.refresh_tokens;
    tokens.with(text, Some(&back_end.client_id), call.now(), Refusal::RefreshToken, |handout| {
        handout.user.clone().ok_or(Refusal::RefreshToken(TokenProblem::Unknown))
    })
}

/// A fresh access_token and id_token; a refresh_token that was presented comes back as it is.
fn tokens(call: &Call<'_>, back_end: &BackEnd, user: &UserId, presented: Option<String>) -> Result<Reply, Refused> {
    let user = call.enabled_user(user)?;
    let lives = &call.setup.config.oauth2;
    let (state, client_id, now) = (&call.idaas.state, back_end.client_id.as_str(), call.now());
    let access_token = state.bearer_tokens.issue(client_id, Some(&user.id), lives.access_token.get(), (), now);
    let refresh_token = presented
        .unwrap_or_else(|| state.refresh_tokens.issue(client_id, Some(&user.id), lives.refresh_token.get(), (), now));
    // OIDC tokens have the identity at the top level (observed).
    let claims = crate::config::Claims { top_level: true, ..call.setup.config.claims.clone() };
    Ok(Reply::json(&Tokens {
        access_token: BearerToken::new(access_token),
        token_type: "Bearer",
        expires_in: lives.access_token.as_secs(),
        refresh_token: RefreshToken::new(refresh_token.trim()),
        scope: SCOPE,
        id_token: call.mint(&user, client_id, &claims),
    }))
}
