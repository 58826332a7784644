//! Cases against targets that answer, and against one that is gone.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use lab::{Settings, WorldFile};

use super::case::{self, Record, Rules};
use super::target::{BoxFuture, InProcess, Target, Unreachable};
use super::watch::Stopper;
use super::{CaseId, CaseResult, FailureKind, Outcome, Selection, Skip, Snapshots};
use crate::check::check_files;

/// The cases of a scenario file with this text; or of the file of that name.
fn cases(text: &str) -> Vec<CaseId> {
    let folder = tempfile::tempdir().unwrap();
    let path = if text.ends_with(".yaml") { text.into() } else { folder.path().join("s.yaml") };
    if !text.ends_with(".yaml") {
        std::fs::write(&path, text).unwrap();
    }
    let checked = check_files(&[path.to_string_lossy()]);
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    Selection::default().of(&checked.scenarios)
}

fn ran(text: &str, target: &dyn Target) -> CaseResult {
    ran_and_recorded(text, target, Record::Failures)
}

fn ran_and_recorded(text: &str, target: &dyn Target, record: Record) -> CaseResult {
    ran_by(Rules { timeout: Duration::from_secs(30), reveal: false, record }, text, target)
}

fn ran_within(timeout: Duration, text: &str, target: &dyn Target) -> CaseResult {
    ran_by(Rules { timeout, reveal: false, record: Record::Failures }, text, target)
}

fn ran_by(rules: Rules, text: &str, target: &dyn Target) -> CaseResult {
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

/// WeChat is busy for 25 seconds, and the phone's number is asked for until it answers.
fn busy(retry: &str) -> String {
    format!(
        "\
scenario: s
steps:
  - wechat.token: {{}}
    save: {{ token: access_token }}
  - wx.getPhoneNumber: {{ as: bob }}
    save: {{ phone: code }}
  - fault.inject:
      where: {{ endpoint: /wxa/business/getuserphonenumber }}
      when: {{ until: 2026-03-01T09:00:25Z }}
      what: {{ error: -1 }}
  - wechat.getuserphonenumber: {{ access_token: $token, code: $phone }}
    retry: {{ until: {{ errcode: 0, phone_info: {{ countryCode: \"86\" }} }}, {retry} }}
    save: {{ number: phone_info.phoneNumber }}
  - journal.read: {{ path: /wxa/business/getuserphonenumber }}
    expect: {{ exchanges: {{ length: 4 }} }}
  - note: the number is there
    wechat.token: {{}}
    when: {{ $number: {{ is: string }} }}
    expect: {{ access_token: {{ is: present }} }}
"
    )
}

#[test]
fn a_step_is_tried_again_until_its_answer_fits_and_the_clock_moves_meanwhile() {
    let result = ran(&busy("every: 10s, for: 5m"), &lab());
    assert!(matches!(result.outcome, Outcome::Passed), "{:#?}", result.failures());
    assert_eq!((result.expectations, result.skipped_steps.len()), (4, 0));
}

#[test]
fn a_retry_that_is_given_up_tells_its_tries_and_the_last_answer() {
    for (retry, told) in [
        ("every: 10s, for: 20s", "in 3 tries over 20s of virtual time"),
        ("every: 2s, times: 5", "in 5 tries over 8s of virtual time"),
        ("every: 10s, for: 9s", "in one try"),
    ] {
        let result = ran(&busy(retry), &lab());
        let failure = &result.failures()[0];
        assert_eq!(failure.title, format!("wechat.getuserphonenumber did not answer as expected, {told}"));
        assert_eq!(failure.exchanges.len(), 1, "only the last try is told");
        let wanted: Vec<_> = failure.mismatches.iter().map(|mismatch| mismatch.path.as_str()).collect();
        assert_eq!(wanted, ["errcode", "phone_info"]);
    }
}

#[test]
fn on_a_clock_that_runs_a_retry_waits_and_the_time_limit_ends_it() {
    let text = "\
scenario: s
steps:
  - clock.resume: {}
  - wx.login: {}
    retry: { until: { errMsg: never }, every: 1ms, times: 3 }
";
    let title = ran(text, &lab()).failures()[0].title.clone();
    assert!(title.starts_with("wx.login did not answer as expected, in 3 tries over "), "{title}");

    let for_ever = text.replace("every: 1ms, times: 3", "every: 1h, for: 9h");
    let result = ran_within(Duration::from_millis(50), &for_ever, &lab());
    assert_eq!(result.failures()[0].title, "it took longer than 50ms of real time");
}

#[test]
fn a_flow_is_tried_again_as_a_whole_and_what_it_skipped_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("f.yaml"),
        "flow: ask\ninputs: { at: }\nsteps:\n  - clock.advance: 0s\n    save: { now: now }\n  - wx.login: {}\n    \
         when: { $now: $with.at }\n    expect: { errMsg: \"login:ok\" }\noutputs: { now: $now }\n",
    )
    .unwrap();
    let text = "scenario: s\nsteps:\n  - use: { flow: f.yaml, with: { at: never } }\n    \
                retry: { until: { now: \"2026-03-01T09:00:03Z\" }, times: 9 }\n";
    let path = folder.path().join("s.yaml");
    std::fs::write(&path, text).unwrap();
    let result = ran(&path.to_string_lossy(), &lab());
    assert!(matches!(result.outcome, Outcome::Passed), "{:#?}", result.failures());
    assert_eq!((result.expectations, result.skipped_steps.len()), (1, 1));
}

const CLEANS_UP: &str = "\
scenario: s
steps:
  - wx.login: { as: bob }
    save: { code: code }
  - clock.resume: {}
  - wx.login: {}
    retry: { until: { errMsg: never }, every: 1h, for: 9h }
    save: { never: code }
finally:
  - idaas.login: { code: $code }
    expect: { status: SUCCESS }
  - idaas.login: { code: $never }
  - wx.login: { as: bob }
    expect: { errMsg: \"login:ok\" }
";

#[test]
fn finally_runs_after_a_time_limit_with_what_was_saved() {
    let result = ran_within(Duration::from_millis(50), CLEANS_UP, &lab());
    let titles: Vec<_> = result.failures().iter().map(|failure| failure.title.as_str()).collect();
    assert_eq!(titles, ["it took longer than 50ms of real time"]);
    // Two logins on the phone, then the one at IDaaS with its exchange, and the last on the phone.
    assert_eq!(result.exchanges, 5);
}

#[test]
fn finally_runs_after_an_interruption_with_what_was_saved() {
    let lab = lab();
    let file = serde_json::to_value(WorldFile::ready()).unwrap();
    let rules = Rules { timeout: Duration::from_secs(30), reveal: false, record: Record::Failures };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cases = cases(CLEANS_UP);
    let stopper = Stopper::new();
    stopper.stop();
    let watch = stopper.watch(None);
    let result = runtime.block_on(case::run_watched(&cases[0], &lab, &file, rules, Snapshots::Compare, &watch));
    assert!(matches!(result.outcome, Outcome::Skipped { why: Skip::Interrupted }), "{:?}", result.outcome);
    let journal = runtime.block_on(lab.send(Request::get("/__admin/v1/journal").body(Bytes::new()).unwrap())).unwrap();
    let journal: serde_json::Value = serde_json::from_slice(journal.body()).unwrap();
    // It was stopped after the first step.
    assert_eq!(journal["last"], 4, "{journal}");
}
