//! Worlds of scenarios: `like:` resolved, parts merged, everything checked.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use lab::{Lab, Settings, SigningKey, WorldFile};

use super::context::{Cast, Context, wrong_kind};
use super::library::Library;
use crate::conformance::{Contract, place_problem};
use crate::language::World;
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::{Entry, Node, Value};

/// A world file with everything that it is like.
#[derive(Debug)]
pub(super) struct LoadedWorld {
    /// The tree, merged.
    pub(super) node: Node,
    /// The world; `None` when something is wrong with it, which was reported.
    pub(super) world: Option<Arc<World>>,
}

/// What a world file has to be. Made when the first world is met: many a scenario has none.
#[derive(Debug, Default)]
pub(super) struct WorldRules {
    contract: OnceCell<Contract<WorldFile>>,
    ready: OnceCell<Cast>,
    settings: OnceCell<Settings>,
}

impl WorldRules {
    fn contract(&self) -> &Contract<WorldFile> {
        self.contract.get_or_init(|| Contract::new("a world file"))
    }

    /// The world of a merged tree.
    fn read(&self, node: &Node) -> Result<World, Vec<Problem>> {
        let world = self.contract().read(node)?;
        // The key is parsed once for all worlds: that alone takes longer than everything else about one.
        let settings =
            self.settings.get_or_init(|| Settings { key: Some(SigningKey::test_key()), ..Settings::default() });
        match Lab::new(Settings { world, ..settings.clone() }) {
            Ok(_) => Ok(World { file: self.contract().json(node), place: node.place.clone() }),
            Err(problems) => Err(problems.iter().map(|problem| place_problem(node, problem)).collect()),
        }
    }

    /// Everything wrong with a part of a world that is merged into a living one.
    pub(super) fn check_part(&self, node: &Node) -> Vec<Problem> {
        self.contract().check_part(node)
    }

    /// Who is in the world of a scenario that describes none.
    pub(super) fn ready_cast(&self) -> Cast {
        self.ready
            .get_or_init(|| {
                serde_json::to_value(WorldFile::ready()).map_or_else(|_| Cast::default(), |file| Cast::of(&file))
            })
            .clone()
    }
}

impl Library {
    /// The world that a scenario describes under `world:`.
    pub(super) fn world(&mut self, node: &Node, context: &mut Context<'_>) -> Option<Arc<World>> {
        let entries = context.mapping(node, "`world`", "world: { like: worlds/shop.yaml }")?;
        let (base, rest) = match self.base(node, entries, context) {
            Ok(found) => found,
            Err(()) => return None,
        };
        match base {
            Some(base) if rest.is_empty() => base.world.clone(),
            base => {
                let own = Node { value: Value::Mapping(rest), place: node.place.clone() };
                let merged = base.map_or_else(|| own.clone(), |base| merge(&base.node, &own));
                match self.rules.read(&merged) {
                    Ok(world) => Some(Arc::new(world)),
                    Err(problems) => {
                        context.problems.extend(problems);
                        None
                    }
                }
            }
        }
    }

    /// The world in a file of its own.
    pub(super) fn world_file(&mut self, path: &Path, context: &mut Context<'_>) -> Option<Rc<LoadedWorld>> {
        if let Some(world) = self.worlds.get(path) {
            return world.clone();
        }
        let loaded = self.load_world(path, context).map(Rc::new);
        self.worlds.insert(path.to_path_buf(), loaded.clone());
        loaded
    }

    fn load_world(&mut self, path: &Path, context: &mut Context<'_>) -> Option<LoadedWorld> {
        let document = self.read(path)?;
        let (source, trees) = &*document;
        let empty = Node { value: Value::Mapping(Vec::new()), place: Place::beginning(source) };
        let tree = match trees.as_slice() {
            [] => &empty,
            [tree] => tree,
            [_, second, ..] => {
                let problem = Problem::new(second.place.clone(), "a second world in one file");
                self.problems.push(problem.hint("a world file holds one world"));
                return None;
            }
        };
        let Some(entries) = tree.entries() else {
            self.problems.push(wrong_kind(tree, "a world file", "a mapping", "wechat: { people: { alice: … } }"));
            return None;
        };
        let (base, rest) = self.base(tree, entries, context).ok()?;
        let own = Node { value: Value::Mapping(rest), place: tree.place.clone() };
        let node = base.map_or_else(|| own.clone(), |base| merge(&base.node, &own));
        let world = match self.rules.read(&node) {
            Ok(world) => Some(Arc::new(world)),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        };
        Some(LoadedWorld { node, world })
    }

    /// What `like:` names, and the entries beside it.
    fn base(
        &mut self,
        node: &Node,
        entries: &[Entry],
        context: &mut Context<'_>,
    ) -> Result<(Option<Rc<LoadedWorld>>, Vec<Entry>), ()> {
        let rest = entries.iter().filter(|entry| entry.key.name != "like").cloned().collect();
        let Some(like) = node.get("like") else { return Ok((None, rest)) };
        let text = context.text(like, "`like`", "like: worlds/shop.yaml").ok_or(())?.to_owned();
        let path = match self.locate(&text, &like.place) {
            Ok(path) => path,
            Err(problem) => match shipped(&text, &like.place) {
                Some(base) => return Ok((Some(Rc::new(base)), rest)),
                None => {
                    let known = lab::shipped_worlds().collect::<Vec<_>>().join(", ");
                    let looked = problem.hint.clone().unwrap_or_default();
                    context.report(problem.hint(format!("{looked}; worlds that ship with the program: {known}")));
                    return Err(());
                }
            },
        };
        if let Some(problem) = self.cycle(&path, &like.place, "world", "like") {
            context.report(problem);
            return Err(());
        }
        let base = self.while_open(&path, &like.place, |library| library.world_file(&path, context)).ok_or(())?;
        Ok((Some(base), rest))
    }
}

/// A world that ships with the program. Its places are those of the `like` that names it.
fn shipped(name: &str, place: &Place) -> Option<LoadedWorld> {
    let file = serde_json::to_value(WorldFile::shipped(name)?).ok()?;
    let world = Arc::new(World { file: file.clone(), place: place.clone() });
    Some(LoadedWorld { node: Node::from_json(&file, place), world: Some(world) })
}

/// `over` laid over `base`: mappings are merged, everything else replaced; `null` takes a key away.
pub(super) fn merge(base: &Node, over: &Node) -> Node {
    let (Value::Mapping(base_entries), Value::Mapping(over_entries)) = (&base.value, &over.value) else {
        return over.clone();
    };
    let mut laid_over: HashMap<&str, &Entry> =
        over_entries.iter().map(|entry| (entry.key.name.as_str(), entry)).collect();
    let mut entries: Vec<Entry> = base_entries
        .iter()
        .filter_map(|entry| match laid_over.remove(entry.key.name.as_str()) {
            None => Some(entry.clone()),
            Some(over) if over.node.is_null() => None,
            Some(over) => Some(Entry { key: over.key.clone(), node: merge(&entry.node, &over.node) }),
        })
        .collect();
    entries.extend(over_entries.iter().filter(|entry| laid_over.contains_key(entry.key.name.as_str())).cloned());
    Node { value: Value::Mapping(entries), place: over.place.clone() }
}
