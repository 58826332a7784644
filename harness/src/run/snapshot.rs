//! Snapshots of answers: what is written of one, how it is compared, when a file is written.
//!
//! The files have the form of [insta](https://insta.rs)'s, so that `cargo insta review` shows and takes them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sim::{Life, Mask, Moment};
use similar::{ChangeTag, TextDiff};

use super::failure::known_secrets;
use super::session::{ClockReading, Session, Trouble};
use crate::language::{Answer, Mismatch, Snapshot, Step};

/// What becomes of an answer that differs from its snapshot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Snapshots {
    /// It is told, and nothing is written.
    #[default]
    Compare,
    /// It is told, and written beside the snapshot as a pending one: `NAME.snap.new`.
    Pend,
    /// It becomes the snapshot.
    Update,
}

/// Whose snapshots are compared, and what becomes of those that differ.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    /// The scenario's file.
    pub(crate) scenario: PathBuf,
    /// The name of the case.
    pub(crate) case: Option<String>,
    pub(crate) rule: Snapshots,
}

/// Compares the answer to `step` with its snapshot.
pub(super) async fn compare(
    session: &mut Session<'_>,
    step: &Step,
    snapshot: &Snapshot,
    answer: &Answer,
) -> Result<Vec<Mismatch>, Trouble> {
    let book = session.book.clone();
    let word = step.word();
    let journal = session.exchanges_since(word, 0).await?;
    let mask = Mask::new(known_secrets(session, &journal).await);
    let clock = session.clock(word).await?;
    let text = written(answer, clock, &mask, &rids(&journal));

    let path = snapshot.path(&book.scenario, book.case.as_deref());
    let failed = |error: io::Error| Trouble::Snapshot { path: shown(&path), error: error.to_string() };
    let before = match fs::read_to_string(&path) {
        Ok(file) => Some(contents(&file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let pending = path.with_extension("snap.new");
    let fits = before.as_deref() == Some(text.trim_end());
    if fits || book.rule == Snapshots::Update {
        if !fits {
            write(&path, &file(step, None, &text)).map_err(failed)?;
        }
        return match fs::remove_file(&pending) {
            Err(error) if error.kind() != io::ErrorKind::NotFound && book.rule != Snapshots::Compare => {
                Err(failed(error))
            }
            _ => Ok(Vec::new()),
        };
    }
    if book.rule == Snapshots::Pend {
        write(&pending, &file(step, Some(step.word_place.line()), &text)).map_err(failed)?;
    }
    Ok(vec![differs(snapshot, &path, before.as_deref(), &text, book.rule)])
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The file of a snapshot; a pending one says on which line it was asked for.
fn file(step: &Step, line: Option<usize>, text: &str) -> String {
    let source = Value::from(step.word_place.source().name());
    let line = line.map(|line| format!("assertion_line: {line}\n")).unwrap_or_default();
    format!("---\nsource: {source}\n{line}expression: {}\n---\n{}\n", Value::from(step.word()), text.trim_end())
}

/// What stands below the head of a snapshot's file.
fn contents(file: &str) -> String {
    let file = file.replace("\r\n", "\n");
    let below = file.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map(|(_, below)| below);
    below.unwrap_or(&file).trim_end().to_owned()
}

/// The answer as it is kept: secrets, times and ids of calls by their names, so that it is the same tomorrow.
fn written(answer: &Answer, clock: ClockReading, mask: &Mask, rids: &[String]) -> String {
    let mut fields = answer.fields.clone();
    name_changing(&mut fields, clock);
    let body = match fields {
        Value::String(text) => text,
        other => format!("{other:#}"),
    };
    let mut text = match answer.http_status {
        Some(status) => format!("HTTP {status}\n{}", mask.apply(&body)),
        None => mask.apply(&body),
    };
    let mut number = 0;
    for rid in rids {
        if text.contains(rid.as_str()) {
            number += 1;
            text = text.replace(rid.as_str(), &format!("‹rid {number}›"));
        }
    }
    text
}

fn rids(journal: &[Value]) -> Vec<String> {
    let rids = journal.iter().filter_map(|exchange| exchange.get("rid")?.as_str());
    rids.filter(|rid| !rid.is_empty()).map(str::to_owned).collect()
}

/// The fields that hold a time, whoever answers.
const TIMES: [&str; 16] = [
    "iat",
    "nbf",
    "exp",
    "auth_time",
    "timestamp",
    "at",
    "now",
    "time",
    "created_at",
    "updated_at",
    "issued_at",
    "expires_at",
    "createdAt",
    "updatedAt",
    "createAt",
    "updateAt",
];

/// Puts names in the place of what would be another value tomorrow.
fn name_changing(value: &mut Value, clock: ClockReading) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| name_changing(item, clock)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                // The id of one token tells its world, and so the target.
                if name == "jti" && field.is_string() {
                    *field = Value::from("‹jti›");
                }
                let time = if TIMES.contains(&name.as_str()) { time_of(field) } else { None };
                match time {
                    Some(time) => *field = Value::String(time_name(time, clock)),
                    None => name_changing(field, clock),
                }
            }
        }
        _ => {}
    }
}

/// 2001 and later: a smaller number in such a field is not seconds since 1970.
const EARLIEST: i64 = 1_000_000_000;
/// The year 5138 in seconds: a greater number is in milliseconds.
const LATEST: i64 = 100_000_000_000;

fn time_of(value: &Value) -> Option<Moment> {
    match value {
        Value::Number(number) => match number.as_i64()? {
            seconds @ EARLIEST..LATEST => Some(Moment::from_unix_seconds(seconds)),
            millis if millis >= LATEST => Some(Moment::from_unix_millis(millis)),
            _ => None,
        },
        Value::String(text) => Moment::parse_rfc3339(text).ok(),
        _ => None,
    }
}

/// A time by how far it is from the world's; on a clock that runs that would differ from run to run.
fn time_name(time: Moment, clock: ClockReading) -> String {
    let (later, earlier) = (time.since(clock.now), clock.now.since(time));
    if !clock.stands {
        "‹time›".to_owned()
    } else if !later.is_zero() {
        format!("‹now + {}›", Life::from(later))
    } else if !earlier.is_zero() {
        format!("‹now - {}›", Life::from(earlier))
    } else {
        "‹now›".to_owned()
    }
}

/// How many lines that are the same are shown around those that differ.
const AROUND: usize = 2;

fn differs(snapshot: &Snapshot, path: &Path, before: Option<&str>, text: &str, rule: Snapshots) -> Mismatch {
    let mut note = String::new();
    let (wanted, was) = match before {
        None => (format!("to be kept in {}", shown(path)), None),
        Some(before) => {
            let before = format!("{before}\n");
            let text = format!("{}\n", text.trim_end());
            let diff = TextDiff::from_lines(&before, &text);
            for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
                if at > 0 {
                    note.push_str("  …\n");
                }
                for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                    let sign = match change.tag() {
                        ChangeTag::Delete => '-',
                        ChangeTag::Insert => '+',
                        ChangeTag::Equal => ' ',
                    };
                    note.push_str(&format!("{sign} {}\n", change.value().trim_end_matches('\n')));
                }
            }
            (format!("as in {}", shown(path)), Some(Value::from("different")))
        }
    };
    note.push_str("`mockwx run --update-snapshots` keeps this answer");
    if rule == Snapshots::Pend {
        note.push_str(", or `cargo insta review` where you have it");
    }
    Mismatch { path: "snapshot".to_owned(), wanted, was, place: snapshot.place.clone(), note: Some(note) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sim::ArtefactKind;

    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_772_355_600);

    #[test]
    fn what_differs_from_run_to_run_is_kept_by_its_name() {
        let answer = Answer {
            fields: json!({"id_token": "ey.a-token-of-some-length", "exp": 1_772_362_800, "expire": 7200, "jti": "x", "at": "2026-03-01T09:00:00Z",
                           "errmsg": "no, rid: 69a4-1", "list": [{"nbf": 1_772_355_480}]}),
            http_status: Some(200),
            ..Answer::default()
        };
        let mask = Mask::new([(ArtefactKind::IdToken, "ey.a-token-of-some-length".to_owned())]);
        let text = |stands| {
            written(&answer, ClockReading { now: NOW, stands }, &mask, &["69a4-0".to_owned(), "69a4-1".to_owned()])
        };
        insta::assert_snapshot!(text(true), @r#"
        HTTP 200
        {
          "id_token": "‹id token 1›",
          "exp": "‹now + 2h›",
          "expire": 7200,
          "jti": "‹jti›",
          "at": "‹now›",
          "errmsg": "no, rid: ‹rid 1›",
          "list": [
            {
              "nbf": "‹now - 2m›"
            }
          ]
        }
        "#);
        assert!(text(false).contains(r#""exp": "‹time›""#));
    }

    #[test]
    fn a_file_gives_back_what_was_written_whatever_its_ends_of_lines() {
        assert_eq!(contents("---\nsource: a\nexpression: b\n---\nHTTP 200\n{}\n"), "HTTP 200\n{}");
        assert_eq!(contents("---\r\nsource: a\r\n---\r\nHTTP 200\r\n---\r\n"), "HTTP 200\n---");
        assert_eq!(contents("bare\n"), "bare");
    }
}
