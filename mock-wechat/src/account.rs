//! A person in one mini program: who they are to it, and the key they share with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sim::{Moment, Seed};

use crate::compact::{IdText, KeyBytes};
use crate::config::Rules;
use crate::session_key::Session;
use crate::setup::{App, Person};

/// Session keys that are kept after they were replaced, to recognise a stale one.
const FORMER_KEYS: usize = 8;

/// Exchanges of login codes that one person may cause in a mini program within a minute (code2Session page; told by
/// WeChat's staff).
pub(crate) const EXCHANGES_A_MINUTE: u32 = 100;

/// A key that has been replaced.
#[derive(Debug, Clone)]
pub(crate) struct FormerKey {
    pub(crate) session: Session,
    pub(crate) replaced_at: Moment,
}

/// A person in one mini program.
#[derive(Debug)]
pub(crate) struct Account {
    /// The person's identifier in the mini program.
    pub(crate) openid: IdText,
    /// The identifier across the apps of one Open Platform account, and the number of that account.
    unionid: Option<(u32, IdText)>,
    /// The key, once there was a login.
    pub(crate) session: Option<Session>,
    /// Keys before this one, oldest first.
    pub(crate) former: VecDeque<FormerKey>,
    keys_made: u32,
    minute: i64,
    exchanges: u32,
}

/// Which account: the numbers of mini program and person.
pub(crate) type Key = (u32, u32);

/// All accounts of a world.
#[derive(Debug)]
pub(crate) struct Accounts {
    seed: Seed,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    accounts: HashMap<Key, Account>,
    by_openid: HashMap<IdText, Key>,
}

/// An identifier of the shape of openids and unionids. Identifiers of one mini program, or one Open Platform account,
/// begin with the same six characters (inferred from some forty published ones).
fn identifier(seed: Seed, kind: &str, home: &str, person: &str) -> IdText {
    let mut start = seed.identity(kind, &[home]);
    let mut rest = seed.identity(kind, &[home, person]);
    let text = format!("o{}{}", start.base64url(5), rest.base64url(22));
    IdText::parse(&text).expect("28 ASCII characters were drawn")
}

/// The openid of a person in a mini program.
pub(crate) fn openid(seed: Seed, appid: &str, person: &str) -> IdText {
    identifier(seed, "openid", appid, person)
}

/// The unionid of a person in an Open Platform account.
pub(crate) fn unionid(seed: Seed, account: &str, person: &str) -> IdText {
    identifier(seed, "unionid", account, person)
}

impl Account {
    fn new(seed: Seed, appid: &str, person: &str) -> Self {
        Self {
            openid: openid(seed, appid, person),
            unionid: None,
            session: None,
            former: VecDeque::new(),
            keys_made: 0,
            minute: i64::MIN,
            exchanges: 0,
        }
    }

    fn next_key(&mut self, seed: Seed, appid: &str, person: &str) -> KeyBytes {
        let serial = self.keys_made.to_string();
        self.keys_made = self.keys_made.wrapping_add(1);
        seed.identity("session_key", &[appid, person, &serial]).bytes::<16>().into()
    }

    /// Puts a session in the place of the present one.
    fn replace(&mut self, session: Session, now: Moment) {
        if let Some(session) = self.session.replace(session) {
            if self.former.len() == FORMER_KEYS {
                self.former.pop_front();
            }
            self.former.push_back(FormerKey { session, replaced_at: now });
        }
    }

    /// The live key, if there is one; it counts as used.
    pub(crate) fn live_session(&mut self, rules: &Rules, now: Moment) -> Option<&mut Session> {
        let session = self.session.as_mut().filter(|session| session.is_live(rules.session_key_life, now))?;
        session.touch(now);
        Some(session)
    }

    /// Counts one more exchange; false once there are too many in this minute.
    pub(crate) fn may_exchange(&mut self, now: Moment) -> bool {
        let minute = now.unix_seconds().div_euclid(60);
        if self.minute != minute {
            (self.minute, self.exchanges) = (minute, 0);
        }
        self.exchanges = self.exchanges.saturating_add(1);
        self.exchanges <= EXCHANGES_A_MINUTE
    }

    /// The person's unionid, if the mini program is bound to an Open Platform account.
    pub(crate) fn unionid(&mut self, seed: Seed, app: &App, person: &str) -> Option<IdText> {
        let platform = app.platform.as_ref()?;
        match &self.unionid {
            Some((number, unionid)) if *number == platform.number => Some(unionid.clone()),
            _ => {
                let unionid = unionid(seed, &platform.name, person);
                self.unionid = Some((platform.number, unionid.clone()));
                Some(unionid)
            }
        }
    }
}

/// One account under the table's lock, together with the names that its values are made from.
#[derive(Debug)]
pub(crate) struct Open<'a> {
    pub(crate) account: &'a mut Account,
    seed: Seed,
    appid: &'a str,
    person: &'a str,
}

impl Open<'_> {
    /// What `wx.login` does to the key: it may be replaced, and it counts as used.
    pub(crate) fn log_in(&mut self, rules: &Rules, now: Moment) {
        let is_replaced = self.account.session.as_ref().is_none_or(|session| {
            session.is_replaced_by_login(rules.session_key_life, rules.session_key_rotation, now)
        });
        if is_replaced {
            let key = self.account.next_key(self.seed, self.appid, self.person);
            self.account.replace(Session::new(key, now), now);
        } else {
            self.account.live_session(rules, now);
        }
    }

    /// The live key for an exchange: whichever is current, however old the code. A new one if there is none.
    pub(crate) fn session_for_exchange(&mut self, rules: &Rules, now: Moment) -> KeyBytes {
        if let Some(session) = self.account.live_session(rules, now) {
            return session.key.clone();
        }
        let key = self.account.next_key(self.seed, self.appid, self.person);
        self.account.replace(Session::new(key.clone(), now), now);
        key
    }

    /// Replaces a live key by a new one that ends when the old one would have ended (resetUserSessionKey page,
    /// documented); none if there is no live key.
    pub(crate) fn reset_key(&mut self, rules: &Rules, now: Moment) -> Option<KeyBytes> {
        let live = self.account.session.as_ref().filter(|session| session.is_live(rules.session_key_life, now))?;
        let used_at = live.used_at;
        let key = self.account.next_key(self.seed, self.appid, self.person);
        self.account.replace(Session { used_at, ..Session::new(key.clone(), now) }, now);
        Some(key)
    }

    /// The person's unionid, if the mini program is bound to an Open Platform account.
    pub(crate) fn unionid(&mut self, app: &App) -> Option<IdText> {
        self.account.unionid(self.seed, app, self.person)
    }
}

impl Accounts {
    /// No accounts yet.
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, table: Mutex::default() }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a person's account in a mini program, making it if need be; nobody else sees it meanwhile.
    pub(crate) fn with<R>(&self, app: (u32, &str), person: (u32, &str), look: impl FnOnce(Open<'_>) -> R) -> R {
        let ((app, appid), (number, person)) = (app, person);
        let mut table = self.table();
        let Table { accounts, by_openid } = &mut *table;
        let account = accounts.entry((app, number)).or_insert_with(|| {
            let account = Account::new(self.seed, appid, person);
            by_openid.insert(account.openid.clone(), (app, number));
            account
        });
        look(Open { account, seed: self.seed, appid, person })
    }

    /// Whose openid this is, in whichever mini program. `everybody` are the accounts that could be meant though they
    /// never did anything: identifiers hang on names only, so they may be known from an export.
    pub(crate) fn find(&self, openid: &str, app: &App, everybody: &[Person]) -> Option<Key> {
        let openid = IdText::parse(openid)?;
        if let Some(key) = self.table().by_openid.get(&openid) {
            return Some(*key);
        }
        for person in everybody {
            self.with((app.number, &app.appid), (person.number, &person.name), |_| ());
        }
        self.table().by_openid.get(&openid).copied()
    }

    /// Looks at every account, in no particular order.
    pub(crate) fn each(&self, mut look: impl FnMut(Key, &mut Account)) {
        for (key, account) in &mut self.table().accounts {
            look(*key, account);
        }
    }

    /// Looks at one account that exists.
    pub(crate) fn look<R>(&self, key: Key, look: impl FnOnce(&mut Account) -> R) -> Option<R> {
        self.table().accounts.get_mut(&key).map(look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEED: Seed = Seed::new(7);

    fn at(seconds: i64) -> Moment {
        // A minute begins here.
        Moment::from_unix_seconds(1_000_020 + seconds)
    }

    #[test]
    fn identifiers_of_one_home_begin_alike() {
        let text = |id: IdText| id.text().to_owned();
        let (alice, bob) = (text(openid(SEED, "wx1", "alice")), text(openid(SEED, "wx1", "bob")));
        let elsewhere = text(openid(SEED, "wx2", "alice"));
        assert_eq!(alice[..6], bob[..6]);
        assert_ne!(alice[6..], bob[6..]);
        assert_ne!(alice[..6], elsewhere[..6]);
        assert_ne!(text(unionid(SEED, "wx1", "alice")), alice);
    }

    #[test]
    fn keys_of_a_person_do_not_hang_on_what_others_do() {
        let keys = |order: &[(u32, &str)]| {
            let accounts = Accounts::new(SEED);
            let mut keys: Vec<_> = order
                .iter()
                .map(|person| {
                    accounts.with((0, "wx1"), *person, |mut open| {
                        (person.0, open.session_for_exchange(&Rules::default(), at(0)))
                    })
                })
                .collect();
            keys.sort_unstable();
            keys
        };
        assert_eq!(keys(&[(0, "alice"), (1, "bob")]), keys(&[(1, "bob"), (0, "alice")]));
    }

    #[test]
    fn logins_within_a_minute_keep_the_key() {
        let accounts = Accounts::new(SEED);
        let rules = Rules::default();
        let log_in = |seconds| {
            accounts.with((0, "wx1"), (0, "alice"), |mut open| {
                open.log_in(&rules, at(seconds));
                open.account.session.as_ref().unwrap().key.clone()
            })
        };
        let first = log_in(0);
        assert_eq!((log_in(30), log_in(60)), (first.clone(), first.clone()));
        let second = log_in(61);
        assert_ne!(second, first);
        let former = accounts.look((0, 0), |account| account.former[0].session.key.clone());
        assert_eq!(former, Some(first));
    }

    #[test]
    fn a_reset_key_ends_when_the_old_one_would_have_ended() {
        let accounts = Accounts::new(SEED);
        let rules = Rules::default();
        let life = i64::try_from(rules.session_key_life.as_secs()).unwrap();
        accounts.with((0, "wx1"), (0, "alice"), |mut open| {
            assert!(open.reset_key(&rules, at(0)).is_none());
            open.log_in(&rules, at(0));
            let new = open.reset_key(&rules, at(1000)).unwrap();
            let session = open.account.session.clone().unwrap();
            assert_eq!(session.key, new);
            assert!(session.is_live(rules.session_key_life, at(life)));
            assert!(!session.is_live(rules.session_key_life, at(life + 1)));
        });
    }

    #[test]
    fn a_hundred_exchanges_fit_into_a_minute() {
        let mut account = Account::new(SEED, "wx1", "alice");
        assert_eq!((0..150).filter(|_| account.may_exchange(at(0))).count(), 100);
        assert!(!account.may_exchange(at(59)));
        assert!(account.may_exchange(at(60)));
    }

    proptest! {
        #[test]
        fn an_identifier_has_the_observed_shape(seed: u64, home in ".{1,20}", person in ".{1,20}") {
            let id = openid(Seed::new(seed), &home, &person);
            let text = id.text();
            prop_assert!(text.starts_with('o') && text.len() == 28);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        }
    }
}
