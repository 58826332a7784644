//! Every refusal that the field guide brings about can be explained from the message in a log.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use lab::{Settings, WorldFile};
use serde_json::Value;

use super::Selection;
use super::call::{Call, encoded};
use super::case::{self, Record, Rules};
use super::target::{BoxFuture, InProcess, Target, Unreachable};
use crate::check::check_files;

/// A world, and what it said when it refused: errmsg or request id, as each would stand in a log.
#[derive(Debug)]
struct Logged {
    world: InProcess,
    log: Mutex<Vec<String>>,
}

impl Target for Logged {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move {
            let is_vendors = !request.uri().path().starts_with("/__admin");
            let response = self.world.send(request).await?;
            if is_vendors && let Some(line) = refusal(&response) {
                self.log.lock().unwrap().push(line);
            }
            Ok(response)
        })
    }
}

fn refusal(response: &Response<Bytes>) -> Option<String> {
    let body: Value = serde_json::from_slice(response.body()).ok()?;
    if body["errcode"].as_i64().is_some_and(|errcode| errcode != 0) {
        return Some(body["errmsg"].as_str()?.to_owned());
    }
    body.get("error_code").or_else(|| body.get("error"))?;
    Some(response.headers()["x-mock-request-id"].to_str().ok()?.to_owned())
}

#[test]
fn every_message_of_the_field_guide_is_explained_with_the_history_behind_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/failures");
    let checked = check_files(&[folder.to_string_lossy()]);
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut explained = 0;
    for id in Selection::default().of(&checked.scenarios) {
        let file = match &id.case().world {
            Some(world) => world.file.clone(),
            None => serde_json::to_value(WorldFile::ready()).unwrap(),
        };
        let world = case::pinned(WorldFile::from_json(file.clone()).unwrap());
        let world = InProcess::new(Settings { world, worlds: 1, ..Settings::default() }).unwrap();
        let target = Logged { world, log: Mutex::default() };
        let rules = Rules { timeout: Duration::from_secs(30), reveal: false, record: Record::Failures };
        runtime.block_on(async {
            let result = case::run(&id, &target, &file, rules).await;
            assert!(result.failures().is_empty(), "{}", id.full_name());
            let log = std::mem::take(&mut *target.log.lock().unwrap());
            for line in &log {
                let call = Call::get(format!("/__admin/v1/explain/{}", encoded(line)));
                let answer = target.world.send(call.build().unwrap()).await.unwrap();
                let told: Value = serde_json::from_slice(answer.body()).unwrap();
                let story = told["story"].as_array().unwrap_or_else(|| panic!("{}: {line}: {told}", id.full_name()));
                // Who asked whom, what happened, the way out, the rule.
                assert!(story.len() >= 4, "{}: {line}: {story:?}", id.full_name());
                assert!(told["rule"].is_string(), "{}: {line}", id.full_name());
                explained += 1;
            }
        });
    }
    assert!(explained > 50, "{explained}");
}
