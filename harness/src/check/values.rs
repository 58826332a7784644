//! From nodes to templates: references found, kinds of arguments checked.

use sim::{ArtefactKind, Life, Moment};

use super::context::{Columns, Context, wrong_kind};
use crate::language::{Kind, Piece, Reference, Root, SyntaxError, Template, TemplateKind};
use crate::problem::{Problem, closest, suggestion};
use crate::source::Place;
use crate::yaml::{Meaning, Node, Scalar, Value};

impl Context<'_> {
    /// A value as its kind reads it.
    pub(super) fn value(&mut self, node: &Node, what: &str, kind: Kind) -> Template {
        if node.is_null() {
            return Template { kind: TemplateKind::Null, place: node.place.clone() };
        }
        match kind {
            Kind::Any => self.any(node),
            Kind::Mapping | Kind::Headers => {
                let template = self.any_or_texts(node, kind == Kind::Headers);
                if !matches!(template.kind, TemplateKind::Mapping(_) | TemplateKind::Reference(_)) {
                    self.report(wrong_kind(node, what, "a mapping", "{ name: value }"));
                }
                template
            }
            _ => self.single(node, what, kind),
        }
    }

    fn any_or_texts(&mut self, node: &Node, texts: bool) -> Template {
        match node.entries().filter(|_| texts) {
            Some(entries) => {
                let fields = entries
                    .iter()
                    .map(|entry| {
                        (entry.key.name.clone(), self.value(&entry.node, &format!("`{}`", entry.key.name), Kind::Text))
                    })
                    .collect();
                Template { kind: TemplateKind::Mapping(fields), place: node.place.clone() }
            }
            None => self.any(node),
        }
    }

    /// A value read by YAML's own rules.
    pub(super) fn any(&mut self, node: &Node) -> Template {
        let kind = match &node.value {
            Value::Scalar(scalar) if scalar.cell && !node.is_null() => self.references(scalar, &node.place),
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => TemplateKind::Null,
                Meaning::Bool(value) => TemplateKind::Bool(value),
                Meaning::Number(number) => TemplateKind::Number(number),
                Meaning::Text => self.references(scalar, &node.place),
            },
            Value::Sequence(items) => TemplateKind::Sequence(items.iter().map(|item| self.any(item)).collect()),
            Value::Mapping(entries) => TemplateKind::Mapping(
                entries.iter().map(|entry| (entry.key.name.clone(), self.any(&entry.node))).collect(),
            ),
        };
        Template { kind, place: node.place.clone() }
    }

    /// The same where a number can be meant: then also a cell of a table is one, if it looks like one.
    pub(super) fn by_looks(&mut self, node: &Node) -> Template {
        match node.scalar().filter(|scalar| scalar.cell).map(Scalar::meaning) {
            Some(Meaning::Number(number)) => Template { kind: TemplateKind::Number(number), place: node.place.clone() },
            Some(Meaning::Bool(value)) => Template { kind: TemplateKind::Bool(value), place: node.place.clone() },
            _ => self.any(node),
        }
    }

    /// A single value: what has no reference in it is checked now.
    fn single(&mut self, node: &Node, what: &str, kind: Kind) -> Template {
        let (kind_name, example) = kind_words(kind);
        let Some(scalar) = node.scalar() else {
            self.report(wrong_kind(node, what, kind_name, example));
            return self.any(node);
        };
        let template = Template { kind: self.references(scalar, &node.place), place: node.place.clone() };
        let TemplateKind::Text(text) = &template.kind else { return template };
        let problem = match kind {
            Kind::Bool | Kind::Number => {
                let template = self.by_looks(node);
                let fits = if kind == Kind::Bool {
                    matches!(template.kind, TemplateKind::Bool(_))
                } else {
                    matches!(template.kind, TemplateKind::Number(_))
                };
                if !fits {
                    self.report(wrong_kind(node, what, kind_name, example));
                }
                return template;
            }
            Kind::Duration => text.parse::<Life>().err().map(|_| wrong_kind(node, what, kind_name, example)),
            Kind::Time => Moment::parse_rfc3339(text).err().map(|_| wrong_kind(node, what, kind_name, example)),
            Kind::Person => unknown(&node.place, "person", text, self.cast.people.as_deref()),
            Kind::App => unknown(&node.place, "mini program", text, self.cast.apps.as_deref()),
            Kind::Application => unknown(&node.place, "application", text, self.cast.applications.as_deref()),
            Kind::ArtefactKind => {
                let kinds: Vec<&str> = ArtefactKind::ALL.into_iter().map(ArtefactKind::name).collect();
                (!kinds.contains(&text.as_str())).then(|| {
                    Problem::new(node.place.clone(), format!("unknown kind of artefact `{text}`"))
                        .suggest(text, kinds.iter().copied())
                })
            }
            Kind::OneOf(known) => (!known.contains(&text.as_str())).then(|| {
                Problem::new(node.place.clone(), format!("{what} cannot be `{text}`"))
                    .label("not one of its values")
                    .suggest(text, known.iter().copied())
            }),
            Kind::Text | Kind::Headers | Kind::Mapping | Kind::Any => None,
        };
        if let Some(problem) = problem {
            self.report(problem);
        }
        template
    }

    /// The references in a text.
    fn references(&mut self, scalar: &Scalar, place: &Place) -> TemplateKind {
        match references(&scalar.text, place) {
            Ok(kind) => {
                self.check_case(&kind);
                kind
            }
            Err(problem) => {
                self.report(*problem);
                TemplateKind::Text(scalar.text.clone())
            }
        }
    }

    /// What is left of `$case` and `$matrix` after the case was put in place names nothing.
    fn check_case(&mut self, kind: &TemplateKind) {
        let mut found = Vec::new();
        let mut note = |reference: &Reference| match reference.root {
            Root::Case => found.push((self.columns, reference.clone())),
            Root::Matrix => found.push((self.axes, reference.clone())),
            Root::Saved | Root::With => {}
        };
        match kind {
            TemplateKind::Reference(reference) => note(reference),
            TemplateKind::Joined(pieces) => pieces.iter().for_each(|piece| {
                if let Piece::Reference(reference) = piece {
                    note(reference);
                }
            }),
            _ => {}
        }
        for (known, reference) in found {
            self.problems.extend(names_nothing(known, reference));
        }
    }
}

/// What is wrong with a `$case.…` or `$matrix.…` of which `known` can be named.
fn names_nothing(known: Columns<'_>, reference: Reference) -> Option<Problem> {
    let is_case = reference.root == Root::Case;
    let (root, what) = if is_case { ("case", "column") } else { ("matrix", "axis") };
    let name = &reference.name;
    Some(match known {
        Columns::Unknown => return None,
        Columns::None if is_case => {
            Problem::new(reference.place, format!("`$case.{name}` in a scenario without cases"))
                .hint("add `cases: [ { name: …, … } ]`")
        }
        Columns::None => Problem::new(reference.place, format!("`$matrix.{name}` in a scenario without a matrix"))
            .hint(format!("add `matrix: {{ {name}: [one, other] }}`")),
        Columns::Flow => Problem::new(reference.place, format!("a flow does not see `${root}.{name}`"))
            .hint(format!("give the flow an input, and pass the {what} in `with:`")),
        Columns::Named(names) if names.contains(name) => {
            let label = if is_case { "not in every row of `cases`" } else { "not in every value of the axis" };
            Problem::new(reference.place, format!("`{name}` has no such part")).label(label)
        }
        Columns::Named(names) => Problem::new(reference.place, format!("unknown {what} `${root}.{name}`"))
            .suggest(name, names.iter().map(String::as_str)),
    })
}

fn unknown(place: &Place, what: &str, name: &str, known: Option<&[String]>) -> Option<Problem> {
    let known = known?;
    if known.iter().any(|known| known == name) {
        return None;
    }
    let problem =
        Problem::new(place.clone(), format!("unknown {what} `{name}`")).label(format!("the world has no such {what}"));
    Some(match suggestion(name, known.iter().map(String::as_str)) {
        Some(hint) => problem.hint(hint),
        None => problem,
    })
}

/// The name of a kind in a message, and an example of it.
fn kind_words(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Bool => ("true or false", "true"),
        Kind::Number => ("a number", "7"),
        Kind::Duration => ("a duration", "4m59s"),
        Kind::Time => ("a time", "2026-03-01T09:00:00Z"),
        Kind::Headers | Kind::Mapping => ("a mapping", "{ name: value }"),
        Kind::Text | Kind::Person | Kind::App | Kind::Application | Kind::ArtefactKind | Kind::OneOf(_) | Kind::Any => {
            ("a single value", "$name")
        }
    }
}

/// Reads the references in a text: `$name` alone, `${name}` inside a longer one, `$$` for a dollar.
///
/// # Errors
/// The problem with the first thing that looks like a reference and is none.
pub(super) fn references(text: &str, place: &Place) -> Result<TemplateKind, Box<Problem>> {
    if !text.contains('$') {
        return Ok(TemplateKind::Text(text.to_owned()));
    }
    if let Some(rest) = text.strip_prefix('$')
        && Reference::may_start(rest)
    {
        return match Reference::read(rest, place) {
            Ok((reference, "")) => Ok(TemplateKind::Reference(reference)),
            Ok((reference, after)) => Err(Box::new(
                Problem::new(place.clone(), format!("`{text}` is not a reference"))
                    .label(format!("`{after}` does not belong to one"))
                    .hint(format!(
                        "inside a longer text write `${{{}}}`; for a dollar sign write `$$`",
                        &reference.to_string()[1..]
                    )),
            )),
            Err(error) => Err(Box::new(not_a_reference(text, &error, place))),
        };
    }
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(after) = after.strip_prefix('$') {
            plain.push('$');
            rest = after;
        } else if let Some(inside) = after.strip_prefix('{') {
            let (reference, after) =
                Reference::read(inside, place).map_err(|error| Box::new(not_a_reference(text, &error, place)))?;
            let Some(after) = after.strip_prefix('}') else {
                let problem = Problem::new(place.clone(), format!("`${{` without its `}}` in `{text}`"));
                return Err(Box::new(problem.hint("for a dollar sign write `$$`")));
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Reference(reference));
            rest = after;
        } else {
            plain.push('$');
            rest = after;
        }
    }
    plain.push_str(rest);
    if pieces.is_empty() {
        return Ok(TemplateKind::Text(plain));
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(TemplateKind::Joined(pieces))
}

fn not_a_reference(text: &str, error: &SyntaxError, place: &Place) -> Problem {
    Problem::new(place.clone(), format!("`{text}` is not a reference"))
        .label(format!("{} is missing", error.expected))
        .hint("references look like `$name` or `$name.field[0]`; for a dollar sign write `$$`")
}

/// `did you mean `$code`?` for a reference that names nothing.
pub(super) fn suggest_reference<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(close) = closest(name, known.clone()) {
        return Some(format!("did you mean `${close}`?"));
    }
    let known: Vec<String> = known.into_iter().map(|name| format!("${name}")).collect();
    (!known.is_empty() && known.len() <= 16).then(|| format!("saved before: {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::language::Scope;
    use crate::source::Source;

    fn evaluate(text: &str) -> Result<serde_json::Value, String> {
        let place = Place::beginning(&Source::new("t", text));
        let kind = references(text, &place).map_err(|problem| problem.title)?;
        let mut scope = Scope::new();
        scope.set("a", serde_json::json!({"b": [7]}));
        scope.set("s", serde_json::json!("x"));
        Template { kind, place }.evaluate(&scope).map_err(|error| error.to_string())
    }

    #[test]
    fn a_bare_reference_keeps_its_type_and_an_embedded_one_becomes_text() {
        assert_eq!(evaluate("$a.b[0]"), Ok(7.into()));
        assert_eq!(evaluate("n${a.b[0]}${s}!"), Ok("n7x!".into()));
        assert_eq!(evaluate("${a.b}"), Ok("[7]".into()));
    }

    #[test]
    fn two_dollars_are_one_and_a_lone_one_is_itself() {
        assert_eq!(evaluate("$$a"), Ok("$a".into()));
        assert_eq!(evaluate("5$ and $5 and a$"), Ok("5$ and $5 and a$".into()));
        assert_eq!(evaluate("$${a}"), Ok("${a}".into()));
    }

    #[test]
    fn what_looks_like_a_reference_and_is_none_is_refused() {
        assert_eq!(evaluate("$a b").unwrap_err(), "`$a b` is not a reference");
        assert_eq!(evaluate("x${a").unwrap_err(), "`${` without its `}` in `x${a`");
        assert_eq!(evaluate("$a.").unwrap_err(), "`$a.` is not a reference");
        assert_eq!(evaluate("$zzz").unwrap_err(), "`$zzz` has no value");
    }

    proptest! {
        #[test]
        fn any_text_with_its_dollars_doubled_is_itself(text in "[a-z${}.]{0,20}") {
            prop_assert_eq!(evaluate(&text.replace('$', "$$")), Ok(text.into()));
        }
    }
}
