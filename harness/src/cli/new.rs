//! `mockwx new`.

use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;

use super::Context;
use super::args::SchemaOf;
use super::error::CliError;
use super::exit::Ended;
use super::schema::text_of;
use crate::problem::suggestion;

/// What a scenario can begin with: a name and a whole file. Tests run them all.
const FLOWS: &[(&str, &str)] = &[
    ("login", include_str!("../../templates/login.yaml")),
    ("phone-login", include_str!("../../templates/phone-login.yaml")),
    ("bind-wechat-mobile", include_str!("../../templates/bind-wechat-mobile.yaml")),
    ("register", include_str!("../../templates/register.yaml")),
    ("refresh", include_str!("../../templates/refresh.yaml")),
    ("expiry", include_str!("../../templates/expiry.yaml")),
    ("failure", include_str!("../../templates/failure.yaml")),
    ("back-end", include_str!("../../templates/back-end.yaml")),
];

const PROJECT_FILE: &str = include_str!("../../templates/project/mockwx.yaml");
/// Where a project keeps the schemas for its editors.
const SCHEMAS: &[(&str, SchemaOf)] = &[
    ("schema/scenario.schema.json", SchemaOf::Scenario),
    ("schema/flow.schema.json", SchemaOf::Flow),
    ("schema/world.schema.json", SchemaOf::World),
    ("schema/project.schema.json", SchemaOf::Project),
];

/// `mockwx new`.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// The name of the file, with folders if you like: `first`, `login/too-late`
    pub(crate) name: Option<String>,
    /// What it begins with; `--list` names them
    #[arg(long, value_name = "FLOW", default_value = "login", env = "MOCKWX_FLOW", hide_env = true)]
    pub(crate) flow: String,
    /// Lists what a scenario can begin with
    #[arg(long, env = "MOCKWX_LIST", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) list: bool,
    /// The folder that it is written into
    #[arg(long, value_name = "DIR", default_value = "scenarios", env = "MOCKWX_DIR", hide_env = true)]
    pub(crate) dir: PathBuf,
    /// Begins a project here: mockwx.yaml, the schemas for editors, and a first scenario
    #[arg(long, env = "MOCKWX_PROJECT", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) project: bool,
}

pub(super) fn new(args: &New, context: &Context) -> Result<Ended, CliError> {
    if args.list {
        let longest = FLOWS.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let lines = FLOWS.iter().map(|(name, text)| format!("{name:longest$}  {}\n", sentence(text)));
        context.out.data(&lines.collect::<String>())?;
        return Ok(Ended::Well);
    }
    let Some((_, template)) = FLOWS.iter().find(|(name, _)| *name == args.flow) else {
        let error = CliError::configuration(format!("--flow: no flow is called `{}`", args.flow));
        let hint = suggestion(&args.flow, FLOWS.iter().map(|(name, _)| *name));
        return Err(error.hint(hint.unwrap_or_else(|| "`mockwx new --list` names them".to_owned())));
    };
    let name = match (&args.name, args.project) {
        (Some(name), _) => name.as_str(),
        (None, true) => "first",
        (None, false) => {
            return Err(CliError::configuration("the scenario needs a name").hint("such as `mockwx new first`"));
        }
    };
    let path = args.dir.join(file_name(name)?);
    let mut told = String::new();
    if args.project {
        if context.folder.join("mockwx.yaml").exists() {
            return Err(CliError::configuration("mockwx.yaml is there already: this folder is a project")
                .hint("`mockwx new NAME` writes another scenario into it"));
        }
        write(&context.folder, Path::new("mockwx.yaml"), PROJECT_FILE)?;
        told.push_str("wrote mockwx.yaml, the defaults of this folder\n");
        for (schema, of) in SCHEMAS {
            // Whoever has one already may have it from somewhere else: it is theirs.
            if !context.folder.join(schema).exists() {
                write(&context.folder, Path::new(schema), &text_of(*of))?;
                told.push_str(&format!("wrote {schema}\n"));
            }
        }
    }
    write(&context.folder, &path, &with_schema(template, &path))?;
    let shown = path.to_string_lossy().replace('\\', "/");
    told.push_str(&format!("wrote {shown}: {}\n\n", sentence(template)));
    told.push_str(&format!(
        "next:\n  mockwx run {shown}\n  mockwx check {shown}  # after each change: tells all that is wrong\n"
    ));
    if !context.folder.join(SCHEMAS[0].0).exists() {
        told.push_str(
            "  mkdir -p schema && mockwx schema > schema/scenario.schema.json  # your editor completes and checks\n",
        );
    }
    context.out.data(&told)?;
    Ok(Ended::Well)
}

/// The promise of a template: what stands behind `scenario:`.
fn sentence(template: &str) -> &str {
    template.lines().find_map(|line| line.strip_prefix("scenario: ")).unwrap_or_default()
}

/// The path of the file called `name`, below the folder.
fn file_name(name: &str) -> Result<PathBuf, CliError> {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name);
    let path = Path::new(stem);
    let inside = path.components().all(|component| matches!(component, Component::Normal(_)));
    let fine = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
    if stem.is_empty() || stem.ends_with('/') || stem.starts_with('.') || !inside || !stem.chars().all(fine) {
        return Err(CliError::configuration(format!("`{name}` cannot be the name of a scenario's file"))
            .hint("letters, digits, `-`, `_` and `/`, such as `login/too-late`; --dir names another folder"));
    }
    Ok(PathBuf::from(format!("{stem}.yaml")))
}

/// The template with the way from `path` to the schema in its first line; without that line when there is no such way.
fn with_schema(template: &str, path: &Path) -> String {
    let rest = template.split_once('\n').map_or("", |(_, rest)| rest);
    let mut components = path.components().filter(|component| *component != Component::CurDir);
    if components.clone().all(|component| matches!(component, Component::Normal(_))) {
        components.next_back();
        let up = "../".repeat(components.count());
        return format!("# yaml-language-server: $schema={up}{}\n{rest}", SCHEMAS[0].0);
    }
    rest.to_owned()
}

/// Writes a new file; one that is there already is somebody's work.
fn write(folder: &Path, path: &Path, text: &str) -> Result<(), CliError> {
    let whole = folder.join(path);
    if let Some(parent) = whole.parent() {
        std::fs::create_dir_all(parent).map_err(|error| CliError::file("make the folder of", path, &error))?;
    }
    let made = std::fs::File::create_new(&whole).and_then(|mut file| file.write_all(text.as_bytes()));
    made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CliError::configuration(format!("{} is there already", path.to_string_lossy().replace('\\', "/")))
                .hint("it is left as it is; choose another name")
        }
        _ => CliError::file("write", path, &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stays_in_its_folder() {
        assert_eq!(file_name("login/too-late.yaml").unwrap(), Path::new("login/too-late.yaml"));
        assert_eq!(file_name("登录").unwrap(), Path::new("登录.yaml"));
        for wrong in ["", "../up", "/etc/passwd", "a/../../b", "a b", "a:3", ".hidden", "folder/", "a\\b"] {
            assert!(file_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_way_to_the_schema_leads_up_to_the_project() {
        let first = |path: &str| with_schema("# x\nscenario: S\n", Path::new(path)).lines().next().unwrap().to_owned();
        let line = "# yaml-language-server: $schema=";
        assert_eq!(first("scenarios/a.yaml"), format!("{line}../schema/scenario.schema.json"));
        assert_eq!(first("./scenarios/deep/a.yaml"), format!("{line}../../schema/scenario.schema.json"));
        assert_eq!(first("/elsewhere/a.yaml"), "scenario: S");
    }

    #[test]
    fn every_template_begins_with_the_way_to_its_schema_and_has_a_sentence() {
        for (name, text) in FLOWS {
            assert!(text.starts_with("# yaml-language-server: $schema=../../schema/scenario.schema.json\n"), "{name}");
            assert!(!sentence(text).is_empty(), "{name}");
        }
    }
}
