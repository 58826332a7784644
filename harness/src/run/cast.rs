//! The mini programs and applications of a world: what a step means when it names none.

use serde_json::Value;

/// The mini programs and applications of a world, in the order in which its world file has them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cast {
    mini_programs: Vec<MiniProgram>,
    applications: Vec<Application>,
}

/// A mini program's appid and secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MiniProgram {
    pub(crate) appid: String,
    pub(crate) secret: String,
    /// The keys of signed calls, as an export has them.
    pub(crate) api_security: Option<Value>,
}

#[derive(Debug, Clone)]
struct Application {
    name: String,
    own: Credentials,
}

/// By what an application's back end shows who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn mini_programs(world: &Value) -> impl Iterator<Item = &Value> {
    world.pointer("/wechat/mini_programs").and_then(Value::as_array).into_iter().flatten()
}

fn applications_of(world: &Value) -> impl Iterator<Item = (&String, &Value)> {
    world.pointer("/idaas/applications").and_then(Value::as_object).into_iter().flatten()
}

impl MiniProgram {
    fn of(value: &Value) -> Option<Self> {
        let api_security = value.get("api_security").filter(|keys| !keys.is_null()).cloned();
        Some(Self { appid: text(value, "appid")?, secret: text(value, "secret")?, api_security })
    }
}

impl Application {
    fn of(name: &str, value: &Value) -> Option<Self> {
        let client_secret = text(value, "client_secret").unwrap_or_else(|| ANY_SECRET.to_owned());
        Some(Self { name: name.to_owned(), own: Credentials { client_id: text(value, "client_id")?, client_secret } })
    }
}

/// What is sent in a world that welcomes any appid and any client id.
const ANY_APPID: &str = "wx0123456789abcdef";
const ANY_SECRET: &str = "0123456789abcdef0123456789abcdef";
const ANY_CLIENT_ID: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";

impl Cast {
    /// The cast of an exported world. An export has generated values too, but its names may be sorted; `file` is what the
    /// author wrote, whose order says which is the first.
    pub(crate) fn new(export: &Value, file: &Value) -> Self {
        let mini_programs = mini_programs(export).filter_map(MiniProgram::of).collect();
        let mut applications: Vec<_> =
            applications_of(export).filter_map(|(name, value)| Application::of(name, value)).collect();
        applications.sort_by_key(|known| {
            let mut written = applications_of(file).map(|(name, _)| name);
            written.position(|name| *name == known.name).unwrap_or(usize::MAX)
        });
        Self { mini_programs, applications }
    }

    /// The cast of a world that was made from `file`, where the file says it all and nothing was generated.
    pub(crate) fn written(file: &Value) -> Option<Self> {
        // Keys of signed calls that a file leaves out are the published ones, which only an export shows.
        let has_keys = mini_programs(file).any(|app| app.get("api_security").is_some());
        if file.get("like").is_some() || has_keys {
            return None;
        }
        Some(Self {
            mini_programs: mini_programs(file).map(MiniProgram::of).collect::<Option<_>>()?,
            applications: applications_of(file)
                .map(|(name, value)| Application::of(name, value))
                .collect::<Option<_>>()?,
        })
    }

    /// The mini program of this appid, or the first one. An appid that the world does not declare keeps its name and
    /// borrows a secret, so that the world can refuse it.
    pub(crate) fn mini_program(&self, appid: Option<&str>) -> MiniProgram {
        let first = self.mini_programs.first();
        match appid {
            None => first.cloned(),
            Some(appid) => self.mini_programs.iter().find(|app| app.appid == appid).cloned(),
        }
        .unwrap_or_else(|| MiniProgram {
            appid: appid.unwrap_or(ANY_APPID).to_owned(),
            secret: first.map_or(ANY_SECRET, |first| &first.secret).to_owned(),
            api_security: None,
        })
    }

    /// The name of the application of this client id.
    pub(crate) fn application_name(&self, client_id: &str) -> Option<&str> {
        let found = self.applications.iter().find(|known| known.own.client_id == client_id)?;
        Some(&found.name)
    }

    /// Client id and secret of the application of this name or client id, or of the first one. What names no application
    /// is a client id; one without a secret borrows one, so that the world can refuse it.
    pub(crate) fn credentials(&self, application: Option<&str>) -> Credentials {
        let found = match application {
            None => self.applications.first(),
            Some(name) => self.applications.iter().find(|known| known.name == name || known.own.client_id == name),
        };
        found.map_or_else(
            || Credentials {
                client_id: application.unwrap_or(ANY_CLIENT_ID).to_owned(),
                client_secret: ANY_SECRET.to_owned(),
            },
            |found| found.own.clone(),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_is_the_one_that_the_author_wrote_first() {
        let export = json!({"idaas": {"applications": {"desk": {"client_id": "d"}, "shop": {"client_id": "s"}}}});
        let file = json!({"idaas": {"applications": {"shop": {}, "desk": {}}}});
        assert_eq!(Cast::new(&export, &json!({})).credentials(None).client_id, "d");
        let cast = Cast::new(&export, &file);
        assert_eq!(
            (
                cast.credentials(None).client_id,
                cast.credentials(Some("desk")).client_id,
                cast.credentials(Some("x")).client_id
            ),
            ("s".into(), "d".into(), "x".into())
        );
    }

    #[test]
    fn a_file_that_leaves_something_to_the_world_does_not_say_it_all() {
        assert!(Cast::written(&json!({"idaas": {"applications": {"shop": {}}}})).is_none());
        assert!(Cast::written(&json!({"wechat": {"mini_programs": [{"appid": "wx1"}]}})).is_none());
        let cast = Cast::written(&json!({"idaas": {"applications": {"shop": {"client_id": "s"}}}})).unwrap();
        assert_eq!(cast.credentials(None).client_id, "s");
    }

    #[test]
    fn a_world_that_declares_nothing_gets_something_to_work_with() {
        let cast = Cast::written(&json!({})).unwrap();
        assert_eq!(cast.mini_program(None).appid, ANY_APPID);
        assert_eq!(
            cast.mini_program(Some("wx1")),
            MiniProgram { appid: "wx1".into(), secret: ANY_SECRET.into(), api_security: None }
        );
        assert_eq!(cast.credentials(None).client_id, ANY_CLIENT_ID);
    }
}
