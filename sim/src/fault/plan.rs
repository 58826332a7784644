//! One planned fault.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ConfigProblem;

use super::{Effect, Place, When};

/// One planned fault: where, when and what.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FaultPlan {
    /// The name by which it is listed, counted and cleared; made up when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which calls are meant; all when it is left out.
    #[serde(rename = "where")]
    pub place: Place,
    /// Which of them are hit; each when it is left out.
    pub when: When,
    /// What goes wrong.
    pub what: Effect,
}

impl FaultPlan {
    /// Everything that makes no sense in it.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut problems = Vec::new();
        if self.name.as_ref().is_some_and(|name| name.is_empty() || name.len() > 64 || name.contains('/')) {
            problems.push(ConfigProblem::new(["name"], "a name has 1 to 64 characters and no `/`"));
        }
        if let Some(endpoint) = self.place.endpoint.as_deref().filter(|endpoint| !endpoint.starts_with('/')) {
            let message = format!("`{endpoint}` is not a path");
            problems.push(
                ConfigProblem::new(["where", "endpoint"], message)
                    .hint("such as /sns/jscode2session, or /wxa/* for all that begin so"),
            );
        }
        problems.extend(self.when.problems());
        problems.extend(self.what.problems());
        problems
    }
}
