//! From nodes to retries: `retry: { until: { status: SUCCESS }, every: 10s, for: 5m }`.

use std::time::Duration;

use sim::Life;

use super::context::{Context, wrong_kind};
use crate::language::Retry;
use crate::problem::Problem;
use crate::source::Place;
use crate::yaml::Node;

/// The keys of a retry.
pub(crate) const RETRY_KEYS: &[&str] = &["until", "every", "for", "times"];

const EXAMPLE: &str = "retry: { until: { status: SUCCESS }, every: 10s, for: 5m }";
/// How long to wait between two tries, when nothing is said.
const EVERY: Duration = Duration::from_secs(1);
/// The most tries of one step: more are an endless wait in disguise.
const MOST_TRIES: u32 = 10_000;

/// Reads what stands after `retry:`, the key of which stands at `key`.
pub(super) fn read(node: &Node, key: &Place, context: &mut Context<'_>) -> Option<Retry> {
    let entries = context.mapping(node, "`retry`", EXAMPLE)?;
    context.only_keys(entries, RETRY_KEYS, "`retry`");
    let until = match node.get("until") {
        Some(until) => context.expectation(until),
        None => {
            context.report(
                Problem::new(key.clone(), "`retry` without `until`")
                    .label("nothing says which answer ends it")
                    .hint(format!("write `{EXAMPLE}`")),
            );
            None
        }
    };
    let every = duration(node, "every", context);
    let span = duration(node, "for", context);
    let times = times(node, context);
    if node.get("for").is_none() && node.get("times").is_none() {
        context.report(
            Problem::new(key.clone(), "`retry` without an end")
                .hint("say how long, `for: 5m`, or how often, `times: 30`"),
        );
    }
    let every = every.unwrap_or(EVERY);
    if let (Some(span), None) = (span, times)
        && span.as_nanos() / every.as_nanos().max(1) >= u128::from(MOST_TRIES)
    {
        context.report(
            Problem::new(key.clone(), format!("`retry` of more than {MOST_TRIES} tries"))
                .hint("wait longer between two of them: `every: 10s`"),
        );
    }
    Some(Retry { until: until?, every, span, times })
}

fn duration(node: &Node, name: &str, context: &mut Context<'_>) -> Option<Duration> {
    let value = node.get(name)?;
    let life = value.text().and_then(|text| text.parse::<Life>().ok());
    if life.is_none() {
        context.report(wrong_kind(value, &format!("`{name}`"), "a duration", &format!("{name}: 10s")));
    }
    life.map(Life::get)
}

fn times(node: &Node, context: &mut Context<'_>) -> Option<u32> {
    let value = node.get("times")?;
    let times = value.text().and_then(|text| text.parse().ok()).filter(|times| (1..=MOST_TRIES).contains(times));
    if times.is_none() {
        let what = format!("a number from 1 to {MOST_TRIES}");
        context.report(wrong_kind(value, "`times`", &what, "times: 30"));
    }
    times
}
