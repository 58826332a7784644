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

/// One of each kind, each into a file of its own.
const ALL: &str = "--report json=r.json --report jsonl=r.jsonl --report junit=r.xml --report tap=r.tap --report html=r.html \
                   --report github=r.txt --report github-summary=r.md";
const FILES: [&str; 7] = ["r.json", "r.jsonl", "r.xml", "r.tap", "r.html", "r.txt", "r.md"];

/// A text in every form in which it could leak.
fn forms(secret: &str) -> Vec<String> {
    let percent = |text: &str| {
        text.bytes().fold(String::new(), |out, byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out + &char::from(byte).to_string(),
            byte => format!("{out}%{byte:02X}"),
        })
    };
    let json = Value::from(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        percent(secret),
        json.trim_matches('"').to_owned(),
        json.replace('/', "\\/").trim_matches('"').to_owned(),
        data_encoding::BASE64_NOPAD.encode(secret.as_bytes()),
        data_encoding::BASE64URL_NOPAD.encode(secret.as_bytes()),
    ];
    // A JWT's header is the same for all, its payload and its signature are not.
    forms.extend(secret.split('.').skip(1).filter(|part| part.len() > 8).map(str::to_owned));
    forms
}

#[test]
fn no_report_shows_a_secret() {
    let sandbox = Sandbox::new().file("leaky.yaml", LEAKY).file("flow.yaml", LEAKY_FLOW);
    let run = |flags: &str| {
        let output = sandbox.command(&format!("run leaky.yaml -v {ALL} {flags}")).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let mut texts = vec![("the terminal", printed)];
        texts.extend(FILES.map(|file| (file, sandbox.read(file))));
        std::fs::remove_file(sandbox.path().join("r.md")).unwrap();
        texts
    };

    // The worlds of two runs are the same to the byte: what one shows on request, the other has to hide.
    let revealed = run("--reveal");
    let report: Value = serde_json::from_str(&revealed[1].1).unwrap();
    let mismatches = report["scenarios"][0]["failures"][0]["mismatches"].as_array().unwrap();
    let generated: Vec<String> = mismatches
        .iter()
        .filter_map(|mismatch| Some(mismatch["wanted"].as_str()?.rsplit(" = ").next()?.to_owned()))
        .collect();
    let secrets: Vec<String> = SECRETS.into_iter().map(str::to_owned).chain(generated).collect();
    assert!(secrets.len() >= 10, "{secrets:?}");
    assert!(secrets.iter().any(|secret| secret.starts_with("eyJ")), "{secrets:?}");

    for (name, text) in run("") {
        assert!(text.contains("‹id token 1›") && text.contains("‹password"), "{name}: {text}");
        for form in secrets.iter().flat_map(|secret| forms(secret)) {
            assert!(!text.contains(&form), "{form} stands in {name}");
        }
    }
}

#[test]
fn every_report_of_one_run_is_read_by_a_reader_of_its_kind() {
    let sandbox = book().file("scenarios/odd.yaml", ODD);
    let output = sandbox.command(&format!("run -q {ALL}")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));

    let xml = sandbox.read("r.xml");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut cases = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == b"testcase" => cases += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases, 4);

    let events: Vec<Value> = sandbox.read("r.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((named("run.started"), named("run.finished")), (1, 1));
    assert_eq!((named("scenario.started"), named("scenario.finished")), (4, 4));
    assert!(events.iter().filter(|event| event["event"] == "scenario.finished").all(|event| event["steps"].is_array()));

    let tap = sandbox.read("r.tap");
    let mut lines = tap.lines();
    assert_eq!((lines.next(), lines.next()), (Some("TAP version 14"), Some("1..4")));
    let points: Vec<_> = lines.filter(|line| !line.is_empty() && !line.starts_with(' ')).collect();
    assert_eq!(points.len(), 4, "{tap}");
    for (number, point) in (1..).zip(&points) {
        assert!(
            point.starts_with(&format!("ok {number} - ")) || point.starts_with(&format!("not ok {number} - ")),
            "{point}"
        );
        assert!(!point.replace("\\#", "").contains('#'), "{point}");
    }

    for annotation in sandbox.read("r.txt").lines() {
        let (properties, message) = annotation.strip_prefix("::error ").unwrap().split_once("::").unwrap();
        let names: Vec<_> = properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "col", "title"], "{annotation}");
        assert!(message.contains("%0Aagain: mockwx run "), "{annotation}");
    }

    let page = sandbox.read("r.html");
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(data["scenarios"].as_array().unwrap().len(), 4);
    let odd = data["scenarios"].as_array().unwrap().iter().find(|case| case["file"] == "scenarios/odd.yaml").unwrap();
    assert_eq!(odd["name"], "Odd: </script> # 100%, a|b `c`");
    assert_eq!(odd["diagram"]["lanes"], serde_json::json!(["device", "wechat"]));
}

/// A name that means something to every format.
const ODD: &str = r#"
scenario: "Odd: </script> # 100%, a|b `c`"
steps:
  - wx.login: { as: alice }
    expect: { errMsg: "<b>, and %0A: ```" }
"#;

#[test]
fn the_summary_for_github_has_a_diagram_for_each_failure() {
    let sandbox = book();
    let mut command = sandbox.command("run -q --report github-summary");
    command.env("GITHUB_STEP_SUMMARY", "step.md").output().unwrap();
    snapshot!(sandbox.read("step.md"));
}

#[test]
fn the_tap_report() {
    let sandbox = book();
    sandbox.run("run --report tap=r.tap");
    let points =
        sandbox.read("r.tap").lines().take_while(|line| !line.contains("told:")).collect::<Vec<_>>().join("\n");
    snapshot!(points);
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_of_its_own() {
    for kind in ["json", "jsonl", "junit", "tap", "html", "github", "github-summary"] {
        let sandbox = book().file("taken", "");
        assert_eq!(sandbox.code(&format!("run scenarios/first.yaml -q --report {kind}=taken/r")), 5, "{kind}");
    }
}

#[test]
fn two_reports_for_stdout_make_no_sense() {
    snapshot!(book().run("run --report json=- --report tap=-"), @r"
    exit 2
    ----- stderr
    error: --report: two reports cannot both go to stdout
    hint: give all but one of them a file
    ");
    snapshot!(book().run("run --report yaml=x"), @r"
    exit 2
    ----- stderr
    error: --report: `yaml=x` is no report
    hint: write KIND=FILE, with `-` for stdout; the kinds are json, jsonl, junit, tap, html, github, github-summary
    ");
}

#[test]
fn a_report_is_shown_again_as_the_run_showed_it() {
    let sandbox = book();
    let told = sandbox.command(&format!("run {ALL}")).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    // A report rounds to the microsecond, which can move a whole millisecond.
    let time = regex::Regex::new(r"\d+ ms").unwrap();
    let timeless = |text: &str| time.replace_all(text, "N ms").into_owned();
    for report in ["r.json", "r.jsonl"] {
        assert_eq!(timeless(&sandbox.stdout(&format!("show {report}"))), timeless(&told), "{report}");
    }
    sandbox.stdout("show r.jsonl --html again.html");
    assert_eq!(sandbox.read("again.html"), sandbox.read("r.html"));
    snapshot!(sandbox.stdout("show r.jsonl --mermaid late"));
}

#[test]
fn what_is_no_report_is_not_shown() {
    let sandbox = book();
    snapshot!(sandbox.run("show scenarios/first.yaml"), @r"
    exit 2
    ----- stderr
    error: scenarios/first.yaml: it is no JSON or JSONL report of mockwx
    hint: `mockwx run --report json=FILE` or `--report jsonl=FILE` writes one
    ");
    sandbox.run("run --report json=r.json");
    snapshot!(sandbox.run("show r.json --mermaid five"), @r"
    exit 2
    ----- stderr
    error: `five` fits 2 cases
    hint: give one of scenarios/login/expiry.yaml:4, scenarios/login/expiry.yaml:5
    ");
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
