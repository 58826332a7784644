//! What is wrong with a text, and where: one type for every error with a place.
//!
//! A problem is shown as an excerpt with carets, and says the way out when there is one:
//!
//! ```text
//! error: unknown key `expct`
//!  --> scenarios/a.yaml:6:5
//!   |
//! 6 |     expct: { status: SUCCESS }
//!   |     ^^^^^ not a key of a step
//!   |
//!   = help: did you mean `expect`?
//! ```

use std::fmt;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::source::{Place, Source};

/// Something wrong at a place.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, in lower case and without a full stop.
    pub title: String,
    /// What to write under the carets.
    pub label: Option<String>,
    /// Other places that belong to it, each with its label.
    pub also: Vec<(Place, String)>,
    /// The way out.
    pub hint: Option<String>,
}

/// How a problem is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For files, pipes and tests.
    Plain,
    /// With the terminal's colours.
    Coloured,
}

/// Texts with a longer line than this are shown cut: only the lines that matter, and only the part around the carets.
const LONGEST_LINE: usize = 400;

impl Problem {
    /// A problem at `place`; `title` in lower case and without a full stop.
    pub fn new(place: Place, title: impl Into<String>) -> Self {
        let mut title = title.into();
        if title.len() > LONGEST_LINE {
            // A name of a megabyte is part of the title: nobody reads it to its end.
            title.truncate(floor_boundary(&title, LONGEST_LINE / 2));
            title.push('…');
        }
        Self { place, title, label: None, also: Vec::new(), hint: None }
    }

    /// What to write under the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another place that belongs to it.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }

    /// The way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with `did you mean …?` as its hint when one of `known` is close to `name`; else with the list, if it is short.
    #[must_use]
    pub fn suggest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match suggestion(name, known) {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// The problem as people read it, without a line break at the end.
    pub fn render(&self, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        let mut group = Group::with_title(Level::ERROR.primary_title(self.title.as_str()));
        if self.place.source().text().is_empty() {
            group = group.element(Origin::path(self.place.source().name()));
        } else {
            for excerpt in self.excerpts() {
                group = excerpt.add_to(group);
            }
        }
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let rendered = renderer.render(&[group]);
        match self.cut() {
            // The excerpt of a cut line knows its own column only.
            Some(cut) => rendered.replacen(
                &format!("{}:{}:{}", self.place.source().name(), self.place.line(), cut.column),
                &self.place.to_string(),
                1,
            ),
            None => rendered,
        }
    }

    fn cut(&self) -> Option<Cut> {
        let line = self.place.source().line(self.place.line());
        (line.len() > LONGEST_LINE).then(|| Cut::of(&self.place))
    }

    /// One excerpt per text, the problem's own first.
    fn excerpts(&self) -> Vec<Excerpt<'_>> {
        let mut excerpts = vec![Excerpt {
            source: self.place.source(),
            marks: vec![(AnnotationKind::Primary, &self.place, self.label.as_deref())],
        }];
        for (place, label) in &self.also {
            let mark = (AnnotationKind::Context, place, Some(label.as_str()));
            match excerpts.iter_mut().find(|excerpt| std::ptr::eq(excerpt.source, &**place.source())) {
                Some(excerpt) => excerpt.marks.push(mark),
                None => excerpts.push(Excerpt { source: place.source(), marks: vec![mark] }),
            }
        }
        excerpts
    }
}

struct Excerpt<'a> {
    source: &'a Source,
    marks: Vec<(AnnotationKind, &'a Place, Option<&'a str>)>,
}

impl<'a> Excerpt<'a> {
    fn add_to(self, group: Group<'a>) -> Group<'a> {
        let first = self.marks.iter().map(|(_, place, _)| place.line()).min().unwrap_or(1);
        let last = self.marks.iter().map(|(_, place, _)| self.shown_end(place).1).max().unwrap_or(first);
        if (first..=last).any(|line| self.source.line(line).len() > LONGEST_LINE) {
            return self.marks.iter().fold(group, |group, mark| add_cut(group, self.source, mark));
        }
        let offset = self.source.line_start(first);
        let text = self.source.text().get(offset..self.source.line_start(last + 1)).unwrap_or_default();
        let marks = self.marks.iter().map(|(kind, place, label)| {
            let end = self.shown_end(place).0;
            kind.span(place.start() - offset..end - offset).label(*label)
        });
        let snippet = Snippet::source(text).path(self.source.name()).line_start(first).annotations(marks);
        group.element(Element::Cause(snippet))
    }

    /// Where the carets of a place end, and on which line: with its first line, so that a whole block is not underlined.
    fn shown_end(&self, place: &Place) -> (usize, usize) {
        let line = place.line();
        let line_end = self.source.line_start(line) + self.source.line(line).len();
        (place.end().min(line_end).max(place.start()), line)
    }
}

/// A line that is too long for a terminal: the part around the place.
fn add_cut<'a>(
    group: Group<'a>,
    source: &Source,
    (kind, place, label): &(AnnotationKind, &'a Place, Option<&'a str>),
) -> Group<'a> {
    let cut = Cut::of(place);
    let mark = kind.span(cut.start..cut.end).label(*label);
    let snippet = Snippet::source(cut.text).path(source.name()).line_start(place.line()).annotation(mark);
    group.element(Element::Cause(snippet))
}

/// The part of a line around a place, and where in it the place is.
struct Cut {
    text: String,
    start: usize,
    end: usize,
    column: usize,
}

impl Cut {
    fn of(place: &Place) -> Self {
        let source = place.source();
        let line = source.line(place.line());
        let at = (place.start() - source.line_start(place.line())).min(line.len());
        let from = floor_boundary(line, at.saturating_sub(40));
        let to = floor_boundary(line, (at + 60).min(line.len()));
        let marked_to = floor_boundary(line, (at + place.end() - place.start()).min(to)).max(at);
        let lead = if from > 0 { "…" } else { "" };
        let tail = if to < line.len() { "…" } else { "" };
        let shown = line.get(from..to).unwrap_or_default();
        let before = line.get(from..at).unwrap_or_default();
        Self {
            text: format!("{lead}{shown}{tail}"),
            start: at - from + lead.len(),
            end: marked_to - from + lead.len(),
            column: lead.chars().count() + before.chars().count() + 1,
        }
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One line: `a.yaml:6:5: unknown key `expct``.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.title)
    }
}

impl std::error::Error for Problem {}

/// `did you mean `x`?` when one of `known` is close to `name`; the list of them when it is short; else nothing.
pub fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(close) = closest(name, known.iter().copied()) {
        return Some(format!("did you mean `{close}`?"));
    }
    match known.as_slice() {
        [] => None,
        [only] => Some(format!("only `{only}` is known here")),
        some if some.len() <= 16 => Some(format!("known here: {}", some.join(", "))),
        _ => None,
    }
}

/// The one of `known` that is so close to `name` that it was probably meant.
pub fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(wanted.chars().count()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str, start: usize, end: usize) -> Problem {
        Problem::new(Place::new(&Source::new("a.yaml", text), start, end), "something is wrong")
    }

    #[test]
    fn a_problem_is_shown_with_its_place_an_excerpt_and_the_way_out() {
        let problem = problem("one: 1\ntwo: 2\n", 12, 13).label("not this").hint("write `3`");
        insta::assert_snapshot!(problem.render(Style::Plain), @r"
        error: something is wrong
         --> a.yaml:2:6
          |
        2 | two: 2
          |      ^ not this
          |
          = help: write `3`
        ");
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let problem = problem("one: 1\n", 0, 3).label("this").hint("that");
        let coloured = problem.render(Style::Coloured);
        assert!(coloured.contains("\u{1b}["));
        let plain = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(plain, problem.render(Style::Plain));
    }

    #[test]
    fn a_block_is_marked_on_its_first_line_only() {
        let rendered = problem("a:\n  b: 1\n  c: 2\n", 5, 16).render(Style::Plain);
        assert!(rendered.contains("b: 1") && !rendered.contains("c: 2"), "{rendered}");
    }

    #[test]
    fn a_problem_at_the_end_of_a_file_or_in_an_empty_one_is_shown() {
        assert!(problem("a: 1\n", 5, 5).render(Style::Plain).contains("a.yaml:2:1"));
        assert!(problem("", 0, 0).render(Style::Plain).contains("a.yaml"));
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_around_the_place() {
        let text = format!("key: {}名x{}", "a".repeat(500_000), "b".repeat(500_000));
        let rendered = problem(&text, 500_008, 500_009).render(Style::Plain);
        assert!(rendered.len() < 1000, "{}", rendered.len());
        assert!(rendered.contains("a.yaml:1:500007") && rendered.contains("名xbbb"), "{rendered}");
    }

    #[test]
    fn only_what_is_close_is_suggested() {
        let known = ["expect", "save", "note"];
        assert_eq!(suggestion("expct", known).as_deref(), Some("did you mean `expect`?"));
        assert_eq!(suggestion("Save", known).as_deref(), Some("did you mean `save`?"));
        assert_eq!(suggestion("world", known).as_deref(), Some("known here: expect, save, note"));
        assert_eq!(suggestion("x", []), None);
    }
}
