//! A configuration made ready for looking things up.

use std::collections::HashMap;
use std::sync::Arc;

use sim::{AppSecret, ConfigProblem, Seed};

use crate::api_security::Keys;
use crate::config::{self, Config, EnvVersion, Payment, Platform as Phones, Standing};
use crate::names::Names;
use crate::{DeviceProblem, Phone};

/// The mini program of a world that declares none.
pub(crate) const BUILT_IN_APPID: &str = "wx0123456789abcdef";
const BUILT_IN_PERSON: &str = "alice";
const BUILT_IN_PHONE: &str = "+86 13800138000";

/// Appids that a world without declared mini programs gets to know; beyond that strangers are refused, so that nobody
/// fills the memory by inventing some.
const STRANGERS: usize = 100_000;

/// An Open Platform account.
#[derive(Debug, Clone)]
pub(crate) struct Platform {
    pub(crate) number: u32,
    pub(crate) name: Arc<str>,
}

/// A mini program, declared or welcome.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) number: u32,
    pub(crate) appid: Arc<str>,
    /// Its secret; none in a world where any is welcome.
    pub(crate) secret: Option<AppSecret>,
    pub(crate) platform: Option<Platform>,
    pub(crate) ip_whitelist: Option<Vec<String>>,
    pub(crate) env_version: EnvVersion,
    pub(crate) version: String,
    pub(crate) standing: Standing,
    /// The keys of signed calls, where API security is on.
    pub(crate) keys: Option<Arc<Keys>>,
}

/// A person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) name: Arc<str>,
    pub(crate) phones: Vec<Arc<Phone>>,
    pub(crate) nickname: Option<String>,
    pub(crate) avatar_url: Option<String>,
    /// What the quick button hands out, where it is not the usual number.
    pub(crate) quick_phone: Option<Arc<Phone>>,
    pub(crate) platform: Phones,
    pub(crate) privacy_not_agreed: bool,
    pub(crate) payments: Vec<Payment>,
}

/// The numbers that were given to names; they outlive every setup.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) apps: Names,
    pub(crate) people: Names,
    platforms: Names,
}

/// One configuration, ready for looking things up. It never changes: a change of the configuration makes a new one.
#[derive(Debug)]
pub(crate) struct Setup {
    /// The configuration, generated secrets included.
    pub(crate) config: Config,
    apps: Vec<Arc<App>>,
    apps_by_id: HashMap<Box<str>, usize>,
    people: Vec<Person>,
    people_by_name: HashMap<Arc<str>, usize>,
    /// The numbers of the people who are refused at the exchange.
    blocked: Vec<u32>,
}

impl Setup {
    /// Makes a configuration ready.
    pub(crate) fn new(mut config: Config, known: &Known, seed: Seed) -> Result<Self, Vec<ConfigProblem>> {
        let problems = config::problems(&config);
        if !problems.is_empty() {
            return Err(problems);
        }
        for app in &mut config.mini_programs {
            let appid = &app.appid;
            app.secret.get_or_insert_with(|| AppSecret::new(seed.identity("app_secret", &[appid]).hex(32)));
            if let Some(security) = &mut app.api_security {
                security.fill_in();
            }
        }
        let apps: Vec<_> = config
            .mini_programs
            .iter()
            .map(|app| {
                let platform = app.open_platform.as_deref();
                Arc::new(App {
                    number: known.apps.number(&app.appid),
                    appid: app.appid.as_str().into(),
                    secret: app.secret.clone(),
                    platform: platform.map(|name| Platform { number: known.platforms.number(name), name: name.into() }),
                    ip_whitelist: app.ip_whitelist.clone(),
                    env_version: app.env_version,
                    version: app.version.clone(),
                    standing: Standing::from(app),
                    keys: app.api_security.as_ref().and_then(|security| Keys::parse(security).ok()).map(Arc::new),
                })
            })
            .collect();
        let mut people: Vec<_> = config
            .people
            .iter()
            .map(|(name, person)| Person {
                number: known.people.number(name),
                name: name.into(),
                phones: person.numbers().cloned().map(Arc::new).collect(),
                nickname: person.nickname.clone(),
                avatar_url: person.avatar_url.clone(),
                quick_phone: person.quick_phone.clone().map(Arc::new),
                platform: person.platform,
                privacy_not_agreed: person.privacy_not_agreed,
                payments: person.payments.clone(),
            })
            .collect();
        let blocked = config.people.iter().filter(|(_, person)| person.blocked);
        let blocked = blocked.map(|(name, _)| known.people.number(name)).collect();
        if people.is_empty() && !config.strict {
            people.push(Person {
                number: known.people.number(BUILT_IN_PERSON),
                name: BUILT_IN_PERSON.into(),
                phones: BUILT_IN_PHONE.parse().into_iter().map(Arc::new).collect(),
                ..Person::default()
            });
        }
        let apps_by_id = apps.iter().enumerate().map(|(at, app)| (Box::from(&*app.appid), at)).collect();
        let people_by_name = people.iter().enumerate().map(|(at, person)| (Arc::clone(&person.name), at)).collect();
        Ok(Self { config, apps, apps_by_id, people, people_by_name, blocked })
    }

    /// Whether any appid is welcome.
    pub(crate) fn is_open(&self) -> bool {
        self.apps.is_empty() && !self.config.strict
    }

    /// Whether a mini program of this appid is declared.
    pub(crate) fn declares(&self, appid: &str) -> bool {
        self.apps_by_id.contains_key(appid)
    }

    /// Whether the person of this number is refused at the exchange.
    pub(crate) fn is_blocked(&self, person: u32) -> bool {
        self.blocked.contains(&person)
    }

    /// The declared mini programs.
    pub(crate) fn apps(&self) -> &[Arc<App>] {
        &self.apps
    }

    /// The people, the built-in one included.
    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    /// The mini program of this appid: a declared one, or any where any is welcome.
    pub(crate) fn app(&self, appid: &str, known: &Known) -> Option<Arc<App>> {
        if let Some(at) = self.apps_by_id.get(appid) {
            return Some(Arc::clone(&self.apps[*at]));
        }
        let is_welcome = self.is_open() && !appid.is_empty();
        if !is_welcome || (known.apps.len() >= STRANGERS && known.apps.find(appid).is_none()) {
            return None;
        }
        Some(Arc::new(App {
            number: known.apps.number(appid),
            appid: appid.into(),
            secret: None,
            platform: None,
            ip_whitelist: None,
            env_version: EnvVersion::default(),
            version: String::new(),
            standing: Standing::default(),
            keys: None,
        }))
    }

    /// The mini program that a call of the phone names, or the first.
    pub(crate) fn app_of_device(&self, appid: Option<&str>, known: &Known) -> Result<Arc<App>, DeviceProblem> {
        let problem = |message: String, hint: Option<String>| DeviceProblem { field: "appid", message, hint };
        let Some(appid) = appid else {
            return match self.apps.first() {
                Some(app) => Ok(Arc::clone(app)),
                None => self.app(BUILT_IN_APPID, known).ok_or_else(|| {
                    problem("this strict world declares no mini program".to_owned(), Some("declare one".to_owned()))
                }),
            };
        };
        self.app(appid, known).ok_or_else(|| {
            let ids = self.apps.iter().map(|app| &*app.appid);
            problem(format!("no mini program has the appid `{appid}`"), nearest(appid, ids))
        })
    }

    /// The person that a call of the phone names, or the first.
    pub(crate) fn person(&self, name: Option<&str>) -> Result<&Person, DeviceProblem> {
        let found = match name {
            None => self.people.first(),
            Some(name) => self.people_by_name.get(name).map(|at| &self.people[*at]),
        };
        found.ok_or_else(|| {
            let message = match name {
                Some(name) => format!("no person is called `{name}`"),
                None => "this strict world declares no person".to_owned(),
            };
            let hint = nearest(name.unwrap_or_default(), self.people.iter().map(|person| &*person.name));
            DeviceProblem { field: "person", message, hint }
        })
    }
}

/// "Did you mean …", or what there is.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.collect();
    let furthest = 1 + word.chars().count() / 4;
    let near = known.iter().map(|name| (strsim::osa_distance(word, name), name)).min_by_key(|(distance, _)| *distance);
    match near {
        None => None,
        Some((distance, name)) if distance <= furthest => Some(format!("did you mean `{name}`?")),
        Some(_) => {
            let shown: Vec<String> = known.iter().take(8).map(|name| format!("`{name}`")).collect();
            let more = if known.len() > shown.len() { " …" } else { "" };
            Some(format!("there is {}{more}", shown.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(text: &str, strict: bool) -> (Setup, Known) {
        let known = Known::default();
        let config = Config { strict, ..serde_json::from_str(text).unwrap() };
        (Setup::new(config, &known, Seed::new(7)).unwrap(), known)
    }

    const SHOP: &str = r#"{"mini_programs":[{"appid":"wx1"}],"people":{"alice":{},"bob":{}}}"#;

    #[test]
    fn where_no_mini_program_is_declared_any_is_welcome() {
        let (setup, known) = setup("{}", false);
        assert_eq!(&*setup.app_of_device(None, &known).unwrap().appid, BUILT_IN_APPID);
        assert!(setup.app("wx-anything", &known).unwrap().secret.is_none());
        assert!(setup.app("", &known).is_none() && !setup.declares("wx-anything"));
        assert_eq!(&*setup.person(None).unwrap().name, "alice");
    }

    #[test]
    fn a_strict_world_welcomes_nobody() {
        let (setup, known) = setup("{}", true);
        assert!(setup.app("wx1", &known).is_none());
        let problem = setup.app_of_device(None, &known).unwrap_err();
        assert_eq!(problem.to_string(), "this strict world declares no mini program");
        assert_eq!(setup.person(None).unwrap_err().message, "this strict world declares no person");
    }

    #[test]
    fn once_one_is_declared_others_are_unknown() {
        let (setup, known) = setup(SHOP, false);
        assert!(setup.declares("wx1") && setup.app("wx2", &known).is_none());
        let problem = setup.app_of_device(Some("wx2"), &known).unwrap_err();
        assert_eq!((problem.field, problem.hint.as_deref()), ("appid", Some("did you mean `wx1`?")));
    }

    #[test]
    fn a_misspelt_person_is_told_the_nearest_name() {
        let (setup, _) = setup(SHOP, false);
        let problem = setup.person(Some("alicia")).unwrap_err();
        assert_eq!((problem.field, problem.message.as_str()), ("person", "no person is called `alicia`"));
        assert_eq!(problem.hint.as_deref(), Some("did you mean `alice`?"));
        assert_eq!(setup.person(Some("zoe")).unwrap_err().hint.as_deref(), Some("there is `alice`, `bob`"));
    }

    #[test]
    fn a_secret_that_is_left_out_is_made_from_the_seed() {
        let secret = |setup: &Setup| setup.config.mini_programs[0].secret.as_ref().unwrap().expose().to_owned();
        let (one, two) = (setup(SHOP, false).0, setup(SHOP, false).0);
        assert_eq!((secret(&one).len(), secret(&one)), (32, secret(&two)));
    }
}
