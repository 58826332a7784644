//! What scenarios reached of what there is.

use std::collections::{BTreeMap, BTreeSet};

use lab::Lab;

use super::Documented;
use crate::language::WORDS;
use crate::run::Observed;

/// What scenarios reached of what there is.
#[derive(Debug)]
pub struct Coverage {
    /// Endpoints, ways to bind, statuses, refusals.
    pub groups: Vec<Group>,
    /// What scenarios say they cover, and do not reach.
    pub claims: Vec<Claim>,
}

/// Things of one kind.
#[derive(Debug)]
pub struct Group {
    /// What they are: `endpoints of IDaaS`.
    pub name: &'static str,
    /// All there are.
    pub items: Vec<Item>,
}

/// One thing that can be reached.
#[derive(Debug)]
pub struct Item {
    /// `POST /api/v2/sdk/login`, `status SUCCESS`, `40163 login_code_used`.
    pub name: String,
    /// The vendor's page or words for it.
    pub about: String,
    /// The files of the scenarios that reached it.
    pub files: BTreeSet<String>,
}

/// A `covers:` without the traffic for it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The scenario's file.
    pub file: String,
    /// What it says it covers.
    pub covers: String,
}

impl Coverage {
    /// What was reached in these exchanges. `covers` are what the scenarios say of themselves, by file.
    pub async fn of(
        documented: &[Documented],
        lab: &Lab,
        seen: &[Observed],
        covers: &BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        let mut groups = Vec::new();
        for (vendor, name) in
            [("device", "calls of the phone"), ("wechat", "endpoints of WeChat"), ("idaas", "endpoints of IDaaS")]
        {
            let mut items = Vec::new();
            for endpoint in documented.iter().filter(|endpoint| endpoint.vendor == vendor) {
                if endpoint.is_served(lab).await {
                    let files = files(seen, |observed| endpoint.is_of(observed));
                    let name = format!("{} {}", endpoint.method, endpoint.path);
                    let name = name.strip_prefix("CALL ").map_or(name.clone(), str::to_owned);
                    items.push(Item { name, about: endpoint.page.to_owned(), files });
                }
            }
            groups.push(Group { name, items });
        }
        groups.push(Group { name: "ways to bind", items: ways_to_bind(seen) });
        groups.push(Group { name: "statuses and errnos", items: values(documented, seen) });
        groups.push(Group { name: "refusals of WeChat", items: refusals("wechat", seen) });
        groups.push(Group { name: "refusals of IDaaS", items: refusals("idaas", seen) });
        let claims = claims(documented, seen, covers);
        Self { groups, claims }
    }

    /// How many there are, and how many of them were reached.
    pub fn counts(&self) -> (usize, usize) {
        let items = || self.groups.iter().flat_map(|group| &group.items);
        (items().count(), items().filter(|item| item.is_reached()).count())
    }
}

impl Group {
    /// How many of its items were reached.
    pub fn reached(&self) -> usize {
        self.items.iter().filter(|item| item.is_reached()).count()
    }
}

impl Item {
    /// Whether any scenario reached it.
    pub fn is_reached(&self) -> bool {
        !self.files.is_empty()
    }
}

fn files(seen: &[Observed], is_it: impl Fn(&Observed) -> bool) -> BTreeSet<String> {
    seen.iter().filter(|observed| is_it(observed)).map(|observed| observed.file.clone()).collect()
}

/// The last part of the path, the field by which two ways of one path differ, and what it is.
const BINDS: [(&str, &str, &str); 8] = [
    ("wechat-mobile-bind", "", "the WeChat phone number, an existing user"),
    ("wechat-mobile-register-bind", "", "the WeChat phone number, a new user if need be"),
    ("wechat-mini-program-mobile", "", "login by the WeChat phone number alone"),
    ("bind", "mobile", "a code by SMS, an existing user"),
    ("bind", "email", "a code by e-mail, an existing user"),
    ("register-bind", "mobile", "a code by SMS, a new user if need be"),
    ("register-bind", "email", "a code by e-mail, a new user if need be"),
    ("username-password-bind", "", "user name and password"),
];

/// Ways to bind count when one was gone to its good end.
fn ways_to_bind(seen: &[Observed]) -> Vec<Item> {
    let way = |(end, field, about): (&str, &str, &str)| {
        let files = files(seen, |observed| {
            observed.to == "idaas"
                && observed.path.rsplit('/').next() == Some(end)
                && observed.refusal.is_none()
                && (field.is_empty() || observed.sent.contains(field))
        });
        let name = if field.is_empty() { end.to_owned() } else { format!("{end}, by {field}") };
        Item { name, about: about.to_owned(), files }
    };
    BINDS.into_iter().map(way).collect()
}

fn values(documented: &[Documented], seen: &[Observed]) -> Vec<Item> {
    // What goes wrong with `wx.request` goes wrong on the phone, where no scenario looks.
    let rows = documented.iter().filter(|line| line.vendor == "value" && line.page != "wx.request page");
    let item = |line: &Documented| {
        let name = format!("{} {}", line.method, line.path);
        let files = files(seen, |observed| observed.told.as_ref() == Some(&name));
        Item { name, about: line.request.join(" "), files }
    };
    rows.map(item).collect()
}

fn refusals(by: &str, seen: &[Observed]) -> Vec<Item> {
    let item = |known: lab::KnownRefusal| {
        let files = files(seen, |observed| {
            let refused = observed.refusal.as_ref().filter(|_| observed.to == by);
            refused.is_some_and(|(rule, code)| rule == known.rule && known.codes.contains(code))
        });
        Item { name: format!("{} {}", known.codes.join(", "), known.rule), about: known.means, files }
    };
    lab::known_refusals().filter(|known| known.by == by).map(item).collect()
}

/// What scenarios say they cover, where that is the name of something, and it was not there.
fn claims(documented: &[Documented], seen: &[Observed], covers: &BTreeMap<String, BTreeSet<String>>) -> Vec<Claim> {
    let is_known = |name: &str| {
        let listed = documented.iter().any(|line| match line.vendor {
            "header" => false,
            "value" => line.path == name,
            _ => is_called(line.path, name),
        });
        listed || lab::known_refusals().any(|known| known.codes.iter().any(|code| code == name))
    };
    let was_there = |file: &str, name: &str| {
        let mut of_file = seen.iter().filter(|observed| observed.file == file);
        of_file.any(|observed| {
            let told = observed.told.as_deref().and_then(|told| told.split_once(' '));
            let code = observed.refusal.as_ref().map(|(_, code)| code.as_str());
            is_called(&observed.path, name)
                || told.is_some_and(|(_, value)| value == name)
                || code.is_some_and(|code| code == name || code.ends_with(&format!(".{name}")))
        })
    };
    let all = covers.iter().flat_map(|(file, covers)| covers.iter().map(move |covers| (file, covers)));
    let unseen = all.filter(|(file, covers)| is_known(covers) && !was_there(file, covers));
    unseen.map(|(file, covers)| Claim { file: file.clone(), covers: covers.clone() }).collect()
}

/// Whether people call an endpoint so: by the end of its path, or by the step word for it.
fn is_called(path: &str, name: &str) -> bool {
    let word = name.replace('-', "_");
    path == name
        || path.strip_prefix("wx.") == Some(name)
        || path.strip_suffix(name).is_some_and(|before| before.ends_with('/'))
        || WORDS.iter().copied().flatten().any(|row| {
            row.endpoint.is_some_and(|endpoint| endpoint.path == path)
                && row.name.split_once('.').is_some_and(|(_, own)| own == word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(path: &str, sent: &[&str], told: Option<&str>, refusal: Option<(&str, &str)>) -> Observed {
        Observed {
            file: "a.yaml".to_owned(),
            to: "idaas".to_owned(),
            method: "POST".to_owned(),
            path: path.to_owned(),
            sent: sent.iter().map(|name| (*name).to_owned()).collect(),
            headers: BTreeSet::new(),
            answered: BTreeSet::new(),
            told: told.map(str::to_owned),
            refusal: refusal.map(|(rule, code)| (rule.to_owned(), code.to_owned())),
        }
    }

    fn reached(items: &[Item]) -> Vec<&str> {
        items.iter().filter(|item| item.is_reached()).map(|item| item.name.as_str()).collect()
    }

    #[test]
    fn a_way_to_bind_counts_when_it_was_gone_to_its_end() {
        let good = observed("/api/v2/sdk/social/bind", &["email", "verify_code"], Some("status SUCCESS"), None);
        let refused = observed("/api/v2/sdk/social/register-bind", &["mobile"], None, Some(("r", "CAPTCHA.0007")));
        assert_eq!(reached(&ways_to_bind(&[good, refused])), ["bind, by email"]);
    }

    #[test]
    fn a_claim_without_traffic_is_told_and_a_name_of_ones_own_is_not() {
        let documented = super::super::documented().unwrap();
        let seen = [observed("/api/v2/sdk/social/bind", &[], Some("status SUCCESS"), None)];
        assert!(is_called("/api/v2/sdk/sso/session-token/id-token", "refresh"));
        let covers = ["bind", "SUCCESS", "register-bind", "40163", "our-own-flow"].map(str::to_owned);
        let covers = BTreeMap::from([("a.yaml".to_owned(), BTreeSet::from(covers))]);
        let told: Vec<String> = claims(&documented, &seen, &covers).into_iter().map(|claim| claim.covers).collect();
        assert_eq!(told, ["40163", "register-bind"]);
    }
}
