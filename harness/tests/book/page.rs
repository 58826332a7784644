//! A page of the book: its blocks of YAML, its files and its commands.

use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

#[derive(Debug, Default)]
pub(crate) struct Page {
    /// `docs/running.md`.
    pub(crate) name: String,
    pub(crate) yaml: Vec<Block>,
    /// Its files and commands, in order.
    pub(crate) items: Vec<Item>,
    /// Whether nothing of the repository is in that folder.
    pub(crate) empty: bool,
}

/// A block of YAML.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) line: usize,
    pub(crate) text: String,
    /// Marked as `yaml,fails`: a scenario that is there to show a failure.
    pub(crate) fails: bool,
}

/// What a reader does.
#[derive(Debug)]
pub(crate) enum Item {
    /// Writes a file: name and text.
    File(String, String),
    /// Says a command.
    Command(Shown),
}

/// A command, and what the page shows of its output.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) line: usize,
    pub(crate) command: String,
    pub(crate) output: Vec<String>,
}

impl Page {
    pub(crate) fn commands(&self) -> impl Iterator<Item = &Shown> {
        self.items.iter().filter_map(|item| match item {
            Item::Command(shown) => Some(shown),
            Item::File(..) => None,
        })
    }

    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(super::root()).unwrap().to_string_lossy().replace('\\', "/");
        let mut page = Self { name, ..Self::default() };
        // The file that the text last named, the kind of the block that is being read, and its text.
        let (mut named, mut open, mut body) = (None::<String>, None::<String>, String::new());
        for (event, range) in Parser::new(&text).into_offset_iter() {
            let line = text[..range.start].lines().count() + 1;
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                    (open, body) = (Some(kind.into_string()), String::new())
                }
                Event::Text(part) if open.is_some() => body.push_str(&part),
                Event::End(TagEnd::CodeBlock) => {
                    let kind = open.take().unwrap_or_default();
                    page.block(&kind, std::mem::take(&mut body), line, named.take());
                }
                Event::Code(code) if is_file(&code) => named = Some(code.into_string()),
                Event::Start(Tag::Paragraph | Tag::Heading { .. }) => named = None,
                Event::Html(html) => page.hidden(&html, line, &mut named, &mut body),
                Event::End(TagEnd::HtmlBlock) => {
                    if let Some(name) = named.take() {
                        page.items.push(Item::File(name, std::mem::take(&mut body)));
                    }
                }
                _ => {}
            }
        }
        page
    }

    fn block(&mut self, kind: &str, text: String, line: usize, named: Option<String>) {
        match kind.split(',').next().unwrap_or_default() {
            "yaml" => self.yaml.push(Block { line, text: text.clone(), fails: kind.ends_with(",fails") }),
            "console" => self.items.extend(commands(&text, line).into_iter().map(Item::Command)),
            _ => {}
        }
        if let Some(name) = named.filter(|_| kind != "console" && kind != "text") {
            self.items.push(Item::File(name, text));
        }
    }

    /// A line of a hidden comment: `<!-- file NAME`, the file's text, `-->`; or the whole of `<!-- run COMMAND -->`.
    fn hidden(&mut self, html: &str, line: usize, named: &mut Option<String>, body: &mut String) {
        if html.starts_with("<!-- empty folder -->") {
            self.empty = true;
        } else if let Some(command) = html.trim().strip_prefix("<!-- run ").and_then(|rest| rest.strip_suffix(" -->")) {
            let shown = Shown { line, command: command.to_owned(), output: Vec::new() };
            self.items.push(Item::Command(shown));
        } else if let Some(name) = html.strip_prefix("<!-- file ") {
            *named = Some(name.trim().to_owned());
            body.clear();
        } else if named.is_some() && html.trim() != "-->" {
            body.push_str(html);
        }
    }
}

fn is_file(code: &str) -> bool {
    let is_name = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    is_name && [".yaml", ".csv", ".json", ".mjs"].iter().any(|end| code.ends_with(end))
}

fn commands(text: &str, line: usize) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut lines = text.lines().zip(line + 1..);
    while let Some((text, line)) = lines.next() {
        let Some(command) = text.strip_prefix("$ ") else {
            if let Some(last) = shown.last_mut() {
                last.output.push(text.to_owned());
            }
            continue;
        };
        let mut command = command.to_owned();
        let ends = command.split("<<").nth(1).map(|word| word.split_whitespace().next().unwrap_or_default().to_owned());
        while command.ends_with('\\') || ends.as_ref().is_some_and(|end| !command.ends_with(&format!("\n{end}"))) {
            let Some((more, _)) = lines.next() else { break };
            command.push('\n');
            command.push_str(more);
        }
        shown.push(Shown { line, command, output: Vec::new() });
    }
    for shown in &mut shown {
        while shown.output.last().is_some_and(|line| line.trim().is_empty()) {
            shown.output.pop();
        }
    }
    shown
}
