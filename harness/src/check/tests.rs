use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::language::{Action, Answer, Mismatch, Save, Scope};

/// Checks files that are written into a folder of their own.
fn check(files: &[(&str, &str)], wanted: &str) -> Checked {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    check_files(&[folder.path().join(wanted).to_str().unwrap()])
}

fn good(files: &[(&str, &str)], wanted: &str) -> Vec<Arc<Scenario>> {
    let checked = check(files, wanted);
    let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, [""; 0]);
    checked.scenarios
}

fn problems(text: &str) -> Vec<String> {
    let checked = check(&[("a.yaml", text)], "a.yaml");
    checked.problems.into_iter().map(|problem| format!("{}: {}", problem.place.line(), problem.title)).collect()
}

fn argument(scenario: &Scenario, case: usize, step: usize, scope: &Scope) -> Value {
    match &scenario.cases[case].steps[step].action {
        Action::Call { argument, .. } => argument.evaluate(scope).unwrap(),
        Action::Use { .. } => panic!("a call was expected"),
    }
}

const FIRST_VISIT: &str = "\
scenario: A first visit binds an account; later visits are silent
tags: [login, bind]
covers: [mini-program-login, bind-wechat-mobile, refresh]
world: { like: worlds/shop-bind.yaml }                # policy: bind

steps:
  - wx.login: { as: alice }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: SOCIAL_BIND, state_token: { is: jwt }, id_token: { is: absent } }
    save: { pending: state_token }
  - wx.getPhoneNumber: { as: alice }
    save: { phone: code }
  - idaas.wechat_mobile_bind: { state_token: $pending, wechat_code: $phone }
    expect: { status: SUCCESS, expire: 432000 }
    save: visit
  - idaas.claims: { id_token: $visit.id_token }        # fetches the keys, verifies, then shows the claims
    expect: { api: { mobile: +86-13800138000, userName: li.na } }   # `api` is JSON text; this word decodes it
  - clock.advance: 29m
  - idaas.refresh: { session_token: $visit.session_token }
    expect: { id_token: { not: $visit.id_token }, calls: { wechat: 0 } }
";

const SHOP: &str = "\
wechat:
  mini_programs:
    - { appid: wx0123456789abcdef, secret: 0123456789abcdef0123456789abcdef }
  people:
    alice: { phone: \"+86 13800138000\" }
idaas:
  domain: acme.example
  sources:
    wechat: { appid: wx0123456789abcdef, secret: 0123456789abcdef0123456789abcdef }
";

#[test]
fn a_story_becomes_steps_that_send_save_and_expect() {
    let scenarios = good(
        &[
            ("login/first.yaml", FIRST_VISIT),
            ("worlds/shop.yaml", SHOP),
            (
                "worlds/shop-bind.yaml",
                "like: shop.yaml\nidaas: { sources: { wechat: { when_not_associated: bind } } }\n",
            ),
        ],
        "login",
    );
    let [scenario] = scenarios.as_slice() else { panic!("one scenario was expected") };
    assert_eq!(scenario.name, "A first visit binds an account; later visits are silent");
    assert_eq!(scenario.covers, ["mini-program-login", "bind-wechat-mobile", "refresh"]);
    let case = &scenario.cases[0];
    let world = &case.world.as_ref().unwrap().file;
    assert_eq!(world.pointer("/idaas/sources/wechat/when_not_associated"), Some(&json!("bind")));
    assert_eq!(world.pointer("/idaas/domain"), Some(&json!("acme.example")));
    let words: Vec<_> = case.steps.iter().map(crate::language::Step::word).collect();
    assert_eq!(words[..3], ["wx.login", "idaas.login", "wx.getPhoneNumber"]);
    assert_eq!(Scenario::expectations(case), 9);

    let mut scope = Scope::new();
    let code = Answer { fields: json!({"errMsg": "login:ok", "code": "0abc"}), ..Answer::default() };
    assert_eq!(case.steps[0].save.keep(&code, &mut scope), []);
    assert_eq!(argument(scenario, 0, 1, &scope), json!({"code": "0abc"}));
    assert_eq!(argument(scenario, 0, 5, &scope), json!({"by": "29m"}));
    assert!(matches!(&case.steps[3].save, Save::Whole { name, .. } if name == "visit"));
}

#[test]
fn cases_are_put_in_place_as_values_and_as_expectations() {
    let text = "\
scenario: A login code lives five minutes
cases:
  - { name: just in time,    wait: 4m59s, outcome: { status: SUCCESS } }
  - { name: one second late, wait: 5m1s,  outcome: { error: LOGIN.1001 } }
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - clock.advance: $case.wait
    note: after ${case.wait}
  - idaas.login: { code: $code }
    expect: $case.outcome
";
    let scenarios = good(&[("a.yaml", text)], "a.yaml");
    let scenario = &scenarios[0];
    let names: Vec<_> = scenario.cases.iter().filter_map(|case| case.name.as_deref()).collect();
    assert_eq!(names, ["just in time", "one second late"]);
    assert_eq!(argument(scenario, 0, 1, &Scope::new()), json!({"by": "4m59s"}));
    assert_eq!(argument(scenario, 1, 1, &Scope::new()), json!({"by": "5m1s"}));
    assert_eq!(scenario.cases[1].steps[1].note.as_deref(), Some("after 5m1s"));
    let late = &scenario.cases[1].steps[2];
    let refused = Answer::from_http(400, Vec::new(), br#"{"error_code":"IDAAS.SDK.LOGIN.1001","error_msg":"x"}"#);
    assert_eq!(late.check(&refused, &Scope::new()), []);
    assert_eq!(late.expect.as_ref().unwrap().error.as_ref().unwrap().place.line(), 4);
}

#[test]
fn a_line_selects_its_case_or_the_whole_scenario() {
    let text = "\
scenario: One
cases:
  - { name: a, by: 1s }
  - { name: b, by: 2s }
steps:
  - clock.advance: $case.by
    expect: { now: { is: time } }
---
scenario: Two
steps:
  - clock.advance: 1s
    expect: { now: { is: time } }
";
    let selected = |line: usize| -> Vec<String> {
        let scenarios = good(&[("a.yaml", text)], &format!("a.yaml:{line}"));
        let cases = scenarios.iter().flat_map(|scenario| {
            scenario.cases.iter().map(|case| format!("{} {}", scenario.name, case.name.as_deref().unwrap_or("-")))
        });
        cases.collect()
    };
    assert_eq!(selected(4), ["One b"]);
    assert_eq!(selected(6), ["One a", "One b"]);
    assert_eq!(selected(11), ["Two -"]);
    assert_eq!(selected(99), [""; 0]);
}

#[test]
fn a_used_flow_has_its_inputs_its_outputs_and_its_own_names() {
    let flow = "\
flow: log in
inputs: { person: { default: alice }, wait: }
steps:
  - wx.login: { as: $with.person }
    save: { code: code }
  - clock.advance: $with.wait
  - idaas.login: { code: $code }
    expect: { status: SUCCESS }
    save: visit
outputs: { token: $visit.id_token }
";
    let scenario = "\
scenario: Uses it
steps:
  - use: { flow: flows/login.yaml, with: { wait: 1m } }
    save: { token: token }
  - idaas.claims: { id_token: $token }
";
    let scenarios = good(&[("x/a.yaml", scenario), ("flows/login.yaml", flow)], "x");
    let Action::Use { flow, inputs } = &scenarios[0].cases[0].steps[0].action else { panic!("a flow was expected") };
    assert_eq!((flow.name.as_str(), flow.steps.len()), ("log in", 3));
    let inputs = inputs.iter().map(|(name, value)| (name.clone(), value.evaluate(&Scope::new()).unwrap()));
    let mut scope = Scope::of_flow(inputs);
    let Action::Call { argument, .. } = &flow.steps[1].action else { panic!("a call was expected") };
    assert_eq!(argument.evaluate(&scope).unwrap(), json!({"by": "1m"}));
    scope.set("visit", json!({"id_token": "t"}));
    assert_eq!(flow.outputs[0].1.evaluate(&scope).unwrap(), json!("t"));
    assert_eq!(Scenario::expectations(&scenarios[0].cases[0]), 1);
}

#[test]
fn a_broken_file_does_not_keep_the_good_ones_from_being_used() {
    let good = "scenario: Good\nsteps:\n  - wx.login: {}\n    expect: { code: { is: login_code } }\n";
    let checked =
        check(&[("a.yaml", good), ("b.yaml", "scenario: [\n"), (".hidden/c.yaml", "x"), ("notes.txt", "x")], "");
    assert_eq!(checked.scenarios.len(), 1);
    assert_eq!(checked.problems.len(), 1);
    assert_eq!(checked.files.len(), 2);
}

#[test]
fn a_save_that_one_case_uses_is_used() {
    let text = "\
scenario: Two ways
cases:
  - { name: same,  token: { not: $first.session_token } }
  - { name: other, token: { is: session_token } }
steps:
  - idaas.auth: { user_name: li, password: x }
    save: first
  - idaas.auth: { user_name: li, password: x }
    expect: { session_token: $case.token }
";
    assert_eq!(problems(text), [""; 0]);
}

#[test]
fn finally_sees_what_the_steps_saved() {
    let text = "\
scenario: Cleans up
steps:
  - idaas.auth: { user_name: li, password: x }
    save: visit
    expect: { status: SUCCESS }
finally:
  - idaas.logout: { session_token: $visit.session_token }
";
    assert_eq!(problems(text), [""; 0]);
}

#[test]
fn a_vendors_field_of_a_word_of_ours_stands_under_body() {
    let text = "\
scenario: Words
steps:
  - http: { path: /x }
    expect: { http_status: 404, header: { Content-Type: { contains: json } }, body: { error: [1, { is: number }] } }
";
    let scenarios = good(&[("a.yaml", text)], "a.yaml");
    let step = &scenarios[0].cases[0].steps[0];
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let answer = Answer::from_http(404, headers.clone(), br#"{"error":[1,2]}"#);
    assert_eq!(step.check(&answer, &Scope::new()), []);
    let other = Answer::from_http(404, Vec::new(), br#"{"error":[1,"2",3]}"#);
    let paths: Vec<String> = step.check(&other, &Scope::new()).into_iter().map(|mismatch| mismatch.path).collect();
    assert_eq!(paths, ["header.Content-Type", "body.error[1]", "body.error"]);
}

/// All mismatches of `expect` with an answer, each on a line.
fn mismatches(expect: &str, answer: &Answer) -> Vec<String> {
    let text = format!("scenario: x\nsteps:\n  - idaas.keys: {{}}\n    expect: {expect}\n");
    let scenarios = good(&[("a.yaml", &text)], "a.yaml");
    let told = |mismatch: Mismatch| {
        let was = mismatch.was.map_or_else(|| "absent".to_owned(), |was| was.to_string());
        let note = mismatch.note.map(|note| format!(" ({note})")).unwrap_or_default();
        format!("{}: wanted {}, was {was}{note}", mismatch.path, mismatch.wanted)
    };
    scenarios[0].cases[0].steps[0].check(answer, &Scope::new()).into_iter().map(told).collect()
}

#[test]
fn all_mismatches_are_told_with_what_was_wanted_and_what_was_there() {
    let answer = Answer::from_http(
        200,
        Vec::new(),
        br#"{"status":"SUCCESS","expire":"432000","list":[{"a":1},{"a":2}],"empty":[],"deep":{"x":{"y":1,"z":2}}}"#,
    );
    insta::assert_snapshot!(
        mismatches(
            "{ status: { one_of: [A, B] }, expire: 432000, list: [{ a: 1 }], empty: { each: { is: string } }, \
             deep: { exactly: { x: { y: 2 } } }, gone: { not: x }, also: { is: jwt }, http_status: 201, calls: { wechat: 1 } }",
            &answer
        )
        .join("\n"),
        @r#"
        http_status: wanted 201, was 200
        calls.wechat: wanted 1, was 0
        status: wanted A or B, was "SUCCESS"
        expire: wanted 432000, was "432000" (the answer is a text: put the expected value in quotes)
        list: wanted 1 item, was [{"a":1},{"a":2}] (there are 2 items; for some of them use `contains`)
        empty: wanted each item a text, was [] (`each` wants at least one item; for none, use `{ is: empty }`)
        deep.x.y: wanted 2, was 1
        deep.x.z: wanted absent: `exactly` allows no other field, was 2
        gone: wanted not x, was absent (`not` wants a value that is there; for one that is not, use `{ is: absent }`)
        also: wanted a JWT: three parts, a JSON header first, was absent
        "#
    );
}

#[test]
fn one_matcher_beside_words_of_ours_is_about_the_whole_answer() {
    let answer = Answer::from_http(200, Vec::new(), br#"{"status":"SUCCESS","expire":1}"#);
    let all = "{ http_status: 200, exactly: { status: SUCCESS, expire: 1 }, calls: { wechat: 0 } }";
    assert_eq!(mismatches(all, &answer), [""; 0]);
    assert_eq!(
        mismatches("{ http_status: 200, exactly: { status: SUCCESS } }", &answer),
        ["expire: wanted absent: `exactly` allows no other field, was 1"]
    );
}

#[test]
fn a_step_that_is_refused_is_not_green_because_a_field_is_absent() {
    let refused = Answer::from_http(400, Vec::new(), br#"{"error_code":"IDAAS.SDK.LOGIN.1001","error_msg":"no"}"#);
    assert_eq!(
        mismatches("{ id_token: { is: absent } }", &refused),
        ["error: wanted absent: the step must not be refused, was \"LOGIN.1001\" (it says: no)"]
    );
    for expect in ["{ error: LOGIN.1001 }", "{ error_code: { ends_with: LOGIN.1001 } }", "{ http_status: 400 }"] {
        assert_eq!(mismatches(expect, &refused), [""; 0], "{expect}");
    }
    assert_eq!(mismatches("{ http_status: 200 }", &refused).len(), 2);
}

#[test]
fn a_hundred_files_are_checked_in_a_moment() {
    let files: Vec<(String, String)> =
        (0..100).map(|at| (format!("s/{at}.yaml"), FIRST_VISIT.replace("A first", &format!("{at}")))).collect();
    let mut all: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    all.push(("worlds/shop-bind.yaml", SHOP));
    assert_eq!(good(&all, "s").len(), 100);
}

#[test]
fn a_path_that_is_not_there_is_a_problem() {
    let checked = check_files(&["no/such/file.yaml"]);
    assert!(checked.problems[0].to_string().starts_with("no/such/file.yaml:1:1: the file cannot be read"));
    assert_eq!(checked.files, [Path::new("no/such/file.yaml")]);
}

#[test]
fn a_world_may_be_like_one_that_ships_with_the_program() {
    let text = "\
scenario: Like ready
world: { like: ready, seed: 9 }
steps:
  - wx.login: { as: alice }
    expect: { code: { is: login_code } }
";
    let scenarios = good(&[("a.yaml", text)], "a.yaml");
    let world = scenarios[0].cases[0].world.as_ref().unwrap();
    assert_eq!(world.file["seed"], 9);
    assert!(world.file["wechat"]["people"]["alice"].is_object());
}

#[test]
fn a_column_may_change_the_world_of_its_case() {
    let text = "\
scenario: Policies
cases:
  - { name: bind, policy: bind, status: SOCIAL_BIND }
  - { name: register, policy: bind_or_register, status: USER_REGISTER }
world: { like: ready, idaas: { sources: { wechat: { when_not_associated: $case.policy } } } }
steps:
  - wx.login: {}
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: $case.status }
";
    let scenarios = good(&[("a.yaml", text)], "a.yaml");
    let policy = |case: usize| {
        let world = scenarios[0].cases[case].world.as_ref().unwrap();
        world.file["idaas"]["sources"]["wechat"]["when_not_associated"].clone()
    };
    assert_eq!([policy(0), policy(1)], ["bind", "bind_or_register"]);
}

#[test]
fn a_world_can_be_checked_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.yaml");
    std::fs::write(&path, SHOP).unwrap();
    assert_eq!(check_world_file(&path).unwrap().file["idaas"]["domain"], "acme.example");
    std::fs::write(&path, "sed: 1\nseed: x\n").unwrap();
    assert_eq!(check_world_file(&path).unwrap_err().len(), 2);
}

#[test]
fn ten_megabytes_and_bytes_without_an_end_are_refused() {
    let large = format!("scenario: {}\n", "名".repeat(3_400_000));
    let checked = check(&[("a.yaml", &large)], "a.yaml");
    assert_eq!(checked.problems[0].title, "the file is too large: at most 2 MiB are read");
    assert!(checked.problems[0].render(crate::problem::Style::Plain).len() < 2000);
    if Path::new("/dev/zero").exists() {
        assert_eq!(check_files(&["/dev/zero"]).problems.len(), 1);
    }
}

#[test]
fn flows_that_multiply_are_refused() {
    let flow =
        |name: &str, next: &str| format!("flow: {name}\nsteps:\n{}", format!("  - use: {next}.yaml\n").repeat(40));
    let files = [
        (
            "a.yaml",
            "scenario: Many\nsteps:\n  - use: b.yaml\n  - idaas.keys: {}\n    expect: { keys: { length: 1 } }\n"
                .to_owned(),
        ),
        ("b.yaml", flow("b", "c")),
        ("c.yaml", flow("c", "d")),
        ("d.yaml", flow("d", "e")),
        ("e.yaml", "flow: e\nsteps:\n  - idaas.keys: {}\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let checked = check(&files, "a.yaml");
    assert_eq!(checked.problems[0].title, "this runs 129640 steps, at most 20000 are run");
}

#[test]
fn large_files_that_are_wrong_everywhere_are_told_in_a_moment() {
    let steps = "  - idaas.bind: { mobile: $a, x: ${y }\n    save: { z: q, w: r }\n".repeat(5_000);
    let columns: String = (0..5_000).map(|at| format!("  - {{ name: a{at}, b{at}: 1 }}\n")).collect();
    let checked = check(&[("a.yaml", &format!("scenario: x\ncases:\n{columns}steps:\n{steps}"))], "a.yaml");
    assert!(checked.scenarios.is_empty());
    assert!(checked.problems.len() <= 101);
    let steps = "  - idaas.bind: { mobile: $a, x: y }\n    save: { z: q, w: r }\n".repeat(5_000);
    let checked = check(&[("a.yaml", &format!("scenario: x\nsteps:\n{steps}"))], "a.yaml");
    assert_eq!(checked.problems.len(), 101);
}

#[test]
fn a_case_knows_which_of_its_steps_run() {
    let text = "\
scenario: Each platform has a login of its own
cases:
  - { name: on an iPhone, platform: ios }
  - { name: on an Android, platform: android }
steps:
  - wx.login: { as: alice }
    when: { $case.platform: ios }
    save: { code: code }
  - wx.login: { as: bob }
    when: { $case.platform: { not: ios } }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: { is: present } }
finally:
  - idaas.login: { code: $code }
    when: { $case.platform: ios }
";
    let scenarios = good(&[("a.yaml", text)], "a.yaml");
    let skipped = |case: usize| -> Vec<bool> {
        scenarios[0].cases[case].steps.iter().map(crate::language::Step::never_runs).collect()
    };
    assert_eq!(skipped(0), [false, true, false]);
    assert_eq!(skipped(1), [true, false, false]);
}

#[test]
fn a_step_that_never_runs_and_a_case_that_checks_nothing_are_told() {
    let text = |wanted: &str| {
        format!(
            "scenario: s\ncases: [ {{ name: a, p: ios }}, {{ name: b, p: android }} ]\nsteps:\n  - wx.login: {{}}\n    \
             when: {{ $case.p: {wanted} }}\n    expect: {{ code: {{ is: present }} }}\n"
        )
    };
    assert_eq!(problems(&text("ios")), ["2: a case that expects nothing"]);
    assert_eq!(problems(&text("windows")), ["2: a case that expects nothing", "4: a step that never runs"]);
}

#[test]
fn a_boundary_makes_three_cases_of_each_row_and_a_line_selects_its_moment() {
    let boundary = "\
steps:
  - wx.login: {}
    save: { code: code }
  - idaas.login: { code: $code }
    boundary:
      of: { expiry_of: $code }
      before: { status: SUCCESS }
      at: { status: SUCCESS }
      after: { error: LOGIN.1001 }
      by: 1ms
";
    let names =
        |scenario: &Scenario| -> Vec<String> { scenario.cases.iter().filter_map(|case| case.name.clone()).collect() };
    let plain = format!("scenario: s\n{boundary}");
    let scenarios = good(&[("a.yaml", &plain)], "a.yaml");
    assert_eq!(names(&scenarios[0]), ["just before", "at", "just after"]);
    let mut scope = Scope::new();
    scope.set("code", json!("0abc"));
    assert_eq!(argument(&scenarios[0], 0, 1, &scope), json!({"expiry_of": "0abc", "minus": "1ms"}));
    assert_eq!(argument(&scenarios[0], 1, 1, &scope), json!({"expiry_of": "0abc"}));
    assert_eq!(argument(&scenarios[0], 2, 1, &scope), json!({"expiry_of": "0abc", "plus": "1ms"}));
    assert_eq!(scenarios[0].cases.iter().map(Scenario::expectations).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(names(&good(&[("a.yaml", &plain)], "a.yaml:10")[0]), ["just after"]);

    let rows = format!("scenario: s\ncases:\n  - {{ name: one, x: 5m }}\n  - {{ name: two, x: 6m }}\n{boundary}");
    let rows = rows.replace("expiry_of: $code", "in: $case.x");
    let scenarios = good(&[("a.yaml", &rows)], "a.yaml:4");
    assert_eq!(names(&scenarios[0]), ["two › just before", "two › at", "two › just after"]);
    assert_eq!(argument(&scenarios[0], 0, 1, &scope), json!({"by": "5m59s999ms"}));
    assert_eq!(argument(&scenarios[0], 2, 1, &scope), json!({"by": "6m1ms"}));
}
