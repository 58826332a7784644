//! The whole silent login over HTTP: a code, a login with it (which exchanges it at WeChat), an RS256 id_token.

use std::sync::Arc;
use std::time::Duration;

use crate::exchange::{mint, unlimited};
use crate::load::drive;
use crate::process::{Server, request};
use crate::table::{Promise, Row};
use crate::{Failure, Programs, median, signing};

const ROUND: Duration = Duration::from_secs(3);
const CODES: usize = 30_000;

/// Links the world's first person to a user by going through the first login once.
fn register(server: &Server, headers: &str) -> Result<(), Failure> {
    let code = &mint(server, 1)?[0];
    let login = "/api/v2/sdk/login/wechat-miniprogram";
    let answer = server.call("POST", login, headers, &serde_json::json!({ "code": code }).to_string())?;
    if answer["status"] == "SUCCESS" {
        return Ok(());
    }
    let path = match answer["status"].as_str() {
        Some("USER_REGISTER") => "/api/v2/sdk/social/wechat-mobile-register-bind",
        Some("SOCIAL_BIND") => "/api/v2/sdk/social/wechat-mobile-bind",
        _ => return Err(format!("cannot log in: {answer}").into()),
    };
    let json = "Content-Type: application/json\r\n";
    let phone = server.call("POST", "/__admin/v1/device/phone-number", json, "{}")?;
    let state = format!("{headers}X-state-token: {}\r\n", answer["state_token"].as_str().unwrap_or_default());
    let bound = server.call("POST", path, &state, &serde_json::json!({ "wechat_code": phone["code"] }).to_string())?;
    if bound["status"] == "SUCCESS" { Ok(()) } else { Err(format!("cannot register: {bound}").into()) }
}

/// Logins per second against the raw signing rate of the machine, and CPU per login against one raw signature.
pub(crate) fn measure(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let server = Server::mockwx(programs)?;
    unlimited(&server)?;
    let mut world = server.call("GET", "/__admin/v1/world", "", "")?;
    if world.get("world").is_some() {
        world = world["world"].take();
    }
    let applications = world["idaas"]["applications"].as_object().ok_or("the world has no applications")?;
    let client = applications.values().next().and_then(|one| one["client_id"].as_str()).ok_or("no client_id")?;
    let headers = format!(
        "Content-Type: application/json\r\nX-client-id: {client}\r\nX-operating-sys-version: bench\r\n\
         X-device-fingerprint: bench\r\nX-agent: bench\r\n"
    );
    register(&server, &headers)?;
    let (mut rates, mut costs, mut behind) = (Vec::new(), Vec::new(), String::new());
    for _ in 0..5 {
        let raw = raw_cost_of_each_core()?;
        let codes = Arc::new(mint(&server, CODES)?);
        let headers = headers.clone();
        let before = server.cpu()?;
        // Minting is the first of the flow's calls; its share is measured with the rest, so it is driven in the flow.
        let round = drive(server.address, 8, ROUND, "id_token", move |n| {
            let body = serde_json::json!({ "code": codes.get(n as usize)? }).to_string();
            Some(request("POST", "/api/v2/sdk/login/wechat-miniprogram", &headers, &body))
        })?;
        let cost = (server.cpu()? - before).as_secs_f64() / round.requests.max(1) as f64;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as f64;
        rates.push(round.rate() / (cores / raw));
        costs.push(cost / raw);
        behind =
            format!("last round {:.0}/s; CPU {:.0} µs, raw signature {:.0} µs", round.rate(), cost * 1e6, raw * 1e6);
    }
    Ok(vec![
        Row {
            what: "full login throughput".into(),
            figure: median(rates),
            unit: "× raw signing",
            promise: Promise::AtLeast(0.5),
            behind: behind.clone(),
        },
        Row {
            what: "full login server CPU".into(),
            figure: median(costs),
            unit: "× raw signature",
            promise: Promise::AtMost(2.0),
            behind,
        },
    ])
}

/// A raw signature's cost while every core signs: what the machine can do at most.
fn raw_cost_of_each_core() -> Result<f64, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let costs = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..cores).map(|_| scope.spawn(|| signing::raw_cost(Duration::from_millis(500)))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| Failure::from("a signing thread panicked"))?)
            .collect()
    });
    let costs: Result<Vec<f64>, Failure> = costs;
    Ok(median(costs?))
}
