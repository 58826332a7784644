//! `cases:` from a file: each row is a test of its own, and what is wrong with one is told in its file.

use std::path::PathBuf;

use harness::run::{Selection, Summary};

use super::folder::{Folder, summary};

const USER: &str = "\
scenario: A code has an age
cases: { from: ages.csv }
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - clock.advance: $case.wait
  - wechat.jscode2session: { js_code: $code }
    expect: { errcode: $case.errcode, openid: { is: $case.openid } }
";

const AGES: &str = "\
name,wait,errcode,openid
in time,4m59s,,openid
\"late, but for a second\",5m1s,40029,absent
";

#[test]
fn the_rows_of_a_table_are_tests_of_their_own() {
    let folder = Folder::of(&[("a.yaml", USER), ("ages.csv", AGES)]);
    assert_eq!(folder.cases(&["."]), ["in time", "late, but for a second"]);
    let cases = Selection::default().of(&folder.check(&["a.yaml"]).scenarios);
    assert_eq!(cases[1].selector(), format!("{}:3", folder.path("ages.csv")));
    assert_eq!(summary(cases), Summary { passed: 2, failed: 0, skipped: 0 });
}

#[test]
fn a_row_is_selected_by_its_line_in_its_own_file_and_all_of_them_by_the_scenario() {
    let folder = Folder::of(&[("s/a.yaml", USER), ("s/b.yaml", "flow: x\nsteps: [ wx.login: ]\n"), ("ages.csv", AGES)]);
    assert_eq!(folder.cases(&["ages.csv:3"]), ["late, but for a second"]);
    assert_eq!(folder.cases(&["ages.csv:2", "ages.csv:3"]).len(), 2);
    assert_eq!(folder.cases(&["ages.csv"]).len(), 2);
    assert_eq!(folder.cases(&["s/a.yaml:4"]).len(), 2);
    assert_eq!(folder.cases(&["s", "ages.csv:3"]).len(), 2);
    assert_eq!(folder.cases(&["ages.csv:7"]).len(), 0);
}

#[test]
fn rows_can_be_a_list_in_a_yaml_file_and_hold_whole_values() {
    let user = USER
        .replace("ages.csv", "rows/ages.yaml")
        .replace("{ errcode: $case.errcode, openid: { is: $case.openid } }", "$case.then");
    let rows = "- { name: in time, wait: 4m59s, then: { openid: { is: openid } } }\n- name: late\n  wait: 5m1s\n  then: { error: 40029 }\n";
    let folder = Folder::of(&[("a.yaml", &user), ("rows/ages.yaml", rows)]);
    assert_eq!(folder.cases(&["."]), ["in time", "late"]);
    assert_eq!(folder.cases(&["rows/ages.yaml:3"]), ["late"]);
    assert_eq!(summary(Selection::default().of(&folder.check(&["."]).scenarios)).passed, 2);
}

#[test]
fn a_cell_is_a_text_or_a_number_as_its_use_wants_it() {
    let user = "\
scenario: The same cell
cases: { from: rows.csv }
steps:
  - http: { path: /sns/jscode2session, query: { js_code: $case.number } }
    expect: { errcode: { gt: $case.number }, http_status: $case.status, errmsg: { length: { gte: $case.number } } }
  - wx.getUserInfo: { as: alice, withCredentials: $case.yes }
    expect: { errMsg: { ends_with: \"ok${case.nothing}\" } }
  - outbox.read: { to: $case.number }
    expect: { error: no_message }
";
    let rows = "name,number,status,yes,nothing\n007,7,200,false,\n";
    let folder = Folder::of(&[("a.yaml", user), ("rows.csv", rows)]);
    assert_eq!(folder.cases(&["."]), ["007"]);
    assert_eq!(summary(Selection::default().of(&folder.check(&["."]).scenarios)).failed, 0);
}

#[test]
fn what_is_wrong_with_a_cell_is_told_in_the_table() {
    let folder = Folder::of(&[
        ("a.yaml", USER),
        ("ages.csv", "name,wait,errcode,openid,left over\n李娜,soon,,openid,1\n李娜,1s,,opnid,\n"),
    ]);
    insta::assert_snapshot!(folder.told("a.yaml"));
}

#[test]
fn a_table_in_no_order_is_told_and_the_steps_are_still_read() {
    let folder = Folder::of(&[
        ("a.yaml", &USER.replace("expect: {", "expct: {")),
        ("ages.csv", "name,wait\nin time,4m59s,\n\"late\n"),
    ]);
    insta::assert_snapshot!(folder.told("a.yaml"));
}

#[test]
fn rows_that_cannot_be_had_are_told() {
    let wrong = [
        ("keys.yaml", "{ form: ages.csv }"),
        ("text.yaml", "ages.csv"),
        ("other.yaml", "{ from: keys.yaml }"),
        ("nothing.yaml", "{ from: nothing.csv }"),
        ("nameless.yaml", "{ from: nameless.csv }"),
        ("large.yaml", "{ from: large.csv }"),
        ("many.yaml", "{ from: many.csv }"),
    ];
    let mut files: Vec<(&str, String)> =
        wrong.iter().map(|(name, from)| (*name, USER.replace("{ from: ages.csv }", from))).collect();
    files.push(("nothing.csv", "name,wait\n".to_owned()));
    files.push(("nameless.csv", "nme,wait,errcode,openid\n1,2s,,\n2,2s,,\n".to_owned()));
    files.push(("large.csv", format!("name,wait\n{}", "x,1s\n".repeat(500_000))));
    files.push((
        "many.csv",
        format!("name,wait,errcode,openid\n{}", (0..1500).map(|row| format!("{row},1s,,openid\n")).collect::<String>()),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = Folder::of(&files);
    let told: Vec<String> = wrong.iter().map(|(name, _)| folder.told(name)).collect();
    insta::assert_snapshot!(told.join("\n\n").replace(folder.path("").trim_end_matches('/'), "."));
}

#[test]
fn rows_that_nobody_uses_are_told() {
    let folder = Folder::of(&[("rows.yaml", "- { name: a, x: 1 }\n"), ("lonely.csv", "name,x\na,1\n")]);
    let told: Vec<String> =
        folder.check(&[".", "lonely.csv"]).problems.into_iter().map(|problem| problem.title).collect();
    let shown = |name: &str| format!("no scenario uses these rows: {}", PathBuf::from(folder.path(name)).display());
    assert_eq!(told, [shown("lonely.csv"), shown("rows.yaml")]);
}
