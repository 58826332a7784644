//! session_tokens: the long-lived handles of users' sessions.

use std::collections::BTreeMap;
use std::time::Duration;

use sim::{Alter, ArtefactKind, ArtefactRecord, Expiring, Ground, Moment, Sequence, SessionToken, Stamped, Tag, Which};

use crate::identifier::UserId;
use crate::refusal::{Refusal, Refused, TokenProblem};

/// How a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A refresh with automatic renewal replaced its token.
    Renewed,
    /// The user logged out.
    LoggedOut,
    /// It was taken back from outside.
    Revoked,
}

/// A user's session with one application.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) user: UserId,
    pub(crate) client_id: String,
    pub(crate) issued_at: Moment,
    pub(crate) life: Duration,
    ended: Option<(Moment, Ended)>,
}

impl Stamped for Session {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl Session {
    /// Its last good moment.
    pub(crate) fn expires_at(&self) -> Moment {
        self.issued_at + self.life
    }

    fn check(&self, client_id: &str, now: Moment) -> Result<(), TokenProblem> {
        if self.client_id != client_id {
            return Err(TokenProblem::OtherClient);
        }
        match self.ended {
            Some((_, Ended::Renewed)) => Err(TokenProblem::Replaced),
            Some(_) => Err(TokenProblem::Revoked),
            None if now > self.expires_at() => Err(TokenProblem::Expired),
            None => Ok(()),
        }
    }

    fn history(&self) -> Vec<String> {
        let mut story = vec![format!(
            "it was issued at {} to user {} for client id {}, good until {}",
            self.issued_at,
            self.user,
            self.client_id,
            self.expires_at(),
        )];
        match self.ended {
            Some((at, Ended::Renewed)) => story.push(format!("a refresh at {at} gave a new one in its place")),
            Some((at, Ended::LoggedOut)) => story.push(format!("the user logged out at {at}")),
            Some((at, Ended::Revoked)) => story.push(format!("it was taken back at {at}")),
            None => {}
        }
        story
    }
}

/// The sessions of a tenant.
#[derive(Debug)]
pub(crate) struct Sessions {
    entries: Expiring<SessionToken, Session>,
    draws: Sequence,
    tag: Tag,
}

const KEEP: Duration = Duration::from_secs(400 * 86_400);
const LIMIT: usize = 100_000;

impl Sessions {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { entries: Expiring::new(KEEP, LIMIT), draws: ground.seed.sequence("session token"), tag: ground.tag }
    }

    /// Opens a session.
    pub(crate) fn open(&self, user: &UserId, client_id: &str, life: Duration, now: Moment) -> SessionToken {
        let token = SessionToken::new(self.draws.draw().tagged_base62(32, self.tag));
        let session =
            Session { user: user.clone(), client_id: client_id.to_owned(), issued_at: now, life, ended: None };
        self.entries.insert(token.clone(), session, now);
        token
    }

    fn with<R>(
        &self,
        token: Option<&str>,
        client_id: &str,
        now: Moment,
        then: impl FnOnce(&mut Session) -> R,
    ) -> Result<R, Refused> {
        let refuse = |problem| Refused::from(Refusal::SessionToken(problem));
        let token = token.ok_or_else(|| refuse(TokenProblem::Missing))?;
        self.entries.with(&SessionToken::new(token), |session| {
            let Some(session) = session else {
                return Err(refuse(TokenProblem::Unknown).because("this world did not issue it, or was reset since"));
            };
            match session.check(client_id, now) {
                Ok(()) => Ok(then(session)),
                Err(problem) => Err(session.history().into_iter().fold(refuse(problem), Refused::because)),
            }
        })
    }

    /// The session of a token that is good.
    pub(crate) fn check(&self, token: Option<&str>, client_id: &str, now: Moment) -> Result<Session, Refused> {
        self.with(token, client_id, now, |session| session.clone())
    }

    /// Ends a session that is good; of many calls at once one succeeds.
    pub(crate) fn end(
        &self,
        token: Option<&str>,
        client_id: &str,
        how: Ended,
        now: Moment,
    ) -> Result<Session, Refused> {
        self.with(token, client_id, now, |session| {
            session.ended = Some((now, how));
            session.clone()
        })
    }

    /// Whose a session is, whichever application it belongs to.
    pub(crate) fn user_of(&self, token: &str) -> Option<UserId> {
        self.entries.with(&SessionToken::new(token), |session| session.map(|session| session.user.clone()))
    }

    /// Ends all sessions of a user with an application, or with all; the number of those that were good.
    pub(crate) fn end_all(&self, user: &UserId, client_id: Option<&str>, now: Moment) -> usize {
        let mut ended = 0;
        self.entries.each(|_, session| {
            let meant = session.user == *user && client_id.is_none_or(|id| id == session.client_id);
            if meant && session.ended.is_none() {
                session.ended = Some((now, Ended::LoggedOut));
                ended += 1;
            }
        });
        ended
    }

    fn record(token: &SessionToken, session: &Session, now: Moment) -> ArtefactRecord {
        let (state, ended_at) = match session.ended {
            Some((at, Ended::Renewed)) => ("replaced", Some(at)),
            Some((at, _)) => ("revoked", Some(at)),
            None if now > session.expires_at() => ("expired", None),
            None => ("live", None),
        };
        let of = [("client_id", session.client_id.clone()), ("user", session.user.0.clone())];
        ArtefactRecord {
            kind: ArtefactKind::SessionToken,
            value: token.expose().to_owned(),
            issued_at: session.issued_at,
            expires_at: Some(session.expires_at()),
            state: state.to_owned(),
            ended_at,
            ended_by: None,
            of: of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
        }
    }

    /// All of them.
    pub(crate) fn artefacts(&self, now: Moment) -> Vec<ArtefactRecord> {
        let mut records = Vec::new();
        self.entries.each(|token, session| records.push(Self::record(token, session, now)));
        records
    }

    /// What is known of one.
    pub(crate) fn history(&self, value: &str, now: Moment) -> Option<ArtefactRecord> {
        let token = SessionToken::new(value);
        self.entries.with(&token, |session| session.map(|session| Self::record(&token, session, now)))
    }

    /// Ages, ends or takes back; the number of tokens hit.
    pub(crate) fn alter(&self, which: &Which, how: Alter, now: Moment) -> usize {
        let alter = |session: &mut Session| match how {
            Alter::Age(by) => session.issued_at = session.issued_at - by,
            Alter::Expire => session.issued_at = now - session.life - Duration::from_millis(1),
            Alter::Revoke => {
                session.ended.get_or_insert((now, Ended::Revoked));
            }
        };
        match which {
            Which::Kind(ArtefactKind::SessionToken) => {
                let mut hit = 0;
                self.entries.each(|_, session| {
                    alter(session);
                    hit += 1;
                });
                hit
            }
            Which::Kind(_) => 0,
            Which::Value(value) => {
                self.entries.with(&SessionToken::new(value.trim()), |session| session.map(alter).map_or(0, |()| 1))
            }
        }
    }
}
