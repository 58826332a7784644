//! Everything that was handed out: listed, explained, and altered from outside.

use std::collections::BTreeMap;
use std::time::Duration;

use sim::{Alter, ArtefactKind, ArtefactRecord, Moment, Which};

use crate::access_token::{self, Token};
use crate::account::{FormerKey, unionid};
use crate::compact::{LoginCodeKey, PhoneCodeKey};
use crate::login_code::{self, Ending, LoginCode};
use crate::phone_code::{self, PhoneCode};
use crate::session_key::Session;
use crate::wechat::WeChat;

/// Of each kind of code and token at most so many are listed, the newest.
const LISTED: usize = 10_000;

/// A moment is a millisecond long: what is this much older than its life has just ended.
const INSTANT: Duration = Duration::from_millis(1);

/// Everything that was handed out, kind by kind, in the order of issue.
pub(crate) fn list(wechat: &WeChat) -> Vec<ArtefactRecord> {
    let mut records = identities(wechat);
    let now = wechat.ground.now();

    let mut keys = Vec::new();
    wechat.accounts.each(|key, account| {
        keys.extend(
            account
                .former
                .iter()
                .map(|former| (former.session.made_at, key, former.session.clone(), Some(former.replaced_at))),
        );
        keys.extend(account.session.iter().map(|session| (session.made_at, key, session.clone(), None)));
    });
    // Two keys of one moment come in the order of their accounts; those of one account already stand in theirs.
    keys.sort_by_key(|(made_at, key, ..)| (*made_at, *key));
    records.extend(
        keys.into_iter().map(|(_, key, session, replaced_at)| session_record(wechat, key, &session, replaced_at, now)),
    );

    let mut codes = Vec::new();
    wechat.login_codes.each(|key, code| codes.push((code.serial, key.clone())));
    records.extend(newest(codes).into_iter().filter_map(|key| login_code_record(wechat, &key, now)));

    let mut codes = Vec::new();
    wechat.phone_codes.each(|key, code| codes.push((code.serial, key.clone())));
    records.extend(newest(codes).into_iter().filter_map(|key| phone_code_record(wechat, &key, now)));

    let mut tokens = Vec::new();
    wechat.access_tokens.store().each(|text, token| tokens.push((token.serial, text.clone())));
    records.extend(newest(tokens).into_iter().filter_map(|text| token_record(wechat, text.text(), now)));
    records
}

fn newest<K: Ord>(mut keys: Vec<(u32, K)>) -> Vec<K> {
    keys.sort_unstable();
    let skipped = keys.len().saturating_sub(LISTED);
    keys.into_iter().skip(skipped).map(|(_, key)| key).collect()
}

/// What is known about the artefact of this value.
pub(crate) fn history(wechat: &WeChat, value: &str) -> Option<ArtefactRecord> {
    let (value, now) = (value.trim(), wechat.ground.now());
    let login_code = LoginCodeKey::parse(value).and_then(|key| login_code_record(wechat, &key, now));
    let code = login_code.or_else(|| PhoneCodeKey::parse(value).and_then(|key| phone_code_record(wechat, &key, now)));
    code.or_else(|| token_record(wechat, value, now)).or_else(|| {
        let mut found = None;
        wechat.accounts.each(|key, account| {
            if let Some(FormerKey { session, replaced_at }) =
                account.former.iter().find(|f| f.session.key.text() == value)
            {
                found = Some((key, session.clone(), Some(*replaced_at)));
            }
            if let Some(session) = account.session.as_ref().filter(|session| session.key.text() == value) {
                found = Some((key, session.clone(), None));
            }
        });
        let session = found.map(|(key, session, replaced_at)| session_record(wechat, key, &session, replaced_at, now));
        session.or_else(|| identities(wechat).into_iter().find(|record| record.value == value))
    })
}

/// What exists since the world was opened: openids, unionids, secrets, phone numbers.
fn identities(wechat: &WeChat) -> Vec<ArtefactRecord> {
    let setup = wechat.setup();
    let seed = wechat.ground.seed;
    let record = |kind, value: &str, of: &[(&str, &str)]| ArtefactRecord {
        kind,
        value: value.to_owned(),
        issued_at: wechat.opened_at,
        expires_at: None,
        state: "live".to_owned(),
        ended_at: None,
        ended_by: None,
        of: of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    };
    let (mut openids, mut unionids, mut secrets, mut phones) = (vec![], vec![], vec![], vec![]);
    // Where none is declared, the mini programs are those that were used.
    let apps: Vec<_> = if setup.is_open() {
        (0..wechat.known.apps.len().min(LISTED))
            .filter_map(|number| setup.app(&wechat.known.apps.name(u32::try_from(number).ok()?), &wechat.known))
            .collect()
    } else {
        setup.apps().to_vec()
    };
    for app in &apps {
        for person in setup.people().iter().take(LISTED / apps.len().max(1)) {
            let key = (app.number, person.number);
            let openid = wechat
                .accounts
                .with((app.number, &app.appid), (key.1, &person.name), |open| open.account.openid.clone());
            openids.push(record(
                ArtefactKind::Openid,
                openid.text(),
                &[("appid", &app.appid), ("person", &person.name)],
            ));
        }
        if let Some(secret) = &app.secret {
            secrets.push(record(ArtefactKind::AppSecret, secret.expose(), &[("appid", &app.appid)]));
        }
    }
    let mut platforms: Vec<_> = apps.iter().filter_map(|app| app.platform.as_ref()).collect();
    platforms.sort_by_key(|platform| platform.number);
    platforms.dedup_by_key(|platform| platform.number);
    for person in setup.people().iter().take(LISTED) {
        for platform in &platforms {
            let unionid = unionid(seed, &platform.name, &person.name);
            let of = [("open_platform", &*platform.name), ("person", &*person.name)];
            unionids.push(record(ArtefactKind::Unionid, unionid.text(), &of));
        }
        for phone in person.phones.iter().chain(&person.quick_phone) {
            phones.push(record(ArtefactKind::PhoneNumber, &phone.written(), &[("person", &person.name)]));
        }
    }
    [openids, unionids, secrets, phones].concat()
}

fn whose(wechat: &WeChat, app: u32, person: u32) -> BTreeMap<String, String> {
    let (appid, person) = (wechat.known.apps.name(app), wechat.known.people.name(person));
    [("appid", appid), ("person", person)].into_iter().map(|(key, name)| (key.to_owned(), (*name).to_owned())).collect()
}

fn code_record(
    kind: ArtefactKind,
    value: String,
    (issued_at, life): (Moment, Duration),
    state: &str,
    ending: Option<&Ending>,
    of: BTreeMap<String, String>,
) -> ArtefactRecord {
    ArtefactRecord {
        kind,
        value,
        issued_at,
        expires_at: Some(issued_at + life),
        state: state.to_owned(),
        ended_at: ending.map(|ending| ending.at),
        ended_by: ending.and_then(|ending| ending.by).map(|rid| rid.to_string()),
        of,
    }
}

fn login_code_record(wechat: &WeChat, key: &LoginCodeKey, now: Moment) -> Option<ArtefactRecord> {
    let code: LoginCode = wechat.login_codes.with(key, |code| code.cloned())?;
    let life = (code.issued_at, login_code::LIFE);
    let of = whose(wechat, code.app, code.person);
    let value = key.text();
    Some(code_record(ArtefactKind::LoginCode, value, life, code.state(now), code.ending.as_deref(), of))
}

fn phone_code_record(wechat: &WeChat, key: &PhoneCodeKey, now: Moment) -> Option<ArtefactRecord> {
    let code: PhoneCode = wechat.phone_codes.with(key, |code| code.cloned())?;
    let life = (code.issued_at, phone_code::LIFE);
    let mut of = whose(wechat, code.app, code.person);
    of.insert("button".to_owned(), code.button().to_owned());
    let value = key.text();
    Some(code_record(ArtefactKind::PhoneCode, value, life, code.state(now), code.ending.as_ref(), of))
}

fn token_record(wechat: &WeChat, text: &str, now: Moment) -> Option<ArtefactRecord> {
    let token: Token = wechat.access_tokens.store().with(text, |token| token.cloned())?;
    let appid = wechat.known.apps.name(token.app);
    let replaced = token.replaced.filter(|_| token.revoked_at.is_none());
    Some(ArtefactRecord {
        kind: ArtefactKind::AccessToken,
        value: text.to_owned(),
        issued_at: token.issued_at,
        expires_at: Some(token.expires_at()),
        state: token.state(now).to_owned(),
        ended_at: token.revoked_at.or(replaced.map(|replaced| replaced.at)),
        ended_by: replaced.map(|replaced| replaced.by.to_string()),
        of: [("appid", &*appid), ("lane", token.lane.name())]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
    })
}

fn session_record(
    wechat: &WeChat,
    (app, person): (u32, u32),
    session: &Session,
    replaced_at: Option<Moment>,
    now: Moment,
) -> ArtefactRecord {
    let life = wechat.setup().config.rules.session_key_life;
    let state = match (session.revoked_at, replaced_at) {
        (Some(_), _) => "revoked",
        (None, Some(_)) => "replaced",
        (None, None) if session.is_live(life, now) => "live",
        (None, None) => "expired",
    };
    ArtefactRecord {
        kind: ArtefactKind::SessionKey,
        value: session.key.text(),
        issued_at: session.made_at,
        expires_at: Some(session.used_at + life.get()),
        state: state.to_owned(),
        ended_at: session.revoked_at.or(replaced_at),
        ended_by: None,
        of: whose(wechat, app, person),
    }
}

/// Does something to artefacts without moving the clock; says how many it was done to. Of a whole kind, those that had
/// ended before are left alone.
pub(crate) fn alter(wechat: &WeChat, which: &Which, how: Alter) -> usize {
    let now = wechat.ground.now();
    match which {
        Which::Value(value) => alter_one(wechat, value.trim(), how, now),
        Which::Kind(ArtefactKind::LoginCode) => {
            let mut hit = 0;
            wechat.login_codes.each(|_, code| {
                if is_alterable(code.state(now), how) {
                    alter_login_code(code, how, now);
                    hit += 1;
                }
            });
            hit
        }
        Which::Kind(ArtefactKind::PhoneCode) => {
            let mut hit = 0;
            wechat.phone_codes.each(|_, code| {
                if is_alterable(code.state(now), how) {
                    alter_phone_code(code, how, now);
                    hit += 1;
                }
            });
            hit
        }
        Which::Kind(ArtefactKind::AccessToken) => {
            let mut hit = 0;
            wechat.access_tokens.store().each(|_, token| {
                if is_alterable(token.state(now), how) {
                    alter_token(token, how, now);
                    hit += 1;
                }
            });
            hit
        }
        Which::Kind(ArtefactKind::SessionKey) => {
            let (mut hit, life) = (0, wechat.setup().config.rules.session_key_life.get());
            wechat.accounts.each(|_, account| {
                if let Some(session) = account.session.as_mut() {
                    alter_session(session, how, life, now);
                    hit += 1;
                }
            });
            hit
        }
        Which::Kind(_) => 0,
    }
}

/// A used code can still be aged: it is refused with another errcode once its five minutes are over.
fn is_alterable(state: &str, how: Alter) -> bool {
    match how {
        Alter::Age(_) => true,
        Alter::Expire => matches!(state, "live" | "used"),
        Alter::Revoke => state == "live",
    }
}

fn alter_one(wechat: &WeChat, value: &str, how: Alter, now: Moment) -> usize {
    if let Some(key) = LoginCodeKey::parse(value) {
        return wechat.login_codes.with(&key, |code| code.map_or(0, |code| alter_login_code(code, how, now)));
    }
    if let Some(key) = PhoneCodeKey::parse(value) {
        return wechat.phone_codes.with(&key, |code| code.map_or(0, |code| alter_phone_code(code, how, now)));
    }
    let hit = wechat.access_tokens.store().with(value, |token| token.map_or(0, |token| alter_token(token, how, now)));
    if hit > 0 {
        return hit;
    }
    let (mut hit, life) = (0, wechat.setup().config.rules.session_key_life.get());
    wechat.accounts.each(|_, account| {
        if let Some(session) = account.session.as_mut().filter(|session| session.key.text() == value) {
            alter_session(session, how, life, now);
            hit += 1;
        }
    });
    hit
}

/// When something of this life began, had it just ended or been issued earlier.
fn moved(issued_at: Moment, life: Duration, how: Alter, now: Moment) -> Moment {
    match how {
        Alter::Age(by) => issued_at - by,
        Alter::Expire => issued_at.min(now - life - INSTANT),
        Alter::Revoke => issued_at,
    }
}

fn alter_login_code(code: &mut LoginCode, how: Alter, now: Moment) -> usize {
    code.issued_at = moved(code.issued_at, login_code::LIFE, how, now);
    if how == Alter::Revoke && code.ending.is_none() {
        code.ending = Some(Box::new(Ending { at: now, by: None }));
    }
    1
}

fn alter_phone_code(code: &mut PhoneCode, how: Alter, now: Moment) -> usize {
    code.issued_at = moved(code.issued_at, phone_code::LIFE, how, now);
    if how == Alter::Revoke && code.ending.is_none() {
        code.ending = Some(Ending { at: now, by: None });
    }
    1
}

fn alter_token(token: &mut Token, how: Alter, now: Moment) -> usize {
    token.issued_at = moved(token.issued_at, access_token::LIFE, how, now);
    match (how, token.replaced.as_mut()) {
        (Alter::Revoke, _) => {
            token.revoked_at.get_or_insert(now);
        }
        (Alter::Expire, Some(replaced)) => replaced.dies_at = replaced.dies_at.min(now),
        (Alter::Age(by), Some(replaced)) => replaced.dies_at = replaced.dies_at - by,
        (_, None) => {}
    }
    1
}

fn alter_session(session: &mut Session, how: Alter, life: Duration, now: Moment) {
    match how {
        Alter::Age(by) => {
            session.made_at = session.made_at - by;
            session.used_at = session.used_at - by;
        }
        Alter::Expire => {
            session.used_at = session.used_at.min(now - life - INSTANT);
            session.made_at = session.made_at.min(session.used_at);
        }
        Alter::Revoke => {
            session.revoked_at.get_or_insert(now);
        }
    }
}
