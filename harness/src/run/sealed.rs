//! Sealed worlds in this process, for whoever looks at a case more closely than a run does.

use std::sync::Arc;

use lab::{Settings, SigningKey, WorldFile};
use serde_json::Value;
use sim::{ConfigProblem, Mask};

use super::call::Call;
use super::case;
use super::failure::known_secrets;
use super::result::CaseId;
use super::session::Session;
use super::target::{InProcess, Target};

/// What sealed worlds are made from, made once.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// The world of a scenario that describes none, as a file and as it is read.
    ready: (Value, WorldFile),
    key: Arc<SigningKey>,
}

impl Sealed {
    pub(crate) fn new() -> Self {
        let ready = WorldFile::ready();
        // A world file is a plain tree of texts and numbers with text keys: there is nothing JSON cannot write.
        let file = serde_json::to_value(&ready).unwrap_or_default();
        Self { ready: (file, ready), key: SigningKey::test_key() }
    }

    /// The world file of a case.
    pub(crate) fn file<'a>(&'a self, id: &'a CaseId) -> &'a Value {
        id.case().world.as_ref().map_or(&self.ready.0, |world| &world.file)
    }

    /// What a lab is made of whose one world is that of a case.
    ///
    /// # Errors
    /// What cannot be read in its world file.
    pub(crate) fn settings(&self, id: &CaseId) -> Result<Settings, Vec<ConfigProblem>> {
        let world = match &id.case().world {
            None => self.ready.1.clone(),
            Some(world) => WorldFile::from_json(world.file.clone()).map_err(|problem| vec![problem])?,
        };
        let key = Some(Arc::clone(&self.key));
        Ok(Settings { world: case::pinned(world), worlds: 1, key, ..Settings::default() })
    }

    /// A new world for a case.
    ///
    /// # Errors
    /// Everything that is wrong with its world file.
    pub(crate) fn open(&self, id: &CaseId) -> Result<InProcess, Vec<ConfigProblem>> {
        InProcess::new(self.settings(id)?)
    }
}

/// Hides every secret of the world behind `target`, which was made from `file`.
pub(crate) async fn mask_of(target: &dyn Target, file: &Value) -> Mask {
    let mut session = Session::new(target, file);
    // A world that does not answer has nothing to hide either.
    let journal = session.exchanges_since("hold", 0).await.unwrap_or_default();
    Mask::new(known_secrets(&mut session, &journal).await)
}

/// The clock of the world behind `target`: its time, and how it goes.
pub(crate) async fn clock_of(target: &dyn Target, file: &Value) -> String {
    let clock = Session::new(target, file).control("hold", Call::get("/__admin/v1/clock")).await.unwrap_or_default();
    let text = |name: &str| clock.get(name).and_then(Value::as_str).unwrap_or("unknown").to_owned();
    format!("{}, {}", text("now"), text("mode"))
}
