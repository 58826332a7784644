//! A change of several of a user's fields at once.

use std::sync::Arc;

use serde_json::{Map, Value};
use sim::Moment;

use super::{Directory, User};
use crate::identifier::UserId;
use crate::mobile::Mobile;
use crate::refusal::Refusal;

/// What is changed of a user; what is none stays as it is.
#[derive(Debug, Default)]
pub(crate) struct Update {
    pub(crate) user_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) mobile: Option<Mobile>,
    pub(crate) email: Option<String>,
    /// Attributes that are set beside those that the user has.
    pub(crate) attributes: Map<String, Value>,
}

impl Directory {
    /// Changes a user, all of it or nothing.
    pub(crate) fn update(&mut self, id: &UserId, update: Update, now: Moment) -> Result<Arc<User>, Refusal> {
        let Some(user) = self.users.get(id) else { return Err(Refusal::TenantUserUnknown("id")) };
        let of_another = |owner: Option<&UserId>| owner.is_some_and(|owner| owner != id);
        if update.user_name.as_ref().is_some_and(|name| of_another(self.by_user_name.get(name))) {
            return Err(Refusal::Taken("user_name"));
        }
        if update.mobile.as_ref().is_some_and(|mobile| of_another(self.by_mobile.get(mobile))) {
            return Err(Refusal::Taken("mobile"));
        }
        if update.email.as_ref().is_some_and(|email| of_another(self.by_email.get(&email.to_lowercase()))) {
            return Err(Refusal::Taken("email"));
        }
        let mut changed = User::clone(user);
        self.by_user_name.remove(&changed.user_name);
        if let Some(mobile) = &changed.mobile {
            self.by_mobile.remove(mobile);
        }
        if let Some(email) = &changed.email {
            self.by_email.remove(&email.to_lowercase());
        }
        changed.user_name = update.user_name.unwrap_or(changed.user_name);
        changed.name = update.name.unwrap_or(changed.name);
        changed.mobile = update.mobile.or(changed.mobile);
        changed.email = update.email.or(changed.email);
        changed.attributes.extend(update.attributes);
        changed.updated_at = now;
        Ok(self.put(changed))
    }
}

#[cfg(test)]
mod tests {
    use sim::Ground;

    use super::*;
    use crate::scene;

    fn now() -> Moment {
        Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap()
    }

    #[test]
    fn a_changed_user_is_found_by_the_new_and_no_longer_by_the_old() {
        let mut users = Directory::new(&scene::config(), &Ground::frozen("default", 7, now()));
        let id = users.by_user_name("li.na").unwrap().id.clone();
        let update = Update {
            user_name: Some("li".to_owned()),
            mobile: Some("13700137000".parse().unwrap()),
            email: Some("Li@new.example".to_owned()),
            ..Update::default()
        };
        users.update(&id, update, now()).unwrap();
        assert!(users.by_user_name("li.na").is_none() && users.by_email("li@acme.example").is_none());
        assert!(users.by_mobile(&"13800138000".parse().unwrap()).is_none());
        assert_eq!(users.by_user_name("li").unwrap().id, id);
        assert_eq!(users.by_email("li@new.example").unwrap().id, id);
        assert_eq!(users.all().count(), 2);
    }

    #[test]
    fn a_change_that_is_refused_changes_nothing() {
        let mut users = Directory::new(&scene::config(), &Ground::frozen("default", 7, now()));
        let id = users.by_user_name("li.na").unwrap().id.clone();
        let update =
            Update { name: Some("Li".to_owned()), mobile: Some("13900139000".parse().unwrap()), ..Update::default() };
        assert_eq!(users.update(&id, update, now()).unwrap_err(), Refusal::Taken("mobile"));
        assert_eq!(users.get(&id).unwrap().name, "li.na");
        let own = Update { email: Some("li@acme.example".to_owned()), ..Update::default() };
        assert!(users.update(&id, own, now()).is_ok(), "what is one's own is not taken");
    }
}
