//! From nodes to expectations.

use regex::Regex;
use sim::{Life, Moment, Party};

use super::context::{Context, wrong_kind};
use crate::language::{
    Expectation, Field, Kind, Matcher, MatcherKind, Order, Pattern, Shape, Template, TemplateKind, shape_names,
};
use crate::problem::Problem;
use crate::yaml::{Entry, Node, Value};

/// The names of matchers.
pub(crate) const MATCHERS: &[(&str, &str)] = &[
    ("is", "a type, a shape, `present` or `absent`"),
    ("not", "there, and not this"),
    ("one_of", "one of a list"),
    ("any", "fits at least one of a list of matchers"),
    ("all", "fits all of a list of matchers"),
    ("matches", "a text with this regular expression in it"),
    ("contains", "a part of a text, items of a list, fields of an object"),
    ("starts_with", "a text that starts so"),
    ("ends_with", "a text that ends so"),
    ("gt", "a number or a time greater than this"),
    ("gte", "a number or a time of at least this"),
    ("lt", "a number or a time less than this"),
    ("lte", "a number or a time of at most this"),
    ("between", "from the first to the second of two, both included"),
    ("near", "not further from this than `within`"),
    ("length", "the length of a text, a list or an object"),
    ("each", "every item of a list that is not empty"),
    ("any_item", "some item of a list"),
    ("equals", "equal to the last field, whatever it looks like"),
    ("exactly", "these fields and no others"),
];

/// The words of ours in an `expect`.
pub(crate) const EXPECT_WORDS: &[(&str, &str)] = &[
    ("error", "the refusal: the tail of `error_code`, the `errcode`, the `errMsg` or the `errno`"),
    ("http_status", "the status"),
    ("header", "headers, by name"),
    ("calls", "exchanges that the step caused, by the party that answered"),
    ("body", "the whole answer, for fields that have the name of one of these words"),
];

impl Context<'_> {
    /// What stands after `expect:`.
    pub(super) fn expectation(&mut self, node: &Node) -> Option<Expectation> {
        let place = node.place.clone();
        let mut expectation = Expectation {
            error: None,
            http_status: None,
            headers: Vec::new(),
            calls: Vec::new(),
            body: None,
            fields: None,
            place,
        };
        let entries = match node.entries() {
            Some([]) => {
                self.report(empty_expect(node));
                return None;
            }
            Some(entries) if !is_matcher(entries) => entries,
            _ if node.is_null() => {
                self.report(empty_expect(node));
                return None;
            }
            _ => {
                expectation.fields = Some(self.matcher(node));
                return Some(expectation);
            }
        };
        let mut rest = Vec::new();
        for entry in entries {
            match entry.key.name.as_str() {
                "error" => expectation.error = Some(self.error(&entry.node)),
                "http_status" => expectation.http_status = Some(self.matcher(&entry.node)),
                "header" => expectation.headers = self.named(&entry.node, "`header`", "{ content-type: text/plain }"),
                "calls" => {
                    expectation.calls = self.named(&entry.node, "`calls`", "{ wechat: 0 }");
                    for field in &expectation.calls {
                        let parties = Party::ALL.map(Party::name);
                        if !parties.contains(&field.name.as_str()) {
                            self.problems.push(
                                Problem::new(field.place.clone(), format!("unknown party `{}`", field.name))
                                    .suggest(&field.name, parties),
                            );
                        }
                    }
                }
                "body" => expectation.body = Some(self.matcher(&entry.node)),
                _ => rest.push(entry.clone()),
            }
        }
        if !rest.is_empty() {
            // One matcher beside words of ours is about the whole answer: `{ http_status: 200, exactly: { … } }`.
            let rest = Node { value: Value::Mapping(rest), place: node.place.clone() };
            expectation.fields = Some(self.matcher(&rest));
        }
        Some(expectation)
    }

    fn error(&mut self, node: &Node) -> Matcher {
        if node.is_null() {
            self.report(
                Problem::new(node.place.clone(), "`error` names no error")
                    .hint("write its name, `LOGIN.1001` or `40163`; for none write `{ is: absent }`"),
            );
        }
        self.matcher(node)
    }

    fn field(&mut self, entry: &Entry) -> Field {
        Field { name: entry.key.name.clone(), place: entry.key.place.clone(), matcher: self.matcher(&entry.node) }
    }

    fn named(&mut self, node: &Node, what: &str, example: &str) -> Vec<Field> {
        let entries = self.mapping(node, what, example).unwrap_or_default();
        if entries.is_empty() && node.entries().is_some() {
            self.report(
                Problem::new(node.place.clone(), format!("{what} is empty: it checks nothing"))
                    .hint(format!("write `{example}`")),
            );
        }
        entries.iter().map(|entry| self.field(entry)).collect()
    }

    /// What is wanted of one value.
    pub(super) fn matcher(&mut self, node: &Node) -> Matcher {
        let kind = match &node.value {
            Value::Scalar(_) => self.value_matcher(node),
            Value::Sequence(items) => MatcherKind::Items(items.iter().map(|item| self.matcher(item)).collect()),
            Value::Mapping(entries) => self.mapping_matcher(node, entries),
        };
        Matcher::new(kind, node.place.clone())
    }

    /// A single value. A cell of a table cannot say whether it is a number or a text: the answer decides.
    fn value_matcher(&mut self, node: &Node) -> MatcherKind {
        let (text, number) = (self.any(node), self.by_looks(node));
        match (&text.kind, &number.kind) {
            (TemplateKind::Text(_), TemplateKind::Number(_) | TemplateKind::Bool(_)) => MatcherKind::Any(
                [number, text].map(|value| Matcher::new(MatcherKind::Value(value), node.place.clone())).into(),
            ),
            _ => MatcherKind::Value(text),
        }
    }

    fn mapping_matcher(&mut self, node: &Node, entries: &[Entry]) -> MatcherKind {
        match entries {
            [] => self.report(
                Problem::new(node.place.clone(), "`{}` fits every object: it checks nothing")
                    .hint("write `{ is: object }`, `{ is: empty }`, or name fields"),
            ),
            [entry] if is_matcher(entries) => return self.one_key(&entry.key.name, node, &entry.node),
            [first, second] if is_near(entries) => {
                let (of, within) = if first.key.name == "near" { (first, second) } else { (second, first) };
                return MatcherKind::Near { of: self.comparable(&of.node, "near"), within: self.within(&within.node) };
            }
            [first, second, ..] if entries.iter().all(|entry| matcher_named(&entry.key.name)) => {
                self.report(
                    Problem::new(second.key.place.clone(), "two matchers in one map")
                        .also(first.key.place.clone(), "the first")
                        .hint(format!(
                            "write `all: [ {{ {}: … }}, {{ {}: … }} ]`; for fields of such names write `equals:`",
                            first.key.name, second.key.name
                        )),
                );
            }
            _ => {}
        }
        MatcherKind::Fields(entries.iter().map(|entry| self.field(entry)).collect())
    }

    fn one_key(&mut self, name: &str, whole: &Node, node: &Node) -> MatcherKind {
        match name {
            "is" => self.is(node),
            "not" => MatcherKind::Not(Box::new(self.matcher(node))),
            "all" => MatcherKind::All(self.matchers(node, name)),
            "any" | "one_of" => MatcherKind::Any(self.matchers(node, name)),
            "matches" => self.pattern(node),
            "contains" => MatcherKind::Contains(Box::new(self.matcher(node))),
            "starts_with" => MatcherKind::StartsWith(self.value(node, "`starts_with`", Kind::Text)),
            "ends_with" => MatcherKind::EndsWith(self.value(node, "`ends_with`", Kind::Text)),
            "gt" => MatcherKind::Compare(Order::Greater, self.comparable(node, name)),
            "gte" => MatcherKind::Compare(Order::GreaterOrEqual, self.comparable(node, name)),
            "lt" => MatcherKind::Compare(Order::Less, self.comparable(node, name)),
            "lte" => MatcherKind::Compare(Order::LessOrEqual, self.comparable(node, name)),
            "between" => match node.items() {
                Some([low, high]) => MatcherKind::Between(self.comparable(low, name), self.comparable(high, name)),
                _ => {
                    self.report(wrong_kind(node, "`between`", "a list of two", "between: [1, 10]"));
                    MatcherKind::Value(self.any(node))
                }
            },
            "near" => {
                self.report(
                    Problem::new(whole.place.clone(), "`near` without `within`")
                        .hint("write `{ near: 7200, within: 5 }`"),
                );
                MatcherKind::Value(self.any(node))
            }
            "length" => {
                let inner = self.matcher(node);
                if let MatcherKind::Value(template) = &inner.kind
                    && matches!(template.kind, TemplateKind::Text(_) | TemplateKind::Bool(_) | TemplateKind::Null)
                {
                    self.report(wrong_kind(node, "`length`", "a number or a matcher", "length: { gte: 1 }"));
                }
                MatcherKind::Length(Box::new(inner))
            }
            "each" => MatcherKind::Each(Box::new(self.matcher(node))),
            "any_item" => MatcherKind::AnyItem(Box::new(self.matcher(node))),
            "equals" => MatcherKind::Equals(self.any(node)),
            _ => match node.entries() {
                // `exactly: {}` wants an object without any field: here an empty mapping does say something.
                Some([]) => MatcherKind::Equals(self.any(node)),
                _ => MatcherKind::Exactly(Box::new(self.matcher(node))),
            },
        }
    }

    fn is(&mut self, node: &Node) -> MatcherKind {
        let Some(scalar) = node.scalar() else {
            self.report(wrong_kind(node, "`is`", "the name of a type or a shape", "is: string"));
            return MatcherKind::Present;
        };
        let name = scalar.text.as_str();
        match (name, Shape::named(name)) {
            ("present", _) => MatcherKind::Present,
            ("absent", _) => MatcherKind::Absent,
            (_, Some(shape)) => MatcherKind::Is(shape),
            (name, None) => {
                let problem = Problem::new(node.place.clone(), format!("`is` does not know `{name}`"));
                self.report(match crate::problem::closest(name, shape_names()) {
                    Some(close) => problem.hint(format!("did you mean `{close}`?")),
                    None => problem.hint(format!("it knows: {}", shape_names().collect::<Vec<_>>().join(", "))),
                });
                MatcherKind::Present
            }
        }
    }

    fn matchers(&mut self, node: &Node, name: &str) -> Vec<Matcher> {
        let items = self.list(node, &format!("`{name}`"), &format!("{name}: [one, other]")).unwrap_or_default();
        if node.items().is_some_and(<[_]>::is_empty) {
            self.report(Problem::new(node.place.clone(), format!("`{name}` of nothing")).hint("name at least one"));
        }
        items.iter().map(|item| self.matcher(item)).collect()
    }

    fn pattern(&mut self, node: &Node) -> MatcherKind {
        let template = self.value(node, "`matches`", Kind::Text);
        let TemplateKind::Text(text) = &template.kind else { return MatcherKind::Matches(Pattern::Dynamic(template)) };
        match Regex::new(text) {
            Ok(regex) => MatcherKind::Matches(Pattern::Fixed(regex)),
            Err(error) => {
                let message = error.to_string();
                let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                self.report(
                    Problem::new(node.place.clone(), "not a regular expression")
                        .label(reason)
                        .hint("the syntax is that of Rust's regex crate; a special character is escaped with `\\`"),
                );
                MatcherKind::Matches(Pattern::Dynamic(template))
            }
        }
    }

    /// What can be compared: a number, a time, or a reference.
    fn comparable(&mut self, node: &Node, name: &str) -> Template {
        let template = self.by_looks(node);
        let fits = match &template.kind {
            TemplateKind::Number(_) | TemplateKind::Reference(_) | TemplateKind::Joined(_) => true,
            TemplateKind::Text(text) => Moment::parse_rfc3339(text).is_ok(),
            _ => false,
        };
        if !fits {
            self.report(wrong_kind(node, &format!("`{name}`"), "a number or a time", &format!("{name}: 7200")));
        }
        template
    }

    fn within(&mut self, node: &Node) -> Template {
        let template = self.by_looks(node);
        let fits = match &template.kind {
            TemplateKind::Number(_) | TemplateKind::Reference(_) => true,
            TemplateKind::Text(text) => text.parse::<Life>().is_ok(),
            _ => false,
        };
        if !fits {
            self.report(wrong_kind(node, "`within`", "a number or a duration", "within: 5s"));
        }
        template
    }
}

fn empty_expect(node: &Node) -> Problem {
    Problem::new(node.place.clone(), "an empty `expect` checks nothing")
        .hint("name what is wanted, or remove it: a step without `expect` must not be refused")
}

fn matcher_named(name: &str) -> bool {
    name == "within" || MATCHERS.iter().any(|(matcher, _)| *matcher == name)
}

/// Whether a mapping is a matcher and not fields.
fn is_matcher(entries: &[Entry]) -> bool {
    matches!(entries, [entry] if entry.key.name != "within" && matcher_named(&entry.key.name)) || is_near(entries)
}

fn is_near(entries: &[Entry]) -> bool {
    matches!(entries, [first, second] if [first, second].map(|entry| entry.key.name.as_str()) == ["near", "within"]
        || [first, second].map(|entry| entry.key.name.as_str()) == ["within", "near"])
}
