//! One world's tenant.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use sim::{ConfigProblem, Ground};

use crate::config::{Application, Config};
use crate::identifier;
use crate::key_ring::KeyRing;
use crate::signing::SigningKey;
use crate::state::State;
use crate::wechat::WeChat;

/// The configuration of a tenant, with what is looked up in it at each call.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    /// Names of applications by client id.
    by_client_id: HashMap<String, String>,
}

impl Setup {
    fn new(mut config: Config, ground: &Ground) -> Self {
        for (name, source) in config.sources.iter_mut() {
            source.id.get_or_insert_with(|| identifier::declared(ground.seed, "source id", &[name]));
        }
        let by_client_id =
            config.applications.iter().map(|(name, app)| (app.client_id.trim().to_owned(), name.to_owned())).collect();
        // Users live in the state from here on.
        config.users = crate::config::Named::default();
        Self { config, by_client_id }
    }

    /// The application of a client id.
    pub(crate) fn application(&self, client_id: &str) -> Option<(&str, &Application)> {
        let name = self.by_client_id.get(client_id)?;
        Some((name, self.config.applications.get(name)?))
    }
}

/// One world's tenant: everything behind `/api/v1` and `/api/v2`.
pub struct Idaas {
    setup: RwLock<Arc<Setup>>,
    pub(crate) ground: Ground,
    pub(crate) keys: KeyRing,
    pub(crate) wechat: Arc<dyn WeChat>,
    pub(crate) state: State,
}

impl fmt::Debug for Idaas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idaas").field("domain", &self.setup().config.domain).finish_non_exhaustive()
    }
}

impl Idaas {
    /// A tenant as configured, that signs with `key` and reaches WeChat through `wechat`.
    ///
    /// # Errors
    /// Everything that is wrong in the configuration.
    pub fn new(
        config: Config,
        ground: Ground,
        key: Arc<SigningKey>,
        wechat: Arc<dyn WeChat>,
    ) -> Result<Self, Vec<ConfigProblem>> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let state = State::new(&config, &ground);
        Ok(Self {
            setup: RwLock::new(Arc::new(Setup::new(config, &ground))),
            ground,
            keys: KeyRing::new(key),
            wechat,
            state,
        })
    }

    /// The configuration as it is now.
    pub(crate) fn setup(&self) -> Arc<Setup> {
        Arc::clone(&self.setup.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The tenant's domain.
    pub fn domain(&self) -> String {
        self.setup().config.domain.clone()
    }

    /// Whether an application of this client id is declared.
    pub fn declares(&self, client_id: &str) -> bool {
        self.setup().application(client_id).is_some()
    }

    /// Everything the tenant is made of, generated values and users that came to be included: what a new tenant of
    /// the same kind can be made from.
    pub fn config(&self) -> Config {
        let mut config = self.setup().config.clone();
        config.users = self.state.users().export(&config.sources);
        config
    }

    /// Changes the configuration while sessions, tokens and codes stay as they are. Start from [`config`](Self::config):
    /// a user that is missing from the new one is gone.
    ///
    /// # Errors
    /// Everything that is wrong in the new configuration; and a change of an application's type, which can be set
    /// only once.
    pub fn change(&self, config: Config) -> Result<(), Vec<ConfigProblem>> {
        let mut setup = self.setup.write().unwrap_or_else(PoisonError::into_inner);
        let mut problems = config.problems_after(&setup.config.sources);
        for (name, old) in setup.config.applications.iter() {
            let Some(new) = config.applications.get(name) else { continue };
            if old.kind != new.kind && old.kind != crate::config::ApplicationType::Unset {
                problems.push(
                    ConfigProblem::new(
                        ["applications", name, "type"],
                        format!("the type is {} and can be set only once", old.kind.words()),
                    )
                    .hint("declare another application, or reset the world"),
                );
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        self.state.users().redeclare(&config, &self.ground);
        *setup = Arc::new(Setup::new(config, &self.ground));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Config;
    use crate::config::{ApplicationType, UserEntry};
    use crate::scene::{self, Scene};

    #[test]
    fn an_export_makes_the_same_tenant_again() {
        let scene = Scene::new();
        scene.go_on(
            "/api/v2/sdk/social/wechat-mobile-register-bind",
            &scene.state_token("alice"),
            json!({ "wechat_code": "phone-13700137000" }),
        );
        let export = scene.idaas.config();
        let text = serde_json::to_string(&export).unwrap();
        let again = Scene::of(serde_json::from_str(&text).unwrap());
        assert_eq!(again.idaas.config(), export);
        assert_eq!(again.login("alice").text("status"), "SUCCESS");
    }

    #[test]
    fn ids_of_declared_users_hang_on_seed_and_key_only() {
        let id = |scene: Scene| scene.idaas.config().users.get("wu").unwrap().id.clone().unwrap();
        let alone = Scene::with(|config| {
            let wu = config.users.get("wu").unwrap().clone();
            config.users = [("wu", wu)].into_iter().collect();
        });
        assert_eq!(id(Scene::new()), id(alone));
    }

    #[test]
    fn sessions_live_on_through_a_change() {
        let scene = Scene::new();
        let login = scene.login("bob");
        scene.change(|config| {
            config.tokens.auto_renewal = true;
            config.users.insert("new", UserEntry { user_name: Some("new".to_owned()), ..UserEntry::default() });
        });
        let headers = [("session-token", &*login.text("session_token"))];
        let answer = scene.post_with("/api/v2/sdk/sso/session-token/id-token", &headers, json!(null));
        assert_eq!(answer.status, 200);
        assert!(scene.idaas.config().users.get("new").is_some());
    }

    #[test]
    fn a_source_can_be_removed_while_users_are_linked_through_it() {
        let scene = Scene::new();
        let removed = |config: &mut Config| {
            config.sources = Default::default();
            for (_, application) in config.applications.iter_mut() {
                application.sources = None;
            }
        };
        scene.change(removed);
        assert_eq!(scene.login("bob").refused(), (400, "COMMON.1009", "source_missing"));
        scene.change(|config| config.limits = false);
        scene.change(|config| config.sources = scene::config().sources);
        assert_eq!(scene.login("bob").text("status"), "SUCCESS");
    }

    #[test]
    fn every_key_of_the_configuration_is_described() {
        fn undescribed(schema: &serde_json::Value, path: &str, found: &mut Vec<String>) {
            let Some(members) = schema.as_object() else { return };
            for (name, member) in members {
                let path = format!("{path}.{name}");
                if let (true, Some(properties)) = (name == "properties", member.as_object()) {
                    let silent = properties.iter().filter(|(_, value)| value.get("description").is_none());
                    found.extend(silent.map(|(key, _)| format!("{path}.{key}")));
                }
                undescribed(member, &path, found);
            }
        }
        let mut found = Vec::new();
        undescribed(schemars::schema_for!(Config).as_value(), "", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn an_applications_type_is_set_once() {
        let scene = Scene::with(|config| config.applications.get_mut("shop").unwrap().kind = ApplicationType::Unset);
        let set = |kind| {
            let mut config = scene.idaas.config();
            config.applications.get_mut("shop").unwrap().kind = kind;
            scene.idaas.change(config)
        };
        assert!(set(ApplicationType::SdkApi).is_ok());
        let problems = set(ApplicationType::Oidc).unwrap_err();
        assert_eq!(problems[0].to_string(), "applications.shop.type: the type is SDK/API and can be set only once");
        assert_eq!(scene.login("bob").text("status"), "SUCCESS");
    }

    #[test]
    fn all_problems_of_a_configuration_are_told_at_once() {
        let config: Config = serde_json::from_value(json!({
            "applications": {
                "a": { "client_id": "same", "sources": ["wechat"] },
                "b": { "client_id": "same" },
                "c": { "client_id": " " },
            },
            "users": {
                "li": { "mobile": "13800138000", "email": "li@acme.example", "wechat": ["alice", { "openid": "o" }] },
                "wu": { "user_name": "li", "mobile": "+86 13800138000", "email": "LI@acme.example", "wechat": [{ "openid": "o" }] },
            },
        }))
        .unwrap();
        let problems: Vec<_> = config.problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "applications.a.sources.0: there is no source `wechat`",
                "applications.b.client_id: this client id is already that of `a`",
                "applications.c.client_id: a client id cannot be empty",
                "users.li.wechat.0: nobody here is called `alice`",
                "users.wu.user_name: this user name is already that of `li`",
                "users.wu.mobile: this mobile number is already that of `li`",
                "users.wu.email: this e-mail address is already that of `li`",
                "users.wu.wechat.0: this WeChat identity is already that of `li`",
            ]
        );
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error =
            serde_json::from_value::<Config>(json!({ "rules": { "mobile_not_fond": "register" } })).unwrap_err();
        assert!(error.to_string().starts_with("unknown field `mobile_not_fond`"), "{error}");
    }

    #[test]
    fn no_secret_shows_in_a_debug_print() {
        let text = format!("{:?}", scene::config());
        for secret in ["correct-horse", "13800138000", "0123456789abcdef0123456789abcdef", "o-bob"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}
