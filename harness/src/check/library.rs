//! Files, each read once however many others use it.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::context::Context;
use super::flow;
use super::world::{LoadedWorld, WorldRules};
use crate::csv;
use crate::language::{Flow, Service, Template};
use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::{self, Node};

/// The inputs of a flow in the order they were written, each with the value that is taken when none is given.
pub(super) type FlowInputs = Vec<(String, Option<Template>)>;

/// How deep files may lead to files.
const LONGEST_CHAIN: usize = 32;

/// A flow with what its users need to know of it.
#[derive(Debug)]
pub(super) struct LoadedFlow {
    pub(super) flow: Arc<Flow>,
    pub(super) inputs: FlowInputs,
}

/// A file as a tree; `None` when it could not be read, which was reported then.
pub(super) type Document = Option<Rc<(Arc<Source>, Vec<Node>)>>;

/// All files of one check.
#[derive(Debug, Default)]
pub(super) struct Library {
    documents: HashMap<PathBuf, Document>,
    flows: HashMap<PathBuf, Option<Rc<LoadedFlow>>>,
    pub(super) worlds: HashMap<PathBuf, Option<Rc<LoadedWorld>>>,
    pub(super) rules: WorldRules,
    /// The services under test that the project file describes.
    pub(super) services: Vec<Arc<Service>>,
    /// The files that are being read now, each because the one before it asked for it, and where it did.
    chain: Vec<(PathBuf, Place)>,
    /// What is wrong with the files that were read because others use them.
    pub(super) problems: Vec<Problem>,
    /// The files that are wrong already as YAML or CSV.
    broken: BTreeSet<PathBuf>,
    /// Every file that was read.
    pub(super) seen: BTreeSet<PathBuf>,
}

impl Library {
    /// The trees of a file.
    pub(super) fn read(&mut self, path: &Path) -> Document {
        if let Some(document) = self.documents.get(path) {
            return document.clone();
        }
        self.seen.insert(path.to_path_buf());
        let document = match load(path) {
            Ok(source) => {
                let parsed = if is_table(path) { csv::parse(&source) } else { yaml::parse(&source) };
                if !parsed.problems.is_empty() {
                    self.broken.insert(path.to_path_buf());
                }
                self.problems.extend(parsed.problems);
                // The text that places are in: without the mark that it may have begun with.
                let source = parsed.documents.first().map_or(source, |tree| Arc::clone(tree.place.source()));
                Some(Rc::new((source, parsed.documents)))
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        };
        self.documents.insert(path.to_path_buf(), document.clone());
        document
    }

    /// The flow in the file that `text`, written at `place`, names.
    pub(super) fn flow(&mut self, text: &str, place: &Place, context: &mut Context<'_>) -> Option<Rc<LoadedFlow>> {
        let path = match self.locate(text, place) {
            Ok(path) => path,
            Err(problem) => {
                context.report(*problem);
                return None;
            }
        };
        if let Some(problem) = self.cycle(&path, place, "flow", "use") {
            context.report(problem);
            return None;
        }
        self.chain.push((path.clone(), place.clone()));
        let flow = self.flow_file(&path, Some(place), context);
        self.chain.pop();
        flow
    }

    /// The flow in a file. `wanted` is where it was asked for, if it was.
    pub(super) fn flow_file(
        &mut self,
        path: &Path,
        wanted: Option<&Place>,
        context: &mut Context<'_>,
    ) -> Option<Rc<LoadedFlow>> {
        if let Some(flow) = self.flows.get(path) {
            return flow.clone();
        }
        let document = self.read(path)?;
        let (source, trees) = &*document;
        let tree = match trees.as_slice() {
            [tree] if tree.get("flow").is_some() => tree,
            _ => {
                if let Some(place) = wanted {
                    context.report(
                        Problem::new(place.clone(), format!("`{}` is not a flow", source.name()))
                            .hint("a flow is a file of its own that begins with `flow: NAME`"),
                    );
                }
                return None;
            }
        };
        let (flow, problems) = flow::read(source, tree, self);
        self.problems.extend(problems);
        let flow = flow.map(Rc::new);
        self.flows.insert(path.to_path_buf(), flow.clone());
        flow
    }

    /// Whether a file that was read is wrong already as YAML or CSV.
    pub(super) fn is_broken(&self, path: &Path) -> bool {
        self.broken.contains(path)
    }

    /// The rows in a data file, which was asked for at `wanted`; `None` when it is in no order, which is reported.
    pub(super) fn rows(&mut self, path: &Path, wanted: &Place, context: &mut Context<'_>) -> Option<Node> {
        let document = self.read(path)?;
        let (source, trees) = &*document;
        match trees.as_slice() {
            [tree] if tree.items().is_some() => (!self.broken.contains(path)).then(|| tree.clone()),
            // The parser has said why there is nothing.
            _ if self.broken.contains(path) => None,
            _ => {
                context.report(
                    Problem::new(wanted.clone(), format!("`{}` holds no rows", source.name()))
                        .hint("rows are a CSV file, or a YAML file that is one list: `- { name: …, … }`"),
                );
                None
            }
        }
    }

    /// Whether `path` is being read already because of itself.
    pub(super) fn cycle(&self, path: &Path, place: &Place, what: &str, verb: &str) -> Option<Problem> {
        if self.chain.len() >= LONGEST_CHAIN {
            return Some(
                Problem::new(place.clone(), format!("a {what} in a {what}, more than {LONGEST_CHAIN} deep"))
                    .hint(format!("remove some of the `{verb}`s on the way here")),
            );
        }
        let user = normal(place.source().path());
        let begin = match self.chain.iter().position(|(open, _)| open == path) {
            Some(begin) => begin + 1,
            None if user == path => self.chain.len(),
            None => return None,
        };
        let mut names: Vec<String> = vec![shown(path)];
        names.extend(self.chain[begin.min(self.chain.len())..].iter().map(|(open, _)| shown(open)));
        names.push(shown(path));
        let mut problem = Problem::new(place.clone(), format!("the {what} uses itself: {}", names.join(" → ")))
            .label("and here the circle closes")
            .hint(format!("remove one `{verb}` of the circle"));
        for (open, from) in &self.chain[begin.min(self.chain.len())..] {
            problem = problem.also(from.clone(), format!("{} is wanted here", shown(open)));
        }
        Some(problem)
    }

    /// Runs `read` while `path` counts as being read.
    pub(super) fn while_open<R>(&mut self, path: &Path, place: &Place, read: impl FnOnce(&mut Self) -> R) -> R {
        self.chain.push((path.to_path_buf(), place.clone()));
        let result = read(self);
        self.chain.pop();
        result
    }

    /// The file that `text`, written at `place`, names: beside the file it is written in, else in one of the folders above.
    pub(super) fn locate(&self, text: &str, place: &Place) -> Result<PathBuf, Box<Problem>> {
        let user = place.source().path();
        let own = user.parent().unwrap_or(Path::new(""));
        let mut looked = Vec::new();
        for folder in own.ancestors() {
            let path = normal(&folder.join(text));
            // `is_file` would be enough, but a file that is known need not be looked for again.
            if self.documents.contains_key(&path) || path.is_file() {
                return Ok(path);
            }
            looked.push(if folder.as_os_str().is_empty() { ".".to_owned() } else { shown(folder) });
            if looked.len() == 8 {
                break;
            }
        }
        Err(Box::new(
            Problem::new(place.clone(), format!("no file `{text}`"))
                .hint(format!("looked for it in {}", looked.join(", "))),
        ))
    }
}

/// Whether a file is a table by its name.
pub(super) fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// The text of a file.
pub(crate) fn load(path: &Path) -> Result<Arc<Source>, Problem> {
    let mut bytes = Vec::new();
    // Not a byte more than is needed to know that it is too much: the path may be a device without an end.
    let limit = yaml::LARGEST_FILE as u64 + 1;
    match File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)) {
        // Cut off anywhere, it may end in the middle of a character: that is not what is wrong with it.
        Ok(_) if bytes.len() > yaml::LARGEST_FILE => Ok(Source::new(path, String::from_utf8_lossy(&bytes))),
        Ok(_) => yaml::decode(path, bytes),
        Err(error) => {
            let place = Place::beginning(&Source::new(path, ""));
            Err(Problem::new(place, format!("the file cannot be read: {error}")))
        }
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The path without `.` and `name/..`, so that a file has one name.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
