//! Opaque tokens and codes of the server API and of OAuth2: handed out, presented, used up, taken back.

use std::borrow::Borrow;
use std::fmt;
use std::time::Duration;

use sim::{Alter, ArtefactKind, ArtefactRecord, Expiring, Ground, Moment, Sequence, Stamped, Which};

use crate::identifier::UserId;
use crate::refusal::{Refusal, Refused, TokenProblem};

/// The text of a token or code.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Text(String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹Handout›")
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// How one ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Used,
    Revoked,
}

/// What is remembered of one token or code.
#[derive(Debug, Clone)]
pub(crate) struct Handout<D> {
    text: Text,
    pub(crate) client_id: String,
    /// For whom; none where a back end acts for itself.
    pub(crate) user: Option<UserId>,
    pub(crate) issued_at: Moment,
    life: Duration,
    ended: Option<(Moment, Ended)>,
    pub(crate) detail: D,
}

impl<D> Stamped for Handout<D> {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl<D> Handout<D> {
    /// Its last good moment.
    pub(crate) fn expires_at(&self) -> Moment {
        self.issued_at + self.life
    }

    /// Uses it up.
    pub(crate) fn use_up(&mut self, now: Moment) {
        self.ended.get_or_insert((now, Ended::Used));
    }

    fn check(&self, client_id: Option<&str>, now: Moment) -> Result<(), TokenProblem> {
        if client_id.is_some_and(|client_id| client_id != self.client_id) {
            return Err(TokenProblem::OtherClient);
        }
        match self.ended {
            Some((_, Ended::Used)) => Err(TokenProblem::Used),
            Some((_, Ended::Revoked)) => Err(TokenProblem::Revoked),
            None if now > self.expires_at() => Err(TokenProblem::Expired),
            None => Ok(()),
        }
    }

    fn history(&self) -> Vec<String> {
        let whom = self.user.as_ref().map(|user| format!(" for user {user}")).unwrap_or_default();
        let mut story = vec![format!(
            "it was issued at {} to client id {}{whom}, good until {}",
            self.issued_at,
            self.client_id,
            self.expires_at()
        )];
        match self.ended {
            Some((at, Ended::Used)) => story.push(format!("it was used at {at}")),
            Some((at, Ended::Revoked)) => story.push(format!("it was taken back at {at}")),
            None => {}
        }
        story
    }

    fn record(&self, kind: ArtefactKind, now: Moment) -> ArtefactRecord {
        let state = match self.ended {
            Some((_, Ended::Used)) => "used",
            Some((_, Ended::Revoked)) => "revoked",
            None if now > self.expires_at() => "expired",
            None => "live",
        };
        let user = self.user.as_ref().map(|user| ("user".to_owned(), user.0.clone()));
        ArtefactRecord {
            kind,
            value: self.text.0.clone(),
            issued_at: self.issued_at,
            expires_at: Some(self.expires_at()),
            state: state.to_owned(),
            ended_at: self.ended.map(|(at, _)| at),
            ended_by: None,
            of: [("client_id".to_owned(), self.client_id.clone())].into_iter().chain(user).collect(),
        }
    }
}

/// All tokens or codes of one kind. They carry no tag: a call with one of them in a lab of several worlds has to name
/// its world.
#[derive(Debug)]
pub(crate) struct Handouts<D> {
    kind: ArtefactKind,
    prefix: &'static str,
    length: usize,
    entries: Expiring<Text, Handout<D>>,
    draws: Sequence,
}

const KEEP: Duration = Duration::from_secs(40 * 86_400);
const LIMIT: usize = 100_000;
const LENGTH: usize = 40;

impl<D> Handouts<D> {
    pub(crate) fn new(kind: ArtefactKind, ground: &Ground) -> Self {
        let draws = ground.seed.sequence(kind.name());
        Self { kind, prefix: "", length: LENGTH, entries: Expiring::new(KEEP, LIMIT), draws }
    }

    /// With a prefix, and so many letters and digits after it.
    pub(crate) fn shaped(self, prefix: &'static str, length: usize) -> Self {
        Self { prefix, length, ..self }
    }

    /// Hands one out.
    pub(crate) fn issue(
        &self,
        client_id: &str,
        user: Option<&UserId>,
        life: Duration,
        detail: D,
        now: Moment,
    ) -> String {
        let text = Text(format!("{}{}", self.prefix, self.draws.draw().base62(self.length)));
        let handout = Handout {
            text: text.clone(),
            client_id: client_id.to_owned(),
            user: user.cloned(),
            issued_at: now,
            life,
            ended: None,
            detail,
        };
        self.entries.insert(text.clone(), handout, now);
        text.0
    }

    /// Looks at one that is good, and may use it up; nobody else sees it meanwhile. `client_id` is that of the caller,
    /// where it has to be the one that it was issued to.
    pub(crate) fn with<R>(
        &self,
        text: &str,
        client_id: Option<&str>,
        now: Moment,
        refusal: impl FnOnce(TokenProblem) -> Refusal,
        then: impl FnOnce(&mut Handout<D>) -> Result<R, Refusal>,
    ) -> Result<R, Refused> {
        self.entries.with(text.trim(), |handout| {
            let Some(handout) = handout else {
                return Err(refusal(TokenProblem::Unknown).because("this world did not issue it, or was reset since"));
            };
            let outcome = match handout.check(client_id, now) {
                Ok(()) => then(handout),
                Err(problem) => Err(refusal(problem)),
            };
            outcome.map_err(|refusal| handout.history().into_iter().fold(refusal.into(), Refused::because))
        })
    }

    /// All that are remembered.
    pub(crate) fn artefacts(&self, now: Moment) -> Vec<ArtefactRecord> {
        let mut records = Vec::new();
        self.entries.each(|_, handout| records.push(handout.record(self.kind, now)));
        records
    }

    /// What is known of one.
    pub(crate) fn history(&self, text: &str, now: Moment) -> Option<ArtefactRecord> {
        self.entries.with(text, |handout| handout.map(|handout| handout.record(self.kind, now)))
    }

    /// Ages, ends or takes back; the number of those hit.
    pub(crate) fn alter(&self, which: &Which, how: Alter, now: Moment) -> usize {
        let alter = |handout: &mut Handout<D>| match how {
            Alter::Age(by) => handout.issued_at = handout.issued_at - by,
            Alter::Expire => handout.issued_at = now - handout.life - Duration::from_millis(1),
            Alter::Revoke => {
                handout.ended.get_or_insert((now, Ended::Revoked));
            }
        };
        match which {
            Which::Value(text) => self.entries.with(text.trim(), |handout| handout.map(alter).map_or(0, |()| 1)),
            Which::Kind(kind) if *kind == self.kind => {
                let mut hit = 0;
                self.entries.each(|_, handout| {
                    alter(handout);
                    hit += 1;
                });
                hit
            }
            Which::Kind(_) => 0,
        }
    }
}
