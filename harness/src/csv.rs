//! CSV texts as the same trees that [`yaml`](crate::yaml) makes: a list of mappings, one for each line below the header.
//!
//! Every cell knows its place. Blanks around a cell do not count, an empty cell is nothing, and `""` is an empty text.
//!
//! It knows nothing about scenarios or worlds.

use std::collections::HashMap;
use std::sync::Arc;

use csv_core::{ReadFieldResult, Reader};

use crate::problem::Problem;
use crate::source::{Place, Source};
use crate::yaml::{Entry, Key, LARGEST_FILE, MOST_NODES, Node, Parsed, Scalar, Value};

/// Parses `source`: one document, or none when there is no header.
pub fn parse(source: &Arc<Source>) -> Parsed {
    if source.text().len() > LARGEST_FILE {
        let problem = Problem::new(
            Place::beginning(source),
            format!("the file is too large: at most {} MiB are read", LARGEST_FILE / 1024 / 1024),
        )
        .hint("split it into several files");
        return Parsed { documents: Vec::new(), problems: vec![problem] };
    }
    let mut problems = Vec::new();
    let mut lines = cells(source, &mut problems).into_iter();
    let Some(header) = lines.next() else {
        let problem = Problem::new(Place::beginning(source), "the file is empty");
        problems.push(problem.hint("the first line names the columns: `name,wait`"));
        return Parsed { documents: Vec::new(), problems };
    };
    let columns = columns(header, &mut problems);
    let rows: Vec<Node> = lines.filter_map(|line| row(line, &columns, &mut problems)).collect();
    let place = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => first.place.to(&last.place),
        _ => Place::new(source, source.text().len(), source.text().len()),
    };
    problems.sort_by_key(|problem| problem.place.start());
    Parsed { documents: vec![Node { value: Value::Sequence(rows), place }], problems }
}

/// The names of the columns, each once.
fn columns(header: Vec<Node>, problems: &mut Vec<Problem>) -> Vec<Key> {
    if let [only] = header.as_slice()
        && let Some(other) = only.text().and_then(|text| [';', '\t', '|'].into_iter().find(|mark| text.contains(*mark)))
    {
        problems.push(
            Problem::new(only.place.clone(), "the header has a single column")
                .hint(format!("columns are separated by `,`, not by `{}`", other.escape_default())),
        );
    }
    let mut known: HashMap<String, Place> = HashMap::new();
    let mut columns = Vec::with_capacity(header.len());
    for Node { value, place } in header {
        let name = match value {
            Value::Scalar(scalar) => scalar.text,
            _ => String::new(),
        };
        if name.is_empty() {
            problems.push(Problem::new(place.clone(), "a column without a name").hint("name it in the first line"));
        } else if let Some(first) = known.insert(name.clone(), place.clone()) {
            problems.push(
                Problem::new(place.clone(), format!("a second column `{name}`"))
                    .also(first, "the first")
                    .hint("each column has a name of its own"),
            );
        }
        columns.push(Key { name, place });
    }
    columns
}

/// One line below the header.
fn row(cells: Vec<Node>, columns: &[Key], problems: &mut Vec<Problem>) -> Option<Node> {
    let place = cells.first()?.place.to(&cells.last()?.place);
    // A quote without its end swallows the cells after it: one problem is enough.
    let is_told =
        problems.iter().any(|problem| place.start() <= problem.place.start() && problem.place.start() < place.end());
    if cells.len() != columns.len() && is_told {
        return None;
    }
    if cells.len() != columns.len() {
        let counted = |count: usize| format!("{count} cell{}", if count == 1 { "" } else { "s" });
        let problem = Problem::new(place, format!("{}, but {} in the header", counted(cells.len()), columns.len()));
        problems.push(problem.hint("a cell with a `,` in it needs quotes; one that is not there is left empty: `,,`"));
        return None;
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(cells.len());
    for (key, node) in columns.iter().zip(cells) {
        // A second column of one name was reported.
        if !entries.iter().any(|entry| entry.key.name == key.name) {
            entries.push(Entry { key: key.clone(), node });
        }
    }
    Some(Node { value: Value::Mapping(entries), place })
}

/// All cells, line by line. Lines with nothing on them do not count.
fn cells(source: &Arc<Source>, problems: &mut Vec<Problem>) -> Vec<Vec<Node>> {
    let text = source.text();
    let mut reader = Reader::new();
    let mut buffer = vec![0; text.len() + 1];
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    let mut at = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let (mut start, mut written, mut count) = (at, 0, 0);
    loop {
        let (result, read, wrote) = reader.read_field(&text.as_bytes()[at..], &mut buffer[written..]);
        at += read;
        written += wrote;
        match result {
            // The next call, with nothing to read, ends the last cell.
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::Field { record_end } => {
                if line.is_empty() {
                    // Empty lines above.
                    let rest = &text[start..at];
                    start += rest.len() - rest.trim_start_matches(['\r', '\n']).len();
                }
                line.push(cell(source, (start, at), &buffer[..written], problems));
                (start, written, count) = (at, 0, count + 1);
                if record_end {
                    lines.push(std::mem::take(&mut line));
                }
                if count > MOST_NODES {
                    let place = Place::new(source, at, at);
                    problems.push(Problem::new(place, format!("the file holds more than {MOST_NODES} cells")));
                    return lines;
                }
            }
            // No cell is longer than the text.
            ReadFieldResult::OutputFull | ReadFieldResult::End => return lines,
        }
    }
}

/// One cell: what the parser read from `start` to `end`, its comma or line break included.
fn cell(source: &Arc<Source>, (start, end): (usize, usize), text: &[u8], problems: &mut Vec<Problem>) -> Node {
    let taken = source.text().get(start..end).unwrap_or_default();
    let raw = taken.strip_suffix(',').unwrap_or(taken).trim_end_matches(['\r', '\n']);
    let text = String::from_utf8_lossy(text);
    let blanks: &[char] = &[' ', '\t'];
    let quoted = raw.starts_with('"');
    let (text, place) = if quoted {
        (text.into_owned(), Place::new(source, start, start + raw.len()))
    } else {
        let lead = raw.len() - raw.trim_start_matches(blanks).len();
        let shown = raw.trim_matches(blanks);
        (text.trim_matches(blanks).to_owned(), Place::new(source, start + lead, start + lead + shown.len()))
    };
    if quoted && !(raw.len() > 1 && raw.ends_with('"')) {
        problems.push(
            Problem::new(place.part(0, 1), "a cell in quotes has no end")
                .hint("close the quotes right before the next `,`; a quote inside is written twice: `\"\"`"),
        );
    } else if !quoted && raw.contains('"') {
        let problem = Problem::new(place.clone(), "a quote inside a cell without quotes");
        problems.push(match place.text().starts_with('"') {
            true => problem.hint("remove the blanks before the quotes: they begin right after the comma"),
            false => problem.hint("put the whole cell in quotes, and write each quote inside twice: `\"\"`"),
        });
    }
    Node { value: Value::Scalar(Scalar { quoted: quoted && text.is_empty(), text, cell: true }), place }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Parsed {
        parse(&Source::new("rows.csv", text))
    }

    fn problems(text: &str) -> Vec<String> {
        parsed(text).problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_cell_knows_its_place() {
        let text = "\u{FEFF}name, phone ,note\r\n\r\n李娜, 13800138000 ,\"a \"\"b\"\", c\nd\"\r\nlast,,\"\"";
        let tree = parsed(text).documents.remove(0);
        let rows = tree.items().unwrap();
        let shown = |row: usize, column: &str| {
            let node = rows[row].get(column).unwrap();
            (node.text().map(str::to_owned), node.place.text().to_owned(), node.place.line(), node.place.column())
        };
        assert_eq!(shown(0, "name"), (Some("李娜".into()), "李娜".into(), 3, 1));
        assert_eq!(shown(0, "phone"), (Some("13800138000".into()), "13800138000".into(), 3, 5));
        assert_eq!(shown(0, "note"), (Some("a \"b\", c\nd".into()), "\"a \"\"b\"\", c\nd\"".into(), 3, 18));
        assert_eq!(shown(1, "name"), (Some("last".into()), "last".into(), 5, 1));
        assert_eq!(shown(1, "phone"), (None, String::new(), 5, 6));
        assert_eq!(shown(1, "note"), (Some(String::new()), "\"\"".into(), 5, 7));
        assert_eq!((rows[0].place.line(), rows[0].place.last_line()), (3, 4));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_cell_and_all_of_it() {
        assert_eq!(
            problems("name,a,a,\none,1\ntwo,1,\"2\"x,3\nthree,\"1\"\"\",2,3\nfour,4\"\",\"5,6"),
            [
                "rows.csv:1:8: a second column `a`",
                "rows.csv:1:10: a column without a name",
                "rows.csv:2:1: 2 cells, but 4 in the header",
                "rows.csv:3:7: a cell in quotes has no end",
                "rows.csv:5:6: a quote inside a cell without quotes",
                "rows.csv:5:10: a cell in quotes has no end",
            ]
        );
        assert_eq!(problems("name;wait\n"), ["rows.csv:1:1: the header has a single column"]);
        assert_eq!(problems("\n\n"), ["rows.csv:1:1: the file is empty"]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_read_panics_and_every_place_is_in_the_text(text in "[ab,\"\r\n名 ]{0,40}") {
            let source = Source::new("rows.csv", text.clone());
            for document in parse(&source).documents {
                for row in document.items().unwrap() {
                    for entry in row.entries().unwrap() {
                        prop_assert!(text.get(entry.node.place.start()..entry.node.place.end()).is_some());
                    }
                }
            }
        }
    }
}
