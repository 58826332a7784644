//! `matrix:`: every combination is a test of its own.

use harness::run::{Selection, Summary};

use super::folder::{Folder, summary};

const PATIENCE: &str = "\
scenario: A token is had on any phone
world: { wechat: { people: { alice: { phone: \"+86 13800138000\", platform: $matrix.platform } } } }
matrix:
  platform: [ios, android]
  fault:
    - none
    - token_fight
  exclude:
    - { platform: ios, fault: token_fight }
steps:
  - fault.inject: $matrix.fault
  - wechat.token: {}
    expect: { access_token: { is: access_token } }
";

#[test]
fn every_combination_but_the_excluded_ones_is_a_test_with_a_world_of_its_own() {
    let folder = Folder::of(&[("a.yaml", PATIENCE)]);
    assert_eq!(folder.cases(&["a.yaml"]), ["ios · none", "android · none", "android · token_fight"]);
    let scenarios = folder.check(&["a.yaml"]).scenarios;
    let platform = |case: usize| {
        let world = scenarios[0].cases[case].world.as_ref().unwrap();
        world.file.pointer("/wechat/people/alice/platform").cloned()
    };
    assert_eq!((platform(0), platform(2)), (Some("ios".into()), Some("android".into())));
    assert_eq!(summary(Selection::default().of(&scenarios)), Summary { passed: 3, failed: 0, skipped: 0 });
}

#[test]
fn the_line_of_a_value_selects_its_combinations() {
    let folder = Folder::of(&[("a.yaml", PATIENCE)]);
    assert_eq!(folder.cases(&["a.yaml:7"]), ["android · token_fight"]);
    assert_eq!(folder.cases(&["a.yaml:6"]), ["ios · none", "android · none"]);
    assert_eq!(folder.cases(&["a.yaml:4"]).len(), 3);
    assert_eq!(folder.cases(&["a.yaml:10"]).len(), 3);
}

#[test]
fn rows_and_combinations_multiply_and_a_value_can_be_a_mapping_with_a_name() {
    let text = "\
scenario: Every row with every combination
cases: [ { name: at once, more: 0s }, { name: later, more: 1s } ]
matrix:
  age:
    - { name: fresh, wait: 1s, openid: openid, error: { is: absent }, key: 1d }
    - { name: stale, wait: 6m, openid: absent, error: 40029, key: 2d }
  who: [alice]
world: { wechat: { rules: { session_key_life: $matrix.age.key } } }
steps:
  - wx.login: { as: $matrix.who }
    save: { code: code }
  - clock.advance: $case.more
  - clock.advance: $matrix.age.wait
  - wechat.jscode2session: { js_code: $code }
    expect: { openid: { is: $matrix.age.openid }, error: $matrix.age.error }
";
    let folder = Folder::of(&[("a.yaml", text)]);
    let names =
        ["at once · fresh · alice", "at once · stale · alice", "later · fresh · alice", "later · stale · alice"];
    assert_eq!(folder.cases(&["a.yaml"]), names);
    assert_eq!(folder.cases(&["a.yaml:2"]).len(), 4);
    assert_eq!(summary(Selection::default().of(&folder.check(&["a.yaml"]).scenarios)).failed, 0);
}

#[test]
fn what_is_wrong_with_a_matrix_is_told_all_at_once() {
    let steps = "\
steps:
  - wx.login: { as: $matrix.who, ap: x }
    expect: { code: { is: login_code } }
";
    let wrong = [
        ("empty.yaml", "matrix: {}"),
        ("list.yaml", "matrix: [ios, android]"),
        ("values.yaml", "matrix: { who: [alice, alice], platform: ios, os: [], 1st: [a], fault: [[a], { x: 1 }] }"),
        ("exclude.yaml", "matrix: { who: [alice], exclude: [ { whom: alice }, { who: bob }, {}, { who: [alice] } ] }"),
        ("nothing.yaml", "matrix: { who: [alice], exclude: [ { who: alice }, { who: alice } ] }"),
        (
            "idle.yaml",
            "matrix: { who: [alice, bob], os: [a, b], exclude: [ { who: alice, os: a }, { who: alice, os: a } ] }",
        ),
        ("unknown.yaml", "matrix: { whom: [alice] }"),
        ("without.yaml", "note: no matrix"),
        (
            "many.yaml",
            "matrix: { who: [a, b, c, d, e, f, g, h, i, j], x: [a, b, c, d, e, f, g, h, i, j], y: [a, b, c, d, e, f, g, h, i, j], z: [a, b] }",
        ),
    ];
    let files: Vec<(&str, String)> =
        wrong.iter().map(|(name, matrix)| (*name, format!("scenario: A login\n{matrix}\n{steps}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = Folder::of(&files);
    let told: Vec<String> = wrong.iter().map(|(name, _)| folder.told(name)).collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_flow_sees_no_matrix_and_no_save_is_called_so() {
    let text = "\
scenario: A login
matrix: { who: [alice] }
steps:
  - use: { flow: flow.yaml, with: { who: $matrix.who } }
    save: matrix
  - wx.login: { as: alice }
    expect: { errMsg: login:ok }
";
    let flow = "flow: log in\ninputs: { who: }\nsteps:\n  - wx.login: { as: $with.who, app: $matrix.app }\n";
    let folder = Folder::of(&[("a.yaml", text), ("flow.yaml", flow)]);
    insta::assert_snapshot!(folder.told("a.yaml"));
}
