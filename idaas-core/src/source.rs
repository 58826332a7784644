//! Which WeChat source a call goes through, or what is missing for one.

use crate::call::Call;
use crate::config::{Scenario, Source};
use crate::refusal::{Refusal, Refused};
use crate::wechat::{App, Errand, WeChatFailure};

/// A WeChat source that is ready for use.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    /// Its name in the configuration.
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) app: App,
}

impl Call<'_> {
    /// The source that serves this application's mini program: the first of its enabled ones that is made for it.
    pub(crate) fn source(&self) -> Result<Ready, Refused> {
        let config = &self.setup.config;
        if config.sources.is_empty() {
            return Err(Refusal::NoSource.into());
        }
        let who = self.client.name.as_deref();
        let listed = who.and_then(|name| config.applications.get(name)).and_then(|app| app.sources.as_ref());
        let enabled: Vec<(&str, &Source)> = match listed {
            Some(names) => names.iter().filter_map(|name| Some((name.as_str(), config.sources.get(name)?))).collect(),
            None if config.strict => Vec::new(),
            None => config.sources.iter().collect(),
        };
        let application = who.map_or_else(|| "this application".to_owned(), |name| format!("application `{name}`"));
        let Some((first, other)) = enabled.first() else {
            let known: Vec<_> = config.sources.iter().map(|(name, _)| format!("`{name}`")).collect();
            return Err(Refusal::SourceNotEnabled.because(format!(
                "{application} enables none; the tenant has {}, to be listed under the application's `sources`",
                known.join(", ")
            )));
        };
        let Some((name, _)) = enabled.iter().find(|(_, source)| source.scenario == Scenario::MiniProgram) else {
            return Err(Refusal::SourceOfOtherScenario(other.scenario).because(format!(
                "{application} enables `{first}`; a mini program needs the scenario `mini_program`"
            )));
        };
        self.source_named(name)
    }

    /// The source of this name, if it is still there and complete: the one that a flow began with.
    pub(crate) fn source_named(&self, name: &str) -> Result<Ready, Refused> {
        let source = self.setup.config.sources.get(name).ok_or_else(|| {
            Refused::from(Refusal::NoSource).because(format!("the source `{name}` was removed meanwhile"))
        })?;
        let (Some(appid), Some(secret)) = (&source.appid, &source.secret) else {
            return Err(Refusal::SourceIncomplete.because(format!("source `{name}` needs `appid` and `secret`")));
        };
        let app = App { appid: appid.clone(), secret: secret.clone(), token_call: source.token_call };
        Ok(Ready { name: name.to_owned(), source: source.clone(), app })
    }
}

impl Ready {
    /// What a call asks WeChat for, in the name of this source's mini program.
    pub(crate) fn errand<'a>(&'a self, call: &'a Call<'_>) -> Errand<'a> {
        Errand { app: &self.app, calls: &call.setup.config.wechat_calls, events: &call.events }
    }

    /// What a failed call to WeChat means for the caller.
    pub(crate) fn failed(&self, failure: WeChatFailure) -> Refused {
        let refusal = match &failure {
            WeChatFailure::Refused { errcode, .. } => Refusal::WeChatRefused { errcode: *errcode },
            WeChatFailure::Unreachable { .. } => Refusal::WeChatUnreachable,
            WeChatFailure::Unreadable { .. } => Refusal::WeChatUnreadable,
        };
        refusal
            .because(failure.to_string())
            .because(format!("the call was made for source `{}` with AppID {}", self.name, self.app.appid))
    }
}
