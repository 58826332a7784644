//! Parameters of a query.

use std::borrow::Cow;

/// The values of some parameters, in the order of their names. The first of several counts, an empty one is none, and
/// others are ignored: WeChat's own SDKs send parameters that an API does not know.
pub(super) fn query<'a, const N: usize>(query: &'a str, names: [&str; N]) -> [Option<Cow<'a, str>>; N] {
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(at) = names.iter().position(|known| *known == name) else { continue };
        if values[at].is_none() && !value.is_empty() {
            values[at] = Some(value);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_found_by_name_and_others_ignored() {
        let found = query("a=1&x=2&b=%2B+3&a=4&c=", ["b", "a", "c"]);
        assert_eq!(found, [Some("+ 3".into()), Some("1".into()), None]);
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic(text in ".*") {
            let _ = query(&text, ["a"]);
        }
    }
}
