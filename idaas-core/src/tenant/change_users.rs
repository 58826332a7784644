//! Creating and changing users.

use serde::Serialize;
use serde_json::{Map, Value};

use super::read_users::named;
use crate::address;
use crate::answer::Reply;
use crate::call::{Body, Call};
use crate::config::Permission;
use crate::directory::{NewUser, Update};
use crate::mobile::Mobile;
use crate::password::StoredPassword;
use crate::refusal::{Refusal, Refused};

/// Fields that are kept as attributes of the user.
const ATTRIBUTES: [&str; 2] = ["external_id", "org_id"];

#[derive(Serialize)]
struct Changed<'a> {
    user_id: &'a str,
}

fn mobile(body: &Body) -> Result<Option<Mobile>, Refused> {
    match body.optional_text("mobile")? {
        Some(_) => body.mobile().map(Some),
        None => Ok(None),
    }
}

fn email(body: &Body) -> Result<Option<String>, Refused> {
    match body.optional_text("email")? {
        Some(text) => Ok(Some(address::email(text).ok_or(Refusal::FieldFormat("email"))?)),
        None => Ok(None),
    }
}

fn attributes(body: &Body) -> Result<Map<String, Value>, Refused> {
    let mut attributes = Map::new();
    for name in ATTRIBUTES {
        if let Some(text) = body.optional_text(name)? {
            attributes.insert(name.to_owned(), text.into());
        }
    }
    Ok(attributes)
}

/// `POST /api/v2/tenant/users` (inferred: OneAccess lists "create a user"; fields are named as where people register).
pub(crate) fn create_user(call: &Call<'_>) -> Result<Reply, Refused> {
    call.permitted(Permission::UserCreate)?;
    let body = call.body()?;
    let user_name = body.text("user_name")?;
    let pwd = match body.optional_text("pwd")? {
        Some(_) => Some(body.verbatim("pwd")?),
        None => None,
    };
    let new = NewUser {
        user_name: Some(user_name.to_owned()),
        name: body.optional_text("name")?.map(str::to_owned),
        password: None,
        mobile: mobile(&body)?,
        email: email(&body)?,
        attributes: attributes(&body)?,
    };
    if let Some(pwd) = pwd {
        call.allow_password(pwd)?;
    }
    let now = call.now();
    let password = pwd.map(|pwd| StoredPassword::set(pwd, call.idaas.ground.seed, &[user_name, &now.to_string()]));
    let user = call.idaas.state.users().create(NewUser { password, ..new }, now)?;
    Ok(Reply::json(&Changed { user_id: user.id.as_str() }))
}

/// `PUT /api/v2/tenant/users/{user_id}` (OneAccess documentation). Fields that are left out stay as they are.
pub(crate) fn update_user(call: &Call<'_>) -> Result<Reply, Refused> {
    call.permitted(Permission::UserUpdate)?;
    let user = named(call)?;
    let body = call.body()?;
    let update = Update {
        user_name: body.optional_text("user_name")?.map(str::to_owned),
        name: body.optional_text("name")?.map(str::to_owned),
        mobile: mobile(&body)?,
        email: email(&body)?,
        attributes: attributes(&body)?,
    };
    let user = call.idaas.state.users().update(&user.id, update, call.now())?;
    Ok(Reply::json(&Changed { user_id: user.id.as_str() }))
}

/// `PUT /api/v2/tenant/users/{user_id}/enable` (OneAccess documentation).
pub(crate) fn enable_user(call: &Call<'_>) -> Result<Reply, Refused> {
    disable(call, false)
}

/// `PUT /api/v2/tenant/users/{user_id}/disable` (inferred: the other side of enabling).
pub(crate) fn disable_user(call: &Call<'_>) -> Result<Reply, Refused> {
    disable(call, true)
}

fn disable(call: &Call<'_>, disabled: bool) -> Result<Reply, Refused> {
    call.permitted(Permission::UserUpdate)?;
    let user = named(call)?;
    call.idaas.state.users().change(&user.id, call.now(), |user| user.disabled = disabled);
    Ok(Reply::json(&Changed { user_id: user.id.as_str() }))
}
