//! "Did you mean …": the nearest of the known words.

/// The known word that `word` was most likely meant to be, if one is near enough to say so.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let furthest = 1 + word.chars().count() / 4;
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= furthest)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The way out of serde's "unknown field `x`, expected one of `a`, `b`": the nearest name, or all of them.
pub(crate) fn for_serde(message: &str) -> Option<String> {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (unknown, known) = names.split_first()?;
    if !message.starts_with("unknown ") || known.is_empty() {
        return None;
    }
    Some(match nearest(unknown, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    })
}

/// serde's message without the position that makes sense in a file only, and without the list that the hint repeats.
pub(crate) fn short(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    match message.split_once(", expected ") {
        Some((start, _)) if message.starts_with("unknown ") => start.to_owned(),
        Some((start, _)) if message.starts_with("there are no fields") => start.to_owned(),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_the_word() {
        assert_eq!(nearest("advanse", ["advance", "freeze"]), Some("advance"));
        assert_eq!(nearest("zzz", ["advance", "freeze"]), None);
    }

    #[test]
    fn an_unknown_field_is_answered_with_the_nearest_or_all() {
        let message = "unknown field `sed`, expected one of `seed`, `clock` at line 1 column 5";
        assert_eq!(for_serde(message).as_deref(), Some("did you mean `seed`?"));
        assert_eq!(short(message), "unknown field `sed`");
        assert_eq!(for_serde("unknown field `abcdef`, expected `x` or `y`").as_deref(), Some("known here: x, y"));
        assert_eq!(for_serde("missing field `appid`"), None);
    }
}
