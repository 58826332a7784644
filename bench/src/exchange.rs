//! `jscode2session` against the floor: every code used once, journal on, nothing switched off but the rate limit.

use std::sync::Arc;
use std::time::Duration;

use crate::load::{Round, drive};
use crate::process::{Server, request};
use crate::table::{Promise, Row};
use crate::{Failure, Programs, median};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
/// More than a round can use up.
const CODES: usize = 260_000;

/// A world without rate limits, and its first mini program.
pub(crate) fn unlimited(server: &Server) -> Result<(String, String), Failure> {
    let mut world = server.call("GET", "/__admin/v1/world", "", "")?;
    if world.get("world").is_some() {
        world = world["world"].take();
    }
    world["limits"] = "off".into();
    server.call("PUT", "/__admin/v1/world", "Content-Type: application/json\r\n", &world.to_string())?;
    let program = &world["wechat"]["mini_programs"][0];
    let text = |key: &str| program[key].as_str().map(str::to_owned).ok_or_else(|| format!("no {key} in {program}"));
    Ok((text("appid")?, text("secret")?))
}

/// Mints login codes over several connections.
pub(crate) fn mint(server: &Server, count: usize) -> Result<Vec<String>, Failure> {
    let address = server.address;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let body = request("POST", "/__admin/v1/device/login", "Content-Type: application/json\r\n", "{}");
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let body = body.clone();
                tokio::spawn(async move {
                    let mut connection = crate::load::Connection::open(address).await?;
                    let mut codes = Vec::new();
                    for _ in 0..count.div_ceil(16) {
                        let answer = std::str::from_utf8(connection.exchange(&body).await?)?;
                        let code = answer.split("\"code\":\"").nth(1).and_then(|rest| rest.split('"').next());
                        codes.push(code.ok_or_else(|| format!("no code in {answer}"))?.to_owned());
                    }
                    Ok::<_, Failure>(codes)
                })
            })
            .collect();
        let mut codes = Vec::with_capacity(count);
        for task in tasks {
            codes.extend(task.await??);
        }
        Ok(codes)
    })
}

/// Throughput and CPU per request at 16 and 64 connections, as ratios to the floor.
pub(crate) fn measure(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let (floor, mockwx) = (Server::floor(programs)?, Server::mockwx(programs)?);
    let (appid, secret) = unlimited(&mockwx)?;
    let start = format!("/sns/jscode2session?appid={appid}&secret={secret}&js_code=");
    let mut rows = Vec::new();
    for connections in [16, 64] {
        let (mut rates, mut costs, mut behind) = (Vec::new(), Vec::new(), String::new());
        for _ in 0..ROUNDS {
            let codes = Arc::new(mint(&mockwx, CODES)?);
            let start = start.clone();
            let make =
                move |code: &str| request("GET", &format!("{start}{code}&grant_type=authorization_code"), "", "");
            let same = make(&codes[0]);
            let (under, under_cost) = paid(&floor, connections, move |_| Some(same.clone()))?;
            let (ours, our_cost) = paid(&mockwx, connections, move |n| codes.get(n as usize).map(|code| make(code)))?;
            rates.push(ours.rate() / under.rate());
            costs.push(our_cost / under_cost);
            behind = format!(
                "last round {:.0}/s, floor {:.0}/s; CPU {our_cost:.1} µs, floor {under_cost:.1} µs",
                ours.rate(),
                under.rate()
            );
        }
        rows.push(Row {
            what: format!("code2Session throughput, {connections} connections"),
            figure: median(rates),
            unit: "× floor",
            promise: Promise::AtLeast(0.7),
            behind: behind.clone(),
        });
        rows.push(Row {
            what: format!("code2Session server CPU, {connections} connections"),
            figure: median(costs),
            unit: "× floor",
            promise: Promise::AtMost(1.8),
            behind,
        });
    }
    Ok(rows)
}

/// A round, and the server's CPU time per request in microseconds.
pub(crate) fn paid(
    server: &Server,
    connections: usize,
    next: impl Fn(u64) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> Result<(Round, f64), Failure> {
    let before = server.cpu()?;
    let round = drive(server.address, connections, ROUND, "openid", next)?;
    let cost = (server.cpu()? - before).as_secs_f64() * 1e6 / round.requests.max(1) as f64;
    Ok((round, cost))
}
