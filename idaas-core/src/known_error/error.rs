//! One row of the table, the walk through it, and the answer that was asked for.

use bytes::Bytes;
use http::{Request, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{calls, codes, oauth2, tenant, tokens, troubles, users, wechat};
use crate::answer::{self, Answer};
use crate::config::Edition;
use crate::idaas::Idaas;
use crate::language::Language;
use crate::refusal::{Refusal, StateTokenUse};

/// Where the knowledge of an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A page of the vendor states the code or shows it in an example, or the standard does that the service follows.
    Documented,
    /// It was seen by people who integrate the service.
    Observed,
    /// The vendor's pages are silent; it follows from what they say elsewhere.
    Inferred,
    /// The emulator's own: the service has no such answer.
    Made,
}

/// A way in which the tenant refuses a call: its rule, its answer, and what to do about it.
#[derive(Debug)]
pub struct KnownError {
    /// The refusal, with typical values where its text names some.
    pub(super) refusal: Refusal,
    pub(super) source: Source,
    pub(super) means: &'static str,
    pub(super) remedy: &'static str,
}

/// A row of the table.
pub(super) const fn row(refusal: Refusal, source: Source, means: &'static str, remedy: &'static str) -> KnownError {
    KnownError { refusal, source, means, remedy }
}

impl KnownError {
    /// The stable name of its rule: `state_token_expired`.
    pub fn rule(&self) -> &'static str {
        self.refusal.answer().1
    }

    /// Its code without the prefix, in an edition: `COMMON.1007`.
    pub fn tail(&self, edition: Edition) -> &'static str {
        self.refusal.answer().0.text(edition, Language::English).tail
    }

    /// Its text in an edition and a language, with typical values.
    pub fn text(&self, edition: Edition, language: Language) -> String {
        self.refusal.answer().0.text(edition, language).text.into_owned()
    }

    /// The HTTP status of its answer.
    pub fn status(&self) -> StatusCode {
        self.refusal.answer().0.text(Edition::Ciam, Language::English).status
    }

    /// Where the knowledge of it comes from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// What it means, a sentence.
    pub fn means(&self) -> &'static str {
        self.means
    }

    /// What to do about it, a sentence.
    pub fn remedy(&self) -> &'static str {
        self.remedy
    }

    /// The refusal as a call to `path` meets it: the state_tokens of password and second factor calls answer with
    /// another code than those of binds.
    fn at(&self, path: &str) -> Refusal {
        let of_password = path.starts_with("/api/v2/sdk/pwd/") || path.starts_with("/api/v2/sdk/mfa/");
        match &self.refusal {
            Refusal::StateToken(problem, StateTokenUse::Social) if of_password => {
                Refusal::StateToken(*problem, StateTokenUse::Password)
            }
            other => other.clone(),
        }
    }
}

/// Every way in which the tenant refuses a call.
///
/// ```
/// use idaas_core::config::Edition;
///
/// let expired = idaas_core::refusals().find(|error| error.rule() == "state_token_expired").unwrap();
/// assert_eq!((expired.tail(Edition::Ciam), expired.status().as_u16()), ("COMMON.1007", 400));
/// ```
pub fn refusals() -> impl Iterator<Item = &'static KnownError> {
    [calls::ROWS, tokens::ROWS, wechat::ROWS, users::ROWS, codes::ROWS, tenant::ROWS, oauth2::ROWS, troubles::ROWS]
        .into_iter()
        .flatten()
}

/// What to do about a refusal, by the name of its rule.
pub(crate) fn remedy_of(rule: &str) -> Option<&'static str> {
    refusals().find(|error| error.rule() == rule).map(|error| error.remedy)
}

/// A refusal by the name of its rule (`state_token_expired`) or by its code, with or without prefix (`COMMON.1008`).
/// Where several rules share a code, the one that stands first in the table.
///
/// ```
/// let busy = idaas_core::known_error("COMMON.1008").unwrap();
/// assert_eq!((busy.rule(), busy.status().as_u16()), ("system_busy", 500));
/// assert!(idaas_core::known_error("no_such_rule").is_none());
/// ```
pub fn known_error(name_or_code: &str) -> Option<&'static KnownError> {
    let tail = name_or_code.strip_prefix("IDAAS.").unwrap_or(name_or_code);
    let tail = tail.strip_prefix("SDK.").unwrap_or(tail);
    refusals()
        .find(|error| error.rule() == name_or_code)
        .or_else(|| refusals().find(|error| error.tail(Edition::Ciam) == tail))
        .or_else(|| refusals().find(|error| error.tail(Edition::Eiam) == tail))
}

impl Idaas {
    /// Answers a call with an error that was asked for, in the words of this tenant and this call. `story` says who
    /// asked for it and why.
    pub fn fail(&self, request: &Request<Bytes>, error: &KnownError, story: Vec<String>) -> Answer {
        answer::planned(error.at(request.uri().path()), story, self.dialect(request), self.ground.now())
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use super::*;
    use crate::scene::{LOGIN, Scene, request};

    fn failed(scene: &Scene, path: &str, headers: &[(&str, &str)], name: &str) -> (u16, String, sim::Refusal) {
        let request = request(Method::POST, path, headers, Bytes::new());
        let answer = scene.idaas.fail(&request, known_error(name).unwrap(), vec!["a fault plan".to_owned()]);
        let text = String::from_utf8(answer.response.body().to_vec()).unwrap();
        (answer.response.status().as_u16(), text, answer.note.refusal.unwrap())
    }

    #[test]
    fn an_error_is_found_by_its_rule_and_by_its_code_with_or_without_prefix() {
        for name in ["wechat_refused", "LOGIN.1001", "SDK.LOGIN.1001", "IDAAS.SDK.LOGIN.1001"] {
            assert_eq!(known_error(name).map(KnownError::rule), Some("wechat_refused"), "{name}");
        }
        assert_eq!(known_error("COMMON.1003").map(KnownError::rule), Some("device_header_missing"), "employee edition");
        assert!(known_error("COMMON.9999").is_none());
    }

    #[test]
    fn a_planned_error_is_told_in_the_language_and_edition_of_the_call() {
        let scene = Scene::new();
        let (status, text, refusal) = failed(&scene, LOGIN, &[], "system_busy");
        assert_eq!(
            (status, text.as_str()),
            (500, r#"{"error_code":"IDAAS.SDK.COMMON.1008","error_msg":"The system is busy. Try again later"}"#)
        );
        assert_eq!((refusal.rule.as_str(), refusal.code.as_str()), ("system_busy", "COMMON.1008"));
        assert_eq!(refusal.story[0], "a fault plan");
        let scene = Scene::with(|config| config.edition = Edition::Eiam);
        let (_, text, _) = failed(&scene, LOGIN, &[("X-L", "")], "session_token_expired");
        assert_eq!(text, r#"{"error_code":"SDK.COMMON.1005","error_msg":"session_token已过期"}"#);
    }

    #[test]
    fn a_state_token_is_told_as_the_path_tells_it() {
        let scene = Scene::with(|config| config.edition = Edition::Eiam);
        let code = |path: &str| {
            let (_, text, _) = failed(&scene, path, &[], "state_token_expired");
            serde_json::from_str::<Value>(&text).unwrap()["error_code"].as_str().unwrap().to_owned()
        };
        assert_eq!(code("/api/v2/sdk/social/bind"), "IDAAS.SDK.COMMON.1007", "a bind page");
        assert_eq!(code("/api/v2/sdk/pwd/update"), "SDK.COMMON.1007");
        let scene = Scene::new();
        assert!(failed(&scene, "/api/v2/sdk/mfa/sms", &[], "state_token_used").1.contains("PARAM.0014"));
    }

    #[test]
    fn a_disabled_user_is_a_status_and_not_an_error() {
        let (status, text, _) = failed(&Scene::new(), LOGIN, &[], "user_disabled");
        assert_eq!((status, text.as_str()), (200, r#"{"status":"ACCESS_DENIED"}"#));
    }
}
