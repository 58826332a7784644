//! One call under the faults of its world, from before it is carried out until its answer is on the way.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use sim::{ArtefactRecord, Effect, ErrorName, Faults, Ground, Hit, IdTokenFault, Life, Note, Party, Refusal, Turn};

use super::{facts, spoil};

/// An answer that its caller never gets. It stands in the extensions of a response, whose status and body then mean
/// nothing: a server closes the connection or keeps silent, a caller in the same process takes it for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The connection is reset.
    Reset,
    /// Nothing comes, ever.
    Silence,
    /// The connection is closed in the middle of the body: what there is of it is sent, and `Content-Length` says how much
    /// was promised.
    Middle,
}

impl Lost {
    /// What becomes of this answer, if its caller never gets it whole.
    pub fn of(response: &Response<Bytes>) -> Option<Self> {
        response.extensions().get().copied()
    }

    /// The name that a scenario expects: `connection_reset`, `timeout`, `connection_closed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reset => "connection_reset",
            Self::Silence => "timeout",
            Self::Middle => "connection_closed",
        }
    }

    /// What the caller sees, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reset => "the connection was reset before an answer came",
            Self::Silence => "no answer came",
            Self::Middle => "the connection was closed in the middle of the answer",
        }
    }
}

/// An answer that is sent byte by byte over this time. It stands in the extensions of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dripped(pub Duration);

/// An answer, and what is known about it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) response: Response<Bytes>,
    pub(crate) note: Note,
}

impl From<mock_wechat::Answer> for Answered {
    fn from(answer: mock_wechat::Answer) -> Self {
        Self { response: answer.response, note: answer.note }
    }
}

impl From<idaas_core::Answer> for Answered {
    fn from(answer: idaas_core::Answer) -> Self {
        Self { response: answer.response, note: answer.note }
    }
}

/// What the faults of a world do to one call.
#[derive(Debug)]
pub(crate) struct Plan {
    hits: Vec<Hit>,
}

impl Plan {
    /// What the faults of a world do to this call; none when they do nothing.
    pub(crate) fn of(
        faults: &Faults,
        ground: &Ground,
        request: &Request<Bytes>,
        parties: (Party, Party),
        history: impl Fn(&str) -> Option<ArtefactRecord>,
    ) -> Option<Self> {
        if faults.is_idle() {
            return None;
        }
        let facts = facts::facts(request, parties, ground.now(), &history);
        let hits = faults.of(&facts, |artefact| history(artefact).map(|record| record.state));
        (!hits.is_empty()).then_some(Self { hits })
    }

    /// What is to be wrong with an id_token that this call mints.
    pub(crate) fn id_token(&self) -> Option<IdTokenFault> {
        self.hits.iter().find_map(|hit| hit.effect.id_token)
    }

    /// Carries the call out, or does not, and spoils its answer; being late is left to whoever brings it. `fail` answers
    /// with an error of the vendor, by its name.
    pub(crate) async fn carried(
        &self,
        fail: impl Fn(&ErrorName, Vec<String>) -> Option<Answered>,
        carry: impl AsyncFnOnce() -> Answered,
    ) -> Answered {
        let replaced = self.hits.iter().find(|hit| takes_the_place(&hit.effect));
        let mut answered = match replaced {
            Some(hit) if comes_before(&hit.effect) => instead(hit, &fail),
            Some(hit) => {
                let real = carry().await;
                instead(hit, &fail).after(real)
            }
            None => carry().await,
        };
        for hit in &self.hits {
            for line in spoiled(&mut answered.response, &hit.effect) {
                answered.note.faults.push(format!("{}: {line}", hit.name));
            }
            if hit.delay > Duration::ZERO {
                answered.note.faults.push(format!("{}: the answer came {} late", hit.name, Life::from(hit.delay)));
            }
        }
        answered
    }

    /// How late the answer comes.
    pub(crate) fn lateness(&self) -> Duration {
        self.hits.iter().map(|hit| hit.delay).sum()
    }
}

/// Whether the effect answers in the place of whoever was asked.
fn takes_the_place(effect: &Effect) -> bool {
    effect.error.is_some() || effect.status.is_some() || effect.reset.is_some() || effect.hang.is_some()
}

/// Whether the call is not carried out at all.
fn comes_before(effect: &Effect) -> bool {
    match (effect.reset, effect.hang) {
        (Some(turn), _) | (_, Some(turn)) => turn == Turn::Before,
        _ => !effect.consume,
    }
}

/// The answer of a fault that takes the place of the call's own.
fn instead(hit: &Hit, fail: &impl Fn(&ErrorName, Vec<String>) -> Option<Answered>) -> Answered {
    let effect = &hit.effect;
    let did = if comes_before(effect) { "the call was not carried out" } else { "the call was carried out" };
    let story = |what: &str| vec![format!("the planned fault `{}` {what}", hit.name), did.to_owned()];
    let mut answered = if let Some(error) = &effect.error {
        let told = story(&format!("answered with {}", error.0));
        // An error that no vendor has cannot be planned; should one get here, nobody answers it.
        fail(error, told).unwrap_or_else(|| empty(StatusCode::INTERNAL_SERVER_ERROR))
    } else if let Some(status) = effect.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        let mut answered = empty(status);
        answered.note.refusal = Some(Refusal {
            rule: "fault_status".to_owned(),
            code: status.as_u16().to_string(),
            story: story(&format!("answered with HTTP status {}", status.as_u16())),
        });
        answered
    } else {
        let lost = if effect.reset.is_some() { Lost::Reset } else { Lost::Silence };
        let mut answered = empty(StatusCode::BAD_GATEWAY);
        answered.response.extensions_mut().insert(lost);
        let what = if lost == Lost::Reset { "reset the connection" } else { "kept silent" };
        answered.note.refusal = Some(Refusal {
            rule: if lost == Lost::Reset { "fault_reset" } else { "fault_hang" }.to_owned(),
            code: lost.name().to_owned(),
            story: story(what),
        });
        answered
    };
    if let (Some(refusal), false) = (&mut answered.note.refusal, comes_before(effect)) {
        refusal.story.push("a code in it is used up; ask for a new one instead of sending it again".to_owned());
    }
    answered.note.faults.push(format!("{}: answered in place of the one who was asked; {did}", hit.name));
    answered
}

fn empty(status: StatusCode) -> Answered {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    Answered { response, note: Note::default() }
}

impl Answered {
    /// This answer in the place of the one that the call really got.
    fn after(mut self, real: Self) -> Self {
        self.note.rid = self.note.rid.or(real.note.rid);
        if let (Some(refusal), Some(own)) = (&mut self.note.refusal, real.note.refusal) {
            refusal.story.push(format!("without the fault it would have been refused: {} ({})", own.rule, own.code));
        }
        self
    }
}

/// Spoils an answer as the effect says; what was done.
fn spoiled(response: &mut Response<Bytes>, effect: &Effect) -> Vec<String> {
    let mut told = Vec::new();
    if let (Some(path), Some(change)) = (&effect.field, &effect.is) {
        told.push(spoil::field(response, path, change));
    }
    if let Some(text) = &effect.content_type {
        told.push(spoil::content_type(response, text));
    }
    if let Some(fault) = effect.body {
        told.push(spoil::body(response, fault).to_owned());
    }
    if let Some(over) = effect.drip {
        response.extensions_mut().insert(Dripped(over.get()));
        told.push(format!("the answer was sent byte by byte over {over}"));
    }
    if let Some(fault) = effect.id_token {
        told.push(format!("an id_token of this answer is wrong on purpose: {}", fault.name()));
    }
    told
}
