//! What is wrong with files, for editors and for GitHub's runners.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::github;
use crate::problem::Problem;
use crate::source::Place;

/// A list with an object for each problem.
pub fn problems_json(problems: &[Problem]) -> Value {
    problems.iter().map(object).collect()
}

fn object(problem: &Problem) -> Value {
    let mut object = with_place(&problem.place);
    object["title"] = json!(problem.title);
    object["label"] = json!(problem.label);
    object["hint"] = json!(problem.hint);
    object["also"] = problem
        .also
        .iter()
        .map(|(place, label)| {
            let mut also = with_place(place);
            also["label"] = json!(label);
            also
        })
        .collect();
    object
}

fn with_place(place: &Place) -> Value {
    let (end_line, end_column) = place.end_position();
    json!({
        "file": place.source().name(),
        "line": place.line(),
        "column": place.column(),
        "end_line": end_line,
        "end_column": end_column,
    })
}

/// Annotations: a line for each problem, which GitHub shows in the file.
pub fn problem_annotations(problems: &[Problem]) -> String {
    problems.iter().map(annotation).collect()
}

fn annotation(problem: &Problem) -> String {
    let mut message = problem.title.clone();
    if let Some(label) = &problem.label {
        let _ = write!(message, ": {label}");
    }
    for (place, label) in &problem.also {
        let _ = write!(message, "\n{place}: {label}");
    }
    if let Some(hint) = &problem.hint {
        let _ = write!(message, "\nhint: {hint}");
    }
    github::error(&problem.place.source().name(), problem.place.line(), problem.place.column(), None, &message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_problem_is_one_line_for_github_and_an_object_for_editors() {
        let source = Source::new("a,b/名 1%.yaml", "one: 1\ntwo: [名,\n  3]\n");
        let problem = Problem::new(Place::new(&source, 7, 10), "100% wrong:\nreally")
            .label("this")
            .also(Place::new(&source, 12, 22), "and that")
            .hint("write `one`");
        insta::assert_snapshot!(
            problem_annotations(std::slice::from_ref(&problem)),
            @"::error file=a%2Cb/名 1%25.yaml,line=2,col=1::100%25 wrong:%0Areally: this%0Aa,b/名 1%25.yaml:2:6: and that%0Ahint: write `one`"
        );
        let told = problems_json(&[problem]);
        assert_eq!(told[0]["title"], "100% wrong:\nreally");
        let ends =
            |at: &Value| (at["line"].clone(), at["column"].clone(), at["end_line"].clone(), at["end_column"].clone());
        assert_eq!(ends(&told[0]), (json!(2), json!(1), json!(2), json!(4)));
        assert_eq!(ends(&told[0]["also"][0]), (json!(2), json!(6), json!(3), json!(5)));
    }

    #[test]
    fn nothing_wrong_is_an_empty_list_and_no_line() {
        assert_eq!(problems_json(&[]), json!([]));
        assert_eq!(problem_annotations(&[]), "");
    }
}
