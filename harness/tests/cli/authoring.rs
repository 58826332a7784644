//! `fmt`, `new`, `completions` and `man`: what people use while they write.

use std::io::Write;
use std::process::Stdio;

use crate::sandbox::{RIGHT, Sandbox, snapshot, told};

/// A scenario as somebody in a hurry writes it.
const HASTY: &str = "\
scenario: A first visit is told to register
steps:
- save: {code: code}
  wx.login: {as: alice}
# the answer of a stranger
- idaas.login: {code: $code}
  expect: {status:   USER_REGISTER}
tags: [login,smoke]
";

const BROKEN: &str = "scenario: Nothing\nsteps: [\n";

#[test]
fn files_are_formatted_in_place_and_stay_so() {
    let sandbox = Sandbox::new().file("scenarios/right.yaml", RIGHT).file("scenarios/hasty.yaml", HASTY);
    snapshot!(sandbox.run("fmt"), @r"
    exit 0
    ----- stdout
    formatted scenarios/hasty.yaml
    1 file formatted, 1 in order
    ");
    snapshot!(sandbox.read("scenarios/hasty.yaml"), @r"
    scenario: A first visit is told to register
    tags: [login, smoke]
    steps:
      - wx.login: { as: alice }
        save: { code: code }
      # the answer of a stranger
      - idaas.login: { code: $code }
        expect: { status: USER_REGISTER }
    ");
    snapshot!(sandbox.run("fmt scenarios"), @r"
    exit 0
    ----- stdout
    0 files formatted, 2 in order
    ");
    assert_eq!(sandbox.code("run"), 0);
    assert_eq!(sandbox.stdout("fmt -q"), "");
}

#[test]
fn a_check_of_the_format_writes_nothing_and_exits_with_1() {
    let sandbox = Sandbox::new().file("scenarios/hasty.yaml", HASTY);
    snapshot!(sandbox.run("fmt --check"), @r"
    exit 1
    ----- stdout
    would change scenarios/hasty.yaml
    1 file would change, 0 in order
    ");
    snapshot!(sandbox.run("fmt --check -v scenarios/hasty.yaml"));
    assert_eq!(sandbox.read("scenarios/hasty.yaml"), HASTY);
}

#[test]
fn a_file_that_is_not_yaml_is_left_alone_and_the_others_are_formatted() {
    let sandbox = Sandbox::new().file("scenarios/hasty.yaml", HASTY).file("scenarios/broken.yaml", BROKEN);
    snapshot!(sandbox.run("fmt"));
    assert_eq!(sandbox.read("scenarios/broken.yaml"), BROKEN);
    assert_ne!(sandbox.read("scenarios/hasty.yaml"), HASTY);
    snapshot!(sandbox.run("fmt nowhere.yaml"), @r"
    exit 3
    ----- stdout
    0 files formatted, 0 in order
    ----- stderr
    error: the file cannot be read: No such file or directory (os error 2)
    --> nowhere.yaml

    1 problem found; those files are left as they are
    ");
    snapshot!(Sandbox::new().run("fmt"), @r"
    exit 4
    ----- stderr
    error: no file in .
    hint: files end in .yaml or .yml
    ");
}

fn piped(sandbox: &Sandbox, arguments: &str, text: &str) -> String {
    let mut child =
        sandbox.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    told(child.wait_with_output().unwrap())
}

#[test]
fn an_editor_formats_what_it_has_over_stdin() {
    let sandbox = Sandbox::new();
    snapshot!(piped(&sandbox, "fmt -", "a:   {b: 1}\n"), @r"
    exit 0
    ----- stdout
    a: { b: 1 }
    ");
    snapshot!(piped(&sandbox, "fmt --check -", "a:   {b: 1}\n"), @r"
    exit 1
    ----- stdout
    would change stdin
    ");
    snapshot!(piped(&sandbox, "fmt -", BROKEN), @r"
    exit 3
    ----- stderr
    error: not YAML: `[` is never closed
     --> stdin:2:8
      |
    2 | steps: [
      |        ^
      |
      = help: add `]`

    1 problem found; nothing was done
    ");
}

#[cfg(unix)]
#[test]
fn formatting_keeps_permissions_and_links() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    let sandbox = Sandbox::new().file("real.yaml", HASTY);
    let real = sandbox.path().join("real.yaml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    let link = sandbox.path().join("link.yaml");
    symlink("real.yaml", &link).unwrap();
    assert_eq!(sandbox.code("fmt link.yaml"), 0);
    assert!(link.is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn every_new_scenario_is_in_order_green_and_formatted() {
    let sandbox = Sandbox::new();
    let list = sandbox.stdout("new --list");
    snapshot!(&list);
    for flow in list.lines().filter_map(|line| line.split(' ').next()) {
        assert_eq!(sandbox.code(&format!("new {flow}/first --flow {flow}")), 0, "{flow}");
    }
    assert_eq!(sandbox.code("check"), 0);
    assert_eq!(sandbox.code("fmt --check"), 0);
    snapshot!(sandbox.run("run"), @r"
    exit 0
    ----- stdout
    10 passed (8 files, N ms)
    ");
}

#[test]
fn a_new_scenario_says_what_to_do_next_and_never_replaces_one() {
    let sandbox = Sandbox::new();
    snapshot!(sandbox.run("new login/silent"), @r"
    exit 0
    ----- stdout
    wrote scenarios/login/silent.yaml: A person who is linked already is logged in without a question asked

    next:
      mockwx run scenarios/login/silent.yaml
      mockwx check scenarios/login/silent.yaml  # after each change: tells all that is wrong
      mkdir -p schema && mockwx schema > schema/scenario.schema.json  # your editor completes and checks
    ");
    snapshot!(sandbox.read("scenarios/login/silent.yaml"));
    snapshot!(sandbox.run("new login/silent --flow refresh"), @r"
    exit 2
    ----- stderr
    error: scenarios/login/silent.yaml is there already
    hint: it is left as it is; choose another name
    ");
    snapshot!(sandbox.run("new other --flow refersh"), @r"
    exit 2
    ----- stderr
    error: --flow: no flow is called `refersh`
    hint: did you mean `refresh`?
    ");
    snapshot!(sandbox.run("new"), @r"
    exit 2
    ----- stderr
    error: the scenario needs a name
    hint: such as `mockwx new first`
    ");
    snapshot!(sandbox.run("new ../outside"), @r"
    exit 2
    ----- stderr
    error: `../outside` cannot be the name of a scenario's file
    hint: letters, digits, `-`, `_` and `/`, such as `login/too-late`; --dir names another folder
    ");
}

#[test]
fn a_new_project_is_green_from_its_first_minute() {
    let sandbox = Sandbox::new();
    snapshot!(sandbox.run("new --project"), @r"
    exit 0
    ----- stdout
    wrote mockwx.yaml, the defaults of this folder
    wrote schema/scenario.schema.json
    wrote schema/flow.schema.json
    wrote schema/world.schema.json
    wrote schema/project.schema.json
    wrote scenarios/first.yaml: A person who is linked already is logged in without a question asked

    next:
      mockwx run scenarios/first.yaml
      mockwx check scenarios/first.yaml  # after each change: tells all that is wrong
    ");
    snapshot!(sandbox.run("run"), @r"
    exit 0
    ----- stdout
    1 passed (1 file, N ms)
    ");
    assert_eq!(sandbox.code("fmt --check"), 0);
    assert_eq!(sandbox.read("schema/world.schema.json"), sandbox.stdout("schema world"));
    snapshot!(sandbox.run("new --project again"), @r"
    exit 2
    ----- stderr
    error: mockwx.yaml is there already: this folder is a project
    hint: `mockwx new NAME` writes another scenario into it
    ");
}

/// The names of all commands, as the help lists them.
fn commands(sandbox: &Sandbox) -> Vec<String> {
    let help = sandbox.stdout("-h");
    let section = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let named = section.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    named.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let sandbox = Sandbox::new();
    let commands = commands(&sandbox);
    assert!(commands.len() > 15, "{commands:?}");
    for page in ["completions bash", "completions zsh", "completions fish", "completions powershell", "man"] {
        let text = sandbox.stdout(page);
        for command in &commands {
            assert!(text.contains(command.as_str()), "{page} does not know {command}");
        }
    }
    assert!(sandbox.stdout("man").contains("\\-\\-port\\-file"), "flags of commands are in the manual");
    assert_eq!(sandbox.code("completions tcsh"), 2);
}

#[test]
fn the_files_that_ship_are_formatted() {
    let mut command = Sandbox::new().command("fmt --check scenarios harness/templates examples");
    let said = told(command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).output().unwrap());
    assert!(said.starts_with("exit 0\n"), "`mockwx fmt scenarios harness/templates examples` is due:\n{said}");
}
