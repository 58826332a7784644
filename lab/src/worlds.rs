//! The worlds of one lab, by name, by tag, and in the order in which they came to be.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use http::StatusCode;
use sim::Tag;

use crate::control::ControlError;
use crate::suggest;
use crate::world::World;

/// The name of the world that is always there.
pub(crate) const DEFAULT: &str = "default";

/// The worlds of one lab.
#[derive(Debug)]
pub(crate) struct Worlds {
    inner: RwLock<Inner>,
    limit: usize,
}

#[derive(Debug)]
struct Inner {
    default: Arc<World>,
    /// Their numbers by name; a replaced world keeps its number.
    numbers: HashMap<String, u64>,
    by_tag: HashMap<Tag, Arc<World>>,
    /// In the order in which they came to be, `default` first.
    by_number: BTreeMap<u64, Arc<World>>,
    next: u64,
    unnamed: u64,
}

impl Inner {
    fn put(&mut self, number: u64, world: Arc<World>) {
        if world.name() == DEFAULT {
            self.default = Arc::clone(&world);
        }
        self.numbers.insert(world.name().to_owned(), number);
        self.by_tag.insert(world.tag(), Arc::clone(&world));
        self.by_number.insert(number, world);
    }
}

/// Whether a text may name a world: it stands in paths, host names and proxy user names.
pub(crate) fn check_name(name: &str) -> Result<(), ControlError> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=63).contains(&name.len()) && name.bytes().all(good) {
        return Ok(());
    }
    Err(ControlError::bad_request("invalid_name", format!("`{name}` cannot name a world"))
        .hint("a name has 1 to 63 characters out of a-z, 0-9 and `-`"))
}

impl Worlds {
    pub(crate) fn new(default: World, limit: usize) -> Self {
        let default = Arc::new(default);
        let mut inner = Inner {
            default: Arc::clone(&default),
            numbers: HashMap::new(),
            by_tag: HashMap::new(),
            by_number: BTreeMap::new(),
            next: 1,
            unnamed: 0,
        };
        inner.put(0, default);
        Self { inner: RwLock::new(inner), limit: limit.max(1) }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world that answers what names no other.
    pub(crate) fn default(&self) -> Arc<World> {
        Arc::clone(&self.read().default)
    }

    /// The default world, when there is no other: then no call has to be looked into.
    pub(crate) fn only(&self) -> Option<Arc<World>> {
        let inner = self.read();
        (inner.by_number.len() == 1).then(|| Arc::clone(&inner.default))
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<World>> {
        let inner = self.read();
        inner.by_number.get(inner.numbers.get(name)?).cloned()
    }

    /// The world of this name, or an error that names the ones there are.
    pub(crate) fn named(&self, name: &str) -> Result<Arc<World>, ControlError> {
        self.get(name).ok_or_else(|| {
            let inner = self.read();
            let names = || inner.by_number.values().map(|world| world.name());
            let hint = match suggest::nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let some: Vec<_> = names().take(10).collect();
                    let more = match inner.by_number.len() - some.len() {
                        0 => String::new(),
                        more => format!(" and {more} more"),
                    };
                    format!("there are {}{more}; make one with POST /__admin/v1/worlds", some.join(", "))
                }
            };
            ControlError::not_found("unknown_world", format!("there is no world `{name}`")).hint(hint)
        })
    }

    pub(crate) fn by_tag(&self, tag: Tag) -> Option<Arc<World>> {
        self.read().by_tag.get(&tag).cloned()
    }

    /// All of them in the order in which they came to be, `default` first.
    pub(crate) fn all(&self) -> Vec<Arc<World>> {
        self.read().by_number.values().cloned().collect()
    }

    /// The first that fits, `default` first.
    pub(crate) fn first(&self, fits: impl Fn(&World) -> bool) -> Option<Arc<World>> {
        self.read().by_number.values().find(|world| fits(world)).cloned()
    }

    /// A name that no world has.
    pub(crate) fn fresh_name(&self) -> String {
        let mut inner = self.write();
        loop {
            inner.unnamed += 1;
            let name = format!("w{}", inner.unnamed);
            if !inner.numbers.contains_key(&name) {
                return name;
            }
        }
    }

    /// Adds a world.
    pub(crate) fn add(&self, world: World) -> Result<Arc<World>, ControlError> {
        let mut inner = self.write();
        if inner.numbers.contains_key(world.name()) {
            return Err(ControlError::new(
                StatusCode::CONFLICT,
                "world_exists",
                format!("there is a world `{}` already", world.name()),
            )
            .hint("delete it first, or replace it with PUT /__admin/v1/world"));
        }
        if let Some(other) = inner.by_tag.get(&world.tag()) {
            // One pair of names in four thousand million: but then codes of one world would open the other.
            return Err(ControlError::new(
                StatusCode::CONFLICT,
                "tag_taken",
                format!("artefacts of `{}` would look like those of `{}`", world.name(), other.name()),
            )
            .hint("give the world another name"));
        }
        if inner.by_number.len() >= self.limit {
            return Err(ControlError::new(
                StatusCode::CONFLICT,
                "too_many_worlds",
                format!("there are {} worlds already, the most that this lab holds", self.limit),
            )
            .hint("delete the worlds that are done with: DELETE /__admin/v1/worlds/{name}"));
        }
        let (number, world) = (inner.next, Arc::new(world));
        inner.next += 1;
        inner.put(number, Arc::clone(&world));
        Ok(world)
    }

    /// Puts a world in the place of the one of the same name. Calls that are on their way end in the old one.
    pub(crate) fn replace(&self, world: World) -> Result<Arc<World>, ControlError> {
        let mut inner = self.write();
        let Some(number) = inner.numbers.get(world.name()).copied() else {
            return Err(ControlError::not_found("unknown_world", format!("there is no world `{}`", world.name())));
        };
        let world = Arc::new(world);
        inner.put(number, Arc::clone(&world));
        Ok(world)
    }

    /// Takes a world away with all that is in it.
    pub(crate) fn remove(&self, name: &str) -> Result<(), ControlError> {
        if name == DEFAULT {
            return Err(ControlError::new(StatusCode::CONFLICT, "default_world", "the default world is always there")
                .hint("put it back to its seed with POST /__admin/v1/world/reset"));
        }
        let world = self.named(name)?;
        let mut inner = self.write();
        if let Some(number) = inner.numbers.remove(name) {
            inner.by_number.remove(&number);
            inner.by_tag.remove(&world.tag());
        }
        Ok(())
    }
}
