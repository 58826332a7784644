//! The access_token of a back end.

use serde::Serialize;
use sim::BearerToken;

use crate::answer::Reply;
use crate::call::Call;
use crate::refusal::{Refusal, Refused};

#[derive(Serialize)]
struct Token {
    access_token: BearerToken,
    token_type: &'static str,
    expires_in: u64,
}

/// `POST /api/v2/tenant/token`: a form with `grant_type=client_credentials`, credentials in HTTP Basic (observed). A new
/// token does not void older ones (OneAccess documentation).
pub(crate) fn token(call: &Call<'_>) -> Result<Reply, Refused> {
    match call.form("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(Refusal::FieldUnusable { name: "grant_type", why: "it must be client_credentials" }.into());
        }
        None => return Err(Refusal::FieldMissing("grant_type").because("the body is a form, not JSON")),
    }
    let back_end = call.back_end()?;
    let life = call.setup.config.tokens.machine;
    let token = call.idaas.state.bearer_tokens.issue(&back_end.client_id, None, life.get(), (), call.now());
    Ok(Reply::json(&Token { access_token: BearerToken::new(token), token_type: "Bearer", expires_in: life.as_secs() }))
}
