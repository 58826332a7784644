use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Parsed {
    parse(&Source::new("t.yaml", text))
}

fn problems(text: &str) -> Vec<String> {
    parsed(text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn scalars_keep_the_text_they_were_written_with() {
    let tree = parsed("a: 0e3\nb: 13800138000\nc: +86-13800138000\nd: \"7\"\ne: 0x1f\nf: ~\n").documents.remove(0);
    let texts: Vec<_> = tree.entries().unwrap().iter().map(|entry| entry.node.text()).collect();
    assert_eq!(texts, [Some("0e3"), Some("13800138000"), Some("+86-13800138000"), Some("7"), Some("0x1f"), None]);
    assert_eq!(
        tree.to_json().to_string(),
        r#"{"a":0.0,"b":13800138000,"c":"+86-13800138000","d":"7","e":31,"f":null}"#
    );
}

#[test]
fn every_node_knows_its_place_also_after_a_byte_order_mark_and_windows_line_ends() {
    let text = "\u{FEFF}a: 名\r\nb:\r\n  - x\r\n  - { c: y }\r\n\r\n# end\r\n";
    let tree = parsed(text).documents.remove(0);
    let list = tree.get("b").unwrap();
    let shown = |node: &Node| (node.place.text().to_owned(), node.place.line(), node.place.column());
    assert_eq!(shown(tree.get("a").unwrap()), ("名".to_owned(), 1, 4));
    assert_eq!(shown(&list.items().unwrap()[1]), ("{ c: y }".to_owned(), 4, 5));
    assert_eq!(list.place.text(), "- x\r\n  - { c: y }");
    assert_eq!(tree.place.last_line(), 4);
}

#[test]
fn all_duplicate_keys_are_told() {
    assert_eq!(
        problems("a: 1\na: 2\nb: { c: 1, c: 2 }\na: 3\n"),
        ["t.yaml:2:1: duplicate key `a`", "t.yaml:3:12: duplicate key `c`", "t.yaml:4:1: duplicate key `a`"]
    );
}

#[test]
fn aliases_repeat_values_and_are_no_merge_keys() {
    let tree = parsed("a: &x { y: 1 }\nb: *x\n").documents.remove(0);
    assert_eq!(tree.get("b").unwrap().to_json().to_string(), r#"{"y":1}"#);
}

#[test]
fn a_file_that_is_too_large_is_refused_without_reading_it() {
    let text = format!("scenario: {}\n", "x".repeat(10 * 1024 * 1024));
    assert_eq!(problems(&text), ["t.yaml:1:1: the file is too large: at most 2 MiB are read"]);
}

#[test]
fn a_large_file_within_the_limits_is_read_quickly() {
    let text = "- { a: b, c: [1, 2] }\n".repeat(12_000);
    assert!(parsed(&text).problems.is_empty());
}

#[test]
fn a_text_of_nothing_has_no_document() {
    for text in ["", "\n", "# only a comment", "---\n# x\n"] {
        assert!(parsed(text).documents.iter().all(Node::is_null), "{text:?}");
        assert_eq!(problems(text), [""; 0]);
    }
}

#[test]
fn bytes_that_are_not_utf_8_have_a_place() {
    let problem = decode("t.yaml", b"a: 1\nb: \xff\n".to_vec()).unwrap_err();
    assert_eq!(problem.to_string(), "t.yaml:2:4: the file is not UTF-8");
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        parsed(&text);
    }

    #[test]
    fn nothing_that_looks_like_yaml_makes_the_parser_panic(text in "[ \\-:{}\\[\\],&*!|>'\"%@`#?a-c0\n\t]{0,60}") {
        for problem in parsed(&text).problems {
            problem.render(crate::problem::Style::Plain);
        }
    }
}
