//! The WeChat of one world: its state, and the doors to it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::{Request, Response};
use sim::{
    Alter, ArtefactKind, ArtefactRecord, ConfigProblem, Expiring, Ground, Moment, Note, OpenId, Sequence, Tag, UnionId,
    Which,
};

use crate::account::{Accounts, openid, unionid};
use crate::compact::{LoginCodeKey, PhoneCodeKey};
use crate::encrypted_data::Handed;
use crate::login_code::{self, LoginCode};
use crate::phone_code::{self, PhoneCode};
use crate::phone_taps::PhoneTaps;
use crate::quota::Quotas;
use crate::refusal::Refused;
use crate::request_log::RequestLog;
use crate::setup::{Known, Setup};
use crate::token_lane::AccessTokens;
use crate::{Config, DeviceAnswer, DeviceCall, DeviceProblem, KnownRefusal, api, artefacts, device, encrypted_data};

/// An answer of WeChat's servers, and what they know about it.
#[derive(Debug)]
pub struct Answer {
    /// What the caller gets.
    pub response: Response<Bytes>,
    /// The rid of the request, and why it was refused, if it was.
    pub note: Note,
}

/// The address from which a request came. Put it into the request's extensions; without one the caller is
/// `127.0.0.1`. It matters only to a mini program with an `ip_whitelist`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallerAddress(pub IpAddr);

/// Who a person is to a mini program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The person's identifier in the mini program.
    pub openid: OpenId,
    /// The person's identifier across the apps of the Open Platform account, if the mini program is bound to one.
    pub unionid: Option<UnionId>,
}

/// The WeChat of one world.
///
/// It may be called from many threads at once. Nothing in it waits, ticks or looks at the machine's clock.
#[derive(Debug)]
pub struct WeChat {
    pub(crate) ground: Ground,
    /// When this world's WeChat was opened: since when its people and secrets exist.
    pub(crate) opened_at: Moment,
    setup: RwLock<Arc<Setup>>,
    pub(crate) known: Known,
    pub(crate) login_codes: Expiring<LoginCodeKey, LoginCode>,
    pub(crate) phone_codes: Expiring<PhoneCodeKey, PhoneCode>,
    pub(crate) accounts: Accounts,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) quotas: Quotas,
    pub(crate) phone_taps: PhoneTaps,
    /// The phone data that was encrypted, by its SHA-256.
    pub(crate) handed: Expiring<[u8; 32], Handed>,
    pub(crate) requests: RequestLog,
    pub(crate) sequences: Sequences,
}

/// Where values that come one after the other are taken from.
#[derive(Debug)]
pub(crate) struct Sequences {
    pub(crate) login_codes: Sequence,
    pub(crate) phone_codes: Sequence,
    pub(crate) ivs: Sequence,
    pub(crate) rids: Sequence,
    pub(crate) sealed_answers: Sequence,
    serials: AtomicU32,
}

impl Sequences {
    /// The next place in the order of issue.
    pub(crate) fn serial(&self) -> u32 {
        self.serials.fetch_add(1, Ordering::Relaxed)
    }
}

impl WeChat {
    /// Opens a WeChat.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, at once.
    pub fn new(config: Config, ground: Ground) -> Result<Self, Vec<ConfigProblem>> {
        let known = Known::default();
        let setup = Setup::new(config, &known, ground.seed)?;
        let seed = ground.seed;
        Ok(Self {
            opened_at: ground.now(),
            setup: RwLock::new(Arc::new(setup)),
            known,
            login_codes: Expiring::new(login_code::REMEMBERED, login_code::LIMIT),
            phone_codes: Expiring::new(phone_code::REMEMBERED, phone_code::LIMIT),
            accounts: Accounts::new(seed),
            access_tokens: AccessTokens::new(seed, ground.tag),
            quotas: Quotas::default(),
            phone_taps: PhoneTaps::default(),
            handed: Expiring::new(encrypted_data::REMEMBERED, encrypted_data::LIMIT),
            requests: RequestLog::default(),
            sequences: Sequences {
                login_codes: seed.sequence("login_code"),
                phone_codes: seed.sequence("phone_code"),
                ivs: seed.sequence("iv"),
                rids: seed.sequence("rid"),
                sealed_answers: seed.sequence("sealed_answer"),
                serials: AtomicU32::new(0),
            },
            ground,
        })
    }

    /// Answers a call to WeChat's servers: all of `/sns`, `/cgi-bin` and `/wxa`.
    ///
    /// `issuer_of_token` is the WeChat of the other world that issued the access_token in the query, when it is not
    /// this one: the token's life is judged there, by that world's clock, and everything else here.
    pub fn answer(&self, request: &Request<Bytes>, issuer_of_token: Option<&WeChat>) -> Answer {
        api::answer(self, request, issuer_of_token)
    }

    /// Refuses a call whatever it says, as WeChat would at its path: content type, suffix and rid are the path's own.
    /// `story` tells why; what would have helped is added to it.
    ///
    /// ```
    /// # use bytes::Bytes;
    /// # use mock_wechat::{Config, WeChat, known_error};
    /// # use sim::{Ground, Moment};
    /// # let ground = Ground::frozen("default", 7, Moment::default());
    /// # let wechat = WeChat::new(Config::default(), ground).unwrap();
    /// let request = http::Request::get("/sns/jscode2session").body(Bytes::new()).unwrap();
    /// let busy = known_error("-1").unwrap();
    /// let answer = wechat.fail(&request, &busy, vec!["a fault of the world asks for it".to_owned()]);
    /// assert!(answer.response.body().starts_with(br#"{"errcode":-1,"errmsg":"system error, rid: "#));
    /// ```
    pub fn fail(&self, request: &Request<Bytes>, refusal: &KnownRefusal, story: Vec<String>) -> Answer {
        api::fail(self, request, refusal, story)
    }

    /// Answers a call of the phone.
    ///
    /// # Errors
    /// A person, appid or phone number that this world does not have.
    pub fn device(&self, call: &DeviceCall) -> Result<DeviceAnswer, DeviceProblem> {
        device::answer(self, call)
    }

    /// Whether a mini program of this appid is declared. Always false in a world without mini programs.
    pub fn declares(&self, appid: &str) -> bool {
        self.setup().declares(appid)
    }

    /// Whether WeChat is to be out of reach for those who call its servers.
    pub fn is_down(&self) -> bool {
        self.setup().config.down
    }

    /// The configuration, generated secrets included.
    pub fn config(&self) -> Config {
        self.setup().config.clone()
    }

    /// Changes the configuration and keeps codes, tokens and keys.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, at once; nothing is changed then.
    pub fn change(&self, config: Config) -> Result<(), Vec<ConfigProblem>> {
        let setup = Arc::new(Setup::new(config, &self.known, self.ground.seed)?);
        let before =
            std::mem::replace(&mut *self.setup.write().unwrap_or_else(PoisonError::into_inner), Arc::clone(&setup));
        if setup.config.rules.new_secret_revokes_access_tokens {
            for app in setup.apps() {
                let former = before.apps().iter().find(|former| former.number == app.number);
                if former.is_some_and(|former| former.secret != app.secret) {
                    self.access_tokens.revoke_all_of(app.number, self.ground.now());
                }
            }
        }
        Ok(())
    }

    /// Who a person is to a mini program; `appid` left out means the world's first. It depends on the world's seed and
    /// the two names only, so it can be asked before anybody logs in.
    ///
    /// # Errors
    /// A person or appid that this world does not have.
    pub fn identity(&self, appid: Option<&str>, person: &str) -> Result<Identity, DeviceProblem> {
        let setup = self.setup();
        let app = setup.app_of_device(appid, &self.known)?;
        let person = setup.person(Some(person))?;
        let seed = self.ground.seed;
        Ok(Identity {
            openid: OpenId::new(openid(seed, &app.appid, &person.name).text()),
            unionid: app
                .platform
                .as_ref()
                .map(|platform| UnionId::new(unionid(seed, &platform.name, &person.name).text())),
        })
    }

    /// Everything that was handed out, oldest first within its kind; of each kind of code and token the newest ten
    /// thousand. Openids and unionids of all declared people, secrets and phone numbers are among it, so that a report
    /// can hide them.
    pub fn artefacts(&self) -> Vec<ArtefactRecord> {
        artefacts::list(self)
    }

    /// Does something to artefacts without moving the clock; says how many it was done to.
    pub fn alter(&self, which: &Which, how: Alter) -> usize {
        artefacts::alter(self, which, how)
    }

    /// What is known about the artefact of this value.
    pub fn history(&self, value: &str) -> Option<ArtefactRecord> {
        artefacts::history(self, value)
    }

    /// The configuration that holds now. A call looks once and goes by it to its end.
    pub(crate) fn setup(&self) -> Arc<Setup> {
        Arc::clone(&self.setup.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The appid of the mini program for which an access_token speaks, by this world's clock.
    pub(crate) fn bearer(&self, token: &str) -> Result<Arc<str>, Refused> {
        let app = self.access_tokens.bearer(token, self.ground.now(), |app| self.known.apps.name(app))?;
        Ok(self.known.apps.name(app))
    }
}

/// The tag of the world that handed out this artefact, if it is of a kind that carries one: a login code, a phone code
/// or an access_token.
pub fn tag_of(kind: ArtefactKind, text: &str) -> Option<Tag> {
    match kind {
        ArtefactKind::LoginCode | ArtefactKind::AccessToken => Tag::read_base62(text.trim()),
        ArtefactKind::PhoneCode => Tag::read_hex(text.trim()),
        _ => None,
    }
}
