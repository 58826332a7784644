//! The pages "Send SMS verification code" and "Send e-mail verification code".

use crate::address::{Address, Channel};
use crate::answer::Reply;
use crate::call::{Body, Call};
use crate::outbox::Message;
use crate::refusal::{Refusal, Refused};
use crate::verify_code::Purpose;

/// `POST /api/v2/sdk/sms/send`.
pub(crate) fn sms(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let mobile = Address::Mobile(body.mobile()?);
    send(call, &body, mobile)
}

/// `POST /api/v2/sdk/email/send`.
pub(crate) fn email(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let email = Address::Email(body.email()?);
    send(call, &body, email)
}

/// Puts a message with a code into the outbox, for a solved picture. Whether anybody has the address is not asked:
/// people register and bind with addresses that nobody has yet.
fn send(call: &Call<'_>, body: &Body, to: Address) -> Result<Reply, Refused> {
    let config = &call.setup.config;
    let purpose = purpose(call, body.text("type")?, to.channel())?;
    let now = call.now();
    if config.captcha.required {
        let captcha_token = body.text("captcha_token")?;
        // It is used up even when the message is then found to come too early: a solution is good for one attempt.
        // That, and the code of the refusal, are inferred.
        call.idaas.state.captchas.redeem(captcha_token, &to, &config.captcha, now)?;
    }
    let code = call.idaas.state.verify_codes.issue(to.clone(), purpose, config, now)?;
    let life = config.codes.life;
    call.idaas.state.outbox.put(Message::of(&to, purpose, code.expose(), life, &config.domain, call.language, now));
    Ok(Reply::Empty)
}

fn purpose(call: &Call<'_>, name: &str, channel: Channel) -> Result<Purpose, Refused> {
    let edition = call.setup.config.edition;
    Purpose::read(name, channel, edition).ok_or_else(|| {
        let known: Vec<_> = Purpose::names(channel, edition).collect();
        Refusal::FieldUnusable { name: "type", why: "this channel of this edition does not know it" }
            .because(format!("it knows {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use crate::config::Edition;
    use crate::scene::{Answered, Scene, request};
    use serde_json::json;

    const SMS: &str = "/api/v2/sdk/sms/send";
    const EMAIL: &str = "/api/v2/sdk/email/send";

    fn solved(scene: &Scene, sender: &str) -> String {
        let token = scene.get("/api/v2/sdk/captcha", &[]).text("token");
        let point = format!(r#"{{"x":{:?},"y":5.0}}"#, scene.idaas.captcha_answer(&token).unwrap());
        let body = json!({ "point_json": point, "token": token, "sender": sender });
        scene.post("/api/v2/sdk/captcha/verify", body).text("captcha_token")
    }

    fn send(scene: &Scene, mobile: &str, captcha_token: &str) -> Answered {
        scene.post(SMS, json!({ "mobile": mobile, "type": "LOGIN_SMS", "captcha_token": captcha_token }))
    }

    #[test]
    fn a_solved_picture_sends_one_sms() {
        let scene = Scene::new();
        let captcha_token = solved(&scene, "13800138000");
        let answer = send(&scene, "+86-13800138000", &captcha_token);
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        let outbox = scene.idaas.outbox();
        assert_eq!(outbox.len(), 1);
        let code = &outbox[0].verify_code;
        assert_eq!(
            serde_json::to_value(&outbox[0]).unwrap(),
            json!({
                "at": "2026-03-01T09:00:00Z", "channel": "sms", "to": "+86-13800138000", "type": "LOGIN_SMS", "verify_code": code,
                "text": format!("[acme.example] {code} is your code to log in. It is valid for 5 minutes. Do not share it."),
            })
        );
        scene.advance(60);
        assert_eq!(send(&scene, "13800138000", &captcha_token).refused(), (400, "CAPTCHA.0002", "captcha_wrong"));
    }

    #[test]
    fn an_e_mail_goes_to_an_address_that_nobody_has_yet_too() {
        let scene = Scene::new();
        let captcha_token = solved(&scene, "new@acme.example");
        let body = json!({ "email": "New@acme.example", "type": "REGISTER_EMS", "captcha_token": captcha_token });
        assert_eq!(scene.post_with(EMAIL, &[("X-L", "")], body).status, 200);
        let message = &scene.idaas.outbox()[0];
        assert!(message.is_to("new@acme.example"));
        assert_eq!(
            message.text,
            format!("【acme.example】验证码{},用于注册,5分钟内有效,请勿告知他人。", message.verify_code)
        );
    }

    #[test]
    fn a_second_message_within_a_minute_is_not_sent() {
        let scene = Scene::new();
        assert_eq!(send(&scene, "13800138000", &solved(&scene, "13800138000")).status, 200);
        scene.advance(59);
        let early = send(&scene, "13800138000", &solved(&scene, "13800138000"));
        assert_eq!(
            early.text,
            r#"{"error_code":"IDAAS.SDK.CAPTCHA.0006","error_msg":"Failed to send verification code"}"#
        );
        scene.advance(1);
        assert_eq!(send(&scene, "13800138000", &solved(&scene, "13800138000")).status, 200);
    }

    #[test]
    fn a_picture_solved_for_another_address_sends_nothing() {
        let scene = Scene::new();
        let answer = send(&scene, "13900139000", &solved(&scene, "13800138000"));
        assert_eq!(answer.refused(), (400, "CAPTCHA.0002", "captcha_wrong"));
        assert_eq!(scene.idaas.outbox(), []);
    }

    #[test]
    fn types_belong_to_channel_and_edition() {
        let scene = Scene::with(|config| config.captcha.required = false);
        let send = |kind: &str| scene.post(SMS, json!({ "mobile": "13800138000", "type": kind }));
        assert_eq!(send("LOGIN_EMS").refused(), (400, "COMMON.1006", "field_unusable"));
        assert_eq!(send("MFA_AUTH_SMS").refused().1, "COMMON.1006");
        assert_eq!(send("UPDATE_PWD_SMS").status, 200);
        scene.change(|config| config.edition = Edition::Eiam);
        assert_eq!(send("MFA_AUTH_SMS").status, 200);
        assert_eq!(send("UPDATE_PWD_SMS").refused().1, "COMMON.1006");
    }

    #[test]
    fn each_field_is_asked_for() {
        let scene = Scene::new();
        let full = json!({ "mobile": "13800138000", "type": "LOGIN_SMS", "captcha_token": "x" });
        for name in ["mobile", "type", "captcha_token"] {
            let mut body = full.clone();
            body[name] = json!("");
            let answer = scene.post(SMS, body);
            let text = format!(
                r#"{{"error_code":"IDAAS.SDK.COMMON.1001","error_msg":"Parameter {name} cannot be left blank"}}"#
            );
            assert_eq!(answer.text, text);
        }
        let mut body = full;
        body["mobile"] = json!("12");
        assert_eq!(scene.post(SMS, body).refused(), (400, "COMMON.1002", "field_format"));
    }

    #[test]
    fn one_of_a_hundred_callers_sends_with_a_captcha_token() {
        let scene = Scene::with(|config| config.limits = false);
        let body =
            json!({ "mobile": "13800138000", "type": "LOGIN_SMS", "captcha_token": solved(&scene, "13800138000") });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
        let sent = runtime.block_on(async {
            let calls: Vec<_> = (0..100)
                .map(|_| {
                    let (scene, body) = (scene.clone(), body.to_string());
                    tokio::spawn(async move {
                        scene.send_later(request(http::Method::POST, SMS, &[], body.into())).await.status
                    })
                })
                .collect();
            let mut sent = 0;
            for call in calls {
                sent += usize::from(call.await.unwrap() == 200);
            }
            sent
        });
        assert_eq!((sent, scene.idaas.outbox().len()), (1, 1));
    }
}
