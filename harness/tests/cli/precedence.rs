//! A flag, its variable, the project file, the default: in this order.

use crate::sandbox::{RIGHT, Sandbox, WRONG, snapshot, told};

fn book(project: &str) -> Sandbox {
    Sandbox::new().file("a/first.yaml", RIGHT).file("b/expiry.yaml", WRONG).file("mockwx.yaml", project)
}

#[test]
fn a_flag_comes_before_its_variable_and_that_before_the_file() {
    let sandbox = book("run: { paths: [a, b], name: first }\n");
    let list = |arguments: &str, variable: Option<&str>| {
        let mut command = sandbox.command(arguments);
        if let Some(name) = variable {
            command.env("MOCKWX_NAME", name);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(list("run -v", None).contains("PASS a/first.yaml › A first visit is told to register"));
    assert!(list("run -v", Some("in time")).contains("› just in time"));
    assert!(list("run -v --name visit", Some("in time")).contains("A first visit"));
}

#[test]
fn everything_in_the_project_file_is_checked() {
    snapshot!(book("run: { job: 3 }\nserv: {}\n").run("run"), @r"
    exit 2
    ----- stderr
    error: unknown key `job`
     --> mockwx.yaml:1:8
      |
    1 | run: { job: 3 }
      |        ^^^ not a key of `run`
      |
      = help: did you mean `jobs`?

    error: unknown key `serv`
     --> mockwx.yaml:2:1
      |
    2 | serv: {}
      | ^^^^ not a key of the project file
      |
      = help: did you mean `serve`?

    2 problems found; nothing was done
    ");
    assert_eq!(book("run: { shuffle: maybe }\n").code("run"), 2);
    assert_eq!(book("world: { like: worlds/none.yaml }\n").code("list"), 2);
    assert_eq!(book("- a\n").code("list"), 2);
    assert_eq!(book("").code("list a"), 0);
}

#[test]
fn variables_work_for_flags_without_a_value_too() {
    let sandbox = book("");
    let output = sandbox.command("run a").env("MOCKWX_QUIET", "yes").output().unwrap();
    assert_eq!(told(output), "exit 0\n");
    let output = sandbox.command("run a").env("MOCKWX_QUIET", "off").output().unwrap();
    assert!(told(output).contains("1 passed"));
    let output = sandbox.command("run").env("MOCKWX_PATHS", "a").env("MOCKWX_JOBS", "1").output().unwrap();
    assert!(told(output).contains("1 passed (1 file"));
}

#[test]
fn every_option_is_told_with_its_value_and_who_said_so() {
    let sandbox = book("color: never\nrun: { paths: [a, b], jobs: 3, fail_fast: true, admin_token: s3cret }\n");
    let mut command = sandbox.command("run --tag smoke --shuffle=7 --explain-config");
    let output = command.env("MOCKWX_NAME", "first").env("MOCKWX_FAIL_FAST", "off").output().unwrap();
    snapshot!(told(output));
}

#[test]
fn the_options_of_serve_are_told_too() {
    let sandbox = book("world: { like: ready }\nserve: { strict: true }\n");
    snapshot!(sandbox.run("serve --listen 127.0.0.1:0 --explain-config"));
}

#[test]
fn a_variable_turns_off_what_the_file_turns_on() {
    let sandbox = book("run: { paths: [a], quiet: true }\n");
    assert_eq!(sandbox.run("run"), "exit 0\n");
    let loud = told(sandbox.command("run").env("MOCKWX_QUIET", "off").output().unwrap());
    assert!(loud.contains("1 passed"), "{loud}");
}
