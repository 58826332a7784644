//! The book in `docs/` and the README hold what they say: every scenario in them passes, every other YAML block is what a
//! schema allows, and every command of the book prints what its page shows.
//!
//! How a page says it: a block of YAML is a file when the text before it names one (`late.yaml`), and so is a hidden
//! comment `<!-- file late.yaml`; `<!-- run …` is a command that the page does not show; `<!-- empty folder -->` keeps the repository's own folders out. The commands of a page run one after the other in a folder with these files. `…` stands
//! for any text, on a line of its own for any lines; a real duration (`12 ms`) stands for any.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

#[path = "book/commands.rs"]
mod commands;
#[path = "book/page.rs"]
mod page;
#[path = "book/schemas.rs"]
mod schemas;

use std::path::Path;

use commands::Session;
use page::{Item, Page};

#[test]
fn every_yaml_block_is_what_a_schema_allows() {
    let schemas = schemas::Schemas::read();
    let mut wrong = Vec::new();
    for page in pages() {
        for block in &page.yaml {
            wrong.extend(schemas.refusal(&block.text).map(|why| format!("{}:{}: {why}", page.name, block.line)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_scenario_passes() {
    let mut wrong = Vec::new();
    for page in pages() {
        for block in page.yaml.iter().filter(|block| block.text.starts_with("scenario:") && !block.fails) {
            let session = Session::new(&page);
            page.items.iter().for_each(|item| match item {
                Item::File(name, text) => session.file(name, text),
                Item::Command(_) => {}
            });
            session.file("block.yaml", &block.text);
            let (code, output) = session.sh("mockwx run block.yaml");
            if code != 0 {
                wrong.push(format!("{}:{}:\n{output}", page.name, block.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_command_prints_what_the_page_shows() {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let pages: Vec<_> = pages()
            .into_iter()
            // The README shows moments and request ids of a server whose clock runs.
            .filter(|page| page.name != "README.md" && page.commands().next().is_some())
            .collect();
        let threads: Vec<_> = pages.into_iter().map(|page| scope.spawn(move || commands::differences(&page))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The matchers page is written by hand; a matcher or a shape that it forgets is one that nobody finds.
#[test]
fn the_matchers_page_names_every_matcher() {
    let page = std::fs::read_to_string(root().join("docs/matchers.md")).unwrap();
    let names = [
        "is",
        "not",
        "all",
        "any",
        "one_of",
        "matches",
        "contains",
        "starts_with",
        "ends_with",
        "gt",
        "gte",
        "lt",
        "lte",
        "between",
        "near",
        "within",
        "length",
        "each",
        "any_item",
        "equals",
        "exactly",
    ];
    let missing: Vec<_> = names.into_iter().filter(|name| !page.contains(&format!("`{name}"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn pages() -> Vec<Page> {
    let mut paths: Vec<_> =
        std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.push(root().join("README.md"));
    paths.sort();
    let pages: Vec<Page> = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| Page::read(path))
        .collect();
    assert!(pages.len() > 5, "{}", pages.len());
    pages
}
