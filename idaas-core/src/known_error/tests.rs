//! The whole table: each answer byte for byte, and no refusal without a row or a way out.

use std::collections::BTreeSet;
use std::fmt::Write;

use bytes::Bytes;
use http::Method;

use super::{KnownError, refusals};
use crate::config::Edition;
use crate::refusal::{Refusal, StateTokenUse, TokenProblem, Trouble};
use crate::scene::{Scene, request};

const USER_API: &str = "/api/v2/sdk/social/bind";
const SERVER_API: &str = "/api/v2/tenant/users";
const OAUTH2: &str = "/api/v1/oauth2/token";

fn body(scene: &Scene, path: &str, error: &KnownError, language: &str) -> String {
    let request = request(Method::POST, path, &[("X-L", language)], Bytes::new());
    let answer = scene.idaas.fail(&request, error, vec![]);
    assert_eq!(answer.response.status(), error.status());
    String::from_utf8(answer.response.body().to_vec()).unwrap()
}

#[test]
fn every_refusal_has_its_bytes_in_both_editions_and_languages() {
    let scenes = [Edition::Ciam, Edition::Eiam].map(|edition| Scene::with(|config| config.edition = edition));
    let mut text = String::new();
    for error in refusals() {
        writeln!(text, "{} {:?} {}", error.rule(), error.source(), error.status().as_u16()).unwrap();
        let paths: &[&str] = match &error.refusal {
            Refusal::Client(_) | Refusal::BearerToken(_) => &[SERVER_API, OAUTH2],
            Refusal::PermissionMissing(_) | Refusal::TenantUserUnknown(_) | Refusal::SsoTicket(_) => &[SERVER_API],
            Refusal::GrantTypeUnsupported
            | Refusal::PasswordGrant
            | Refusal::AuthorizationCode(_)
            | Refusal::RedirectDiffers
            | Refusal::VerifierWrong
            | Refusal::RefreshToken(_)
            | Refusal::ResponseType
            | Refusal::NobodyAgrees => &[OAUTH2],
            _ => &[USER_API],
        };
        let mut bodies = Vec::new();
        for (path, scene) in paths.iter().flat_map(|path| scenes.iter().map(move |scene| (path, scene))) {
            bodies.extend(["zh", "en"].map(|language| body(scene, path, error, language)));
        }
        for (index, body) in bodies.iter().enumerate() {
            if !bodies[..index].contains(body) {
                writeln!(text, "  {body}").unwrap();
            }
        }
    }
    insta::assert_snapshot!("refusals", text);
}

/// The kinds of refusal, numbered without a gap. A new one does not compile until it has a number here, and is not
/// green until it has a row.
fn number(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::NoSuchPath => 0,
        Refusal::WrongMethod(_) => 1,
        Refusal::DeviceHeaderMissing(_) => 2,
        Refusal::ClientIdMissing => 3,
        Refusal::ClientUnknown => 4,
        Refusal::ApplicationDisabled => 5,
        Refusal::ApplicationNotSdk(_) => 6,
        Refusal::BodyNotJson => 7,
        Refusal::FieldMissing(_) => 8,
        Refusal::FieldFormat(_) => 9,
        Refusal::FieldUnusable { .. } => 10,
        Refusal::StateToken(..) => 11,
        Refusal::IdToken(_) => 12,
        Refusal::SessionToken(_) => 13,
        Refusal::NoSource => 14,
        Refusal::SourceNotEnabled => 15,
        Refusal::SourceOfOtherScenario(_) => 16,
        Refusal::SourceIncomplete => 17,
        Refusal::WeChatRefused { .. } => 18,
        Refusal::WeChatUnreachable => 19,
        Refusal::WeChatUnreadable => 20,
        Refusal::UserNotFound(_) => 21,
        Refusal::NotBound => 22,
        Refusal::MobileNotBound => 23,
        Refusal::IdentityTaken => 24,
        Refusal::UserAlreadyLinked => 25,
        Refusal::Taken(_) => 26,
        Refusal::RegistrationClosed => 27,
        Refusal::VerifyMeansOff(_) => 28,
        Refusal::RecordUnknown => 29,
        Refusal::UserDisabled => 30,
        Refusal::UserNameUnknown { .. } => 31,
        Refusal::PasswordWrong { .. } => 32,
        Refusal::UserLocked { .. } => 33,
        Refusal::PasswordNotAllowed { .. } => 34,
        Refusal::CaptchaWrong(_) => 35,
        Refusal::CodeNotSent(_) => 36,
        Refusal::CodeWrong(_) => 37,
        Refusal::Trouble(_) => 38,
        Refusal::Client(_) => 39,
        Refusal::BearerToken(_) => 40,
        Refusal::PermissionMissing(_) => 41,
        Refusal::TenantUserUnknown(_) => 42,
        Refusal::GrantTypeUnsupported => 43,
        Refusal::PasswordGrant => 44,
        Refusal::AuthorizationCode(_) => 45,
        Refusal::RedirectDiffers => 46,
        Refusal::VerifierWrong => 47,
        Refusal::RefreshToken(_) => 48,
        Refusal::ResponseType => 49,
        Refusal::NobodyAgrees => 50,
        Refusal::SsoTicket(_) => 51,
    }
}

#[test]
fn no_refusal_is_without_a_row() {
    let numbers: BTreeSet<_> = refusals().map(|error| number(&error.refusal)).collect();
    let highest = numbers.last().copied().unwrap_or_default();
    assert_eq!(numbers, (0..=highest).collect());
    let rules: BTreeSet<_> = refusals().map(KnownError::rule).collect();
    for problem in TokenProblem::ALL {
        for refusal in [
            Refusal::StateToken(problem, StateTokenUse::Social),
            Refusal::StateToken(problem, StateTokenUse::Password),
            Refusal::IdToken(problem),
            Refusal::SessionToken(problem),
            Refusal::BearerToken(problem),
            Refusal::SsoTicket(problem),
            Refusal::AuthorizationCode(problem),
            Refusal::RefreshToken(problem),
        ] {
            let (_, rule) = refusal.answer();
            assert!(rules.contains(rule), "{rule}");
        }
    }
    for trouble in Trouble::ALL {
        let (_, rule) = Refusal::Trouble(trouble).answer();
        assert!(rules.contains(rule), "{rule}");
    }
}

#[test]
fn a_row_is_found_by_its_rule_and_its_code() {
    let mut seen = BTreeSet::new();
    for error in refusals() {
        assert!(seen.insert((error.rule(), error.tail(Edition::Ciam))), "{} stands twice", error.rule());
        assert_eq!(super::known_error(error.rule()).map(KnownError::rule), Some(error.rule()));
        for edition in [Edition::Ciam, Edition::Eiam] {
            assert!(super::known_error(error.tail(edition)).is_some(), "{}", error.tail(edition));
        }
    }
}

#[test]
fn every_refusal_says_what_it_means_and_what_to_do() {
    for error in refusals() {
        for sentence in [error.means(), error.remedy()] {
            assert!(sentence.len() > 10 && !sentence.ends_with('.'), "{}: {sentence}", error.rule());
            assert!(!sentence.contains("  "), "{}: {sentence}", error.rule());
        }
    }
}

#[test]
fn every_refused_call_ends_its_story_with_the_way_out() {
    let scene = Scene::new();
    for error in refusals() {
        let request = request(Method::POST, "/api/v2/sdk/login", &[], Bytes::new());
        let answer = scene.idaas.fail(&request, error, vec!["a fault plan asked for it".to_owned()]);
        let story = answer.note.refusal.unwrap().story;
        assert_eq!(story, ["a fault plan asked for it", error.remedy()]);
    }
    let refused = scene.post("/api/v2/sdk/login/wechat-miniprogram", serde_json::json!({}));
    let story = refused.refusal.unwrap().story;
    assert_eq!(
        story,
        [
            "the field `code` is missing, null or blank",
            "send the field that the message names, as a string that is not blank"
        ]
    );
}
