//! A fault as world files, scenarios and the control API write it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use sim::{ConfigProblem, Effect, FaultPlan, FaultRecord, Place, Served, When};

use super::catalogue::{self, Misfortune};
use crate::suggest;

/// A planned misbehaviour: *where* × *when* × *what*. A `preset` brings its own three, and what stands beside it
/// overrides them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// The name by which it is listed, counted and cleared; made up when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A misfortune of the catalogue by its name; `mockwx faults` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<PresetName>")]
    pub preset: Option<String>,
    /// Which calls are meant; what is given overrides the preset's key by key.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Which of them are hit; overrides the preset's as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// What goes wrong; overrides the preset's as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<Effect>,
}

/// The schema of a preset's name.
struct PresetName;

impl JsonSchema for PresetName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Preset".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = presets().map(|misfortune| misfortune.name).collect();
        json_schema!({ "enum": names, "description": "A misfortune of the catalogue by its name." })
    }
}

fn presets() -> impl Iterator<Item = &'static Misfortune> {
    catalogue::CATALOGUE.iter().filter(|misfortune| misfortune.is_preset())
}

impl Fault {
    /// The plan that it stands for, and what a made-up name begins with.
    ///
    /// # Errors
    /// Everything that makes no sense in it, at once, each with its place.
    pub(crate) fn plan(&self) -> Result<(FaultPlan, &'static str), Vec<ConfigProblem>> {
        let (mut plan, base) = match &self.preset {
            None => (FaultPlan::default(), "fault"),
            Some(name) => preset(name).map_err(|problem| vec![problem])?,
        };
        plan.name.clone_from(&self.name);
        if let Some(place) = self.place.clone() {
            plan.place = over(plan.place, place);
        }
        if let Some(when) = self.when.clone() {
            plan.when = when;
        }
        if let Some(what) = self.what.clone() {
            plan.what = what;
        }
        let mut problems = plan.problems();
        problems.extend(settle_party(&mut plan));
        if problems.is_empty() { Ok((plan, base)) } else { Err(problems) }
    }

    /// Everything that makes no sense in it, each with its place.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        self.plan().err().unwrap_or_default()
    }

    /// A fault that is planned as a file would write it.
    pub(crate) fn planned(record: FaultRecord) -> Self {
        let FaultPlan { place, when, what, .. } = record.plan;
        Self { name: Some(record.name), preset: None, place: Some(place), when: Some(when), what: Some(what) }
    }
}

fn preset(name: &str) -> Result<(FaultPlan, &'static str), ConfigProblem> {
    let Some(known) = catalogue::CATALOGUE.iter().find(|known| known.name == name || known.id == name) else {
        let names: Vec<&str> = catalogue::CATALOGUE.iter().map(|known| known.name).collect();
        let hint = match suggest::nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`mockwx faults` lists them".to_owned(),
        };
        return Err(ConfigProblem::new(["preset"], format!("there is no preset `{name}`")).hint(hint));
    };
    match known.plan() {
        Some(plan) => Ok((plan, known.name)),
        None => Err(ConfigProblem::new(["preset"], format!("`{name}` needs no fault: it comes about by itself"))
            .hint(known.way.to_owned())),
    }
}

fn over(base: Place, given: Place) -> Place {
    Place {
        party: given.party.or(base.party),
        caller: given.caller.or(base.caller),
        endpoint: given.endpoint.or(base.endpoint),
        app: given.app.or(base.app),
        person: given.person.or(base.person),
        artefact: given.artefact.or(base.artefact),
    }
}

/// Says whose calls are meant where only one party can be: an error belongs to its vendor, an id_token to IDaaS.
fn settle_party(plan: &mut FaultPlan) -> Option<ConfigProblem> {
    let endpoint = plan.place.endpoint.as_deref().unwrap_or_default();
    let by_path = ["/sns", "/cgi-bin", "/wxa"].iter().any(|start| endpoint.starts_with(start));
    let of_path = match endpoint {
        _ if by_path => Some(Served::WeChat),
        _ if endpoint.starts_with("/api") => Some(Served::Idaas),
        _ => None,
    };
    let asked = plan.place.party.or(of_path);
    if plan.what.id_token.is_some() {
        if asked == Some(Served::WeChat) {
            return Some(ConfigProblem::new(["what", "id_token"], "WeChat hands out no id_token"));
        }
        plan.place.party = Some(Served::Idaas);
        return None;
    }
    let name = &plan.what.error.as_ref()?.0;
    let knows = |party: Served| match party {
        Served::WeChat => mock_wechat::known_error(name).is_some(),
        Served::Idaas => idaas_core::known_error(name).is_some(),
    };
    let known: Vec<Served> = [Served::WeChat, Served::Idaas].into_iter().filter(|party| knows(*party)).collect();
    match (asked, &known[..]) {
        (Some(asked), known) if known.contains(&asked) => plan.place.party = Some(asked),
        (None, [only]) => plan.place.party = Some(*only),
        (None, [_, _]) => {
            let message = format!("both WeChat and IDaaS have an error `{name}`");
            return Some(ConfigProblem::new(["what", "error"], message).hint("say `where: { party: wechat }`"));
        }
        (asked, _) => return Some(unknown_error(name, asked)),
    }
    None
}

fn unknown_error(name: &str, party: Option<Served>) -> ConfigProblem {
    let wechat = || mock_wechat::refusals().map(|known| known.rule);
    let idaas = || idaas_core::refusals().map(|known| known.rule());
    let names: Vec<&str> = match party {
        Some(Served::WeChat) => wechat().collect(),
        Some(Served::Idaas) => idaas().collect(),
        None => wechat().chain(idaas()).collect(),
    };
    let whose = match party {
        Some(Served::WeChat) => "WeChat has",
        Some(Served::Idaas) => "IDaaS has",
        None => "neither WeChat nor IDaaS has an error `",
    };
    let message = match party {
        Some(_) => format!("{whose} no error `{name}`"),
        None => format!("{whose}{name}`"),
    };
    let hint = match suggest::nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a rule by its name, such as login_code_used, or the number or code that the vendor answers".to_owned(),
    };
    ConfigProblem::new(["what", "error"], message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn told(fault: Value) -> Vec<String> {
        let fault: Fault = serde_json::from_value(fault).unwrap();
        let problems = fault.plan().unwrap_err();
        problems.iter().map(|p| format!("{p} ({})", p.hint.as_deref().unwrap_or_default())).collect()
    }

    #[test]
    fn an_error_says_whose_calls_are_meant() {
        let party = |fault: Value| {
            let fault: Fault = serde_json::from_value(fault).unwrap();
            fault.plan().unwrap().0.place.party
        };
        assert_eq!(party(json!({ "what": { "error": 40029 } })), Some(Served::WeChat));
        assert_eq!(party(json!({ "what": { "error": "COMMON.1008" } })), Some(Served::Idaas));
        assert_eq!(party(json!({ "what": { "id_token": "expired" } })), Some(Served::Idaas));
        assert_eq!(party(json!({ "what": { "delay": "1s" } })), None);
    }

    #[test]
    fn what_stands_beside_a_preset_overrides_it() {
        let fault: Fault = serde_json::from_value(json!({
            "preset": "lost_reply", "where": { "person": "bob" }, "when": { "next": 2 },
        }))
        .unwrap();
        let (plan, base) = fault.plan().unwrap();
        assert_eq!(base, "lost_reply");
        assert_eq!(plan.place.endpoint.as_deref(), Some("/sns/jscode2session"));
        assert_eq!(plan.place.person.as_deref(), Some("bob"));
        assert_eq!(plan.when.next, Some(2));
        assert_eq!(plan.what.reset, Some(sim::Turn::After));
    }

    #[test]
    fn what_cannot_be_planned_is_told_with_the_way_out() {
        assert_eq!(
            told(json!({ "preset": "lost_replay" })),
            ["preset: there is no preset `lost_replay` (did you mean `lost_reply`?)"]
        );
        assert_eq!(
            told(json!({ "what": { "error": "login_code_usd" } })),
            ["what.error: neither WeChat nor IDaaS has an error `login_code_usd` (did you mean `login_code_used`?)"]
        );
        assert_eq!(
            told(json!({ "where": { "endpoint": "/api/v2/sdk/login" }, "what": { "error": 40029 } }))[0]
                .split(" (")
                .next(),
            Some("what.error: IDaaS has no error `40029`")
        );
        assert_eq!(
            told(json!({ "where": { "party": "wechat" }, "what": { "id_token": "expired" } })),
            ["what.id_token: WeChat hands out no id_token ()"]
        );
    }
}
