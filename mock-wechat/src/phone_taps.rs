//! How often the phone number buttons succeeded, which is what an account pays for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Successes by mini program and button: the quick one and the real-time one are charged apart (getPhoneNumber page,
/// documented).
#[derive(Debug, Default)]
pub(crate) struct PhoneTaps(Mutex<HashMap<(u32, bool), u32>>);

impl PhoneTaps {
    /// How often a button of a mini program succeeded.
    pub(crate) fn so_far(&self, app: u32, realtime: bool) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(app, realtime)).copied().unwrap_or(0)
    }

    /// Counts one more success; false where `quota` has none left.
    pub(crate) fn take(&self, app: u32, realtime: bool, quota: Option<u32>) -> bool {
        let mut taps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taps = taps.entry((app, realtime)).or_default();
        let is_left = quota.is_none_or(|quota| *taps < quota);
        if is_left {
            *taps = taps.saturating_add(1);
        }
        is_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_button_has_its_own_quota() {
        let taps = PhoneTaps::default();
        assert_eq!([false, false, false].map(|button| taps.take(1, button, Some(2))), [true, true, false]);
        assert!(taps.take(1, true, Some(2)) && taps.take(2, false, Some(2)));
        assert_eq!((taps.so_far(1, false), taps.so_far(1, true), taps.so_far(3, false)), (2, 1, 0));
    }

    #[test]
    fn taps_are_counted_where_there_is_no_quota_too() {
        let taps = PhoneTaps::default();
        assert!(taps.take(1, false, None) && !taps.take(1, false, Some(1)));
    }
}
