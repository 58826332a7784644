//! What the vendors document, and what of it the scenarios of somebody reach.
//!
//! The list of endpoints, statuses and headers is a file beside this one; the refusals are the programs' own tables. What was
//! reached is observed: it is read from the journals of the scenarios' worlds, whatever the scenarios say of themselves.

mod reached;

use bytes::Bytes;
use lab::{Lab, Peer};

pub use self::reached::{Claim, Coverage, Group, Item};
use crate::run::Observed;

/// What the vendors document, one endpoint, header or value a line.
const LIST: &str = include_str!("documented.txt");

/// One line of the list: an endpoint, a header or a value as a vendor documents it.
#[derive(Debug)]
pub struct Documented {
    /// `wechat`, `device`, `idaas`; `header` or `value`.
    pub vendor: &'static str,
    /// The HTTP method, `CALL` for a phone; of a header the vendor, of a value `status` or `errno`.
    pub method: &'static str,
    /// The path; `{…}` stands for any part. Of a header its name, of a value the value.
    pub path: &'static str,
    /// The vendor's page.
    pub page: &'static str,
    /// The fields of a request.
    pub request: Vec<&'static str>,
    /// The fields of an answer.
    pub answer: Vec<&'static str>,
}

/// Everything on the list.
///
/// # Errors
/// The line that is not one.
pub fn documented() -> Result<Vec<Documented>, String> {
    parse(LIST)
}

fn parse(list: &'static str) -> Result<Vec<Documented>, String> {
    let rows = list.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    rows.map(|(number, line)| {
        let wrong = |what: &str| format!("documented.txt:{}: {what}", number + 1);
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let &[vendor, endpoint, page, request, answer] = &columns[..] else {
            return Err(wrong("five columns between bars"));
        };
        let (method, path) = endpoint.split_once(' ').ok_or_else(|| wrong("`METHOD PATH` in the second column"))?;
        let (request, answer) = (request.split_whitespace().collect(), answer.split_whitespace().collect());
        Ok(Documented { vendor, method, path, page, request, answer })
    })
    .collect()
}

impl Documented {
    /// Whether an exchange was one of this endpoint.
    pub fn is_of(&self, observed: &Observed) -> bool {
        let fits = |(wanted, part): (&str, &str)| wanted.starts_with('{') || wanted == part;
        observed.method == self.method
            && self.path.split('/').count() == observed.path.split('/').count()
            && self.path.split('/').zip(observed.path.split('/')).all(fits)
    }

    /// Whether the programs do anything about this endpoint: a phone has a word for it, a lab answers it with anything but
    /// that there is nothing.
    pub async fn is_served(&self, lab: &Lab) -> bool {
        if self.vendor == "device" {
            let name = self.path.strip_prefix("wx.").unwrap_or(self.path);
            return crate::language::word(&format!("wx.{name}")).is_some();
        }
        let path = self.path.replace(['{', '}'], "");
        let Ok(request) = http::Request::builder().method(self.method).uri(path).body(Bytes::new()) else {
            return false;
        };
        let answer = lab.answer(request, Peer::in_process()).await;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        let is_unknown =
            text.contains("40066") || matches!(answer.status().as_u16(), 404 | 405) && !text.contains("USER.");
        !is_unknown
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_line_of_the_list_that_cannot_be_read_is_told_with_its_place() {
        assert_eq!(parse("# a\nwechat | GET /x | page").err().unwrap(), "documented.txt:2: five columns between bars");
    }

    #[test]
    fn a_part_of_a_path_in_braces_is_any() {
        let list = "idaas | PUT /users/{id}/enable | page | |";
        let endpoint = &parse(list).unwrap()[0];
        let observed = |path: &str| Observed {
            file: String::new(),
            to: String::new(),
            method: "PUT".to_owned(),
            path: path.to_owned(),
            sent: BTreeSet::new(),
            headers: BTreeSet::new(),
            answered: BTreeSet::new(),
            told: None,
            refusal: None,
        };
        assert!(endpoint.is_of(&observed("/users/7/enable")));
        assert!(!endpoint.is_of(&observed("/users/7/disable")) && !endpoint.is_of(&observed("/users/7")));
    }
}
