//! From nodes to steps.

use std::sync::Arc;

use super::context::{Context, unknown_key, wrong_kind};
use super::fault;
use super::library::{FlowInputs, Library};
use super::{boundary, retry, snapshot, when};
use crate::language::{
    Action, Argument, Choice, Expectation, Kind, MatcherKind, Path, Save, SavedPart, Step, Template, TemplateKind,
    WORDS, Word, is_name, word,
};
use crate::problem::{Problem, closest};
use crate::source::Place;
use crate::yaml::{Entry, Node, Value};

/// The keys of a step beside its word, in the order in which `fmt` writes them after it.
pub(crate) const STEP_KEYS: &[&str] = &["when", "retry", "boundary", "note", "expect", "snapshot", "save"];

/// The most steps of one list.
const MOST_STEPS: usize = 1000;
/// The most steps of one run, those of used flows included, and of all cases of one scenario.
pub(super) const MOST_STEPS_IN_ALL: usize = 20_000;

/// The steps of a list, those that are in order.
pub(super) fn steps(node: &Node, context: &mut Context<'_>, library: &mut Library) -> Vec<Step> {
    let items = context.list(node, "steps", "steps:\n  - wx.login: {}").unwrap_or_default();
    if let Some(item) = items.get(MOST_STEPS) {
        context.report(
            Problem::new(item.place.clone(), format!("more than {MOST_STEPS} steps in one list"))
                .hint("split the scenario; steps that repeat can be a flow"),
        );
    }
    items.iter().take(MOST_STEPS).filter_map(|item| step(item, context, library)).collect()
}

fn step(node: &Node, context: &mut Context<'_>, library: &mut Library) -> Option<Step> {
    let entries = context.mapping(node, "a step", "- wx.login: { as: alice }")?;
    let words: Vec<&Entry> = entries.iter().filter(|entry| is_word(&entry.key.name)).collect();
    for entry in entries {
        let name = entry.key.name.as_str();
        if !STEP_KEYS.contains(&name) && !is_word(name) {
            context.report(unknown_step_key(entry, words.is_empty()));
        }
    }
    let (said, more) = match words.as_slice() {
        [] => {
            if entries.iter().all(|entry| STEP_KEYS.contains(&entry.key.name.as_str())) {
                let place = entries.first().map_or(&node.place, |entry| &entry.key.place);
                context.report(
                    Problem::new(place.clone(), "a step without a word")
                        .label("nothing here says what to do")
                        .hint("a step says one word: `- idaas.login: { code: $code }`"),
                );
            }
            // What is wrong inside is still worth telling.
            expect_and_save(node, context);
            return None;
        }
        [said, more @ ..] => (*said, more),
    };
    for other in more {
        context.report(
            Problem::new(other.key.place.clone(), "a step with two words")
                .label("the second")
                .also(said.key.place.clone(), "the first")
                .hint("begin another step with `-`"),
        );
    }
    let action = if said.key.name == "use" {
        use_flow(said, node, context, library)
    } else {
        word(&said.key.name).map(|word| Action::Call { word, argument: arguments(word, said, context, library) })
    };
    let (save, expect) = expect_and_save(node, context);
    let retry = node.entry("retry").and_then(|entry| retry::read(&entry.node, &entry.key.place, context));
    let snapshot = node.entry("snapshot").and_then(|entry| snapshot::read(entry, &said.key.name, context));
    // Those that are in their place were put in the form of ordinary steps.
    if let Some(boundary) = node.entry("boundary") {
        context.report(boundary::misplaced(boundary));
    }
    if let (Some(retry), Some(expect)) = (node.entry("retry"), node.entry("expect")) {
        context.report(
            Problem::new(expect.key.place.clone(), "a step with both `expect` and `retry`")
                .also(retry.key.place.clone(), "its `until` says what is wanted")
                .hint("put all that is wanted of the last answer into `until`"),
        );
    }
    if let (Some(Action::Call { word, .. }), Some(expect)) = (&action, &expect) {
        check_absent(word, expect, context);
    }
    if let (Some(Action::Call { word, .. }), Some(retry)) = (&action, &retry) {
        check_absent(word, &retry.until, context);
    }
    let when = node.get("when").and_then(|when| when::read(when, context));
    let note = node
        .get("note")
        .and_then(|note| context.text(note, "`note`", "note: why this step is here"))
        .map(str::to_owned);
    Some(Step {
        action: action?,
        when,
        save,
        expect,
        retry,
        snapshot,
        note,
        word_place: said.key.place.clone(),
        place: node.place.clone(),
    })
}

fn expect_and_save(node: &Node, context: &mut Context<'_>) -> (Save, Option<Expectation>) {
    let save = node.get("save").map_or(Save::Nothing, |save| saved(save, context));
    let expect = node.get("expect").and_then(|expect| context.expectation(expect));
    (save, expect)
}

/// A misspelled field is always absent: `{ id_tokn: { is: absent } }` would be green for ever.
fn check_absent(word: &Word, expect: &Expectation, context: &mut Context<'_>) {
    let fields = match expect.fields.as_ref().map(|matcher| &matcher.kind) {
        Some(MatcherKind::Fields(fields)) => fields,
        _ => return,
    };
    let absent = fields.iter().filter(|field| matches!(field.matcher.kind, MatcherKind::Absent));
    for field in absent.filter(|field| !word.answers.contains(&field.name.as_str())) {
        if let Some(close) = closest(&field.name, word.answers.iter().copied()) {
            context.report(
                Problem::new(
                    field.place.clone(),
                    format!("`{}` never answers with a field `{}`", word.name, field.name),
                )
                .label("it is always absent")
                .hint(format!("did you mean `{close}`?")),
            );
        }
    }
}

fn is_word(name: &str) -> bool {
    name == "use" || word(name).is_some()
}

fn unknown_step_key(entry: &Entry, no_word: bool) -> Problem {
    let name = entry.key.name.as_str();
    let words =
        WORDS.iter().copied().flatten().flat_map(|word| std::iter::once(word.name).chain(word.aliases.iter().copied()));
    let known = STEP_KEYS.iter().copied().chain(["use"]).chain(words.clone());
    if !name.contains('.') && !no_word {
        return unknown_key(name, &entry.key.place, "a step", STEP_KEYS.iter().copied());
    }
    let problem = Problem::new(entry.key.place.clone(), format!("unknown word `{name}`"));
    if let Some(close) = closest(name, known) {
        return problem.hint(format!("did you mean `{close}`?"));
    }
    // `idaas.loginn_with_code` is close to nothing, but its first part says where to look.
    let group = name.split('.').next().unwrap_or_default();
    let of_group: Vec<&str> =
        words.filter(|word| word.split('.').next() == Some(group) && word.len() > group.len()).collect();
    if of_group.is_empty() {
        problem.hint("the words are listed by `mockwx schema`")
    } else {
        problem.hint(format!(
            "words of `{group}`: {}",
            of_group.iter().map(|word| &word[group.len() + 1..]).collect::<Vec<_>>().join(", ")
        ))
    }
}

/// The arguments of a word, as a mapping whatever form they were written in.
fn arguments(word: &'static Word, said: &Entry, context: &mut Context<'_>, library: &Library) -> Template {
    let node = &said.node;
    let mapping = |fields| Template { kind: TemplateKind::Mapping(fields), place: node.place.clone() };
    if word.takes_world() {
        let template = context.any(node);
        if !matches!(&template.kind, TemplateKind::Mapping(fields) if !fields.is_empty()) {
            context.report(wrong_kind(
                node,
                &format!("`{}`", word.name),
                "a part of a world file",
                "world.change: { wechat: { down: true } }",
            ));
        } else {
            context.problems.extend(library.rules.check_part(node));
        }
        return template;
    }
    match (&node.value, word.short) {
        (Value::Mapping(entries), _) => {
            let fields = entries.iter().filter_map(|entry| argument(word, entry, context)).collect();
            let given: Vec<&str> = entries.iter().map(|entry| entry.key.name.as_str()).collect();
            check_given(word, &given, said, context);
            if word.name == "fault.inject" {
                context.problems.extend(fault::check(node));
            }
            mapping(fields)
        }
        (Value::Scalar(_), Some(short)) if !node.is_null() => {
            let kind = word.argument(short).map_or(Kind::Any, |argument| argument.kind);
            if word.name == "fault.inject" {
                context.problems.extend(fault::check_preset(node));
            }
            mapping(vec![(short.to_owned(), context.value(node, &format!("`{}`", word.name), kind))])
        }
        (Value::Scalar(_), _) if node.is_null() => {
            check_given(word, &[], said, context);
            mapping(Vec::new())
        }
        _ => {
            let example = match word.all_arguments().next() {
                Some(argument) => format!("{}: {{ {}: … }}", word.name, argument.name),
                None => format!("{}: {{}}", word.name),
            };
            context.report(wrong_kind(node, &format!("the arguments of `{}`", word.name), "a mapping", &example));
            mapping(Vec::new())
        }
    }
}

fn argument(word: &Word, entry: &Entry, context: &mut Context<'_>) -> Option<(String, Template)> {
    let name = entry.key.name.as_str();
    let Some(argument) = word.argument(name) else {
        let known = word.all_arguments().map(|argument| argument.name);
        context.report(
            Problem::new(entry.key.place.clone(), format!("`{}` takes no `{name}`", word.name))
                .label("not an argument of this word")
                .suggest(name, known),
        );
        return None;
    };
    Some((name.to_owned(), context.value(&entry.node, &format!("`{name}`"), argument.kind)))
}

/// Reports what is missing, and what excludes each other.
fn check_given(word: &'static Word, given: &[&str], said: &Entry, context: &mut Context<'_>) {
    let place = &said.key.place;
    let missing: Vec<&Argument> =
        word.all_arguments().filter(|argument| argument.required && !given.contains(&argument.name)).collect();
    for argument in missing {
        context.report(
            Problem::new(place.clone(), format!("`{}` needs `{}`", word.name, argument.name))
                .label(format!("`{}` is {}", argument.name, argument.about))
                .hint(format!("to leave it out on purpose, write `{}: null`", argument.name)),
        );
    }
    let (groups, one) = match word.choice {
        Choice::Free => return,
        Choice::OneOf(groups) => (groups, true),
        Choice::AtLeastOneOf(groups) => (groups, false),
    };
    let complete = groups.iter().filter(|group| group.iter().all(|name| given.contains(name))).count();
    let begun = groups.iter().filter(|group| group.iter().any(|name| given.contains(name))).count();
    let between = if groups.iter().all(|group| group.len() == 1) { " or " } else { ", or " };
    let choices = groups.iter().map(|group| spoken(group)).collect::<Vec<_>>().join(between);
    if complete == 0 {
        context.report(
            Problem::new(place.clone(), format!("`{}` needs {choices}", word.name))
                .hint("to leave one out on purpose, write `null`"),
        );
    } else if one && begun > 1 {
        context.report(
            Problem::new(place.clone(), format!("`{}` takes {choices}, not both", word.name))
                .hint("remove one of the two"),
        );
    }
}

fn spoken(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

fn saved(node: &Node, context: &mut Context<'_>) -> Save {
    let entries = match &node.value {
        Value::Mapping(entries) if !entries.is_empty() => entries,
        Value::Scalar(scalar) if is_name(&scalar.text) => {
            check_name(&scalar.text, &node.place, context);
            return Save::Whole { name: scalar.text.clone(), place: node.place.clone() };
        }
        _ => {
            context.report(wrong_kind(
                node,
                "`save`",
                "a name, or names with fields of the answer",
                "save: { code: code }",
            ));
            return Save::Nothing;
        }
    };
    let part = |entry: &Entry| {
        let name = entry.key.name.clone();
        if !is_name(&name) {
            context.report(
                Problem::new(entry.key.place.clone(), format!("`{name}` cannot be a name"))
                    .hint("a name is letters, digits and `_`, not a digit first"),
            );
        }
        check_name(&name, &entry.key.place, context);
        let text = context.text(&entry.node, "what is saved", "save: { code: code }")?;
        match Path::parse(text) {
            Ok(path) => Some(SavedPart { name, path, place: entry.node.place.clone() }),
            Err(error) => {
                let hint = match text.strip_prefix('$') {
                    Some(_) => "fields of the answer are named without `$`".to_owned(),
                    None => "a part of the answer is named like `field.items[0].id`".to_owned(),
                };
                context.report(
                    Problem::new(entry.node.place.clone(), format!("`{text}` is not a part of an answer"))
                        .label(format!("{} is missing", error.expected))
                        .hint(hint),
                );
                None
            }
        }
    };
    Save::Parts(entries.iter().filter_map(part).collect())
}

fn check_name(name: &str, place: &Place, context: &mut Context<'_>) {
    if matches!(name, "case" | "matrix" | "with") {
        context.report(
            Problem::new(place.clone(), format!("`{name}` cannot be a name"))
                .hint(format!("`${name}` has a meaning of its own")),
        );
    }
}

/// `use: { flow: FILE, with: {…} }`, `use: FILE`.
fn use_flow(said: &Entry, step: &Node, context: &mut Context<'_>, library: &mut Library) -> Option<Action> {
    let node = &said.node;
    let (file, with) = match &node.value {
        Value::Mapping(entries) => {
            context.only_keys(entries, &["flow", "with"], "`use`");
            let Some(file) = node.get("flow") else {
                context.report(
                    Problem::new(said.key.place.clone(), "`use` without `flow`")
                        .hint("write `use: { flow: flows/login.yaml }`"),
                );
                return None;
            };
            (file, node.get("with"))
        }
        _ => (node, None),
    };
    let text = context.text(file, "`flow`", "flow: flows/login.yaml")?;
    let loaded = library.flow(text, &file.place, context)?;
    let given = match with {
        Some(with) => context.mapping(with, "`with`", "with: { person: alice }")?,
        None => &[],
    };
    let names: Vec<&str> = loaded.inputs.iter().map(|(name, _)| name.as_str()).collect();
    for entry in given.iter().filter(|entry| !names.contains(&entry.key.name.as_str())) {
        let problem = Problem::new(entry.key.place.clone(), format!("the flow has no input `{}`", entry.key.name));
        context.report(problem.suggest(&entry.key.name, names.iter().copied()));
    }
    let inputs = inputs(given, &loaded.inputs, said, context);
    if loaded.flow.steps_in_all > MOST_STEPS_IN_ALL {
        context.report(too_many_steps(&said.key.place, loaded.flow.steps_in_all));
        return None;
    }
    check_outputs(step, &loaded.flow.outputs, context);
    Some(Action::Use { flow: Arc::clone(&loaded.flow), inputs })
}

fn inputs(given: &[Entry], known: &FlowInputs, said: &Entry, context: &mut Context<'_>) -> Vec<(String, Template)> {
    let mut inputs = Vec::new();
    for (name, default) in known {
        match (given.iter().find(|entry| entry.key.name == *name), default) {
            (Some(entry), _) => inputs.push((name.clone(), context.any(&entry.node))),
            (None, Some(default)) => inputs.push((name.clone(), default.clone())),
            (None, None) => context.report(
                Problem::new(said.key.place.clone(), format!("the flow needs the input `{name}`"))
                    .hint(format!("write `with: {{ {name}: … }}`")),
            ),
        }
    }
    inputs
}

/// A run that would take for ever, though each file of it is small.
pub(super) fn too_many_steps(place: &Place, steps: usize) -> Problem {
    Problem::new(place.clone(), format!("this runs {steps} steps, at most {MOST_STEPS_IN_ALL} are run"))
        .hint("flows count with all that they use, and cases with each of their rows")
}

/// What is saved or expected of a used flow has to be one of its outputs.
fn check_outputs(step: &Node, outputs: &[(String, Template)], context: &mut Context<'_>) {
    let names: Vec<&str> = outputs.iter().map(|(name, _)| name.as_str()).collect();
    let mut report = |name: &str, place: &Place| {
        if !names.contains(&name) {
            let problem = Problem::new(place.clone(), format!("the flow has no output `{name}`"));
            context.report(problem.suggest(name, names.iter().copied()));
        }
    };
    for entry in step.get("save").and_then(Node::entries).unwrap_or_default() {
        if let Some(Ok(path)) = entry.node.text().map(Path::parse)
            && let Some(name) = path.first_field()
        {
            report(name, &entry.node.place);
        }
    }
    let until = step.get("retry").and_then(|retry| retry.get("until"));
    let expected = step.get("expect").or(until).and_then(Node::entries).unwrap_or_default();
    let ours = |name: &str| {
        super::matchers::EXPECT_WORDS.iter().chain(super::matchers::MATCHERS).any(|(word, _)| *word == name)
    };
    for entry in expected.iter().filter(|entry| !ours(&entry.key.name)) {
        report(&entry.key.name, &entry.key.place);
    }
}
