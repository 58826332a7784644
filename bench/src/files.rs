//! What scenario files cost: a cold process over a hundred scenarios, and a check of five hundred files.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sim::real::Stopwatch;

use crate::table::{Promise, Row};
use crate::{Failure, Programs, median};

/// Ten steps: two logins with their bind, looked at from both sides.
const STEPS: &str = r"steps:
  - wx.login: { as: alice }
    save: { code: code }
  - idaas.login: { code: $code }
    expect: { status: USER_REGISTER }
    save: { pending: state_token }
  - wx.getPhoneNumber: { as: alice }
    save: { phone: code }
  - idaas.wechat_mobile_register_bind: { state_token: $pending, wechat_code: $phone }
    expect: { status: SUCCESS }
    save: visit
  - idaas.refresh: { session_token: $visit.session_token }
    expect: { id_token: { is: jwt }, calls: { wechat: 0 } }
  - clock.advance: 5m
  - wx.login: { as: alice }
    save: { again: code }
  - idaas.login: { code: $again }
    expect: { status: SUCCESS }
  - clock.advance: 5m1s
  - idaas.login: { code: $again }
    expect: { error: LOGIN.1001 }
";

fn write_files(folder: &Path, count: usize) -> Result<(), Failure> {
    for number in 0..count {
        let mut text = String::new();
        write!(text, "scenario: Visit number {number}\n{STEPS}")?;
        std::fs::write(folder.join(format!("visit-{number:03}.yaml")), text)?;
    }
    Ok(())
}

fn timed(programs: &Programs, folder: &Path, word: &str) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..7 {
        let mut command = Command::new(&programs.mockwx);
        command.arg(word).arg(folder).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        let watch = Stopwatch::start();
        if !command.status()?.success() {
            return Err(format!("mockwx {word} failed on generated scenarios").into());
        }
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(times))
}

/// Milliseconds for each, whole process, median of seven.
pub(crate) fn measure(programs: &Programs) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let row = |what: &str, figure, bound| Row {
        what: what.to_owned(),
        figure,
        unit: "ms",
        promise: Promise::AtMost(bound),
        behind: "whole process, median of seven".to_owned(),
    };
    write_files(folder.path(), 1)?;
    let one = timed(programs, folder.path(), "run")?;
    write_files(folder.path(), 100)?;
    let hundred = timed(programs, folder.path(), "run")?;
    write_files(folder.path(), 500)?;
    let check = timed(programs, folder.path(), "check")?;
    Ok(vec![
        row("one scenario, cold process", one, 50.0),
        row("a hundred scenarios of ten steps, cold process", hundred, 1000.0),
        row("check of 500 files", check, 300.0),
    ])
}
