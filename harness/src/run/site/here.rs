//! Worlds in this process.

use std::future::ready;

use lab::{Settings, SigningKey, WorldFile};

use super::{NotMade, Site};
use crate::run::target::{BoxFuture, InProcess, Target};

/// Worlds in this process, each in a lab of its own: no sockets.
#[derive(Debug, Clone)]
pub struct Here {
    /// Everything but the world.
    settings: Settings,
}

impl Here {
    /// Worlds that share nothing but the published test key.
    pub fn new() -> Self {
        Self { settings: settings() }
    }
}

/// What a lab starts from, but for its world.
pub(crate) fn settings() -> Settings {
    Settings { world: WorldFile::default(), worlds: 1, key: Some(SigningKey::test_key()), ..Settings::default() }
}

impl Default for Here {
    fn default() -> Self {
        Self::new()
    }
}

impl Site for Here {
    fn open(&self, world: WorldFile) -> BoxFuture<'_, Result<Box<dyn Target>, NotMade>> {
        let made = InProcess::new(Settings { world, ..self.settings.clone() });
        let made = made.map(|target| Box::new(target) as Box<dyn Target>).map_err(NotMade::Invalid);
        Box::pin(ready(made))
    }
}
