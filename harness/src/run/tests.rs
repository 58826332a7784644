//! Cases against targets that answer, and against one that is gone.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use lab::{Settings, WorldFile};

use super::case::{self, Record, Rules};
use super::target::{BoxFuture, InProcess, Target, Unreachable};
use super::{CaseId, CaseResult, FailureKind, Outcome, Selection};
use crate::check::check_files;

/// The cases of a scenario file with this text.
fn cases(text: &str) -> Vec<CaseId> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.yaml");
    std::fs::write(&path, text).unwrap();
    let checked = check_files(&[path.to_string_lossy()]);
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    Selection::default().of(&checked.scenarios)
}

fn ran(text: &str, target: &dyn Target) -> CaseResult {
    ran_and_recorded(text, target, Record::Failures)
}

fn ran_and_recorded(text: &str, target: &dyn Target, record: Record) -> CaseResult {
    let rules = Rules { timeout: Duration::from_secs(30), reveal: false, record };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let file = serde_json::to_value(WorldFile::ready()).unwrap();
    runtime.block_on(case::run(&cases(text)[0], target, &file, rules))
}

fn lab() -> InProcess {
    InProcess::new(Settings { world: case::pinned(WorldFile::ready()), ..Settings::default() }).unwrap()
}

#[derive(Debug)]
struct Gone;

impl Target for Gone {
    fn send(&self, _: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        let error = Unreachable {
            address: "http://gone.example".to_owned(),
            reason: "connection refused".to_owned(),
            lost: None,
        };
        Box::pin(std::future::ready(Err(error)))
    }
}

#[test]
fn a_target_that_is_gone_is_no_unmet_expectation() {
    let result = ran("scenario: s\nsteps:\n  - wx.login: {}\n    expect: { code: { is: login_code } }\n", &Gone);
    let failure = &result.failures()[0];
    assert_eq!(failure.kind, FailureKind::Environment);
    assert_eq!(failure.title, "http://gone.example cannot be reached: connection refused");
    assert!(failure.at.is_none() && failure.exchanges.is_empty());
}

#[test]
fn finally_runs_to_its_end_whatever_happened_before() {
    let text = "\
scenario: s
steps:
  - wx.login: {}
    expect: { errMsg: nothing like it }
  - wx.login: { as: bob }
    save: { code: code }
finally:
  - idaas.login: { code: $code }
  - clock.advance: 1m
    expect: { mode: real }
  - clock.advance: 1m
    expect: { mode: frozen }
";
    let result = ran(text, &lab());
    let told: Vec<_> = result.failures().iter().map(|f| (f.excerpt.line, f.at.unwrap().to_string())).collect();
    // The step that needs a code which was never saved has nothing to clean up, and is passed over.
    assert_eq!(told, [(3, "2026-03-01T09:00:00Z".to_owned()), (9, "2026-03-01T09:01:00Z".to_owned())]);
    assert_eq!(result.exchanges, 1);
}

#[test]
fn calls_are_those_of_the_step_and_not_of_the_ones_before() {
    let text = "\
scenario: s
steps:
  - wx.login: { as: bob }
    expect: { calls: { wechat: 1, idaas: 0 } }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { calls: { wechat: 1, idaas: 1 } }
    save: { session: session_token, id_token: id_token }
  - idaas.refresh: { session_token: $session }
    expect: { calls: { wechat: 0, idaas: 1 } }
  - idaas.claims: { id_token: $id_token }
    expect: { api: { userName: wu.jun }, iss: \"https://acme.example/api/v1/oauth2\", calls: { idaas: 1 } }
";
    let result = ran(text, &lab());
    assert!(matches!(result.outcome, Outcome::Passed), "{:#?}", result.failures());
    assert_eq!((result.exchanges, result.expectations), (5, 9));
}

#[test]
fn a_token_lives_as_long_as_the_worlds_clock_says() {
    let text = "\
scenario: s
steps:
  - wx.login: { as: bob }
    save: { code: code }
  - idaas.login: { code: $code }
    save: { id_token: id_token }
  - clock.to: { expiry_of: $id_token, minus: 1s }
  - idaas.claims: { id_token: $id_token }
    expect: { error: { is: absent } }
  - clock.to: { expiry_of: $id_token, plus: 1s }
  - idaas.claims: { id_token: $id_token }
    expect: { error: expired }
";
    let result = ran(text, &lab());
    assert!(matches!(result.outcome, Outcome::Passed), "{:#?}", result.failures());
}

const FIVE_MINUTES: &str = "\
scenario: s
steps:
  - wx.login: { as: bob }
    save: { code: code }
  - clock.advance: 5m1s
  - idaas.login: { code: $code }
    expect: { error: LOGIN.1001, error_msg: fine }
  - wx.login: { as: bob }
    expect: { errno: { is: absent } }
";

#[test]
fn a_case_that_failed_tells_every_step_with_its_time_and_its_exchanges() {
    let result = ran(FIVE_MINUTES, &lab());
    let told: Vec<_> = result
        .steps
        .iter()
        .map(|step| {
            let after = step.after.map_or_else(String::new, |at| at.to_string());
            format!("{} {:?} {after} {} {:?}", step.word, step.outcome, step.exchanges.len(), step.saved)
        })
        .collect();
    assert_eq!(
        told,
        [
            "wx.login Passed 2026-03-01T09:00:00Z 1 [\"code\"]",
            "clock.advance Passed 2026-03-01T09:05:01Z 0 []",
            "idaas.login Failed 2026-03-01T09:05:01Z 2 []",
            "wx.login Skipped  0 []",
        ]
    );
    let checks: Vec<_> =
        result.steps[2].checks.iter().map(|check| (check.path.as_str(), check.wanted.as_str(), check.ok)).collect();
    assert_eq!(checks, [("error", "LOGIN.1001", true), ("error_msg", "fine", false)]);
}

#[test]
fn a_case_that_passed_tells_its_steps_only_when_it_is_asked_to() {
    let text = "scenario: s\nsteps:\n  - wx.login: {}\n    expect: { code: { is: login_code } }\n";
    assert!(ran(text, &lab()).steps.is_empty());
    let result = ran_and_recorded(text, &lab(), Record::All);
    assert_eq!(result.steps.len(), 1);
    assert_eq!(result.steps[0].checks[0].was.as_deref(), Some("‹login code 1›"));
}

#[test]
fn a_result_can_be_read_back_from_json() {
    let result = ran(FIVE_MINUTES, &lab());
    let written = serde_json::to_value(&result).unwrap();
    let read: CaseResult = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
}

#[test]
fn a_case_is_named_by_its_file_and_its_line() {
    let text = "scenario: s\ncases:\n  - { name: a, x: 1 }\n  - { name: b, x: 2 }\nsteps:\n  - wx.login: {}\n    expect: { errno: $case.x }\n";
    let cases = cases(text);
    let named: Vec<_> = cases.iter().map(|case| (case.line(), case.full_name())).collect();
    assert_eq!(named, [(3, "s › a".to_owned()), (4, "s › b".to_owned())]);
    assert!(Path::new(&cases[0].file()).ends_with("s.yaml"));
}

#[test]
fn a_step_runs_only_when_its_condition_holds_and_else_saves_nothing() {
    let text = "\
scenario: s
steps:
  - wx.login: { as: bob }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: SUCCESS }
    save: visit
  - wx.login: { as: alice }
    when: { $visit.status: USER_REGISTER }
    save: { second: code }
  - idaas.login: { code: $second }
    when: { $second: { is: present } }
    expect: { status: USER_REGISTER, state_token: { is: jwt } }
  - idaas.refresh: { session_token: $visit.session_token }
    when: { $visit.status: SUCCESS, $visit.expire: { gt: 0 } }
    expect: { id_token: { is: jwt } }
";
    let result = ran(text, &lab());
    assert!(matches!(result.outcome, Outcome::Passed), "{:#?}", result.failures());
    assert_eq!(result.expectations, 2);
    let skipped: Vec<_> =
        result.skipped_steps.iter().map(|step| (step.line, step.word.as_str(), step.when.as_str())).collect();
    assert_eq!(skipped, [(8, "wx.login", "$visit.status"), (11, "idaas.login", "$second")]);
}

#[test]
fn a_case_whose_every_expectation_was_skipped_is_not_green() {
    let text = "\
scenario: s
steps:
  - wx.login: { as: bob }
    save: login
  - idaas.login: { code: $login.code }
    when: { $login.errMsg: something else }
    expect: { status: SUCCESS }
";
    let result = ran(text, &lab());
    let failure = &result.failures()[0];
    assert_eq!(failure.kind, FailureKind::Expectation);
    assert_eq!(failure.title, "nothing was checked: `when` skipped every step that expects something");
    let told = &failure.mismatches[0];
    assert_eq!((told.path.as_str(), told.was.as_deref()), ("$login.errMsg", Some("login:ok")));
}

#[test]
fn what_a_skipped_step_would_have_saved_is_told_where_it_is_missed() {
    let text = "\
scenario: s
steps:
  - wx.login: { as: bob }
    save: login
  - wx.login: { as: alice }
    when: { $login.errMsg: one }
    save: { code: code }
  - wx.login: { as: alice }
    when: { $login.errMsg: other }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: SUCCESS }
";
    let result = ran(text, &lab());
    let title = &result.failures()[0].title;
    assert!(
        title.starts_with("idaas.login needs a value that is not there: `$code` has no value: `when` skipped"),
        "{title}"
    );
    assert!(title.ends_with("s.yaml:8"), "{title}");
}
