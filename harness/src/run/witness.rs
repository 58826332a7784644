//! Who hears an answer before the scenario does.

use std::fmt;

use super::call::Arguments;
use crate::language::{Answer, Step};

/// Hears every answer to a step's word before `expect` and `save` do, and may change it.
pub(crate) trait Witness: Send + Sync + fmt::Debug {
    /// `step` said its word with `arguments` and was answered.
    fn answered(&self, step: &Step, arguments: &Arguments, answer: &mut Answer);
}
