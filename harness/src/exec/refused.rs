//! What the vendors said no to while a command ran, told when the command failed: often it is why.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use crate::run::{Target, encoded};

/// How many refusals are told, the newest.
const MOST: usize = 10;

/// One world and how far its journal was when the command began.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    world: String,
    last: u64,
}

/// The journals of a lab from one moment on.
#[derive(Debug)]
pub(crate) struct Since {
    /// Worlds that were there already. Nothing of them is told from before.
    marks: Vec<Mark>,
    /// Whether worlds that come later are the command's, too.
    all: bool,
}

impl Since {
    /// Whatever happens in a lab of the command's own, from its beginning.
    pub(crate) fn the_beginning() -> Self {
        Self { marks: Vec::new(), all: true }
    }

    /// What happens from now on in one world of a lab that others may use, too.
    pub(crate) async fn now(lab: &dyn Target, world: &str) -> Self {
        let last = ask(lab, "/__admin/v1/journal?limit=1", Some(world)).await;
        let last = last.and_then(|page| page.get("last")?.as_u64()).unwrap_or_default();
        Self { marks: vec![Mark { world: world.to_owned(), last }], all: false }
    }

    /// The refusals since then, for people; nothing when there were none. A lab that does not answer tells none.
    pub(crate) async fn told(&self, lab: &dyn Target) -> Option<String> {
        let mut found = Vec::new();
        for Mark { world, last } in self.worlds(lab).await {
            let path = format!("/__admin/v1/journal?since={last}&limit=100000");
            let page = ask(lab, &path, Some(&world)).await.unwrap_or_default();
            let exchanges = page.get("exchanges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            found.extend(exchanges.iter().filter_map(story).map(|story| (world.clone(), story)));
        }
        (!found.is_empty()).then(|| text(&found))
    }

    async fn worlds(&self, lab: &dyn Target) -> Vec<Mark> {
        if !self.all {
            return self.marks.clone();
        }
        let list = ask(lab, "/__admin/v1/worlds", None).await.unwrap_or_default();
        let worlds = list.get("worlds").and_then(Value::as_array).into_iter().flatten();
        let names = worlds.filter_map(|world| Some(world.get("name")?.as_str()?.to_owned()));
        names.map(|world| Mark { world, last: 0 }).collect()
    }
}

async fn ask(lab: &dyn Target, path: &str, world: Option<&str>) -> Option<Value> {
    let path = match world {
        Some(world) => format!("/__world/{}{path}", encoded(world)),
        None => path.to_owned(),
    };
    let response = lab.send(Request::get(path).body(Bytes::new()).ok()?).await.ok()?;
    response.status().is_success().then(|| serde_json::from_slice(response.body()).ok())?
}

/// The story of an exchange that was refused, as `mockwx explain` tells it.
fn story(exchange: &Value) -> Option<Vec<String>> {
    let refusal = exchange.get("refusal")?;
    let part = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let lines = |of: &Value, name: &str| -> Vec<String> {
        let lines = of.get(name).and_then(Value::as_array).into_iter().flatten();
        lines.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let of = |name| part(exchange, name);
    let mut story =
        vec![format!("{} asked {} at {}: {} {}", of("from"), of("to"), of("at"), of("method"), of("target"))];
    story.extend(lines(exchange, "faults").into_iter().map(|fault| format!("planned fault {fault}")));
    story.extend(lines(exchange, "events"));
    story.extend(lines(refusal, "story"));
    story.push(format!("rule {} → {}", part(refusal, "rule"), part(refusal, "code")));
    Some(story)
}

fn text(found: &[(String, Vec<String>)]) -> String {
    let mut text = match found.len() {
        1 => "mockwx: 1 call was refused while the command ran\n".to_owned(),
        count => format!("mockwx: {count} calls were refused while the command ran\n"),
    };
    let skipped = found.len().saturating_sub(MOST);
    if skipped > 0 {
        let _ = writeln!(text, "the newest {MOST}:");
    }
    for (world, story) in &found[skipped..] {
        let world = if world == "default" { String::new() } else { format!("in the world {world}: ") };
        for (at, line) in story.iter().enumerate() {
            let lead = if at == 0 { format!("\n  {world}") } else { "    ".to_owned() };
            let _ = writeln!(text, "{lead}{line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_told_with_its_history() {
        let exchange = json!({
            "from": "back_end", "to": "wechat", "at": "2026-03-01T09:00:00Z", "method": "GET", "target": "/sns/x",
            "events": ["asked again"], "faults": ["busy: answered in its place"],
            "refusal": { "rule": "login_code_used", "code": "40163", "story": ["it was used", "mint a new one"] },
        });
        let told = text(&[("default".to_owned(), story(&exchange).unwrap())]);
        insta::assert_snapshot!(told, @r"
        mockwx: 1 call was refused while the command ran

          back_end asked wechat at 2026-03-01T09:00:00Z: GET /sns/x
            planned fault busy: answered in its place
            asked again
            it was used
            mint a new one
            rule login_code_used → 40163
        ");
        assert_eq!(story(&json!({ "from": "device" })), None);
    }

    #[test]
    fn many_refusals_are_counted_and_the_newest_told() {
        let found: Vec<_> = (0..25).map(|at| (format!("w{at}"), vec![format!("call {at}")])).collect();
        let told = text(&found);
        assert!(told.starts_with("mockwx: 25 calls were refused while the command ran\nthe newest 10:\n"), "{told}");
        assert!(told.ends_with("in the world w24: call 24\n") && !told.contains("call 14\n"), "{told}");
    }
}
