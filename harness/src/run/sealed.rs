//! Sealed worlds in this process, for whoever looks at a case more closely than a run does.

use std::sync::Arc;

use lab::{Settings, SigningKey, WorldFile};
use serde_json::Value;
use sim::ConfigProblem;

use super::case;
use super::result::CaseId;
use super::target::InProcess;

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
