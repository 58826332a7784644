//! The faults of one world: planned, counted, and asked about every call.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{Seed, Sequence};

use super::{CallFacts, Effect, FaultPlan};

/// Artefacts whose calls one fault counts; beyond that none is hit any more.
const COUNTED: usize = 100_000;

/// The faults of one world.
///
/// A world without a fault pays one relaxed load for each call.
#[derive(Debug)]
pub struct Faults {
    seed: Seed,
    is_idle: AtomicBool,
    planned: Mutex<Planned>,
}

#[derive(Debug, Default)]
struct Planned {
    faults: Vec<Fault>,
    /// How many were ever planned, for made-up names.
    numbered: u64,
}

#[derive(Debug)]
struct Fault {
    name: String,
    plan: FaultPlan,
    /// What of the place, the time and the world fitted.
    matched: u64,
    applied: u64,
    calls_of: HashMap<String, u64>,
    chances: Sequence,
    delays: Sequence,
}

/// A fault as it stands: its plan, and what came of it so far.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FaultRecord {
    /// The name by which it is cleared.
    pub name: String,
    /// Calls that it was meant for.
    pub matched: u64,
    /// Calls that it hit.
    pub applied: u64,
    /// Whether it will never hit another call.
    pub spent: bool,
    /// The plan.
    pub plan: FaultPlan,
}

/// What happens to one call by one fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The fault's name.
    pub name: String,
    /// What goes wrong.
    pub effect: Effect,
    /// How late the answer comes.
    pub delay: Duration,
}

/// A fault of this name is planned already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a fault named `{0}` is planned already")]
pub struct NameTaken(pub String);

impl Fault {
    fn is_spent(&self) -> bool {
        self.plan.when.next.is_some_and(|next| self.applied >= next)
    }

    fn hits(&mut self, call: &CallFacts, standing: &mut dyn FnMut(&str) -> Option<String>, is_taken: bool) -> bool {
        let when = &self.plan.when;
        if self.is_spent() || !self.plan.place.fits(call) || !when.is_now(call, standing) {
            return false;
        }
        if let Some(first_calls) = when.first_calls {
            let Some(subject) = when.subject(call) else { return false };
            if self.calls_of.len() >= COUNTED && !self.calls_of.contains_key(&subject.value) {
                return false;
            }
            let calls = self.calls_of.entry(subject.value.clone()).or_default();
            *calls += 1;
            if *calls > first_calls {
                return false;
            }
        }
        self.matched += 1;
        let is_turn = when.every.is_none_or(|every| self.matched.is_multiple_of(every));
        // Drawn for each call that is meant, hit or not, so that the n-th call has the same luck in every run.
        let is_lucky = when.probability.is_none_or(|probability| self.chances.draw().fraction() < probability);
        let is_hit = is_turn && is_lucky && !is_taken;
        self.applied += u64::from(is_hit);
        is_hit
    }
}

impl Faults {
    /// No faults yet, in a world of this seed.
    pub fn new(seed: Seed) -> Self {
        Self { seed, is_idle: AtomicBool::new(true), planned: Mutex::default() }
    }

    fn planned(&self) -> MutexGuard<'_, Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing is planned: the one question on the way of every call.
    pub fn is_idle(&self) -> bool {
        self.is_idle.load(Ordering::Relaxed)
    }

    /// Plans a fault; gives back how it stands. `base` is what a made-up name begins with.
    ///
    /// # Errors
    /// Its name is taken.
    pub fn plan(&self, mut plan: FaultPlan, base: &str) -> Result<FaultRecord, NameTaken> {
        let mut planned = self.planned();
        let is_taken = |name: &str, planned: &Planned| planned.faults.iter().any(|fault| fault.name == name);
        let name = match plan.name.take() {
            Some(name) if is_taken(&name, &planned) => return Err(NameTaken(name)),
            Some(name) => name,
            None if !is_taken(base, &planned) => base.to_owned(),
            None => loop {
                planned.numbered += 1;
                let name = format!("{base}-{}", planned.numbered + 1);
                if !is_taken(&name, &planned) {
                    break name;
                }
            },
        };
        let fault = Fault {
            chances: self.seed.sequence(&format!("fault {name} chance")),
            delays: self.seed.sequence(&format!("fault {name} delay")),
            name,
            plan,
            matched: 0,
            applied: 0,
            calls_of: HashMap::new(),
        };
        let record = record(&fault);
        planned.faults.push(fault);
        self.is_idle.store(false, Ordering::Relaxed);
        Ok(record)
    }

    /// Takes back the fault of this name; says whether there was one.
    pub fn clear(&self, name: &str) -> bool {
        let mut planned = self.planned();
        let before = planned.faults.len();
        planned.faults.retain(|fault| fault.name != name);
        self.is_idle.store(planned.faults.is_empty(), Ordering::Relaxed);
        planned.faults.len() < before
    }

    /// Takes all back; says how many there were.
    pub fn clear_all(&self) -> usize {
        let mut planned = self.planned();
        self.is_idle.store(true, Ordering::Relaxed);
        planned.numbered = 0;
        std::mem::take(&mut planned.faults).len()
    }

    /// Every fault in the order in which they were planned.
    pub fn list(&self) -> Vec<FaultRecord> {
        self.planned().faults.iter().map(record).collect()
    }

    /// What happens to this call. Delays add up; of faults that take the place of the answer the one that was planned
    /// first counts. `standing` tells how an artefact stands.
    pub fn of(&self, call: &CallFacts, mut standing: impl FnMut(&str) -> Option<String>) -> Vec<Hit> {
        let mut planned = self.planned();
        let mut hits: Vec<Hit> = Vec::new();
        for fault in &mut planned.faults {
            let is_taken = fault.plan.what.is_exclusive() && hits.iter().any(|hit| hit.effect.is_exclusive());
            if fault.hits(call, &mut standing, is_taken) {
                let delay = fault.plan.what.delay.map_or(Duration::ZERO, |delay| delay.draw(fault.delays.draw()));
                hits.push(Hit { name: fault.name.clone(), effect: fault.plan.what.clone(), delay });
            }
        }
        hits
    }
}

fn record(fault: &Fault) -> FaultRecord {
    FaultRecord {
        name: fault.name.clone(),
        matched: fault.matched,
        applied: fault.applied,
        spent: fault.is_spent(),
        plan: fault.plan.clone(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::fault::{Condition, Delay, ErrorName, Standing, Turn, When};
    use crate::{ArtefactKind, ArtefactRecord, Life, Moment, Party};

    const NOW: Moment = Moment::from_unix_seconds(1_000_000);

    pub(crate) fn call(path: &str) -> CallFacts {
        CallFacts {
            now: NOW,
            from: Party::BackEnd,
            to: Party::WeChat,
            path: path.to_owned(),
            apps: vec![],
            texts: vec![],
            artefacts: vec![],
        }
    }

    pub(crate) fn record(value: &str, issued_at: Moment) -> ArtefactRecord {
        ArtefactRecord {
            kind: ArtefactKind::AccessToken,
            value: value.to_owned(),
            issued_at,
            expires_at: None,
            state: "live".to_owned(),
            ended_at: None,
            ended_by: None,
            of: [("person".to_owned(), "alice".to_owned())].into(),
        }
    }

    fn busy(when: When) -> FaultPlan {
        FaultPlan {
            when,
            what: Effect { error: Some(ErrorName("-1".to_owned())), ..Effect::default() },
            ..FaultPlan::default()
        }
    }

    fn pattern(when: When, calls: usize) -> Vec<bool> {
        let faults = Faults::new(Seed::new(7));
        faults.plan(busy(when), "busy").unwrap();
        (0..calls).map(|_| !faults.of(&call("/x"), |_| None).is_empty()).collect()
    }

    #[test]
    fn the_next_two_calls_are_hit_and_then_the_fault_is_spent() {
        let faults = Faults::new(Seed::new(7));
        faults.plan(busy(When { next: Some(2), ..When::default() }), "busy").unwrap();
        let hit: Vec<_> = (0..4).map(|_| faults.of(&call("/x"), |_| None).len()).collect();
        assert_eq!(hit, [1, 1, 0, 0]);
        let [record] = &faults.list()[..] else { panic!("one fault was planned") };
        assert_eq!((record.matched, record.applied, record.spent), (2, 2, true));
    }

    #[test]
    fn every_third_call_is_hit() {
        let when = When { every: Some(3), ..When::default() };
        assert_eq!(pattern(when, 7), [false, false, true, false, false, true, false]);
    }

    #[test]
    fn chance_is_the_same_for_one_seed_and_name_and_other_for_another() {
        let when = || When { probability: Some(0.5), ..When::default() };
        let first = pattern(when(), 64);
        assert_eq!(first, pattern(when(), 64));
        assert!((16..48).contains(&first.iter().filter(|hit| **hit).count()), "{first:?}");
        let other = Faults::new(Seed::new(8));
        other.plan(busy(when()), "busy").unwrap();
        let other: Vec<_> = (0..64).map(|_| !other.of(&call("/x"), |_| None).is_empty()).collect();
        assert_ne!(first, other);
        assert!(pattern(When { probability: Some(0.0), ..When::default() }, 64).iter().all(|hit| !hit));
        assert!(pattern(When { probability: Some(1.0), ..When::default() }, 64).iter().all(|hit| *hit));
    }

    #[test]
    fn the_first_calls_are_counted_for_each_artefact() {
        let faults = Faults::new(Seed::new(7));
        faults.plan(busy(When { first_calls: Some(1), ..When::default() }), "lag").unwrap();
        let hits = |value: &str| {
            let mut facts = call("/x");
            facts.artefacts.push(record(value, NOW));
            faults.of(&facts, |_| None).len()
        };
        assert_eq!([hits("a"), hits("a"), hits("b"), hits("b")], [1, 0, 1, 0]);
        assert!(faults.of(&call("/x"), |_| None).is_empty(), "a call without an artefact has no first call");
    }

    #[test]
    fn the_first_half_second_of_an_artefact_is_hit_to_its_last_millisecond() {
        let faults = Faults::new(Seed::new(7));
        let first = Some("500ms".parse().unwrap());
        faults.plan(busy(When { first, ..When::default() }), "lag").unwrap();
        let hits = |millis: u64| {
            let mut facts = call("/x");
            facts.artefacts.push(record("a", NOW - Duration::from_millis(millis)));
            faults.of(&facts, |_| None).len()
        };
        assert_eq!([hits(0), hits(500), hits(501)], [1, 1, 0]);
    }

    #[test]
    fn a_stretch_of_time_has_its_start_and_not_its_end() {
        let faults = Faults::new(Seed::new(7));
        let (from, until) = (Some(NOW), Some(NOW + Duration::from_secs(60)));
        faults.plan(busy(When { from, until, ..When::default() }), "night").unwrap();
        let hits = |seconds: i64| {
            let facts = CallFacts { now: Moment::from_unix_seconds(1_000_000 + seconds), ..call("/x") };
            faults.of(&facts, |_| None).len()
        };
        assert_eq!([hits(-1), hits(0), hits(59), hits(60)], [0, 1, 1, 0]);
    }

    #[test]
    fn a_condition_is_asked_of_the_world() {
        let faults = Faults::new(Seed::new(7));
        let holds = Some(Condition { artefact: "t".to_owned(), is: Standing::Used });
        faults.plan(busy(When { holds, ..When::default() }), "busy").unwrap();
        assert_eq!(faults.of(&call("/x"), |_| Some("used".to_owned())).len(), 1);
        assert_eq!(faults.of(&call("/x"), |_| Some("live".to_owned())).len(), 0);
        assert_eq!(faults.of(&call("/x"), |_| None).len(), 0);
    }

    #[test]
    fn of_two_faults_that_take_the_answers_place_the_first_counts_and_delays_add_up() {
        let faults = Faults::new(Seed::new(7));
        let late = |seconds| Effect { delay: Some(Delay::Fixed(Life::seconds(seconds))), ..Effect::default() };
        let plan = |what| FaultPlan { what, ..FaultPlan::default() };
        faults.plan(plan(late(1)), "a").unwrap();
        faults.plan(busy(When::default()), "b").unwrap();
        faults.plan(plan(Effect { reset: Some(Turn::After), ..Effect::default() }), "c").unwrap();
        faults.plan(plan(late(2)), "d").unwrap();
        let hits = faults.of(&call("/x"), |_| None);
        assert_eq!(hits.iter().map(|hit| hit.name.as_str()).collect::<Vec<_>>(), ["a", "b", "d"]);
        assert_eq!(hits.iter().map(|hit| hit.delay).sum::<Duration>(), Duration::from_secs(3));
        assert_eq!(faults.list()[2].applied, 0);
    }

    #[test]
    fn names_are_made_up_taken_and_given_back() {
        let faults = Faults::new(Seed::new(7));
        let name = |base: &str| faults.plan(busy(When::default()), base).unwrap().name;
        assert_eq!([name("busy"), name("busy"), name("busy"), name("lag")], ["busy", "busy-2", "busy-3", "lag"]);
        let named = FaultPlan { name: Some("lag".to_owned()), ..busy(When::default()) };
        assert_eq!(faults.plan(named, "x"), Err(NameTaken("lag".to_owned())));
        assert!(faults.clear("lag") && !faults.clear("lag") && !faults.is_idle());
        assert_eq!(faults.clear_all(), 3);
        assert!(faults.is_idle() && faults.list().is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_place() {
        let told = |json: serde_json::Value| -> Vec<String> {
            let plan: FaultPlan = serde_json::from_value(json).unwrap();
            plan.problems().iter().map(ToString::to_string).collect()
        };
        assert_eq!(told(serde_json::json!({ "what": {} })), ["what: nothing goes wrong here"]);
        assert_eq!(
            told(serde_json::json!({ "what": { "error": 1, "status": 500 } })),
            ["what.status: a fault is one disturbance, and `error` is given beside it; plan two faults"]
        );
        assert_eq!(
            told(serde_json::json!({
                "where": { "endpoint": "sns" }, "when": { "next": 0, "probability": 2.0, "of": "access_token" },
                "what": { "field": "x" },
            })),
            [
                "where.endpoint: `sns` is not a path",
                "when.next: a fault of the next 0 calls never happens",
                "when.probability: a probability lies between 0 and 1",
                "when.of: `of` says which artefact `first` or `first_calls` is about, and neither is given",
                "what.is: `field` and `is` go together: { field: unionid, is: absent }",
            ]
        );
    }

    #[test]
    fn plans_are_written_as_they_are_read() {
        for text in [
            r#"{"where":{"party":"wechat","endpoint":"/sns/*"},"when":{"first":"500ms","of":"access_token"},"what":{"error":"40029"}}"#,
            r#"{"where":{},"when":{},"what":{"delay":{"from":"1s","to":"10s"}}}"#,
            r#"{"where":{},"when":{"while":{"artefact":"t","is":"live"}},"what":{"field":"unionid","is":"absent"}}"#,
            r#"{"where":{},"when":{},"what":{"field":"a.b","is":{"as":"number"}}}"#,
            r#"{"name":"x","where":{},"when":{},"what":{"delay":{"median":"300ms","sigma":0.5},"id_token":"bad_signature"}}"#,
        ] {
            let plan: FaultPlan = serde_json::from_str(text).unwrap();
            assert_eq!(plan.problems(), [], "{text}");
            assert_eq!(serde_json::to_string(&plan).unwrap(), text);
        }
        for wrong in
            [r#"{"delay":"soon"}"#, r#"{"delay":{"from":"2s","to":"1s"}}"#, r#"{"is":{"as":"number","renamed":"x"}}"#]
        {
            assert!(serde_json::from_str::<Effect>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn half_of_the_log_normal_delays_are_shorter_than_the_median() {
        let delay = Delay::LogNormal { median: Life::seconds(1), sigma: 0.5 };
        let sequence = Seed::new(7).sequence("delay");
        let drawn: Vec<_> = (0..1000).map(|_| delay.draw(sequence.draw())).collect();
        let short = drawn.iter().filter(|late| **late < Duration::from_secs(1)).count();
        assert!((450..550).contains(&short), "{short}");
        assert!(drawn.iter().any(|late| *late > Duration::from_secs(2)), "now and then a lot");
        let uniform = Delay::Uniform { from: Life::seconds(1), to: Life::seconds(2) };
        assert!((0..100).all(|_| (1000..=2000).contains(&uniform.draw(sequence.draw()).as_millis())));
    }
}
