//! Who asked whom: the exchanges of a case as a sequence diagram, for whoever draws it.

use serde::Serialize;
use serde_json::Value;
use sim::{Moment, Party};

use super::words::time_of_day;
use crate::run::{CaseResult, Exchange, StepOutcome, StepResult};

/// A sequence diagram.
#[derive(Debug, Default, Serialize)]
pub struct Diagram {
    /// Who takes part, from left to right.
    pub lanes: Vec<Party>,
    /// From top to bottom.
    pub events: Vec<Event>,
}

/// One line of a diagram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The world's time.
    pub at: Option<Moment>,
    /// What is said.
    pub text: String,
    /// Whether it belongs to a step that failed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// What it is.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What a line of a diagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A step begins.
    Step,
    /// Someone asks.
    Call {
        /// Who asks.
        from: Party,
        /// Who is asked.
        to: Party,
    },
    /// Someone answers.
    Answer {
        /// Who answers.
        from: Party,
        /// Who is answered.
        to: Party,
        /// Whether it was a refusal, or no answer at all.
        refused: bool,
    },
}

/// An exchange with those that its answer took.
struct Nested<'a> {
    exchange: &'a Exchange,
    inner: Vec<Nested<'a>>,
}

impl Diagram {
    /// The diagram of a case. It is empty where its steps were not recorded.
    pub fn of(case: &CaseResult) -> Self {
        let mut events = Vec::new();
        for step in case.steps.iter().filter(|step| step.outcome != StepOutcome::Skipped) {
            let failed = step.outcome == StepOutcome::Failed;
            let first = events.len();
            events.push(Event { at: step.before, text: named(step), failed, kind: EventKind::Step });
            for nested in nested(&step.exchanges) {
                draw(&nested, step.before, &mut events);
            }
            events[first..].iter_mut().for_each(|event| event.failed = failed);
        }
        let takes_part = |party: &Party| {
            events.iter().any(|event| match event.kind {
                EventKind::Step => false,
                EventKind::Call { from, to } | EventKind::Answer { from, to, .. } => from == *party || to == *party,
            })
        };
        Self { lanes: Party::ALL.into_iter().filter(takes_part).collect(), events }
    }
}

/// `idaas.login — same request, two answers`, `clock.advance → 9:05:01`.
fn named(step: &StepResult) -> String {
    let depth = "↳ ".repeat(step.trail.len());
    let moved = match (step.before, step.after) {
        (Some(before), Some(after)) if before != after => format!(" → {}", time_of_day(after)),
        _ => String::new(),
    };
    let note = step.note.as_ref().map_or_else(String::new, |note| format!(" — {note}"));
    format!("{depth}{}{moved}{note}", step.word)
}

/// A journal has exchanges in the order of their answers, so that what a party asked on the way stands before what it was
/// asked itself.
fn nested(exchanges: &[Exchange]) -> Vec<Nested<'_>> {
    let mut open: Vec<Nested<'_>> = Vec::new();
    for exchange in exchanges {
        let inner = match (exchange.from, exchange.to) {
            (Some(from), Some(to)) if from != to => {
                let outer = open.iter().rposition(|before| before.exchange.from != Some(to)).map_or(0, |at| at + 1);
                open.split_off(outer)
            }
            _ => Vec::new(),
        };
        open.push(Nested { exchange, inner });
    }
    open
}

fn draw(nested: &Nested<'_>, before: Option<Moment>, events: &mut Vec<Event>) {
    let exchange = nested.exchange;
    let (Some(from), Some(to)) = (exchange.from, exchange.to) else { return };
    // The journal knows when something was answered; it was asked when what came before it had happened.
    let asked = events.last().and_then(|event| event.at).or(before);
    events.push(Event { at: asked, text: exchange.call.clone(), failed: false, kind: EventKind::Call { from, to } });
    for inner in &nested.inner {
        draw(inner, before, events);
    }
    let refused = exchange.refusal.is_some() || exchange.status == 0;
    let kind = EventKind::Answer { from: to, to: from, refused };
    events.push(Event { at: exchange.at, text: answered(exchange), failed: false, kind });
}

/// An answer in a few words: `200 SUCCESS`, `40029 login_code_expired`, `login:ok`.
fn answered(exchange: &Exchange) -> String {
    if let Some(refusal) = &exchange.refusal {
        return format!("{} {}", refusal.code, refusal.rule);
    }
    if exchange.status == 0 {
        return "nothing comes back".to_owned();
    }
    let body: Value = exchange.answer.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let said = |name: &str| body.get(name).and_then(Value::as_str);
    match (said("errMsg"), said("status")) {
        (Some(message), _) => message.to_owned(),
        (None, Some(status)) => format!("{} {status}", exchange.status),
        (None, None) => exchange.status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(from: Party, to: Party, call: &str) -> Exchange {
        Exchange {
            at: Some(Moment::from_unix_seconds(0)),
            from: Some(from),
            to: Some(to),
            call: call.to_owned(),
            query: None,
            headers: Vec::new(),
            request: None,
            status: 200,
            answer_headers: Vec::new(),
            answer: None,
            rid: None,
            refusal: None,
            story: Vec::new(),
        }
    }

    #[test]
    fn what_a_party_asks_on_the_way_stands_inside_what_it_was_asked() {
        use Party::{Idaas, MiniProgram, WeChat};
        let journal = [
            exchange(Idaas, WeChat, "token"),
            exchange(Idaas, WeChat, "code2session"),
            exchange(MiniProgram, Idaas, "login"),
            exchange(MiniProgram, Idaas, "refresh"),
        ];
        let mut events = Vec::new();
        nested(&journal).iter().for_each(|nested| draw(nested, None, &mut events));
        let told: Vec<_> = events
            .iter()
            .map(|event| match event.kind {
                EventKind::Call { from, to } => format!("{} > {} {}", from.name(), to.name(), event.text),
                EventKind::Answer { from, to, .. } => format!("{} > {}", from.name(), to.name()),
                EventKind::Step => String::new(),
            })
            .collect();
        assert_eq!(
            told,
            [
                "mini_program > idaas login",
                "idaas > wechat token",
                "wechat > idaas",
                "idaas > wechat code2session",
                "wechat > idaas",
                "idaas > mini_program",
                "mini_program > idaas refresh",
                "idaas > mini_program",
            ]
        );
    }
}
