//! Writes `docs/coverage.md`: what the vendors document, what of it is served, and which scenarios exercise it.
//!
//! `harness/src/coverage/documented.txt` lists the vendors' endpoints and fields; the errors are the crates' own tables of refusals. What
//! is served is asked of a lab, what is exercised is read from the journals of all shipped scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use harness::check::check_files;
use harness::coverage::{Documented, documented};
use harness::run::{Observed, Selection, observe};
use idaas_core::config::Edition;
use lab::{Lab, Settings};

const PAGE: &str = "docs/coverage.md";

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
    let documented = documented()?;
    let seen = exercised(root)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| e.to_string())?;
    let lab = Lab::new(Settings::default()).map_err(|problems| format!("{problems:?}"))?;
    unlisted(&documented, &seen)?;
    let shown = Shown::new(&seen);
    let mut text = String::from(INTRODUCTION);
    for (vendor, title) in [("wechat", "WeChat's server API"), ("device", "The phone"), ("idaas", "IDaaS")] {
        let _ = writeln!(
            text,
            "\n## {title}\n\n| endpoint | | source | request fields | answer fields | scenarios |\n|---|---|---|---|---|---|"
        );
        for endpoint in documented.iter().filter(|endpoint| endpoint.vendor == vendor) {
            let is_served = runtime.block_on(endpoint.is_served(&lab));
            text.push_str(&row(endpoint, is_served, &seen, &shown));
        }
    }
    text.push_str(&headers(&documented, &seen, &shown));
    text.push_str(&values(&documented, &seen, &shown));
    text.push_str(&errors(&seen, &shown));
    Ok(text)
}

const INTRODUCTION: &str = "\
# What is covered

Every endpoint, field and error of both vendors, with its source, and the scenarios that exercise it. The page is made by
`cargo xtask coverage` from the vendors' pages (`harness/src/coverage/documented.txt`), the programs' own tables of refusals and the
journals of all shipped scenarios; `cargo xtask coverage --check` holds it against them.

**yes**: served, and a scenario exercises it. **partly**: served, and no scenario exercises it, or not all of it. **no**: not
served. A field in ~~strikes~~ is one that no scenario sends or gets. Of many scenarios the three are named that touch the
fewest endpoints. The headers of signed calls are told in [signed-calls.md](signed-calls.md).
";

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

/// Every endpoint that answered a scenario with anything but a refusal is listed: nothing is served in secret.
fn unlisted(documented: &[Documented], seen: &[Observed]) -> Result<(), String> {
    let mut good = seen.iter().filter(|observed| observed.refusal.is_none());
    match good.find(|observed| !documented.iter().any(|endpoint| endpoint.is_of(observed))) {
        None => Ok(()),
        Some(Observed { method, path, file, .. }) => {
            Err(format!("{file}: `{method} {path}` is served and missing from harness/src/coverage/documented.txt"))
        }
    }
}

fn row(endpoint: &Documented, is_served: bool, seen: &[Observed], shown: &Shown<'_>) -> String {
    let of: Vec<&Observed> = seen.iter().filter(|observed| endpoint.is_of(observed)).collect();
    let sent: BTreeSet<&str> = of.iter().flat_map(|observed| &observed.sent).map(String::as_str).collect();
    let got: BTreeSet<&str> = of.iter().flat_map(|observed| &observed.answered).map(String::as_str).collect();
    let fields = |wanted: &[&str], known: &BTreeSet<&str>| {
        let marked =
            wanted.iter().map(|field| if known.contains(field) { (*field).to_owned() } else { format!("~~{field}~~") });
        marked.collect::<Vec<_>>().join(" ")
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
        shown.files(of.iter().map(|observed| observed.file.as_str()))
    )
}

/// How scenarios are named: those first that touch the fewest endpoints, as they have the most to say about each.
struct Shown<'a> {
    endpoints: BTreeMap<&'a str, usize>,
}

impl<'a> Shown<'a> {
    fn new(seen: &'a [Observed]) -> Self {
        let mut touched: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for observed in seen {
            touched.entry(&observed.file).or_default().insert(&observed.path);
        }
        Self { endpoints: touched.into_iter().map(|(file, paths)| (file, paths.len())).collect() }
    }

    /// Links to at most three scenarios, and how many more there are.
    fn files<'f>(&self, all: impl Iterator<Item = &'f str>) -> String {
        let all: BTreeSet<(Option<&usize>, &str)> = all.map(|file| (self.endpoints.get(file), file)).collect();
        let mut shown: Vec<String> =
            all.iter().take(3).map(|(_, file)| format!("[{file}](../scenarios/{file})")).collect();
        if all.len() > 3 {
            shown.push(format!("and {} more", all.len() - 3));
        }
        shown.join(", ")
    }
}

fn headers(documented: &[Documented], seen: &[Observed], shown: &Shown<'_>) -> String {
    let mut text =
        "\n## Request headers\n\n| header | | source | what it is | scenarios |\n|---|---|---|---|---|\n".to_owned();
    for header in documented.iter().filter(|line| line.vendor == "header") {
        let name = header.path.to_ascii_lowercase();
        let of: Vec<&str> = seen
            .iter()
            .filter(|observed| observed.to == header.method && observed.headers.contains(&name))
            .map(|observed| observed.file.as_str())
            .collect();
        // The journal does not keep every header: the list says what becomes of the others.
        let verdict = if of.is_empty() { header.request.first().copied().unwrap_or("partly") } else { "yes" };
        let (about, scenarios) = (header.answer.join(" "), shown.files(of.into_iter()));
        let _ = writeln!(text, "| `{}` | {verdict} | {} | {about} | {scenarios} |", header.path, header.page);
    }
    text
}

fn values(documented: &[Documented], seen: &[Observed], shown: &Shown<'_>) -> String {
    let mut text =
        "\n## Statuses of a login, errnos of a phone\n\n| value | | source | meaning | scenarios |\n|---|---|---|---|---|\n"
            .to_owned();
    for value in documented.iter().filter(|line| line.vendor == "value") {
        let told = format!("{} {}", value.method, value.path);
        let of: Vec<&str> = seen
            .iter()
            .filter(|observed| observed.told.as_ref() == Some(&told))
            .map(|observed| observed.file.as_str())
            .collect();
        let (verdict, meaning) = (if of.is_empty() { "no" } else { "yes" }, value.request.join(" "));
        let _ =
            writeln!(text, "| `{told}` | {verdict} | {} | {meaning} | {} |", value.page, shown.files(of.into_iter()));
    }
    text
}

fn errors(seen: &[Observed], shown: &Shown<'_>) -> String {
    let mut by_refusal: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for observed in seen {
        if let Some((rule, code)) = &observed.refusal {
            by_refusal.entry((observed.to.as_str(), rule, code)).or_default().push(&observed.file);
        }
    }
    let exercised = |to: &str, rule: &str, codes: [&str; 2]| {
        let all: Vec<&str> =
            codes.iter().filter_map(|code| by_refusal.get(&(to, rule, code))).flatten().copied().collect();
        (if all.is_empty() { "partly" } else { "yes" }, shown.files(all.into_iter()))
    };
    let head = "| rule | code | | text | meaning | source | scenarios |\n|---|---|---|---|---|---|---|\n";
    let mut text = format!("\n## WeChat's errors\n\n{head}");
    for known in mock_wechat::refusals() {
        let (verdict, scenarios) = exercised("wechat", known.rule, [&known.errcode.to_string(); 2]);
        let _ = writeln!(
            text,
            "| `{}` | {} | {verdict} | {} | {} | {} | {scenarios} |",
            known.rule, known.errcode, known.text, known.means, known.source
        );
    }
    let _ = write!(text, "\n## IDaaS's errors\n\n{head}");
    for known in idaas_core::refusals() {
        let (ciam, eiam) = (known.tail(Edition::Ciam), known.tail(Edition::Eiam));
        let (verdict, scenarios) = exercised("idaas", known.rule(), [ciam, eiam]);
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
        let list = include_str!("../../harness/src/coverage/documented.txt");
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
    fn an_endpoint_that_scenarios_call_and_the_list_lacks_is_told() {
        let observed = |rule: Option<&str>| Observed {
            file: "a.yaml".to_owned(),
            to: "idaas".to_owned(),
            method: "GET".to_owned(),
            path: "/secret".to_owned(),
            sent: BTreeSet::new(),
            headers: BTreeSet::new(),
            answered: BTreeSet::new(),
            told: None,
            refusal: rule.map(|rule| (rule.to_owned(), String::new())),
        };
        assert_eq!(unlisted(&[], &[observed(Some("path_unknown"))]), Ok(()));
        assert_eq!(
            unlisted(&[], &[observed(None)]).unwrap_err(),
            "a.yaml: `GET /secret` is served and missing from harness/src/coverage/documented.txt"
        );
    }
}
