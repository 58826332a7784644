use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::source::Source;

fn place() -> Place {
    Place::beginning(&Source::new("t", ""))
}

fn value(value: &Value) -> MatcherKind {
    let kind = match value {
        Value::Null => TemplateKind::Null,
        Value::Bool(value) => TemplateKind::Bool(*value),
        Value::Number(number) => TemplateKind::Number(number.clone()),
        Value::String(text) => TemplateKind::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => unreachable!("only single values here"),
    };
    MatcherKind::Value(Template { kind, place: place() })
}

fn verdict(kind: MatcherKind, subject: Option<&Value>) -> Verdict {
    Matcher::new(kind, place()).verdict(Subject::of(subject), &Scope::new(), false)
}

fn boxed(kind: MatcherKind) -> Box<Matcher> {
    Box::new(Matcher::new(kind, place()))
}

fn not(kind: MatcherKind) -> MatcherKind {
    MatcherKind::Not(boxed(kind))
}

#[test]
fn not_wants_a_value_that_is_there_and_different() {
    assert_eq!(verdict(not(value(&json!("a"))), Some(&json!("b"))), Some(true));
    assert_eq!(verdict(not(value(&json!("a"))), Some(&json!("a"))), Some(false));
    assert_eq!(verdict(not(value(&json!("a"))), None), None);
    assert_eq!(verdict(not(MatcherKind::Present), None), Some(true));
}

#[test]
fn each_of_nothing_and_the_length_of_a_number_cannot_be_asked() {
    assert_eq!(verdict(MatcherKind::Each(boxed(MatcherKind::Present)), Some(&json!([]))), None);
    assert_eq!(verdict(MatcherKind::Length(boxed(value(&json!(1)))), Some(&json!(7))), None);
    assert_eq!(verdict(MatcherKind::Length(boxed(value(&json!(2)))), Some(&json!("名x"))), Some(true));
}

#[test]
fn contains_looks_into_texts_lists_and_objects() {
    assert_eq!(verdict(MatcherKind::Contains(boxed(value(&json!("ell")))), Some(&json!("hello"))), Some(true));
    assert_eq!(verdict(MatcherKind::Contains(boxed(value(&json!(2)))), Some(&json!([1, 2]))), Some(true));
    let items = [2, 1].map(|item| *boxed(value(&json!(item)))).to_vec();
    assert_eq!(verdict(MatcherKind::Contains(boxed(MatcherKind::Items(items))), Some(&json!([1, 2, 3]))), Some(true));
}

#[test]
fn a_refusal_answers_to_each_of_its_names() {
    let failure = Failure::find(Some(400), &json!({"error_code": "IDAAS.SDK.LOGIN.1001"})).unwrap();
    let verdict = |kind| Matcher::new(kind, place()).verdict(Subject::Failure(&failure), &Scope::new(), false);
    assert_eq!(verdict(value(&json!("LOGIN.1001"))), Some(true));
    assert_eq!(verdict(value(&json!("IDAAS.SDK.LOGIN.1001"))), Some(true));
    assert_eq!(verdict(value(&json!("1001"))), Some(true));
    assert_eq!(verdict(value(&json!("LOGIN.1002"))), Some(false));
    assert_eq!(verdict(not(value(&json!("LOGIN.1001")))), Some(false));
    let wechat = Failure::find(Some(200), &json!({"errcode": 40163})).unwrap();
    for name in [json!(40163), json!("40163")] {
        let matcher = Matcher::new(value(&name), place());
        assert_eq!(matcher.verdict(Subject::Failure(&wechat), &Scope::new(), false), Some(true));
    }
}

fn single() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        proptest::bool::ANY.prop_map(Value::from),
        (-3i64..3).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ]
}

fn subject() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        single().prop_map(Some),
        proptest::collection::vec(single(), 0..3).prop_map(|items| Some(Value::from(items))),
    ]
}

fn kind() -> impl Strategy<Value = MatcherKind> {
    let leaf = prop_oneof![
        single().prop_map(|single| value(&single)),
        Just(MatcherKind::Present),
        Just(MatcherKind::Absent),
        (0..crate::language::SHAPES.len()).prop_map(|at| MatcherKind::Is(&crate::language::SHAPES[at])),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = proptest::collection::vec(inner.clone().prop_map(|kind| Matcher::new(kind, place())), 1..3);
        prop_oneof![
            inner.clone().prop_map(not),
            list.clone().prop_map(MatcherKind::Any),
            list.clone().prop_map(MatcherKind::All),
            list.prop_map(MatcherKind::Items),
            inner.clone().prop_map(|kind| MatcherKind::Each(boxed(kind))),
            inner.clone().prop_map(|kind| MatcherKind::AnyItem(boxed(kind))),
            inner.prop_map(|kind| MatcherKind::Contains(boxed(kind))),
        ]
    })
}

proptest! {
    #[test]
    fn not_not_x_is_x(kind in kind(), subject in subject()) {
        prop_assert_eq!(verdict(not(not(kind.clone())), subject.as_ref()), verdict(kind, subject.as_ref()));
    }

    #[test]
    fn not_any_is_all_not(one in kind(), other in kind(), subject in subject()) {
        let both = |turn: fn(MatcherKind) -> MatcherKind| {
            [one.clone(), other.clone()].map(|kind| Matcher::new(turn(kind), place())).to_vec()
        };
        prop_assert_eq!(
            verdict(not(MatcherKind::Any(both(|kind| kind))), subject.as_ref()),
            verdict(MatcherKind::All(both(not)), subject.as_ref())
        );
    }

    #[test]
    fn any_and_all_of_one_are_that_one(kind in kind(), subject in subject()) {
        let one = || vec![Matcher::new(kind.clone(), place())];
        let expected = verdict(kind.clone(), subject.as_ref());
        prop_assert_eq!(verdict(MatcherKind::Any(one()), subject.as_ref()), expected);
        prop_assert_eq!(verdict(MatcherKind::All(one()), subject.as_ref()), expected);
    }

    #[test]
    fn a_value_equals_itself_and_not_its_negation(single in single()) {
        prop_assert_eq!(verdict(value(&single), Some(&single)), Some(true));
        prop_assert_eq!(verdict(not(value(&single)), Some(&single)), Some(false));
    }
}
