//! Finds what is wrong in a tenant's policies.

use super::{Config, ConfigProblem, Edition};
use crate::register;

impl Config {
    pub(super) fn check_policies(&self, problems: &mut Vec<ConfigProblem>) {
        if self.password.min_length > self.password.max_length {
            problems.push(ConfigProblem::new(["password", "min_length"], "this is more than `max_length`"));
        }
        if !(1..=32).contains(&self.codes.digits) {
            problems.push(ConfigProblem::new(["codes", "digits"], "a code has 1 to 32 digits").hint("the usual is 6"));
        }
        if self.captcha.tolerance.is_nan() || self.captcha.tolerance < 0.0 {
            let problem = ConfigProblem::new(["captcha", "tolerance"], "pixels are counted from 0 up");
            problems.push(problem.hint("`accept_any: true` takes any place as right"));
        }
        self.check_second_factor(problems);
        self.check_oauth2(problems);
        for (index, name) in self.registration.required.iter().enumerate() {
            if !register::optional_fields().any(|field| field == name) {
                let known: Vec<_> = register::optional_fields().collect();
                let path = ["registration", "required", &index.to_string()];
                let problem = ConfigProblem::new(path, format!("the registration has no optional field `{name}`"));
                problems.push(problem.hint(format!("its optional fields are {}", known.join(", "))));
            }
        }
    }

    fn check_oauth2(&self, problems: &mut Vec<ConfigProblem>) {
        if let Some(key) = self.oauth2.agrees.as_deref().filter(|key| self.users.get(key).is_none()) {
            let known: Vec<_> = self.users.iter().map(|(key, _)| key).collect();
            let problem = ConfigProblem::new(["oauth2", "agrees"], format!("there is no user `{key}`"));
            problems.push(match known.is_empty() {
                true => problem.hint("declare one under `users`"),
                false => problem.hint(format!("the keys of the users are {}", known.join(", "))),
            });
        }
        for (name, application) in self.applications.iter() {
            if application.client_secret.as_ref().is_some_and(|secret| secret.expose().is_empty()) {
                let problem = ConfigProblem::new(["applications", name, "client_secret"], "a secret cannot be empty");
                problems.push(problem.hint("leave it out, and the application has no back end"));
            }
            for (index, uri) in application.redirect_uris.iter().enumerate() {
                let web = uri.starts_with("http://") || uri.starts_with("https://");
                if !web || uri.contains('#') {
                    let path = ["applications", name, "redirect_uris", &index.to_string()];
                    problems.push(ConfigProblem::new(path, "an http or https address without a fragment is needed"));
                }
            }
        }
    }

    /// A second factor that is asked for and would never come is told, not ignored.
    fn check_second_factor(&self, problems: &mut Vec<ConfigProblem>) {
        if self.edition == Edition::Eiam {
            return;
        }
        let only = |path: &[&str]| {
            ConfigProblem::new(path.iter().copied(), "only the employee edition has a second factor")
                .hint("write `edition: eiam`")
        };
        if self.mfa.required {
            problems.push(only(&["mfa", "required"]));
        }
        for (name, application) in self.applications.iter() {
            if application.mfa == Some(true) {
                problems.push(only(&["applications", name, "mfa"]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scene;
    use sim::Password;

    use super::*;

    fn found(change: impl FnOnce(&mut Config)) -> Vec<String> {
        let mut config = scene::config();
        change(&mut config);
        config.problems().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn policies_that_contradict_themselves_are_found_all_at_once() {
        let problems = found(|config| {
            config.password.min_length = 19;
            config.codes.digits = 0;
            config.captcha.tolerance = f64::NAN;
            config.registration.required = vec!["email".to_owned(), "e-mail".to_owned()];
        });
        assert_eq!(
            problems,
            [
                "password.min_length: this is more than `max_length`",
                "codes.digits: a code has 1 to 32 digits",
                "captcha.tolerance: pixels are counted from 0 up",
                "registration.required.1: the registration has no optional field `e-mail`",
            ]
        );
    }

    #[test]
    fn a_second_factor_in_the_customer_edition_is_found() {
        let problems = found(|config| {
            config.mfa.required = true;
            config.applications.get_mut("desk").unwrap().mfa = Some(true);
        });
        let words = "only the employee edition has a second factor";
        assert_eq!(problems, [format!("mfa.required: {words}"), format!("applications.desk.mfa: {words}")]);
        assert!(found(|config| (config.edition, config.mfa.required) = (Edition::Eiam, true)).is_empty());
    }

    #[test]
    fn a_password_that_looks_like_a_hash_and_is_none_is_found() {
        let problems = found(|config| {
            config.users.get_mut("li").unwrap().password = Some(Password::new("$argon2id$nonsense"));
        });
        assert_eq!(problems, ["users.li.password: this begins like a PHC string of Argon2 and is none"]);
    }

    #[test]
    fn an_unusable_setting_of_oauth2_is_told() {
        let problems = found(|config| {
            config.oauth2.agrees = Some("li.na".to_owned());
            let shop = config.applications.get_mut("shop").unwrap();
            shop.client_secret = Some(sim::ClientSecret::new(""));
            shop.redirect_uris = vec!["https://shop.example/back".to_owned(), "shop.example/back".to_owned()];
        });
        assert_eq!(
            problems,
            [
                "oauth2.agrees: there is no user `li.na`",
                "applications.shop.client_secret: a secret cannot be empty",
                "applications.shop.redirect_uris.1: an http or https address without a fragment is needed",
            ]
        );
    }
}
