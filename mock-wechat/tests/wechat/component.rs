//! `GET /sns/component/jscode2session`.

use super::*;

const PLATFORM: &str = "wx00000000000platf";

fn lab() -> Lab {
    Lab::with_app(json!({
        "authorised_components": [{ "component_appid": PLATFORM, "component_access_token": "92_platform" }],
    }))
}

fn exchange(lab: &Lab, code: &str, platform: &str, token: &str) -> Seen {
    lab.get(&format!(
        "/sns/component/jscode2session?appid={APP}&js_code={code}&grant_type=authorization_code\
         &component_appid={platform}&component_access_token={token}"
    ))
}

#[test]
fn a_platform_exchanges_a_code_for_what_the_secret_would_get() {
    let lab = lab();
    let by_platform = exchange(&lab, &lab.login(APP, "alice"), PLATFORM, "92_platform");
    assert_eq!(by_platform.header("content-type"), Some("text/plain"));
    assert_eq!(by_platform.text(), lab.exchange(&lab.login(APP, "alice")).text());
}

#[test]
fn a_platform_that_is_not_authorised_leaves_the_code_good() {
    let lab = lab();
    let code = lab.login(APP, "alice");
    exchange(&lab, &code, "wxother", "92_platform").is_refused(
        "component_not_authorised",
        r#"{"errcode":61003,"errmsg":"component is not authorized by this account, rid: ‹rid›"}"#,
    );
    assert_eq!(exchange(&lab, &code, PLATFORM, "92_x").rule(), "component_token_unknown");
    exchange(&lab, &code, PLATFORM, &lab.token())
        .is_refused("access_token_of_wrong_kind", r#"{"errcode":40014,"errmsg":"invalid access_token, rid: ‹rid›"}"#);
    exchange(&lab, &code, PLATFORM, "92_platform").is_ok();
    assert_eq!(exchange(&lab, &code, PLATFORM, "92_platform").rule(), "login_code_used");
    let nobody = Lab::new();
    assert_eq!(exchange(&nobody, &nobody.login(APP, "alice"), PLATFORM, "x").rule(), "component_not_authorised");
}

#[test]
fn what_is_missing_is_told_in_order() {
    let lab = lab();
    let target = |query: &str| format!("/sns/component/jscode2session?{query}");
    for (query, rule, errcode) in [
        (String::new(), "appid_missing", 41002),
        ("appid=wx1".to_owned(), "unknown_appid", 40013),
        (format!("appid={APP}"), "component_appid_missing", 41018),
        (format!("appid={APP}&component_appid={PLATFORM}"), "access_token_missing", 41001),
        (format!("appid={APP}&component_appid={PLATFORM}&component_access_token=x"), "login_code_missing", 41008),
        (
            format!("appid={APP}&component_appid={PLATFORM}&component_access_token=x&js_code=x&grant_type=x"),
            "wrong_grant_type",
            40002,
        ),
    ] {
        let seen = lab.get(&target(&query));
        assert_eq!((seen.rule(), seen.json()["errcode"].as_i64()), (rule, Some(errcode)), "{query}");
        assert!(seen.story().len() > 1, "{:?}", seen.story());
    }
}
