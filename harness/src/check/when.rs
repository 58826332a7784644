//! From nodes to conditions: `when: { $visit.status: SOCIAL_BIND }`.
//!
//! The keys of the mapping are references, and everything else in a file has its references in values. So the mapping is
//! first spread out into a list in which they are values too; that is the form in which `$case` is put in place.

use super::context::{Cast, Context, wrong_kind};
use super::values::references;
use crate::language::{Condition, Root, TemplateKind, When};
use crate::problem::Problem;
use crate::yaml::{Entry, Key, Node, Scalar, Value};

const EXAMPLE: &str = "when: { $visit.status: SOCIAL_BIND }";
/// The keys of the spread form. They are not for people, so that they look like nothing that people write.
const SUBJECT: &str = "$subject";
const WANTED: &str = "$wanted";

/// The list form of a mapping whose keys are references; `None` for anything else.
pub(super) fn spread(node: &Node) -> Option<Node> {
    let entries = node.entries().filter(|entries| !entries.is_empty())?;
    if !entries.iter().all(|entry| entry.key.name.starts_with('$') && entry.key.name != SUBJECT) {
        return None;
    }
    let entry_of = |name: &str, of: &Entry, node: Node| Entry {
        key: Key { name: name.to_owned(), place: of.key.place.clone() },
        node,
    };
    let item = |entry: &Entry| {
        let name = Scalar { text: entry.key.name.clone(), quoted: false, cell: false };
        let subject = Node { value: Value::Scalar(name), place: entry.key.place.clone() };
        let pair = vec![entry_of(SUBJECT, entry, subject), entry_of(WANTED, entry, entry.node.clone())];
        Node { value: Value::Mapping(pair), place: entry.key.place.to(&entry.node.place) }
    };
    Some(Node { value: Value::Sequence(entries.iter().map(item).collect()), place: node.place.clone() })
}

/// One condition of a spread `when`.
#[derive(Debug)]
pub(super) struct Pair {
    /// What was written as the key, though a case may have put a value in its place.
    pub(super) name: Entry,
    /// What is wanted of it.
    pub(super) wanted: Node,
}

impl Pair {
    /// The key as it is written in the file.
    fn written(&self) -> String {
        self.name.key.place.text().trim_matches(['"', '\'']).to_owned()
    }

    /// What two conditions that are the same have in common.
    pub(super) fn text(&self) -> String {
        format!("{}: {}", self.written(), self.wanted.to_json())
    }
}

/// The conditions of a `when`, as far as it is in order.
pub(super) fn pairs(node: &Node) -> Vec<Pair> {
    let spread = spread(node);
    let items = spread.as_ref().unwrap_or(node).items().unwrap_or_default();
    let pair = |item: &Node| Some(Pair { name: item.entry(SUBJECT)?.clone(), wanted: item.get(WANTED)?.clone() });
    items.iter().filter_map(pair).collect()
}

/// Under which conditions a step runs, as far as that is known before the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    /// The conditions as texts; those that hold for certain are left out.
    conditions: Vec<String>,
    /// The saved names that the conditions look at: where the step runs, they have a value.
    looks_at: Vec<String>,
    /// Whether the step is skipped for certain.
    pub(super) never: bool,
}

impl Guard {
    /// The guard of a step.
    pub(super) fn of(step: &Node, context: &Context<'_>) -> Self {
        let Some(node) = step.get("when") else { return Self::default() };
        // What is wrong with it is told by who reads the step.
        let mut aside = Context::new(context.columns, Cast::default());
        aside.axes = context.axes;
        let Some(when) = read(node, &mut aside) else { return Self::default() };
        let mut guard = Self { never: when.constant() == Some(false), ..Self::default() };
        for (pair, condition) in pairs(node).iter().zip(&when.conditions) {
            if condition.constant() != Some(true) {
                guard.conditions.push(pair.text());
            }
            if let TemplateKind::Reference(reference) = &condition.subject.kind
                && reference.root == Root::Saved
                && !condition.fits_nothing()
            {
                guard.looks_at.push(reference.name.clone());
            }
        }
        guard
    }

    /// Whether there is any condition.
    pub(super) fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether what is saved as `name` under the conditions of `other` is there wherever a step of this guard runs.
    pub(super) fn assures(&self, name: &str, other: &Self) -> bool {
        self.looks_at.iter().any(|looked_at| looked_at == name)
            || other.conditions.iter().all(|condition| self.conditions.contains(condition))
    }

    /// Whether both have the same conditions.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.conditions == other.conditions
    }

    /// The conditions, for people.
    pub(super) fn told(&self) -> String {
        self.conditions.join(" and ")
    }
}

/// The reference that a condition looks at.
pub(super) fn subject(pair: &Pair) -> Option<crate::language::Reference> {
    match references(pair.name.node.text()?, &pair.name.node.place) {
        Ok(TemplateKind::Reference(reference)) => Some(reference),
        _ => None,
    }
}

/// Reads what stands after `when:`.
pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Option<When> {
    let pairs = pairs(node);
    if pairs.is_empty() {
        context.report(match node.entries() {
            Some([_, ..]) => not_a_reference(node),
            _ => wrong_kind(node, "`when`", "a mapping of references", EXAMPLE),
        });
        return None;
    }
    let conditions = pairs.into_iter().map(|pair| Condition {
        name: pair.written(),
        place: pair.name.key.place.clone(),
        subject: context.any(&pair.name.node),
        matcher: context.matcher(&pair.wanted),
    });
    Some(When { conditions: conditions.collect() })
}

fn not_a_reference(node: &Node) -> Problem {
    let entries = node.entries().unwrap_or_default();
    let wrong = entries.iter().find(|entry| !entry.key.name.starts_with('$'));
    match wrong {
        Some(entry) => {
            let name = &entry.key.name;
            let problem = Problem::new(entry.key.place.clone(), format!("`when` cannot look at `{name}`"))
                .label("not a reference");
            problem.hint(format!("name what is looked at: `{EXAMPLE}`"))
        }
        None => wrong_kind(node, "`when`", "a mapping of references", EXAMPLE),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::context::Columns;
    use super::*;
    use crate::language::{Scope, TemplateKind};
    use crate::source::Source;
    use crate::yaml;

    fn when(text: &str) -> When {
        let parsed = yaml::parse(&Source::new("t", text));
        let mut context = Context::new(Columns::Flow, Cast::default());
        let when = read(&parsed.documents[0], &mut context);
        when.unwrap_or_else(|| panic!("{:?}", context.problems))
    }

    fn unmet(text: &str, scope: &Scope) -> Option<String> {
        when(text).unmet(scope).map(|unmet| format!("{} wanted {}", unmet.name, unmet.wanted))
    }

    #[test]
    fn a_condition_holds_for_a_value_that_fits_and_for_no_other() {
        let mut scope = Scope::new();
        scope.set("visit", json!({ "status": "SUCCESS", "expire": 7 }));
        assert_eq!(unmet("{ $visit.status: SUCCESS }", &scope), None);
        assert_eq!(unmet("{ $visit.status: SUCCESS, $visit.expire: { gt: 6 } }", &scope), None);
        let second = unmet("{ $visit.status: SUCCESS, $visit.expire: { gt: 7 } }", &scope);
        assert_eq!(second.as_deref(), Some("$visit.expire wanted > 7"));
    }

    #[test]
    fn what_was_never_saved_is_absent() {
        let scope = Scope::new();
        assert_eq!(unmet("{ $pending: { is: absent } }", &scope), None);
        assert!(unmet("{ $pending: { is: present } }", &scope).is_some());
        assert!(unmet("{ $pending: { not: x } }", &scope).is_some());
    }

    #[test]
    fn it_is_known_before_the_run_when_nothing_is_left_to_look_up() {
        let literal = |text: &str, wanted: &str| {
            let mut when = when(&format!("{{ $with.platform: {wanted} }}"));
            when.conditions[0].subject.kind = TemplateKind::Text(text.to_owned());
            when
        };
        assert_eq!(literal("ios", "ios").constant(), Some(true));
        assert_eq!(literal("ios", "android").constant(), Some(false));
        assert_eq!(literal("ios", "$platform").constant(), None);
        let mut both = literal("ios", "android");
        both.conditions.extend(when("{ $a: 1 }").conditions);
        assert_eq!(both.constant(), Some(false));
    }
}
