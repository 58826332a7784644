//! What a world file says across its two sides: a user linked to a person, a source without an appid.

use idaas_core::config::{Config, LinkEntry, LinkedIdentity, Scenario, Source};
use mock_wechat::{DeviceProblem, WeChat};
use sim::{AppSecret, ConfigProblem, Ground};

use crate::suggest;

/// Where there is no mini program to take it from, any appid is welcome: this one, as in the vendor's examples.
const ANY_APPID: &str = "wx0123456789abcdef";

/// Fills a source's missing appid and secret from the first mini program. Under strict nothing is filled in, and a
/// source must name a mini program of the world.
pub(crate) fn fill_sources(idaas: &mut Config, wechat: &WeChat, ground: &Ground) -> Vec<ConfigProblem> {
    let apps = wechat.config().mini_programs;
    let mut problems = Vec::new();
    for (name, source) in idaas.sources.iter_mut() {
        if wechat.config().strict {
            problems.extend(unknown_app(name, source, apps.iter().map(|app| app.appid.as_str())));
            continue;
        }
        let appid = source
            .appid
            .get_or_insert_with(|| apps.first().map_or_else(|| ANY_APPID.to_owned(), |app| app.appid.clone()));
        if source.secret.is_none() {
            let declared = apps.iter().find(|app| app.appid == *appid).and_then(|app| app.secret.clone());
            let made = || AppSecret::new(ground.seed.identity("app secret", &[appid]).hex(32));
            source.secret = Some(declared.unwrap_or_else(made));
        }
    }
    problems
}

fn unknown_app<'a>(
    name: &str,
    source: &Source,
    appids: impl Iterator<Item = &'a str> + Clone,
) -> Option<ConfigProblem> {
    let path = ["idaas", "sources", name, "appid"];
    let Some(appid) = &source.appid else {
        return Some(
            ConfigProblem::new(path, "a strict world fills nothing in").hint("write the appid and the secret"),
        );
    };
    if appids.clone().any(|own| own == appid) {
        return None;
    }
    let problem = ConfigProblem::new(path, format!("the world has no mini program `{appid}`"));
    Some(match suggest::nearest(appid, appids) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint("declare it under `wechat.mini_programs`"),
    })
}

/// The appid of the source that a link is made through: the one that it names, else the first of the Mini Program
/// scenario, else the first.
fn appid_of<'a>(idaas: &'a Config, link: Option<&str>) -> Option<&'a str> {
    let source = match link {
        Some(name) => idaas.sources.get(name),
        None => {
            let sources = || idaas.sources.iter().map(|(_, source)| source);
            sources().find(|source| source.scenario == Scenario::MiniProgram).or_else(|| sources().next())
        }
    };
    source?.appid.as_deref()
}

/// Puts the identifiers of people in the place of their names.
pub(crate) fn resolve(idaas: &mut Config, wechat: &WeChat) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    let appid = appid_of(idaas, None).map(str::to_owned);
    for (key, user) in idaas.users.iter_mut() {
        for (index, link) in user.wechat.iter_mut().enumerate() {
            let LinkEntry::Person(person) = link else { continue };
            match wechat.identity(appid.as_deref(), person) {
                Ok(identity) => {
                    *link = LinkEntry::Identity(LinkedIdentity {
                        openid: identity.openid,
                        unionid: identity.unionid,
                        source: None,
                        id: None,
                        created_at: None,
                    });
                }
                Err(DeviceProblem { message, hint, .. }) => {
                    let path = ["idaas", "users", key, "wechat", &index.to_string()];
                    let problem = ConfigProblem::new(path, message);
                    problems.push(match hint {
                        Some(hint) => problem.hint(hint),
                        None => problem,
                    });
                }
            }
        }
    }
    problems
}
