//! Parameters of a query.

use std::borrow::Cow;

/// The values of some parameters, in the order of their names. The first of several counts, an empty one is none, and
/// others are ignored: WeChat's own SDKs send parameters that an API does not know.
pub(super) fn query<'a, const N: usize>(query: &'a str, names: [&str; N]) -> [Option<Cow<'a, str>>; N] {
    let mut values = [const { None }; N];
    for pair in query.split('&') {
        // Few parameters are encoded at all, and decoding those that are not was the dearest part of reading a call.
        let (name, value) = if pair.contains(['%', '+']) {
            form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default()
        } else {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.into(), value.into())
        };
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
        fn every_query_is_read_as_the_form_says(text in "[ab=&%+2B~\u{e9}]{0,24}") {
            let expected = |wanted: &str| {
                let mut pairs = form_urlencoded::parse(text.as_bytes());
                pairs.find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value)
            };
            prop_assert_eq!(query(&text, ["a", "b"]), [expected("a"), expected("b")]);
        }
    }
}
