//! The reports for programs, and what none of the reports shows.

use serde_json::Value;

use crate::sandbox::{RIGHT, Sandbox, WRONG, snapshot};

fn book() -> Sandbox {
    Sandbox::new().file("scenarios/first.yaml", RIGHT).file("scenarios/login/expiry.yaml", WRONG)
}

#[test]
fn the_json_report() {
    let sandbox = book();
    sandbox.run("run --report json=out/report.json");
    snapshot!(sandbox.read("out/report.json"));
}

#[test]
fn the_junit_report() {
    let sandbox = book();
    sandbox.run("run --report junit=junit.xml");
    snapshot!(sandbox.read("junit.xml"));
}

#[test]
fn a_report_on_stdout_is_alone_there() {
    let output = book().command("run --report json=- --report junit=junit.xml").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["summary"]["failed"], 1);
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(talk.contains("FAIL scenarios/login/expiry.yaml"), "{talk}");
}

/// Everything in this world that is a secret by its type, in a scenario that fails with all of it in sight.
const SECRETS: [&str; 6] =
    ["5ec4e70123456789abcdef0123456789", "correct-horse", "wrong-battery", "13600136000", "13800138000", "61234567"];

const LEAKY: &str = r#"
scenario: Everything in sight
world:
  seed: 3
  wechat:
    mini_programs: [{ appid: wx0123456789abcdef, secret: 5ec4e70123456789abcdef0123456789 }]
    people:
      alice: { phones: ["+86 13800138000", "+852 61234567"] }
  idaas:
    domain: acme.example
    sources:
      wechat: { appid: wx0123456789abcdef, secret: 5ec4e70123456789abcdef0123456789, when_not_associated: bind_or_register }
    applications:
      shop: { client_id: nTo1eRIub60vPb54WeE6aojPwYwImtl4, sources: [wechat] }
    users:
      li: { user_name: li.na, password: correct-horse, mobile: "+86-13600136000" }
cases:
  - { name: token, want: "13600136000" }
  - { name: phone, want: "correct-horse" }
steps:
  - wx.login: { as: alice }
    save: { code: code }
  - wechat.token: {}
    save: { token: access_token }
  - use: { flow: flow.yaml, with: { code: $code, token: $token, want: $case.want } }
finally:
  - idaas.login: { user_name: li.na, password: wrong-battery }
    expect: { status: SUCCESS }
"#;

const LEAKY_FLOW: &str = r#"
flow: Shows everything
inputs:
  code:
  token:
  want:
steps:
  - idaas.login: { user_name: li.na, password: correct-horse }
    save: visit
  - http:
      path: "/sns/jscode2session?js_code=${with.code}&access_token=${with.token}"
      method: POST
      headers: { authorization: "Bearer ${visit.id_token}", session-token: $visit.session_token }
      body: { mobile: "+86-13800138000", again: "+85261234567", id_token: $visit.id_token, secret: 5ec4e70123456789abcdef0123456789, want: $with.want }
    expect: { errcode: $visit.id_token, errmsg: $visit.session_token, password: $with.want, openid: $with.code, other: $with.token }
"#;

#[test]
fn no_report_shows_a_secret() {
    let sandbox = Sandbox::new().file("leaky.yaml", LEAKY).file("flow.yaml", LEAKY_FLOW);
    let run = |flags: &str| {
        let output = sandbox
            .command(&format!("run leaky.yaml -v --report json=report.json --report junit=report.xml {flags}"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = [output.stdout, output.stderr].concat();
        [String::from_utf8(printed).unwrap(), sandbox.read("report.json"), sandbox.read("report.xml")]
    };

    // The worlds of two runs are the same to the byte: what one shows on request, the other has to hide.
    let revealed = run("--reveal");
    let report: Value = serde_json::from_str(&revealed[1]).unwrap();
    let mismatches = report["scenarios"][0]["failures"][0]["mismatches"].as_array().unwrap();
    let generated: Vec<String> = mismatches
        .iter()
        .filter_map(|mismatch| Some(mismatch["wanted"].as_str()?.rsplit(" = ").next()?.to_owned()))
        .collect();
    let secrets: Vec<String> = SECRETS.into_iter().map(str::to_owned).chain(generated).collect();
    assert!(secrets.len() >= 10, "{secrets:?}");
    assert!(secrets.iter().any(|secret| secret.starts_with("eyJ")), "{secrets:?}");

    for text in run("") {
        assert!(text.contains("‹id token 1›") && text.contains("‹password"), "{text}");
        for secret in &secrets {
            for part in secret.split('.').filter(|part| part.len() > 8 && !part.starts_with("eyJraWQ")) {
                let encoded = data_encoding::BASE64.encode(part.as_bytes());
                for form in [part, encoded.trim_end_matches('=')] {
                    assert!(!text.contains(form), "{form} stands in:\n{text}");
                }
            }
        }
    }
}

#[test]
fn secrets_are_not_revealed_in_ci() {
    let output = book().command("run --reveal").env("CI", "true").output().unwrap();
    snapshot!(crate::sandbox::told(output), @r"
    exit 2
    ----- stderr
    error: --reveal is refused where CI is set: logs of CI are kept and shared
    hint: run it on your own machine, or ask `mockwx journal --reveal`
    ");
}
