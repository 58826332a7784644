//! Numbers in place of names, so that a live code is a few bytes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Names that got a number, the first time they were needed. A number keeps its name for good, whatever becomes of the
/// configuration, so that an old code can still tell whose it was.
#[derive(Debug, Default)]
pub(crate) struct Names(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl Names {
    /// The number of a name, a new one if need be.
    pub(crate) fn number(&self, name: &str) -> u32 {
        if let Some(number) = self.find(name) {
            return number;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(known.names.len()).expect("four thousand million names do not fit into memory");
        let name: Arc<str> = name.into();
        known.names.push(Arc::clone(&name));
        known.numbers.insert(name, number);
        number
    }

    /// The number of a name, if it has one.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).numbers.get(name).copied()
    }

    /// The name behind a number that was given out here.
    pub(crate) fn name(&self, number: u32) -> Arc<str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.names.get(number as usize).cloned().unwrap_or_else(|| "?".into())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).names.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let names = Names::default();
        assert_eq!((names.number("a"), names.number("b"), names.number("a")), (0, 1, 0));
        assert_eq!((&*names.name(1), names.find("c"), names.len()), ("b", None, 2));
    }
}
