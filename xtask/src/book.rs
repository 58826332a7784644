//! Builds the book in `docs/`, and refuses what mdBook only warns of, what it leaves out and what it links into the void.

use std::fmt::{Debug, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mdbook_driver::MDBook;
use pulldown_cmark::{Event, Options, Parser, Tag};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};

/// Builds the book into `target/book`.
///
/// # Errors
/// Everything that mdBook warns of, pages that the table of contents does not name, and links to nowhere.
pub(crate) fn run() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no root")?;
    let docs = root.join("docs");
    let warnings = Warnings::default();
    let book = tracing::subscriber::with_default(warnings.clone(), || {
        let book = MDBook::load(&docs)?;
        book.build().map(|()| book)
    });
    let book = book.map_err(|error| format!("docs: {error:#}"))?;
    let mut wrong = warnings.taken();
    let pages = pages(&book);
    wrong.extend(left_out(&docs, &pages)?);
    for (path, text) in &pages {
        wrong.extend(dead_links(&docs, path, text, &root.join("target/book")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The pages of the book: where they stand in `docs/`, and their text.
fn pages(book: &MDBook) -> Vec<(PathBuf, String)> {
    let chapters = book.iter().filter_map(|item| match item {
        mdbook_driver::book::BookItem::Chapter(chapter) => {
            Some((chapter.source_path.clone()?, chapter.content.clone()))
        }
        _ => None,
    });
    chapters.collect()
}

/// Pages in the folder that nobody can turn to.
fn left_out(docs: &Path, pages: &[(PathBuf, String)]) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(docs).map_err(|error| format!("docs: {error}"))? {
        let path = entry.map_err(|error| format!("docs: {error}"))?.path();
        let Ok(name) = path.strip_prefix(docs) else { continue };
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        if is_page && name != Path::new("SUMMARY.md") && !pages.iter().any(|(page, _)| page == name) {
            wrong.push(format!("docs/{}: SUMMARY.md does not name it", name.display()));
        }
    }
    Ok(wrong)
}

/// Links to files that are not there, and to headings that no page has.
fn dead_links(docs: &Path, page: &Path, text: &str, built: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for event in Parser::new_ext(text, Options::all()) {
        let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else { continue };
        if dest_url.contains("://") || dest_url.starts_with("mailto:") {
            continue;
        }
        let (file, heading) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
        let target = if file.is_empty() { page.to_path_buf() } else { page.with_file_name(file) };
        let is_there = match target.extension() {
            Some(extension) if extension == "md" && !heading.is_empty() => {
                let html = fs::read_to_string(built.join(&target).with_extension("html")).unwrap_or_default();
                html.contains(&format!("id=\"{heading}\""))
            }
            _ => docs.join(&target).exists(),
        };
        if !is_there {
            wrong.push(format!("docs/{}: the link to {dest_url} leads nowhere", page.display()));
        }
    }
    wrong
}

/// Keeps the warnings and errors that are logged.
#[derive(Debug, Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Message(format!("mdBook, {}: ", event.metadata().level()));
        event.record(&mut text);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// What an event says.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
