use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

fn formatted(text: &str) -> String {
    match format(&Source::new("a.yaml", text)) {
        Ok(text) => text,
        Err(problems) => panic!("{problems:?}\n{text}"),
    }
}

/// Every scenario, flow and world that ships.
fn shipped() -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios")), &mut files);
    files.sort();
    files
}

#[test]
fn every_shipped_file_can_be_formatted_and_then_stays_as_it_is() {
    for path in shipped() {
        let once = formatted(&std::fs::read_to_string(&path).unwrap());
        assert!(formatted(&once) == once, "{}", path.display());
    }
}

#[test]
fn the_keys_of_scenarios_and_steps_get_their_order_and_take_their_comments_along() {
    insta::assert_snapshot!(formatted("\
# yaml-language-server: $schema=scenario.schema.json
tags: [a,b]
# what happens
steps:
- save: {code: code}   # kept for later
  # what is wanted
  expect: {errMsg:  'login:ok'}
  wx.login: {as: alice}


- note: a pause
  clock.advance: 1s
# the given
world: {like: worlds/shop.yaml}
scenario: A story
"), @r#"
    # yaml-language-server: $schema=scenario.schema.json
    scenario: A story
    tags: [a, b]
    # the given
    world: { like: worlds/shop.yaml }
    # what happens
    steps:
      - wx.login: { as: alice }
        # what is wanted
        expect: { errMsg: "login:ok" }
        save: { code: code } # kept for later

      - clock.advance: 1s
        note: a pause
    "#);
}

#[test]
fn aligned_rows_stay_aligned_and_others_are_left_alone() {
    insta::assert_snapshot!(formatted("\
cases:
  - { name: short,  wait: 1s, want: { a: 1,  b: { is: 名字 },  c: 2 } }
  - { name: longer than that, wait: 10s, want: { a: 10, b: { is: x }, c: 3 } }
  - { name: so long that nobody wants the others to be moved, wait: 1s, want: {} }
rows:
  - {a: 1, b: 2}
  - {a: 100, b: 2}
"), @r"
    cases:
      - { name: short,            wait: 1s, want: { a: 1,  b: { is: 名字 }, c: 2 } }
      - { name: longer than that, wait: 10s, want: { a: 10, b: { is: x },    c: 3 } }
      - { name: so long that nobody wants the others to be moved, wait: 1s, want: {} }
    rows:
      - { a: 1, b: 2 }
      - { a: 100, b: 2 }
    ");
}

#[test]
fn texts_of_several_lines_and_odd_spellings_keep_their_meaning() {
    insta::assert_snapshot!(formatted("\
# head

folded: >-   # why
      one
        two

      three
literal: |+
   kept

plain: one
    two
double: \"one
   two\"
? asked
: answered
list:
- - a
  - b
-
- !!str 5
- {
    a: 1,
    b: 'it''s',   # one
    c: 2
  }
- [ a,
    b, ]
nothing:
# end
"), @r#"
    # head

    folded: >-   # why
      one
        two

      three
    literal: |+
      kept

    plain: one
      two
    double: "one
      two"
    asked: answered
    list:
      - - a
        - b
      -
      - !!str 5
      - {
          a: 1,
          b: 'it''s', # one
          c: 2
        }
      - [a, b]
    nothing:
    # end
    "#);
}

#[test]
fn anchors_keep_what_they_mark_in_its_place() {
    let text = "steps:\n  - &first\n    wx.login: {}\n  - *first\nscenario: A story\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn documents_in_one_file_stay_apart() {
    let text = "---\n# one\n\n\na: 1\n...\n---  # two\nb:   2\n";
    assert_eq!(formatted(text), "---\n# one\n\na: 1\n...\n--- # two\nb: 2\n");
}

#[test]
fn other_systems_line_breaks_and_marks_become_ours() {
    assert_eq!(formatted("\u{FEFF}a: 1\r\nb: |\r\n  x\r\n  y"), "a: 1\nb: |\n  x\n  y\n");
    assert_eq!(formatted("\n\n# only talk   \n\n\n"), "# only talk\n");
    assert_eq!(formatted(""), "");
}

#[test]
fn what_is_not_yaml_is_told_as_check_tells_it() {
    let source = Source::new("a.yaml", "a: [1\n");
    let told = |problems: &[Problem]| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told(&format(&source).unwrap_err()), told(&yaml::parse(&source).problems));
}

/// What people and editors do to a file without meaning anything by it.
#[derive(Debug, Clone)]
enum Habit {
    WideIndentation,
    CarriageReturns,
    BlanksAtEnds,
    BlankLine(prop::sample::Index),
    Comment(prop::sample::Index),
    CommentBehind(prop::sample::Index),
    WideCommas,
    NarrowBraces,
}

fn habit() -> impl Strategy<Value = Habit> {
    prop_oneof![
        Just(Habit::WideIndentation),
        Just(Habit::CarriageReturns),
        Just(Habit::BlanksAtEnds),
        any::<prop::sample::Index>().prop_map(Habit::BlankLine),
        any::<prop::sample::Index>().prop_map(Habit::Comment),
        any::<prop::sample::Index>().prop_map(Habit::CommentBehind),
        Just(Habit::WideCommas),
        Just(Habit::NarrowBraces),
    ]
}

fn apply(habit: &Habit, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let insert = |at: usize, line: String| {
        let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        lines.insert(at, line);
        lines.join("\n") + "\n"
    };
    let each = |change: &dyn Fn(&str) -> String| lines.iter().map(|line| change(line) + "\n").collect::<String>();
    match habit {
        Habit::WideIndentation => each(&|line| {
            let blanks = line.len() - line.trim_start().len();
            format!("{:1$}{line}", "", blanks)
        }),
        Habit::CarriageReturns => text.replace('\n', "\r\n"),
        Habit::BlanksAtEnds => each(&|line| format!("{line}  ")),
        Habit::BlankLine(at) => insert(at.index(lines.len() + 1), String::new()),
        Habit::Comment(at) => {
            let at = at.index(lines.len());
            let blanks = lines[at].len() - lines[at].trim_start().len();
            insert(at, format!("{:blanks$}# a word about it", ""))
        }
        Habit::CommentBehind(at) => {
            let at = at.index(lines.len());
            let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            lines[at].push_str("  # a word");
            lines.join("\n")
        }
        Habit::WideCommas => text.replace(", ", ",   "),
        Habit::NarrowBraces => text.replace("{ ", "{").replace(" }", "}"),
    }
}

fn formats_well(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("a.yaml", text);
    if !yaml::parse(&source).problems.is_empty() {
        return Ok(());
    }
    // `format` itself compares what is said before and after.
    let once = format(&source).map_err(|problems| TestCaseError::fail(format!("{problems:?}\n{text}")))?;
    let twice = format(&Source::new("a.yaml", once.as_str()));
    prop_assert_eq!(twice.unwrap(), once);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_habits_a_file_went_through_formatting_keeps_what_it_says_and_is_done_once(
        file in any::<prop::sample::Index>(),
        habits in prop::collection::vec(habit(), 1..6),
    ) {
        let text = std::fs::read_to_string(file.get(&shipped())).unwrap();
        let text = habits.iter().fold(text, |text, habit| apply(habit, &text));
        formats_well(&text)?;
    }

    #[test]
    fn random_yaml_is_formatted_once_or_left_alone(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "b c", "- ", ": ", ":\n", "\n", "\n  ", "\n    ", "{ ", " }", "[", "]", ", ", "\"q\"", "'s'", " # c\n",
            "# c\n", "|\n", ">-\n", "|+\n", "? ", "&x ", "*x", "!!str ", "---\n", "\n\n", "名", "\t", "x: 1\n", "- y\n",
        ]), 0..24),
    ) {
        let source = Source::new("a.yaml", pieces.concat());
        if let Ok(once) = format(&source) {
            let twice = format(&Source::new("a.yaml", once.as_str()));
            prop_assert_eq!(twice.ok(), Some(once));
        }
    }
}
