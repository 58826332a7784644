//! Users as the server API shows them.

use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::directory::User;

/// A user, its members in the order in which they were observed; those that are not known are left out.
#[derive(Debug, Serialize)]
pub(super) struct UserAnswer {
    user_id: String,
    user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<Value>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<Value>,
    disabled: bool,
    locked: bool,
    created_at: String,
    updated_at: String,
}

impl UserAnswer {
    pub(super) fn of(user: &User, call: &Call<'_>) -> Self {
        Self {
            user_id: user.id.0.clone(),
            user_name: user.user_name.clone(),
            external_id: user.attributes.get("external_id").cloned(),
            name: user.name.clone(),
            email: user.email.clone(),
            mobile: user.mobile.as_ref().map(|mobile| mobile.expose().to_owned()),
            org_id: user.attributes.get("org_id").cloned(),
            disabled: user.disabled,
            locked: call.idaas.state.locks.check(&user.id, call.now()).is_err(),
            created_at: user.created_at.to_plain(),
            updated_at: user.updated_at.to_plain(),
        }
    }
}
