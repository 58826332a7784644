//! The codes that are out, and the rules by which one is good.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sim::{Alter, ArtefactKind, ArtefactRecord, Ground, Moment, Sequence, VerifyCode, Which};

use super::Purpose;
use crate::address::Address;
use crate::config::Config;
use crate::refusal::{Refusal, Refused};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    address: Address,
    purpose: Purpose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Free,
    Reserved,
    Used(Moment),
    Revoked(Moment),
}

#[derive(Debug)]
struct Entry {
    code: VerifyCode,
    issued_at: Moment,
    life: Duration,
    wrong: u32,
    phase: Phase,
}

impl Entry {
    fn expires_at(&self) -> Moment {
        self.issued_at + self.life
    }

    fn record(&self, key: &Key, now: Moment) -> ArtefactRecord {
        let (state, ended_at) = match self.phase {
            Phase::Used(at) => ("used", Some(at)),
            Phase::Revoked(at) => ("revoked", Some(at)),
            _ if now > self.expires_at() => ("expired", None),
            _ => ("live", None),
        };
        let of = [("to", key.address.expose()), ("type", key.purpose.name(key.address.channel()))];
        ArtefactRecord {
            kind: ArtefactKind::VerifyCode,
            value: self.code.expose().to_owned(),
            issued_at: self.issued_at,
            expires_at: Some(self.expires_at()),
            state: state.to_owned(),
            ended_at,
            ended_by: None,
            of: of.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>(),
        }
    }
}

/// The SMS and e-mail codes of a tenant: the newest one of each type for each address.
///
/// One lock for all of them: codes are sent to people, so they are few.
#[derive(Debug)]
pub(crate) struct VerifyCodes {
    entries: Mutex<HashMap<Key, Entry>>,
    draws: Sequence,
}

/// Codes that are kept; beyond that the oldest half is forgotten.
const LIMIT: usize = 10_000;

impl VerifyCodes {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { entries: Mutex::default(), draws: ground.seed.sequence("verify code") }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        // Every change below is one assignment: a panic elsewhere leaves no entry half changed.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a code for an address; it takes the place of an earlier one of the same type.
    ///
    /// Refused while the message before is younger than the configured interval.
    pub(crate) fn issue(
        &self,
        address: Address,
        purpose: Purpose,
        config: &Config,
        now: Moment,
    ) -> Result<VerifyCode, Refused> {
        let mut entries = self.entries();
        let key = Key { address, purpose };
        let again = |entry: &Entry| entry.issued_at + config.codes.resend_after.get();
        if let Some(last) = entries.get(&key).filter(|entry| config.limits && now < again(entry)) {
            return Err(Refusal::CodeNotSent("the last one was sent a moment ago").because(format!(
                "it was sent at {}; the next one can be sent at {}, {} after it",
                last.issued_at,
                again(last),
                config.codes.resend_after
            )));
        }
        if entries.len() >= LIMIT {
            let mut ages: Vec<_> = entries.values().map(|entry| entry.issued_at).collect();
            ages.sort_unstable();
            let middle = ages[ages.len() / 2];
            entries.retain(|_, entry| entry.issued_at > middle);
        }
        let code = VerifyCode::new(self.draws.draw().digits(config.codes.digits as usize));
        let entry =
            Entry { code: code.clone(), issued_at: now, life: config.codes.life.get(), wrong: 0, phase: Phase::Free };
        entries.insert(key, entry);
        Ok(code)
    }

    /// Takes a code for the time of one call: it is free again when the reservation is dropped, and used up when it
    /// is committed. Of many calls at once with one code, one gets it.
    ///
    /// A code is good for its address and type until its life ends, once, and until there were too many wrong tries.
    pub(crate) fn reserve(
        &self,
        address: &Address,
        purpose: Purpose,
        code: &str,
        config: &Config,
        now: Moment,
    ) -> Result<ReservedCode<'_>, Refused> {
        let kind = purpose.name(address.channel());
        let key = Key { address: address.clone(), purpose };
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(&key) else {
            let others = entries.iter().filter(|(key, entry)| key.address == *address && entry.code.expose() == code);
            let refused = Refusal::CodeWrong("none was sent").because(format!("no {kind} was sent to this address"));
            return Err(others.fold(refused, |refused, (other, _)| {
                let other = other.purpose.name(address.channel());
                refused.because(format!("the code is that of a {other}: a code is good for its own type only"))
            }));
        };
        let refuse = |why: &'static str, entry: &Entry| {
            Err(Refusal::CodeWrong(why).because(format!(
                "the newest {kind} for this address was sent at {} and is good until {}",
                entry.issued_at,
                entry.expires_at()
            )))
        };
        match entry.phase {
            Phase::Used(_) => return refuse("it was already used", entry),
            Phase::Revoked(_) => return refuse("it was taken back", entry),
            Phase::Free | Phase::Reserved => {}
        }
        if now > entry.expires_at() {
            return refuse("it has expired", entry);
        }
        if config.limits && entry.wrong >= config.codes.tries {
            return refuse("there were too many wrong tries", entry);
        }
        if entry.code.expose() != code {
            entry.wrong = entry.wrong.saturating_add(1);
            let tries = format!("wrong try {} of {}", entry.wrong, config.codes.tries);
            return refuse("it is not the one that was sent", entry).map_err(|refused: Refused| refused.because(tries));
        }
        if entry.phase == Phase::Reserved {
            return refuse("another call is using it at this moment", entry);
        }
        entry.phase = Phase::Reserved;
        Ok(ReservedCode { codes: self, code: entry.code.clone(), key, settled: false })
    }

    /// All that are known.
    pub(crate) fn artefacts(&self, now: Moment) -> Vec<ArtefactRecord> {
        self.entries().iter().map(|(key, entry)| entry.record(key, now)).collect()
    }

    /// What is known of the newest one of this value.
    pub(crate) fn history(&self, value: &str, now: Moment) -> Option<ArtefactRecord> {
        let entries = self.entries();
        let same = entries.iter().filter(|(_, entry)| entry.code.expose() == value.trim());
        same.max_by_key(|(_, entry)| entry.issued_at).map(|(key, entry)| entry.record(key, now))
    }

    /// Ages, ends or takes back; the number of codes hit.
    pub(crate) fn alter(&self, which: &Which, how: Alter, now: Moment) -> usize {
        let mut entries = self.entries();
        let meant = entries.values_mut().filter(|entry| match which {
            Which::Kind(kind) => *kind == ArtefactKind::VerifyCode,
            Which::Value(value) => entry.code.expose() == value.trim(),
        });
        let mut hit = 0;
        for entry in meant {
            hit += 1;
            match how {
                Alter::Age(by) => entry.issued_at = entry.issued_at - by,
                Alter::Expire => entry.issued_at = now - entry.life - Duration::from_millis(1),
                Alter::Revoke if matches!(entry.phase, Phase::Free | Phase::Reserved) => {
                    entry.phase = Phase::Revoked(now);
                }
                Alter::Revoke => {}
            }
        }
        hit
    }
}

/// A code taken for the time of one call; dropping it sets the code free again.
#[derive(Debug)]
#[must_use = "a reservation that is dropped sets the code free"]
pub(crate) struct ReservedCode<'a> {
    codes: &'a VerifyCodes,
    key: Key,
    /// Tells it from a newer one that took its place meanwhile.
    code: VerifyCode,
    settled: bool,
}

impl ReservedCode<'_> {
    fn settle(&mut self, phase: Phase) {
        self.settled = true;
        let mut entries = self.codes.entries();
        if let Some(entry) = entries.get_mut(&self.key)
            && entry.phase == Phase::Reserved
            && entry.code == self.code
        {
            entry.phase = phase;
        }
    }

    /// Uses the code up.
    pub(crate) fn commit(mut self, now: Moment) {
        self.settle(Phase::Used(now));
    }
}

impl Drop for ReservedCode<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.settle(Phase::Free);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scene {
        codes: VerifyCodes,
        config: Config,
    }

    impl Scene {
        fn new() -> Self {
            let ground = Ground::frozen("default", 7, at(0));
            Self { codes: VerifyCodes::new(&ground), config: Config::default() }
        }

        fn send(&self, seconds: i64) -> VerifyCode {
            self.codes.issue(li(), Purpose::Login, &self.config, at(seconds)).unwrap()
        }

        fn present(&self, code: &str, seconds: i64) -> Result<(), Refusal> {
            let reserved = self.codes.reserve(&li(), Purpose::Login, code, &self.config, at(seconds));
            reserved.map(|code| code.commit(at(seconds))).map_err(|refused| refused.refusal)
        }
    }

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn li() -> Address {
        Address::read("13800138000").unwrap()
    }

    fn wrong(why: &'static str) -> Result<(), Refusal> {
        Err(Refusal::CodeWrong(why))
    }

    #[test]
    fn a_code_is_six_digits_and_good_once() {
        let scene = Scene::new();
        let code = scene.send(0);
        assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(scene.present(code.expose(), 1), Ok(()));
        assert_eq!(scene.present(code.expose(), 2), wrong("it was already used"));
    }

    #[test]
    fn a_code_is_refused_once_five_minutes_are_over() {
        let scene = Scene::new();
        let code = scene.send(0);
        assert_eq!(scene.present(code.expose(), 301), wrong("it has expired"));
        assert_eq!(scene.present(code.expose(), 300), Ok(()));
    }

    #[test]
    fn a_code_that_was_reserved_and_not_used_is_good_again() {
        let scene = Scene::new();
        let code = scene.send(0);
        let reserve = || scene.codes.reserve(&li(), Purpose::Login, code.expose(), &scene.config, at(1));
        let held = reserve().unwrap();
        assert_eq!(reserve().unwrap_err().refusal, Refusal::CodeWrong("another call is using it at this moment"));
        drop(held);
        assert_eq!(scene.present(code.expose(), 2), Ok(()));
    }

    #[test]
    fn the_fifth_wrong_try_voids_a_code() {
        let scene = Scene::new();
        let code = scene.send(0);
        for _ in 0..5 {
            assert_eq!(scene.present("000000x", 1), wrong("it is not the one that was sent"));
        }
        assert_eq!(scene.present(code.expose(), 1), wrong("there were too many wrong tries"));
        let mut lenient = Scene { config: Config { limits: false, ..Config::default() }, ..scene };
        assert_eq!(lenient.present(code.expose(), 1), Ok(()));
        lenient.config.limits = true;
        let next = lenient.send(60);
        assert_eq!(lenient.present(next.expose(), 61), Ok(()));
    }

    #[test]
    fn the_next_code_can_be_sent_after_a_minute_and_voids_the_one_before() {
        let mut scene = Scene::new();
        let first = scene.send(0);
        let early = scene.codes.issue(li(), Purpose::Login, &scene.config, at(59)).unwrap_err();
        assert_eq!(early.refusal, Refusal::CodeNotSent("the last one was sent a moment ago"));
        assert!(scene.codes.issue(li(), Purpose::Register, &scene.config, at(59)).is_ok(), "another type");
        let second = scene.send(60);
        assert_eq!(scene.present(first.expose(), 61), wrong("it is not the one that was sent"));
        assert_eq!(scene.present(second.expose(), 61), Ok(()));
        scene.config.limits = false;
        scene.send(61);
    }

    #[test]
    fn a_code_is_good_for_its_address_and_its_type_only() {
        let scene = Scene::new();
        let code = scene.send(0);
        let wu = Address::read("13900139000").unwrap();
        for (address, purpose) in [(&wu, Purpose::Login), (&li(), Purpose::Register)] {
            let refused = scene.codes.reserve(address, purpose, code.expose(), &scene.config, at(1)).unwrap_err();
            assert_eq!(refused.refusal, Refusal::CodeWrong("none was sent"));
        }
        let refused = scene.codes.reserve(&li(), Purpose::Bind, code.expose(), &scene.config, at(1)).unwrap_err();
        assert!(refused.story.iter().any(|line| line.contains("LOGIN_SMS")), "{:?}", refused.story);
    }

    #[test]
    fn one_of_a_hundred_callers_uses_a_code() {
        let scene = Scene::new();
        let code = scene.send(0);
        let won: usize = std::thread::scope(|scope| {
            let call = || scene.present(code.expose(), 1).is_ok();
            let calls: Vec<_> = (0..100).map(|_| scope.spawn(call)).collect();
            calls.into_iter().map(|call| usize::from(call.join().unwrap())).sum()
        });
        assert_eq!(won, 1);
    }

    #[test]
    fn a_code_can_be_aged_ended_and_taken_back_from_outside() {
        let scene = Scene::new();
        let code = scene.send(0);
        let which = Which::Value(code.expose().to_owned());
        assert_eq!(scene.codes.alter(&which, Alter::Age(Duration::from_secs(299)), at(0)), 1);
        assert_eq!(scene.codes.history(code.expose(), at(1)).unwrap().state, "live");
        assert_eq!(scene.codes.history(code.expose(), at(2)).unwrap().state, "expired");
        scene.send(60);
        scene.codes.alter(&Which::Kind(ArtefactKind::VerifyCode), Alter::Revoke, at(60));
        assert_eq!(scene.codes.artefacts(at(60))[0].state, "revoked");
        assert_eq!(scene.codes.alter(&Which::Kind(ArtefactKind::LoginCode), Alter::Expire, at(60)), 0);
    }

    #[test]
    fn codes_are_bounded_and_the_newest_stay() {
        let mut scene = Scene::new();
        scene.config.codes.digits = 8;
        for n in 0..LIMIT + 100 {
            let address = Address::Email(format!("u{n}@acme.example"));
            scene.codes.issue(address, Purpose::Login, &scene.config, at(n as i64)).unwrap();
        }
        assert!(scene.codes.artefacts(at(0)).len() <= LIMIT);
        let last = Address::Email(format!("u{}@acme.example", LIMIT + 99));
        assert!(scene.codes.entries().contains_key(&Key { address: last, purpose: Purpose::Login }));
    }

    #[test]
    fn the_codes_of_a_seed_are_the_same_in_every_run() {
        assert_eq!(Scene::new().send(0), Scene::new().send(5));
    }
}
