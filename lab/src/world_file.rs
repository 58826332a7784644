//! A world in one file: the same language in scenarios, in the control API, and in what an export writes.

use std::fmt;
use std::sync::Arc;

use mock_wechat::WeChat;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use sim::{Clock, ClockMode, ConfigProblem, Ground, Moment, WorldClock};

use crate::fault::Fault;
use crate::people;
use crate::{like, suggest};

/// One world, as a file describes it. Everything may be left out: an empty world welcomes any appid, secret and
/// client id.
///
/// ```
/// use lab::WorldFile;
/// let file = WorldFile::from_json(serde_json::json!({ "like": "ready", "seed": 7 })).unwrap();
/// assert_eq!(file.seed, 7);
/// assert_eq!(file.idaas.applications.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorldFile {
    /// Starts from another world; the keys beside it override: maps are merged, `null` takes a key away, lists are
    /// replaced. In the control API the name of a shipped world: `ready`, `bind`, `returning`, `empty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// Where all generated values come from: the same seed gives the same openids, codes and ids.
    pub seed: u64,
    /// The world's clock. Absent: the machine's time.
    #[serde(skip_serializing_if = "ClockStart::is_real")]
    pub clock: ClockStart,
    /// No leniency on either side: unknown appids and client ids are refused even where none is declared.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// Rate limits, quotas and intervals between messages: `on`, or `off` to lift them all.
    #[serde(skip_serializing_if = "Limits::is_on")]
    pub limits: Limits,
    /// What is planned to go wrong, from the start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// WeChat's side: mini programs and people.
    pub wechat: mock_wechat::Config,
    /// The identity service's side: sources, applications and users.
    pub idaas: idaas_core::Config,
}

impl Default for WorldFile {
    fn default() -> Self {
        Self {
            like: None,
            seed: 1,
            clock: ClockStart::default(),
            strict: false,
            limits: Limits::On,
            faults: vec![],
            wechat: mock_wechat::Config::default(),
            idaas: idaas_core::Config::default(),
        }
    }
}

/// How a world's clock starts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClockStart {
    /// The world's first moment. The clock stands there until it is told to move. Absent: the machine's time, running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Moment>,
    /// Lets the clock run from `start` on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub running: bool,
}

impl ClockStart {
    fn is_real(&self) -> bool {
        self.start.is_none()
    }

    /// A clock that starts like this, over the machine's clock.
    pub(crate) fn started(&self, machine: Arc<dyn Clock>) -> WorldClock {
        let clock = WorldClock::real(machine);
        self.apply(&clock);
        clock
    }

    /// Puts a clock to what the file says.
    pub(crate) fn apply(&self, clock: &WorldClock) {
        clock.reset();
        let Some(start) = self.start else { return };
        clock.set(start);
        if !self.running {
            clock.freeze();
            // Between the two the machine's clock may have moved on by a millisecond.
            clock.set(start);
        }
    }

    fn of(clock: &WorldClock) -> Self {
        match clock.mode() {
            ClockMode::Real => Self::default(),
            ClockMode::Frozen => Self { start: Some(clock.now()), running: false },
            ClockMode::Offset => Self { start: Some(clock.now()), running: true },
        }
    }
}

/// Whether rate limits, quotas and intervals are enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Limits {
    /// They are.
    #[default]
    On,
    /// They are not.
    Off,
}

impl Limits {
    fn is_on(&self) -> bool {
        *self == Self::On
    }
}

impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_on() { "on" } else { "off" })
    }
}

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// YAML of before 2009 reads `on` and `off` as truth values, and some editors write them so.
        struct OnOff;
        impl de::Visitor<'_> for OnOff {
            type Value = Limits;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`on` or `off`")
            }
            fn visit_bool<E: de::Error>(self, on: bool) -> Result<Limits, E> {
                Ok(if on { Limits::On } else { Limits::Off })
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limits, E> {
                match text {
                    "on" => Ok(Limits::On),
                    "off" => Ok(Limits::Off),
                    other => Err(E::unknown_variant(other, &["on", "off"])),
                }
            }
        }
        deserializer.deserialize_any(OnOff)
    }
}

impl JsonSchema for Limits {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limits".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": ["on", "off", true, false], "description": "`on`, or `off` to lift all limits." })
    }
}

/// What stands in a world file once for both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Switches {
    strict: bool,
    limits: Limits,
}

/// A world file taken apart.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) wechat: mock_wechat::Config,
    /// A WeChat made from that configuration.
    pub(crate) made: WeChat,
    pub(crate) idaas: idaas_core::Config,
    pub(crate) switches: Switches,
}

/// The place of the file itself.
const NOWHERE: [&str; 0] = [];

/// A place as serde tells it, in the parts of our own.
fn parts_of(path: &serde_path_to_error::Path) -> Vec<String> {
    path.iter()
        .filter_map(|segment| match segment {
            serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
            serde_path_to_error::Segment::Map { key } => Some(key.clone()),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => None,
        })
        .collect()
}

impl WorldFile {
    /// The world that is there when nobody describes one: one mini program, one application, a few people and users.
    ///
    /// Alice's phone number belongs to no user, so her first login is told `USER_REGISTER`. Bob is linked to `wu.jun`.
    pub fn ready() -> Self {
        Self::shipped("ready").unwrap_or_default()
    }

    /// A world that ships with the program, by its name.
    pub fn shipped(name: &str) -> Option<Self> {
        Self::from_json(like::shipped(name)?).ok()
    }

    /// The world file in a JSON text or tree, `like` followed to a shipped world.
    ///
    /// # Errors
    /// The first thing that is not as a world file has it, with its place: an unknown key, a value of a wrong type, a
    /// `like` that names no shipped world. What is wrong between the parts, such as two mini programs of one appid,
    /// is told by [`problems`](Self::problems).
    pub fn from_json(value: Value) -> Result<Self, ConfigProblem> {
        // serde would take a list for a struct, field by field.
        if !value.is_object() {
            return Err(ConfigProblem::new(NOWHERE, "a world file is a map"));
        }
        let value = like::resolved(value)?;
        serde_path_to_error::deserialize(value).map_err(|error| {
            let message = error.inner().to_string();
            let problem = ConfigProblem::new(parts_of(error.path()), suggest::short(&message));
            match suggest::for_serde(&message) {
                Some(hint) => problem.hint(hint),
                None => problem,
            }
        })
    }

    /// Everything that is wrong between the parts of the world.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        // Nothing hangs on the time or the name of a world that is looked at and thrown away.
        let ground = Ground::frozen("default", self.seed, self.clock.start.unwrap_or_default());
        match self.clone().parts(&ground, false) {
            Ok(parts) => parts.idaas.problems().into_iter().map(|problem| problem.under("idaas")).collect(),
            Err(problems) => problems,
        }
    }

    /// The two sides of the world, each complete by itself, with a WeChat made from the one. `strict` turns all
    /// leniency off whatever the file says.
    pub(crate) fn parts(self, ground: &Ground, strict: bool) -> Result<Parts, Vec<ConfigProblem>> {
        let switches = Switches { strict: self.strict || strict, limits: self.limits };
        let (mut wechat, mut idaas) = (self.wechat, self.idaas);
        if switches.strict {
            wechat.strict = true;
            idaas.strict = true;
        }
        if self.limits == Limits::Off {
            wechat.limits = false;
            idaas.limits = false;
        }
        let mut problems: Vec<ConfigProblem> = Vec::new();
        for (at, fault) in self.faults.iter().enumerate() {
            let told = fault.plan().err().unwrap_or_default();
            problems.extend(told.into_iter().map(|problem| problem.under(&at.to_string()).under("faults")));
        }
        if self.clock.start.is_none() && self.clock.running {
            let problem = ConfigProblem::new(["clock", "running"], "there is no `start` to run from");
            problems.push(problem.hint("a clock without `start` goes as the machine's clock goes"));
        }
        let made = WeChat::new(wechat.clone(), ground.clone()).map_err(|told| {
            problems.splice(0..0, told.into_iter().map(|problem| problem.under("wechat")));
            std::mem::take(&mut problems)
        })?;
        problems.extend(people::fill_sources(&mut idaas, &made, ground));
        problems.extend(people::resolve(&mut idaas, &made));
        if problems.is_empty() { Ok(Parts { wechat, made, idaas, switches }) } else { Err(problems) }
    }

    /// The world file of a living world.
    pub(crate) fn exported(
        ground: &Ground,
        mut wechat: mock_wechat::Config,
        mut idaas: idaas_core::Config,
        switches: Switches,
    ) -> Self {
        // What the file says once for both sides is not repeated on each.
        if switches.strict {
            wechat.strict = false;
            idaas.strict = false;
        }
        if switches.limits == Limits::Off {
            wechat.limits = true;
            idaas.limits = true;
        }
        Self {
            like: None,
            seed: ground.seed.number(),
            clock: ClockStart::of(&ground.clock),
            strict: switches.strict,
            limits: switches.limits,
            faults: vec![],
            wechat,
            idaas,
        }
    }
}
