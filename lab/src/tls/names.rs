//! The names that are answered here in place of those who own them.

/// The names under which WeChat serves its API.
pub const WECHAT_NAMES: [&str; 5] =
    ["api.weixin.qq.com", "api2.weixin.qq.com", "sh.api.weixin.qq.com", "sz.api.weixin.qq.com", "hk.api.weixin.qq.com"];

/// The names that a lab answers: WeChat's, and the domains of its worlds' tenants.
///
/// A domain that no certificate can be for is left out: an address, `localhost`, a name without a dot. A certificate
/// authority that may sign for `cn` could sign for half a country.
///
/// ```
/// let names = lab::intercepted_names(["acme.example", "127.0.0.1", "ACME.example."]);
/// assert_eq!(names[0], "api.weixin.qq.com");
/// assert_eq!(names[5..], ["acme.example"]);
/// ```
pub fn intercepted_names<'a>(domains: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = WECHAT_NAMES.map(str::to_owned).into();
    for name in domains.into_iter().filter_map(normal) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A DNS name as certificates and comparisons want it: lower case, no dot at its end, two labels at least.
pub(crate) fn normal(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_top = |label: &str| label.bytes().any(|b| b.is_ascii_alphabetic());
    let (rest, top) = name.rsplit_once('.')?;
    (name.len() <= 253 && is_label(top) && is_top(top) && rest.split('.').all(is_label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_lower_case_and_has_two_labels() {
        assert_eq!(normal("Login.Acme.Example.").as_deref(), Some("login.acme.example"));
        assert_eq!(normal("xn--fiqs8s.example").as_deref(), Some("xn--fiqs8s.example"));
        for none in ["", ".", "cn", "localhost", "127.0.0.1", "::1", "a..b", "-a.b", "*.acme.example", "a b.c", "a.1"] {
            assert_eq!(normal(none), None, "{none}");
        }
        assert_eq!(normal(&format!("{}.example", "a".repeat(64))), None);
    }
}
