//! `GET /sns/jscode2session`.

use super::*;

#[test]
fn a_code_is_exchanged_for_key_openid_and_unionid_in_these_bytes() {
    let lab = Lab::new();
    let seen = lab.exchange(&lab.login(APP, "alice"));
    let session = seen.json();
    let part = |name: &str| session[name].as_str().unwrap().to_owned();
    let (key, openid, unionid) = (part("session_key"), part("openid"), part("unionid"));
    assert_eq!(seen.text(), format!(r#"{{"session_key":"{key}","openid":"{openid}","unionid":"{unionid}"}}"#));
    assert!(key.len() == 24 && key.ends_with("=="), "{key}");
    assert!([&openid, &unionid].iter().all(|id| id.len() == 28 && id.starts_with('o')), "{openid} {unionid}");
    assert_ne!(openid, unionid);
}

#[test]
fn the_same_world_gives_the_same_bytes() {
    let answer = || {
        let lab = Lab::new();
        let code = lab.login(APP, "alice");
        (code.clone(), lab.exchange(&code).text().to_owned())
    };
    assert_eq!(answer(), answer());
    // Snapshots in other people's repositories hang on these values.
    assert_eq!(answer().0, "0iZ9XaehLXWzkqS6C5Fo7TRnR722TSp0");
    assert_eq!(
        answer().1,
        r#"{"session_key":"ggwOOYvb2EW7gDHTDy8AuQ==","openid":"oTH_StNBsO_8DaRDuzeoz73ggtTJ","unionid":"oaYJkyPvjWBQq0QkZGGsBO8buzEj"}"#
    );
}

#[test]
fn headers_are_those_of_wechat() {
    let lab = Lab::new();
    let seen = lab.exchange(&lab.login(APP, "alice"));
    assert_eq!(seen.header("content-type"), Some("text/plain"));
    assert_eq!(seen.header("date"), Some("Sun, 01 Mar 2026 09:00:00 GMT"));
    assert_eq!(seen.header("content-length"), Some(seen.text().len().to_string().as_str()));
    assert!(seen.rid().starts_with("69a40010-"), "{}", seen.rid());
}

#[test]
fn an_app_without_open_platform_account_gives_no_unionid() {
    let lab = Lab::new();
    let code = lab.login(OTHER_APP, "alice");
    let seen = lab.get(&format!("/sns/jscode2session?appid={OTHER_APP}&secret={OTHER_SECRET}&js_code={code}"));
    assert_eq!(seen.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["session_key", "openid"]);
}

#[test]
fn a_person_keeps_the_openid_and_has_another_one_elsewhere() {
    let lab = Lab::new();
    let openid = |person: &str| lab.exchange(&lab.login(APP, person)).json()["openid"].as_str().unwrap().to_owned();
    assert_eq!(openid("alice"), openid("alice"));
    assert_eq!(openid("alice")[..6], openid("bob")[..6]);
    assert_ne!(openid("alice"), openid("bob"));
    let elsewhere = lab.wechat.identity(Some(OTHER_APP), "alice").unwrap().openid;
    assert_ne!(openid("alice"), elsewhere.expose());
}

#[test]
fn a_code_is_good_for_five_minutes() {
    let lab = Lab::new();
    let codes = [lab.login(APP, "alice"), lab.login(APP, "alice"), lab.login(APP, "alice")];
    lab.wait(299);
    lab.exchange(&codes[0]).is_ok();
    lab.wait(1);
    lab.exchange(&codes[1]).is_ok();
    lab.wait(1);
    let seen = lab.exchange(&codes[2]);
    seen.is_refused("login_code_expired", r#"{"errcode":40029,"errmsg":"invalid code, rid: ‹rid›"}"#);
    assert_eq!(
        seen.story(),
        [
            "the login code was issued at 2026-03-01T09:00:00Z by wx.login of alice in wx0123456789abcdef",
            "it was presented 5m1s later; a login code lives 5m",
            "ask for a new one with wx.login right before the exchange",
        ]
    );
}

#[test]
fn a_code_is_good_once_and_the_story_names_the_request_that_used_it() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    let first = lab.exchange(&code);
    lab.wait(2);
    let second = lab.exchange(&code);
    second.is_refused("login_code_used", r#"{"errcode":40163,"errmsg":"code been used, rid: ‹rid›"}"#);
    assert_eq!(
        second.story()[1],
        format!(
            "it was exchanged at 2026-03-01T09:00:00Z by request {}, and a login code is good for one exchange",
            first.rid()
        )
    );
    lab.wait(299);
    lab.exchange(&code).is_refused("login_code_used", r#"{"errcode":40029,"errmsg":"invalid code, rid: ‹rid›"}"#);
}

#[test]
fn what_a_used_code_is_told_can_be_switched() {
    for (rule, errcodes) in
        [("used", [40163, 40163]), ("invalid", [40029, 40029]), ("used_while_it_lives", [40163, 40029])]
    {
        let lab = Lab::with(json!({ "used_login_code": rule }));
        let code = lab.login(APP, "alice");
        lab.exchange(&code).is_ok();
        let early = lab.exchange(&code).json()["errcode"].clone();
        lab.wait(301);
        assert_eq!([early, lab.exchange(&code).json()["errcode"].clone()], errcodes, "{rule}");
    }
}

#[test]
fn a_refused_exchange_leaves_the_code_good() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    for query in [
        format!("appid={APP}&secret={}&js_code={code}", "f".repeat(32)),
        format!("appid={OTHER_APP}&secret={OTHER_SECRET}&js_code={code}"),
        format!("appid={APP}&secret={SECRET}&js_code={code}&grant_type=client_credential"),
    ] {
        assert_ne!(lab.get(&format!("/sns/jscode2session?{query}")).rule(), "", "{query}");
    }
    lab.exchange(&code).is_ok();
}

#[test]
fn a_code_of_another_app_is_invalid() {
    let lab = Lab::new();
    let seen = lab.exchange(&lab.login(OTHER_APP, "bob"));
    seen.is_refused("code_of_other_app", r#"{"errcode":40029,"errmsg":"invalid code, rid: ‹rid›"}"#);
    assert_eq!(seen.story()[1], "it was presented with the credentials of wx0123456789abcdef");
}

#[test]
fn a_phone_code_is_invalid_and_the_story_says_that_codes_were_mixed_up() {
    let lab = Lab::new();
    let code = lab.tap(APP, "alice");
    let seen = lab.exchange(&code);
    seen.is_refused("codes_mixed_up", r#"{"errcode":40029,"errmsg":"invalid code, rid: ‹rid›"}"#);
    assert!(
        seen.story()[0].starts_with("this is a phone code, issued at 2026-03-01T09:00:00Z by getPhoneNumber of alice")
    );
    lab.redeem(&lab.token(), &code).is_ok();
}

#[test]
fn checks_come_in_wechats_order() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    let refusals = [
        (String::new(), 41002, "appid missing"),
        ("appid=&secret=x".to_owned(), 41002, "appid missing"),
        ("appid=wx404".to_owned(), 40013, "invalid appid"),
        (format!("appid={APP}"), 41004, "appsecret missing"),
        (format!("appid={APP}&appsecret={SECRET}"), 41004, "appsecret missing"),
        (format!("appid={APP}&secret=wrong"), 41008, "missing code"),
        (format!("appid={APP}&secret=wrong&code={code}"), 41008, "missing code"),
        (format!("appid={APP}&secret=wrong&js_code=x&grant_type=x"), 40002, "invalid grant_type"),
        (format!("appid={APP}&secret=wrong&js_code=x"), 40125, "invalid appsecret"),
        (format!("appid={APP}&secret={SECRET}&js_code=x"), 40029, "invalid code"),
        (format!("appid={APP}&secret={SECRET}&js_code={}", "0".repeat(32)), 40029, "invalid code"),
    ];
    for (query, errcode, text) in refusals {
        let seen = lab.get(&format!("/sns/jscode2session?{query}"));
        assert_eq!(seen.masked(), format!(r#"{{"errcode":{errcode},"errmsg":"{text}, rid: ‹rid›"}}"#), "{query}");
        assert_eq!(seen.header("content-type"), Some("text/plain"));
    }
}

#[test]
fn parameters_in_a_body_are_not_read_and_a_post_with_a_query_is_heard() {
    let lab = Lab::new();
    let query = format!("appid={APP}&secret={SECRET}&js_code={}", lab.login(APP, "alice"));
    let seen = lab.post("/sns/jscode2session", query.clone());
    seen.is_refused("appid_missing", r#"{"errcode":41002,"errmsg":"appid missing, rid: ‹rid›"}"#);
    lab.post(&format!("/sns/jscode2session?{query}"), "").is_ok();
}

#[test]
fn unknown_parameters_a_token_and_blanks_around_the_code_do_no_harm() {
    let lab = Lab::new();
    let code = lab.login(APP, "alice");
    let query = format!("access_token=nonsense&appid={APP}&secret={SECRET}&js_code=%20{code}+%0A&x=%ff");
    let request = Request::get(format!("/sns/jscode2session?{query}")).header("host", "api.weixin.qq.com");
    lab.send(request.body(Bytes::new()).unwrap()).is_ok();
}

#[test]
fn grant_type_may_be_missing_unless_a_rule_or_a_strict_world_wants_it() {
    let missing = |lab: &Lab| {
        let code = lab.login(APP, "alice");
        lab.get(&format!("/sns/jscode2session?appid={APP}&secret={SECRET}&js_code={code}")).rule().to_owned()
    };
    assert_eq!(missing(&Lab::new()), "");
    assert_eq!(missing(&Lab::with(json!({ "grant_type_required": true }))), "wrong_grant_type");
    let strict = Config { strict: true, ..serde_json::from_value(shop()).unwrap() };
    assert_eq!(missing(&Lab::of(strict)), "wrong_grant_type");
}

#[test]
fn the_hundred_and_first_exchange_of_a_person_within_a_minute_is_refused() {
    let lab = Lab::new();
    for _ in 0..100 {
        lab.exchange(&lab.login(APP, "alice")).is_ok();
    }
    let code = lab.login(APP, "alice");
    lab.exchange(&code).is_refused(
        "rate_limited",
        r#"{"errcode":45011,"errmsg":"api minute-quota reach limit, must slower, retry next minute, rid: ‹rid›"}"#,
    );
    lab.exchange(&lab.login(APP, "bob")).is_ok();
    lab.wait(60);
    lab.exchange(&code).is_ok();
}

#[test]
fn a_world_without_limits_counts_no_exchanges() {
    let lab = Lab::of(Config { limits: false, ..serde_json::from_value(shop()).unwrap() });
    for _ in 0..150 {
        lab.exchange(&lab.login(APP, "alice")).is_ok();
    }
}

#[test]
fn slashes_can_be_escaped() {
    let lab = Lab::with(json!({ "escape_slashes": true, "session_key_rotation": "always" }));
    let key = (0..99)
        .map(|_| lab.exchange(&lab.login(APP, "alice")))
        .find(|seen| seen.json()["session_key"].as_str().unwrap().contains('/'))
        .unwrap();
    assert!(key.text().contains(r"\/") && !key.text().replace(r"\/", "").contains('/'), "{}", key.text());
}

#[test]
fn a_code_exchanged_after_a_newer_one_was_requested_yields_the_newest_key() {
    let lab = Lab::with(json!({ "session_key_rotation": "always" }));
    let (older, newer) = (lab.login(APP, "alice"), lab.login(APP, "alice"));
    let key = |code: &str| lab.exchange(code).json()["session_key"].clone();
    assert_eq!(key(&older), key(&newer));
    let next = lab.login(APP, "alice");
    let latest = lab.login(APP, "alice");
    assert_eq!(key(&next), key(&latest));
}
