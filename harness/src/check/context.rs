//! What every part of the check needs: where to put problems, and what is known around the place being read.

use serde_json::Value;

use crate::problem::{Problem, suggestion};
use crate::source::Place;
use crate::yaml::{Entry, Node};

/// What is known around the place being read, and what was found wrong so far.
#[derive(Debug)]
pub(super) struct Context<'a> {
    /// What was found wrong.
    pub(super) problems: Vec<Problem>,
    /// What `$case` can name here.
    pub(super) columns: Columns<'a>,
    /// What `$matrix` can name here.
    pub(super) axes: Columns<'a>,
    /// Who and what there is in the world, as far as it is known.
    pub(super) cast: Cast,
}

/// What `$case` or `$matrix` can name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Columns<'a> {
    /// A scenario without `cases:`, or without `matrix:`.
    None,
    /// A flow, which has no cases of its own.
    Flow,
    /// Any: what is wrong with `cases:` or `matrix:` was reported.
    Unknown,
    /// The columns of a scenario's `cases:`, the axes of its `matrix:`; those that exist have been put in place already.
    Named(&'a [String]),
}

impl<'a> Context<'a> {
    /// A context in which `$matrix` can name as much as `$case`.
    pub(super) fn new(columns: Columns<'a>, cast: Cast) -> Self {
        Self { problems: Vec::new(), columns, axes: columns, cast }
    }

    /// Notes a problem.
    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The entries of a mapping; anything else is a problem, told with `example`.
    pub(super) fn mapping<'n>(&mut self, node: &'n Node, what: &str, example: &str) -> Option<&'n [Entry]> {
        let entries = node.entries();
        if entries.is_none() {
            self.report(wrong_kind(node, what, "a mapping", example));
        }
        entries
    }

    /// The items of a list; anything else is a problem, told with `example`.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str, example: &str) -> Option<&'n [Node]> {
        let items = node.items();
        if items.is_none() {
            self.report(wrong_kind(node, what, "a list", example));
        }
        items
    }

    /// The text of a scalar; anything else is a problem, told with `example`.
    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str, example: &str) -> Option<&'n str> {
        let text = node.text();
        if text.is_none() {
            self.report(wrong_kind(node, what, "a text", example));
        }
        text
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, node: &Node, what: &str, example: &str) -> Vec<String> {
        let items = self.list(node, what, example).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| self.text(item, &format!("each of {what}"), example))
            .map(str::to_owned)
            .collect()
    }

    /// Reports every key that is not one of `known`.
    pub(super) fn only_keys(&mut self, entries: &[Entry], known: &[&str], of_what: &str) {
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.name.as_str())) {
            self.report(unknown_key(&entry.key.name, &entry.key.place, of_what, known.iter().copied()));
        }
    }
}

/// `what` is not the `kind` it has to be.
pub(super) fn wrong_kind(node: &Node, what: &str, kind: &str, example: &str) -> Problem {
    Problem::new(node.place.clone(), format!("{what} must be {kind}"))
        .label(format!("this is {}", node.kind_name()))
        .hint(format!("write `{example}`"))
}

/// A key that is not known here.
pub(super) fn unknown_key<'k>(
    name: &str,
    place: &Place,
    of_what: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Problem {
    let problem = Problem::new(place.clone(), format!("unknown key `{name}`")).label(format!("not a key of {of_what}"));
    match suggestion(name, known) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// The persons, mini programs and applications of a world; `None` where the world takes any, or is not known.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    /// Names of persons.
    pub(super) people: Option<Vec<String>>,
    /// Appids.
    pub(super) apps: Option<Vec<String>>,
    /// Names of applications, and their client ids.
    pub(super) applications: Option<Vec<String>>,
}

impl Cast {
    /// The cast of a world file.
    pub(super) fn of(world: &Value) -> Self {
        let object = |path: &str| world.pointer(path).and_then(Value::as_object).filter(|object| !object.is_empty());
        let people = object("/wechat/people").map(|people| people.keys().cloned().collect());
        let apps = world
            .pointer("/wechat/mini_programs")
            .and_then(Value::as_array)
            .filter(|apps| !apps.is_empty())
            .map(|apps| apps.iter().filter_map(|app| app.get("appid")?.as_str()).map(str::to_owned).collect());
        let applications = object("/idaas/applications").map(|applications| {
            let ids = applications.values().filter_map(|application| application.get("client_id")?.as_str());
            applications.keys().map(String::as_str).chain(ids).map(str::to_owned).collect()
        });
        Self { people, apps, applications }
    }
}
