//! Listing and reading users.

use std::sync::Arc;

use serde::Serialize;
use sim::Moment;

use super::answers::UserAnswer;
use crate::answer::Reply;
use crate::call::Call;
use crate::config::Permission;
use crate::directory::User;
use crate::identifier::UserId;
use crate::refusal::{Refusal, Refused};

#[derive(Serialize)]
struct Users {
    total: usize,
    users: Vec<UserAnswer>,
}

/// The users of a page when the call does not say.
const PAGE: usize = 20;

/// `GET /api/v2/tenant/users`: `offset` is the index of a page, from 0; `limit` is 10 to 100 (observed).
pub(crate) fn users(call: &Call<'_>) -> Result<Reply, Refused> {
    call.permitted(Permission::UserRead)?;
    let number = |name: &'static str, otherwise: usize| match call.query(name) {
        None => Ok(otherwise),
        Some(text) => text.trim().parse::<usize>().map_err(|_| Refusal::FieldFormat(name).because("it is a number")),
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", PAGE)?);
    if !(10..=100).contains(&limit) {
        return Err(Refusal::FieldUnusable { name: "limit", why: "a page has 10 to 100 users" }.into());
    }
    let after = match call.query("updated_at_greater") {
        None => None,
        Some(text) => Some(moment(&text).ok_or_else(|| {
            Refusal::FieldFormat("updated_at_greater")
                .because("it is a time in milliseconds since 1970, or such as 2026-03-01T09:00:00Z")
        })?),
    };
    let organisation = call.query("org_id");
    let wanted = |user: &&Arc<User>| {
        after.is_none_or(|after| user.updated_at > after)
            && organisation.as_ref().is_none_or(|id| user.attributes.get("org_id").is_some_and(|own| own == id))
    };
    let found: Vec<_> = call.idaas.state.users().all().filter(wanted).cloned().collect();
    let page = found.iter().skip(offset.saturating_mul(limit)).take(limit);
    Ok(Reply::json(&Users { total: found.len(), users: page.map(|user| UserAnswer::of(user, call)).collect() }))
}

fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(millis) => Some(Moment::from_unix_millis(millis)),
        Err(_) => Moment::parse_rfc3339(text).ok(),
    }
}

/// `POST /api/v2/tenant/users/user-by-username` (observed; an unknown name is `USER.0001`).
pub(crate) fn user_by_username(call: &Call<'_>) -> Result<Reply, Refused> {
    call.permitted(Permission::UserRead)?;
    let body = call.body()?;
    let name = body.text("user_name")?;
    let user = call.idaas.state.users().by_user_name(name).ok_or(Refusal::TenantUserUnknown("user name"))?;
    Ok(Reply::json(&UserAnswer::of(&user, call)))
}

/// `GET /api/v2/tenant/users/{user_id}` (the path is inferred from that of the update).
pub(crate) fn user(call: &Call<'_>) -> Result<Reply, Refused> {
    call.permitted(Permission::UserRead)?;
    let user = named(call)?;
    Ok(Reply::json(&UserAnswer::of(&user, call)))
}

/// The user whose id stands in the path.
pub(super) fn named(call: &Call<'_>) -> Result<Arc<User>, Refused> {
    let id = UserId(call.parameter.unwrap_or_default().to_owned());
    let user = call.idaas.state.users().get(&id);
    user.ok_or_else(|| Refusal::TenantUserUnknown("id").because(format!("the path names the user {id}")))
}
