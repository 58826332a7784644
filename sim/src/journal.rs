//! The ordered record of every exchange in a world.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Moment;

/// Who takes part in an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The phone: `wx.login`, the phone buttons.
    Device,
    /// The Mini Program's own code.
    MiniProgram,
    /// The back end of the Mini Program.
    BackEnd,
    /// The identity service.
    Idaas,
    /// WeChat.
    #[serde(rename = "wechat")]
    WeChat,
    /// Any other host that the forward proxy was asked for.
    Elsewhere,
}

impl Party {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Device, Self::MiniProgram, Self::BackEnd, Self::Idaas, Self::WeChat, Self::Elsewhere];

    /// The name in snake case: `mini_program`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::MiniProgram => "mini_program",
            Self::BackEnd => "back_end",
            Self::Idaas => "idaas",
            Self::WeChat => "wechat",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Why something was refused: the rule by its name, and the story behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refusal {
    /// The name of the rule, stable, in snake case: `login_code_used`.
    pub rule: String,
    /// What the answer said: `40163`, `COMMON.1007`.
    pub code: String,
    /// What happened, a sentence a line: which artefact, when it was issued, what ended it, what would have worked.
    pub story: Vec<String>,
}

/// What the party that answered knows about its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// The request id in the answer, where the vendor gives one.
    pub rid: Option<String>,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
    /// What planned faults did to it, a sentence each, beginning with the fault's name.
    pub faults: Vec<String>,
    /// What the party did on the way to its answer, a sentence each: repeated calls, waits, tokens fetched anew.
    pub events: Vec<String>,
}

/// A request header worth keeping: name and value.
pub type Header = (String, String);

/// One exchange: who asked whom what, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Its number in the world, from 1.
    pub seq: u64,
    /// The world's time when it was answered.
    pub at: Moment,
    /// Who asked.
    pub from: Party,
    /// Who answered.
    pub to: Party,
    /// The HTTP method; `CALL` for a device's call.
    pub method: String,
    /// Path and query; for a device's call its name, `wx.login`.
    pub target: String,
    /// The headers that matter to the party that answered.
    pub headers: Vec<Header>,
    /// The request's body.
    pub request: Bytes,
    /// The HTTP status.
    pub status: u16,
    /// The answer's body.
    pub answer: Bytes,
    /// What the party that answered knows about it.
    pub note: Note,
}

/// The exchanges of one world, in order, the oldest dropped once there are too many.
#[derive(Debug)]
pub struct Journal {
    entries: Mutex<Entries>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    kept: VecDeque<Exchange>,
}

impl Journal {
    /// Keeps at most `limit` exchanges.
    pub fn new(limit: usize) -> Self {
        Self { entries: Mutex::default(), limit: limit.max(1) }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an exchange down and numbers it.
    pub fn record(&self, mut exchange: Exchange) -> u64 {
        let mut entries = self.entries();
        entries.next += 1;
        exchange.seq = entries.next;
        if entries.kept.len() == self.limit {
            entries.kept.pop_front();
        }
        entries.kept.push_back(exchange);
        entries.next
    }

    /// The number of the newest exchange; 0 before the first.
    pub fn last(&self) -> u64 {
        self.entries().next
    }

    /// The kept exchanges after number `seq`, oldest first.
    pub fn after(&self, seq: u64) -> Vec<Exchange> {
        let entries = self.entries();
        let start = entries.kept.partition_point(|exchange| exchange.seq <= seq);
        entries.kept.iter().skip(start).cloned().collect()
    }

    /// The newest exchange whose answer carried this rid.
    pub fn by_rid(&self, rid: &str) -> Option<Exchange> {
        self.entries().kept.iter().rev().find(|exchange| exchange.note.rid.as_deref() == Some(rid)).cloned()
    }

    /// Forgets every exchange; the numbers go on.
    pub fn clear(&self) {
        self.entries().kept.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(rid: &str) -> Exchange {
        Exchange {
            seq: 0,
            at: Moment::from_unix_seconds(0),
            from: Party::BackEnd,
            to: Party::WeChat,
            method: "GET".to_owned(),
            target: "/sns/jscode2session".to_owned(),
            headers: vec![],
            request: Bytes::new(),
            status: 200,
            answer: Bytes::new(),
            note: Note { rid: Some(rid.to_owned()), ..Note::default() },
        }
    }

    #[test]
    fn exchanges_are_numbered_and_the_oldest_go_first() {
        let journal = Journal::new(2);
        for rid in ["a", "b", "c"] {
            journal.record(exchange(rid));
        }
        assert_eq!(journal.after(0).iter().map(|e| e.seq).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(journal.after(2).len(), 1);
        assert_eq!(journal.last(), 3);
        assert!(journal.by_rid("a").is_none());
        assert_eq!(journal.by_rid("c").unwrap().seq, 3);
    }

    #[test]
    fn numbers_go_on_after_clearing() {
        let journal = Journal::new(8);
        journal.record(exchange("a"));
        journal.clear();
        assert_eq!((journal.after(0).len(), journal.record(exchange("b"))), (0, 2));
    }
}
