//! Finds what is wrong in a tenant's configuration, all at once.

use std::collections::HashMap;

use super::{Config, LinkEntry, Named, Source};

pub use sim::ConfigProblem;

fn twice<'a>(
    problems: &mut Vec<ConfigProblem>,
    seen: &mut HashMap<String, &'a str>,
    value: String,
    owner: &'a str,
    path: &[&str],
    what: &str,
) {
    if let Some(first) = seen.insert(value, owner) {
        let problem = ConfigProblem::new(path.iter().copied(), format!("this {what} is already that of `{first}`"));
        problems.push(problem.hint(format!("give `{owner}` another one")));
    }
}

impl Config {
    /// Everything wrong in it, in the order of the file.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        self.problems_after(&Named::default())
    }

    /// Everything wrong in it when it follows a configuration with the sources `before`: links stay when the source
    /// that they were made through is removed.
    pub(crate) fn problems_after(&self, before: &Named<Source>) -> Vec<ConfigProblem> {
        let mut problems = Vec::new();
        self.check_applications(&mut problems);
        self.check_users(&mut problems, before);
        self.check_policies(&mut problems);
        problems
    }

    fn check_applications(&self, problems: &mut Vec<ConfigProblem>) {
        let mut seen = HashMap::new();
        for (name, application) in self.applications.iter() {
            let path = ["applications", name, "client_id"];
            if application.client_id.trim().is_empty() {
                problems.push(ConfigProblem::new(path, "a client id cannot be empty"));
            }
            twice(problems, &mut seen, application.client_id.clone(), name, &path, "client id");
            for (index, source) in application.sources.iter().flatten().enumerate() {
                if self.sources.get(source).is_none() {
                    let known: Vec<_> = self.sources.iter().map(|(name, _)| format!("`{name}`")).collect();
                    let problem = ConfigProblem::new(
                        ["applications", name, "sources", &index.to_string()],
                        format!("there is no source `{source}`"),
                    );
                    problems.push(match known.is_empty() {
                        true => problem.hint("declare it under `sources`"),
                        false => problem.hint(format!("declared are {}", known.join(", "))),
                    });
                }
            }
        }
    }

    fn check_users(&self, problems: &mut Vec<ConfigProblem>, before: &Named<Source>) {
        let (mut names, mut mobiles, mut emails, mut openids) =
            (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        let mut ids = HashMap::new();
        for (key, user) in self.users.iter() {
            let name = user.user_name.clone().unwrap_or_else(|| key.to_owned());
            twice(problems, &mut names, name, key, &["users", key, "user_name"], "user name");
            if let Some(id) = &user.id {
                twice(problems, &mut ids, id.clone(), key, &["users", key, "id"], "id");
            }
            if let Some(mobile) = &user.mobile {
                let path = ["users", key, "mobile"];
                twice(problems, &mut mobiles, mobile.expose().to_owned(), key, &path, "mobile number");
            }
            if let Some(email) = &user.email {
                twice(problems, &mut emails, email.to_lowercase(), key, &["users", key, "email"], "e-mail address");
            }
            if let Some(problem) = user.password.as_ref().and_then(|text| crate::password::problem(text.expose())) {
                problems.push(ConfigProblem::new(["users", key, "password"], problem));
            }
            for (index, link) in user.wechat.iter().enumerate() {
                let index = index.to_string();
                let path = ["users", key, "wechat", &index];
                match link {
                    LinkEntry::Person(person) => problems.push(
                        ConfigProblem::new(path, format!("nobody here is called `{person}`"))
                            .hint("name one of the world's people, or write `{ openid: … }`"),
                    ),
                    LinkEntry::Identity(identity) => {
                        let openid = identity.openid.expose().to_owned();
                        twice(problems, &mut openids, openid, key, &path, "WeChat identity");
                        let unknown = |name: &&String| self.sources.get(name).is_none() && before.get(name).is_none();
                        if let Some(source) = identity.source.as_ref().filter(unknown) {
                            let path = ["users", key, "wechat", &index, "source"];
                            problems.push(ConfigProblem::new(path, format!("there is no source `{source}`")));
                        }
                    }
                }
            }
        }
    }
}
