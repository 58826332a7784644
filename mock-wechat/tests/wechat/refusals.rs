//! Every refusal, byte for byte, in every family of paths.

use super::*;
use mock_wechat::{CallerAddress, KnownRefusal, known_error, refusals};

const PATHS: [&str; 4] =
    ["/sns/jscode2session", "/cgi-bin/token", "/wxa/checksession", "/wxa/business/getuserphonenumber"];

fn refused(lab: &Lab, path: &str, known: &KnownRefusal) -> Seen {
    let mut request = Request::get(path).body(Bytes::new()).unwrap();
    request.extensions_mut().insert(CallerAddress("203.0.113.7".parse().unwrap()));
    Seen(lab.wechat.fail(&request, known, vec!["a fault asks for it".to_owned()]))
}

#[test]
fn every_refusal_has_these_bytes_in_every_family() {
    let lab = Lab::new();
    let mut golden = String::new();
    for known in refusals() {
        golden.push_str(&format!("{} {}\n", known.rule, known.errcode));
        for path in PATHS {
            let seen = refused(&lab, path, &known);
            let body = if known.errcode == 412 { seen.text().to_owned() } else { seen.masked() };
            golden.push_str(&format!("  {} {body}\n", seen.0.response.status().as_u16()));
        }
    }
    insta::assert_snapshot!(golden);
}

#[test]
fn every_refusal_names_its_rule_and_ends_with_the_way_out() {
    let lab = Lab::new();
    for known in refusals() {
        for path in PATHS {
            let seen = refused(&lab, path, &known);
            assert_eq!(
                (seen.rule(), seen.story()),
                (known.rule, &["a fault asks for it", known.remedy].map(String::from)[..])
            );
        }
    }
}

#[test]
fn a_refusal_that_is_asked_for_differs_in_nothing_from_one_that_comes_by_itself() {
    let (asked, natural) = (Lab::new(), Lab::new());
    let known = known_error("appid_missing").unwrap();
    let request = Request::get("/sns/jscode2session").body(Bytes::new()).unwrap();
    let (asked, natural) = (asked.wechat.fail(&request, &known, vec![]), natural.wechat.answer(&request, None));
    assert_eq!(asked.response.body(), natural.response.body());
    assert_eq!(asked.response.headers(), natural.response.headers());
    assert_eq!(asked.note.rid, natural.note.rid);
}

#[test]
fn a_refused_address_is_the_callers_own() {
    let known = known_error("40164").unwrap();
    refused(&Lab::new(), "/cgi-bin/token", &known).is_refused(
        "ip_not_whitelisted",
        r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: ‹rid›"}"#,
    );
    let request = Request::get("/cgi-bin/token").body(Bytes::new()).unwrap();
    let here = Seen(Lab::new().wechat.fail(&request, &known, vec![]));
    assert!(here.text().contains("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1"), "{}", here.text());
}

#[test]
fn a_code_of_another_app_is_told_as_its_path_tells_it() {
    let (lab, known) = (Lab::new(), known_error("code_of_other_app").unwrap());
    let errcode = |path| refused(&lab, path, &known).json()["errcode"].clone();
    assert_eq!((errcode(PATHS[0]), errcode(PATHS[3])), (json!(40029), json!(40013)));
}
