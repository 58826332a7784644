//! What a world costs: to create, to reset, and to hold a million codes in.

use std::time::Duration;

use sim::real::Stopwatch;

use crate::exchange::{mint, unlimited};
use crate::load::drive;
use crate::process::{Server, request};
use crate::table::{Promise, Row};
use crate::{Failure, Programs};

const JSON: &str = "Content-Type: application/json\r\n";

/// A new sealed world and a reset, over HTTP on one connection, in milliseconds.
pub(crate) fn measure(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let server = Server::mockwx(programs)?;
    let each = |count: u64, make: fn(u64) -> Vec<u8>| -> Result<f64, Failure> {
        let round =
            drive(server.address, 1, Duration::from_secs(60), "\"url\":", move |n| (n < count).then(|| make(n)))?;
        Ok(round.took.as_secs_f64() * 1000.0 / round.requests.max(1) as f64)
    };
    let create = each(1000, |n| request("POST", "/__admin/v1/worlds", JSON, &format!(r#"{{"name":"bench-{n}"}}"#)))?;
    let reset = each(1000, |_| request("POST", "/__admin/v1/world/reset", JSON, "{}"))?;
    let row = |what: &str, figure| Row {
        what: what.to_owned(),
        figure,
        unit: "ms",
        promise: Promise::AtMost(1.0),
        behind: "mean of 1000 over HTTP".to_owned(),
    };
    Ok(vec![row("new sealed world", create), row("reset of a world", reset)])
}

/// Memory that a million live login codes take.
pub(crate) fn measure_memory(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let server = Server::mockwx(programs)?;
    unlimited(&server)?;
    // The journal fills first, so that only codes are counted.
    mint(&server, 50_000)?;
    let (before, watch) = (server.memory()?, Stopwatch::start());
    mint(&server, 1_000_000)?;
    let figure = server.memory()? - before;
    let behind = format!("minted in {:.0} s", watch.elapsed().as_secs_f64());
    Ok(vec![Row { what: "a million live codes".into(), figure, unit: "MiB", promise: Promise::AtMost(200.0), behind }])
}
