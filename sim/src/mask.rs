//! Hides every secret of a run, in every encoding that it can turn up in.

use std::collections::{HashMap, HashSet};

use aho_corasick::{AhoCorasick, MatchKind};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};

use crate::ArtefactKind;

/// Replaces every known secret by its name: `‹login code 1›`.
///
/// Secrets are known by type, not by where they stand: whoever makes a mask hands over each artefact with its kind, and
/// the mask finds it plain, in base64 and base64url, percent-encoded, JSON-escaped, and a JWT also by its parts. Names
/// are numbered by kind in the order in which secrets were handed over, so a masked text says which is which.
///
/// ```
/// use sim::{ArtefactKind, Mask};
/// let mask = Mask::new([(ArtefactKind::SessionKey, "HyVFkGl5F5OQWJZZaNzBBg==".to_owned())]);
/// assert_eq!(mask.apply("key=HyVFkGl5F5OQWJZZaNzBBg%3D%3D"), "key=‹session key 1›");
/// ```
#[derive(Debug)]
pub struct Mask {
    finder: Option<AhoCorasick>,
    names: Vec<String>,
}

/// Shorter texts are ordinary words and numbers; replacing them would make a report unreadable and hide nothing.
const SHORTEST: usize = 5;

fn percent_encoded(text: &str, lower: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else if lower {
            out.push_str(&format!("%{byte:02x}"));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Base64 of a text that stands inside a longer one starts at any of three offsets: the middle part is the same for
/// every neighbour, so that is what can be looked for.
fn inner_base64(secret: &str, encode: impl Fn(&[u8]) -> String) -> Vec<String> {
    (0..3usize)
        .map(|offset| {
            let mut padded = vec![0; offset];
            padded.extend_from_slice(secret.as_bytes());
            let whole = padded.len() / 3 * 3;
            let text = encode(&padded[..whole]);
            text.get(if offset == 0 { 0 } else { 4 }..).unwrap_or_default().to_owned()
        })
        .collect()
}

fn forms(kind: ArtefactKind, secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        percent_encoded(secret, false),
        percent_encoded(secret, true),
        json_escaped(secret),
        secret.replace('/', "\\/"),
        BASE64.encode(secret.as_bytes()),
        BASE64_NOPAD.encode(secret.as_bytes()),
        BASE64URL.encode(secret.as_bytes()),
        BASE64URL_NOPAD.encode(secret.as_bytes()),
    ];
    forms.extend(inner_base64(secret, |bytes| BASE64_NOPAD.encode(bytes)));
    forms.extend(inner_base64(secret, |bytes| BASE64URL_NOPAD.encode(bytes)));
    if matches!(kind, ArtefactKind::IdToken | ArtefactKind::StateToken) {
        // The header of a JWT is the same for all; payload and signature each identify it.
        forms.extend(secret.split('.').skip(1).map(str::to_owned));
    }
    if kind == ArtefactKind::ApiKey {
        // A key in PEM has many lines; each of them is a part of it, and so is the whole without its line feeds.
        let lines = || secret.lines().map(str::trim).filter(|line| !line.contains(['-', ' ']));
        forms.extend(lines().map(str::to_owned));
        forms.push(lines().collect());
    }
    if kind == ArtefactKind::PhoneNumber {
        let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
        let pure = secret.rsplit([' ', '-']).next().unwrap_or_default();
        forms.push(pure.to_owned());
        forms.push(format!("+{digits}"));
        forms.push(digits);
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

impl Mask {
    /// A mask for these secrets, in the order in which they are to be numbered. A secret handed over twice keeps its
    /// first name.
    pub fn new(secrets: impl IntoIterator<Item = (ArtefactKind, String)>) -> Self {
        Self::built(secrets, |_| true)
    }

    /// A mask for those of the secrets that may turn up in these texts, each with the name that it has among all.
    ///
    /// For these texts it hides what [`new`](Self::new) hides, at a price that grows with the texts: a world under load
    /// has more secrets than a mask can hold in reasonable memory, and a page of its journal shows a few of them.
    pub fn for_texts<'a>(
        secrets: impl IntoIterator<Item = (ArtefactKind, String)>,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let grams: HashSet<&[u8]> = texts.into_iter().flat_map(|text| text.as_bytes().windows(SHORTEST)).collect();
        Self::built(secrets, |form| grams.contains(&form.as_bytes()[..SHORTEST]))
    }

    fn built(secrets: impl IntoIterator<Item = (ArtefactKind, String)>, keep: impl Fn(&str) -> bool) -> Self {
        let (mut patterns, mut names, mut known) = (Vec::new(), Vec::new(), HashMap::new());
        let mut counts: HashMap<ArtefactKind, usize> = HashMap::new();
        for (kind, secret) in secrets {
            if secret.len() < SHORTEST || known.contains_key(&secret) {
                continue;
            }
            let count = counts.entry(kind).or_default();
            *count += 1;
            let name = format!("‹{} {count}›", kind.words());
            for form in forms(kind, &secret) {
                if keep(&form) && known.insert(form.clone(), ()).is_none() {
                    patterns.push(form);
                    names.push(name.clone());
                }
            }
            known.insert(secret, ());
        }
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self { finder: finder.filter(|_| !patterns.is_empty()), names }
    }

    /// The text with every secret replaced by its name.
    pub fn apply(&self, text: &str) -> String {
        match &self.finder {
            Some(finder) => finder.replace_all(text, &self.names),
            None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_numbered_by_kind_in_order() {
        let mask = Mask::new([
            (ArtefactKind::LoginCode, "0aaaaaaa".to_owned()),
            (ArtefactKind::PhoneCode, "bbbbbbbb".to_owned()),
            (ArtefactKind::LoginCode, "0ccccccc".to_owned()),
        ]);
        assert_eq!(mask.apply("0ccccccc 0aaaaaaa bbbbbbbb"), "‹login code 2› ‹login code 1› ‹phone code 1›");
    }

    #[test]
    fn a_jwt_is_found_by_its_parts() {
        let mask = Mask::new([(ArtefactKind::IdToken, "aaaaaaaa.bbbbbbbb.cccccccc".to_owned())]);
        assert_eq!(mask.apply("payload bbbbbbbb, signature cccccccc"), "payload ‹id token 1›, signature ‹id token 1›");
    }

    #[test]
    fn a_phone_number_is_found_with_and_without_its_area_code() {
        let mask = Mask::new([(ArtefactKind::PhoneNumber, "+86 13800138000".to_owned())]);
        assert_eq!(mask.apply("13800138000 +86-13800138000 +8613800138000").matches("138").count(), 0);
    }

    #[test]
    fn a_key_in_pem_is_found_whole_and_by_its_lines() {
        let pem =
            "What it is for.\n-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\nByqGSM49AgEG\n-----END PRIVATE KEY-----\n";
        let mask = Mask::new([(ArtefactKind::ApiKey, pem.to_owned())]);
        assert_eq!(
            mask.apply(&serde_json::json!({ "private_key": pem }).to_string()),
            r#"{"private_key":"‹api key 1›"}"#
        );
        assert_eq!(
            mask.apply("-----BEGIN PRIVATE KEY-----\n  MIGHAgEAMBMG\n  ByqGSM49AgEG\n"),
            "-----BEGIN PRIVATE KEY-----\n  ‹api key 1›\n  ‹api key 1›\n"
        );
        assert_eq!(mask.apply("MIGHAgEAMBMGByqGSM49AgEG"), "‹api key 1›");
        assert_eq!(mask.apply("What it is for."), "What it is for.");
    }

    #[test]
    fn no_secrets_no_change() {
        assert_eq!(Mask::new([]).apply("plain"), "plain");
    }

    proptest! {
        #[test]
        fn a_mask_for_some_texts_hides_in_them_what_a_whole_mask_hides(
            secrets in proptest::collection::vec("[A-Za-z0-9+/=_-]{5,30}", 0..12),
            shown in proptest::collection::vec((0usize..12, "[a-z /]{0,9}"), 0..6),
        ) {
            let known = || secrets.iter().map(|secret| (ArtefactKind::SessionKey, secret.clone()));
            let texts: Vec<String> = shown
                .iter()
                .map(|(at, around)| format!("{around}{}", secrets.get(*at).map_or("", String::as_str)))
                .map(|text| if text.len() % 2 == 0 { BASE64.encode(text.as_bytes()) } else { text })
                .collect();
            let (whole, some) = (Mask::new(known()), Mask::for_texts(known(), texts.iter().map(String::as_str)));
            for text in &texts {
                prop_assert_eq!(some.apply(text), whole.apply(text));
            }
        }

        #[test]
        fn no_encoding_of_a_secret_gets_through(secret in "[A-Za-z0-9+/=_-]{12,60}", before in "[a-z ]{0,9}", after in "[a-z ]{0,9}") {
            let mask = Mask::new([(ArtefactKind::SessionToken, secret.clone())]);
            let inner = format!("{before}{secret}{after}");
            let texts = [
                inner.clone(),
                BASE64.encode(secret.as_bytes()),
                BASE64URL_NOPAD.encode(secret.as_bytes()),
                percent_encoded(&inner, false),
                serde_json::json!({ "x": inner }).to_string(),
            ];
            for text in texts {
                prop_assert!(mask.apply(&text).contains("‹session token 1›"), "{}", text);
            }
            let carried = mask.apply(&BASE64.encode(inner.as_bytes()));
            prop_assert!(carried.contains("‹session token 1›"), "{}", carried);
        }
    }
}
