//! The report for CI servers: JUnit's XML, one suite a file, one test case a case.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::terminal::Terminal;
use crate::problem::Style;
use crate::run::{CaseResult, FailureKind, Outcome, RunResult};

/// The whole report as XML.
///
/// # Errors
/// When the XML cannot be written.
pub fn junit(result: &RunResult) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("mockwx");
    report.set_time(result.duration);
    let mut suite: Option<TestSuite> = None;
    for case in &result.cases {
        let file = &case.about.file;
        let current = match &mut suite {
            Some(current) if current.name.as_str() == file.as_str() => current,
            other => {
                report.add_test_suites(other.take());
                other.insert(TestSuite::new(file.as_str()))
            }
        };
        current.add_test_case(test_case(case));
    }
    report.add_test_suites(suite);
    report.to_string()
}

fn test_case(result: &CaseResult) -> TestCase {
    let mut case = TestCase::new(result.about.full_name(), status(result));
    let file = &result.about.file;
    // CI servers group by class; a folder is what a reader of scenarios would group by.
    case.set_classname(file.rsplit_once('/').map_or(".", |(folder, _)| folder).replace('/', "."));
    case.set_time(result.duration);
    case.set_assertions(result.expectations);
    case.extra.insert("file".into(), file.as_str().into());
    case.extra.insert("line".into(), result.about.line.to_string().into());
    for tag in &result.about.tags {
        case.add_property(Property::new("tag", tag.as_str()));
    }
    if let Outcome::Failed { failures } = &result.outcome {
        let exchanges = failures.iter().flat_map(|failure| &failure.exchanges);
        let log: Vec<String> = exchanges
            .map(|exchange| {
                let at = exchange.at.map(|at| at.to_string()).unwrap_or_default();
                format!("{at} {} {}", exchange.call, exchange.status)
            })
            .collect();
        let said = failures.iter().flat_map(|failure| &failure.said);
        let said = said.flat_map(|said| said.lines.iter().map(|line| format!("{}: {line}", said.service)));
        case.set_system_out(log.into_iter().chain(said).collect::<Vec<_>>().join("\n"));
    }
    case
}

fn status(result: &CaseResult) -> TestCaseStatus {
    match &result.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Skipped { why } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.words());
            status
        }
        Outcome::Failed { failures } => {
            let expectations = failures.iter().all(|failure| failure.kind == FailureKind::Expectation);
            let (kind, name) = if expectations {
                (NonSuccessKind::Failure, "expectation")
            } else {
                (NonSuccessKind::Error, "environment")
            };
            let terminal = Terminal { style: Style::Plain, verbose: true };
            let mut status = TestCaseStatus::non_success(kind);
            status
                .set_message(failures.first().map_or("", |failure| failure.title.as_str()))
                .set_type(name)
                .set_description(terminal.case(result));
            status
        }
    }
}
