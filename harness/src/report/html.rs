//! The report for people who look closely: one page that needs nothing else, no network and no other file.
//!
//! The page draws itself from the JSON report, which stands in it; `html/` has its template, its style and its script.

use serde_json::Value;

use super::diagram::Diagram;
use super::json::json;
use crate::run::RunResult;

const TEMPLATE: &str = include_str!("html/report.html");
const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = include_str!("html/report.js");

/// The whole page.
pub fn html(result: &RunResult) -> String {
    let mut report = json(result);
    if let Some(Value::Array(cases)) = report.get_mut("scenarios") {
        for (case, told) in result.cases.iter().zip(cases) {
            // A diagram is a plain tree of texts: there is nothing JSON cannot write.
            told["diagram"] = serde_json::to_value(Diagram::of(case)).unwrap_or_default();
        }
    }
    filled(TEMPLATE, &[("/*css*/", STYLE), ("/*data*/", &inert(&report)), ("/*js*/", SCRIPT)])
}

/// JSON in which a browser sees no tag, whatever stands in it: `</script>` would end the data.
fn inert(report: &Value) -> String {
    report.to_string().replace('<', "\\u003c")
}

/// The template with its parts in place. What stands in a part is not looked at.
fn filled(template: &str, parts: &[(&str, &str)]) -> String {
    let mut page = String::new();
    let mut rest = template;
    for (mark, part) in parts {
        if let Some((before, after)) = rest.split_once(mark) {
            page.push_str(before);
            page.push_str(part);
            rest = after;
        }
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_a_report_ends_its_data() {
        let text = inert(&json!({ "name": "</script><script>alert(1)</script><!--" }));
        assert!(!text.contains('<'), "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["name"], "</script><script>alert(1)</script><!--");
    }

    #[test]
    fn the_page_has_all_its_parts_once_and_needs_nothing_else() {
        let page = html(&RunResult::default());
        for part in [STYLE, SCRIPT, "\"version\":1"] {
            assert_eq!(page.matches(part).count(), 1);
        }
        for mark in ["/*css*/", "/*data*/", "/*js*/", "src=", "@import", "<link"] {
            assert!(!page.contains(mark), "{mark}");
        }
        assert!(TEMPLATE.len() + STYLE.len() + SCRIPT.len() < 40_000);
    }
}
