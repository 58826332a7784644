//! Counts failed password logins and locks users out.
//!
//! The texts of the vendor's answers show a countdown and a lock with minutes and seconds; how many tries there are and
//! how long a lock lasts is not documented, so both are configured.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sim::Moment;

use crate::config::Lock;
use crate::identifier::UserId;
use crate::refusal::{Refusal, Refused};

#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    count: u32,
    locked_until: Option<Moment>,
}

/// Who failed how often. Users without a failure since their last success are not in it.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<UserId, Failures>>);

/// The seconds until then, a begun one counted whole, so that a lock never says zero.
fn seconds_until(end: Moment, now: Moment) -> u64 {
    let millis = u64::try_from(end.since(now).as_millis()).unwrap_or(u64::MAX);
    millis.div_ceil(1000)
}

impl Locks {
    fn failures(&self) -> MutexGuard<'_, HashMap<UserId, Failures>> {
        // An entry is two plain values, whole at any moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a locked user. A lock that is over is forgotten together with the failures that led to it.
    pub(crate) fn check(&self, user: &UserId, now: Moment) -> Result<(), Refused> {
        let mut failures = self.failures();
        match failures.get(user).and_then(|entry| entry.locked_until) {
            Some(end) if now < end => Err(Refusal::UserLocked { seconds: seconds_until(end, now) }
                .because(format!("the lock ends at {end}; move the clock there, or reset the world"))),
            Some(_) => {
                failures.remove(user);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Counts a failed login, and tells what to answer: the countdown, or that the user is locked from now on.
    pub(crate) fn fail(&self, user: &UserId, policy: &Lock, now: Moment) -> Refused {
        if let Err(locked) = self.check(user, now) {
            return locked;
        }
        if policy.failures == 0 {
            return Refusal::PasswordWrong { left: None }.because("failures lock nobody in this tenant");
        }
        let mut failures = self.failures();
        let entry = failures.entry(user.clone()).or_default();
        entry.count += 1;
        let count = entry.count;
        if count < policy.failures {
            return Refusal::PasswordWrong { left: Some(policy.failures - count) }
                .because(format!("failure {count}; {} in a row lock the user for {}", policy.failures, policy.lasts));
        }
        let end = now + policy.lasts.get();
        entry.locked_until = Some(end);
        Refusal::UserLocked { seconds: seconds_until(end, now) }
            .because(format!("this was failure {count} of {count}; the user is locked until {end}"))
    }

    /// Forgets a user's failures after a success, unless other calls locked the user meanwhile.
    pub(crate) fn succeed(&self, user: &UserId, now: Moment) -> Result<(), Refused> {
        self.check(user, now)?;
        self.failures().remove(user);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::Life;

    const POLICY: Lock = Lock { failures: 3, lasts: Life::seconds(1800), blocks_wechat_login: false };

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn li() -> UserId {
        UserId("li".to_owned())
    }

    fn locked(locks: &Locks, seconds: i64) -> Option<Refusal> {
        locks.check(&li(), at(seconds)).err().map(|refused| refused.refusal)
    }

    #[test]
    fn tries_are_counted_down_and_the_last_one_locks() {
        let locks = Locks::default();
        assert_eq!(locks.fail(&li(), &POLICY, at(0)).refusal, Refusal::PasswordWrong { left: Some(2) });
        assert_eq!(locks.fail(&li(), &POLICY, at(1)).refusal, Refusal::PasswordWrong { left: Some(1) });
        assert_eq!(locked(&locks, 1), None);
        assert_eq!(locks.fail(&li(), &POLICY, at(2)).refusal, Refusal::UserLocked { seconds: 1800 });
        assert_eq!(locked(&locks, 62), Some(Refusal::UserLocked { seconds: 1740 }));
    }

    #[test]
    fn a_lock_ends_by_time_alone_and_starts_the_count_anew() {
        let locks = Locks::default();
        (0..3).for_each(|_| drop(locks.fail(&li(), &POLICY, at(0))));
        assert_eq!(locked(&locks, 1799), Some(Refusal::UserLocked { seconds: 1 }));
        assert_eq!(locked(&locks, 1800), None);
        assert_eq!(locks.fail(&li(), &POLICY, at(1800)).refusal, Refusal::PasswordWrong { left: Some(2) });
    }

    #[test]
    fn a_failure_while_locked_does_not_prolong_the_lock() {
        let locks = Locks::default();
        (0..3).for_each(|_| drop(locks.fail(&li(), &POLICY, at(0))));
        assert_eq!(locks.fail(&li(), &POLICY, at(900)).refusal, Refusal::UserLocked { seconds: 900 });
        assert_eq!(locked(&locks, 1800), None);
    }

    #[test]
    fn a_success_starts_the_count_anew_but_opens_no_lock() {
        let locks = Locks::default();
        locks.fail(&li(), &POLICY, at(0));
        assert!(locks.succeed(&li(), at(1)).is_ok());
        assert_eq!(locks.fail(&li(), &POLICY, at(2)).refusal, Refusal::PasswordWrong { left: Some(2) });
        (0..2).for_each(|_| drop(locks.fail(&li(), &POLICY, at(3))));
        assert!(locks.succeed(&li(), at(4)).is_err());
    }

    #[test]
    fn one_user_does_not_lock_another() {
        let locks = Locks::default();
        (0..3).for_each(|_| drop(locks.fail(&li(), &POLICY, at(0))));
        assert!(locks.check(&UserId("wu".to_owned()), at(1)).is_ok());
    }

    #[test]
    fn a_begun_second_counts_whole() {
        let locks = Locks::default();
        (0..3).for_each(|_| drop(locks.fail(&li(), &POLICY, at(0))));
        let almost = Moment::from_unix_millis(at(1800).unix_millis() - 1);
        assert_eq!(locks.check(&li(), almost).unwrap_err().refusal, Refusal::UserLocked { seconds: 1 });
    }
}
