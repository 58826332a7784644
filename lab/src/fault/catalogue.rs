//! The misfortunes that teams meet in production, by stable names.
//!
//! Each comes about by itself in a world where the calls are made as they were made in production, or it is a preset: a
//! fault plan under a name. Those that end in an error of the vendor are both.

use sim::FaultPlan;

/// One misfortune of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfortune {
    /// Its number: `S01`, `X11`.
    pub id: &'static str,
    /// Its stable name: `login_code_used`.
    pub name: &'static str,
    /// What happens, in one line.
    pub about: &'static str,
    /// How to make it happen, without a fault or by its preset.
    pub way: &'static str,
    /// Where it is known from.
    pub source: &'static str,
    /// The fault plan behind its name, as JSON.
    preset: Option<&'static str>,
}

impl Misfortune {
    /// Whether its name can be injected.
    pub const fn is_preset(&self) -> bool {
        self.preset.is_some()
    }

    /// The fault plan behind its name, as JSON.
    pub const fn preset(&self) -> Option<&'static str> {
        self.preset
    }

    /// The plan of its preset.
    pub(super) fn plan(&self) -> Option<FaultPlan> {
        // They are part of the program and each is parsed by a test.
        serde_json::from_str(self.preset?).ok()
    }

    const fn new(id: &'static str, name: &'static str, about: &'static str) -> Self {
        Self { id, name, about, way: "", source: "", preset: None }
    }

    const fn way(mut self, way: &'static str) -> Self {
        self.way = way;
        self
    }

    const fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }

    const fn plans(mut self, plan: &'static str) -> Self {
        self.preset = Some(plan);
        self
    }
}

/// Every misfortune, in the order of their numbers.
pub static CATALOGUE: &[Misfortune] = &[
    Misfortune::new("S01", "login_code_used", "one login code is exchanged twice: 40163")
        .way("exchange a code of wx.login a second time within its five minutes")
        .source("observed; not on the code2Session page")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"what":{"error":"login_code_used"}}"#),
    Misfortune::new("S02", "login_code_race", "two calls with one code arrive together: one wins, the other gets 40163")
        .way("send two exchanges of one code at once")
        .source("observed"),
    Misfortune::new("S03", "login_code_expired", "a login code is exchanged after five minutes: 40029")
        .way("advance the clock by 5m1s, or age the code, between wx.login and the exchange")
        .source("code2Session page")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"what":{"error":"login_code_expired"}}"#),
    Misfortune::new("S04", "code_of_other_app", "front end and server know different mini programs: 40029, or 40013 for a phone code")
        .way("take the code in one mini program and exchange it with the secret or token of another")
        .source("phone number page; observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"what":{"error":"code_of_other_app"}}"#),
    Misfortune::new("S05", "codes_mixed_up", "a login code at the phone API, or a phone code at code2Session: 40029")
        .way("send the code of wx.login to getuserphonenumber, or that of a button to jscode2session")
        .source("observed")
        .plans(r#"{"where":{"party":"wechat"},"what":{"error":"codes_mixed_up"}}"#),
    Misfortune::new("S06", "phone_code_used_or_expired", "a phone code is redeemed twice or after five minutes: 40029")
        .way("redeem the code of a button a second time, or after 5m1s")
        .source("phone number page; observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/wxa/business/getuserphonenumber"},"what":{"error":"phone_code_used"}}"#),
    Misfortune::new("S07", "key_rotated_in_callback", "wx.login inside the button's callback: the data was encrypted with the former key")
        .way("set rules.session_key_rotation: always, tap the button, then wx.login, then exchange and decrypt")
        .source("deprecated getPhoneNumber page; observed"),
    Misfortune::new("S08", "stale_server_key", "the server keeps a session_key that was replaced: 87009, while wx.checkSession succeeds")
        .way("exchange a code, log in again on the phone after a minute, then sign with the old key")
        .source("wx.checkSession page; observed")
        .plans(r#"{"where":{"party":"wechat"},"what":{"error":"stale_server_key"}}"#),
    Misfortune::new("S09", "token_fight", "two instances fetch classic access_tokens: each kills the other's")
        .way("call /cgi-bin/token from two places and use the older token after five minutes")
        .source("observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/wxa/*"},"when":{"every":2},"what":{"error":"access_token_replaced"}}"#),
    Misfortune::new("S10", "token_grace_then_invalid", "a replaced token works for five minutes and is then refused: 40001")
        .way("fetch a second classic token and use the first within five minutes and after them")
        .source("access_token page")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/wxa/*"},"what":{"error":"access_token_replaced"}}"#),
    Misfortune::new("S11", "stable_token_semantics", "the stable token comes again with a shrinking expires_in, and is new in its last five minutes")
        .way("call /cgi-bin/stable_token twice with the clock advanced between")
        .source("stable access_token page"),
    Misfortune::new("S12", "force_refresh_abuse", "force_refresh within 30 s changes nothing, and the 21st of a day is refused: 45009")
        .way("call /cgi-bin/stable_token with force_refresh more than twenty times a day")
        .source("stable access_token page; the errcode is inferred")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/cgi-bin/stable_token"},"what":{"error":"force_refresh_abuse"}}"#),
    Misfortune::new("S13", "token_propagation_lag", "a fresh access_token is refused with 40001 for a moment, then works")
        .way("inject the preset; `when: { first: 500ms, of: access_token }` counts time in place of calls")
        .source("observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/wxa/*"},"when":{"first_calls":1,"of":"access_token"},"what":{"error":"access_token_replaced"}}"#),
    Misfortune::new("S14", "ip_not_whitelisted", "the server calls from a new address: 40164, while the login goes on working")
        .way("give the mini program an ip_whitelist that the caller's address is not on")
        .source("IP whitelist page; observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/cgi-bin/*"},"what":{"error":"ip_not_whitelisted"}}"#),
    Misfortune::new("S15", "secret_wrong_or_frozen", "the secret was reset (40125) or frozen (40243)")
        .way("change the secret of the mini program in the living world, or freeze it")
        .source("token pages; observed")
        .plans(r#"{"where":{"party":"wechat"},"what":{"error":40125}}"#),
    Misfortune::new("S16", "http_200_text_plain", "errors come with status 200 and /sns answers as text/plain, without errcode on success")
        .way("make any call: it is how WeChat answers")
        .source("observed"),
    Misfortune::new("S17", "chunked_412", "a POST without Content-Length gets 412 and nothing else")
        .way("send a POST with Transfer-Encoding: chunked")
        .source("observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/wxa/*"},"what":{"status":412}}"#),
    Misfortune::new("S18", "body_shape", "a form, an empty body, a token in the body, a wrong key: 47001, 44002, 41001, 40097")
        .way("send the parameters of getuserphonenumber in another shape than a JSON object")
        .source("observed"),
    Misfortune::new("S19", "rate_limited", "too many calls in a minute: 45011")
        .way("exchange more than a hundred codes of one person within a minute")
        .source("code2Session page; observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"what":{"error":45011}}"#),
    Misfortune::new("S20", "user_blocked", "WeChat thinks a person dangerous: 40226 at the exchange")
        .way("inject the preset with `where: { person: bob }`, or send the code mock:blocked")
        .source("code2Session page")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"what":{"error":"user_blocked"}}"#),
    Misfortune::new("S21", "lost_reply", "WeChat uses the code up, and the answer is lost: the retry gets 40163")
        .way("inject the preset; `what: { hang: after }` keeps silent in place of the reset")
        .source("inferred from single use")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"when":{"next":1},"what":{"reset":"after"}}"#),
    Misfortune::new("S22", "user_denies_phone", "the person refuses the phone number, in words that differ by platform")
        .way("tap the button with an outcome: { outcome: deny, platform: android }")
        .source("observed"),
    Misfortune::new("S23", "phone_quota_exhausted", "the paid phone quota is used up: errno 1400001 at the tap, nothing reaches the server")
        .way("tap with { outcome: no_quota }, or give the mini program a small phone_quota")
        .source("getPhoneNumber page"),
    Misfortune::new("S24", "phone_not_permitted", "the app may not ask for phone numbers: no permission at the tap, 48001 at the server")
        .way("tap with { outcome: no_permission }, or inject the preset for the server's side")
        .source("observed")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/wxa/business/getuserphonenumber"},"what":{"error":48001}}"#),
    Misfortune::new("S25", "identity_shape", "no unionid while the app is not bound, and another openid in every app")
        .way("leave open_platform out, or inject the preset to lose the unionid")
        .source("unionid page")
        .plans(r#"{"where":{"party":"wechat","endpoint":"/sns/jscode2session"},"what":{"field":"unionid","is":"absent"}}"#),
    Misfortune::new("X1", "mock_code", "DevTools with a visitor AppID gives the literal code `the code is a mock one`: 40029")
        .way("send that text as js_code in a strict world")
        .source("observed"),
    Misfortune::new("X2", "escaped_slashes", "`/` comes as `\\/` in a session_key, and `+` becomes a blank in a form")
        .way("set rules.escape_slashes: true")
        .source("observed"),
    Misfortune::new("X3", "foreign_number", "a number from abroad: countryCode is not 86 and phoneNumber has a prefix")
        .way("give a person a number such as +852 61234567")
        .source("phone number page"),
    Misfortune::new("X4", "stale_quick_number", "the quick button gives a number that the person no longer owns; the real-time one does not")
        .way("give a person a quick_phone beside the present phone")
        .source("phone number guide"),
    Misfortune::new("X5", "wx_request_trouble", "wx.request: any HTTP status arrives in success; time-outs and resets in fail")
        .way("inject the preset, or a delay or reset, at the service that the app calls")
        .source("network page")
        .plans(r#"{"where":{"party":"idaas"},"what":{"status":500}}"#),
    Misfortune::new("X6", "signature_layer", "a signed or encrypted call is refused: 40230 to 40240")
        .way("switch api_security on for the mini program and spoil a header, the body or the time")
        .source("API signature page"),
    Misfortune::new("X7", "foreign_watermark", "the watermark's appid is another app's: data was replayed")
        .way("take the data in one mini program and check it in another")
        .source("signature page"),
    Misfortune::new("X8", "rid_of_sns", "rid/get does not know the rid of an /sns call: 76001")
        .way("ask /cgi-bin/openapi/rid/get for the rid of a jscode2session answer")
        .source("rid page; observed"),
    Misfortune::new("X9", "slow_answers", "answers take one to ten seconds")
        .way("inject the preset")
        .source("observed")
        .plans(r#"{"where":{"party":"wechat"},"what":{"delay":{"from":"1s","to":"10s"}}}"#),
    Misfortune::new("X10", "anonymous_profile", "getUserProfile gives a grey avatar and the name 微信用户")
        .way("call wx.getUserProfile: it is the default since 2022-11-08")
        .source("announcement on avatars and nicknames"),
    Misfortune::new("X11", "realtime_wired_to_quick", "the real-time button is wired to the quick button's event: nothing is called back")
        .way("tap with { event: bindgetphonenumber } on the real-time button")
        .source("observed"),
    Misfortune::new("P1", "system_error", "WeChat is busy: −1, and the code stays good")
        .way("inject the preset")
        .source("code2Session page")
        .plans(r#"{"where":{"party":"wechat"},"what":{"error":-1}}"#),
    Misfortune::new("P2", "daily_quota", "the day's quota of an API is used up: 45009")
        .way("inject the preset")
        .source("error code page; observed")
        .plans(r#"{"where":{"party":"wechat"},"what":{"error":45009}}"#),
    Misfortune::new("P3", "idaas_busy", "IDaaS is busy: COMMON.1008 with status 500")
        .way("inject the preset")
        .source("return code page of the employee edition")
        .plans(r#"{"where":{"party":"idaas"},"what":{"error":"COMMON.1008"}}"#),
    Misfortune::new("P4", "id_token_expired", "the id_token is past its life when it is handed out")
        .way("inject the preset; `what: { id_token: … }` has the other ways to be wrong")
        .source("emulator-made")
        .plans(r#"{"where":{"party":"idaas"},"what":{"id_token":"expired"}}"#),
    Misfortune::new("P5", "key_rotation", "the tenant signs with another key from now on; the key set shows both")
        .way("inject the preset, and clear it to go back")
        .source("emulator-made")
        .plans(r#"{"where":{"party":"idaas"},"what":{"id_token":"key_rotated"}}"#),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    #[test]
    fn every_preset_is_a_plan_that_can_be_planned() {
        for misfortune in CATALOGUE {
            let fault = Fault { preset: Some(misfortune.name.to_owned()), ..Fault::default() };
            match misfortune.preset {
                Some(json) => {
                    let plan: Result<FaultPlan, _> = serde_json::from_str(json);
                    assert!(plan.is_ok(), "{}: {plan:?}", misfortune.name);
                    assert!(fault.plan().is_ok(), "{}: {:?}", misfortune.name, fault.plan());
                }
                None => assert!(fault.plan().unwrap_err()[0].hint.is_some(), "{}", misfortune.name),
            }
        }
    }

    #[test]
    fn numbers_and_names_are_each_there_once_and_everything_is_told() {
        for (at, misfortune) in CATALOGUE.iter().enumerate() {
            let others = &CATALOGUE[..at];
            assert!(others.iter().all(|other| other.id != misfortune.id && other.name != misfortune.name));
            for text in [misfortune.about, misfortune.way, misfortune.source] {
                assert!(!text.is_empty(), "{}", misfortune.name);
            }
        }
        for (letter, last) in [("S", 25), ("X", 11)] {
            for number in 1..=last {
                let id = if letter == "S" { format!("S{number:02}") } else { format!("X{number}") };
                assert!(CATALOGUE.iter().any(|misfortune| misfortune.id == id), "{id}");
            }
        }
    }
}
