//! Which cases run, and in which order.

use std::sync::Arc;

use sim::Seed;

use super::result::CaseId;
use super::tag::TagExpr;
use crate::language::Scenario;

/// Which of the scenarios that were found are meant.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only those whose name, or whose case's name, has this text in it, in any case.
    pub name: Option<String>,
    /// Only those whose tags fit.
    pub tag: Option<TagExpr>,
}

impl Selection {
    /// The cases that are meant, in the order of their files.
    pub fn of(&self, scenarios: &[Arc<Scenario>]) -> Vec<CaseId> {
        let ids = scenarios.iter().flat_map(|scenario| {
            (0..scenario.cases.len()).map(|index| CaseId { scenario: Arc::clone(scenario), index, round: None })
        });
        ids.filter(|id| self.takes(id)).collect()
    }

    /// Whether it leaves anything out.
    pub fn is_narrow(&self) -> bool {
        self.name.is_some() || self.tag.is_some()
    }

    fn takes(&self, id: &CaseId) -> bool {
        let named =
            self.name.as_deref().is_none_or(|name| id.full_name().to_lowercase().contains(&name.to_lowercase()));
        named && self.tag.as_ref().is_none_or(|tag| tag.holds(&id.scenario.tags))
    }
}

/// The order in which `cases` run when it is shuffled: positions, the same for the same seed and the same cases.
pub(crate) fn shuffled(cases: &[CaseId], seed: u64) -> Vec<usize> {
    let seed = Seed::new(seed);
    let key = |at: &usize| {
        let case = &cases[*at];
        // The name alone would do, if two files could not have scenarios of one name.
        u64::from_le_bytes(seed.identity("order", &[&case.file(), &case.full_name()]).bytes())
    };
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_cached_key(key);
    order
}
