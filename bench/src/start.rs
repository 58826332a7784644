//! From starting the process to its first answered request, and what it holds when idle.

use std::io::{Read, Write};
use std::net::TcpStream;

use sim::real::Stopwatch;

use crate::process::{Server, request};
use crate::table::{Promise, Row};
use crate::{Failure, Programs, median};

const STARTS: usize = 15;

fn first_answer(start: impl Fn() -> Result<Server, Failure>) -> Result<(f64, f64), Failure> {
    let watch = Stopwatch::start();
    let server = start()?;
    let mut stream = TcpStream::connect(server.address)?;
    stream.write_all(&request("GET", "/readyz", "Connection: close\r\n", ""))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let took = watch.elapsed().as_secs_f64() * 1000.0;
    if !answer.starts_with("HTTP/1.1 200") {
        return Err(format!("/readyz answered {answer}").into());
    }
    Ok((took, server.memory()?))
}

/// Start-up as a multiple of the floor's and in milliseconds; idle memory.
pub(crate) fn measure(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let (mut ratios, mut times, mut floors, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (under, _) = first_answer(|| Server::floor(programs))?;
        let (ours, idle) = first_answer(|| Server::mockwx(programs))?;
        ratios.push(ours / under);
        floors.push(under);
        times.push(ours);
        memory.push(idle);
    }
    let behind = format!("floor {:.1} ms", median(floors));
    let row = |what: &str, figure: f64, unit, promise, behind: &str| Row {
        what: what.to_owned(),
        figure,
        unit,
        promise,
        behind: behind.to_owned(),
    };
    let size = stripped_size(programs)?;
    Ok(vec![
        row("start to first answer", median(ratios), "× floor", Promise::AtMost(4.0), &behind),
        row("start to first answer", median(times), "ms", Promise::AtMost(20.0), &behind),
        row("idle memory", median(memory), "MiB", Promise::AtMost(12.0), ""),
        row("binary, stripped", size, "MB", Promise::AtMost(12.0), ""),
    ])
}

/// The size of the binary without symbols, in MB; `strip` comes with the C compiler.
fn stripped_size(programs: &Programs) -> Result<f64, Failure> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("mockwx");
    std::fs::copy(&programs.mockwx, &copy)?;
    if !std::process::Command::new("strip").arg(&copy).status()?.success() {
        return Err("strip failed".into());
    }
    Ok(std::fs::metadata(&copy)?.len() as f64 / 1e6)
}
