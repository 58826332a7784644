//! The pages "Get graphical verification code" and "Verify graphical verification code".

use data_encoding::BASE64;
use serde::Serialize;
use sim::CaptchaToken;

use super::pictures::Point;
use crate::address::Address;
use crate::answer::Reply;
use crate::call::Call;
use crate::refusal::{Refusal, Refused};

/// The members of the page, in its order; those that a slider has no use for are null there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Handout<'a> {
    token: &'a CaptchaToken,
    secret_key: &'a str,
    original_image_base64: String,
    jigsaw_image_base64: String,
    result: bool,
    captcha_id: (),
    project_code: (),
    captcha_original_path: (),
    captcha_font_type: (),
    captcha_font_size: (),
    point: (),
    word_list: (),
    point_list: (),
    point_json: (),
    captcha_verification: (),
}

#[derive(Serialize)]
struct Verified {
    captcha_token: CaptchaToken,
}

/// `GET /api/v2/sdk/captcha`.
pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Refused> {
    let handed = call.idaas.state.captchas.hand_out(&call.setup.config.captcha, call.now());
    Ok(Reply::json(&Handout {
        token: &handed.token,
        secret_key: &handed.secret_key,
        original_image_base64: BASE64.encode(&handed.background),
        jigsaw_image_base64: BASE64.encode(&handed.piece),
        result: false,
        captcha_id: (),
        project_code: (),
        captcha_original_path: (),
        captcha_font_type: (),
        captcha_font_size: (),
        point: (),
        word_list: (),
        point_list: (),
        point_json: (),
        captcha_verification: (),
    }))
}

/// `POST /api/v2/sdk/captcha/verify`.
pub(crate) fn verify(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let text = body.text("point_json")?;
    let token = body.text("token")?;
    let sender = body.text("sender")?;
    let point: Point = serde_json::from_str(text)
        .map_err(|_| Refusal::FieldFormat("point_json").because(r#"it is JSON text such as {"x":237.0,"y":5.0}"#))?;
    let sender = Address::read(sender).ok_or_else(|| {
        Refusal::FieldFormat("sender").because("it is the mobile number or e-mail address that the code will go to")
    })?;
    let captchas = &call.idaas.state.captchas;
    let captcha_token = captchas.solve(token, point, text, sender, &call.setup.config.captcha, call.now())?;
    Ok(Reply::json(&Verified { captcha_token }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Scene;
    use serde_json::json;

    const GET: &str = "/api/v2/sdk/captcha";
    const VERIFY: &str = "/api/v2/sdk/captcha/verify";

    #[test]
    fn a_handout_has_the_members_of_the_page_in_its_order() {
        let answer = Scene::new().get(GET, &[]);
        let (png, piece) = (answer.text("originalImageBase64"), answer.text("jigsawImageBase64"));
        let short = answer.text.replace(&png, "‹picture›").replace(&piece, "‹piece›");
        assert_eq!(
            short,
            r#"{"token":"TOKEN","secretKey":"KEY","originalImageBase64":"‹picture›","jigsawImageBase64":"‹piece›","result":false,"captchaId":null,"projectCode":null,"captchaOriginalPath":null,"captchaFontType":null,"captchaFontSize":null,"point":null,"wordList":null,"pointList":null,"pointJson":null,"captchaVerification":null}"#
                .replace("TOKEN", &answer.text("token"))
                .replace("KEY", &answer.text("secretKey"))
        );
        for picture in [png, piece] {
            assert!(BASE64.decode(picture.as_bytes()).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
        }
        assert_eq!(Scene::new().get(GET, &[]).text, answer.text, "the same seed gives the same picture");
    }

    #[test]
    fn the_point_of_a_solution_is_handed_back_as_it_was_written() {
        let scene = Scene::new();
        let token = scene.get(GET, &[]).text("token");
        let x = scene.idaas.captcha_answer(&token).unwrap();
        let point = format!(r#"{{ "x":{x}, "y": 5}}"#);
        let answer = scene.post(VERIFY, json!({ "point_json": point, "token": token, "sender": "13800138000" }));
        assert_eq!(answer.text, json!({ "captcha_token": format!("{token}---{point}") }).to_string());
    }

    #[test]
    fn a_wrong_place_is_told_in_the_words_of_the_page() {
        let scene = Scene::new();
        let token = scene.get(GET, &[]).text("token");
        let body = json!({ "point_json": r#"{"x":1.0,"y":5.0}"#, "token": token, "sender": "li@acme.example" });
        let answer = scene.post(VERIFY, body.clone());
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (
                400,
                r#"{"error_code":"IDAAS.SDK.CAPTCHA.0002","error_msg":"Graphic verification code verification failed"}"#
            )
        );
        assert_eq!(scene.post(VERIFY, body).refused(), (400, "CAPTCHA.0002", "captcha_wrong"));
    }

    #[test]
    fn a_text_that_is_no_point_or_no_sender_leaves_the_picture_as_it_was() {
        let scene = Scene::new();
        let token = scene.get(GET, &[]).text("token");
        let good = format!(r#"{{"x":{},"y":5.0}}"#, scene.idaas.captcha_answer(&token).unwrap());
        for (point, sender, code) in [
            (json!("x=5"), json!("13800138000"), "COMMON.1002"),
            (json!({ "x": 5, "y": 5 }), json!("13800138000"), "COMMON.1002"),
            (json!(good), json!("nobody"), "COMMON.1002"),
            (json!(good), json!(null), "COMMON.1001"),
            (json!(" "), json!("13800138000"), "COMMON.1001"),
        ] {
            let answer = scene.post(VERIFY, json!({ "point_json": point, "token": token, "sender": sender }));
            assert_eq!(answer.refused().1, code, "{}", answer.text);
        }
        let answer = scene.post(VERIFY, json!({ "point_json": good, "token": token, "sender": "13800138000" }));
        assert_eq!(answer.status, 200);
    }
}
