//! `check`: what is wrong, for editors and for CI.

use crate::sandbox::{RIGHT, Sandbox, TYPO, snapshot};

/// Two places of two files are wrong, and one of them is about two places.
fn wrong() -> Sandbox {
    let twice = format!("{RIGHT}---\n{RIGHT}");
    Sandbox::new().file("scenarios/typo.yaml", TYPO).file("scenarios/twice.yaml", &twice)
}

#[test]
fn editors_get_each_problem_with_both_ends_of_its_place() {
    let sandbox = wrong();
    snapshot!(sandbox.run("check --format json"));
    assert_eq!(Sandbox::new().file("right.yaml", RIGHT).run("check --format json"), "exit 0\n----- stdout\n[]\n");
}

#[test]
fn github_gets_an_annotation_for_each_problem() {
    snapshot!(wrong().run("check --format github"));
    snapshot!(Sandbox::new().file("right.yaml", RIGHT).run("check --format github"), @r"
    exit 0
    ----- stdout
    1 file in order: 1 scenario, 1 case
    ");
}
