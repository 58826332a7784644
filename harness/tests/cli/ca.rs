//! `ca`: what is known of the authority, how it leaves the program, how it is renewed.

use std::process::{Command, Output};

use crate::sandbox::{Sandbox, told};

/// Runs the program with an authority of its own in `data`; gives back what it wrote, days and digits named.
fn run(sandbox: &Sandbox, arguments: &str) -> String {
    shown(sandbox, told(output(sandbox, arguments)))
}

fn output(sandbox: &Sandbox, arguments: &str) -> Output {
    sandbox.command(arguments).env("MOCKWX_DATA_DIR", sandbox.path().join("data")).output().unwrap()
}

fn shown(sandbox: &Sandbox, text: String) -> String {
    text.replace(&sandbox.path().display().to_string(), "…")
}

macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({
            filters => vec![(r"20\d\d-\d\d-\d\d", "DAY"), (r"([0-9A-F]{2}:){31}[0-9A-F]{2}", "DIGEST")],
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "../snapshots",
        }, { insta::assert_snapshot!($text) })
    };
}

#[test]
fn the_first_use_makes_it_and_tells_so() {
    let sandbox = Sandbox::new();
    snapshot!(run(&sandbox, "ca"));
    // And the second does not.
    let again = run(&sandbox, "ca");
    assert!(again.starts_with("exit 0\n") && !again.contains("stderr"), "{again}");
}

#[test]
fn without_a_home_it_asks_for_a_folder() {
    let sandbox = Sandbox::new();
    let homeless = sandbox.command("ca").env_remove("HOME").env_remove("MOCKWX_DATA_DIR").output();
    snapshot!(told(homeless.unwrap()));
}

#[test]
fn the_projects_domain_is_covered_or_told_of() {
    let sandbox = Sandbox::new();
    run(&sandbox, "ca");
    let sandbox = sandbox.file("mockwx.yaml", "world: { like: ready, idaas: { domain: shop.example } }\n");
    let told = run(&sandbox, "ca");
    snapshot!(told.split("----- stderr\n").nth(1).unwrap());
    let renewed = run(&sandbox, "ca renew --domain other.example");
    for name in ["shop.example", "other.example", "acme.example", "api.weixin.qq.com"] {
        assert!(renewed.contains(&format!(" {name}\n")), "{name}: {renewed}");
    }
    snapshot!(renewed.split("----- stderr\n").nth(1).unwrap());
    assert!(!run(&sandbox, "ca").contains("stderr"));
    let forgot = run(&sandbox, "ca renew --forget");
    assert!(forgot.contains(" shop.example\n") && !forgot.contains("other.example"), "{forgot}");
}

#[test]
fn a_name_that_is_too_wide_is_refused() {
    snapshot!(run(&Sandbox::new(), "ca renew --domain cn"));
}

#[test]
fn its_certificate_leaves_in_three_forms_and_its_key_in_none() {
    let sandbox = Sandbox::new();
    run(&sandbox, "ca");
    let pem = String::from_utf8(output(&sandbox, "ca export").stdout).unwrap();
    assert_eq!(pem, sandbox.read("data/ca.pem"));
    assert!(!pem.contains("PRIVATE"));
    assert_eq!(run(&sandbox, "ca export --format der --out ca.der"), "exit 0\n");
    let der = std::fs::read(sandbox.path().join("ca.der")).unwrap();
    assert_eq!(output(&sandbox, "ca export --format der").stdout, der);
    let mut openssl = Command::new("openssl");
    let read = openssl.args(["x509", "-inform", "der", "-in"]).arg(sandbox.path().join("ca.der")).output().unwrap();
    assert!(String::from_utf8(read.stdout).unwrap().trim() == pem.trim());
}

#[test]
fn java_lists_the_truststore_as_trusted() {
    let sandbox = Sandbox::new();
    assert!(run(&sandbox, "ca export --format pkcs12 --out trust.p12 --password for-tests").starts_with("exit 0\n"));
    let listed = Command::new("keytool")
        .args(["-list", "-storepass", "for-tests", "-keystore"])
        .arg(sandbox.path().join("trust.p12"))
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("mockwx, ") && listed.contains("trustedCertEntry"), "{listed}");
}

#[test]
fn trust_shows_the_way_in_and_out_for_each_system() {
    let sandbox = Sandbox::new();
    run(&sandbox, "ca");
    snapshot!(run(&sandbox, "ca trust"));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::new();
    run(&sandbox, "ca");
    let key = sandbox.path().join("data/ca-key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    snapshot!(run(&sandbox, "ca"));
    assert!(run(&sandbox, "ca renew").starts_with("exit 0\n"));
    assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
}
