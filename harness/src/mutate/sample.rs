//! Which flips are tried when there are more than wanted.

use std::collections::BTreeMap;

use sim::Seed;

use super::outcome::Kind;

/// At most `limit` of the flips, in their order: one of each kind before any kind has two, and within a kind those that
/// the seed picks.
pub(super) fn chosen<T>(all: Vec<T>, kind: impl Fn(&T) -> Kind, limit: Option<usize>, seed: u64) -> Vec<T> {
    let Some(limit) = limit.filter(|limit| *limit < all.len()) else { return all };
    let seed = Seed::new(seed);
    let lot = |at: usize| u64::from_le_bytes(seed.identity("flip", &[&at.to_string()]).bytes());
    let mut order: Vec<(u64, usize)> = (0..all.len()).map(|at| (lot(at), at)).collect();
    order.sort_unstable();
    let mut of_kind: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, usize)> = Vec::with_capacity(all.len());
    for (_, at) in order {
        let Some(flip) = all.get(at) else { continue };
        let rank = of_kind.entry(kind(flip)).or_default();
        ranked.push((*rank, at));
        *rank += 1;
    }
    // Stable: within a rank the lots still decide.
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut taken = vec![false; all.len()];
    ranked.into_iter().take(limit).for_each(|(_, at)| taken[at] = true);
    all.into_iter().zip(taken).filter_map(|(flip, taken)| taken.then_some(flip)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(of: &(char, usize)) -> Kind {
        Kind { call: of.0.to_string(), part: String::new(), how: "gone" }
    }

    #[test]
    fn every_kind_comes_once_before_any_comes_twice() {
        let all: Vec<(char, usize)> = "aaaaaaaabc".chars().zip(0..).collect();
        for seed in 0..20 {
            let few = chosen(all.clone(), kind, Some(3), seed);
            let kinds: Vec<char> = few.iter().map(|(kind, _)| *kind).collect();
            assert_eq!(kinds, ['a', 'b', 'c']);
            assert_eq!(few, chosen(all.clone(), kind, Some(3), seed));
        }
        assert_eq!(chosen(all.clone(), kind, None, 1), all);
        assert_eq!(chosen(all.clone(), kind, Some(10), 1), all);
    }
}
