//! A sequence diagram as Mermaid text, which GitHub, GitLab and editors draw.

use std::fmt::Write as _;

use super::diagram::{Diagram, EventKind};
use super::words::{party, time_of_day};
use crate::run::CaseResult;

/// The diagram of a case; `None` where nothing was recorded, or nobody asked anybody.
pub fn mermaid(case: &CaseResult) -> Option<String> {
    let Diagram { lanes, events } = Diagram::of(case);
    let (first, last) = (lanes.first()?, lanes.last()?);
    let mut text = "sequenceDiagram\n".to_owned();
    for lane in &lanes {
        let _ = writeln!(text, "  participant {} as {}", lane.name(), party(*lane));
    }
    for event in &events {
        let said = escaped(&event.text);
        let _ = match event.kind {
            EventKind::Step => {
                let over =
                    if first == last { first.name().to_owned() } else { format!("{},{}", first.name(), last.name()) };
                let time = event.at.map_or_else(String::new, |at| format!("{} ", time_of_day(at)));
                let mark = if event.failed { "✗ " } else { "" };
                writeln!(text, "  Note over {over}: {mark}{time}{said}")
            }
            EventKind::Call { from, to } => writeln!(text, "  {}->>{}: {said}", from.name(), to.name()),
            EventKind::Answer { from, to, refused: false } => {
                writeln!(text, "  {}-->>{}: {said}", from.name(), to.name())
            }
            EventKind::Answer { from, to, refused: true } => {
                writeln!(text, "  {}--x{}: {said}", from.name(), to.name())
            }
        };
    }
    Some(text)
}

/// What Mermaid would read as something else is written by its number.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        match character {
            '#' | ';' | '<' | '>' | '"' | '`' | '{' | '}' | '%' => {
                let _ = write!(out, "#{};", u32::from(character));
            }
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_mermaid_is_written_by_its_number() {
        assert_eq!(escaped("a;b #1 <x>\n‹code 1›"), "a#59;b #35;1 #60;x#62; ‹code 1›");
    }
}
