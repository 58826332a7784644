//! What both vendors can refuse, for whoever wants to know what there is.

use idaas_core::config::Edition;

/// A refusal that one of the vendors can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRefusal {
    /// `wechat` or `idaas`.
    pub by: &'static str,
    /// The rule that refuses.
    pub rule: &'static str,
    /// What it answers: an errcode; the tail of an error_code, one for each edition where they differ.
    pub codes: Vec<String>,
    /// What it means.
    pub means: String,
}

/// Every refusal of both vendors.
///
/// ```
/// assert!(lab::known_refusals().any(|known| known.by == "wechat" && known.codes == ["40163"]));
/// ```
pub fn known_refusals() -> impl Iterator<Item = KnownRefusal> {
    let wechat = mock_wechat::refusals().map(|known| KnownRefusal {
        by: "wechat",
        rule: known.rule,
        codes: vec![known.errcode.to_string()],
        means: known.means.to_owned(),
    });
    let idaas = idaas_core::refusals().map(|known| {
        let mut codes = vec![known.tail(Edition::Ciam).to_owned(), known.tail(Edition::Eiam).to_owned()];
        codes.dedup();
        KnownRefusal { by: "idaas", rule: known.rule(), codes, means: known.means().to_owned() }
    });
    wechat.chain(idaas)
}
