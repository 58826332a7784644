//! Writes `docs/coverage.md`: what the vendors document, what of it is served, and which scenarios exercise it.
//!
//! `xtask/documented.txt` lists the vendors' endpoints and fields; the errors are the crates' own tables of refusals. What
//! is served is asked of a lab, what is exercised is read from the journals of all shipped scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use harness::check::check_files;
use harness::run::{Observed, Selection, observe};
use idaas_core::config::Edition;
use lab::{Lab, Peer, Settings};

const PAGE: &str = "docs/coverage.md";

/// One endpoint as a vendor documents it.
#[derive(Debug)]
struct Documented<'a> {
    vendor: &'a str,
    method: &'a str,
    path: &'a str,
    page: &'a str,
    request: Vec<&'a str>,
    answer: Vec<&'a str>,
}

/// Writes the page, or, to `check`, demands that the committed one is the one that would be written.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no root")?;
    let text = page(root)?;
    let file = root.join(PAGE);
    let told = |error: std::io::Error| format!("{PAGE}: {error}");
    if !check {
        fs::create_dir_all(root.join("docs")).map_err(told)?;
        return fs::write(&file, text).map_err(told);
    }
    let committed = fs::read_to_string(&file).map_err(told)?;
    match committed.lines().zip(text.lines()).position(|(old, new)| old != new) {
        None if committed == text => Ok(()),
        at => {
            let line = at.unwrap_or_else(|| committed.lines().count().min(text.lines().count()));
            Err(format!(
                "{PAGE}:{}: is old; `cargo xtask coverage` writes it anew\n- {}\n+ {}",
                line + 1,
                committed.lines().nth(line).unwrap_or_default(),
                text.lines().nth(line).unwrap_or_default()
            ))
        }
    }
}

fn page(root: &Path) -> Result<String, String> {
    let list =
        fs::read_to_string(root.join("xtask/documented.txt")).map_err(|e| format!("xtask/documented.txt: {e}"))?;
    let documented = parse(&list)?;
    let seen = exercised(root)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| e.to_string())?;
    let lab = Lab::new(Settings::default()).map_err(|problems| format!("{problems:?}"))?;
    let mut text = String::from(INTRODUCTION);
    for (vendor, title) in [("wechat", "WeChat's server API"), ("device", "The phone"), ("idaas", "IDaaS")] {
        let _ = writeln!(
            text,
            "\n## {title}\n\n| endpoint | | source | request fields | answer fields | scenarios |\n|---|---|---|---|---|---|"
        );
        for endpoint in documented.iter().filter(|endpoint| endpoint.vendor == vendor) {
            let is_served = vendor == "device" || runtime.block_on(served(&lab, endpoint));
            text.push_str(&row(endpoint, is_served, &seen));
        }
    }
    text.push_str(&errors(&seen));
    Ok(text)
}

const INTRODUCTION: &str = "\
# What is covered

Every endpoint, field and error of both vendors, with its source, and the scenarios that exercise it. The page is made by
`cargo xtask coverage` from the vendors' pages (`xtask/documented.txt`), the programs' own tables of refusals and the
journals of all shipped scenarios; `cargo xtask coverage --check` holds it against them.

**yes**: served, and a scenario exercises it. **partly**: served, and no scenario exercises it, or not all of it. **no**: not
served. A field in ~~strikes~~ is one that no scenario sends or gets.
";

/// Reads the list: five columns between bars.
fn parse(list: &str) -> Result<Vec<Documented<'_>>, String> {
    let rows = list.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    rows.map(|(number, line)| {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let &[vendor, endpoint, page, request, answer] = &columns[..] else {
            return Err(format!("xtask/documented.txt:{}: five columns between bars", number + 1));
        };
        let (method, path) = endpoint
            .split_once(' ')
            .ok_or_else(|| format!("xtask/documented.txt:{}: `METHOD PATH` in the second column", number + 1))?;
        let (request, answer) = (request.split_whitespace().collect(), answer.split_whitespace().collect());
        Ok(Documented { vendor, method, path, page, request, answer })
    })
    .collect()
}

/// Every exchange that the shipped scenarios cause.
fn exercised(root: &Path) -> Result<Vec<Observed>, String> {
    let folder = root.join("scenarios");
    let checked = check_files(&[folder.to_string_lossy()]);
    if let Some(problem) = checked.problems.first() {
        return Err(format!("the scenarios are not in order: {problem}"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let mut seen = Vec::new();
    for id in Selection::default().of(&checked.scenarios) {
        for mut observed in runtime.block_on(observe(&id))? {
            let short = Path::new(&observed.file).strip_prefix(&folder).map(|path| path.display().to_string());
            observed.file = short.unwrap_or_else(|_| observed.file.clone());
            seen.push(observed);
        }
    }
    Ok(seen)
}

/// Whether a lab answers at this path with anything but that there is nothing.
async fn served(lab: &Lab, endpoint: &Documented<'_>) -> bool {
    let path = endpoint.path.replace(['{', '}'], "");
    let Ok(request) = http::Request::builder().method(endpoint.method).uri(path).body(Bytes::new()) else {
        return false;
    };
    let answer = lab.answer(request, Peer::in_process()).await;
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    let is_unknown = text.contains("40066") || matches!(answer.status().as_u16(), 404 | 405) && !text.contains("USER.");
    !is_unknown
}

/// Whether an exchange was one of this endpoint; `{…}` stands for any part of a path.
fn is_of(endpoint: &Documented<'_>, observed: &Observed) -> bool {
    let fits = |(wanted, part): (&str, &str)| wanted.starts_with('{') || wanted == part;
    observed.method == endpoint.method
        && endpoint.path.split('/').count() == observed.path.split('/').count()
        && endpoint.path.split('/').zip(observed.path.split('/')).all(fits)
}

fn row(endpoint: &Documented<'_>, is_served: bool, seen: &[Observed]) -> String {
    let of: Vec<&Observed> = seen.iter().filter(|observed| is_of(endpoint, observed)).collect();
    let sent: BTreeSet<&str> = of.iter().flat_map(|observed| &observed.sent).map(String::as_str).collect();
    let got: BTreeSet<&str> = of.iter().flat_map(|observed| &observed.answered).map(String::as_str).collect();
    let fields = |wanted: &[&str], known: &BTreeSet<&str>| {
        let shown =
            wanted.iter().map(|field| if known.contains(field) { (*field).to_owned() } else { format!("~~{field}~~") });
        shown.collect::<Vec<_>>().join(" ")
    };
    let all = endpoint.request.iter().all(|field| sent.contains(field))
        && endpoint.answer.iter().all(|field| got.contains(field));
    let verdict = match (is_served, of.is_empty(), all) {
        (false, ..) => "no",
        (true, false, true) => "yes",
        (true, ..) => "partly",
    };
    format!(
        "| `{} {}` | {verdict} | {} | {} | {} | {} |\n",
        endpoint.method,
        endpoint.path,
        endpoint.page,
        fields(&endpoint.request, &sent),
        fields(&endpoint.answer, &got),
        files(of.iter().map(|observed| observed.file.as_str()))
    )
}

/// Links to at most three scenarios, and how many more there are.
fn files<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let all: BTreeSet<&str> = all.collect();
    let mut shown: Vec<String> = all.iter().take(3).map(|file| format!("[{file}](../scenarios/{file})")).collect();
    if all.len() > 3 {
        shown.push(format!("and {} more", all.len() - 3));
    }
    shown.join(", ")
}

fn errors(seen: &[Observed]) -> String {
    let mut by_rule: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for observed in seen {
        if let Some(rule) = &observed.rule {
            by_rule.entry((observed.to.as_str(), rule)).or_default().push(&observed.file);
        }
    }
    let exercised = |to: &str, rule: &str| {
        let all = by_rule.get(&(to, rule)).map_or(&[][..], Vec::as_slice);
        (if all.is_empty() { "partly" } else { "yes" }, files(all.iter().copied()))
    };
    let head = "| rule | code | | text | meaning | source | scenarios |\n|---|---|---|---|---|---|---|\n";
    let mut text = format!("\n## WeChat's errors\n\n{head}");
    for known in mock_wechat::refusals() {
        let (verdict, scenarios) = exercised("wechat", known.rule);
        let _ = writeln!(
            text,
            "| `{}` | {} | {verdict} | {} | {} | {} | {scenarios} |",
            known.rule, known.errcode, known.text, known.means, known.source
        );
    }
    let _ = write!(text, "\n## IDaaS's errors\n\n{head}");
    for known in idaas_core::refusals() {
        let (verdict, scenarios) = exercised("idaas", known.rule());
        let (ciam, eiam) = (known.tail(Edition::Ciam), known.tail(Edition::Eiam));
        let code = if ciam == eiam { ciam.to_owned() } else { format!("{ciam}, EIAM {eiam}") };
        let words = known.text(Edition::Ciam, idaas_core::Language::English);
        let _ = writeln!(
            text,
            "| `{}` | {code} | {verdict} | {words} | {} | {} | {scenarios} |",
            known.rule(),
            known.means(),
            source(known.source())
        );
    }
    text
}

const fn source(source: idaas_core::Source) -> &'static str {
    match source {
        idaas_core::Source::Documented => "documented",
        idaas_core::Source::Observed => "observed",
        idaas_core::Source::Inferred => "inferred",
        idaas_core::Source::Made => "emulator-made",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        fs::read_to_string(root.join(PAGE)).unwrap()
    }

    #[test]
    fn every_refusal_and_every_endpoint_of_a_step_word_is_on_the_page() {
        let page = committed();
        for rule in
            mock_wechat::refusals().map(|known| known.rule).chain(idaas_core::refusals().map(|known| known.rule()))
        {
            assert!(page.contains(&format!("| `{rule}` |")), "{rule}");
        }
        let list = include_str!("../documented.txt");
        for endpoint in harness::language::WORDS.iter().copied().flatten().filter_map(|word| word.endpoint) {
            let (method, path) = (endpoint.method, endpoint.path);
            assert!(path.starts_with("/__admin") || list.contains(&format!("{method} {path} ")), "{method} {path}");
        }
    }

    #[test]
    fn every_misfortune_of_the_catalogue_has_its_page_in_the_field_guide() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("scenarios/failures");
        let pages: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        for misfortune in lab::CATALOGUE.iter().filter(|misfortune| !misfortune.id.starts_with('P')) {
            let name = format!("{}-{}.yaml", misfortune.id.to_lowercase(), misfortune.name.replace('_', "-"));
            assert!(pages.contains(&name), "{name} is missing");
            let text = fs::read_to_string(folder.join(&name)).unwrap();
            assert!(text.contains(&format!("tags: [failures, {}]", misfortune.id)), "{name} lacks its tag");
            assert!(text.contains(misfortune.name), "{name} does not cover {}", misfortune.name);
        }
    }

    #[test]
    fn a_line_of_the_list_that_cannot_be_read_is_told_with_its_place() {
        assert_eq!(
            parse("# a\nwechat | GET /x | page").err().unwrap(),
            "xtask/documented.txt:2: five columns between bars"
        );
    }

    #[test]
    fn a_part_of_a_path_in_braces_is_any() {
        let list = "idaas | PUT /users/{id}/enable | page | |";
        let endpoint = &parse(list).unwrap()[0];
        let observed = |path: &str| Observed {
            file: String::new(),
            to: String::new(),
            method: "PUT".to_owned(),
            path: path.to_owned(),
            sent: BTreeSet::new(),
            answered: BTreeSet::new(),
            rule: None,
        };
        assert!(is_of(endpoint, &observed("/users/7/enable")));
        assert!(!is_of(endpoint, &observed("/users/7/disable")) && !is_of(endpoint, &observed("/users/7")));
    }
}
