//! The page "Register by mobile and SMS verification code".

use serde_json::{Map, Value};

use crate::address::{self, Address};
use crate::answer::Reply;
use crate::call::{Body, Call};
use crate::directory::NewUser;
use crate::grant::After;
use crate::password::StoredPassword;
use crate::refusal::{Refusal, Refused};
use crate::verify_code::Purpose;

/// Optional fields that make up the user's account.
const ACCOUNT: [&str; 4] = ["user_name", "name", "email", "pwd"];
/// Optional fields that are kept as attributes of the user.
const ATTRIBUTES: [&str; 11] = [
    "head_img",
    "attr_gender",
    "attr_birthday",
    "attr_nick_name",
    "mailing_address",
    "zip_code",
    "first_name",
    "middle_name",
    "last_name",
    "industry",
    "extension",
];

/// The optional fields of the page: those that a tenant may demand.
pub(crate) fn optional_fields() -> impl Iterator<Item = &'static str> {
    ACCOUNT.into_iter().chain(ATTRIBUTES)
}

/// `POST /api/v2/sdk/register/mobile-verify-code`.
///
/// The new user is logged in at once, as after a bind that registers (inferred: the page's answer could not be read).
pub(crate) fn by_mobile(call: &Call<'_>) -> Result<Reply, Refused> {
    let body = call.body()?;
    let mobile = body.mobile()?;
    let code = body.text("verify_code")?;
    let registration = &call.setup.config.registration;
    for name in optional_fields().filter(|name| registration.required.iter().any(|required| required == name)) {
        if body.value(name).is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty())) {
            return Err(Refusal::FieldMissing(name).because("the tenant's attribute definition demands it"));
        }
    }
    let email = match body.optional_text("email")? {
        Some(text) => Some(address::email(text).ok_or(Refusal::FieldFormat("email"))?),
        None => None,
    };
    let pwd = match body.optional_text("pwd")? {
        Some(_) => Some(body.verbatim("pwd")?),
        None => None,
    };
    let new = NewUser {
        user_name: body.optional_text("user_name")?.map(str::to_owned),
        name: body.optional_text("name")?.map(str::to_owned),
        password: None,
        mobile: Some(mobile.clone()),
        email,
        attributes: attributes(&body)?,
    };
    if !registration.allowed {
        return Err(Refusal::RegistrationClosed.into());
    }
    let proven = call.reserve_code(&Address::Mobile(mobile.clone()), Purpose::Register, code)?;
    if let Some(pwd) = pwd {
        call.allow_password(pwd)?;
    }
    let now = call.now();
    let password =
        pwd.map(|pwd| StoredPassword::set(pwd, call.idaas.ground.seed, &[mobile.expose(), &now.to_string()]));
    let user = call.idaas.state.users().create(NewUser { password, ..new }, now)?;
    proven.commit(now);
    call.signed_in(&user.id, After::Login)
}

fn attributes(body: &Body) -> Result<Map<String, Value>, Refused> {
    let mut attributes = Map::new();
    for name in ATTRIBUTES {
        if name == "extension" {
            match body.value(name) {
                None => {}
                Some(object @ Value::Object(_)) => drop(attributes.insert(name.to_owned(), object.clone())),
                Some(_) => return Err(Refusal::FieldFormat(name).because("it must be an object")),
            }
            continue;
        }
        let Some(text) = body.optional_text(name)? else { continue };
        let problem = match name {
            "attr_gender" if !["male", "female", "unknown"].contains(&text) => Some("it is male, female or unknown"),
            "attr_birthday" if !is_date(text) => Some("it is a date such as 1992-02-17"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(Refusal::FieldFormat(name).because(problem));
        }
        attributes.insert(name.to_owned(), text.into());
    }
    Ok(attributes)
}

/// Whether a text is a date as the page writes it: `1992-02-17`.
fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |at: usize, length: usize| -> Option<u32> {
        let part = parts.get(at).filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse().ok()
    };
    parts.len() == 3
        && number(0, 4).is_some()
        && number(1, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(2, 2).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Answered, Scene};
    use serde_json::json;

    const REGISTER: &str = "/api/v2/sdk/register/mobile-verify-code";

    fn scene() -> Scene {
        Scene::with(|config| config.captcha.required = false)
    }

    /// A registration of 13700137000 with a fresh code and further fields.
    fn register(scene: &Scene, further: Value) -> Answered {
        scene.advance(60);
        let mut body = json!({ "mobile": "13700137000", "verify_code": scene.code("13700137000", "REGISTER_SMS") });
        body.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        scene.post(REGISTER, body)
    }

    #[test]
    fn a_number_and_its_code_make_a_user_who_is_logged_in() {
        let scene = scene();
        let answer = register(&scene, json!({}));
        assert_eq!((answer.text("status"), &answer.body["expire"]), ("SUCCESS".to_owned(), &json!(432_000)));
        let users = scene.idaas.config().users;
        let (_, user) = users.iter().last().unwrap();
        assert_eq!(user.mobile.as_ref().unwrap().expose(), "+86-13700137000");
        assert_eq!(user.user_name.as_deref(), Some("13700137000"));
    }

    #[test]
    fn a_password_that_is_registered_can_be_logged_in_with() {
        let scene = scene();
        let answer =
            register(&scene, json!({ "user_name": "zhao", "pwd": "battery-staple", "email": "zhao@acme.example" }));
        assert_eq!(answer.status, 200, "{}", answer.text);
        let login = scene.post("/api/v2/sdk/login", json!({ "user_name": "zhao", "password": "battery-staple" }));
        assert_eq!(login.text("status"), "SUCCESS");
    }

    #[test]
    fn attributes_are_kept_as_they_were_sent() {
        let scene = scene();
        let further =
            json!({ "attr_gender": "female", "attr_birthday": "1992-02-17", "extension": { "vip": 3 }, "other": "x" });
        assert_eq!(register(&scene, further).status, 200);
        let users = scene.idaas.config().users;
        let (_, user) = users.iter().last().unwrap();
        let kept = json!({ "attr_gender": "female", "attr_birthday": "1992-02-17", "extension": { "vip": 3 } });
        assert_eq!(Value::Object(user.attributes.clone()), kept);
    }

    #[test]
    fn an_attribute_of_the_wrong_form_is_refused() {
        let scene = scene();
        for (name, value) in [
            ("attr_gender", json!("f")),
            ("attr_birthday", json!("17.2.1992")),
            ("attr_birthday", json!("1992-13-01")),
            ("extension", json!("x")),
            ("head_img", json!(7)),
            ("email", json!("nobody")),
        ] {
            let answer = register(&scene, json!({ name: value }));
            assert_eq!(answer.text("error_msg"), format!("The {name} parameter format is incorrect"));
        }
    }

    #[test]
    fn what_somebody_else_has_cannot_be_registered_and_the_code_stays_good() {
        let scene = scene();
        let code = scene.code("13700137000", "REGISTER_SMS");
        let register = |further: Value| {
            let mut body = json!({ "mobile": "13700137000", "verify_code": code });
            body.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
            scene.post(REGISTER, body)
        };
        for (name, value) in [("user_name", "li.na"), ("email", "LI@acme.example")] {
            let answer = register(json!({ name: value }));
            assert_eq!(answer.refused(), (400, "COMMON.1006", "attribute_taken"));
            assert_eq!(answer.text("error_msg"), format!("The {name} parameter error"));
        }
        assert_eq!(register(json!({ "pwd": "short" })).refused(), (400, "LOGIN.1004", "password_not_allowed"));
        assert_eq!(register(json!({})).status, 200);
        assert_eq!(register(json!({})).refused().1, "CAPTCHA.0007");
        let body = json!({ "mobile": "13800138000", "verify_code": scene.code("13800138000", "REGISTER_SMS") });
        assert_eq!(scene.post(REGISTER, body).text("error_msg"), "The mobile parameter error");
    }

    #[test]
    fn a_tenant_demands_fields_or_closes_its_registration() {
        let scene = scene();
        scene.change(|config| config.registration.required = vec!["email".to_owned(), "extension".to_owned()]);
        assert_eq!(register(&scene, json!({ "email": " " })).text("error_msg"), "Parameter email cannot be left blank");
        let without = register(&scene, json!({ "email": "z@acme.example" }));
        assert_eq!(without.text("error_msg"), "Parameter extension cannot be left blank");
        scene.change(|config| config.registration.allowed = false);
        let closed = register(&scene, json!({ "email": "z@acme.example", "extension": {} }));
        assert_eq!(closed.refused(), (400, "COMMON.1006", "registration_closed"));
    }

    #[test]
    fn the_code_must_be_one_for_registering() {
        let scene = scene();
        let body = json!({ "mobile": "13700137000", "verify_code": scene.code("13700137000", "LOGIN_SMS") });
        assert_eq!(scene.post(REGISTER, body).refused(), (400, "CAPTCHA.0007", "code_wrong"));
    }
}
