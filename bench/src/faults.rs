//! What the machinery of faults costs a world in which none is planned: one question on the way of every call.

use std::hint::black_box;
use std::sync::Arc;

use sim::real::Stopwatch;
use sim::{Faults, Seed};

use crate::exchange::{mint, paid, unlimited};
use crate::process::{Server, request};
use crate::table::{Promise, Row};
use crate::{Failure, Programs, median};

const CODES: usize = 260_000;
const QUESTIONS: u32 = 50_000_000;

/// The question as a share of the server's CPU time for one exchange.
pub(crate) fn measure(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let server = Server::mockwx(programs)?;
    let (appid, secret) = unlimited(&server)?;
    let faults = Faults::new(Seed::new(7));
    let (mut shares, mut behind) = (Vec::new(), String::new());
    for _ in 0..3 {
        let codes = Arc::new(mint(&server, CODES)?);
        let start = format!("/sns/jscode2session?appid={appid}&secret={secret}&js_code=");
        let exchange = move |n: u64| {
            let code = codes.get(usize::try_from(n).ok()?)?;
            Some(request("GET", &format!("{start}{code}&grant_type=authorization_code"), "", ""))
        };
        let (_, micros) = paid(&server, 16, exchange)?;
        let watch = Stopwatch::start();
        for _ in 0..QUESTIONS {
            black_box(black_box(&faults).is_idle());
        }
        let nanos = watch.elapsed().as_secs_f64() * 1e9 / f64::from(QUESTIONS);
        shares.push(nanos / (micros * 1000.0) * 100.0);
        behind = format!("last round {nanos:.2} ns of {micros:.1} µs");
    }
    let promise = Promise::AtMost(3.0);
    let what = "faults, when none is planned".to_owned();
    Ok(vec![Row { what, figure: median(shares), unit: "% of exchange", promise, behind }])
}
