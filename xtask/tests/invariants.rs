//! The invariants of ARCHITECTURE.md that no type and no lint keeps.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that the workspace is not as it should be")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The workspace's crates that a crate's manifest names under `[dependencies]`.
fn dependencies(package: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let ours = ["sim", "mock-wechat", "idaas-core", "lab", "harness", "bench", "xtask"];
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| ours.contains(name))
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn every_source() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for package in ["sim", "mock-wechat", "idaas-core", "lab", "harness"] {
        sources(&root().join(package).join("src"), &mut found);
    }
    let name = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    found.into_iter().map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn dependencies_point_one_way() {
    assert_eq!(dependencies("sim"), Vec::<String>::new());
    assert_eq!(dependencies("mock-wechat"), ["sim"]);
    assert_eq!(dependencies("idaas-core"), ["sim"]);
    assert_eq!(dependencies("lab"), ["sim", "mock-wechat", "idaas-core"]);
    assert_eq!(dependencies("harness"), ["sim", "lab"]);
}

#[test]
fn one_module_touches_clock_entropy_and_environment() {
    let excepted: Vec<_> = every_source()
        .into_iter()
        .filter(|(_, text)| text.contains("clippy::disallowed_methods"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(excepted, ["sim/src/real.rs"]);
}

#[test]
fn nothing_is_global() {
    for (name, text) in every_source() {
        for forbidden in ["static mut ", "thread_local!", "lazy_static!"] {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        for line in
            text.lines().map(str::trim).filter(|line| line.starts_with("static ") || line.starts_with("pub static "))
        {
            let changes = ["Mutex", "RwLock", "Atomic", "OnceLock", "LazyLock", "Cell"];
            assert!(!changes.iter().any(|word| line.contains(word)), "{name}: {line}");
        }
    }
}

#[test]
fn no_secret_type_has_a_display() {
    let artefacts = fs::read_to_string(root().join("sim/src/artefact.rs")).unwrap();
    let shown: Vec<_> = artefacts.lines().filter(|line| line.contains("fmt::Display for")).collect();
    assert_eq!(shown, ["impl fmt::Display for ArtefactKind {"]);
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    for (name, _) in every_source() {
        let stem = Path::new(&name).file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            !["utils", "util", "helpers", "helper", "manager", "common", "misc"].contains(&stem.as_str()),
            "{name}"
        );
    }
}
