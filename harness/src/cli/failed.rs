//! `--failed`: the cases that failed in an earlier run, as its report tells them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::CliError;
use crate::run::CaseId;

/// The cases that failed in an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    /// The report that tells so.
    pub(super) report: PathBuf,
    /// File, scenario, and case.
    cases: HashSet<(String, String, Option<String>)>,
}

impl Failed {
    /// Reads a report that `--report json=FILE` or `--report jsonl=FILE` wrote.
    pub(super) fn read(report: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(report).map_err(|error| {
            CliError::file("read", report, &error).hint("a run writes it with `--report json=FILE`")
        })?;
        let mut found = Found::default();
        for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            match document {
                Ok(document) => found.look(&document),
                // The last line of a run that was killed.
                Err(error) if error.is_eof() && found.tells => break,
                Err(_) => return Err(no_report(report)),
            }
        }
        if !found.tells {
            return Err(no_report(report));
        }
        Ok(Self { report: report.to_owned(), cases: found.failed })
    }

    /// Whether this case failed then.
    pub(super) fn takes(&self, case: &CaseId) -> bool {
        self.cases.contains(&(case.file(), case.scenario.name.clone(), case.case().name.clone()))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }
}

fn no_report(path: &Path) -> CliError {
    CliError::configuration(format!("--failed: {} is no JSON report of a run", path.display()))
        .hint("a run writes one with `--report json=FILE`")
}

/// What a report tells of cases.
#[derive(Debug, Default)]
struct Found {
    failed: HashSet<(String, String, Option<String>)>,
    /// Whether it is a report at all.
    tells: bool,
}

impl Found {
    /// Looks for cases: in a whole report, in a line of a log, or in what else holds a case as reports write it.
    fn look(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                let text = |name: &str| map.get(name).and_then(Value::as_str);
                self.tells |= map.contains_key("summary");
                match (text("file"), text("name"), text("outcome")) {
                    (Some(file), Some(name), Some(outcome)) => {
                        self.tells = true;
                        if outcome == "failed" {
                            let case = text("case").map(str::to_owned);
                            self.failed.insert((file.to_owned(), name.to_owned(), case.and_then(without_round)));
                        }
                    }
                    _ => map.values().for_each(|value| self.look(value)),
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.look(item)),
            _ => {}
        }
    }
}

/// The name of a case without the `#2` of a repetition.
fn without_round(case: String) -> Option<String> {
    let (name, round) = case.rsplit_once('#').unwrap_or((&case, ""));
    let is_round = !round.is_empty() && round.bytes().all(|b| b.is_ascii_digit());
    match (is_round, name.trim_end()) {
        (false, _) => Some(case),
        (true, "") => None,
        (true, name) => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String, Option<String>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("last.json");
        std::fs::write(&path, text).unwrap();
        let mut cases: Vec<_> = Failed::read(&path).unwrap().cases.into_iter().collect();
        cases.sort();
        cases
    }

    #[test]
    fn a_report_a_log_and_a_log_that_broke_off_are_read() {
        let case = |case: Option<&str>| ("a.yaml".to_owned(), "A".to_owned(), case.map(str::to_owned));
        let failed = r#"{ "file": "a.yaml", "name": "A", "case": "late #2", "outcome": "failed" }"#;
        let passed = r#"{ "file": "a.yaml", "name": "A", "case": null, "outcome": "passed" }"#;
        let report = format!(r#"{{ "version": 1, "summary": {{}}, "scenarios": [{failed}, {passed}] }}"#);
        assert_eq!(found(&report), [case(Some("late"))]);
        let log = format!("{{ \"event\": \"x\" }}\n{passed}\n{{ \"event\": \"y\", \"scenario\": {failed} }}\n{{ \"fi");
        assert_eq!(found(&log), [case(Some("late"))]);
        assert_eq!(found(&passed.replace("passed", "failed")), [case(None)]);
    }

    #[test]
    fn only_a_number_behind_a_hash_is_a_repetition() {
        let name = |text: &str| without_round(text.to_owned());
        assert_eq!(name("#3"), None);
        assert_eq!(name("late #12").as_deref(), Some("late"));
        assert_eq!(name("a # b").as_deref(), Some("a # b"));
        assert_eq!(name("a #").as_deref(), Some("a #"));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for text in ["", "<testsuites/>", "{}", "[1, 2]"] {
            std::fs::write(&path, text).unwrap();
            assert!(Failed::read(&path).is_err(), "{text}");
        }
        assert!(Failed::read(&folder.path().join("nowhere")).is_err());
    }
}
