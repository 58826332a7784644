//! WeChat's refusals as a table that can be walked, and asked for by name or number.

use crate::refusal::{DOCUMENTED, Documented, Rule};

/// One way in which WeChat refuses a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownRefusal {
    /// The rule's stable name, as a journal tells it. Two errcodes can share one: `code_of_other_app` is 40029 for a
    /// login code and 40013 for a phone code.
    pub rule: &'static str,
    /// WeChat's errcode; 412, an HTTP status, for the one refusal without a body.
    pub errcode: i32,
    /// What the errmsg says before its suffix.
    pub text: String,
    /// The page that documents it, by its name, or `observed`, or `inferred`.
    pub source: &'static str,
    /// What it means, in one line.
    pub means: &'static str,
    /// What would have worked.
    pub remedy: &'static str,
    /// The rule of this world; none for what it never comes to by itself.
    pub(crate) of: Option<Rule>,
}

impl From<Rule> for KnownRefusal {
    fn from(rule: Rule) -> Self {
        let meaning = rule.meaning();
        Self {
            rule: rule.name(),
            errcode: rule.errcode(),
            text: rule.text().into_owned(),
            source: meaning.source,
            means: meaning.means,
            remedy: meaning.remedy,
            of: Some(rule),
        }
    }
}

impl From<&Documented> for KnownRefusal {
    fn from(row: &Documented) -> Self {
        Self {
            rule: row.name,
            errcode: row.errcode,
            text: row.text.to_owned(),
            source: row.meaning.source,
            means: row.meaning.means,
            remedy: row.meaning.remedy,
            of: None,
        }
    }
}

/// Every refusal: first those that a rule of this world comes to, then those that only a fault brings about.
///
/// ```
/// let used = mock_wechat::refusals().find(|known| known.rule == "login_code_used").unwrap();
/// assert_eq!((used.errcode, used.text.as_str(), used.source), (40163, "code been used", "observed"));
/// ```
pub fn refusals() -> impl Iterator<Item = KnownRefusal> {
    Rule::ALL.iter().copied().map(KnownRefusal::from).chain(DOCUMENTED.iter().map(KnownRefusal::from))
}

/// The refusal of this name, `login_code_used`, or of this errcode, `40029` or `-1`.
///
/// An errcode that several rules share is a refusal of its own, whose name blames none of them.
///
/// ```
/// assert_eq!(mock_wechat::known_error("secret_wrong").unwrap().errcode, 40125);
/// assert_eq!(mock_wechat::known_error("40029").unwrap().rule, "invalid_code");
/// assert_eq!(mock_wechat::known_error("-1").unwrap().rule, "system_error");
/// assert!(mock_wechat::known_error("0").is_none());
/// ```
pub fn known_error(name_or_number: &str) -> Option<KnownRefusal> {
    let wanted = name_or_number.trim();
    match wanted.parse::<i32>() {
        Ok(errcode) => {
            let general = DOCUMENTED.iter().find(|row| row.errcode == errcode).map(KnownRefusal::from);
            general.or_else(|| refusals().find(|known| known.errcode == errcode))
        }
        Err(_) => refusals().find(|known| known.rule == wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_refusal_is_explained() {
        for known in refusals() {
            let KnownRefusal { rule, text, source, means, remedy, .. } = &known;
            assert!(
                rule.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit()),
                "{rule}"
            );
            assert_eq!(text.is_empty(), known.errcode == 412, "{rule}");
            let is_page = source.ends_with(" page") || source.ends_with(" table") || source.ends_with(" codes");
            assert!(is_page || ["observed", "inferred"].contains(source), "{rule}: {source}");
            for line in [means, remedy] {
                assert!(line.len() > 10 && !line.ends_with('.') && !line.contains('\n'), "{rule}: {line}");
            }
        }
    }

    #[test]
    fn a_name_stands_for_one_refusal_but_for_the_few_that_have_two_errcodes() {
        let mut names = BTreeMap::<_, Vec<_>>::new();
        for known in refusals() {
            names.entry(known.rule).or_default().push(known.errcode);
        }
        names.retain(|_, errcodes| errcodes.len() > 1);
        assert_eq!(
            names,
            BTreeMap::from([
                ("body_not_json", vec![47001, 43002]),
                ("code_of_other_app", vec![40029, 40013]),
                ("login_code_used", vec![40163, 40029]),
            ])
        );
    }

    #[test]
    fn each_is_found_by_its_name_and_by_its_number() {
        for known in refusals() {
            assert_eq!(known_error(known.rule).unwrap().rule, known.rule);
            assert_eq!(known_error(&known.errcode.to_string()).unwrap().errcode, known.errcode);
        }
        for unknown in ["", "login_code", "99999", "-2", "4002 9"] {
            assert_eq!(known_error(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_number_that_several_rules_share_blames_none_of_them() {
        for (number, name) in [("40029", "invalid_code"), ("40001", "invalid_credential"), ("45009", "daily_quota")] {
            assert_eq!(known_error(number).unwrap().rule, name);
        }
    }
}
