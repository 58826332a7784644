//! The tenant's users, and which WeChat identities they are linked to.

mod update;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use sim::{Ground, Moment, OpenId, Sequence, UnionId};

use crate::config::{Config, LinkEntry, LinkedIdentity, MatchAttribute, Named, Scenario, Source, UserEntry};
use crate::identifier::{self, UserId};
use crate::mobile::Mobile;
use crate::password::StoredPassword;
use crate::refusal::Refusal;
use crate::wechat::WeChatIdentity;

pub(crate) use update::Update;

/// A user of the tenant.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    /// The user's key in the world file; for one that came to be later, the id.
    pub(crate) key: String,
    pub(crate) user_name: String,
    pub(crate) name: String,
    pub(crate) password: Option<StoredPassword>,
    pub(crate) password_changed_at: Moment,
    pub(crate) mobile: Option<Mobile>,
    pub(crate) email: Option<String>,
    pub(crate) disabled: bool,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    pub(crate) attributes: Map<String, Value>,
}

/// What a new user brings along.
#[derive(Debug, Default)]
pub(crate) struct NewUser {
    /// Absent: made from mobile number or e-mail address, else drawn.
    pub(crate) user_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) password: Option<StoredPassword>,
    pub(crate) mobile: Option<Mobile>,
    pub(crate) email: Option<String>,
    pub(crate) attributes: Map<String, Value>,
}

/// A WeChat identity that a user is linked to.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// The record's id: what unbind wants.
    pub(crate) id: String,
    pub(crate) user: UserId,
    /// The name of the source that it was made through.
    pub(crate) source: String,
    pub(crate) openid: OpenId,
    pub(crate) unionid: Option<UnionId>,
    pub(crate) created_at: Moment,
}

/// Users and links, found by whatever a call brings.
#[derive(Debug)]
pub(crate) struct Directory {
    users: HashMap<UserId, Arc<User>>,
    /// In the order in which they came to be.
    order: Vec<UserId>,
    by_user_name: HashMap<String, UserId>,
    by_mobile: HashMap<Mobile, UserId>,
    by_email: HashMap<String, UserId>,
    /// By openid: openids of different apps never coincide.
    links: HashMap<OpenId, Link>,
    /// The openids that are linked under a unionid, oldest first.
    by_unionid: HashMap<UnionId, Vec<OpenId>>,
    /// In the order in which they were made.
    link_order: Vec<OpenId>,
    born: Moment,
    user_ids: Sequence,
    link_ids: Sequence,
    names: Sequence,
}

impl Directory {
    pub(crate) fn new(config: &Config, ground: &Ground) -> Self {
        let mut directory = Self {
            users: HashMap::new(),
            order: Vec::new(),
            by_user_name: HashMap::new(),
            by_mobile: HashMap::new(),
            by_email: HashMap::new(),
            links: HashMap::new(),
            by_unionid: HashMap::new(),
            link_order: Vec::new(),
            born: ground.now(),
            user_ids: ground.seed.sequence("user id"),
            link_ids: ground.seed.sequence("social record id"),
            names: ground.seed.sequence("user name"),
        };
        directory.redeclare(config, ground);
        directory
    }

    /// Takes users and links as they are declared now.
    pub(crate) fn redeclare(&mut self, config: &Config, ground: &Ground) {
        self.users.clear();
        self.order.clear();
        self.by_user_name.clear();
        self.by_mobile.clear();
        self.by_email.clear();
        self.links.clear();
        self.by_unionid.clear();
        self.link_order.clear();
        for (key, entry) in config.users.iter() {
            self.declare(key, entry, config, ground);
        }
    }

    fn declare(&mut self, key: &str, entry: &UserEntry, config: &Config, ground: &Ground) {
        let id = entry.id.clone().unwrap_or_else(|| identifier::declared(ground.seed, "user id", &[key]));
        let user_name = entry.user_name.clone().unwrap_or_else(|| key.to_owned());
        let user = User {
            id: UserId(id),
            key: key.to_owned(),
            name: entry.name.clone().unwrap_or_else(|| user_name.clone()),
            user_name,
            password: entry.password.as_ref().map(|text| StoredPassword::declared(text, ground, key)),
            password_changed_at: entry.password_changed_at.unwrap_or(self.born),
            mobile: entry.mobile.clone(),
            email: entry.email.clone(),
            disabled: entry.disabled,
            created_at: entry.created_at.unwrap_or(self.born),
            updated_at: entry.updated_at.or(entry.created_at).unwrap_or(self.born),
            attributes: entry.attributes.clone(),
        };
        for link in &entry.wechat {
            // The check of the configuration has refused names of people that were not resolved.
            let LinkEntry::Identity(identity) = link else { continue };
            let first = || {
                let mut sources = config.sources.iter().filter(|(_, source)| source.scenario == Scenario::MiniProgram);
                sources.next().map_or_else(|| "wechat".to_owned(), |(name, _)| name.to_owned())
            };
            let id = identity.id.clone().unwrap_or_else(|| {
                identifier::declared(ground.seed, "social record id", &[key, identity.openid.expose()])
            });
            self.put_link(Link {
                id,
                user: user.id.clone(),
                source: identity.source.clone().unwrap_or_else(first),
                openid: identity.openid.clone(),
                unionid: identity.unionid.clone(),
                created_at: identity.created_at.unwrap_or(self.born),
            });
        }
        self.put(user);
    }

    fn put(&mut self, user: User) -> Arc<User> {
        let id = user.id.clone();
        self.by_user_name.insert(user.user_name.clone(), id.clone());
        if let Some(mobile) = &user.mobile {
            self.by_mobile.insert(mobile.clone(), id.clone());
        }
        if let Some(email) = &user.email {
            self.by_email.insert(email.to_lowercase(), id.clone());
        }
        let user = Arc::new(user);
        if self.users.insert(id.clone(), Arc::clone(&user)).is_none() {
            self.order.push(id);
        }
        user
    }

    fn put_link(&mut self, link: Link) {
        let (openid, unionid) = (link.openid.clone(), link.unionid.clone());
        if self.links.insert(openid.clone(), link).is_none() {
            if let Some(unionid) = unionid {
                self.by_unionid.entry(unionid).or_default().push(openid.clone());
            }
            self.link_order.push(openid);
        }
    }

    /// Everybody, as a world file would declare them, generated values included.
    pub(crate) fn export(&self, sources: &Named<Source>) -> Named<UserEntry> {
        self.order
            .iter()
            .filter_map(|id| self.users.get(id))
            .map(|user| {
                let wechat = self.links_of(&user.id).map(|link| {
                    LinkEntry::Identity(LinkedIdentity {
                        openid: link.openid.clone(),
                        unionid: link.unionid.clone(),
                        source: Some(link.source.clone()).filter(|name| sources.get(name).is_some()),
                        id: Some(link.id.clone()),
                        created_at: Some(link.created_at),
                    })
                });
                let entry = UserEntry {
                    id: Some(user.id.0.clone()),
                    user_name: Some(user.user_name.clone()),
                    password: user.password.as_ref().map(StoredPassword::export),
                    password_changed_at: Some(user.password_changed_at),
                    mobile: user.mobile.clone(),
                    email: user.email.clone(),
                    name: Some(user.name.clone()),
                    wechat: wechat.collect(),
                    disabled: user.disabled,
                    created_at: Some(user.created_at),
                    updated_at: Some(user.updated_at).filter(|at| *at != user.created_at),
                    attributes: user.attributes.clone(),
                };
                (user.key.clone(), entry)
            })
            .collect()
    }

    /// The user of an id.
    pub(crate) fn get(&self, id: &UserId) -> Option<Arc<User>> {
        self.users.get(id).cloned()
    }

    /// The user of a user name.
    pub(crate) fn by_user_name(&self, name: &str) -> Option<Arc<User>> {
        self.get(self.by_user_name.get(name)?)
    }

    /// The user of a mobile number.
    pub(crate) fn by_mobile(&self, mobile: &Mobile) -> Option<Arc<User>> {
        self.get(self.by_mobile.get(mobile)?)
    }

    /// The user of an e-mail address, in any case.
    pub(crate) fn by_email(&self, email: &str) -> Option<Arc<User>> {
        self.get(self.by_email.get(&email.to_lowercase())?)
    }

    /// The user linked to a WeChat identity, by the attribute that the source is set to.
    pub(crate) fn linked(&self, identity: &WeChatIdentity, by: MatchAttribute) -> Option<Arc<User>> {
        if by == MatchAttribute::Unionid
            && let Some(first) = identity.unionid.as_ref().and_then(|unionid| self.by_unionid.get(unionid)?.first())
        {
            return self.get(&self.links.get(first)?.user);
        }
        self.get(&self.links.get(&identity.openid)?.user)
    }

    /// The links of a user, oldest first.
    pub(crate) fn links_of<'a>(&'a self, user: &'a UserId) -> impl Iterator<Item = &'a Link> {
        self.link_order.iter().filter_map(|openid| self.links.get(openid)).filter(move |link| link.user == *user)
    }

    /// Changes a user's own fields; for user name, mobile and e-mail there are functions of their own.
    pub(crate) fn change(&mut self, id: &UserId, now: Moment, change: impl FnOnce(&mut User)) {
        if let Some(user) = self.users.get_mut(id) {
            let user = Arc::make_mut(user);
            change(user);
            user.updated_at = now;
        }
    }

    /// Everybody, in the order in which they came to be.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<User>> {
        self.order.iter().filter_map(|id| self.users.get(id))
    }

    /// Gives a user another mobile number.
    pub(crate) fn set_mobile(&mut self, id: &UserId, mobile: Mobile, now: Moment) -> Result<(), Refusal> {
        match self.by_mobile.get(&mobile) {
            Some(owner) if owner != id => return Err(Refusal::Taken("mobile")),
            _ => {}
        }
        let Some(user) = self.users.get_mut(id) else { return Ok(()) };
        let user = Arc::make_mut(user);
        user.updated_at = now;
        let old = user.mobile.replace(mobile.clone());
        if let Some(old) = old {
            self.by_mobile.remove(&old);
        }
        self.by_mobile.insert(mobile, id.clone());
        Ok(())
    }

    /// Makes a user.
    pub(crate) fn create(&mut self, new: NewUser, now: Moment) -> Result<Arc<User>, Refusal> {
        if new.mobile.as_ref().is_some_and(|mobile| self.by_mobile.contains_key(mobile)) {
            return Err(Refusal::Taken("mobile"));
        }
        if new.email.as_ref().is_some_and(|email| self.by_email.contains_key(&email.to_lowercase())) {
            return Err(Refusal::Taken("email"));
        }
        let user_name = match new.user_name {
            Some(name) if self.by_user_name.contains_key(&name) => return Err(Refusal::Taken("user_name")),
            Some(name) => name,
            None => self.free_name(new.mobile.as_ref().map(Mobile::number).or(new.email.as_deref())),
        };
        let id = UserId(identifier::made(now, self.user_ids.draw()));
        Ok(self.put(User {
            key: id.0.clone(),
            id,
            name: new.name.unwrap_or_else(|| user_name.clone()),
            user_name,
            password: new.password,
            password_changed_at: now,
            mobile: new.mobile,
            email: new.email,
            disabled: false,
            created_at: now,
            updated_at: now,
            attributes: new.attributes,
        }))
    }

    /// A user name that nobody has: the wanted one, or a drawn one.
    fn free_name(&self, wanted: Option<&str>) -> String {
        if let Some(name) = wanted.filter(|name| !self.by_user_name.contains_key(*name)) {
            return name.to_owned();
        }
        loop {
            let name = format!("wx_{}", self.names.draw().base62(10));
            if !self.by_user_name.contains_key(&name) {
                return name;
            }
        }
    }

    /// Links a user to a WeChat identity; a link that is there already stays as it is.
    pub(crate) fn link(
        &mut self,
        user: &UserId,
        identity: &WeChatIdentity,
        source: &str,
        one_per_user: bool,
        now: Moment,
    ) -> Result<(), Refusal> {
        match self.links.get(&identity.openid) {
            Some(link) if link.user == *user => return Ok(()),
            Some(_) => return Err(Refusal::IdentityTaken),
            None => {}
        }
        if one_per_user && self.links_of(user).next().is_some() {
            return Err(Refusal::UserAlreadyLinked);
        }
        let id = identifier::made(now, self.link_ids.draw());
        self.put_link(Link {
            id,
            user: user.clone(),
            source: source.to_owned(),
            openid: identity.openid.clone(),
            unionid: identity.unionid.clone(),
            created_at: now,
        });
        Ok(())
    }

    /// Takes a user's link away.
    pub(crate) fn unlink(&mut self, user: &UserId, record: &str) -> Result<(), Refusal> {
        let found = self.links_of(user).find(|link| link.id == record).map(|link| link.openid.clone());
        let openid = found.ok_or(Refusal::RecordUnknown)?;
        if let Some(unionid) = self.links.remove(&openid).and_then(|link| link.unionid)
            && let Some(openids) = self.by_unionid.get_mut(&unionid)
        {
            openids.retain(|other| *other != openid);
        }
        self.link_order.retain(|other| *other != openid);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene;

    fn now() -> Moment {
        Moment::parse_rfc3339("2026-03-01T09:00:00Z").unwrap()
    }

    fn directory() -> Directory {
        Directory::new(&scene::config(), &Ground::frozen("default", 7, now()))
    }

    fn identity(person: &str) -> WeChatIdentity {
        WeChatIdentity {
            openid: OpenId::new(format!("o-{person}")),
            unionid: Some(UnionId::new(format!("u-{person}"))),
        }
    }

    fn li(directory: &Directory) -> UserId {
        directory.by_user_name("li.na").unwrap().id.clone()
    }

    #[test]
    fn a_user_is_found_by_name_number_and_address_in_any_case() {
        let directory = directory();
        let id = li(&directory);
        assert_eq!(directory.by_mobile(&"13800138000".parse().unwrap()).unwrap().id, id);
        assert_eq!(directory.by_email("LI@Acme.Example").unwrap().id, id);
        assert!(directory.by_user_name("LI.NA").is_none());
    }

    #[test]
    fn what_one_user_has_another_cannot_get() {
        let mut directory = directory();
        let new = |mobile: &str, email: &str, name: &str| NewUser {
            mobile: Some(mobile.parse().unwrap()),
            email: Some(email.to_owned()),
            user_name: Some(name.to_owned()),
            ..NewUser::default()
        };
        let mut create = |new| directory.create(new, now()).map(|user| user.user_name.clone());
        assert_eq!(create(new("13800138000", "a@b", "a")), Err(Refusal::Taken("mobile")));
        assert_eq!(create(new("13700137000", "LI@acme.example", "a")), Err(Refusal::Taken("email")));
        assert_eq!(create(new("13700137000", "a@b", "li.na")), Err(Refusal::Taken("user_name")));
        assert_eq!(create(new("13700137000", "a@b", "a")), Ok("a".to_owned()));
    }

    #[test]
    fn a_new_user_is_named_after_the_number_the_address_or_nothing() {
        let mut directory = directory();
        let mobile = NewUser { mobile: Some("13700137000".parse().unwrap()), ..NewUser::default() };
        assert_eq!(directory.create(mobile, now()).unwrap().user_name, "13700137000");
        let email = NewUser { email: Some("carol@acme.example".to_owned()), ..NewUser::default() };
        assert_eq!(directory.create(email, now()).unwrap().user_name, "carol@acme.example");
        let user = directory.create(NewUser::default(), now()).unwrap();
        assert!(user.user_name.starts_with("wx_") && user.id.as_str().starts_with("20260301090000000-"));
    }

    #[test]
    fn a_changed_number_is_free_for_others() {
        let mut directory = directory();
        let id = li(&directory);
        directory.set_mobile(&id, "13700137000".parse().unwrap(), now()).unwrap();
        assert!(directory.by_mobile(&"13800138000".parse().unwrap()).is_none());
        let taken = directory.set_mobile(&id, "13900139000".parse().unwrap(), now());
        assert_eq!(taken, Err(Refusal::Taken("mobile")));
        assert_eq!(directory.get(&id).unwrap().mobile.as_ref().unwrap().number(), "13700137000");
    }

    #[test]
    fn a_link_is_found_by_openid_and_by_unionid_until_it_is_taken_away() {
        let mut directory = directory();
        let id = li(&directory);
        directory.link(&id, &identity("alice"), "wechat", false, now()).unwrap();
        let elsewhere = WeChatIdentity { openid: OpenId::new("o-other-app"), ..identity("alice") };
        let linked = |directory: &Directory, identity: &WeChatIdentity, by| {
            directory.linked(identity, by).map(|user| user.id.clone())
        };
        assert_eq!(linked(&directory, &identity("alice"), MatchAttribute::Openid), Some(id.clone()));
        assert_eq!(linked(&directory, &elsewhere, MatchAttribute::Openid), None);
        assert_eq!(linked(&directory, &elsewhere, MatchAttribute::Unionid), Some(id.clone()));
        let record = directory.links_of(&id).next().unwrap().id.clone();
        let wu = directory.by_user_name("wu.jun").unwrap().id.clone();
        assert_eq!(directory.unlink(&wu, &record), Err(Refusal::RecordUnknown), "somebody else's record");
        directory.unlink(&id, &record).unwrap();
        assert_eq!(linked(&directory, &elsewhere, MatchAttribute::Unionid), None);
        assert_eq!(linked(&directory, &identity("alice"), MatchAttribute::Openid), None);
    }

    #[test]
    fn without_a_unionid_the_openid_finds_the_user() {
        let mut directory = directory();
        let id = li(&directory);
        let alice = WeChatIdentity { unionid: None, ..identity("alice") };
        directory.link(&id, &alice, "wechat", false, now()).unwrap();
        assert_eq!(directory.linked(&alice, MatchAttribute::Unionid).unwrap().id, id);
    }
}
