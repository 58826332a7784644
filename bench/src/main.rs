//! Measures the promises of the project in one run, as ratios to a bare hyper server and to raw signatures.
//!
//! `cargo build --release && cargo run --release --package bench` prints a table and writes `target/bench.json`. The
//! load generator shares the machine's cores with the server, so no figure is what a machine can do: the ratio to the
//! floor, measured in turn in the same run, is the figure.

mod exchange;
mod faults;
mod files;
mod floor;
mod load;
mod login;
mod process;
mod signing;
mod start;
mod table;
mod worlds;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use table::Row;

/// What can go wrong while measuring: said in a sentence, for the person who ran it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match (arguments.next().as_deref(), arguments.next()) {
        (Some("--floor"), Some(port_file)) => floor::serve(Path::new(&port_file)),
        (Some("--only"), Some(part)) => measure(Some(&part)),
        (None, None) => measure(None),
        _ => Err("usage: bench [--only PART OF A NAME]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            table::say_error(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// The programs under measurement: ours, and this one as the floor.
#[derive(Debug)]
pub(crate) struct Programs {
    /// `mockwx`, built for release.
    pub(crate) mockwx: PathBuf,
    /// This program, whose `--floor` is a bare hyper server.
    pub(crate) floor: PathBuf,
}

type Measure = fn(&Programs) -> Result<Vec<Row>, Failure>;

fn measure(only: Option<&str>) -> Result<(), Failure> {
    let floor = sim::real::program()?;
    let mockwx = floor.with_file_name("mockwx");
    if !mockwx.exists() {
        return Err(format!("{} is not there: run `cargo build --release` first", mockwx.display()).into());
    }
    let programs = Programs { mockwx, floor };
    let measures: [(&str, Measure); 8] = [
        ("start", start::measure),
        ("signing", signing::measure),
        ("exchange", exchange::measure),
        ("faults", faults::measure),
        ("login", login::measure),
        ("worlds", worlds::measure),
        ("memory", worlds::measure_memory),
        ("files", files::measure),
    ];
    let mut rows = Vec::new();
    for (name, measure) in measures {
        if only.is_none_or(|part| name.contains(part)) {
            table::say_error(&format!("measuring {name} …"));
            rows.extend(measure(&programs)?);
        }
    }
    table::print(&rows);
    table::write_json(&rows, &programs.floor.with_file_name("../bench.json"))?;
    Ok(())
}

/// The middle value; zero for none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
