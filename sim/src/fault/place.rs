//! Where a fault happens: which calls are meant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArtefactRecord, Moment, Party};

/// A party whose answers can be disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Served {
    /// WeChat's servers.
    #[serde(rename = "wechat")]
    WeChat,
    /// The identity service.
    Idaas,
}

impl Served {
    /// The party of a journal.
    pub const fn party(self) -> Party {
        match self {
            Self::WeChat => Party::WeChat,
            Self::Idaas => Party::Idaas,
        }
    }
}

/// Which calls are meant. Everything that is given must fit; nothing given means every call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Who is asked: `wechat` or `idaas`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<Served>,
    /// Who asks: `back_end`, `mini_program` or `idaas`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Party>,
    /// The path: `/sns/jscode2session`; with a `*` at the end, every path that begins so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The appid or client id for which the call is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The person, by name, whose code or openid the call carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// An artefact that the call carries: the code or token itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artefact: Option<String>,
}

/// What is known about a call when it is decided whether a fault hits it.
#[derive(Debug, Clone)]
pub struct CallFacts {
    /// The world's time.
    pub now: Moment,
    /// Who asks.
    pub from: Party,
    /// Who is asked.
    pub to: Party,
    /// The path, without its query.
    pub path: String,
    /// Appids and client ids for which the call is made.
    pub apps: Vec<String>,
    /// The texts in it that may be artefacts.
    pub texts: Vec<String>,
    /// What the world knows of those that are.
    pub artefacts: Vec<ArtefactRecord>,
}

impl Place {
    /// Whether this call is meant.
    pub fn fits(&self, call: &CallFacts) -> bool {
        self.party.is_none_or(|party| party.party() == call.to)
            && self.caller.is_none_or(|caller| caller == call.from)
            && self.endpoint.as_deref().is_none_or(|endpoint| is_at(endpoint, &call.path))
            && self.app.as_ref().is_none_or(|app| call.apps.contains(app))
            && self.person.as_ref().is_none_or(|person| call.is_of(person))
            && self.artefact.as_ref().is_none_or(|artefact| call.texts.iter().any(|text| text == artefact.trim()))
    }
}

impl CallFacts {
    fn is_of(&self, person: &str) -> bool {
        self.artefacts.iter().any(|artefact| artefact.of.get("person").is_some_and(|name| name == person))
    }
}

fn is_at(endpoint: &str, path: &str) -> bool {
    match endpoint.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == endpoint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::faults::tests::{call, record};

    #[test]
    fn a_place_that_says_nothing_means_every_call() {
        assert!(Place::default().fits(&call("/sns/jscode2session")));
    }

    #[test]
    fn everything_that_is_given_must_fit() {
        let mut facts = call("/sns/jscode2session");
        facts.apps.push("wx1".to_owned());
        facts.texts.push("code".to_owned());
        facts.artefacts.push(record("code", facts.now));
        let place = Place {
            party: Some(Served::WeChat),
            caller: Some(Party::BackEnd),
            endpoint: Some("/sns/*".to_owned()),
            app: Some("wx1".to_owned()),
            person: Some("alice".to_owned()),
            artefact: Some(" code ".to_owned()),
        };
        assert!(place.fits(&facts));
        for wrong in [
            Place { party: Some(Served::Idaas), ..place.clone() },
            Place { caller: Some(Party::Idaas), ..place.clone() },
            Place { endpoint: Some("/sns".to_owned()), ..place.clone() },
            Place { app: Some("wx2".to_owned()), ..place.clone() },
            Place { person: Some("bob".to_owned()), ..place.clone() },
            Place { artefact: Some("other".to_owned()), ..place.clone() },
        ] {
            assert!(!wrong.fits(&facts), "{wrong:?}");
        }
    }
}
