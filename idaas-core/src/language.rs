//! The language of messages.

/// The language that a caller wants messages in (`X-L`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese, also when the caller says nothing.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// What the value of `X-L` asks for.
    pub(crate) fn asked(header: Option<&str>) -> Self {
        match header.map(str::trim) {
            Some(text) if text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("en")) => Self::English,
            _ => Self::Chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_what_is_spoken_when_nobody_asks() {
        assert_eq!(Language::asked(None), Language::Chinese);
        assert_eq!(Language::asked(Some("zh-CN")), Language::Chinese);
        assert_eq!(Language::asked(Some("en-US")), Language::English);
        assert_eq!(Language::asked(Some("é")), Language::Chinese);
    }
}
